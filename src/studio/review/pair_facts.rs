//! What is known of the pair in view: its decisions, how near it is to real scans, what was asked and what is there.

use eframe::egui::{Align2, Label, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::actions::ReviewAction;
use super::keys::{REASONS, reason_name};
use super::looker::SecondLook;
use super::marks;
use super::open_set::OpenSet;
use super::pair_view::PairShown;
use crate::review::{Decision, Row};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, rule, text_button};
use crate::studio::widgets::theme;

/// Distance of strangers, about: the end of the meter.
const FAR: f32 = 2.0;

/// What the panel asks for.
pub(super) enum FactsEvent {
    Decide(Decision, Option<usize>),
    Action(ReviewAction),
}

/// Draws the panel.
pub(super) fn show(ui: &mut Ui, shown: &PairShown<'_>, is_edited: bool) -> Option<FactsEvent> {
    let mut event = None;
    ScrollArea::vertical().id_salt("pair facts").auto_shrink([false, false]).show(ui, |ui| {
        event = show_decision(ui, shown.open, shown.row);
        rule(ui);
        show_meter(ui, shown.open, shown.row, shown.look);
        rule(ui);
        show_conditions(ui, shown);
        rule(ui);
        show_origin(ui, shown, is_edited);
        rule(ui);
        let hint = text!("review-edit-about");
        if text_button(ui, text!("review-edit"), 132.0, text!("review-edit-spoken"), hint, ButtonState::READY)
            .clicked()
        {
            event = Some(FactsEvent::Action(ReviewAction::Edit));
        }
    });
    event
}

fn show_decision(ui: &mut Ui, open: &OpenSet, row: u32) -> Option<FactsEvent> {
    let mut event = None;
    ui.label(theme::heading(text!("review-decision")));
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        let own = super::grid::own_decision(open, row);
        for (text, key, decision) in [
            (text!("review-accept"), "F", Decision::Accept),
            (text!("review-reject"), "D", Decision::Reject),
            (text!("review-flag"), "S", Decision::Flag),
        ] {
            let hint = text!("review-decide-about", decision = text, key);
            let state = ButtonState::selected_if(own == decision);
            if text_button(ui, &format!("{text}  {key}"), 82.0, text, &hint, state).clicked() {
                event = Some(FactsEvent::Decide(decision, None));
            }
        }
    });
    ui.add_space(4.0);
    ui.label(theme::caption(text!("review-reject-why")));
    let reviewer = open.verdicts.reviewer(open.reviewer.trim());
    let given = reviewer.and_then(|number| open.verdicts.word(number, row).1);
    for (number, reason) in REASONS.iter().enumerate() {
        let is_given = given == Some(reason);
        let reason = reason_name(reason);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::click());
        let name = text!("review-reason-spoken", number = number + 1, reason);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_given, &name));
        let color = match (is_given, response.hovered() || response.has_focus()) {
            (true, _) => theme::ERROR,
            (_, true) => theme::TEXT_STRONG,
            _ => theme::TEXT,
        };
        let key = format!("{}", number + 1);
        ui.painter().text(
            rect.left_center(),
            Align2::LEFT_CENTER,
            key,
            theme::semibold(11.5),
            theme::TEXT_WEAK,
        );
        let at = rect.left_center() + vec2(18.0, 0.0);
        ui.painter().text(at, Align2::LEFT_CENTER, reason, theme::body(), color);
        if response.clicked() {
            event = Some(FactsEvent::Decide(Decision::Reject, Some(number)));
        }
    }
    for (number, name) in open.verdicts.reviewers().iter().enumerate() {
        let (decision, reason) = open.verdicts.word(number, row);
        if decision != Decision::Undecided && *name != open.reviewer.trim() {
            let reason = reason.map_or(String::new(), |reason| format!(": {}", reason_name(reason)));
            ui.label(theme::caption(format!("{name}: {}{reason}", marks::decision_name(decision))));
        }
    }
    event
}

/// The memorisation meter: a rail from a copy to a stranger, with the limit and the pair on it.
fn show_meter(ui: &mut Ui, open: &OpenSet, row: u32, look: Option<&SecondLook>) {
    ui.label(theme::heading(text!("review-nearest")));
    let of_row = &open.set.rows[row as usize];
    let found = look.and_then(|look| look.nearest.as_ref());
    let distance = found.map_or(of_row.nearest, |nearest| nearest.distance as f32);
    let is_near = found.map_or(of_row.has(Row::IS_NEAR), |nearest| nearest.is_flagged);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
    let rail = Rect::from_min_max(pos2(rect.left(), rect.top() + 6.0), pos2(rect.right(), rect.top() + 12.0));
    ui.painter().rect_filled(rail, 3.0, theme::RAISED);
    let words = if distance.is_nan() {
        text!("review-no-references").to_owned()
    } else {
        let share = (distance / FAR).clamp(0.0, 1.0);
        let color = if is_near { theme::ERROR } else { theme::GOOD };
        let at = pos2(rail.left() + rail.width() * share, rail.center().y);
        ui.painter().circle_filled(at, 6.0, color);
        let verdict = if is_near { text!("review-near-verdict") } else { text!("review-far-verdict") };
        format!("{distance:.2} – {verdict}")
    };
    let below = rect.left_bottom() - vec2(0.0, 2.0);
    ui.painter().text(below, Align2::LEFT_BOTTOM, text!("review-copy"), theme::small(), theme::TEXT_WEAK);
    let right = rect.right_bottom() - vec2(0.0, 2.0);
    ui.painter().text(
        right,
        Align2::RIGHT_BOTTOM,
        text!("review-stranger"),
        theme::small(),
        theme::TEXT_WEAK,
    );
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Meter, true, text!("review-nearest-spoken", words = words.as_str()))
    });
    ui.add_space(2.0);
    ui.label(theme::weak(words));
}

/// What was asked of the mask and what it measures.
fn show_conditions(ui: &mut Ui, shown: &PairShown<'_>) {
    let row = &shown.open.set.rows[shown.row as usize];
    let requested = shown.pair.and_then(|pair| Some(pair.line.as_ref()?.generated.as_ref()?.requested));
    let requested = requested.unwrap_or_default();
    ui.label(theme::heading(text!("review-asked-and-measured")));
    let known = |value: f32, digits: usize, unit: &str| match value.is_nan() {
        true => "–".to_owned(),
        false => format!("{value:.digits$} {unit}").trim_end().to_owned(),
    };
    let wish = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| text!("review-any").to_owned(), |value| format!("{value:.digits$}"))
    };
    let [irf, srf, ped] = row.lesions;
    let lines = [
        (text!("review-fact-fluid"), wish(requested.fluid_mm2, 3), known(row.fluid_mm2, 3, "mm²")),
        (text!("review-fact-cysts"), wish(requested.cysts.map(f64::from), 0), irf.to_string()),
        (text!("review-fact-others"), text!("review-any").to_owned(), format!("{srf}, {ped}")),
        (text!("review-fact-central"), wish(requested.thickness_um, 0), known(row.central_um, 0, "µm")),
        (text!("review-fact-retina"), text!("review-any").to_owned(), known(row.retina_um, 0, "µm")),
        (text!("review-fact-cleaned"), "0".to_owned(), row.columns_out_of_order.to_string()),
    ];
    for (name, requested, measured) in lines {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
        let painter = ui.painter();
        painter.text(rect.left_center(), Align2::LEFT_CENTER, name, theme::small(), theme::TEXT_WEAK);
        let at = pos2(rect.left() + rect.width() * 0.62, rect.center().y);
        painter.text(at, Align2::RIGHT_CENTER, &requested, theme::small(), theme::TEXT_WEAK);
        painter.text(rect.right_center(), Align2::RIGHT_CENTER, &measured, theme::body(), theme::TEXT);
        let said =
            text!("review-fact-spoken", name, asked = requested.as_str(), measured = measured.as_str());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    }
}

/// Seeds and models.
fn show_origin(ui: &mut Ui, shown: &PairShown<'_>, is_edited: bool) {
    ui.label(theme::heading(text!("review-origin")));
    let set = &shown.open.set;
    let mut lines = vec![
        text!("review-origin-subject", subject = set.subject(shown.row)),
        text!("review-origin-source", source = set.source(shown.row)),
    ];
    let Some(pair) = shown.pair else { return };
    if let Some(facts) = pair.line.as_ref().and_then(|line| line.generated.as_ref()) {
        lines.push(text!("review-origin-seed", seed = %facts.seed, index = %facts.index));
    }
    if let Some(provenance) = &pair.provenance {
        let model =
            provenance.model.as_ref().map_or(text!("review-origin-no-model"), |model| model.name.as_str());
        lines.push(text!("review-origin-model", model, steps = %provenance.steps));
        lines.extend(provenance.arithmetic.clone());
    }
    // Who makes the pair again needs it; nobody else does.
    let about =
        pair.provenance.as_ref().map(|of| text!("advanced-origin-about", sampler = of.sampler.as_str()));
    if is_edited {
        lines.push(text!("review-origin-edited").to_owned());
    }
    for line in lines {
        let line = ui.add(Label::new(theme::caption(line)).wrap());
        if let Some(about) = &about {
            line.on_hover_text(about);
        }
    }
}
