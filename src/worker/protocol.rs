//! What the window and the synthesis thread say to each other.

use std::sync::Arc;
use std::time::Duration;

use crate::device::DeviceInfo;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::document::Appearance;
use crate::encoding::style::StyleModel;
use crate::mask::Mask;
use crate::scan::{GreyImage, Spacing};

/// How a picture is drawn, apart from its mask, noise and steps. Cloning copies pointers.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// How pictures are drawn.
    pub sampler: Sampler,
    /// Where the steps lie in the schedule.
    pub spacing: NoiseSpacing,
    /// How far the picture is pushed towards its mask: 1 is the model as it was trained. Other values need
    /// a model that was also trained without masks ([`LoadedModel::takes_guidance`]).
    pub guidance: f64,
    /// How much of the mask's lesions the model is given: 1 all, 0 nothing, so that it draws there what it thinks
    /// fit (the paper's dynamic region masking, at sampling).
    pub lesions: f64,
    /// What the contrast of lesions is multiplied by, and nothing else is: 1 is as in scans.
    pub lesion_contrast: f64,
    /// The real scan the synthesis starts from; pure noise without one.
    pub from_scan: Option<FromScan>,
    /// Style and vessel shadows, as far as the model knows them.
    pub appearance: Arc<Appearance>,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            sampler: Sampler::default(),
            spacing: NoiseSpacing::default(),
            guidance: 1.0,
            lesions: 1.0,
            lesion_contrast: 1.0,
            from_scan: None,
            appearance: Arc::default(),
        }
    }
}

impl Recipe {
    /// What a scan is drawn with where nobody asks for anything; the default is what files mean that say nothing.
    pub fn usual() -> Self {
        Self { spacing: NoiseSpacing::USUAL, ..Self::default() }
    }

    /// The real scan, where nothing of the picture is to be synthesised.
    pub fn unchanged_scan(&self) -> Option<&GreyImage> {
        self.from_scan.as_ref().filter(|scan| scan.strength <= 0.0).map(|scan| &scan.image)
    }
}

/// A real scan to start from instead of pure noise (Meng et al. 2022, SDEdit).
#[derive(Clone, Debug, PartialEq)]
pub struct FromScan {
    /// Of the mask's size.
    pub image: GreyImage,
    /// 0 outside what the instrument scanned; `None` when all of it is scanned.
    pub scanned_area: Option<Arc<[u8]>>,
    /// How far from the scan the picture may go: 0 is the scan itself, 1 is pure synthesis. It never
    /// changes the number of steps.
    pub strength: f64,
}

/// A scan to synthesise. Cloning copies pointers.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The caller's number, rising; pictures and events carry it.
    pub job: u64,
    /// The page of the document the mask lies on.
    pub page: usize,
    /// The labels.
    pub mask: Mask,
    /// Size of a pixel, where known.
    pub spacing: Option<Spacing>,
    /// Of the noise field; another seed is another scan with the same anatomy.
    pub seed: u64,
    /// Steps of the last refinement (and of an export); 1 leaves it at the draft.
    pub refine_steps: u32,
    /// How it is drawn.
    pub recipe: Recipe,
    /// Renders everything anew, even where the mask did not change.
    pub full_frame: bool,
}

impl Request {
    /// Whether the same picture answers both, apart from what [`Request::full_frame`] asks.
    pub fn asks_the_same(&self, other: &Request) -> bool {
        self.continues(other) && self.mask == other.mask
    }

    /// Whether only the mask may differ, so that the other's picture can stay where the mask stayed.
    pub fn continues(&self, other: &Request) -> bool {
        self.page == other.page
            && self.seed == other.seed
            && self.recipe == other.recipe
            && self.refine_steps == other.refine_steps
            && self.spacing == other.spacing
            && (self.mask.width(), self.mask.height()) == (other.mask.width(), other.mask.height())
    }
}

/// How far a picture has come.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// One step: of the model's student, where it has one; otherwise the anatomy without its speckle.
    Draft,
    /// So many steps.
    Refined { steps: u32 },
    /// No synthesis at all: the strength is zero.
    RealScan,
}

/// A picture of the mask's size, wherever it lies.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum PictureImage {
    /// In memory.
    Cpu(GreyImage),
    /// On the device shared with the window: `Rgba8Unorm`, grey in red, green and blue.
    #[cfg(feature = "gpu")]
    Gpu { texture: wgpu::Texture, width: u32, height: u32 },
}

impl PictureImage {
    /// Whether it goes when the graphics device goes.
    pub fn is_on_device(&self) -> bool {
        match self {
            PictureImage::Cpu(_) => false,
            #[cfg(feature = "gpu")]
            PictureImage::Gpu { .. } => true,
        }
    }

    /// Bytes it occupies.
    pub fn byte_count(&self) -> usize {
        match self {
            PictureImage::Cpu(image) => image.pixels.len(),
            #[cfg(feature = "gpu")]
            PictureImage::Gpu { width, height, .. } => *width as usize * *height as usize * 4,
        }
    }
}

/// A finished picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The request it answers.
    pub job: u64,
    /// Index of the page it is of.
    pub page: usize,
    /// Draft, or refined by so many steps.
    pub kind: PictureKind,
    /// The pixels.
    pub image: PictureImage,
    /// Time it took to render; zero when it was remembered.
    pub duration: Duration,
    /// No better picture of this request will come.
    pub complete: bool,
}

/// What the thread has to tell besides pictures.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Debug)]
pub enum Event {
    /// The model is loaded; from now on requests are answered.
    Ready { device: DeviceInfo, model: LoadedModel },
    /// Whether it computes.
    Busy(bool),
    /// Step `step` of `of` of a picture of this job is done.
    Progress { job: u64, step: u32, of: u32 },
    /// The answer to [`super::SynthesisWorker::submit_export`]: the whole frame at all steps.
    Exported {
        /// The request it answers.
        job: u64,
        /// Index of the page it is of.
        page: usize,
        /// The pixels.
        image: GreyImage,
        /// From the beginning of the job.
        duration: Duration,
        /// What drew it.
        model: LoadedModel,
        /// What drew it: this computer, where the connection to another one was cut meanwhile.
        device: DeviceInfo,
    },
    /// A job ended without its picture, or (no job) the model could not be loaded. The thread goes on.
    Failed { job: Option<u64>, message: String },
    /// The window's graphics device is gone; the thread goes on with the CPU. A window that is opened anew
    /// starts another thread on its new device.
    DeviceLost,
    /// The connection to the machine that draws was cut; this one draws meanwhile, and it is made anew.
    HostLost { host: String, why: String },
    /// No connection can be made; it is tried again until it can.
    HostUnreachable { host: String, why: String },
    /// The machine that was lost draws again, and has the document.
    HostBack { host: String },
}

/// The model that answers, as provenance names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadedModel {
    /// As shown to the user.
    pub name: String,
    /// `live`, `paper`, ...
    pub preset: String,
    /// SHA-256 of its tensor bytes, hexadecimal.
    pub sha256: String,
    /// Whether it was also trained without masks, so that [`Recipe::guidance`] means something to it.
    pub takes_guidance: bool,
    /// Name and tensor hash of the one-step student that draws the drafts, where there is one.
    pub student: Option<(String, String)>,
    /// How its training scans differed, where it takes a style.
    pub style: Option<Arc<StyleModel>>,
    /// Whether it draws vessel shadows where they are asked for.
    pub takes_shadows: bool,
}
