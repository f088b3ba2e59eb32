//! The bar over the pairs: which are shown, in which order, and how many that are.

use eframe::egui::{ComboBox, DragValue, Key, TextEdit, Ui};

use super::actions::{ReviewAction, ReviewPlace};
use super::filter_form::{FilterForm, Sharing, Whose};
use super::keys::REASONS;
use super::marks;
use super::open_set::OpenSet;
use crate::anatomy::{LESION_BASE, Lesion};
use crate::review::select::Direction;
use crate::review::{Decision, SortKey};
use crate::studio::widgets::controls::{ButtonState, divider, text_button};
use crate::studio::widgets::theme;

/// Names of the orders.
const ORDERS: [(SortKey, &str); 7] = [
    (SortKey::Manifest, "Number"),
    (SortKey::Doubt, "Doubt"),
    (SortKey::Fluid, "Fluid"),
    (SortKey::CentralThickness, "Central thickness"),
    (SortKey::RetinaThickness, "Retina thickness"),
    (SortKey::BoundaryError, "Interface error"),
    (SortKey::Nearest, "Nearness to real"),
];

/// What the bar asks for.
#[derive(Default)]
pub(super) struct BarEvent {
    /// Whether the pairs are to be selected anew.
    pub is_changed: bool,
    pub is_refreshed: bool,
    pub action: Option<ReviewAction>,
}

/// Draws the bar; its first control gets the keyboard where `takes_focus`.
pub(super) fn show(ui: &mut Ui, open: &mut OpenSet, is_ordering: bool, takes_focus: bool) -> BarEvent {
    let mut event = BarEvent::default();
    let before = open.form.clone();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let hint = "Another set: a folder of pairs with a manifest.jsonl";
        let first = text_button(ui, "Open…", 58.0, "Open a set", hint, ButtonState::READY);
        if takes_focus {
            first.request_focus();
        }
        if first.clicked() {
            event.action = Some(ReviewAction::Choose(ReviewPlace::Set));
        }
        let (text, hint) = match open.has_grown {
            true => ("Refresh •", "There are more pairs by now: read them   F5"),
            false => ("Refresh", "Read the set anew   F5"),
        };
        let state = ButtonState::selected_if(open.has_grown);
        event.is_refreshed = text_button(ui, text, 72.0, "Refresh", hint, state).clicked();
        divider(ui);
        choose_decision(ui, open);
        choose_reason(ui, open);
        divider(ui);
        for (kind, lesion) in Lesion::ALL.into_iter().enumerate() {
            let name = crate::anatomy::label(LESION_BASE + lesion.code()).map_or("", |label| label.name);
            let state = ButtonState::selected_if(open.form.lesions[kind]);
            let hint = format!("Only pairs that show {name}");
            if text_button(ui, name, 40.0, &format!("With {name}"), &hint, state).clicked() {
                open.form.lesions[kind] = !open.form.lesions[kind];
            }
        }
        limits(ui, "Fluid mm²", &mut open.form.fluid_mm2, 0.005, 0.0..=20.0, 3);
        limits(ui, "Central µm", &mut open.form.central_um, 2.0, 0.0..=2000.0, 0);
        let state = ButtonState::selected_if(open.form.only_near);
        let hint = "Only pairs that lie nearer to a real scan than strangers do";
        if text_button(ui, "Too near", 66.0, "Too near a real scan", hint, state).clicked() {
            open.form.only_near = !open.form.only_near;
        }
        let field = TextEdit::singleline(&mut open.form.id).hint_text("Name").desired_width(84.0);
        ui.add(field).accessible_name("Part of the name");
        choose_generation(ui, open);
        share_set(ui, open);
        divider(ui);
        choose_order(ui, &mut open.form);
        divider(ui);
        show_count(ui, open, is_ordering);
    });
    event.is_changed = open.form != before;
    event
}

/// Whose decision, and which; with counts.
fn choose_decision(ui: &mut Ui, open: &mut OpenSet) {
    let me = open.reviewer.trim().to_owned();
    let whose = match &open.form.whose {
        Whose::All => "All reviewers".to_owned(),
        Whose::Of(name) => name.clone(),
    };
    let names: Vec<String> = open.verdicts.reviewers().to_vec();
    let response = ComboBox::from_id_salt("whose").selected_text(&whose).width(96.0).show_ui(ui, |ui| {
        ui.selectable_value(&mut open.form.whose, Whose::All, "All reviewers");
        let mut offered = names.clone();
        if !me.is_empty() && !offered.contains(&me) {
            offered.push(me.clone());
        }
        for name in offered {
            ui.selectable_value(&mut open.form.whose, Whose::Of(name.clone()), name);
        }
    });
    response.response.accessible_name("Whose decisions");
    let counts = match &open.form.whose {
        Whose::All => Some(open.counts.standing),
        Whose::Of(name) if *name == me => Some(open.counts.own),
        Whose::Of(_) => None,
    };
    let counted = |decision: Decision| match counts {
        Some(counts) => format!("{} ({})", marks::decision_name(decision), counts[decision as usize]),
        None => marks::decision_name(decision).to_owned(),
    };
    let chosen = open.form.decision.map_or("any decision".to_owned(), counted);
    let response = ComboBox::from_id_salt("decision").selected_text(chosen).width(112.0).show_ui(ui, |ui| {
        ui.selectable_value(&mut open.form.decision, None, "any decision");
        for decision in Decision::ALL {
            ui.selectable_value(&mut open.form.decision, Some(decision), counted(decision));
        }
    });
    response.response.accessible_name("Decision");
}

fn choose_reason(ui: &mut Ui, open: &mut OpenSet) {
    let chosen = open.form.reason.clone().unwrap_or_else(|| "any reason".to_owned());
    let response = ComboBox::from_id_salt("reason").selected_text(chosen).width(104.0).show_ui(ui, |ui| {
        ui.selectable_value(&mut open.form.reason, None, "any reason");
        let counts = open.verdicts.reason_counts();
        let mut offered: Vec<(String, usize)> =
            counts.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
        let rest = REASONS.iter().filter(|reason| !counts.iter().any(|(known, _)| known == *reason));
        offered.extend(rest.map(|reason| ((*reason).to_owned(), 0)));
        for (reason, count) in offered {
            let text = format!("{reason} ({count})");
            ui.selectable_value(&mut open.form.reason, Some(reason), text);
        }
    });
    response.response.accessible_name("Reason");
}

/// Which of several generations, where a set was put together from them.
fn choose_generation(ui: &mut Ui, open: &mut OpenSet) {
    let generations = open.set.generations();
    if generations.len() < 2 {
        return;
    }
    let short = |hash: &str| format!("generation {}", hash.chars().take(8).collect::<String>());
    let named = |number: u16| generations.get(usize::from(number)).map_or(String::new(), |hash| short(hash));
    let chosen = open.form.generation.map_or("any generation".to_owned(), named);
    let response =
        ComboBox::from_id_salt("generation").selected_text(chosen).width(132.0).show_ui(ui, |ui| {
            ui.selectable_value(&mut open.form.generation, None, "any generation");
            for (number, hash) in (0..).zip(generations) {
                ui.selectable_value(&mut open.form.generation, Some(number), short(hash));
            }
        });
    response.response.accessible_name("Generation");
}

/// Least and most of a figure; pressing the name takes both away.
fn limits(
    ui: &mut Ui,
    name: &str,
    limits: &mut [Option<f32>; 2],
    speed: f64,
    range: std::ops::RangeInclusive<f32>,
    digits: usize,
) {
    ui.menu_button(words_of(name, *limits, digits), |ui| {
        ui.set_min_width(190.0);
        for (index, text) in ["at least", "at most"].into_iter().enumerate() {
            ui.horizontal(|ui| {
                let mut is_set = limits[index].is_some();
                let usual = if index == 0 { *range.start() } else { *range.end() };
                if ui.checkbox(&mut is_set, text).changed() {
                    limits[index] = is_set.then_some(usual);
                }
                if let Some(value) = &mut limits[index] {
                    let drag = DragValue::new(value).range(range.clone()).speed(speed).max_decimals(digits);
                    ui.add(drag).accessible_name(format!("{name} {text}"));
                }
            });
        }
    });
}

fn words_of(name: &str, limits: [Option<f32>; 2], digits: usize) -> String {
    match limits {
        [None, None] => name.to_owned(),
        [Some(least), None] => format!("{name} ≥ {least:.digits$}"),
        [None, Some(most)] => format!("{name} ≤ {most:.digits$}"),
        [Some(least), Some(most)] => format!("{name} {least:.digits$}–{most:.digits$}"),
    }
}

/// Two reviewers on one set.
fn share_set(ui: &mut Ui, open: &mut OpenSet) {
    let text = match open.form.sharing {
        None => "Whole set",
        Some(Sharing { half: 0, .. }) => "First half",
        Some(_) => "Second half",
    };
    ui.menu_button(text, |ui| {
        ui.set_min_width(260.0);
        ui.label(theme::caption(
            "Two reviewers: each a half, every so-manieth pair both, without knowing which",
        ));
        let mut every = open.form.sharing.map_or(10, |sharing| sharing.every);
        if ui.selectable_label(open.form.sharing.is_none(), "Whole set").clicked() {
            open.form.sharing = None;
        }
        for (half, text) in [(0, "First half"), (1, "Second half")] {
            let is_chosen = open.form.sharing.is_some_and(|sharing| sharing.half == half);
            if ui.selectable_label(is_chosen, text).clicked() {
                open.form.sharing = Some(Sharing { half, every });
            }
        }
        ui.horizontal(|ui| {
            ui.label("Both see one in");
            ui.add(DragValue::new(&mut every).range(2..=100)).accessible_name("Both see one in");
        });
        if let Some(sharing) = &mut open.form.sharing {
            sharing.every = every;
        }
    });
}

fn choose_order(ui: &mut Ui, form: &mut FilterForm) {
    let name = ORDERS.iter().find(|(key, _)| *key == form.sort).map_or("", |(_, name)| name);
    let response = ComboBox::from_id_salt("order").selected_text(name).width(120.0).show_ui(ui, |ui| {
        for (key, name) in ORDERS {
            ui.selectable_value(&mut form.sort, key, name);
        }
    });
    response.response.accessible_name("Order by");
    let (text, name, other) = match form.direction {
        Direction::Rising => ("↑", "Rising", Direction::Falling),
        Direction::Falling => ("↓", "Falling", Direction::Rising),
    };
    if text_button(ui, text, 28.0, name, "Which end comes first", ButtonState::READY).clicked() {
        form.direction = other;
    }
}

fn show_count(ui: &mut Ui, open: &mut OpenSet, is_ordering: bool) {
    let text = match open.order.len() == open.set.len() {
        true => format!("{} pairs", open.set.len()),
        false => format!("{} of {} pairs", open.order.len(), open.set.len()),
    };
    ui.label(theme::weak(text));
    if is_ordering {
        ui.add(crate::studio::widgets::busy_mark::BusyMark::new(13.0, theme::ACCENT));
    }
    if let Some(picked) = &open.form.picked {
        ui.label(theme::weak(format!("{}: {}", picked.by, picked.rows.len())));
    }
    let hint = "Show every pair";
    if !open.form.is_open()
        && text_button(ui, "Clear", 48.0, "Clear the filter", hint, ButtonState::READY).clicked()
    {
        let FilterForm { sort, direction, .. } = open.form.clone();
        open.form = FilterForm { sort, direction, ..FilterForm::default() };
    }
}

/// The field of Ctrl G, while it is open. Returns what was typed, once it was entered; `Some(None)` where it was left.
pub(super) fn show_go_to(ui: &mut Ui, text: &mut String) -> Option<Option<String>> {
    let mut answer = None;
    ui.horizontal(|ui| {
        ui.label("Go to pair");
        let field =
            TextEdit::singleline(text).hint_text("Number in this order, or name").desired_width(220.0);
        let response = ui.add(field).accessible_name("Go to pair");
        if !response.has_focus() && !response.lost_focus() {
            response.request_focus();
        }
        if response.lost_focus() {
            let is_entered = ui.input(|input| input.key_pressed(Key::Enter));
            answer = Some(is_entered.then(|| text.clone()));
        }
    });
    answer
}
