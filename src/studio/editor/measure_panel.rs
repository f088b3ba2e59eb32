//! The panel's tab of figures: lesions, layers, and how two graders agree. Live while a stroke is drawn.

use eframe::egui::{Align, Align2, Color32, Layout, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::anatomy::{self, Interface, LESION_BASE};
use crate::document::{LabelTable, Page};
use crate::mask::measure::Extent;
use crate::mask::{Agreement, Measurements};
use crate::studio::editor::measuring::Measuring;
use crate::studio::shell::action::{Action, MeasureAction};
use crate::studio::shell::commands::keymap::hint as hint_of;
use crate::studio::shell::settings::PanelSettings;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, heading_row, rule, switch, text_button};
use crate::studio::widgets::theme;

const LINE_HEIGHT: f32 = 20.0;
/// Right edges of the columns of numbers, from the left, as shares of the line.
const COLUMNS: [f32; 3] = [0.52, 0.68, 1.0];

/// Draws the tab.
pub fn show(
    ui: &mut Ui,
    settings: &mut PanelSettings,
    page: &Page,
    measuring: &Measuring,
    actions: &mut Vec<Action>,
) {
    heading_row(ui, text!("measure-this"), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let hint = text!("measure-csv-about");
        if text_button(ui, text!("measure-csv"), 44.0, text!("measure-csv-spoken"), hint, ButtonState::READY)
            .clicked()
        {
            actions.push(Action::Measure(MeasureAction::ExportMeasurements));
        }
        let hint = text!("measure-copy-about");
        if text_button(
            ui,
            text!("measure-copy"),
            44.0,
            text!("measure-copy-spoken"),
            hint,
            ButtonState::READY,
        )
        .clicked()
        {
            actions.push(Action::Measure(MeasureAction::CopyMeasurements));
        }
    });
    match measuring.measured() {
        Some(measured) => {
            show_lesions(ui, measured, &settings.table);
            rule(ui);
            let centre = match measuring.central() {
                Some(central) if central.fovea.is_some() => text!("measure-central-fovea"),
                _ => text!("measure-central-image"),
            };
            show_layers(ui, measured, &settings.table, centre);
        }
        None => {
            ui.label(theme::caption(text!("measure-busy")));
        }
    }
    let hint = text!("measure-profile-about");
    if switch(ui, settings.look.profile, text!("measure-profile"), hint) {
        settings.look.profile = !settings.look.profile;
    }
    if page.scan.spacing.is_none() {
        ui.horizontal(|ui| {
            ui.label(theme::caption(text!("measure-in-px")));
            let tip = hint_of(ui, "measure.calibrate");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = text!("measure-size-spoken");
                if text_button(ui, text!("measure-size"), 108.0, name, &tip, ButtonState::READY).clicked() {
                    actions.push(Action::ToggleCalibration);
                }
            });
        });
    }
    rule(ui);
    show_grader(ui, settings, page, measuring.agreement(), actions);
}

fn show_lesions(ui: &mut Ui, measured: &Measurements, table: &LabelTable) {
    heading_line(
        ui,
        text!("measure-lesions"),
        [text!("measure-area"), text!("measure-number"), text!("measure-largest")],
    );
    for lesion in &measured.lesions {
        let area = |pixels: u64, mm2: Option<f64>| match mm2 {
            _ if pixels == 0 => "–".to_owned(),
            Some(mm2) => format!("{mm2:.3} mm²"),
            None => format!("{pixels} px"),
        };
        let count = if lesion.count == 0 { "–".to_owned() } else { lesion.count.to_string() };
        let cells =
            [area(lesion.pixels, lesion.area_mm2), count, area(lesion.largest_pixels, lesion.largest_mm2)];
        let code = LESION_BASE + lesion.lesion.code();
        line(ui, code, table.name(code), &cells, lesion.count > 0);
    }
}

fn show_layers(ui: &mut Ui, measured: &Measurements, table: &LabelTable, centre: &str) {
    heading_line(ui, text!("measure-thickness"), ["", "", text!("measure-mean")]);
    let is_known = measured.annotated_columns > 0;
    let thickness = |px: Option<f64>, um: Option<f64>| match (um, px) {
        (Some(um), _) => format!("{um:.1} µm"),
        (None, Some(px)) => format!("{px:.1} px"),
        (None, None) => "–".to_owned(),
    };
    for layer in &measured.layers {
        let px = is_known.then_some(layer.mean_thickness_px);
        let um = layer.mean_thickness_um.filter(|_| is_known);
        let cells = [String::new(), String::new(), thickness(px, um)];
        line(ui, layer.layer, table.name(layer.layer), &cells, is_known);
    }
    let centre = if measured.central.um.is_none() { text!("measure-retina-ninth") } else { centre };
    for (name, value) in [(text!("measure-retina"), measured.retina), (centre, measured.central)] {
        let cells = [String::new(), String::new(), thickness(value.px, value.um)];
        line(ui, anatomy::UNANNOTATED, name, &cells, is_known);
    }
}

fn heading_line(ui: &mut Ui, name: &str, columns: [&str; 3]) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE_HEIGHT), Sense::hover());
    let painter = ui.painter();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, name, theme::semibold(11.5), theme::TEXT);
    for (column, share) in columns.into_iter().zip(COLUMNS) {
        let at = pos2(rect.left() + rect.width() * share, rect.center().y);
        painter.text(at, Align2::RIGHT_CENTER, column, theme::small(), theme::TEXT_WEAK);
    }
}

/// A label, or something else that is called `name`, with its figures.
fn line(ui: &mut Ui, code: u8, name: &str, cells: &[String; 3], strong: bool) {
    spoken_line(ui, code, name, cells, strong, "");
}

/// [`line`], before which a screen reader says what the figures are.
fn spoken_line(ui: &mut Ui, code: u8, name: &str, cells: &[String; 3], strong: bool, what: &str) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE_HEIGHT), Sense::hover());
    let is_label = anatomy::label(code).is_some();
    let painter = ui.painter();
    if is_label {
        let swatch = Rect::from_center_size(rect.left_center() + vec2(5.0, 0.0), vec2(9.0, 9.0));
        painter.rect_filled(swatch, 2.5, theme::swatch_color(code));
    }
    let left = if is_label { 18.0 } else { 0.0 };
    let color = if strong { theme::TEXT } else { theme::TEXT_WEAK };
    painter.text(rect.left_center() + vec2(left, 0.0), Align2::LEFT_CENTER, name, theme::body(), color);
    for (cell, share) in cells.iter().zip(COLUMNS) {
        let at = pos2(rect.left() + rect.width() * share, rect.center().y);
        let color = if strong { theme::TEXT_STRONG } else { theme::TEXT_WEAK };
        painter.text(at, Align2::RIGHT_CENTER, cell, theme::body(), color);
    }
    response.widget_info(|| {
        let spoken: Vec<&str> =
            std::iter::once(name).chain(cells.iter().map(String::as_str)).filter(|s| !s.is_empty()).collect();
        WidgetInfo::labeled(Role::Label, true, format!("{what}{}", spoken.join(" ")))
    });
}

fn show_grader(
    ui: &mut Ui,
    settings: &mut PanelSettings,
    page: &Page,
    agreement: Option<&Agreement>,
    actions: &mut Vec<Action>,
) {
    ui.spacing_mut().item_spacing.y = 4.0;
    heading_row(ui, text!("measure-second"), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        if page.second_grader.is_some() {
            let hint = text!("measure-remove-about");
            let state = ButtonState::READY;
            if text_button(ui, text!("measure-remove"), 58.0, text!("measure-remove-spoken"), hint, state)
                .clicked()
            {
                actions.push(Action::Measure(MeasureAction::RemoveSecondGrader));
            }
        }
        let hint = text!("measure-load-about");
        if text_button(
            ui,
            text!("measure-load"),
            48.0,
            text!("measure-load-spoken"),
            hint,
            ButtonState::READY,
        )
        .clicked()
        {
            actions.push(Action::Measure(MeasureAction::LoadSecondGrader));
        }
    });
    let Some(agreement) = agreement else {
        let text = text!("measure-second-about");
        ui.label(theme::caption(text));
        return;
    };
    let look = &mut settings.look.grader;
    if switch(ui, look.outline, text!("measure-second-outline"), text!("measure-second-outline-about")) {
        look.outline = !look.outline;
    }
    let hint = text!("measure-differences-about");
    if switch(ui, look.difference, text!("measure-differences"), hint) {
        look.difference = !look.difference;
    }
    let share = agreement.differing_pixels as f64 / agreement.compared_pixels.max(1) as f64;
    ui.label(theme::caption(if agreement.compared_pixels == 0 {
        text!("measure-no-overlap").to_owned()
    } else {
        text!("measure-differ", percent = format!("{:.1}", share * 100.0))
    }));
    heading_line(ui, text!("measure-dice"), ["", "", ""]);
    ui.scope(|ui| {
        for (code, dice) in (0_u8..).zip(agreement.dice) {
            let ground = [anatomy::ABOVE_ILM, anatomy::BELOW_BM].contains(&code);
            if let Some(dice) = dice.filter(|_| !ground) {
                bar_line(ui, code, settings.table.name(code), dice);
            }
        }
    });
    heading_line(ui, text!("measure-distances"), ["", "", text!("measure-mean")]);
    for (interface, distance) in Interface::ALL.iter().zip(agreement.interfaces) {
        let text = match (distance.mean_px, page.scan.spacing) {
            (None, _) => "–".to_owned(),
            (Some(px), None) => format!("{px:.2} px"),
            (Some(px), Some(spacing)) => format!("{:.1} µm", px * f64::from(spacing.axial_um_per_px)),
        };
        let known = distance.mean_px.is_some();
        line(ui, anatomy::UNANNOTATED, interface.name(), &[String::new(), String::new(), text], known);
    }
}

/// A label with a share as a bar and a number.
fn bar_line(ui: &mut Ui, code: u8, name: &str, share: f64) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let top = ui.cursor().min;
    let width = ui.available_width();
    let number = [String::new(), String::new(), format!("{share:.3}")];
    spoken_line(ui, code, name, &number, true, text!("measure-dice-of"));
    let track = Rect::from_min_size(
        pos2(top.x + width * 0.40, top.y + LINE_HEIGHT / 2.0 - 2.0),
        vec2(width * 0.40, 4.0),
    );
    ui.painter().rect_filled(track, 2.0, theme::RAISED);
    let filled = Rect::from_min_size(track.min, vec2(track.width() * share.clamp(0.0, 1.0) as f32, 4.0));
    ui.painter().rect_filled(filled, 2.0, theme::TEXT_WEAK);
}

/// What a document calls an extent.
pub fn extent_name(extent: Extent, table: &LabelTable) -> &str {
    match extent {
        Extent::Retina => extent.name(),
        Extent::Layer(code) => table.name(code),
    }
}

/// The colour in which an extent's thickness is drawn.
pub fn extent_color(extent: Extent) -> Color32 {
    match extent {
        Extent::Retina => theme::ACCENT,
        Extent::Layer(code) => theme::swatch_color(code),
    }
}
