//! The line at the bottom: where the pointer is and what lies there, what to do next, what the scan is.

use eframe::egui::{Align, Align2, Color32, CursorIcon, Label, Layout, Sense, Ui, vec2};

use crate::document::LabelTable;
use crate::scan::BScan;
use crate::studio::editor::session::Probe;
use crate::studio::shell::action::Action;
use crate::studio::shell::commands::keymap;
use crate::studio::texts::text;
use crate::studio::widgets::controls::divider;
use crate::studio::widgets::label_words::label_name;
use crate::studio::widgets::theme;

/// Draws the line.
pub fn show(
    ui: &mut Ui,
    scan: &BScan,
    labels: &LabelTable,
    probe: Option<Probe>,
    hint: &str,
    zoom_percent: f32,
    actions: &mut Vec<Action>,
) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        if let Some(probe) = probe {
            show_probe(ui, scan, labels, probe);
            divider(ui);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            cell(ui, 52.0, Align2::RIGHT_CENTER, &format!("{zoom_percent:.0} %"), theme::TEXT);
            divider(ui);
            let facts = ui.add(Label::new(theme::caption(scan_facts(scan))).sense(Sense::click()));
            let tip = keymap::hint(ui, "measure.calibrate");
            if facts.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(tip).clicked() {
                actions.push(Action::ToggleCalibration);
            }
            divider(ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(theme::caption(hint)).truncate());
            });
        });
    });
}

fn show_probe(ui: &mut Ui, scan: &BScan, labels: &LabelTable, probe: Probe) {
    cell(ui, 84.0, Align2::LEFT_CENTER, &format!("{}, {} px", probe.x, probe.y), theme::TEXT);
    divider(ui);
    if let Some(spacing) = scan.spacing {
        let lateral = (probe.x as f32 + 0.5) * spacing.lateral_um_per_px;
        let axial = (probe.y as f32 + 0.5) * spacing.axial_um_per_px;
        cell(ui, 108.0, Align2::LEFT_CENTER, &format!("{lateral:.0}, {axial:.0} µm"), theme::TEXT);
        divider(ui);
    }
    let (rect, _) = ui.allocate_exact_size(vec2(12.0, 16.0), Sense::hover());
    match labels.look(probe.code) {
        Some(label) => {
            let swatch = eframe::egui::Rect::from_center_size(rect.center(), vec2(10.0, 10.0));
            ui.painter().rect_filled(swatch, 2.5, theme::from_rgb(label.color));
            cell(ui, 78.0, Align2::LEFT_CENTER, label_name(labels, probe.code), theme::TEXT);
        }
        None => cell(ui, 90.0, Align2::LEFT_CENTER, text!("status-not-annotated"), theme::TEXT_WEAK),
    }
    if let Some(thickness) = probe.thickness_px {
        divider(ui);
        let text = match scan.spacing {
            Some(spacing) => {
                text!(
                    "status-thick-um",
                    %thickness,
                    um = format!("{:.0}", thickness as f32 * spacing.axial_um_per_px)
                )
            }
            None => text!("status-thick-px", %thickness),
        };
        cell(ui, 140.0, Align2::LEFT_CENTER, &text, theme::TEXT);
    }
}

fn scan_facts(scan: &BScan) -> String {
    let mut facts = format!("{} × {} px", scan.width(), scan.height());
    match scan.spacing {
        Some(spacing) => facts
            .push_str(&format!("   {:.1} × {:.1} µm/px", spacing.lateral_um_per_px, spacing.axial_um_per_px)),
        None => facts.push_str(text!("status-size-unknown")),
    }
    if let Some(laterality) = scan.laterality {
        facts.push_str("   ");
        facts.push_str(laterality.name());
    }
    facts
}

/// Text in a field of fixed width, so that nothing beside it moves.
fn cell(ui: &mut Ui, width: f32, anchor: Align2, text: &str, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(vec2(width, 16.0), Sense::hover());
    let at = if anchor == Align2::RIGHT_CENTER { rect.right_center() } else { rect.left_center() };
    ui.painter().text(at, anchor, text, theme::small(), color);
}
