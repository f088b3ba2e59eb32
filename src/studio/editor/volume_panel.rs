//! The panel's tab of the volume: carrying labels from B-scan to B-scan ([`volume_carrying`]), and the thickness map.

use eframe::egui::{
    Align2, Color32, CursorIcon, DragValue, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use super::measure_panel::extent_name;
use super::volume_carrying::{self, VolumeWork};
use crate::document::NoMap;
use crate::formats::figure::FigureFormat;
use crate::formats::sector_files::SectorFile;
use crate::mask::en_face::{Grid, RING_RADII_UM, Sector, SectorMean};
use crate::mask::measure::Extent;
use crate::scan::Laterality;
use crate::studio::editor::en_face::{Drawn, EnFace, no_map_in_words};
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::action::{Action, MeasureAction, VolumeAction};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, icon_button_sized, row, rule, segments, text_button};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Draws the tab.
pub fn show(
    ui: &mut Ui,
    session: &EditorSession,
    en_face: &mut EnFace,
    work: VolumeWork,
    actions: &mut Vec<Action>,
) {
    volume_carrying::show(ui, session, work, actions);
    rule(ui);
    ui.label(theme::heading(text!("volume-map")));
    let grid = match session.editor.document().map_grid() {
        Ok(grid) => grid,
        Err(reason) => {
            ui.label(theme::caption(no_map_in_words(reason)));
            if reason == NoMap::Spacing && ui.button(text!("volume-set-sizes")).clicked() {
                actions.push(Action::ToggleCalibration);
            }
            return;
        }
    };
    show_choices(ui, session, en_face);
    let Some(drawn) = en_face.drawn() else {
        ui.label(theme::caption(text!("volume-measuring")));
        return;
    };
    if drawn.map.range().is_none() {
        ui.label(theme::caption(text!("volume-none")));
        return;
    }
    let means = en_face.etdrs(session, grid);
    let map = MapPlace::new(ui, drawn, grid, en_face.first_is_inferior);
    let (rect, response) = ui.allocate_exact_size(map.size, Sense::click_and_drag());
    let map = MapPlace { rect, ..map };
    paint_map(ui, &map, drawn, session, en_face, means);
    name_map(&response, en_face, means, session);
    show_legend(ui, drawn, rect);
    take_pointer(&response, &map, en_face, actions);
    show_fovea(ui, session, en_face, grid, &map, actions);
    show_exports(ui, actions);
}

/// The nine means as a table, the map as a picture.
fn show_exports(ui: &mut Ui, actions: &mut Vec<Action>) {
    row(ui, text!("volume-save-as"), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let width = (ui.available_width() - 12.0) / 4.0;
        let mut button = |ui: &mut Ui, name: &str, spoken: &str, hint: &str, file: SectorFile| {
            if text_button(ui, name, width, spoken, hint, ButtonState::READY).clicked() {
                actions.push(Action::Measure(MeasureAction::ExportSectors(file)));
            }
        };
        let (spoken, hint) = (text!("volume-save-table"), text!("volume-save-table-about"));
        button(ui, text!("volume-save-csv"), spoken, hint, SectorFile::Table);
        let pictures = [("PNG", FigureFormat::Png), ("SVG", FigureFormat::Svg), ("PDF", FigureFormat::Pdf)];
        for (ending, format) in pictures {
            let spoken = text!("volume-save-picture", %ending);
            button(ui, ending, &spoken, text!("volume-save-picture-about"), SectorFile::Picture(format));
        }
    });
}

fn show_choices(ui: &mut Ui, session: &EditorSession, en_face: &mut EnFace) {
    row(ui, text!("volume-of"), |ui| {
        ui.spacing_mut().combo_width = ui.available_width();
        let name = |extent: Extent| extent_name(extent, &session.editor.document().labels);
        eframe::egui::ComboBox::from_id_salt("map extent").selected_text(name(en_face.extent)).show_ui(
            ui,
            |ui| {
                for extent in Extent::all() {
                    ui.selectable_value(&mut en_face.extent, extent, name(extent));
                }
            },
        );
    });
    row(ui, text!("volume-first-is"), |ui| {
        let names = [
            (text!("volume-inferior"), text!("volume-inferior-spoken")),
            (text!("volume-superior"), text!("volume-superior-spoken")),
        ];
        let chosen = usize::from(!en_face.first_is_inferior);
        if let Some(index) = segments(ui, ui.available_width(), &names, chosen) {
            en_face.first_is_inferior = index == 0;
        }
    });
    let eye = match en_face.orientation(session).laterality {
        Some(Laterality::Right) => text!("volume-right-eye"),
        Some(Laterality::Left) => text!("volume-left-eye"),
        None => text!("volume-eye-unknown"),
    };
    ui.label(theme::caption(eye));
}

/// Where the map lies on the screen; its units are µm.
#[derive(Clone, Copy)]
struct MapPlace {
    rect: Rect,
    size: Vec2,
    extent_um: Vec2,
    rows: u32,
    first_is_inferior: bool,
}

impl MapPlace {
    fn new(ui: &Ui, drawn: &Drawn, grid: Grid, first_is_inferior: bool) -> Self {
        let extent_um =
            vec2(drawn.map.columns as f32 * grid.lateral_um, drawn.map.rows as f32 * grid.b_scan_distance_um);
        let width = ui.available_width();
        let scale = (width / extent_um.x).min(width * 1.1 / extent_um.y);
        let rows = drawn.map.rows;
        Self { rect: Rect::NOTHING, size: extent_um * scale, extent_um, rows, first_is_inferior }
    }

    fn points_per_um(&self) -> f32 {
        self.rect.width() / self.extent_um.x
    }

    fn screen(&self, share: [f32; 2]) -> Pos2 {
        let down = if self.first_is_inferior { 1.0 - share[1] } else { share[1] };
        self.rect.min + self.rect.size() * vec2(share[0], down)
    }

    fn share(&self, at: Pos2) -> [f32; 2] {
        let place = (at - self.rect.min) / self.rect.size();
        let down = if self.first_is_inferior { 1.0 - place.y } else { place.y };
        [place.x.clamp(0.0, 1.0), down.clamp(0.0, 1.0)]
    }

    fn b_scan_at(&self, share: f32) -> usize {
        ((share * self.rows as f32) as usize).min(self.rows.saturating_sub(1) as usize)
    }
}

fn paint_map(
    ui: &Ui,
    map: &MapPlace,
    drawn: &Drawn,
    session: &EditorSession,
    en_face: &EnFace,
    means: Option<[SectorMean; 9]>,
) {
    let painter = ui.painter_at(map.rect);
    let uv = if map.first_is_inferior {
        Rect::from_min_max(pos2(0.0, 1.0), pos2(1.0, 0.0))
    } else {
        Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0))
    };
    painter.image(drawn.texture.id(), map.rect, uv, Color32::WHITE);
    let current = (session.page_index() as f32 + 0.5) / map.rows as f32;
    let y = map.screen([0.0, current]).y;
    painter.hline(map.rect.x_range(), y, Stroke::new(2.5, theme::OVER_SCAN_SHADOW));
    painter.hline(map.rect.x_range(), y, Stroke::new(1.0, theme::ACCENT));
    let centre = map.screen(en_face.fovea(session));
    paint_rings(&painter, centre, map.points_per_um());
    for mean in means.into_iter().flatten() {
        let (text, strength) = match mean.mean_um {
            Some(um) => (format!("{um:.0}"), if mean.is_sparse() { 0.6 } else { 1.0 }),
            None => ("–".to_owned(), 0.6),
        };
        let [right, up] = mean.sector.middle_um();
        let at = centre + vec2(right, -up) * map.points_per_um();
        let font = theme::semibold(11.0);
        let color = theme::OVER_SCAN.gamma_multiply(strength);
        let galley = painter.layout_no_wrap(text, font, color);
        let plate = Rect::from_center_size(at, galley.size() + vec2(4.0, 0.0));
        painter.rect_filled(plate, 3.0, theme::OVER_SCAN_SHADOW);
        painter.galley(at - galley.size() / 2.0, galley, color);
    }
}

fn paint_rings(painter: &Painter, centre: Pos2, scale: f32) {
    let lines = |width: f32, color: Color32| {
        let stroke = Stroke::new(width, color);
        let mut shapes: Vec<Shape> =
            RING_RADII_UM.iter().map(|radius| Shape::circle_stroke(centre, radius * scale, stroke)).collect();
        for diagonal in [vec2(1.0, 1.0), vec2(1.0, -1.0), vec2(-1.0, 1.0), vec2(-1.0, -1.0)] {
            let direction = diagonal.normalized() * scale;
            let ends = [centre + direction * RING_RADII_UM[0], centre + direction * RING_RADII_UM[2]];
            shapes.push(Shape::line_segment(ends, stroke));
        }
        shapes
    };
    painter.extend(lines(2.6, theme::OVER_SCAN_SHADOW));
    painter.extend(lines(1.0, theme::OVER_SCAN));
}

/// Says the nine means to a screen reader.
fn name_map(response: &Response, en_face: &EnFace, means: Option<[SectorMean; 9]>, session: &EditorSession) {
    let laterality = en_face.orientation(session).laterality;
    response.widget_info(|| {
        let extent = extent_name(en_face.extent, &session.editor.document().labels);
        let mut text = text!("volume-map-spoken", %extent);
        for mean in means.into_iter().flatten() {
            let name = match mean.sector {
                Sector::Centre => text!("volume-centre").to_owned(),
                Sector::Inner(direction) => text!("volume-inner", direction = %direction.name(laterality)),
                Sector::Outer(direction) => text!("volume-outer", direction = %direction.name(laterality)),
            };
            let value =
                mean.mean_um.map_or_else(|| text!("volume-unknown").to_owned(), |um| format!("{um:.0} µm"));
            text.push_str(&format!(", {name} {value}"));
        }
        WidgetInfo::labeled(Role::Image, true, text)
    });
}

fn show_legend(ui: &mut Ui, drawn: &Drawn, map: Rect) {
    let (rect, _) = ui.allocate_exact_size(vec2(map.width(), 22.0), Sense::hover());
    let (low, high) = drawn.range;
    let bar = Rect::from_center_size(rect.center(), vec2(rect.width() - 120.0, 6.0));
    let steps = 48;
    for step in 0..steps {
        let at = |step: i32| bar.left() + bar.width() * step as f32 / steps as f32;
        let part = Rect::from_x_y_ranges(at(step)..=at(step + 1), bar.y_range());
        ui.painter().rect_filled(part, 0.0, theme::map_color((step as f32 + 0.5) / steps as f32));
    }
    for (at, anchor, um) in
        [(rect.left_center(), Align2::LEFT_CENTER, low), (rect.right_center(), Align2::RIGHT_CENTER, high)]
    {
        ui.painter().text(at, anchor, format!("{um:.0} µm"), theme::small(), theme::TEXT);
    }
}

/// A click shows the B-scan there; a drag moves the fovea.
fn take_pointer(response: &Response, map: &MapPlace, en_face: &mut EnFace, actions: &mut Vec<Action>) {
    let Some(at) = response.interact_pointer_pos().or(response.hover_pos()) else { return };
    let share = map.share(at);
    if response.dragged() {
        en_face.dragged_fovea = Some(share);
    } else if response.drag_stopped() {
        actions.extend(en_face.dragged_fovea.take().and_then(|share| set_fovea(share, map, en_face)));
    } else if response.clicked() {
        actions.push(Action::Volume(VolumeAction::ShowPage(map.b_scan_at(share[1]))));
    }
    if response.hovered() {
        response.ctx.set_cursor_icon(CursorIcon::Crosshair);
    }
    let known = en_face.drawn().and_then(|drawn| {
        let column = ((share[0] * drawn.map.columns as f32) as u32).min(drawn.map.columns - 1);
        let um = drawn.map.um[map.b_scan_at(share[1]) * drawn.map.columns as usize + column as usize];
        um.is_finite().then_some(um)
    });
    let value = known.map_or_else(|| text!("volume-not-annotated").to_owned(), |um| format!("{um:.0} µm"));
    let text = text!("volume-point", number = %map.b_scan_at(share[1]) + 1, %value);
    response.clone().on_hover_text_at_pointer(text);
}

/// What sets the fovea at a place of the map.
fn set_fovea(share: [f32; 2], map: &MapPlace, en_face: &EnFace) -> Option<Action> {
    let columns = en_face.drawn()?.map.columns as f32;
    Some(Action::Volume(VolumeAction::SetVolumeFovea(Some((map.b_scan_at(share[1]), share[0] * columns)))))
}

fn show_fovea(
    ui: &mut Ui,
    session: &EditorSession,
    en_face: &mut EnFace,
    grid: Grid,
    map: &MapPlace,
    actions: &mut Vec<Action>,
) {
    row(ui, text!("volume-fovea"), |ui| {
        let sides = [map.extent_um.x / 1000.0, map.extent_um.y / 1000.0];
        let steps = [grid.lateral_um / 1000.0, grid.b_scan_distance_um / 1000.0];
        let names = [text!("volume-fovea-along"), text!("volume-fovea-across")];
        ui.spacing_mut().interact_size.x = 66.0;
        ui.spacing_mut().item_spacing.x = 6.0;
        for axis in 0..2 {
            let mut fovea = en_face.fovea(session);
            let mut mm = fovea[axis] * sides[axis];
            let drag = DragValue::new(&mut mm).range(0.0..=sides[axis]).speed(steps[axis]);
            let response = ui.name_inputs(names[axis], |ui| ui.add(drag.fixed_decimals(2).suffix(" mm")));
            let response = response.on_hover_text(names[axis]);
            if response.changed() {
                fovea[axis] = mm / sides[axis];
                en_face.dragged_fovea = Some(fovea);
            }
            if !response.dragged()
                && !response.has_focus()
                && (response.changed() || response.drag_stopped() || response.lost_focus())
            {
                actions.extend(en_face.dragged_fovea.take().and_then(|share| set_fovea(share, map, en_face)));
            }
        }
        let is_set = session.editor.document().pages.iter().any(|page| page.scan.fovea_column.is_some());
        let state = ButtonState::enabled_if(is_set);
        let (side, hint) = (Vec2::splat(24.0), text!("volume-find-about"));
        if icon_button_sized(ui, side, 15.0, Icon::Fit, text!("volume-find-fovea"), hint, state).clicked() {
            actions.push(Action::Volume(VolumeAction::SetVolumeFovea(None)));
        }
    });
}
