//! What is said to a picture whose values can be read in several ways, or in none.

use super::proposal::{Proposal, propose};
use super::scheme::SchemeKind;
use crate::formats::FormatError;
use crate::formats::label_picture::{FoundValue, LabelPicture, LabelValue, blended_value};
use crate::mask::Disorder;

/// More different values are a picture's, not a label map's, and no list of them helps.
const MAX_LISTED: usize = 64;
/// What `--map` is shown with.
const EXAMPLE: &str = "say what each value is, such as `--map 30=NFL,60=GCL-IPL,255=IRF`";

/// The beginning of a refusal for a value without a meaning.
pub(super) fn says_no_label(found: &FoundValue) -> String {
    let [x, y] = found.first;
    let what = if matches!(found.value, LabelValue::Color(_)) { "colour" } else { "value" };
    format!("the {what} {} at column {x}, row {y} is no label", found.value)
}

/// A refusal that lists what was found, what it looks like and what to say.
pub(super) fn refused(picture: &LabelPicture, name: &str, problem: &str) -> FormatError {
    if let Some(blend) = blended_value(picture) {
        let place = format!("column {}, row {}", blend.first[0], blend.first[1]);
        let problem = format!(
            "the value {} ({} px) lies only between its neighbours, as many of the {} values do: the picture is \
             smoothed (anti-aliased) or was scaled",
            blend.value,
            blend.pixels,
            picture.values.len()
        );
        let remedy = "save the labels without smoothing, one code or colour a label";
        return FormatError::malformed(name, place, problem, remedy);
    }
    if picture.values.len() > MAX_LISTED {
        let last = &picture.values[picture.values.len() - 1];
        let place = format!("column {}, row {}", last.first[0], last.first[1]);
        let count = picture.values.len();
        let problem =
            format!("the value {} is one of {count}: this is a scan or a smoothed picture", last.value);
        let remedy = "name a label picture: one code or colour a label";
        return FormatError::malformed(name, place, problem, remedy);
    }
    FormatError::Ambiguous {
        file: name.to_owned(),
        question: format!("{problem}; it holds {}: which labels are these?", picture.listed()),
        remedy: remedy(&propose(picture)),
    }
}

/// What to say, by what a picture looks like.
fn remedy(proposals: &[Proposal]) -> String {
    let schemes = "studio (0 above ILM, 1-7 layers, 8 below BM, 9 IRF, 10 SRF, 11 PED, 255 unannotated), paper \
                   (0-8), retouch, aroi, steps, binary, voc, or one times a factor (paper*30)";
    match proposals {
        [] => format!("{}; or name a scheme, such as `--scheme paper`: {schemes}.", capital(EXAMPLE)),
        [best, others @ ..] => {
            let first = match best.unknown_values.first() {
                Some(white) => format!("Say what it is, such as `--map {white}=IRF` (or SRF, PED, a layer)"),
                None if best.disorder.as_ref().is_some_and(Disorder::is_general) => {
                    format!("Put the labels right first; `--scheme {}` takes them as they are", best.scheme)
                }
                None => format!("If it is what it looks like ({}), say `--scheme {}`", best.why, best.scheme),
            };
            let named: Vec<String> =
                others.iter().map(|other| format!("`--scheme {}`", other.scheme)).collect();
            let or = if named.is_empty() {
                String::new()
            } else {
                format!("; it may also be {}", named.join(" or "))
            };
            let studio = match best.scheme.kind {
                SchemeKind::Studio => String::new(),
                _ => "; `--scheme studio` takes the values as label codes".to_owned(),
            };
            format!("{first}{or}{studio}; else {EXAMPLE}.")
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
