//! The user's command that reaches a server: `ssh HOST retidiff serve --stdio`, or anything that ends in it.

use std::process::{Command, Stdio};

/// Options of ssh that take a value of their own, so that the word behind them is no host.
const SSH_OPTIONS_WITH_VALUE: &str = "BbcDEeFIiJLlmOoPpQRSWw";

/// The words by which this program is the pipe to a computer that it was paired with.
const OWN_NAME: &str = "retidiff";
const REACH: &str = "reach";

/// A command, word by word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    words: Vec<String>,
}

/// Why a text is no command.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CommandLineError {
    /// No word.
    #[error("there is no command; give one such as: ssh HOST retidiff serve --stdio")]
    Empty,
    /// An open quotation mark.
    #[error("a quotation mark in {0:?} is not closed")]
    Quotes(String),
}

impl CommandLine {
    /// Words as a shell would split them; no shell runs.
    ///
    /// # Errors
    /// If there is no word, or a quotation mark is left open.
    pub fn parse(text: &str) -> Result<Self, CommandLineError> {
        let words = shlex::split(text).ok_or_else(|| CommandLineError::Quotes(text.to_owned()))?;
        match words.is_empty() {
            true => Err(CommandLineError::Empty),
            false => Ok(Self { words }),
        }
    }

    /// What people call the machine it reaches: ssh's host, else the program.
    pub fn host(&self) -> String {
        let program = &self.words[0];
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
        let name = name.trim_end_matches(".exe");
        if let Some(address) = self.paired_address() {
            return address.rsplit_once(':').map_or(address, |(host, _)| host).to_owned();
        }
        if name != "ssh" {
            return name.to_owned();
        }
        let mut words = self.words[1..].iter();
        while let Some(word) = words.next() {
            match word.strip_prefix('-') {
                None => return word.rsplit('@').next().unwrap_or(word).to_owned(),
                Some(option) => {
                    let takes_next = option.len() == 1 && SSH_OPTIONS_WITH_VALUE.contains(option);
                    if takes_next {
                        words.next();
                    }
                }
            }
        }
        name.to_owned()
    }

    /// As a user would type it.
    pub fn text(&self) -> String {
        let words = self.words.iter().map(String::as_str);
        // A word with a zero byte could not have been typed.
        shlex::try_join(words).unwrap_or_else(|_| self.words.join(" "))
    }

    /// The command that reaches a computer which this one was paired with, at its address.
    pub fn of_paired(address: &str) -> Self {
        Self { words: vec![OWN_NAME.to_owned(), REACH.to_owned(), address.to_owned()] }
    }

    /// The address of [`CommandLine::of_paired`]; `None` of any other command.
    pub fn paired_address(&self) -> Option<&str> {
        match self.words.as_slice() {
            [program, word, address] if program == OWN_NAME && word == REACH => Some(address),
            _ => None,
        }
    }

    /// Ready to be started, with pipes to all three streams.
    pub(super) fn command(&self) -> Command {
        // A portable program is on no search path: it finds itself.
        let own = self.paired_address().and_then(|_| std::env::current_exe().ok());
        let mut command = own.map_or_else(|| Command::new(&self.words[0]), Command::new);
        command.args(&self.words[1..]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_what_ssh_would_connect_to() {
        let host = |text: &str| CommandLine::parse(text).unwrap().host();
        assert_eq!(host("ssh gpu-host retidiff serve --stdio"), "gpu-host");
        assert_eq!(
            host("/usr/bin/ssh -p 2222 -oBatchMode=yes ana@gpu.example retidiff serve"),
            "gpu.example"
        );
        assert_eq!(host("ssh -J bastion -i 'my key' gpu retidiff serve --stdio"), "gpu");
        assert_eq!(host("/opt/retidiff serve --stdio"), "retidiff");
        assert_eq!(host("retidiff reach gpu.example:7878"), "gpu.example");
        assert_eq!(host("retidiff reach [2001:db8::1]:7878"), "[2001:db8::1]");
        assert_eq!(CommandLine::parse("retidiff reach gpu:1"), Ok(CommandLine::of_paired("gpu:1")));
        assert_eq!(host("srun --gres=gpu:1 retidiff serve --stdio"), "srun");
        assert_eq!(CommandLine::parse("  "), Err(CommandLineError::Empty));
        assert!(CommandLine::parse("ssh 'gpu").is_err());
        let quoted = CommandLine::parse("ssh -i 'my key' gpu").unwrap();
        assert_eq!(CommandLine::parse(&quoted.text()), Ok(quoted));
    }
}
