//! New masks: what was requested of the mask thread, and the candidates that came back.

use std::sync::Arc;

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::studio::texts::text;
use crate::studio::widgets::theme;

use crate::anatomy::{ABOVE_ILM, BELOW_BM, LESION_BASE, label};
use crate::cases::{CaseRecipe, SolvedCase};
use crate::diffusion::mask_generator::MaskSettings;
use crate::document::{Document, Page};
use crate::encoding::masks::MaskConditions;
use crate::mask::Mask;
use crate::scan::{BScan, Rect, Spacing};
use crate::worker::masks::{Candidate, MaskEvent, MaskRequest, MaskWorker};
use crate::worker::models::ModelSource;

/// Name of the bundled mask model.
const MODEL: &str = "masks";
/// Candidates of one request.
const COUNT: u32 = 4;
/// Longest side of a thumbnail in pixels.
const THUMBNAIL_PX: u32 = 160;
/// Size and scale of an eye without a scan.
const EMPTY_SIZE: (u32, u32) = (512, 496);
const EMPTY_SPACING: (f32, f32) = (3.87, 11.3);
/// What such a document is called.
pub fn no_scan_name() -> &'static str {
    text!("mask-no-scan")
}

/// The conditions as the panel holds them: a value each, and whether it is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConditionSettings {
    /// Area of intraretinal fluid in mm².
    pub fluid: (bool, f32),
    /// Number of separate fluid regions.
    pub cysts: (bool, f32),
    /// ILM to BM over the middle millimetre, in µm.
    pub thickness: (bool, f32),
    /// How far a variation goes from the mask it begins with.
    pub strength: f32,
}

impl Default for ConditionSettings {
    fn default() -> Self {
        Self { fluid: (false, 0.1), cysts: (false, 4.0), thickness: (false, 320.0), strength: 0.5 }
    }
}

impl ConditionSettings {
    /// What is set.
    pub fn requested(&self) -> MaskConditions {
        let if_on = |(on, value): (bool, f32)| on.then_some(f64::from(value));
        MaskConditions {
            fluid_mm2: if_on(self.fluid),
            cysts: if_on(self.cysts).map(|count| count.round() as u32),
            thickness_um: if_on(self.thickness),
        }
    }
}

/// What is asked of the mask model.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum MasksWanted {
    /// Masks that begin with nothing.
    New,
    /// Variations of the mask that is open.
    Variations,
}

/// A candidate with its picture.
pub struct ShownCandidate {
    /// The mask, with what it holds.
    pub candidate: Candidate,
    /// Of the labels in their colours, small.
    pub picture: TextureHandle,
    /// Whether it varies the mask that was open instead of being new.
    pub varies: bool,
}

/// The state of the strip of candidates.
#[derive(Default)]
pub struct NewMasks {
    /// Whether the strip is shown.
    pub open: bool,
    /// What the next masks are to hold.
    pub conditions: ConditionSettings,
    /// Whether a chosen mask takes the place of the labels of the B-scan shown, where there are any.
    pub replaces_labels: bool,
    /// In the order in which they came.
    pub candidates: Vec<ShownCandidate>,
    /// Part of the job under way that is done.
    pub progress: Option<f32>,
    /// Why no mask came, with the remedy.
    pub failure: Option<String>,
    /// The model that was chosen; the bundled one without.
    chosen: Option<ModelSource>,
    worker: Option<MaskWorker>,
    job: u64,
    /// Of the page the candidates are for.
    size: [u32; 2],
    varies: bool,
    next_seed: u64,
}

impl NewMasks {
    /// Where the model comes from.
    pub fn model(&self) -> ModelSource {
        self.chosen.clone().unwrap_or_else(|| ModelSource::Bundled(MODEL.to_owned()))
    }

    /// Draws with another model from now on; what the one before drew is forgotten.
    pub fn use_model(&mut self, model: ModelSource) {
        self.cancel();
        self.candidates.clear();
        self.failure = None;
        self.worker = None;
        self.chosen = Some(model);
    }

    /// Asks for candidates of the size of a page.
    pub fn ask(&mut self, context: &Context, page: &Page, wanted: MasksWanted) {
        self.failure = None;
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => {
                let wake = context.clone();
                let wake = Arc::new(move || wake.request_repaint());
                match MaskWorker::start(self.model(), wake) {
                    Ok(worker) => worker,
                    Err(error) => {
                        self.failure = Some(text!("mask-no-thread", %error));
                        return;
                    }
                }
            }
        };
        self.job += 1;
        self.varies = wanted == MasksWanted::Variations;
        self.size = [page.mask.width(), page.mask.height()];
        self.candidates.clear();
        self.progress = Some(0.0);
        // A seed for each candidate that was ever asked for, so that the next request shows others.
        let seed = self.next_seed;
        self.next_seed += u64::from(COUNT);
        worker.submit(MaskRequest {
            job: self.job,
            width: page.scan.width(),
            height: page.scan.height(),
            spacing: page.scan.spacing,
            count: COUNT,
            settings: MaskSettings {
                conditions: self.conditions.requested(),
                seed,
                ..MaskSettings::default()
            },
            vary: self.varies.then(|| (page.mask.clone(), f64::from(self.conditions.strength))),
        });
        self.worker = Some(worker);
    }

    /// Gives up what is being drawn.
    pub fn cancel(&mut self) {
        self.job += 1;
        self.progress = None;
        if let Some(worker) = &self.worker {
            worker.give_up_before(self.job);
        }
    }

    /// Another page is shown: candidates of another size are forgotten, and a page without a scan gets new
    /// ones while the strip is open.
    pub fn follow(&mut self, context: &Context, page: &Page) {
        let size = [page.mask.width(), page.mask.height()];
        if self.size == size {
            return;
        }
        self.size = size;
        self.cancel();
        self.candidates.clear();
        if self.open && page.scan.is_placeholder {
            self.ask(context, page, MasksWanted::New);
        }
    }

    /// Makes the pictures anew: those before lay on a graphics device that is gone.
    pub fn move_to(&mut self, context: &Context) {
        for shown in &mut self.candidates {
            shown.picture = picture_of(&shown.candidate, context);
        }
    }

    /// Takes what the thread reports.
    pub fn take_events(&mut self, context: &Context) {
        let Some(worker) = &self.worker else { return };
        for event in worker.events() {
            match event {
                MaskEvent::Progress { job, part } if job == self.job => self.progress = Some(part),
                MaskEvent::Drawn { job, candidate } if job == self.job => {
                    let picture = picture_of(&candidate, context);
                    self.candidates.push(ShownCandidate {
                        candidate: *candidate,
                        picture,
                        varies: self.varies,
                    });
                }
                MaskEvent::Finished { job } if job == self.job => self.progress = None,
                MaskEvent::Failed { job, message } if job == self.job => {
                    self.progress = None;
                    self.failure = Some(message);
                }
                _ => {}
            }
        }
    }
}

fn picture_of(candidate: &Candidate, context: &Context) -> TextureHandle {
    let picture = mask_picture(&candidate.mask, THUMBNAIL_PX);
    context.load_texture(format!("new mask {}", candidate.seed), picture, TextureOptions::LINEAR)
}

/// A small picture of a mask in the colours of the labels; a lesion in what a pixel of it shows wins over layers.
pub fn mask_picture(mask: &Mask, longest_px: u32) -> ColorImage {
    rows_picture(mask, 0..mask.height(), longest_px)
}

/// A small picture of some rows of a mask, as [`mask_picture`].
pub fn rows_picture(mask: &Mask, rows: std::ops::Range<u32>, longest_px: u32) -> ColorImage {
    let step = mask.width().max(rows.len() as u32).div_ceil(longest_px).max(1);
    let (width, height) = (mask.width().div_ceil(step), (rows.len() as u32).div_ceil(step));
    let mut pixels = Vec::with_capacity((width * height) as usize);
    for y in 0..height {
        for x in 0..width {
            let block = Rect::new(
                x * step,
                rows.start + y * step,
                ((x + 1) * step).min(mask.width()),
                (rows.start + (y + 1) * step).min(rows.end),
            );
            let lesion = mask.lesions.read_rect(block).into_iter().find(|&code| code != 0);
            let (middle_x, middle_y) = ((block.x0 + block.x1 - 1) / 2, (block.y0 + block.y1 - 1) / 2);
            let code = match lesion {
                Some(lesion) => LESION_BASE + lesion,
                None => mask.layers.get(middle_x, middle_y),
            };
            pixels.push(match (label(code), code) {
                // What is no retina stays in the background.
                (Some(_), ABOVE_ILM | BELOW_BM) => theme::swatch_color(code).gamma_multiply(0.5),
                (Some(_), _) => theme::swatch_color(code),
                (None, _) => theme::LINE,
            });
        }
    }
    ColorImage::new([width as usize, height as usize], pixels)
}

/// A document without a scan: a flat dark page that says so by name.
pub fn document_without_scan() -> Document {
    let (width, height) = EMPTY_SIZE;
    without_scan(Mask::unannotated(width, height), Spacing::checked(EMPTY_SPACING.0, EMPTY_SPACING.1))
}

/// A designed case as a document without a scan, with the eye and the fovea of its recipe.
pub fn document_of_case(recipe: &CaseRecipe, case: &SolvedCase) -> Document {
    let scan = BScan {
        laterality: Some(recipe.eye),
        fovea_column: Some(case.frame.fovea_column as f32),
        ..placeholder(&case.mask, Some(case.frame.spacing()))
    };
    let mut document = Document::from_scan(scan, case.mask.clone());
    document.name.clone_from(&recipe.name);
    document.noise_seed = recipe.seed + 1;
    document
}

/// A mask as a document without a scan.
pub fn without_scan(mask: Mask, spacing: Option<Spacing>) -> Document {
    let scan = placeholder(&mask, spacing);
    Document::from_scan(scan, mask)
}

/// What stands in for the scan of a mask.
fn placeholder(mask: &Mask, spacing: Option<Spacing>) -> BScan {
    BScan { spacing, ..BScan::placeholder(mask.width(), mask.height(), no_scan_name()) }
}
