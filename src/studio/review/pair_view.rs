//! One pair in full: the scan with its labels, the doubt beneath it, and the verdict in words over it.

use std::sync::Arc;

use eframe::egui::{
    Align, Color32, ColorImage, Context, Label, Layout, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, Vec2, WidgetInfo, vec2,
};

use super::heat_strip::{self, Strip};
use super::loading::LoadedPair;
use super::looker::{NearestFound, SecondLook};
use super::marks;
use super::open_set::OpenSet;
use crate::generation::scores::SegmenterAgreement;
use crate::review::doubt;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::badge;
use crate::studio::widgets::theme;

/// Height of the words over the scan.
const HEAD: f32 = 66.0;

/// The textures of the pair in view: there are never more than these three.
#[derive(Default)]
pub(super) struct PairTextures {
    scan: KeptTexture,
    overlay: KeptTexture,
    nearest: KeptTexture,
}

/// A texture with the picture that lies in it.
#[derive(Default)]
struct KeptTexture {
    texture: Option<TextureHandle>,
    picture: Option<Arc<ColorImage>>,
}

impl KeptTexture {
    /// The texture with a picture in it, put there where it is not yet.
    fn with(&mut self, context: &Context, picture: &Arc<ColorImage>) -> &TextureHandle {
        let is_in = self.picture.as_ref().is_some_and(|known| Arc::ptr_eq(known, picture));
        if !is_in && let Some(texture) = &mut self.texture {
            texture.set(Arc::clone(picture), TextureOptions::LINEAR);
        }
        self.picture = Some(Arc::clone(picture));
        self.texture
            .get_or_insert_with(|| context.load_texture("pair", Arc::clone(picture), TextureOptions::LINEAR))
    }
}

/// What is drawn of a pair.
pub(super) struct PairShown<'a> {
    pub open: &'a OpenSet,
    pub row: u32,
    /// `None` while it is being read.
    pub pair: Option<&'a LoadedPair>,
    pub look: Option<&'a SecondLook>,
    /// Whether a segmenter or reference scans are chosen and still at it.
    pub is_looking: bool,
    pub overlay_shown: bool,
    /// Whether the nearest reference scan is shown in the scan's place.
    pub nearest_shown: bool,
}

impl PairShown<'_> {
    /// What a segmenter says: just now, else as it stands in the line.
    pub fn agreement(&self) -> Option<&SegmenterAgreement> {
        let now = self.look.and_then(|look| look.doubt.as_ref()).map(|doubt| &doubt.agreement);
        let kept = || self.pair?.line.as_ref()?.generated.as_ref()?.scores.as_ref()?.agreement.as_ref();
        now.or_else(kept)
    }

    fn nearest(&self) -> Option<&NearestFound> {
        self.look?.nearest.as_ref()
    }
}

/// Draws the pair.
pub(super) fn show(ui: &mut Ui, shown: &PairShown<'_>, textures: &mut PairTextures) {
    let whole = ui.available_rect_before_wrap();
    let head = Rect::from_min_size(whole.min, vec2(whole.width(), HEAD));
    let foot =
        Rect::from_min_max(eframe::egui::pos2(whole.left(), whole.bottom() - heat_strip::HEIGHT), whole.max);
    let middle = Rect::from_min_max(head.left_bottom(), foot.right_top()).shrink2(vec2(0.0, 4.0));
    ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(head), |ui| show_head(ui, shown));
    let Some(pair) = shown.pair else {
        ui.put(
            Rect::from_center_size(middle.center(), Vec2::splat(24.0)),
            BusyMark::new(22.0, theme::ACCENT),
        );
        return;
    };
    let Some(place) = show_picture(ui, shown, pair, textures, middle) else {
        ui.scope_builder(eframe::egui::UiBuilder::new().max_rect(middle), |ui| {
            ui.add_space(20.0);
            ui.label(theme::heading(text!("review-not-shown")));
            pair.problems.iter().for_each(|problem| drop(ui.add(Label::new(theme::weak(problem)).wrap())));
        });
        return;
    };
    let columns = pair.line.as_ref().map_or(1, |line| line.width);
    let strip = match (shown.look.and_then(|look| look.doubt.as_ref()), shown.agreement()) {
        (Some(doubt), _) => Strip::Columns(doubt),
        (None, Some(agreement)) => Strip::Worst(agreement),
        (None, None) => Strip::Unknown,
    };
    heat_strip::show(ui, &strip, place, columns, foot);
}

fn show_head(ui: &mut Ui, shown: &PairShown<'_>) {
    let open = shown.open;
    ui.horizontal(|ui| {
        ui.label(theme::heading(open.set.id(shown.row)));
        ui.label(theme::weak(text!("review-of", at = open.place + 1, count = open.order.len())));
        let own = super::grid::own_decision(open, shown.row);
        let standing = open.verdicts.standing(shown.row);
        badge(ui, marks::decision_name(own), marks::color_of(marks::as_standing(own)));
        if standing != marks::as_standing(own) {
            badge(
                ui,
                &text!("review-by-others", standing = marks::standing_name(standing)),
                marks::color_of(standing),
            );
        }
        for problem in shown.pair.iter().flat_map(|pair| &pair.problems) {
            badge(ui, problem, theme::WARNING);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if shown.pair.is_some_and(|pair| pair.provenance.is_some()) {
                badge(ui, text!("review-synthetic"), theme::ACCENT);
            }
        });
    });
    let (doubt, color) = doubt_in_words(shown);
    ui.add(Label::new(theme::weak(doubt).color(color)).truncate());
    let (nearest, color) = nearest_in_words(shown);
    ui.add(Label::new(theme::weak(nearest).color(color)).truncate());
}

/// The first line of the verdict.
fn doubt_in_words(shown: &PairShown<'_>) -> (String, Color32) {
    match shown.agreement() {
        Some(agreement) => {
            let worst = agreement.worst.as_ref().map_or(agreement.boundary_um, |(_, _, um)| *um) as f32;
            let color = if worst > heat_strip::RED_FROM_UM { theme::ERROR } else { theme::TEXT };
            (doubt::in_words(agreement), color)
        }
        None if shown.is_looking => (text!("review-looking").to_owned(), theme::TEXT_WEAK),
        None => {
            let text = text!("review-no-look");
            (text.to_owned(), theme::TEXT_WEAK)
        }
    }
}

/// The second line of the verdict.
fn nearest_in_words(shown: &PairShown<'_>) -> (String, Color32) {
    let row = &shown.open.set.rows[shown.row as usize];
    if let Some(nearest) = shown.nearest() {
        let percentile = nearest
            .percentile
            .map_or(String::new(), |share| text!("review-percentile", percent = %(100.0 * share).round()));
        let name = std::path::Path::new(&nearest.name).file_name().unwrap_or_default().to_string_lossy();
        let color = if nearest.is_flagged { theme::ERROR } else { theme::TEXT };
        let text = text!(
            "review-nearest-reference",
            %name,
            distance = format!("{:.2}", nearest.distance),
            percentile,
            correlation = format!("{:.2}", nearest.correlation)
        );
        return (text, color);
    }
    if row.nearest.is_nan() {
        let text = text!("review-no-reference");
        return (text.to_owned(), theme::TEXT_WEAK);
    }
    let is_near = row.has(crate::review::Row::IS_NEAR);
    let words = if is_near { text!("review-nearer") } else { text!("review-as-far") };
    let color = if is_near { theme::ERROR } else { theme::TEXT };
    (text!("review-nearest-away", distance = format!("{:.2}", row.nearest), words), color)
}

/// Draws scan and labels; where they lie.
fn show_picture(
    ui: &mut Ui,
    shown: &PairShown<'_>,
    pair: &LoadedPair,
    textures: &mut PairTextures,
    middle: Rect,
) -> Option<Rect> {
    let scan = pair.scan_picture.as_ref()?;
    let line = pair.line.as_ref()?;
    // True proportions where the size of a pixel is known.
    let aspect = line.spacing.map_or(1.0, |spacing| spacing.lateral_um_per_px / spacing.axial_um_per_px);
    let size = vec2(line.width as f32 * aspect, line.height as f32);
    let place = marks::fitted(size, middle);
    let response = ui.interact(place, ui.scope_id().with("pair picture"), Sense::hover());
    let context = ui.ctx().clone();
    let painter = ui.painter();
    let nearest =
        shown.nearest().and_then(|nearest| nearest.picture.as_ref()).filter(|_| shown.nearest_shown);
    let name = match nearest {
        Some(picture) => {
            let texture = textures.nearest.with(&context, picture);
            let own = vec2(picture.size[0] as f32 * aspect, picture.size[1] as f32);
            painter.rect_filled(place, 0.0, theme::CANVAS);
            painter.image(texture.id(), marks::fitted(own, place), marks::WHOLE, Color32::WHITE);
            text!("review-picture-nearest")
        }
        None => {
            painter.image(textures.scan.with(&context, scan).id(), place, marks::WHOLE, Color32::WHITE);
            if let Some(overlay) = pair.overlay_picture.as_ref().filter(|_| shown.overlay_shown) {
                let texture = textures.overlay.with(&context, overlay);
                painter.image(texture.id(), place, marks::WHOLE, Color32::WHITE);
            }
            if shown.overlay_shown { text!("review-picture-labels") } else { text!("review-picture-bare") }
        }
    };
    let edge = if nearest.is_some() { theme::WARNING } else { theme::LINE };
    ui.painter().rect_stroke(place, 0.0, Stroke::new(1.0, edge), StrokeKind::Outside);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    Some(place)
}
