//! The bar over the pairs: which are shown, in which order, and how many that are.

use eframe::egui::{ComboBox, DragValue, Key, TextEdit, Ui};

use super::actions::{ReviewAction, ReviewPlace};
use super::filter_form::{FilterForm, Sharing, Whose};
use super::keys::{REASONS, reason_name};
use super::marks;
use super::open_set::OpenSet;
use crate::anatomy::{LESION_BASE, Lesion};
use crate::review::select::Direction;
use crate::review::{Decision, SortKey};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, divider, text_button};
use crate::studio::widgets::theme;

/// The orders, as they are offered.
const ORDERS: [SortKey; 7] = [
    SortKey::Manifest,
    SortKey::Doubt,
    SortKey::Fluid,
    SortKey::CentralThickness,
    SortKey::RetinaThickness,
    SortKey::BoundaryError,
    SortKey::Nearest,
];

/// What an order is called.
fn order_name(key: SortKey) -> &'static str {
    match key {
        SortKey::Manifest => text!("review-order-number"),
        SortKey::Doubt => text!("review-order-doubt"),
        SortKey::Fluid => text!("review-order-fluid"),
        SortKey::CentralThickness => text!("review-order-central"),
        SortKey::RetinaThickness => text!("review-order-retina"),
        SortKey::BoundaryError => text!("review-order-interfaces"),
        SortKey::Nearest => text!("review-order-nearness"),
    }
}

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
        let hint = text!("review-open-another-about");
        let first = text_button(
            ui,
            text!("review-open-another"),
            58.0,
            text!("review-open-set"),
            hint,
            ButtonState::READY,
        );
        if takes_focus {
            first.request_focus();
        }
        if first.clicked() {
            event.action = Some(ReviewAction::Choose(ReviewPlace::Set));
        }
        let (text, hint) = match open.has_grown {
            true => (text!("review-refresh-grown"), text!("review-refresh-grown-about")),
            false => (text!("review-refresh"), text!("review-refresh-about")),
        };
        let state = ButtonState::selected_if(open.has_grown);
        event.is_refreshed = text_button(ui, text, 72.0, text!("review-refresh"), hint, state).clicked();
        divider(ui);
        choose_decision(ui, open);
        choose_reason(ui, open);
        divider(ui);
        for (kind, lesion) in Lesion::ALL.into_iter().enumerate() {
            let name = crate::anatomy::label(LESION_BASE + lesion.code()).map_or("", |label| label.name);
            let state = ButtonState::selected_if(open.form.lesions[kind]);
            let hint = text!("review-with-about", name);
            if text_button(ui, name, 40.0, &text!("review-with", name), &hint, state).clicked() {
                open.form.lesions[kind] = !open.form.lesions[kind];
            }
        }
        limits(ui, text!("review-fluid-limits"), &mut open.form.fluid_mm2, 0.005, 0.0..=20.0, 3);
        limits(ui, text!("review-central-limits"), &mut open.form.central_um, 2.0, 0.0..=2000.0, 0);
        let state = ButtonState::selected_if(open.form.only_near);
        let hint = text!("review-too-near-about");
        if text_button(ui, text!("review-too-near"), 66.0, text!("review-too-near-spoken"), hint, state)
            .clicked()
        {
            open.form.only_near = !open.form.only_near;
        }
        let field =
            TextEdit::singleline(&mut open.form.id).hint_text(text!("review-name")).desired_width(84.0);
        ui.add(field).accessible_name(text!("review-name-spoken"));
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
        Whose::All => text!("review-all-reviewers").to_owned(),
        Whose::Of(name) => name.clone(),
    };
    let names: Vec<String> = open.verdicts.reviewers().to_vec();
    let response = ComboBox::from_id_salt("whose").selected_text(&whose).width(96.0).show_ui(ui, |ui| {
        ui.selectable_value(&mut open.form.whose, Whose::All, text!("review-all-reviewers"));
        let mut offered = names.clone();
        if !me.is_empty() && !offered.contains(&me) {
            offered.push(me.clone());
        }
        for name in offered {
            ui.selectable_value(&mut open.form.whose, Whose::Of(name.clone()), name);
        }
    });
    response.response.accessible_name(text!("review-whose"));
    let counts = match &open.form.whose {
        Whose::All => Some(open.counts.standing),
        Whose::Of(name) if *name == me => Some(open.counts.own),
        Whose::Of(_) => None,
    };
    let with_count = |decision: Decision| match counts {
        Some(counts) => format!("{} ({})", marks::decision_name(decision), counts[decision as usize]),
        None => marks::decision_name(decision).to_owned(),
    };
    let chosen = open.form.decision.map_or_else(|| text!("review-any-decision").to_owned(), with_count);
    let response = ComboBox::from_id_salt("decision").selected_text(chosen).width(112.0).show_ui(ui, |ui| {
        ui.selectable_value(&mut open.form.decision, None, text!("review-any-decision"));
        for decision in Decision::ALL {
            ui.selectable_value(&mut open.form.decision, Some(decision), with_count(decision));
        }
    });
    response.response.accessible_name(text!("review-decision"));
}

fn choose_reason(ui: &mut Ui, open: &mut OpenSet) {
    let chosen = open.form.reason.as_deref().map_or(text!("review-any-reason"), reason_name);
    let chosen = chosen.to_owned();
    let response = ComboBox::from_id_salt("reason").selected_text(chosen).width(104.0).show_ui(ui, |ui| {
        ui.selectable_value(&mut open.form.reason, None, text!("review-any-reason"));
        let counts = open.verdicts.reason_counts();
        let mut offered: Vec<(String, usize)> =
            counts.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect();
        let rest = REASONS.iter().filter(|reason| !counts.iter().any(|(known, _)| known == *reason));
        offered.extend(rest.map(|reason| ((*reason).to_owned(), 0)));
        for (reason, count) in offered {
            let text = format!("{} ({count})", reason_name(&reason));
            ui.selectable_value(&mut open.form.reason, Some(reason), text);
        }
    });
    response.response.accessible_name(text!("review-reason"));
}

/// Which of several generations, where a set was put together from them.
fn choose_generation(ui: &mut Ui, open: &mut OpenSet) {
    let generations = open.set.generations();
    if generations.len() < 2 {
        return;
    }
    let short = |hash: &str| text!("review-generation-of", hash = hash.chars().take(8).collect::<String>());
    let named = |number: u16| generations.get(usize::from(number)).map_or(String::new(), |hash| short(hash));
    let chosen = open.form.generation.map_or_else(|| text!("review-any-generation").to_owned(), named);
    let response =
        ComboBox::from_id_salt("generation").selected_text(chosen).width(132.0).show_ui(ui, |ui| {
            ui.selectable_value(&mut open.form.generation, None, text!("review-any-generation"));
            for (number, hash) in (0..).zip(generations) {
                ui.selectable_value(&mut open.form.generation, Some(number), short(hash));
            }
        });
    response.response.accessible_name(text!("review-generation"));
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
        for (index, text) in [text!("review-at-least"), text!("review-at-most")].into_iter().enumerate() {
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
        None => text!("review-share-whole"),
        Some(Sharing { half: 0, .. }) => text!("review-share-first"),
        Some(_) => text!("review-share-second"),
    };
    ui.menu_button(text, |ui| {
        ui.set_min_width(260.0);
        ui.label(theme::caption(text!("review-share-about")));
        let mut every = open.form.sharing.map_or(10, |sharing| sharing.every);
        if ui.selectable_label(open.form.sharing.is_none(), text!("review-share-whole")).clicked() {
            open.form.sharing = None;
        }
        for (half, text) in [(0, text!("review-share-first")), (1, text!("review-share-second"))] {
            let is_chosen = open.form.sharing.is_some_and(|sharing| sharing.half == half);
            if ui.selectable_label(is_chosen, text).clicked() {
                open.form.sharing = Some(Sharing { half, every });
            }
        }
        ui.horizontal(|ui| {
            ui.label(text!("review-share-every"));
            ui.add(DragValue::new(&mut every).range(2..=100)).accessible_name(text!("review-share-every"));
        });
        if let Some(sharing) = &mut open.form.sharing {
            sharing.every = every;
        }
    });
}

fn choose_order(ui: &mut Ui, form: &mut FilterForm) {
    let name = order_name(form.sort);
    let response = ComboBox::from_id_salt("order").selected_text(name).width(120.0).show_ui(ui, |ui| {
        for key in ORDERS {
            ui.selectable_value(&mut form.sort, key, order_name(key));
        }
    });
    response.response.accessible_name(text!("review-order"));
    let (text, name, other) = match form.direction {
        Direction::Rising => ("↑", text!("review-rising"), Direction::Falling),
        Direction::Falling => ("↓", text!("review-falling"), Direction::Rising),
    };
    if text_button(ui, text, 28.0, name, text!("review-order-about"), ButtonState::READY).clicked() {
        form.direction = other;
    }
}

fn show_count(ui: &mut Ui, open: &mut OpenSet, is_ordering: bool) {
    let text = match open.order.len() == open.set.len() {
        true => text!("review-pairs", count = open.set.len()),
        false => text!("review-of-pairs", shown = open.order.len(), all = open.set.len()),
    };
    ui.label(theme::weak(text));
    if is_ordering {
        ui.add(crate::studio::widgets::busy_mark::BusyMark::new(13.0, theme::ACCENT));
    }
    if let Some(picked) = &open.form.picked {
        ui.label(theme::weak(format!("{}: {}", picked.by, picked.rows.len())));
    }
    let hint = text!("review-clear-about");
    if !open.form.is_open()
        && text_button(
            ui,
            text!("review-clear"),
            48.0,
            text!("review-clear-spoken"),
            hint,
            ButtonState::READY,
        )
        .clicked()
    {
        let FilterForm { sort, direction, .. } = open.form.clone();
        open.form = FilterForm { sort, direction, ..FilterForm::default() };
    }
}

/// The field of Ctrl G, while it is open. Returns what was typed, once it was entered; `Some(None)` where it was left.
pub(super) fn show_go_to(ui: &mut Ui, text: &mut String) -> Option<Option<String>> {
    let mut answer = None;
    ui.horizontal(|ui| {
        ui.label(text!("review-go-to"));
        let field = TextEdit::singleline(text).hint_text(text!("review-go-to-hint")).desired_width(220.0);
        let response = ui.add(field).accessible_name(text!("review-go-to"));
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
