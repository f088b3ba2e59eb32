//! Labels from a picture as the user said they are to be read, and what is asked where nothing was said.

use super::background::lies_deepest;
use super::labels::{Labels, mapped};
use super::mapping::LabelMapping;
use super::proposal::one_structure;
use super::refusal::{refused, says_no_label};
use super::scheme::{AROI_BELOW, Scheme, SchemeKind, paper_color};
use super::steps;
use crate::anatomy::{ABOVE_ILM, UNANNOTATED, code_of_color, label};
use crate::formats::FormatError;
use crate::formats::label_picture::{self, FoundValue, LabelPicture, LabelValue};
use crate::mask::Disorder;

/// What the user said about the values of label pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LabelChoice {
    /// Nothing: the studio's codes and colours are read, everything else is asked about.
    #[default]
    Unsaid,
    /// The values are those of a known scheme.
    Scheme(Scheme),
    /// Every value was said by itself.
    Map(LabelMapping),
}

/// Reads the labels of a file. `name` is the file's name for messages.
///
/// # Errors
/// See [`label_picture::read`] and [`labels_of`].
pub fn read_labels(bytes: &[u8], name: &str, choice: &LabelChoice) -> Result<Labels, FormatError> {
    labels_of(&label_picture::read(bytes, name)?, name, choice)
}

/// The labels of a picture.
///
/// # Errors
/// A value that means nothing under what was said; where nothing was said, everything that can be read in two
/// ways. Both name the values found, what they look like and what to say.
pub fn labels_of(picture: &LabelPicture, name: &str, choice: &LabelChoice) -> Result<Labels, FormatError> {
    let scheme = match choice {
        LabelChoice::Unsaid => return unsaid(picture, name),
        LabelChoice::Map(mapping) => return applied(mapping, picture, name),
        LabelChoice::Scheme(scheme) => *scheme,
    };
    match scheme.kind {
        SchemeKind::Binary => match one_structure(picture) {
            Some(_) => Err(refused(picture, name, "it is one structure on black")),
            None => Err(refused(picture, name, "it holds more than one structure on black")),
        },
        SchemeKind::Steps => match steps::evenly_spread(picture) {
            Some((kind, mapping)) => {
                let mut labels = applied(&mapping, picture, name)?;
                let whose = Scheme::from(kind);
                labels.warnings.push(format!(
                    "{name}: its {} greys are read as {mapping} ({whose})",
                    picture.values.len()
                ));
                Ok(labels)
            }
            None => Err(refused(picture, name, "its values are not spread evenly from 0 with none left out")),
        },
        SchemeKind::Voc => certain(picture, name, &scheme.mapping_for(picture)),
        _ => {
            let mut labels = applied(&scheme.mapping_for(picture), picture, name)?;
            labels.warnings.extend(palette_note(picture, name, scheme.kind));
            Ok(labels)
        }
    }
}

/// The labels under a mapping; a value that it does not know is refused by its place.
fn applied(mapping: &LabelMapping, picture: &LabelPicture, name: &str) -> Result<Labels, FormatError> {
    mapped(mapping, picture, name).map_err(|unknown| refused(picture, name, &says_no_label(unknown)))
}

/// The studio's codes or the label table's colours, if nothing speaks against them.
fn unsaid(picture: &LabelPicture, name: &str) -> Result<Labels, FormatError> {
    let studio = Scheme::from(SchemeKind::Studio);
    if let Some(mapping) = studio.by_label_colors(picture) {
        let labels = applied(&mapping, picture, name)?;
        return if is_open_below(&labels) { Err(open_below(picture, name)) } else { Ok(labels) };
    }
    let foreign = |found: &&FoundValue| matches!(found.value, LabelValue::Color(color) if color != [0; 3]);
    let foreign = picture.values.iter().find(foreign);
    if let Some(color) = foreign {
        return Err(refused(picture, name, &says_no_label(color)));
    }
    let mut labels = certain(picture, name, &studio.mapping_for(picture))?;
    labels.warnings.extend(palette_note(picture, name, SchemeKind::Studio));
    Ok(labels)
}

/// Labels under a mapping to the studio's codes that nobody asked for by name: what looks like anything else is
/// refused.
fn certain(picture: &LabelPicture, name: &str, mapping: &LabelMapping) -> Result<Labels, FormatError> {
    if mapping.covers(picture) && one_structure(picture).is_some() {
        return Err(refused(picture, name, "it is one structure on black"));
    }
    let labels = applied(mapping, picture, name)?;
    let disorder = labels.disorder.as_ref().filter(|disorder| disorder.is_general());
    let width = labels.width as usize;
    if let Some(disorder) = disorder.filter(|disorder| disorder.is_upside_down()) {
        return Err(refused(picture, name, &format!("read as label codes it has {disorder}")));
    }
    if is_open_below(&labels) {
        return Err(open_below(picture, name));
    }
    if lies_deepest(AROI_BELOW, &labels.codes, width) {
        return Err(refused(
            picture,
            name,
            "what lies deepest is 4, below BM in AROI and OPL in the label table",
        ));
    }
    match disorder {
        Some(disorder) => Err(refused(picture, name, &format!("read as label codes it has {disorder}"))),
        None => Ok(labels),
    }
}

/// Whether in most columns that hold a layer the deepest pixel is above the ILM by its code.
fn is_open_below(labels: &Labels) -> bool {
    let is_upside_down = labels.disorder.as_ref().is_some_and(Disorder::is_upside_down);
    !is_upside_down && lies_deepest(ABOVE_ILM, &labels.codes, labels.width as usize)
}

fn open_below(picture: &LabelPicture, name: &str) -> FormatError {
    refused(picture, name, "background (0) lies below the layers as well as above them")
}

/// That the indices of an indexed picture are taken as numbers, whatever its palette shows.
fn palette_note(picture: &LabelPicture, name: &str, kind: SchemeKind) -> Option<String> {
    let is_own = |found: &FoundValue| {
        let LabelValue::Code(index) = found.value else { return true };
        let Ok(index) = u8::try_from(index) else { return false };
        let is_own = match kind {
            SchemeKind::Paper => found.palette_color == paper_color(index),
            _ => {
                label(index).is_some_and(|own| found.palette_color.and_then(code_of_color) == Some(own.code))
            }
        };
        index == UNANNOTATED || is_own || found.palette_color == Some([index; 3])
    };
    let is_foreign = picture.is_indexed() && !picture.values.iter().all(is_own);
    is_foreign
        .then(|| format!("{name}: the palette is not the label table; its indices are taken as label codes"))
}
