//! The parts of the page, and the switch between them at the upper end of its left panel.

use eframe::egui::{Align2, Color32, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::studio::texts::text;
use crate::studio::widgets::controls::rule;
use crate::studio::widgets::theme;
use crate::worker::ComparisonKind;

/// Height of a part's row.
const ROW_HEIGHT: f32 = 28.0;

/// A part of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Runs, their curves and samples.
    #[default]
    Train,
    /// Whether synthetic pairs make segmenters better.
    Helps,
    /// The paper's tables.
    Paper,
}

impl Part {
    const ALL: [Self; 3] = [Self::Train, Self::Helps, Self::Paper];

    /// What is compared on it; nothing where models are trained.
    pub fn comparison(self) -> Option<ComparisonKind> {
        match self {
            Self::Train => None,
            Self::Helps => Some(ComparisonKind::Downstream),
            Self::Paper => Some(ComparisonKind::Paper),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Train => text!("training-train-a-model"),
            Self::Helps => text!("comparisons-helps"),
            Self::Paper => text!("comparisons-paper"),
        }
    }
}

/// Draws the switch. Returns the part that was pressed.
pub(super) fn switch(ui: &mut Ui, shown: Part) -> Option<Part> {
    let mut pressed = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for part in Part::ALL {
            if row(ui, part.name(), part == shown) {
                pressed = Some(part);
            }
        }
    });
    rule(ui);
    pressed
}

fn row(ui: &mut Ui, name: &str, is_shown: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_shown, name));
    let (fill, color) = match (is_shown, response.hovered()) {
        (true, _) => (theme::ACCENT_DIM, theme::TEXT_STRONG),
        (false, true) => (theme::HOVER, theme::TEXT_STRONG),
        (false, false) => (Color32::TRANSPARENT, theme::TEXT),
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.0, theme::ACCENT), StrokeKind::Inside);
    }
    ui.painter().text(rect.left_center() + vec2(10.0, 0.0), Align2::LEFT_CENTER, name, theme::body(), color);
    response.clicked()
}
