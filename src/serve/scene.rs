//! The mask and the scan that a server holds for its studio, each checked against the hash that came with it.

use std::sync::Arc;

use super::limits::is_size_allowed;
use super::message::{Reason, RenderJob, rect_within};
use super::packing::{PackingError, paste, unpack};
use crate::formats::provenance::{mask_sha256, sha256_hex};
use crate::mask::is_composite_code;
use crate::scan::{GreyImage, Spacing};
use crate::worker::renderer::RenderScene;
use crate::worker::{FromScan, Recipe};

/// What the server holds of the studio's document: the mask drawn last and the scan it may start from.
#[derive(Default)]
pub struct Held {
    mask: Option<HeldMask>,
    scan: Option<HeldScan>,
}

struct HeldMask {
    width: u32,
    height: u32,
    sha256: String,
    labels: Arc<[u8]>,
}

struct HeldScan {
    sha256: String,
    image: GreyImage,
    scanned_area: Option<Arc<[u8]>>,
}

/// Why something was not taken, and what the studio can do.
pub type Refusal = (Reason, String);

impl From<PackingError> for Refused {
    fn from(error: PackingError) -> Self {
        Self((Reason::Broken, error.to_string()))
    }
}

/// A refusal on its way.
pub struct Refused(pub Refusal);

fn refuse<T>(reason: Reason, message: impl Into<String>) -> Result<T, Refused> {
    Err(Refused((reason, message.into())))
}

impl Held {
    /// Takes the changed rectangle of a mask. A mask that is not what its hash says is forgotten.
    ///
    /// # Errors
    /// If the rectangle cannot be unpacked, holds no label codes, or does not make the mask that was meant.
    pub fn take_mask(
        &mut self,
        (width, height): (u32, u32),
        rect: [u32; 4],
        sha256: &str,
        packed: &[u8],
    ) -> Result<(), Refused> {
        let before = self.mask.take();
        let Some(rect) = rect_within(rect, width, height).filter(|_| is_size_allowed(width, height)) else {
            return refuse(Reason::Refused, "the rectangle does not lie in the mask");
        };
        let is_whole = (rect.width(), rect.height()) == (width, height);
        let pixels = rect.width() as usize * rect.height() as usize;
        let part = unpack(packed, pixels, "the mask")?;
        if let Some(code) = part.iter().find(|code| !is_composite_code(**code)) {
            return refuse(Reason::Refused, format!("the mask holds {code}, which is no label code"));
        }
        let labels = match before.filter(|mask| (mask.width, mask.height) == (width, height)) {
            _ if is_whole => part,
            Some(mask) => {
                let mut labels = mask.labels.to_vec();
                paste(&mut labels, width, rect, &part);
                labels
            }
            None => {
                return refuse(Reason::MaskUnknown, "there is no mask of this size to change: send it whole");
            }
        };
        if mask_sha256(width, height, &labels) != sha256 {
            return refuse(Reason::MaskUnknown, "the mask is not the one that its hash names: send it whole");
        }
        self.mask = Some(HeldMask { width, height, sha256: sha256.to_owned(), labels: labels.into() });
        Ok(())
    }

    /// Takes a scan to start from: its pixels and, behind them, its scanned area.
    ///
    /// # Errors
    /// If it cannot be unpacked or is not what its hash says.
    pub fn take_scan(
        &mut self,
        (width, height): (u32, u32),
        has_area: bool,
        sha256: &str,
        packed: &[u8],
    ) -> Result<(), Refused> {
        self.scan = None;
        let pixels = width as usize * height as usize;
        let mut bytes = unpack(packed, if has_area { 2 * pixels } else { pixels }, "the scan")?;
        if sha256_hex(&bytes) != sha256 {
            return refuse(Reason::ScanUnknown, "the scan is not the one that its hash names: send it again");
        }
        let scanned_area = has_area.then(|| Arc::from(bytes.split_off(pixels)));
        let image = GreyImage::new(width, height, bytes);
        self.scan = Some(HeldScan { sha256: sha256.to_owned(), image, scanned_area });
        Ok(())
    }

    /// What a job asks for, with the mask and the scan it names.
    ///
    /// # Errors
    /// If it means another mask or scan than the ones that are here, or a rectangle beyond it.
    pub fn scene(&self, job: &RenderJob) -> Result<RenderScene, Refused> {
        let Some(mask) = self.mask.as_ref().filter(|mask| mask.sha256 == job.mask_sha256) else {
            return refuse(Reason::MaskUnknown, "the server has another mask: send it whole");
        };
        if rect_within(job.rect, mask.width, mask.height).is_none() {
            return refuse(Reason::Refused, "the rectangle that is wanted does not lie in the mask");
        }
        let spacing = match job.spacing_um {
            None => None,
            Some([axial, lateral]) => match Spacing::checked(axial.0 as f32, lateral.0 as f32) {
                Some(spacing) => Some(spacing),
                None => return refuse(Reason::Refused, "the size of a pixel is not plausible"),
            },
        };
        if !job.appearance.fits(mask.width) {
            return refuse(Reason::Refused, "the vessel shadows are those of another mask");
        }
        let from_scan = match &job.from_scan {
            None => None,
            Some((sha256, strength)) => {
                let scan = self.scan.as_ref().filter(|scan| scan.sha256 == *sha256);
                let Some(scan) = scan else {
                    return refuse(Reason::ScanUnknown, "the server has another scan: send it again");
                };
                if (scan.image.width, scan.image.height) != (mask.width, mask.height) {
                    return refuse(Reason::Refused, "the scan to start from has not the mask's size");
                }
                let (image, scanned_area) = (scan.image.clone(), scan.scanned_area.clone());
                Some(FromScan { image, scanned_area, strength: strength.0 })
            }
        };
        Ok(RenderScene {
            labels: Arc::clone(&mask.labels),
            width: mask.width,
            height: mask.height,
            spacing,
            seed: job.seed,
            recipe: Recipe {
                sampler: job.sampler,
                spacing: job.noise_spacing,
                guidance: job.guidance.0,
                lesions: job.lesions.0,
                lesion_contrast: job.lesion_contrast.0,
                from_scan,
                appearance: Arc::new(job.appearance.clone()),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::packing::pack;

    #[test]
    fn a_mask_is_held_only_if_it_is_what_its_hash_says() {
        let mut held = Held::default();
        let mask = vec![3u8; 12];
        let sha256 = mask_sha256(4, 3, &mask);
        let reason = |outcome: Result<(), Refused>| outcome.err().map(|Refused((reason, _))| reason);
        let part = pack(&[9, 9]);
        assert_eq!(reason(held.take_mask((4, 3), [0, 0, 2, 1], &sha256, &part)), Some(Reason::MaskUnknown));
        assert_eq!(reason(held.take_mask((4, 3), [0, 0, 4, 3], &sha256, &pack(&mask))), None);
        let mut changed = mask.clone();
        changed[..2].copy_from_slice(&[9, 9]);
        let after = mask_sha256(4, 3, &changed);
        assert_eq!(reason(held.take_mask((4, 3), [0, 0, 2, 1], &after, &part)), None);
        assert_eq!(reason(held.take_mask((4, 3), [0, 0, 2, 1], &sha256, &part)), Some(Reason::MaskUnknown));
        assert!(held.mask.is_none(), "what is not what it should be is forgotten");
        let odd = mask_sha256(4, 3, &[200; 12]);
        let outcome = held.take_mask((4, 3), [0, 0, 4, 3], &odd, &pack(&[200; 12]));
        assert_eq!(reason(outcome), Some(Reason::Refused));
        assert_eq!(reason(held.take_mask((4, 3), [0, 0, 4, 3], &sha256, &[1])), Some(Reason::Broken));
    }
}
