//! What a command says of a set beside its answer.

use crate::review::Reviewed;

/// Says on stderr what of a set could not be read.
pub(super) fn print_notes(reviewed: &Reviewed) {
    reviewed.notes().iter().for_each(|note| eprintln!("note: {note}"));
}
