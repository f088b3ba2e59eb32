//! The contact sheet: the newest pairs of a generation, growing while it works.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use eframe::egui::{
    Align2, Color32, ColorImage, Context, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, WidgetInfo, pos2, vec2,
};

use super::action::GenerateAction;
use super::background::Background;
use super::sheet_pictures::CellToRead;
use crate::generation::GeneratedLine;
use crate::generation::record::GenerationRecord;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::empty_state::{USUAL_TOP, in_the_middle};
use crate::studio::widgets::theme;

/// Narrowest cell in points.
const LEAST_WIDTH: f32 = 210.0;
const GAP: f32 = 10.0;
/// Height of the words beneath a picture.
const WORDS_HEIGHT: f32 = 34.0;

/// What became of a cell.
type Cell = Result<[TextureHandle; 2], String>;

/// The pictures of one generation.
#[derive(Default)]
pub(super) struct ContactSheet {
    folder: Option<PathBuf>,
    cells: HashMap<String, Cell>,
    arrived: Vec<(String, Result<[ColorImage; 2], String>)>,
    is_reading: bool,
    /// Whether the scans are shown without their labels.
    is_bare: bool,
}

impl ContactSheet {
    /// Takes the pictures of a pair.
    pub fn take(&mut self, folder: &Path, id: String, outcome: Result<[ColorImage; 2], String>) {
        if self.folder.as_deref() == Some(folder) {
            self.arrived.push((id, outcome));
        }
    }

    /// All that was asked for has come.
    pub fn end_reading(&mut self) {
        self.is_reading = false;
    }

    /// Whether every picture is there.
    pub fn is_settled(&self, record: &GenerationRecord) -> bool {
        self.folder.as_deref() == Some(&record.path)
            && !self.is_reading
            && record.newest.iter().all(|line| self.cells.contains_key(&line.entry.id))
    }

    /// Whether scans are shown without their labels.
    pub fn is_bare(&self) -> bool {
        self.is_bare
    }

    /// Shows the labels, or hides them.
    pub fn toggle_labels(&mut self) {
        self.is_bare = !self.is_bare;
    }

    /// Has read what is new, and forgets what is no longer among the newest.
    fn follow(&mut self, context: &Context, record: &GenerationRecord, background: &Background) {
        if self.folder.as_deref() != Some(&record.path) {
            let is_bare = self.is_bare;
            *self = Self {
                folder: Some(record.path.clone()),
                is_bare,
                is_reading: self.is_reading,
                ..Self::default()
            };
        }
        for (id, outcome) in self.arrived.drain(..) {
            let loaded = outcome.map(|pictures| {
                pictures.map(|picture| {
                    context.load_texture(format!("pair {id}"), picture, TextureOptions::LINEAR)
                })
            });
            self.cells.insert(id, loaded);
        }
        self.cells.retain(|id, _| record.newest.iter().any(|line| line.entry.id == *id));
        if self.is_reading {
            return;
        }
        let colors = std::array::from_fn(|code| theme::swatch_color(code as u8));
        // The newest first: they are at the top.
        let missing = record.newest.iter().rev().filter(|line| !self.cells.contains_key(&line.entry.id));
        let wanted: Vec<CellToRead> = missing
            .map(|line| CellToRead {
                id: line.entry.id.clone(),
                image: line.entry.image.clone(),
                label: line.entry.label.clone().unwrap_or_default(),
                colors,
            })
            .collect();
        if !wanted.is_empty() {
            self.is_reading = background.read_cells(record.path.clone(), wanted).is_ok();
        }
    }

    /// Draws the sheet, the newest pair first.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        record: &GenerationRecord,
        background: &Background,
        actions: &mut Vec<GenerateAction>,
    ) {
        self.follow(ui.ctx(), record, background);
        if record.newest.is_empty() {
            nothing_yet(ui, record);
            return;
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let across = ((ui.available_width() + GAP) / (LEAST_WIDTH + GAP)).floor().max(1.0);
            let width = (ui.available_width() + GAP) / across - GAP;
            let size = vec2(width, (width * 0.5).round() + WORDS_HEIGHT);
            let lines: Vec<&GeneratedLine> = record.newest.iter().rev().collect();
            ui.spacing_mut().item_spacing = vec2(GAP, GAP);
            for row in lines.chunks(across as usize) {
                ui.horizontal(|ui| {
                    row.iter().for_each(|line| self.show_cell(ui, record, line, size, actions))
                });
            }
        });
    }

    fn show_cell(
        &self,
        ui: &mut Ui,
        record: &GenerationRecord,
        line: &GeneratedLine,
        size: eframe::egui::Vec2,
        actions: &mut Vec<GenerateAction>,
    ) {
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let name = text!("generate-pair-open", index = line.generated.index);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let place = Rect::from_min_max(rect.min, pos2(rect.max.x, rect.max.y - WORDS_HEIGHT));
        ui.painter().rect_filled(place, theme::RADIUS, theme::CHROME);
        match self.cells.get(&line.entry.id) {
            Some(Ok([with, without])) => {
                let texture = if self.is_bare { without } else { with };
                let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
                ui.painter().image(texture.id(), place, whole, Color32::WHITE);
            }
            Some(Err(message)) => {
                let galley = ui.painter().layout(
                    message.clone(),
                    theme::small(),
                    theme::WARNING,
                    place.width() - 12.0,
                );
                ui.painter().with_clip_rect(place).galley(place.min + vec2(6.0, 6.0), galley, theme::WARNING);
            }
            None => {
                ui.put(
                    Rect::from_center_size(place.center(), vec2(16.0, 16.0)),
                    BusyMark::new(14.0, theme::TEXT_WEAK),
                );
            }
        }
        let edge = match (response.has_focus(), response.hovered()) {
            (true, _) => theme::ACCENT,
            (false, true) => theme::TEXT_WEAK,
            (false, false) => theme::LINE,
        };
        ui.painter().rect_stroke(place, theme::RADIUS, Stroke::new(1.0, edge), StrokeKind::Outside);
        let words = pos2(rect.left() + 2.0, place.bottom() + 5.0);
        ui.painter().text(words, Align2::LEFT_TOP, title(line), theme::small(), theme::TEXT);
        let facts = words + vec2(0.0, 14.0);
        ui.painter().with_clip_rect(rect).text(
            facts,
            Align2::LEFT_TOP,
            measured(line),
            theme::small(),
            theme::TEXT_WEAK,
        );
        if response.on_hover_text(requested_and_measured(line)).clicked() {
            let label = line.entry.label.clone().unwrap_or_default();
            let files = [line.entry.image.clone(), label].map(|file| record.path.join(file));
            actions.push(GenerateAction::OpenPair(files.into()));
        }
    }
}

fn nothing_yet(ui: &mut Ui, record: &GenerationRecord) {
    in_the_middle(ui, USUAL_TOP, |ui| {
        if record.state.is_alive() {
            ui.add(BusyMark::new(20.0, theme::ACCENT));
            ui.add_space(6.0);
            ui.label(theme::weak(text!("generate-first-coming")));
        } else {
            ui.label(theme::weak(text!("generate-no-pair-yet")));
        }
    });
}

fn title(line: &GeneratedLine) -> String {
    text!("generate-pair", index = line.generated.index)
}

fn measured(line: &GeneratedLine) -> String {
    let scores = &line.generated.scores;
    let lesions: u32 = scores.lesions.iter().sum();
    let thickness = scores.central_um.map_or_else(|| "–".to_owned(), |um| format!("{um:.0} µm"));
    let fluid = format!("{:.3}", scores.fluid_mm2());
    match lesions {
        0 => text!("generate-measured-none", thickness),
        _ => text!("generate-measured", lesions, fluid, thickness),
    }
}

fn requested_and_measured(line: &GeneratedLine) -> String {
    let requested = &line.generated.requested;
    let mut words = vec![
        requested.fluid_mm2.map(|area| text!("generate-asked-fluid", area = format!("{area:.3}"))),
        requested.cysts.map(|count| text!("generate-asked-cysts", count)),
        requested.thickness_um.map(|um| text!("generate-asked-central", um = format!("{um:.0}"))),
    ];
    words.retain(Option::is_some);
    let words: Vec<String> = words.into_iter().flatten().collect();
    let rejected: u32 = line.generated.rejected.values().sum();
    let requested =
        if words.is_empty() { text!("generate-asked-nothing").to_owned() } else { words.join(", ") };
    text!("generate-asked-and-measured", asked = requested, measured = measured(line), rejected)
}
