//! The questions that a mask answers.

use serde::{Deserialize, Serialize};

use super::super::frame::Frame;
use super::super::lesions::{FoundLesion, find_lesions};
use super::super::recipe::LayerName;
use crate::anatomy::{Interface, Lesion};
use crate::mask::measure::LiveMeasure;
use crate::mask::{CentralThickness, Connectivity, Interfaces, Mask, Region};

/// A central thickness this near to the limit is not asked about: it could be seen either way.
const NEAR_LIMIT_UM: f64 = 15.0;
/// Limit of the question about the central thickness.
const LIMIT_UM: f64 = 300.0;
/// Cysts of fewer pixels cannot be marked by hand.
const LEAST_CYST_PX: u64 = 12;
/// A line is asked for where it is known in so large a share of the columns.
const LEAST_KNOWN: f64 = 0.9;

/// The options of a question that is answered with yes or no.
pub const YES_OR_NO: [&str; 2] = ["Yes", "No"];

/// What is to be answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QuizQuestion {
    /// The same for the same kind of question in every case, as column of a table of results.
    pub id: &'static str,
    /// What is asked.
    pub text: String,
    /// How it is answered, and what is right.
    #[serde(flatten)]
    pub answer: Answer,
    /// Shown after the answer.
    pub explanation: String,
    /// What the explanation is made of, for those who say it in another language; none in pages of an older program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<QuestionFacts>,
}

/// What a mask says beside the answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum QuestionFacts {
    /// Separate regions of one kind of fluid, and their area together.
    Lesions {
        /// How many.
        count: usize,
        /// Their area together, in mm².
        area_mm2: f64,
    },
    /// Share of the cysts' area in the layer that holds most of it.
    CystLayer {
        /// Share of the cysts' area in that layer.
        percent: f64,
    },
    /// Mean thickness over the central millimetre.
    Central {
        /// Mean thickness of the central millimetre, in µm.
        um: f64,
    },
    /// The line itself is shown.
    Line,
    /// Separate regions of all fluid.
    Regions {
        /// How many connected regions.
        count: usize,
    },
}

/// The questions that there are, by their [`QuizQuestion::id`].
pub const QUESTION_IDS: [&str; 7] =
    ["irf", "srf", "ped", "cyst_layer", "central_over_300", "draw_ilm", "mark_fluid"];

/// The truth, as the mask has it.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// One of several.
    Choice { options: Vec<String>, correct: usize },
    /// Rows of an interface, one a column; null where it is not known.
    Line { rows: Vec<Option<f32>> },
    /// Runs (row, first column, end) of every separate lesion.
    Fluid { lesions: Vec<Vec<(u32, u32, u32)>> },
}

/// The questions of a mask, from the easiest to the hardest. What the mask does not answer clearly is not asked.
pub fn questions(mask: &Mask, frame: &Frame) -> Vec<QuizQuestion> {
    let lesions = find_lesions(mask, frame);
    let mut all = vec![presence(&lesions, Lesion::Irf), presence(&lesions, Lesion::Srf)];
    all.push(presence(&lesions, Lesion::Ped));
    all.extend(layer_of_cysts(&lesions));
    all.extend(central(mask, frame));
    all.extend(line(mask));
    all.extend(fluid(mask));
    all
}

fn presence(lesions: &[FoundLesion], lesion: Lesion) -> QuizQuestion {
    let (id, name) = match lesion {
        Lesion::Irf => ("irf", "intraretinal fluid"),
        Lesion::Srf => ("srf", "subretinal fluid"),
        Lesion::Ped => ("ped", "a pigment epithelial detachment"),
    };
    let found: Vec<&FoundLesion> = lesions.iter().filter(|found| found.lesion == lesion).collect();
    let area_mm2 = found.iter().map(|found| found.area_um2).sum::<f64>() * 1e-6;
    let explanation = match found.len() {
        0 => format!("There is no {}.", name.trim_start_matches("a ")),
        1 => format!("There is one region of it, {area_mm2:.3} mm²."),
        count => format!("There are {count} regions of it, {area_mm2:.3} mm² together."),
    };
    QuizQuestion {
        id,
        text: format!("Is there {name}?"),
        answer: Answer::Choice {
            options: YES_OR_NO.map(str::to_owned).to_vec(),
            correct: usize::from(found.is_empty()),
        },
        explanation,
        facts: Some(QuestionFacts::Lesions { count: found.len(), area_mm2 }),
    }
}

/// Which layer holds most of the cysts' area, where one clearly does.
fn layer_of_cysts(lesions: &[FoundLesion]) -> Option<QuizQuestion> {
    let mut areas = [0.0; LayerName::ALL.len()];
    for found in lesions.iter().filter(|found| found.lesion == Lesion::Irf) {
        areas[found.layer?.index()] += found.area_um2;
    }
    let total: f64 = areas.iter().sum();
    let most = (0..areas.len()).max_by(|&a, &b| areas[a].total_cmp(&areas[b]))?;
    if total <= 0.0 || areas[most] < 0.6 * total {
        return None;
    }
    let layers = [LayerName::GclIpl, LayerName::Inl, LayerName::Opl, LayerName::OnlIsm];
    let correct = layers.iter().position(|layer| layer.index() == most)?;
    Some(QuizQuestion {
        id: "cyst_layer",
        text: "Which layer holds most of the cysts?".to_owned(),
        answer: Answer::Choice {
            options: layers.iter().map(|layer| layer.name().to_owned()).collect(),
            correct,
        },
        explanation: format!("{:.0} % of their area lies in it.", areas[most] / total * 100.0),
        facts: Some(QuestionFacts::CystLayer { percent: areas[most] / total * 100.0 }),
    })
}

fn central(mask: &Mask, frame: &Frame) -> Option<QuizQuestion> {
    let mut live = LiveMeasure::default();
    live.update(mask, usize::MAX);
    let about = CentralThickness::about(live.columns(), Some(frame.spacing()), frame.fovea_column as f32);
    let um = about.thickness.um.filter(|um| (um - LIMIT_UM).abs() >= NEAR_LIMIT_UM)?;
    Some(QuizQuestion {
        id: "central_over_300",
        text: format!("Is the mean thickness over the central millimetre above {LIMIT_UM} µm?"),
        answer: Answer::Choice {
            options: YES_OR_NO.map(str::to_owned).to_vec(),
            correct: usize::from(um <= LIMIT_UM),
        },
        explanation: format!("It is {um:.0} µm."),
        facts: Some(QuestionFacts::Central { um }),
    })
}

fn line(mask: &Mask) -> Option<QuizQuestion> {
    let interfaces = Interfaces::from_layers(&mask.layers);
    let rows: Vec<Option<f32>> =
        interfaces.rows[Interface::Ilm.index()].iter().map(|row| row.is_finite().then_some(*row)).collect();
    let known = rows.iter().flatten().count();
    (known as f64 >= LEAST_KNOWN * rows.len() as f64 && known > 0).then(|| QuizQuestion {
        id: "draw_ilm",
        text: "Draw the inner limiting membrane (ILM) from edge to edge.".to_owned(),
        answer: Answer::Line { rows },
        explanation: "The true line is shown.".to_owned(),
        facts: Some(QuestionFacts::Line),
    })
}

fn fluid(mask: &Mask) -> Option<QuizQuestion> {
    let regions = Region::components(&mask.lesions, |code| code != 0, Connectivity::Eight);
    let lesions: Vec<Vec<(u32, u32, u32)>> = regions
        .iter()
        .filter(|region| region.pixel_count() >= LEAST_CYST_PX)
        .map(|region| region.runs().to_vec())
        .collect();
    let count = lesions.len();
    (count > 0).then(|| QuizQuestion {
        id: "mark_fluid",
        text: "Mark all fluid.".to_owned(),
        answer: Answer::Fluid { lesions },
        explanation: format!("There are {count} separate regions; they are shown."),
        facts: Some(QuestionFacts::Regions { count }),
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::{CaseRecipe, Template, solve};
    use super::*;

    fn questions_about(template: &str) -> Vec<QuizQuestion> {
        let recipe: CaseRecipe = Template::named(template).unwrap().recipe().unwrap();
        let solved = solve(&recipe, None).unwrap();
        questions(&solved.mask, &solved.frame)
    }

    fn correct(questions: &[QuizQuestion], id: &str) -> Option<String> {
        let question = questions.iter().find(|question| question.id == id)?;
        match &question.answer {
            Answer::Choice { options, correct } => Some(options[*correct].clone()),
            _ => None,
        }
    }

    #[test]
    fn the_answers_are_those_of_the_recipe() {
        let healthy = questions_about("healthy-young");
        for (id, answer) in [("irf", "No"), ("srf", "No"), ("ped", "No"), ("central_over_300", "No")] {
            assert_eq!(correct(&healthy, id).as_deref(), Some(answer), "{id}");
        }
        assert_eq!(correct(&healthy, "cyst_layer"), None);
        assert!(!healthy.iter().any(|question| question.id == "mark_fluid"));
        let severe = questions_about("dme-severe");
        assert_eq!(correct(&severe, "irf").as_deref(), Some("Yes"));
        assert_eq!(correct(&severe, "central_over_300").as_deref(), Some("Yes"));
        assert!(severe.iter().any(|question| matches!(question.answer, Answer::Fluid { .. })));
        assert_eq!(correct(&questions_about("srf-only"), "srf").as_deref(), Some("Yes"));
        assert_eq!(correct(&questions_about("ped-only"), "ped").as_deref(), Some("Yes"));
        assert!(
            severe.iter().all(|question| QUESTION_IDS.contains(&question.id) && question.facts.is_some())
        );
    }
}
