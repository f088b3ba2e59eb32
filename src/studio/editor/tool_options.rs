//! The bar above the scan: the name of the tool in the hand and its options.

use eframe::egui::{RichText, ScrollArea, Ui};

use crate::studio::editor::tools::{ToolContext, Toolbox};
use crate::studio::widgets::controls::divider;
use crate::studio::widgets::theme;

/// Draws the bar.
pub fn show(ui: &mut Ui, tools: &mut Toolbox, context: &mut ToolContext<'_>) {
    tools.follow(context);
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let name = tools.active().about().name();
        ui.label(RichText::new(name).font(theme::semibold(12.0)).color(theme::TEXT_STRONG));
        divider(ui);
        // A narrow window scrolls them sideways.
        ScrollArea::horizontal().show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                ui.spacing_mut().item_spacing.x = 7.0;
                tools.show_options(ui, context);
            });
        });
    });
}
