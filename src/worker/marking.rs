//! What a synthesised picture says of itself, gathered from what made it: the same words for the window, the command
//! line and bulk generation.

use std::sync::Arc;

use super::protocol::{LoadedModel, Recipe, Request};
use super::renderer::RenderScene;
use crate::device::DeviceInfo;
use crate::diffusion::NoiseSpacing;
use crate::formats::provenance::{Made, NamedModel, Provenance, SOFTWARE, mask_sha256};
use crate::nn::Arithmetic;
use crate::scan::Spacing;

/// Of a picture rendered from a scene.
pub fn of_scene(scene: &RenderScene, steps: u32, model: &LoadedModel, device: &DeviceInfo) -> Provenance {
    Provenance {
        mask_sha256: Some(mask_sha256(scene.width, scene.height, &scene.labels)),
        seed: scene.seed,
        steps,
        model: Some(named(model)),
        pixel_um: scene.spacing.map(pixel_um),
        arithmetic: Some(arithmetic(device)),
        ..of_recipe(&scene.recipe)
    }
}

/// Of a picture that answers a request of the window. What is not known yet is left out.
pub fn of_request(request: &Request, model: Option<&LoadedModel>, device: Option<&DeviceInfo>) -> Provenance {
    let mask = &request.mask;
    Provenance {
        mask_sha256: Some(mask_sha256(mask.width(), mask.height(), &mask.composite_pixels())),
        seed: request.seed,
        steps: request.refine_steps,
        model: model.map(named),
        pixel_um: request.spacing.map(pixel_um),
        arithmetic: device.map(arithmetic),
        ..of_recipe(&request.recipe)
    }
}

fn of_recipe(recipe: &Recipe) -> Provenance {
    let is_usual = recipe.spacing == NoiseSpacing::default();
    Provenance {
        made: Made::Scan,
        software: SOFTWARE.to_owned(),
        sampler: recipe.sampler.name().to_owned(),
        noise_levels: (!is_usual).then(|| recipe.spacing.name().to_owned()),
        guidance: recipe.guidance,
        lesions: recipe.lesions,
        lesion_contrast: recipe.lesion_contrast,
        strength: recipe.from_scan.as_ref().map_or(1.0, |scan| scan.strength),
        appearance: Arc::clone(&recipe.appearance),
        ..Provenance::default()
    }
}

fn named(model: &LoadedModel) -> NamedModel {
    NamedModel { name: model.name.clone(), sha256: model.sha256.clone() }
}

fn pixel_um(spacing: Spacing) -> [f32; 2] {
    [spacing.axial_um_per_px, spacing.lateral_um_per_px]
}

/// What computes, as far as it decides about the last bit of a picture: the device, its precision and, on a
/// processor, the vector unit in whose order sums are taken.
pub fn arithmetic(device: &DeviceInfo) -> String {
    let precision = match device.arithmetic {
        Arithmetic::F32 => "f32",
        half => half.word(),
    };
    match device.is_gpu {
        true => format!("{} ({}), {precision}", device.name, device.backend),
        false => format!("CPU, {precision}, {}", crate::nn::fast_cpu::vector_unit()),
    }
}
