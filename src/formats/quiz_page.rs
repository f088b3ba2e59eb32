//! A quiz as one HTML file: scans, questions, answers and the page's own program in it, so that it works offline on a
//! telephone and can be sent by mail.
//!
//! The page (`assets/quiz/quiz.html`) grades as [`crate::cases::quiz`] does; its results are saved as CSV. The window plays
//! such a page, too: [`read`] takes scans and questions out of it again.

use serde::{Deserialize, Serialize};

use super::markup::{base64, from_base64};
use super::{FormatError, scan_image};
use crate::cases::quiz::{Answer, QUESTION_IDS, QuestionFacts, QuizQuestion, Sheet};
use crate::scan::{GreyImage, Spacing};

static PAGE: &str = include_str!("../../assets/quiz/quiz.html");
const DATA_MARK: &str = "/*QUIZ*/null";
/// What stands before the data of a page, on a line of its own.
const DATA_START: &str = "const QUIZ = ";
const PAGE_VERSION: u32 = 1;
/// Most cases of a quiz: a page of 200 scans is some 40 MB.
pub const MAX_QUIZ_CASES: usize = 200;
const MAX_PAGE_BYTES: usize = 256 << 20;
const MAX_QUESTIONS: usize = 50;
/// An answer is chosen by a digit.
const MAX_OPTIONS: usize = 9;
const MAX_TEXT_CHARS: usize = 1000;
const PNG_START: &str = "data:image/png;base64,";
const REMEDY: &str = "make the quiz anew with `retidiff case quiz`";

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
    pub questions: Vec<QuizQuestion>,
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
    questions: &'a [QuizQuestion],
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
    let quiz = Quiz { version: PAGE_VERSION, title, cases: written };
    // Names and numbers always become JSON; `<` would end the script it stands in.
    let json = serde_json::to_string(&quiz).unwrap_or_default().replace('<', "\\u003c");
    Ok(PAGE.replacen(DATA_MARK, &json, 1))
}

impl QuizCase {
    /// What a round needs to grade answers.
    pub fn sheet(&self) -> Sheet {
        Sheet {
            name: self.name.clone(),
            width: self.scan.width,
            height: self.scan.height,
            axial_um: f64::from(self.spacing.axial_um_per_px),
            questions: self.questions.clone(),
        }
    }
}

/// What a page holds.
#[derive(Clone, Debug)]
pub struct QuizFile {
    /// What stands above it.
    pub title: String,
    /// In the order in which they are asked.
    pub cases: Vec<QuizCase>,
}

#[derive(Deserialize)]
struct ReadQuiz {
    version: u32,
    title: String,
    cases: Vec<ReadCase>,
}

#[derive(Deserialize)]
struct ReadCase {
    name: String,
    width: u32,
    height: u32,
    axial_um: f32,
    lateral_um: f32,
    synthetic: bool,
    scan: String,
    questions: Vec<ReadQuestion>,
}

#[derive(Deserialize)]
struct ReadQuestion {
    id: String,
    text: String,
    #[serde(flatten)]
    answer: Answer,
    explanation: String,
    facts: Option<QuestionFacts>,
}

/// Reads a page that [`write`] made; `file` is its name for messages.
///
/// # Errors
/// If it is no such page, of a newer program, or holds what no quiz has.
pub fn read(bytes: &[u8], file: &str) -> Result<QuizFile, FormatError> {
    let wrong = |place: &str, problem: String| FormatError::malformed(file, place, problem, REMEDY);
    if bytes.len() > MAX_PAGE_BYTES {
        return Err(wrong("the file", format!("{} bytes, at most {MAX_PAGE_BYTES} are read", bytes.len())));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| wrong(&format!("byte {}", error.valid_up_to()), "this is no text".to_owned()))?;
    let line = text.lines().find_map(|line| line.strip_prefix(DATA_START));
    let data = line.ok_or_else(|| wrong("the page", "it is no quiz of this program".to_owned()))?;
    let data = data.trim_end().trim_end_matches(';');
    let quiz: ReadQuiz =
        serde_json::from_str(data).map_err(|error| wrong("the questions", error.to_string()))?;
    if quiz.version != PAGE_VERSION {
        let problem = format!("version {}; this program reads version {PAGE_VERSION}", quiz.version);
        return Err(FormatError::malformed(file, "the questions", problem, "update the program"));
    }
    if !(1..=MAX_QUIZ_CASES).contains(&quiz.cases.len()) {
        return Err(wrong("the cases", format!("{} of them, 1 to {MAX_QUIZ_CASES}", quiz.cases.len())));
    }
    let title = quiz.title.chars().take(MAX_TEXT_CHARS).collect();
    let cases = quiz.cases.into_iter().enumerate().map(|(index, case)| {
        let place = format!("case {}", index + 1);
        checked(case, file, &place)
    });
    Ok(QuizFile { title, cases: cases.collect::<Result<_, _>>()? })
}

fn checked(case: ReadCase, file: &str, place: &str) -> Result<QuizCase, FormatError> {
    let wrong = |problem: String| FormatError::malformed(file, place, problem, REMEDY);
    let spacing = Spacing::checked(case.axial_um, case.lateral_um)
        .ok_or_else(|| wrong(format!("a pixel of {} x {} um", case.axial_um, case.lateral_um)))?;
    let png = case.scan.strip_prefix(PNG_START).and_then(from_base64);
    let scan = scan_image::read(&png.ok_or_else(|| wrong("its scan is no PNG in base64".to_owned()))?, file)?;
    if (scan.width, scan.height) != (case.width, case.height) {
        let (width, height) = (case.width, case.height);
        return Err(wrong(format!(
            "a scan of {}x{}, announced as {width}x{height}",
            scan.width, scan.height
        )));
    }
    if case.questions.len() > MAX_QUESTIONS {
        return Err(wrong(format!("{} questions, at most {MAX_QUESTIONS}", case.questions.len())));
    }
    let questions = case.questions.into_iter().map(|read| {
        let id = QUESTION_IDS.into_iter().find(|id| *id == read.id);
        let id = id.ok_or_else(|| wrong(format!("an unknown question \"{:.40}\"", read.id)))?;
        if let Some(problem) = problem_of(&read.answer, scan.width, scan.height) {
            return Err(wrong(format!("question {id}: {problem}")));
        }
        let short = |text: String| text.chars().take(MAX_TEXT_CHARS).collect();
        let (text, explanation) = (short(read.text), short(read.explanation));
        Ok(QuizQuestion { id, text, answer: read.answer, explanation, facts: read.facts })
    });
    let questions = questions.collect::<Result<_, _>>()?;
    let name = case.name.chars().take(MAX_TEXT_CHARS).collect();
    Ok(QuizCase { name, scan, spacing, synthetic: case.synthetic, questions })
}

/// What is wrong with an answer of a scan of a size.
fn problem_of(answer: &Answer, width: u32, height: u32) -> Option<String> {
    match answer {
        Answer::Choice { options, correct } => {
            let count = options.len();
            let is_fit = (2..=MAX_OPTIONS).contains(&count) && *correct < count;
            (!is_fit).then(|| format!("answer {} of {count}", correct.saturating_add(1)))
        }
        Answer::Line { rows } => {
            let is_inside = |row: &f32| (0.0..=height as f32).contains(row);
            let is_fit = rows.len() == width as usize && rows.iter().flatten().all(is_inside);
            (!is_fit).then(|| format!("a line of {} columns that does not lie in the scan", rows.len()))
        }
        Answer::Fluid { lesions } => {
            let is_inside = |&(y, x0, x1): &(u32, u32, u32)| y < height && x0 < x1 && x1 <= width;
            let runs = lesions.iter().flatten();
            let is_fit =
                runs.clone().count() <= width as usize * height as usize && runs.clone().all(is_inside);
            (!is_fit).then(|| "a region outside of the scan".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::quiz::Answer;

    #[test]
    fn a_page_holds_all_it_needs_and_nothing_breaks_out_of_its_data() {
        let question = QuizQuestion {
            id: "srf",
            text: "Is there </script><script>alert(1)</script>?".to_owned(),
            answer: Answer::Choice { options: vec!["Yes".to_owned(), "No".to_owned()], correct: 1 },
            explanation: String::new(),
            facts: None,
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

    fn drawn_case() -> QuizCase {
        let line = Answer::Line { rows: vec![Some(0.5), None, Some(1.0)] };
        let fluid = Answer::Fluid { lesions: vec![vec![(0, 1, 3)], vec![(1, 0, 1)]] };
        let choice = Answer::Choice { options: vec!["Yes".to_owned(), "No".to_owned()], correct: 0 };
        let answers = [("draw_ilm", line), ("mark_fluid", fluid), ("irf", choice)];
        let facts = Some(QuestionFacts::Lesions { count: 2, area_mm2: 0.25 });
        let questions = answers.map(|(id, answer)| QuizQuestion {
            id,
            text: "<b>?".to_owned(),
            answer,
            explanation: "\n".to_owned(),
            facts,
        });
        QuizCase {
            name: "Case 1".to_owned(),
            scan: GreyImage::new(3, 2, vec![0, 1, 2, 3, 4, 5]),
            spacing: Spacing { axial_um_per_px: 3.9, lateral_um_per_px: 11.5 },
            synthetic: true,
            questions: questions.to_vec(),
        }
    }

    #[test]
    fn what_is_in_a_page_comes_back() {
        let case = drawn_case();
        let page = write("A title", std::slice::from_ref(&case)).unwrap();
        let read = read(page.as_bytes(), "quiz.html").unwrap();
        assert_eq!((read.title.as_str(), read.cases.len()), ("A title", 1));
        let back = &read.cases[0];
        assert_eq!((&back.scan, back.spacing, back.synthetic), (&case.scan, case.spacing, true));
        assert_eq!(back.questions, case.questions);
        assert_eq!(back.sheet().axial_um, f64::from(3.9_f32));
    }

    #[test]
    fn pages_that_lie_are_refused_with_the_place() {
        let page = write("A title", &[drawn_case()]).unwrap();
        for (from, to, said) in [
            ("\"version\":1", "\"version\":2", "update"),
            ("\"width\":3", "\"width\":4", "announced"),
            ("\"height\":2", "\"height\":4000000000", "announced"),
            ("\"axial_um\":3.9", "\"axial_um\":-1.0", "a pixel"),
            ("\"correct\":0", "\"correct\":2", "question irf"),
            ("\"id\":\"irf\"", "\"id\":\"other\"", "unknown question"),
            ("[0,1,3]", "[0,1,4]", "outside"),
            ("[0,1,3]", "[2,1,3]", "outside"),
            ("[0.5,null,1.0]", "[0.5,1.0]", "2 columns"),
            ("[0.5,null,1.0]", "[0.5,null,1e9]", "columns"),
            ("base64,", "base64,!", "no PNG"),
            ("const QUIZ", "const QUIX", "no quiz"),
            ("{\"version\"", "{\"version", "the questions"),
        ] {
            assert!(page.contains(from), "{from}");
            let error = read(page.replacen(from, to, 1).as_bytes(), "quiz.html").unwrap_err().to_string();
            assert!(error.starts_with("quiz.html: ") && error.contains(said), "{from} to {to}: {error}");
        }
        assert!(read(b"\xff\xfe", "x").is_err() && read(b"", "x").is_err());
    }
}
