//! A connection with the memory of what the server holds, so that a mask goes out as its change alone.

use std::sync::Arc;

use super::connect::Chosen;
use super::exact::Exact;
use super::link::{Cut, Link};
use super::message::{RenderJob, ToServer, corners};
use super::packing::{changed_rect, cut, pack};
use crate::document::Appearance;
use crate::formats::provenance::{mask_sha256, sha256_hex};
use crate::scan::Rect;
use crate::worker::FromScan;
use crate::worker::renderer::RenderScene;

/// A connection, and what the server holds of the document.
pub(super) struct Line {
    /// The connection.
    pub link: Link,
    /// Model files that it has.
    pub known_models: Vec<String>,
    mask: Option<(u32, u32, Arc<[u8]>, String)>,
    scan: Option<(FromScan, String)>,
    /// Whether the connection was found to be cut.
    pub is_cut: bool,
}

impl Line {
    /// A new connection: nothing of the document is there.
    pub fn new(link: Link, known_models: Vec<String>) -> Self {
        Self { link, known_models, mask: None, scan: None, is_cut: false }
    }

    /// Sends everything once more with the next rendering.
    pub fn forget_document(&mut self) {
        (self.mask, self.scan) = (None, None);
    }

    /// Sends what the server lacks of a scene, and asks for a rectangle of it. Returns the number of the rendering.
    ///
    /// # Errors
    /// If the connection is cut.
    pub fn begin(
        &mut self,
        scene: &RenderScene,
        chosen: &Chosen,
        (steps, is_draft): (u32, bool),
        rect: Rect,
    ) -> Result<u64, Cut> {
        let mask_sha256 = self.send_mask(scene)?;
        let from_scan = match &scene.recipe.from_scan {
            Some(scan) => Some((self.send_scan(scan)?, Exact(scan.strength))),
            None => None,
        };
        let job = self.link.begin_job();
        let spacing = scene.spacing;
        let message = ToServer::Render(RenderJob {
            job,
            model: chosen.model.clone(),
            mask_sha256,
            spacing_um: spacing
                .map(|um| [um.axial_um_per_px, um.lateral_um_per_px].map(|um| Exact(f64::from(um)))),
            seed: scene.seed,
            sampler: scene.recipe.sampler,
            noise_spacing: scene.recipe.spacing,
            guidance: Exact(scene.recipe.guidance),
            lesions: Exact(scene.recipe.lesions),
            lesion_contrast: Exact(scene.recipe.lesion_contrast),
            appearance: Appearance::clone(&scene.recipe.appearance),
            from_scan,
            steps,
            is_draft,
            rect: corners(rect),
        });
        self.link.say(&message, Vec::new())?;
        Ok(job)
    }

    fn send_mask(&mut self, scene: &RenderScene) -> Result<String, Cut> {
        let (width, height) = (scene.width, scene.height);
        let same_size = self
            .mask
            .take()
            .filter(|(known_width, known_height, ..)| (*known_width, *known_height) == (width, height));
        let rect = match &same_size {
            Some((_, _, labels, _)) if Arc::ptr_eq(labels, &scene.labels) => Rect::EMPTY,
            Some((_, _, labels, _)) => changed_rect(labels, &scene.labels, width),
            None => Rect::new(0, 0, width, height),
        };
        let sha256 = match same_size {
            Some((.., sha256)) if rect.is_empty() => sha256,
            _ => {
                let sha256 = mask_sha256(width, height, &scene.labels);
                let message = ToServer::Mask { width, height, rect: corners(rect), sha256: sha256.clone() };
                self.link.say(&message, pack(&cut(&scene.labels, width, rect)))?;
                sha256
            }
        };
        self.mask = Some((width, height, Arc::clone(&scene.labels), sha256.clone()));
        Ok(sha256)
    }

    fn send_scan(&mut self, scan: &FromScan) -> Result<String, Cut> {
        let is_it = |known: &FromScan| known.image == scan.image && known.scanned_area == scan.scanned_area;
        if let Some((_, sha256)) = self.scan.as_ref().filter(|(known, _)| is_it(known)) {
            return Ok(sha256.clone());
        }
        let mut bytes = scan.image.pixels.to_vec();
        bytes.extend(scan.scanned_area.iter().flat_map(|area| area.iter()));
        let sha256 = sha256_hex(&bytes);
        let (width, height) = (scan.image.width, scan.image.height);
        let has_area = scan.scanned_area.is_some();
        self.link.say(&ToServer::Scan { width, height, has_area, sha256: sha256.clone() }, pack(&bytes))?;
        self.scan = Some((scan.clone(), sha256.clone()));
        Ok(sha256)
    }
}
