//! What `retidiff info` says about a label picture: the values it holds, what they look like, what is out of order.

use std::fmt::Write;
use std::path::Path;

use serde::Serialize;

use crate::anatomy::{self, UNANNOTATED};
use crate::formats::label_mapping::{Confidence, LabelChoice, Labels, Proposal, labels_of, propose};
use crate::formats::label_picture::{self, FoundValue, LabelPicture, LabelValue};
use crate::formats::{FormatError, read_file};
use crate::mask::Disorder;

/// An image with more different values is a scan, and no list of them helps.
const MAX_VALUES: usize = 64;
/// Largest file that is looked at for labels.
const MAX_LABEL_BYTES: u64 = 256 << 20;

/// The values of a label picture and their meaning.
#[derive(Debug, Serialize)]
pub(super) struct LabelValues {
    width: u32,
    height: u32,
    values: Vec<Value>,
    /// What it looks like, the most likely first.
    proposals: Vec<Reading>,
    /// The labels it holds as it was asked to be read, or as it is read where nothing was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<Vec<LabelPixels>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disorder: Option<DisorderDescription>,
    /// Why it is not read as labels unless the user says more.
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<String>,
}

#[derive(Debug, Serialize)]
struct Value {
    value: LabelValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    palette_color: Option<LabelValue>,
    pixels: u64,
    first_column: u32,
    first_row: u32,
}

#[derive(Debug, Serialize)]
struct Reading {
    scheme: String,
    confidence: Confidence,
    why: String,
    /// Values whose label only the user knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_values: Vec<LabelValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disorder: Option<DisorderDescription>,
}

#[derive(Debug, Serialize)]
struct LabelPixels {
    code: u8,
    name: &'static str,
    pixels: u64,
}

#[derive(Debug, Serialize)]
struct DisorderDescription {
    columns: u32,
    layered_columns: u32,
    first_column: u32,
    upside_down_columns: u32,
    /// Names of the interfaces that lie the wrong way round, each with its number of columns.
    interfaces: Vec<(&'static str, u32)>,
    #[serde(skip)]
    text: String,
}

impl From<&Disorder> for DisorderDescription {
    fn from(disorder: &Disorder) -> Self {
        Self {
            columns: disorder.columns,
            layered_columns: disorder.layered_columns,
            first_column: disorder.first_column,
            upside_down_columns: disorder.upside_down,
            interfaces: disorder.interfaces.iter().map(|(one, columns)| (one.name(), *columns)).collect(),
            text: disorder.to_string(),
        }
    }
}

impl LabelValues {
    /// Of a file; `None` where it is no picture, or one of too many values, and nothing was said about its labels.
    ///
    /// # Errors
    /// A file that is to be read as labels, by what was said, and cannot.
    pub(super) fn of(path: &Path, choice: &LabelChoice) -> Result<Option<Self>, FormatError> {
        let name = path.display().to_string();
        if !path.is_file() {
            return Ok(None);
        }
        // No label map is that large.
        if std::fs::metadata(path).is_ok_and(|found| found.len() > MAX_LABEL_BYTES) {
            return Ok(None);
        }
        let bytes = read_file(path)?;
        if !label_picture::may_be_one(&bytes, &name) {
            return Ok(None);
        }
        let is_unsaid = *choice == LabelChoice::Unsaid;
        match label_picture::read(&bytes, &name) {
            Ok(picture) if is_unsaid && picture.values.len() > MAX_VALUES => Ok(None),
            Ok(picture) => Self::of_picture(&picture, &name, choice).map(Some),
            Err(_) if is_unsaid => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn of_picture(picture: &LabelPicture, name: &str, choice: &LabelChoice) -> Result<Self, FormatError> {
        let (labels, question) = match labels_of(picture, name, choice) {
            Ok(labels) => (Some(labels), None),
            Err(error) if *choice == LabelChoice::Unsaid => (None, Some(error.to_string())),
            Err(error) => return Err(error),
        };
        Ok(Self {
            width: picture.width,
            height: picture.height,
            values: picture.values.iter().map(Value::of).collect(),
            proposals: propose(picture).iter().map(Reading::of).collect(),
            disorder: labels.as_ref().and_then(|labels| labels.disorder.as_ref()).map(Into::into),
            labels: labels.as_ref().map(label_pixels),
            question,
        })
    }

    /// Writes it as lines for a reader.
    pub(super) fn write(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "  {}x{} px, values:", self.width, self.height)?;
        for found in &self.values {
            let palette = found.palette_color.map_or(String::new(), |color| format!("  {color}"));
            writeln!(text, "    {:>11}  {:>9} px{palette}", found.value.to_string(), found.pixels)?;
        }
        for reading in &self.proposals {
            let confidence = format!("{:?}", reading.confidence).to_lowercase();
            writeln!(text, "  {confidence}: --scheme {}, for {}", reading.scheme, reading.why)?;
            if let Some(disorder) = &reading.disorder {
                writeln!(text, "    {}", disorder.text)?;
            }
        }
        if let Some(labels) = &self.labels {
            writeln!(text, "  read as labels:")?;
            for label in labels {
                writeln!(text, "    {:>5}  {:<12}{:>9} px", label.code, label.name, label.pixels)?;
            }
        }
        if let Some(disorder) = &self.disorder {
            writeln!(text, "  {}", disorder.text)?;
        }
        if let Some(question) = &self.question {
            writeln!(text, "  not read as labels: {question}")?;
        }
        Ok(())
    }
}

impl Value {
    fn of(found: &FoundValue) -> Self {
        Self {
            value: found.value,
            palette_color: found.palette_color.map(LabelValue::Color),
            pixels: found.pixels,
            first_column: found.first[0],
            first_row: found.first[1],
        }
    }
}

impl Reading {
    fn of(proposal: &Proposal) -> Self {
        Self {
            scheme: proposal.scheme.to_string(),
            confidence: proposal.confidence,
            why: proposal.why.clone(),
            unknown_values: proposal.unknown_values.clone(),
            disorder: proposal.disorder.as_ref().map(Into::into),
        }
    }
}

fn label_pixels(labels: &Labels) -> Vec<LabelPixels> {
    let name = |code| match code {
        UNANNOTATED => "Unannotated",
        code => anatomy::label(code).map_or("", |label| label.name),
    };
    labels.counts().into_iter().map(|(code, pixels)| LabelPixels { code, name: name(code), pixels }).collect()
}
