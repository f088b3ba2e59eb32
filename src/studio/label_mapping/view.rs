//! Draws the question what the values of a label file are.

use eframe::egui::{
    Align, Color32, ComboBox, Context, DragValue, Label, Layout, Rect, RichText, ScrollArea, Sense, Ui, pos2,
    vec2,
};

use super::answering::MappingAnswer;
use super::preview::PreviewedBScan;
use super::question::{MappingQuestion, Offer, ValueRow};
use crate::anatomy::LABELS;
use crate::document::{Document, LabelTable};
use crate::formats::label_mapping::{Confidence, Meaning};
use crate::studio::shell::action::Action;
use crate::studio::shell::questions::{ButtonRank, button, dialog, title};
use crate::studio::texts::text;
use crate::studio::widgets::controls::row;
use crate::studio::widgets::label_words::label_name;
use crate::studio::widgets::theme;

const WIDTH: f32 = 820.0;
/// Room for the picture of the mapped labels.
const PICTURE: eframe::egui::Vec2 = vec2(380.0, 290.0);
const ROWS_HEIGHT: f32 = 236.0;

/// Draws the dialog over the window.
pub fn show(
    context: &Context,
    question: &mut MappingQuestion,
    document: &Document,
    actions: &mut Vec<Action>,
) {
    let mut answer = |answer| actions.push(Action::AnswerMapping(answer));
    let response = dialog("label mapping").show(context, |ui| {
        ui.set_width(WIDTH);
        title(ui, text!("mapping-title"));
        let name = &question.unmapped.name;
        ui.add(Label::new(theme::weak(text!("mapping-about", %name))).wrap());
        ui.add_space(8.0);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(PICTURE.x);
                show_picture(ui, question);
            });
            ui.add_space(12.0);
            ui.vertical(|ui| {
                show_offers(ui, question, &mut answer);
                show_values(ui, &question.rows, &document.labels, &mut answer);
            });
        });
        ui.add_space(8.0);
        show_outcome(ui, question);
        ui.add_space(12.0);
        show_buttons(ui, question, &mut answer);
    });
    if response.should_close() {
        answer(MappingAnswer::Cancel);
    }
}

/// The scan with the labels of the answers so far, and which B-scan of a volume it is.
fn show_picture(ui: &mut Ui, question: &mut MappingQuestion) {
    let (rect, response) = ui.allocate_exact_size(PICTURE, Sense::hover());
    ui.painter().rect_filled(rect, theme::RADIUS, theme::CANVAS);
    let index = question.b_scan.min(question.unmapped.pages.len().saturating_sub(1));
    let Some(page) = question.unmapped.pages.get(index) else { return };
    let mask = match &question.tried {
        Some(Ok(tried)) => tried.masks.get(index),
        _ => None,
    };
    let shown = PreviewedBScan { revision: question.revision, b_scan: index, has_labels: mask.is_some() };
    let context = ui.ctx().clone();
    if let Some(texture) = question.preview.picture(&context, shown, &page.scan, mask) {
        let size = texture.size_vec2();
        let scale = (PICTURE.x / size.x).min(PICTURE.y / size.y);
        let place = Rect::from_center_size(rect.center(), size * scale);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), place, whole, Color32::WHITE);
    }
    response.on_hover_text(text!("mapping-picture-about"));
    let count = question.unmapped.pages.len();
    if count > 1 {
        row(ui, text!("mapping-b-scan"), |ui| {
            let mut number = index + 1;
            ui.add(DragValue::new(&mut number).range(1..=count)).accessible_name(text!("mapping-b-scan"));
            ui.label(theme::caption(text!("mapping-of-count", %count)));
            question.b_scan = number - 1;
        });
    }
}

/// The schemes that know every value, with what speaks for each.
fn show_offers(ui: &mut Ui, question: &MappingQuestion, answer: &mut impl FnMut(MappingAnswer)) {
    let chosen = question.offers.iter().find(|offer| Some(offer.scheme) == question.scheme);
    row(ui, text!("mapping-scheme"), |ui| {
        let shown = chosen.map_or(text!("mapping-by-hand").to_owned(), |offer| offer.scheme.to_string());
        let response =
            ComboBox::from_id_salt("label scheme").width(150.0).selected_text(shown).show_ui(ui, |ui| {
                for offer in &question.offers {
                    let is_chosen = Some(offer.scheme) == question.scheme;
                    if ui.selectable_label(is_chosen, offered(offer)).clicked() {
                        answer(MappingAnswer::Scheme(offer.scheme));
                    }
                }
            });
        response.response.accessible_name(text!("mapping-scheme"));
    });
    let about = match chosen.and_then(|offer| offer.reason.as_ref()) {
        _ if question.is_remembered => text!("mapping-remembered").to_owned(),
        Some((_, why)) => text!("mapping-why", %why),
        None => text!("mapping-say-each").to_owned(),
    };
    ui.add(Label::new(theme::caption(about)).wrap());
    ui.add_space(4.0);
}

fn offered(offer: &Offer) -> String {
    let scheme = offer.scheme;
    match offer.reason.as_ref().map(|(confidence, _)| *confidence) {
        Some(Confidence::Certain) => text!("mapping-certain", %scheme),
        Some(Confidence::Likely) => text!("mapping-likely", %scheme),
        Some(Confidence::Possible) => text!("mapping-possible", %scheme),
        None => scheme.to_string(),
    }
}

fn show_values(ui: &mut Ui, rows: &[ValueRow], table: &LabelTable, answer: &mut impl FnMut(MappingAnswer)) {
    ScrollArea::vertical().id_salt("label values").max_height(ROWS_HEIGHT).show(ui, |ui| {
        for (index, value) in rows.iter().enumerate() {
            ui.horizontal(|ui| show_value(ui, index, value, table, answer));
        }
    });
}

/// A value with its colour, its pixels and what it is.
fn show_value(
    ui: &mut Ui,
    index: usize,
    value: &ValueRow,
    table: &LabelTable,
    answer: &mut impl FnMut(MappingAnswer),
) {
    let (swatch, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
    let color = value.color.map_or(theme::RAISED, theme::from_rgb);
    ui.painter().rect_filled(swatch, 2.0, color);
    let name = value.value.to_string();
    ui.add_sized(vec2(84.0, 20.0), Label::new(RichText::new(&name).color(theme::TEXT_STRONG)));
    let pixels = value.pixels;
    ui.add_sized(vec2(92.0, 20.0), Label::new(theme::caption(format!("{pixels} px"))));
    let shown = match value.meaning {
        Some(meaning) => meaning_name(meaning, table),
        None if value.value.is_ground() => text!("mapping-around"),
        None => text!("mapping-choose"),
    };
    let shown = match value.meaning.is_none() && !value.value.is_ground() {
        true => RichText::new(shown).color(theme::WARNING),
        false => RichText::new(shown),
    };
    let response =
        ComboBox::from_id_salt(("label-value", index)).width(150.0).selected_text(shown).show_ui(ui, |ui| {
            let labels = LABELS.iter().map(|label| Meaning::Label(label.code));
            for meaning in labels.chain([Meaning::Background, Meaning::Unannotated]) {
                let is_chosen = value.meaning == Some(meaning);
                if ui.selectable_label(is_chosen, meaning_name(meaning, table)).clicked() {
                    answer(MappingAnswer::Value(value.value, meaning));
                }
            }
        });
    response.response.accessible_name(text!("mapping-value-is", %name));
}

fn meaning_name(meaning: Meaning, table: &LabelTable) -> &str {
    match meaning {
        Meaning::Label(code) => label_name(table, code),
        Meaning::Background => text!("mapping-background"),
        Meaning::Unannotated => text!("mapping-unannotated"),
    }
}

/// What loading would do: order of layers, what is replaced and what stays.
fn show_outcome(ui: &mut Ui, question: &MappingQuestion) {
    let tried = match &question.tried {
        _ if !question.is_answered() => {
            ui.label(theme::weak(text!("mapping-unanswered")).color(theme::WARNING));
            return;
        }
        None => {
            ui.label(theme::weak(text!("mapping-checking")));
            return;
        }
        Some(Err(problem)) => {
            ui.add(Label::new(theme::weak(problem).color(theme::ERROR)).wrap());
            return;
        }
        Some(Ok(tried)) => tried,
    };
    if let Some((index, disorder)) = tried.disorders.first() {
        let (number, count) = (index + 1, tried.disorders.len());
        let words = match tried.masks.len() {
            1 => text!("mapping-disorder", %disorder),
            _ => text!("mapping-disorder-volume", count, %number, %disorder),
        };
        ui.add(Label::new(theme::weak(words).color(theme::WARNING)).wrap());
    } else {
        ui.label(theme::weak(text!("mapping-in-order")).color(theme::GOOD));
    }
    let what = match (tried.only_lesions, tried.masks.len()) {
        (true, 1) => text!("mapping-lesions-only").to_owned(),
        (false, 1) => text!("question-labels-replace").to_owned(),
        (true, count) => text!("mapping-lesions-only-volume", %count),
        (false, count) => text!("mapping-replaces-volume", %count),
    };
    ui.add(Label::new(theme::weak(what)).wrap());
}

fn show_buttons(ui: &mut Ui, question: &MappingQuestion, answer: &mut impl FnMut(MappingAnswer)) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let is_ready = question.is_answered() && matches!(question.tried, Some(Ok(_)));
        ui.add_enabled_ui(is_ready, |ui| {
            if button(ui, text!("question-load-as-labels"), ButtonRank::Main) {
                answer(MappingAnswer::Load);
            }
        });
        if question.unmapped.as_scan.is_some()
            && button(ui, text!("question-open-as-scan"), ButtonRank::Other)
        {
            answer(MappingAnswer::OpenAsScan);
        }
        if button(ui, text!("shell-cancel"), ButtonRank::Other) {
            answer(MappingAnswer::Cancel);
        }
    });
}
