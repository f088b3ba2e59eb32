//! The page of designed cases: a gallery at the left, the mask with what it measures in the middle, the recipe at the
//! right.

use std::sync::Arc;

use eframe::egui::{
    Align, Align2, CentralPanel, Color32, Context, Frame, Label, Layout, Margin, Panel, Rect, Role,
    ScrollArea, Sense, Stroke, StrokeKind, TextureHandle, Ui, WidgetInfo, pos2, vec2,
};

use super::action::CasesAction;
use super::case_form;
use super::solving::{Outcome, Solving};
use crate::cases::visits::Course;
use crate::cases::{CaseRecipe, Finding, SolvedCase, TEMPLATES};
use crate::scan::BScan;
use crate::studio::course::{CourseView, RetinaPicture};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, segments, text_button};
use crate::studio::widgets::theme;

const GALLERY_WIDTH: f32 = 280.0;
const FORM_WIDTH: f32 = 312.0;
/// Of the choice of what the middle shows.
const PARTS_WIDTH: f32 = 260.0;
const CARD_HEIGHT: f32 = 72.0;
const PICTURE: [f32; 2] = [84.0, 54.0];
/// Part of the middle that the mask takes.
const MASK_SHARE: f32 = 0.56;

/// The page.
#[derive(Default)]
pub struct CasesPage {
    pub(in crate::studio) shown: bool,
    solving: Solving,
    gallery: Vec<Card>,
    chosen: usize,
    recipe: Option<CaseRecipe>,
    /// The recipe that was solved last, what it came to, and its picture.
    solved: Option<(CaseRecipe, Outcome, Option<RetinaPicture>)>,
    part: Part,
    course: CourseView,
}

/// What the middle of the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Case,
    OverTime,
}

/// A template of the gallery.
struct Card {
    recipe: CaseRecipe,
    /// Once it is drawn.
    picture: Option<TextureHandle>,
}

impl CasesPage {
    /// The recipe in the form.
    pub fn recipe(&self) -> Option<&CaseRecipe> {
        self.recipe.as_ref()
    }

    /// The case that meets the recipe in the form; nothing while it is being solved or cannot be met.
    pub fn case(&self) -> Option<(&CaseRecipe, &SolvedCase)> {
        let (recipe, outcome, _) = self.solved.as_ref()?;
        (self.recipe.as_ref() == Some(recipe)).then_some(())?;
        Some((recipe, outcome.as_ref().ok()?))
    }

    /// Whether the case in the form and every template are drawn.
    pub fn is_settled(&self) -> bool {
        self.case().is_some() && self.gallery.iter().all(|card| card.picture.is_some())
    }

    /// The visits of the eye in the form, once they are made.
    pub fn course(&self) -> Option<&Arc<Course>> {
        self.course.course()
    }

    /// Pictures lie on a graphics device that is gone.
    pub(in crate::studio) fn forget_pictures(&mut self) {
        let mut course = std::mem::take(&mut self.course);
        course.forget_pictures();
        let (shown, chosen, part) = (self.shown, self.chosen, self.part);
        *self = Self { shown, recipe: self.recipe.take(), chosen, part, course, ..Self::default() };
    }

    /// Takes what was solved, and has the recipe in the form solved.
    fn follow(&mut self, context: &Context) {
        if self.gallery.is_empty() {
            // The tests read every template.
            let recipes = TEMPLATES.iter().filter_map(|template| template.recipe().ok());
            self.gallery = recipes.map(|recipe| Card { recipe, picture: None }).collect();
            self.solving
                .start_gallery(self.gallery.iter().map(|card| card.recipe.clone()).collect(), context);
        }
        while let Some((index, outcome)) = self.solving.solved_template() {
            if let Ok(case) = &outcome {
                self.gallery[index].picture = Some(RetinaPicture::of(context, &case.mask).texture);
            }
        }
        if self.recipe.is_none() {
            self.recipe = self.gallery.get(self.chosen).map(|card| card.recipe.clone());
        }
        if let Some((recipe, outcome)) = self.solving.finished() {
            let drawn = outcome.as_ref().ok().map(|case| RetinaPicture::of(context, &case.mask));
            self.solved = Some((recipe, outcome, drawn));
        }
        let Some(recipe) = &self.recipe else { return };
        if self.solved.as_ref().is_none_or(|(solved, ..)| solved != recipe) {
            self.solving.start(recipe, context);
        }
    }

    /// Draws the page in the middle of the window; `scan` is the B-scan in the editor.
    pub(in crate::studio) fn show(&mut self, ui: &mut Ui, scan: &BScan, actions: &mut Vec<CasesAction>) {
        self.follow(ui.ctx());
        let panel = Frame::new().fill(theme::CHROME).inner_margin(theme::PANEL_MARGIN);
        Panel::left("case gallery").exact_size(GALLERY_WIDTH).resizable(false).frame(panel).show(ui, |ui| {
            ui.label(theme::heading(text!("cases-title")));
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                for (index, card) in self.gallery.iter().enumerate() {
                    if show_card(ui, card, index == self.chosen) {
                        self.chosen = index;
                        self.recipe = Some(card.recipe.clone());
                    }
                }
            });
        });
        Panel::right("case recipe").exact_size(FORM_WIDTH).resizable(false).frame(panel).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                if let Some(recipe) = &mut self.recipe {
                    case_form::show(ui, recipe);
                }
            });
        });
        let middle = Frame::new().fill(theme::CANVAS).inner_margin(Margin::symmetric(18, 14));
        CentralPanel::default().frame(middle).show(ui, |ui| self.show_middle(ui, scan, actions));
    }

    fn show_middle(&mut self, ui: &mut Ui, scan: &BScan, actions: &mut Vec<CasesAction>) {
        let choices = [
            (text!("cases-part-case"), text!("cases-part-case-spoken")),
            (text!("cases-part-course"), text!("cases-part-course-spoken")),
        ];
        let chosen = usize::from(self.part == Part::OverTime);
        if let Some(index) = segments(ui, PARTS_WIDTH, &choices, chosen) {
            self.part = [Part::Case, Part::OverTime][index];
        }
        ui.add_space(6.0);
        match (self.part, &self.recipe) {
            (Part::OverTime, Some(recipe)) => {
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    self.course.show(ui, recipe, actions);
                });
            }
            _ => self.show_case(ui, scan, actions),
        }
    }

    fn show_case(&self, ui: &mut Ui, scan: &BScan, actions: &mut Vec<CasesAction>) {
        let name = self.recipe.as_ref().map_or("", |recipe| recipe.name.as_str());
        ui.horizontal(|ui| {
            ui.label(theme::heading(name));
            if self.solving.is_busy() {
                ui.add(BusyMark::new(14.0, theme::ACCENT));
                ui.label(theme::caption(text!("cases-solving")));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.show_buttons(ui, scan, actions));
        });
        ui.add_space(8.0);
        let Some((recipe, outcome, picture)) = &self.solved else {
            ui.centered_and_justified(|ui| ui.add(BusyMark::new(22.0, theme::ACCENT)));
            return;
        };
        let case = match outcome {
            Ok(case) => case,
            Err(message) => {
                ui.add_space(20.0);
                ui.label(theme::heading(text!("cases-impossible")));
                ui.add(Label::new(theme::weak(message.as_str())).wrap());
                return;
            }
        };
        if let Some(picture) = picture {
            picture.show(ui, &case.frame, ui.available_height() * MASK_SHARE);
        }
        ui.add_space(10.0);
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| show_findings(ui, recipe, case));
    }

    /// What can be done with the case, from right to left.
    fn show_buttons(&self, ui: &mut Ui, scan: &BScan, actions: &mut Vec<CasesAction>) {
        let case = self.case().map(|(_, case)| case);
        let state = ButtonState { enabled: case.is_some(), selected: case.is_some() };
        let mut button = |ui: &mut Ui, name: &str, width: f32, hint: &str, state, action: CasesAction| {
            if text_button(ui, name, width, name, hint, state).clicked() {
                actions.push(action);
            }
        };
        button(ui, text!("cases-open"), 92.0, text!("cases-open-about"), state, CasesAction::Open);
        let fits = case.is_none_or(|case| fits(case, scan));
        let state = ButtonState::enabled_if(case.is_some() && fits);
        let about = if fits { text!("cases-put-about") } else { text!("cases-put-other-size") };
        button(ui, text!("cases-put"), 122.0, about, state, CasesAction::PutOnBScan);
        let (name, about) = (text!("cases-copy"), text!("cases-copy-about"));
        button(ui, name, 96.0, about, ButtonState::READY, CasesAction::CopyRecipe);
    }
}

/// Pixels of a scan may differ by so much from those of a case that is put onto it: instruments state them with two
/// digits after the point.
const SAME_SPACING: f32 = 0.01;

/// Whether a case measures on a scan as it does by itself.
fn fits(case: &SolvedCase, scan: &BScan) -> bool {
    let own = case.frame.spacing();
    let is_near = |one: f32, other: f32| (one - other).abs() <= SAME_SPACING * other;
    let same_pixels = scan.spacing.is_none_or(|um| {
        is_near(um.axial_um_per_px, own.axial_um_per_px)
            && is_near(um.lateral_um_per_px, own.lateral_um_per_px)
    });
    same_pixels && [case.mask.width(), case.mask.height()] == [scan.width(), scan.height()]
}

/// A template of the gallery. Returns whether it was pressed.
fn show_card(ui: &mut Ui, card: &Card, is_chosen: bool) -> bool {
    let CaseRecipe { name, about, .. } = &card.recipe;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), CARD_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, name));
    let fill = match (is_chosen, response.hovered()) {
        (true, _) => theme::PRESSED,
        (_, true) => theme::HOVER,
        _ => Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.0, theme::ACCENT), StrokeKind::Inside);
    }
    let place = Rect::from_min_size(rect.min + vec2(6.0, 6.0), PICTURE.into());
    ui.painter().rect_filled(place, 3.0, theme::CANVAS);
    if let Some(texture) = &card.picture {
        ui.painter().image(texture.id(), place, WHOLE, Color32::WHITE);
    }
    let words = Rect::from_min_max(pos2(place.right() + 8.0, rect.top() + 6.0), rect.max - vec2(6.0, 4.0));
    ui.painter().text(words.min, Align2::LEFT_TOP, name, theme::semibold(12.0), theme::TEXT_STRONG);
    let about_place = Rect::from_min_max(words.min + vec2(0.0, 18.0), words.max);
    let mut child = ui.new_child(eframe::egui::UiBuilder::new().max_rect(about_place));
    child.set_clip_rect(about_place.intersect(ui.clip_rect()));
    child.add(Label::new(theme::caption(about)).wrap().selectable(false));
    response.on_hover_text(about).clicked()
}

/// All of a texture.
const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

/// What was asked and what was measured, wish by wish.
fn show_findings(ui: &mut Ui, recipe: &CaseRecipe, case: &SolvedCase) {
    let columns = [0.46, 0.68, 0.9];
    let line = |ui: &mut Ui, cells: [&str; 4], color: Color32, font: eframe::egui::FontId| {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
        let painter = ui.painter();
        painter.text(rect.left_center(), Align2::LEFT_CENTER, cells[0], font.clone(), color);
        for (cell, share) in cells[1..].iter().zip(columns) {
            let at = pos2(rect.left() + rect.width() * (share + 0.1), rect.center().y);
            painter.text(at, Align2::RIGHT_CENTER, *cell, font.clone(), color);
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, cells.join(" ")));
        response
    };
    line(
        ui,
        [
            text!("cases-asked-and-measured"),
            text!("cases-asked"),
            text!("cases-measured"),
            text!("cases-within"),
        ],
        theme::TEXT_WEAK,
        theme::small(),
    );
    for finding in &case.report.findings {
        let [asked, measured, within] = cells_of(finding);
        let color = if finding.met { theme::TEXT } else { theme::WARNING };
        line(ui, [&title_of(finding, recipe), &asked, &measured, &within], color, theme::body())
            .on_hover_text(&finding.what);
    }
}

fn cells_of(finding: &Finding) -> [String; 3] {
    let number = |value: f64| {
        let digits = if finding.unit == "mm2" { 3 } else { 1 };
        let text = format!("{value:.digits$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        if finding.unit == "rows" {
            return text!("cases-rows", count = value.round() as i64, rows = text);
        }
        let unit = finding.unit.replace("um", "µm").replace("mm2", "mm²");
        format!("{text} {unit}").trim_end().to_owned()
    };
    let asked = match finding.asked {
        [low, high] if low == high => number(low),
        [0.0, high] => text!("cases-at-most", value = %number(high)),
        [low, high] => format!("{} – {}", number(low), number(high)),
    };
    let within = if finding.tolerance > 0.0 {
        format!("± {}", number(finding.tolerance))
    } else {
        text!("cases-exact").to_owned()
    };
    [asked, finding.measured.map_or_else(|| "–".to_owned(), number), within]
}

/// A wish as a person says it: "Cysts, group 1: count".
fn title_of(finding: &Finding, recipe: &CaseRecipe) -> String {
    let wish = finding.wish.as_str();
    match wish {
        "central_thickness_um" => return text!("cases-central-thickness").to_owned(),
        "order" => return text!("cases-order").to_owned(),
        "smooth" => return text!("cases-smooth").to_owned(),
        "cysts" => return text!("cases-cysts").to_owned(),
        "srf" => return text!("cases-srf-domes").to_owned(),
        "ped" => return text!("cases-ped-domes").to_owned(),
        "cysts.area_mm2" => return text!("cases-cysts-together").to_owned(),
        "srf.area_mm2" => return text!("cases-srf-together").to_owned(),
        "ped.area_mm2" => return text!("cases-ped-together").to_owned(),
        _ => {}
    }
    let Some((group, rest)) = wish.split_once('[') else { return wish.to_owned() };
    let Some((index, field)) = rest.split_once(']') else { return wish.to_owned() };
    let wished = index.parse::<usize>().ok().and_then(|index| recipe.layers.get(index));
    let name = match (group, wished) {
        ("layers", Some(wish)) => return text!("cases-layer-thickness", layer = wish.layer.name()),
        ("loss", _) => return text!("cases-loss", layer = field.trim()),
        ("cysts", _) => text!("cases-cysts"),
        ("srf", _) => "SRF",
        ("ped", _) => "PED",
        (other, _) => other,
    };
    let number = index.parse::<usize>().map_or_else(|_| index.to_owned(), |index| (index + 1).to_string());
    let field =
        field.trim_start_matches('.').trim_end_matches("_um").trim_end_matches("_mm2").replace('_', " ");
    if field.is_empty() { format!("{name} {number}") } else { format!("{name} {number}: {field}") }
}
