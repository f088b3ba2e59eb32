//! The form of a case recipe: each wish with its unit; what is off is left to the seed.

use eframe::egui::{DragValue, TextEdit, Ui, vec2};

use super::case_words::case_name;
use crate::cases::{CaseRecipe, CystWish, DomeWish, Extent, LayerName};
use crate::scan::Laterality;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{
    ButtonState, icon_button_sized, row, rule, segments, slider_with_field, switch, text_button,
};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Groups of cysts that a recipe of the form may have.
const MAX_CYST_GROUPS: usize = 6;
/// Layers that cysts lie in.
const CYST_LAYERS: [LayerName; 3] = [LayerName::Inl, LayerName::Opl, LayerName::OnlIsm];
/// Seeds drawn by the dice stay below this, so that they can be read and typed.
const SEED_RANGE: u64 = 100_000;

/// Draws the form. Whatever changes is solved anew.
pub fn show(ui: &mut Ui, recipe: &mut CaseRecipe) {
    ui.label(theme::heading(text!("recipe-title")));
    ui.add_space(4.0);
    row(ui, text!("recipe-name"), |ui| {
        let mut name = case_name(&recipe.name).to_owned();
        if ui.add(TextEdit::singleline(&mut name).desired_width(ui.available_width() - 8.0)).changed() {
            recipe.name = name;
        }
    });
    row(ui, text!("recipe-eye"), |ui| {
        let choices = [("OD", text!("recipe-right-eye")), ("OS", text!("recipe-left-eye"))];
        let chosen = usize::from(recipe.eye == Laterality::Left);
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            recipe.eye = [Laterality::Right, Laterality::Left][index];
        }
    });
    row(ui, text!("recipe-seed"), |ui| {
        ui.spacing_mut().interact_size = vec2(ui.available_width() - 34.0, 24.0);
        ui.add(DragValue::new(&mut recipe.seed).range(0..=crate::cases::MAX_SEED).speed(0.2))
            .on_hover_text(text!("recipe-seed-about"));
        let hint = text!("recipe-another-seed-about");
        let size = vec2(26.0, 24.0);
        if icon_button_sized(
            ui,
            size,
            17.0,
            Icon::Dice,
            text!("recipe-another-seed"),
            hint,
            ButtonState::READY,
        )
        .clicked()
        {
            recipe.seed = (recipe.seed.wrapping_mul(7919) + 1) % SEED_RANGE;
        }
    });
    rule(ui);
    show_thickness(ui, recipe);
    rule(ui);
    show_cysts(ui, recipe);
    rule(ui);
    show_dome(ui, text!("recipe-srf"), text!("recipe-srf-about"), &mut recipe.srf, [180.0, 1800.0]);
    rule(ui);
    show_dome(ui, text!("recipe-ped"), text!("recipe-ped-about"), &mut recipe.ped, [120.0, 900.0]);
    rule(ui);
}

fn show_thickness(ui: &mut Ui, recipe: &mut CaseRecipe) {
    let hint = text!("recipe-central-about");
    let is_on = recipe.central_thickness_um.is_some();
    if switch(ui, is_on, text!("recipe-central"), hint) {
        recipe.central_thickness_um = if is_on { None } else { Some(300.0) };
    }
    if let Some(um) = &mut recipe.central_thickness_um {
        let mut value = *um as f32;
        row(ui, text!("recipe-thickness"), |ui| slider_with_field(ui, &mut value, 180.0..=800.0, 0, "µm"));
        if value != *um as f32 {
            *um = f64::from(value.round());
        }
    }
}

fn show_cysts(ui: &mut Ui, recipe: &mut CaseRecipe) {
    let mut removed = None;
    for (index, wish) in recipe.cysts.iter_mut().enumerate() {
        ui.push_id(index, |ui| {
            row(ui, text!("recipe-cysts"), |ui| {
                ui.add(
                    DragValue::new(&mut wish.count).range(1..=40).clamp_existing_to_range(false).speed(0.1),
                )
                .on_hover_text(text!("recipe-cysts-about"));
                let (size, hint) = (vec2(26.0, 24.0), text!("recipe-remove-cysts-about"));
                if icon_button_sized(
                    ui,
                    size,
                    14.0,
                    Icon::Close,
                    text!("recipe-remove-cysts"),
                    hint,
                    ButtonState::READY,
                )
                .clicked()
                {
                    removed = Some(index);
                }
            });
            row(ui, text!("recipe-layer"), |ui| {
                let choices = CYST_LAYERS.map(|layer| (layer.name(), layer.name()));
                let chosen = CYST_LAYERS.iter().position(|layer| wish.layers == [*layer]);
                let width = ui.available_width();
                if let Some(chosen) = segments(ui, width, &choices, chosen) {
                    wish.layers = vec![CYST_LAYERS[chosen]];
                }
            });
            row(ui, text!("recipe-widths"), |ui| show_extent(ui, &mut wish.width_um));
            row(ui, text!("recipe-within"), |ui| {
                ui.add(um(&mut wish.within_um, 100.0..=4000.0)).on_hover_text(text!("recipe-within-about"));
            });
        });
        ui.add_space(4.0);
    }
    if let Some(index) = removed {
        recipe.cysts.remove(index);
    }
    let state = ButtonState::enabled_if(recipe.cysts.len() < MAX_CYST_GROUPS);
    let hint = text!("recipe-add-cysts-about");
    if text_button(ui, text!("recipe-add-cysts"), 84.0, text!("recipe-add-cysts"), hint, state).clicked() {
        recipe.cysts.push(CystWish {
            count: 3,
            layers: vec![LayerName::Inl],
            width_um: Extent::between(90.0, 220.0),
            height_um: None,
            area_mm2: None,
            within_um: 1500.0,
            beyond_um: 0.0,
        });
    }
}

fn show_extent(ui: &mut Ui, extent: &mut Extent) {
    ui.add(um(&mut extent.low, 40.0..=800.0)).on_hover_text(text!("recipe-narrowest"));
    ui.label(theme::weak(text!("recipe-to")));
    ui.add(um(&mut extent.high, 40.0..=800.0)).on_hover_text(text!("recipe-widest"));
    extent.high = extent.high.max(extent.low);
}

pub(super) fn um(value: &mut f64, range: std::ops::RangeInclusive<f64>) -> DragValue<'_> {
    // A recipe from a file may ask for more than the form offers: looking at it changes nothing.
    DragValue::new(value).range(range).clamp_existing_to_range(false).speed(2.0).max_decimals(0).suffix(" µm")
}

fn show_dome(
    ui: &mut Ui,
    name: &str,
    hint: &str,
    domes: &mut Vec<DomeWish>,
    [height_um, width_um]: [f64; 2],
) {
    let is_on = !domes.is_empty();
    if switch(ui, is_on, name, hint) {
        match is_on {
            true => domes.clear(),
            false => domes.push(DomeWish { height_um, width_um, at_um: Some(0.0) }),
        }
    }
    for (index, dome) in domes.iter_mut().enumerate() {
        ui.push_id((name, index), |ui| {
            row(ui, text!("recipe-height"), |ui| ui.add(um(&mut dome.height_um, 20.0..=600.0)));
            row(ui, text!("recipe-width"), |ui| ui.add(um(&mut dome.width_um, 100.0..=5000.0)));
            let mut at_um = dome.at_um.unwrap_or_default();
            row(ui, text!("recipe-position"), |ui| {
                ui.add(um(&mut at_um, -2500.0..=2500.0)).on_hover_text(text!("recipe-position-about"));
            });
            if at_um != dome.at_um.unwrap_or_default() {
                dome.at_um = Some(at_um);
            }
        });
    }
}
