//! The part of the form that is about the retina itself: layers of a thickness, layers that are lost, where the scan lies, and
//! how far the eye is from a textbook's.

use eframe::egui::{ComboBox, DragValue, Role, Ui, WidgetInfo, vec2};

use super::case_form::um;
use crate::cases::{CaseRecipe, LayerName, LayerWish, LossWish};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{
    ButtonState, icon_button_sized, row, rule, slider, switch, text_button,
};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Layers or losses that a recipe of the form may have.
const MAX_ITEMS: usize = 8;
const PLACES_UM: std::ops::RangeInclusive<f64> = -2500.0..=2500.0;
const WIDTHS_UM: std::ops::RangeInclusive<f64> = 100.0..=6000.0;

/// Draws the parts.
pub(super) fn show(ui: &mut Ui, recipe: &mut CaseRecipe) {
    show_layers(ui, recipe);
    rule(ui);
    show_losses(ui, recipe);
    rule(ui);
    show_scan(ui, recipe);
}

fn show_layers(ui: &mut Ui, recipe: &mut CaseRecipe) {
    let mut removed = None;
    for (index, wish) in recipe.layers.iter_mut().enumerate() {
        ui.push_id(("layer", index), |ui| {
            row(ui, text!("recipe-layer"), |ui| {
                choose_layer(ui, &mut wish.layer);
                if remove_button(ui, text!("recipe-remove-layer")) {
                    removed = Some(index);
                }
            });
            row(ui, text!("recipe-thickness"), |ui| ui.add(um(&mut wish.thickness_um, 1.0..=700.0)));
            row(ui, text!("recipe-position"), |ui| {
                ui.add(um(&mut wish.at_um, PLACES_UM)).on_hover_text(text!("recipe-position-about"));
            });
            row(ui, text!("recipe-width"), |ui| ui.add(um(&mut wish.width_um, WIDTHS_UM)));
        });
        ui.add_space(4.0);
    }
    if let Some(index) = removed {
        recipe.layers.remove(index);
    }
    let state = ButtonState::enabled_if(recipe.layers.len() < MAX_ITEMS);
    let (name, about) = (text!("recipe-add-layer"), text!("recipe-add-layer-about"));
    if text_button(ui, name, 84.0, name, about, state).clicked() {
        let layer = LayerName::OnlIsm;
        recipe.layers.push(LayerWish { layer, thickness_um: 110.0, at_um: 0.0, width_um: 1000.0 });
    }
}

fn choose_layer(ui: &mut Ui, chosen: &mut LayerName) {
    let list = ComboBox::from_id_salt("layer").width(96.0).selected_text(chosen.name()).show_ui(ui, |ui| {
        for layer in LayerName::ALL {
            if ui.selectable_label(*chosen == layer, layer.name()).clicked() {
                *chosen = layer;
            }
        }
    });
    let name = text!("recipe-layer-spoken", layer = chosen.name());
    list.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name.as_str()));
}

fn remove_button(ui: &mut Ui, name: &str) -> bool {
    icon_button_sized(ui, vec2(26.0, 24.0), 14.0, Icon::Close, name, name, ButtonState::READY).clicked()
}

fn show_losses(ui: &mut Ui, recipe: &mut CaseRecipe) {
    let mut removed = None;
    for (index, wish) in recipe.loss.iter_mut().enumerate() {
        ui.push_id(("loss", index), |ui| {
            row(ui, text!("recipe-loss"), |ui| {
                ui.label(theme::caption(text!("recipe-loss-of")));
                if remove_button(ui, text!("recipe-remove-loss")) {
                    removed = Some(index);
                }
            });
            ui.horizontal_wrapped(|ui| choose_layers(ui, &mut wish.layers));
            row(ui, text!("recipe-position"), |ui| {
                ui.add(um(&mut wish.at_um, PLACES_UM)).on_hover_text(text!("recipe-position-about"));
            });
            row(ui, text!("recipe-width"), |ui| ui.add(um(&mut wish.width_um, WIDTHS_UM)));
            row(ui, text!("recipe-left"), |ui| {
                ui.add(um(&mut wish.left_um, 0.0..=200.0)).on_hover_text(text!("recipe-left-about"));
            });
        });
        ui.add_space(4.0);
    }
    if let Some(index) = removed {
        recipe.loss.remove(index);
    }
    let state = ButtonState::enabled_if(recipe.loss.len() < MAX_ITEMS);
    let (name, about) = (text!("recipe-add-loss"), text!("recipe-add-loss-about"));
    if text_button(ui, name, 84.0, name, about, state).clicked() {
        let layers = vec![LayerName::Ise, LayerName::OsRpe];
        recipe.loss.push(LossWish { layers, at_um: 0.0, width_um: 1000.0, left_um: 0.0 });
    }
}

/// Any of the layers, but at least one.
fn choose_layers(ui: &mut Ui, chosen: &mut Vec<LayerName>) {
    for layer in LayerName::ALL {
        let is_chosen = chosen.contains(&layer);
        if !ui.selectable_label(is_chosen, layer.name()).clicked() {
            continue;
        }
        if !is_chosen {
            chosen.push(layer);
            chosen.sort();
        } else if chosen.len() > 1 {
            chosen.retain(|other| *other != layer);
        }
    }
}

fn show_scan(ui: &mut Ui, recipe: &mut CaseRecipe) {
    ui.label(theme::weak(text!("recipe-scan")));
    let has_base = recipe.base.mask.is_some();
    let mut fovea_um = recipe.scan.fovea_um.unwrap_or_default();
    row(ui, text!("recipe-fovea"), |ui| {
        ui.add(um(&mut fovea_um, PLACES_UM)).on_hover_text(text!("recipe-fovea-about"));
    });
    if fovea_um != recipe.scan.fovea_um.unwrap_or_default() {
        recipe.scan.fovea_um = Some(fovea_um);
    }
    row(ui, text!("recipe-from-fovea"), |ui| {
        ui.add(um(&mut recipe.scan.from_fovea_um, -3000.0..=3000.0))
            .on_hover_text(text!("recipe-from-fovea-about"));
    });
    // A base mask brings its own pit and tilt.
    if has_base {
        return;
    }
    let is_on = recipe.scan.tilt_um_per_mm.is_some();
    if switch(ui, is_on, text!("recipe-tilt"), text!("recipe-tilt-about")) {
        recipe.scan.tilt_um_per_mm = if is_on { None } else { Some(0.0) };
    }
    if let Some(tilt) = &mut recipe.scan.tilt_um_per_mm {
        row(ui, text!("recipe-slope"), |ui| {
            ui.add(
                DragValue::new(tilt)
                    .range(-300.0..=300.0)
                    .clamp_existing_to_range(false)
                    .speed(1.0)
                    .max_decimals(0)
                    .suffix(" µm/mm"),
            );
        });
    }
    share(ui, text!("recipe-pit"), text!("recipe-pit-about"), &mut recipe.base.pit);
    share(ui, text!("recipe-variation"), text!("recipe-variation-about"), &mut recipe.base.variation);
}

/// A number from 0 to 1 as percent.
fn share(ui: &mut Ui, name: &str, about: &str, value: &mut f64) {
    let mut percent = (*value * 100.0).round() as f32;
    let before = percent;
    let shown = format!("{percent:.0} %");
    row(ui, name, |ui| slider(ui, &mut percent, 0.0..=100.0, &shown).on_hover_text(about));
    if percent != before {
        *value = f64::from(percent.round()) / 100.0;
    }
}
