//! What the synthetic scan looks like beyond its mask: the style of an eye, and vessel shadows. Rows of the panel.

use std::sync::Arc;

use eframe::egui::{Response, Ui};

use crate::document::{Appearance, BAND_CONTRASTS, Command, LabelTable, MAX_STYLE_DEVIATIONS, Page};
use crate::encoding::outer_bands;
use crate::encoding::style::{self, StyleModel};
use crate::studio::shell::action::{Action, SynthesisAction};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, narrow_row, slider, text_button};
use crate::studio::widgets::theme;
use crate::worker::LoadedModel;

/// Figures of a style that its name mentions at most.
const NAMED_FIGURES: usize = 2;

/// What the rows are about.
pub struct Looks<'a> {
    /// From 0.
    pub page_index: usize,
    /// The one shown.
    pub page: &'a Page,
    /// Names of the layers whose brightness a slider changes.
    pub labels: &'a LabelTable,
    /// What a slider shows that is still held, in place of the page's own.
    pub preview: Option<&'a Arc<Appearance>>,
}

impl Looks<'_> {
    /// Draws the rows that the model knows something about.
    pub fn show(&self, ui: &mut Ui, model: &LoadedModel, actions: &mut Vec<Action>) {
        if let Some(style) = &model.style {
            as_high_as_buttons(ui, |ui| self.style_row(ui, style, actions));
            self.style_sliders(ui, style, actions);
            if self.appearance().style.is_some() || self.appearance().band_contrast.is_some() {
                self.bands_row(ui, actions);
            }
        }
        if model.takes_shadows {
            as_high_as_buttons(ui, |ui| self.vessels_row(ui, actions));
        }
    }

    fn appearance(&self) -> &Appearance {
        self.preview.unwrap_or(&self.page.appearance)
    }

    fn set(&self, appearance: Appearance, name: &str, actions: &mut Vec<Action>) {
        let (page, appearance, name) = (self.page_index, Arc::new(appearance), name.to_owned());
        actions.push(Action::Edit(Command::SetAppearance { page, appearance, name }));
    }

    fn set_eye(
        &self,
        style: Option<Vec<f32>>,
        band_contrast: Option<f32>,
        name: &str,
        actions: &mut Vec<Action>,
    ) {
        let appearance = Appearance { style, band_contrast, ..Appearance::clone(&self.page.appearance) };
        self.set(appearance, name, actions);
    }

    fn style_row(&self, ui: &mut Ui, style: &StyleModel, actions: &mut Vec<Action>) {
        narrow_row(ui, text!("looks-style"), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let button = |ui: &mut Ui, text: &str, name: &str, hint: &str, enabled: bool| {
                text_button(ui, text, 40.0, name, hint, ButtonState::enabled_if(enabled)).clicked()
            };
            let drawn = text!("looks-draw-eye");
            if button(ui, text!("looks-draw"), drawn, text!("looks-draw-eye-about"), true) {
                actions.push(Action::Synthesis(SynthesisAction::DrawStyle));
            }
            let (like, has_scan) = (text!("looks-like-this"), !self.page.scan.is_placeholder);
            if button(ui, text!("looks-like"), like, text!("looks-like-this-about"), has_scan) {
                let (style, band_contrast) = self.eye_of_scan(style);
                self.set_eye(Some(style), band_contrast, like, actions);
            }
            let own = &self.page.appearance;
            let (reset, has_style) =
                (text!("looks-reset"), own.style.is_some() || own.band_contrast.is_some());
            if button(ui, text!("looks-reset-short"), reset, text!("looks-reset-about"), has_style) {
                self.set_eye(None, None, reset, actions);
            }
        });
    }

    /// Style and band contrast of the page's real scan, by its labels.
    fn eye_of_scan(&self, style: &StyleModel) -> (Vec<f32>, Option<f32>) {
        let (scan, labels) = (&self.page.scan, self.page.mask.composite_pixels());
        let valid: Vec<bool> = match &scan.scanned_area {
            Some(area) => area.iter().map(|&is_scanned| is_scanned != 0).collect(),
            None => vec![true; labels.len()],
        };
        let width = scan.width() as usize;
        let pixels = &scan.image.pixels;
        let band_contrast = outer_bands::contrast(width, pixels, &labels, &valid);
        (style.style(&style::measure(width, pixels, &labels, &valid, &(0..width))), band_contrast)
    }

    /// How clearly the outer bands are apart, once there is a style.
    fn bands_row(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        narrow_row(ui, text!("looks-bands"), |ui| {
            let mut moved = self.appearance().band_contrast.unwrap_or(outer_bands::USUAL_CONTRAST);
            let shown = text!("looks-bands-value", value = format!("{moved:.2}"));
            let response = slider(ui, &mut moved, BAND_CONTRASTS, &shown);
            let changed = Appearance { band_contrast: Some(moved), ..self.appearance().clone() };
            self.follow(&response, changed, text!("looks-bands-step"), actions);
            response.on_hover_text(text!("looks-bands-about"));
        });
    }

    /// Shows what a slider stands for while it is held, and makes a step of it when it is let go.
    fn follow(&self, response: &Response, changed: Appearance, name: &str, actions: &mut Vec<Action>) {
        if response.changed() && response.dragged() {
            let shown = Some(Arc::new(changed.clone()));
            actions.push(Action::Synthesis(SynthesisAction::PreviewAppearance(shown)));
        }
        let is_released = response.drag_stopped() && self.preview.is_some();
        if is_released || (response.changed() && !response.dragged()) {
            actions.push(Action::Synthesis(SynthesisAction::PreviewAppearance(None)));
            self.set(changed, name, actions);
        }
    }

    /// A slider for each direction in which the training scans differ, once there is a style.
    fn style_sliders(&self, ui: &mut Ui, style: &StyleModel, actions: &mut Vec<Action>) {
        let Some(now) = self.appearance().style.as_ref().filter(|now| now.len() == style.components()) else {
            return;
        };
        let mut named = Vec::with_capacity(now.len());
        for (component, value) in now.iter().enumerate() {
            let (name, about) = direction_name(self.labels, style, component, &mut named);
            narrow_row(ui, &name, |ui| {
                let mut moved = *value;
                let shown = text!("looks-deviations", value = format!("{moved:+.1}"));
                let range = -MAX_STYLE_DEVIATIONS..=MAX_STYLE_DEVIATIONS;
                let response = slider(ui, &mut moved, range, &shown);
                let mut changed = self.appearance().clone();
                if let Some(value) = changed.style.as_mut().and_then(|style| style.get_mut(component)) {
                    *value = moved;
                }
                self.follow(&response, changed, text!("looks-style-step"), actions);
                response.on_hover_text(about);
            });
        }
    }

    fn vessels_row(&self, ui: &mut Ui, actions: &mut Vec<Action>) {
        narrow_row(ui, text!("looks-vessels"), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let own = &self.page.appearance;
            let name = text!("looks-draw-vessels");
            let hint = text!("looks-draw-vessels-about");
            if text_button(ui, text!("looks-draw"), 40.0, name, hint, ButtonState::READY).clicked() {
                actions.push(Action::Synthesis(SynthesisAction::DrawVessels));
            }
            let (name, hint) = (text!("looks-clear-vessels"), text!("looks-clear-vessels-about"));
            let has_any = !own.shadows.is_empty();
            if text_button(ui, text!("looks-clear"), 40.0, name, hint, ButtonState::enabled_if(has_any))
                .clicked()
            {
                self.set(Appearance { shadows: Vec::new(), ..own.as_ref().clone() }, name, actions);
            }
        });
    }
}

/// What a direction changes most, short and in a sentence; no two bear the name of one figure (`named`).
fn direction_name(
    labels: &LabelTable,
    style: &StyleModel,
    component: usize,
    named: &mut Vec<usize>,
) -> (String, String) {
    let figure_name = |figure: usize| match style::figure_class(figure) {
        Some(class) => labels.name(class).to_owned(),
        None if figure == style::VITREOUS_NOISE => text!("looks-noise").to_owned(),
        None => text!("looks-speckle").to_owned(),
    };
    let loadings = style.loadings(component);
    let mut order: Vec<usize> = (0..loadings.len()).collect();
    order.sort_by(|&a, &b| loadings[b].abs().total_cmp(&loadings[a].abs()));
    let of_sign = |sign: f32| -> String {
        let strongest =
            order.iter().take(2 * NAMED_FIGURES).filter(|&&figure| loadings[figure] * sign > 0.15);
        let names: Vec<String> = strongest.take(NAMED_FIGURES).map(|&figure| figure_name(figure)).collect();
        names.join(", ")
    };
    let (more, less) = (of_sign(1.0), of_sign(-1.0));
    let own = order.iter().find(|figure| !named.contains(figure));
    named.extend(own);
    let short = own.map_or_else(String::new, |&figure| figure_name(figure));
    let about = match less.is_empty() {
        true => text!("looks-direction-more", %more),
        false => text!("looks-direction", %more, %less),
    };
    // Named by noise or speckle, not by a layer.
    match own.is_some_and(|&figure| style::figure_class(figure).is_none()) {
        true => (short, text!("looks-of-device", %about)),
        false => (short, about),
    }
}

/// A row whose name stands in the middle of its buttons.
fn as_high_as_buttons(ui: &mut Ui, row: impl FnOnce(&mut Ui)) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = theme::ICON_BUTTON;
        row(ui);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_named_by_noise_or_speckle_says_that_it_is_the_device() {
        for figure in 0..style::FIGURES {
            let scans: Vec<_> = [1.0, 2.0, 4.0].map(|value| ("eye", only(figure, value))).into();
            let model = StyleModel::of(&scans, 1).expect("they differ");
            let (name, about) = direction_name(&LabelTable::default(), &model, 0, &mut Vec::new());
            assert!(about.contains(&name), "{about}");
            let is_said = about.ends_with(&text!("looks-of-device", about = ""));
            assert_eq!(is_said, style::figure_class(figure).is_none(), "{about}");
        }
    }

    fn only(figure: usize, value: f32) -> style::StyleFigures {
        std::array::from_fn(|at| if at == figure { value } else { 0.0 })
    }
}
