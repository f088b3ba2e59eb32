//! What the user holds and how the canvas is drawn. View only: nothing here is written to a document.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::anatomy::{self, ABOVE_ILM, BELOW_BM, IRF, Interface, LABELS};
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::document::LabelTable;
use crate::mask::{LockedLabels, PaintSettings, PaintTarget};
use crate::studio::editor::look::Look;
use crate::studio::texts::text;
use crate::studio::widgets::label_words::label_name;

/// Smallest and largest brush radius in image pixels.
pub const RADIUS_RANGE_PX: std::ops::RangeInclusive<f32> = 0.5..=150.0;
/// Smallest and largest half width of the layer warp's lens in columns.
pub const LENS_RANGE_PX: std::ops::RangeInclusive<f32> = 4.0..=400.0;
/// Step counts the last refinement may have.
pub const STEP_CHOICES: [u32; 5] = [1, 2, 4, 8, 16];

/// Factor by which one key press or wheel notch changes the brush.
pub const BRUSH_STEP: f32 = 1.15;
/// By how much one key press changes the opacity of the labels.
pub const FADE_STEP: f32 = 0.08;

/// What a quality stands for: name and spoken name by their keys in the table of texts, steps of the picture at rest.
pub const QUALITIES: [(&str, &str, u32); 3] = [
    ("quality-draft", "quality-draft-spoken", 1),
    ("quality-good", "quality-good-spoken", 8),
    ("quality-best", "quality-best-spoken", 16),
];
/// Range of the lesion contrast slider; 1 is as in scans, and at 2.5 even a faint cyst is as dark as it gets.
pub const LESION_CONTRAST_RANGE: std::ops::RangeInclusive<f32> = 1.0..=2.5;
/// Range of the guidance slider.
pub const GUIDANCE_RANGE: std::ops::RangeInclusive<f32> = 1.0..=4.0;

/// What the primary button does on the mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Paints the label in the hand.
    Brush,
    /// Reveals the layer beneath a lesion.
    Eraser,
    /// Fills an area drawn around.
    Lasso,
    /// Fills one connected label, or the hole inside a lesion.
    Fill,
    /// Takes the label under the pointer into the hand.
    Pick,
    /// Smooths jagged edges under the lens.
    Smooth,
    /// Moves, scales, turns, copies or deletes one lesion.
    Select,
    /// Places a cyst, or scatters many inside a layer.
    Cyst,
    /// Raises SRF or PED as a dome that lifts the layers above it.
    Dome,
    /// Paints the shadow of a vessel into the synthetic scan.
    Vessel,
    /// Grows or shrinks a lesion or the chosen layer.
    Grow,
    /// Redraws part of an interface by hand.
    InterfacePen,
    /// Bends an interface by its knots.
    InterfaceSpline,
    /// Draws an interface along the edge between clicks.
    LiveWire,
    /// Thickens, thins or pushes a layer under a soft lens.
    LayerWarp,
    /// Moves the scan.
    Hand,
    /// Measures a distance.
    Ruler,
}

impl Tool {
    /// Whether it works with the chosen label.
    pub fn uses_label(self) -> bool {
        match self {
            Self::Brush | Self::Lasso | Self::Fill | Self::Cyst | Self::Grow => true,
            Self::Eraser
            | Self::Pick
            | Self::Smooth
            | Self::Dome
            | Self::Vessel
            | Self::Select
            | Self::InterfacePen
            | Self::InterfaceSpline
            | Self::LiveWire
            | Self::LayerWarp
            | Self::Hand
            | Self::Ruler => false,
        }
    }
}

/// How a label is drawn and whether it may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelState {
    /// Whether it is drawn.
    pub visible: bool,
    /// Whether no tool may change it.
    pub locked: bool,
}

/// How labels are drawn over the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverlayStyle {
    /// Areas filled.
    Fill,
    /// Borders only.
    Outline,
    /// Areas filled, with their borders.
    Both,
}

/// The state of the panels. What is not skipped lasts between runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct PanelSettings {
    /// The one in the hand.
    #[serde(skip)]
    pub tool: Tool,
    /// Composite code the brush paints.
    #[serde(skip)]
    pub label: u8,
    /// What `X` swaps it with.
    #[serde(skip)]
    pub other_label: u8,
    /// Of the brush, in image pixels.
    pub radius_px: f32,
    /// Half the width of the layer warp's lens, in columns.
    pub lens_px: f32,
    /// What the interface tools draw; the one nearest to the pointer unless one is chosen.
    #[serde(skip)]
    pub interface: Option<Interface>,
    /// Whether Alt with the primary button changes the size of the brush; otherwise it erases.
    pub alt_drag_resizes: bool,
    /// Whether painting a layer pushes its neighbours, so that layers never cross.
    pub ordered: bool,
    /// By composite code.
    #[serde(skip)]
    pub labels: [LabelState; LABELS.len()],
    /// Names and colours of the document shown.
    #[serde(skip)]
    pub table: Arc<LabelTable>,
    /// Whether labels are drawn over the scan at all.
    pub overlay_shown: bool,
    /// How they are drawn.
    pub overlay_style: OverlayStyle,
    /// Of the fill, 0..=1.
    pub overlay_opacity: f32,
    /// Whether the outlines are drawn over the synthetic scan, too.
    pub outline_on_synthetic: bool,
    /// Whether pixels are drawn in their true proportions.
    pub true_proportions: bool,
    /// How the scan itself is looked at.
    pub look: Look,
    /// Steps of the last refinement.
    pub steps: u32,
    /// How noise is turned into a picture.
    pub sampler: Sampler,
    /// Where between noise and picture the steps lie.
    pub noise_spacing: NoiseSpacing,
    /// How far from the real scan the synthetic one may go: 0 the scan itself, 1 pure synthesis.
    pub strength: f32,
    /// How far the synthesis is pushed towards the mask; 1 as the model was trained.
    pub guidance: f32,
    /// What the contrast of lesions is multiplied by, and nothing else is; 1 as in scans.
    pub lesion_contrast: f32,
    /// Whether the settings of the method are shown.
    pub advanced_shown: bool,
}

impl Default for PanelSettings {
    fn default() -> Self {
        let mut labels = [LabelState { visible: true, locked: false }; LABELS.len()];
        // The wide grounds above and below would only veil the scan.
        for ground in [ABOVE_ILM, BELOW_BM] {
            labels[usize::from(ground)].visible = false;
        }
        Self {
            tool: Tool::Brush,
            label: IRF,
            other_label: 3,
            radius_px: 9.0,
            lens_px: 60.0,
            interface: None,
            alt_drag_resizes: true,
            ordered: true,
            labels,
            table: Arc::default(),
            overlay_shown: true,
            overlay_style: OverlayStyle::Both,
            overlay_opacity: 0.28,
            outline_on_synthetic: false,
            true_proportions: false,
            look: Look::default(),
            steps: 8,
            sampler: Sampler::default(),
            noise_spacing: NoiseSpacing::USUAL,
            strength: 1.0,
            guidance: 1.0,
            lesion_contrast: 1.0,
            advanced_shown: false,
        }
    }
}

impl PanelSettings {
    /// Takes a label into the hand; with it the brush, if the tool held has no use for it.
    pub fn select_label(&mut self, code: u8) {
        if anatomy::label(code).is_none() {
            return;
        }
        if code != self.label {
            self.other_label = self.label;
            self.label = code;
        }
        if !self.tool.uses_label() {
            self.tool = Tool::Brush;
        }
    }

    /// Takes the label so many after the one in the hand, as the list shows them; stops at its ends.
    pub fn step_label(&mut self, by: isize) {
        let last = LABELS.len() - 1;
        if let Some(index) = LABELS.iter().position(|label| label.code == self.label) {
            self.select_label(LABELS[index.saturating_add_signed(by).min(last)].code);
        }
    }

    /// Shows only the label in the hand; once more, all as they are by default.
    pub fn solo(&mut self) {
        let chosen = usize::from(self.label);
        let is_solo = self.labels.iter().enumerate().all(|(code, state)| state.visible == (code == chosen));
        let usual = Self::default().labels;
        for (code, state) in self.labels.iter_mut().enumerate() {
            state.visible = if is_solo { usual[code].visible } else { code == chosen };
        }
        self.overlay_shown = true;
    }

    /// Hides the label in the hand, or shows it again.
    pub fn toggle_visible(&mut self) {
        if let Some(state) = self.labels.get_mut(usize::from(self.label)) {
            state.visible = !state.visible;
        }
    }

    /// Locks the label in the hand, or lets it change again.
    pub fn toggle_locked(&mut self) {
        if let Some(state) = self.labels.get_mut(usize::from(self.label)) {
            state.locked = !state.locked;
        }
    }

    /// Shows the labels that were shown when the document was saved.
    pub fn take_visibility(&mut self, table: &LabelTable) {
        for (state, look) in self.labels.iter_mut().zip(table.looks()) {
            state.visible = look.visible;
        }
    }

    /// Brings values that a hand may have written into a file into their ranges.
    pub fn bring_into_ranges(&mut self) {
        let usual = Self::default();
        let within = |value: f32, range: std::ops::RangeInclusive<f32>, usual: f32| {
            if value.is_finite() { value.clamp(*range.start(), *range.end()) } else { usual }
        };
        self.radius_px = within(self.radius_px, RADIUS_RANGE_PX, usual.radius_px);
        self.lens_px = within(self.lens_px, LENS_RANGE_PX, usual.lens_px);
        self.overlay_opacity = within(self.overlay_opacity, 0.0..=1.0, usual.overlay_opacity);
        self.strength = within(self.strength, 0.0..=1.0, usual.strength);
        self.guidance = within(self.guidance, GUIDANCE_RANGE, usual.guidance);
        self.lesion_contrast = within(self.lesion_contrast, LESION_CONTRAST_RANGE, usual.lesion_contrast);
        self.look.bring_into_ranges();
        if !STEP_CHOICES.contains(&self.steps) {
            self.steps = usual.steps;
        }
    }

    /// Shows every label and lets it change.
    pub fn show_all_labels(&mut self) {
        self.labels = [LabelState { visible: true, locked: false }; LABELS.len()];
        self.overlay_shown = true;
    }

    /// Grows or shrinks the brush by a factor, by half a pixel at least; while the layer warp is in the
    /// hand, its lens.
    pub fn scale_radius(&mut self, factor: f32) {
        if self.tool == Tool::LayerWarp {
            let scaled = (self.lens_px * factor).round();
            self.lens_px = scaled.clamp(*LENS_RANGE_PX.start(), *LENS_RANGE_PX.end());
            return;
        }
        let scaled = self.radius_px * factor;
        let stepped =
            if factor > 1.0 { scaled.max(self.radius_px + 0.5) } else { scaled.min(self.radius_px - 0.5) };
        self.set_radius(stepped);
    }

    /// Takes a radius to the nearest half pixel within its range.
    pub fn set_radius(&mut self, radius_px: f32) {
        let halves = (radius_px * 2.0).round() / 2.0;
        self.radius_px = halves.clamp(*RADIUS_RANGE_PX.start(), *RADIUS_RANGE_PX.end());
    }

    /// What a history calls the chosen label, or erasing.
    pub fn target_name(&self, erases: bool) -> &str {
        if erases { text!("step-erase-lesion") } else { label_name(&self.table, self.label) }
    }

    /// The labels that must not change.
    pub fn locked(&self) -> LockedLabels {
        let mut locked = LockedLabels::NONE;
        for (label, state) in LABELS.iter().zip(&self.labels) {
            locked.set(label.code, state.locked);
        }
        locked
    }

    /// How a stroke paints; `erase` where the eraser is held or asked for by button or key.
    pub fn paint_settings(&self, erase: bool) -> PaintSettings {
        let target = if erase {
            PaintTarget::EraseLesion
        } else {
            PaintTarget::from_composite(self.label).unwrap_or(PaintTarget::EraseLesion)
        };
        PaintSettings { target, radius_px: self.radius_px, ordered: self.ordered, locked: self.locked() }
    }

    /// Opacity of fill and outline as the overlay pass takes them.
    pub fn overlay_opacities(&self) -> (f32, f32) {
        if !self.overlay_shown {
            return (0.0, 0.0);
        }
        let outline = 0.95;
        match self.overlay_style {
            OverlayStyle::Fill => (self.overlay_opacity, 0.0),
            OverlayStyle::Outline => (0.0, outline),
            OverlayStyle::Both => (self.overlay_opacity, outline),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brush_grows_from_its_smallest_size_and_comes_back() {
        let mut settings = PanelSettings { radius_px: 0.5, ..PanelSettings::default() };
        settings.scale_radius(1.15);
        assert_eq!(settings.radius_px, 1.0);
        settings.scale_radius(1.0 / 1.15);
        settings.scale_radius(1.0 / 1.15);
        assert_eq!(settings.radius_px, 0.5);
        settings.set_radius(1000.0);
        assert_eq!(2.0 * settings.radius_px, 300.0);
    }

    #[test]
    fn values_of_a_file_come_into_the_ranges_of_their_sliders() {
        let brought = |value: f32| {
            let mut settings = PanelSettings {
                guidance: value,
                lesion_contrast: value,
                strength: value,
                ..PanelSettings::default()
            };
            settings.bring_into_ranges();
            [settings.guidance, settings.lesion_contrast, settings.strength]
        };
        assert_eq!(brought(1e9), [4.0, 2.5, 1.0]);
        assert_eq!(brought(-1e9), [1.0, 1.0, 0.0]);
        assert_eq!(brought(f32::NAN), [1.0, 1.0, 1.0]);
        assert_eq!(brought(0.5), [1.0, 1.0, 0.5]);
    }

    #[test]
    fn settings_of_before_have_the_usual_noise_levels() {
        let of_before: PanelSettings = serde_json::from_str(r#"{"sampler": "ddim"}"#).unwrap();
        assert_eq!((of_before.sampler, of_before.noise_spacing), (Sampler::Ddim, NoiseSpacing::USUAL));
        let chosen = PanelSettings { noise_spacing: NoiseSpacing::Karras, ..PanelSettings::default() };
        let read: PanelSettings = serde_json::from_str(&serde_json::to_string(&chosen).unwrap()).unwrap();
        assert_eq!(read.noise_spacing, NoiseSpacing::Karras);
    }

    #[test]
    fn choosing_a_label_takes_the_brush_and_remembers_the_last_one() {
        let mut settings = PanelSettings { tool: Tool::Eraser, ..PanelSettings::default() };
        settings.select_label(5);
        assert_eq!((settings.tool, settings.label, settings.other_label), (Tool::Brush, 5, IRF));
        settings.select_label(77);
        assert_eq!(settings.label, 5);
    }

    #[test]
    fn the_label_in_the_hand_is_hidden_and_locked_alone() {
        let mut settings = PanelSettings { label: 4, ..PanelSettings::default() };
        let usual = settings.labels;
        settings.toggle_visible();
        settings.toggle_locked();
        assert_eq!(settings.labels[4], LabelState { visible: false, locked: true });
        assert!(settings.locked().contains(4) && !settings.locked().contains(5));
        settings.toggle_visible();
        settings.toggle_locked();
        assert_eq!(settings.labels, usual);
    }

    #[test]
    fn solo_hides_the_others_and_gives_them_back() {
        let mut settings = PanelSettings { label: 5, ..PanelSettings::default() };
        settings.solo();
        assert_eq!(settings.labels.iter().filter(|state| state.visible).count(), 1);
        assert!(settings.labels[5].visible);
        settings.solo();
        assert_eq!(settings.labels, PanelSettings::default().labels);
    }
}
