//! Which of several GPUs, where the user said so: `--gpu INDEX`, a number of `retidiff info --gpus`.
//!
//! One choice holds for the whole program, the window and every command alike, and is handed on to the processes that
//! the program starts: so it is kept here once, not carried through every call.

use std::sync::OnceLock;

/// As the command line calls it.
const FLAG: &str = "--gpu";

static CHOSEN: OnceLock<usize> = OnceLock::new();

/// Takes the GPU of a number from now on; the first choice of a process holds.
pub fn choose(index: usize) {
    CHOSEN.get_or_init(|| index);
}

/// The number that was chosen.
pub fn index() -> Option<usize> {
    CHOSEN.get().copied()
}

/// What a process of the same program must be given to take the same GPU.
pub fn arguments() -> Vec<String> {
    arguments_of(index())
}

fn arguments_of(index: Option<usize>) -> Vec<String> {
    index.map(|index| vec![FLAG.to_owned(), index.to_string()]).unwrap_or_default()
}

/// Why a number of `--gpu` cannot be taken, and what to do.
pub fn no_such_gpu(index: usize, count: usize) -> String {
    let known = match count {
        0 => "no graphics driver was found".to_owned(),
        1 => "there is only GPU 0".to_owned(),
        count => format!("there are GPUs 0 to {}", count - 1),
    };
    format!("{FLAG} {index}: {known}; `retidiff info --gpus` lists them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_handed_on_to_processes() {
        assert_eq!(arguments_of(Some(2)), ["--gpu", "2"]);
        assert!(arguments_of(None).is_empty());
    }

    #[test]
    fn a_number_that_is_not_there_is_told_with_those_that_are() {
        assert_eq!(no_such_gpu(4, 3), "--gpu 4: there are GPUs 0 to 2; `retidiff info --gpus` lists them");
        assert!(no_such_gpu(0, 0).contains("no graphics driver"));
    }
}
