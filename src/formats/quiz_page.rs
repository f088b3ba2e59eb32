//! A quiz as one HTML file: scans, questions, answers and the page's own program in it, so that it works offline on a
//! telephone and can be sent by mail.
//!
//! The page (`assets/quiz/quiz.html`) grades as [`crate::cases::quiz`] does; its results are saved as CSV.

use serde::Serialize;

use super::markup::base64;
use super::{FormatError, scan_image};
use crate::cases::quiz::Question;
use crate::scan::{GreyImage, Spacing};

static PAGE: &str = include_str!("../../assets/quiz/quiz.html");
const DATA_MARK: &str = "/*QUIZ*/null";

/// A scan with its questions.
#[derive(Clone, Debug)]
pub struct QuizCase {
    /// What the case is called.
    pub name: String,
    /// What is shown.
    pub scan: GreyImage,
    /// Size of a pixel.
    pub spacing: Spacing,
    /// Whether a program made the scan.
    pub synthetic: bool,
    /// In their order.
    pub questions: Vec<Question>,
}

#[derive(Serialize)]
struct Quiz<'a> {
    version: u32,
    title: &'a str,
    cases: Vec<Case<'a>>,
}

#[derive(Serialize)]
struct Case<'a> {
    name: &'a str,
    width: u32,
    height: u32,
    axial_um: f32,
    lateral_um: f32,
    synthetic: bool,
    scan: String,
    questions: &'a [Question],
}

/// The page.
///
/// # Errors
/// If a scan cannot be encoded.
pub fn write(title: &str, cases: &[QuizCase]) -> Result<String, FormatError> {
    let mut written = Vec::with_capacity(cases.len());
    for case in cases {
        let png = scan_image::write(&case.scan, &[])?;
        written.push(Case {
            name: &case.name,
            width: case.scan.width,
            height: case.scan.height,
            axial_um: case.spacing.axial_um_per_px,
            lateral_um: case.spacing.lateral_um_per_px,
            synthetic: case.synthetic,
            scan: format!("data:image/png;base64,{}", base64(&png)),
            questions: &case.questions,
        });
    }
    let quiz = Quiz { version: 1, title, cases: written };
    // Names and numbers always become JSON; `<` would end the script it stands in.
    let json = serde_json::to_string(&quiz).unwrap_or_default().replace('<', "\\u003c");
    Ok(PAGE.replacen(DATA_MARK, &json, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::quiz::Answer;

    #[test]
    fn a_page_holds_all_it_needs_and_nothing_breaks_out_of_its_data() {
        let question = Question {
            id: "srf",
            text: "Is there </script><script>alert(1)</script>?".to_owned(),
            answer: Answer::Choice { options: vec!["Yes".to_owned(), "No".to_owned()], correct: 1 },
            explanation: String::new(),
        };
        let case = QuizCase {
            name: "one".to_owned(),
            scan: GreyImage::new(3, 2, vec![0, 1, 2, 3, 4, 5]),
            spacing: Spacing { axial_um_per_px: 3.9, lateral_um_per_px: 11.5 },
            synthetic: true,
            questions: vec![question],
        };
        let page = write("Quiz", &[case]).unwrap();
        assert!(page.contains("data:image/png;base64,") && !page.contains(DATA_MARK));
        assert!(!page.contains("<script>alert(1)"));
        assert_eq!(page.matches("</script>").count(), 1);
        for outside in ["http://", "https://", "<link", "src=\"", "@import", "fetch("] {
            assert!(!page.contains(outside), "the page would load {outside}");
        }
    }
}
