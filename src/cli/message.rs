//! The last words of a command that failed.

use crate::formats::in_plain_words;

/// What went wrong and why, from the outermost to the innermost cause. A cause that is told already is not told again:
/// many messages hold the reason they were made of.
pub fn message_of(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain() {
        let cause = in_plain_words(&cause.to_string());
        if message.is_empty() {
            message = cause;
        } else if !message.contains(cause.trim_end_matches('.')) {
            message = format!("{message}: {cause}");
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once_and_without_its_number() {
        let missing = std::io::Error::from_raw_os_error(2);
        let reading = anyhow::Error::new(missing).context("a.png: No such file or directory (os error 2)");
        let error = reading.context("opening the scan");
        assert_eq!(message_of(&error), "opening the scan: a.png: No such file or directory");
        let error = anyhow::anyhow!("too large").context("b.tif cannot be read");
        assert_eq!(message_of(&error), "b.tif cannot be read: too large");
    }
}
