//! The page of designed cases: a gallery at the left, the mask with what it measures in the middle, the recipe at the
//! right.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{
    Align2, CentralPanel, Color32, Context, Frame, Label, Margin, Panel, Rect, Role, ScrollArea, Sense,
    Stroke, StrokeKind, TextureHandle, Ui, WidgetInfo, pos2, vec2,
};

use super::action::CasesAction;
use super::case_reading::CaseReading;
use super::case_words::{case_about, case_name};
use super::quiz::{QuizPage, QuizSource};
use super::scan_queue::ScanQueue;
use super::solving::{Solving, SolvingResult};
use super::{case_form, case_form_retina, findings};
use crate::cases::visits::Course;
use crate::cases::{CaseRecipe, SolvedCase, TEMPLATES};
use crate::formats::case_file::{CaseContent, CaseFile};
use crate::mask::Mask;
use crate::scan::{BScan, GreyImage};
use crate::studio::course::{CaseView, CourseView, RetinaPicture};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, segments, text_button};
use crate::studio::widgets::theme;

const GALLERY_WIDTH: f32 = 280.0;
const FORM_WIDTH: f32 = 312.0;
/// Of the choice of what the middle shows.
const PARTS_WIDTH: f32 = 330.0;
const CARD_HEIGHT: f32 = 72.0;
const PICTURE: [f32; 2] = [84.0, 54.0];
/// Part of the middle that the mask takes.
const MASK_SHARE: f32 = 0.56;

/// The page.
#[derive(Default)]
pub struct CasesPage {
    solving: Solving,
    gallery: Vec<Card>,
    /// Of the gallery; nothing where the case came in a file.
    chosen: Option<usize>,
    recipe: Option<CaseRecipe>,
    /// The mask that the recipe builds on.
    base: Option<Mask>,
    /// The recipe that was solved last, and what it came to.
    solved: Option<(CaseRecipe, SolvingResult)>,
    part: Part,
    view: CaseView,
    course: CourseView,
    quiz: QuizPage,
    scans: ScanQueue,
    reading: CaseReading,
}

/// What the middle of the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Case,
    OverTime,
    /// Without gallery and form: they tell the answers.
    Quiz,
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
        let (recipe, outcome) = self.solved.as_ref()?;
        (self.recipe.as_ref() == Some(recipe)).then_some(())?;
        Some((recipe, outcome.as_ref().ok()?))
    }

    /// Whether the case in the form and every template are drawn.
    pub fn is_settled(&self) -> bool {
        self.case().is_some() && self.gallery.iter().all(|card| card.picture.is_some())
    }

    /// The visits of the eye in the form, once they are made; the case itself where that is in view.
    pub fn course(&self) -> Option<&Arc<Course>> {
        if self.part == Part::OverTime { self.course.course() } else { self.view.course() }
    }

    /// The synthetic scans of [`CasesPage::course`], one a visit; none while they are drawn or where they cannot be.
    pub fn course_scans(&self) -> Vec<GreyImage> {
        if self.part == Part::OverTime { self.course.scans() } else { self.view.scans() }
    }

    /// The quiz.
    pub fn quiz(&self) -> &QuizPage {
        &self.quiz
    }

    /// The case in the form as it is sent; nothing while it is being solved or cannot be met.
    pub fn shared(&self) -> Option<CaseFile> {
        self.case().map(|(recipe, _)| CaseFile::of_recipe(recipe, self.base.clone()))
    }

    /// Pictures lie on a graphics device that is gone.
    pub(in crate::studio) fn forget_pictures(&mut self) {
        self.course.forget_pictures();
        self.view.forget_pictures();
        self.quiz.forget_pictures();
        // The gallery is drawn anew, and so is the case.
        (self.gallery, self.solving, self.solved) = (Vec::new(), Solving::default(), None);
    }

    /// Shows the quiz on the page.
    pub(in crate::studio) fn show_quiz(&mut self) {
        self.part = Part::Quiz;
    }

    /// Whether the quiz is on the page.
    pub(in crate::studio) fn shows_quiz(&self) -> bool {
        self.part == Part::Quiz
    }

    /// Plays other cases.
    pub(in crate::studio) fn play(&mut self, source: QuizSource, context: &Context) {
        self.show_quiz();
        self.quiz.begin(source, &mut self.scans, context);
    }

    /// What the case in the form asks.
    pub(in crate::studio) fn quiz_of_case(&self) -> Option<QuizSource> {
        let recipe = Box::new(self.recipe.clone()?);
        Some(QuizSource::Case { recipe, base: self.base.clone() })
    }

    /// Reads a shared case into the form.
    pub(in crate::studio) fn read(&mut self, path: PathBuf, context: &Context) {
        self.part = if self.part == Part::Quiz { Part::Case } else { self.part };
        self.reading.start(path, context);
    }

    /// Takes a scan that was wished for, or why it does not come.
    pub(in crate::studio) fn take_scan(&mut self, number: u64, outcome: Result<GreyImage, String>) {
        self.scans.done(number);
        if !self.quiz.take_scan(number, &outcome) && !self.view.take_scan(number, &outcome) {
            self.course.take_scan(number, outcome);
        }
    }

    /// Nothing is being drawn: what was sent is lost, and sent again.
    pub(in crate::studio) fn send_scan_again(&mut self) {
        self.scans.send_again();
    }

    /// No scan will come: there is nothing that draws them.
    pub(in crate::studio) fn give_up_scans(&mut self, reason: &str) {
        for number in self.scans.give_up() {
            self.take_scan(number, Err(reason.to_owned()));
        }
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
            self.chosen = Some(0);
            self.recipe = self.gallery.first().map(|card| card.recipe.clone());
        }
        if let Some(solved) = self.solving.finished() {
            self.solved = Some(solved);
        }
        let Some(recipe) = &self.recipe else { return };
        if self.solved.as_ref().is_none_or(|(solved, _)| solved != recipe) {
            self.solving.start(recipe, self.base.clone(), context);
        }
    }

    /// Takes a case that was read.
    fn follow_reading(&mut self, actions: &mut Vec<CasesAction>) {
        match self.reading.finished() {
            None => {}
            Some((_, Err(message))) => actions.push(CasesAction::Complain(message)),
            Some((path, Ok(CaseFile { content: CaseContent::Mask { .. }, .. }))) => {
                actions.push(CasesAction::OpenFile(path));
            }
            Some((_, Ok(CaseFile { content: CaseContent::Recipe { recipe, base }, .. }))) => {
                (self.recipe, self.base, self.chosen) = (Some(*recipe), base, None);
                self.solved = None;
            }
        }
    }

    /// Draws the page in the middle of the window; `scan` is the B-scan in the editor.
    pub(in crate::studio) fn show(&mut self, ui: &mut Ui, scan: &BScan, actions: &mut Vec<CasesAction>) {
        self.follow_reading(actions);
        if self.part != Part::Quiz {
            self.follow(ui.ctx());
            self.show_sides(ui);
        }
        let middle = Frame::new().fill(theme::CANVAS).inner_margin(Margin::symmetric(18, 14));
        CentralPanel::default().frame(middle).show(ui, |ui| self.show_middle(ui, scan, actions));
        let next = self.scans.take_next();
        actions.extend(next.map(|scan| CasesAction::Synthesise(Box::new(scan))));
    }

    /// The gallery at the left, the recipe at the right.
    fn show_sides(&mut self, ui: &mut Ui) {
        let panel = Frame::new().fill(theme::CHROME).inner_margin(theme::PANEL_MARGIN);
        Panel::left("case gallery").exact_size(GALLERY_WIDTH).resizable(false).frame(panel).show(ui, |ui| {
            ui.label(theme::heading(text!("cases-title")));
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                for (index, card) in self.gallery.iter().enumerate() {
                    if show_card(ui, card, Some(index) == self.chosen) {
                        (self.chosen, self.base) = (Some(index), None);
                        self.recipe = Some(card.recipe.clone());
                    }
                }
            });
        });
        Panel::right("case recipe").exact_size(FORM_WIDTH).resizable(false).frame(panel).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                if let Some(recipe) = &mut self.recipe {
                    case_form::show(ui, recipe);
                    case_form_retina::show(ui, recipe);
                }
            });
        });
    }

    fn show_middle(&mut self, ui: &mut Ui, scan: &BScan, actions: &mut Vec<CasesAction>) {
        let choices = [
            (text!("cases-part-case"), text!("cases-part-case-spoken")),
            (text!("cases-part-course"), text!("cases-part-course-spoken")),
            (text!("cases-part-quiz"), text!("cases-part-quiz-spoken")),
        ];
        let parts = [Part::Case, Part::OverTime, Part::Quiz];
        let chosen = parts.iter().position(|part| *part == self.part).unwrap_or_default();
        if let Some(index) = segments(ui, PARTS_WIDTH, &choices, chosen) {
            self.part = parts[index];
        }
        ui.add_space(6.0);
        match (self.part, &self.recipe) {
            (Part::OverTime, Some(recipe)) => {
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    self.course.show(ui, recipe, self.base.as_ref(), &mut self.scans, actions);
                });
            }
            (Part::Quiz, _) => self.quiz.show(ui, &mut self.scans, actions),
            _ => self.show_case(ui, scan, actions),
        }
    }

    fn show_case(&mut self, ui: &mut Ui, scan: &BScan, actions: &mut Vec<CasesAction>) {
        let name = self.recipe.as_ref().map_or("", |recipe| case_name(&recipe.name));
        ui.horizontal(|ui| {
            ui.label(theme::heading(name));
            if self.solving.is_busy() {
                ui.add(BusyMark::new(14.0, theme::ACCENT));
                ui.label(theme::caption(text!("cases-solving")));
            }
        });
        // On a line of their own: in a small window the name takes the whole of it.
        ui.horizontal_wrapped(|ui| self.show_buttons(ui, scan, actions));
        ui.add_space(8.0);
        let Some((recipe, outcome)) = &self.solved else {
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
        let room = ui.available_height() * MASK_SHARE;
        self.view.show(ui, (recipe, case.as_ref()), room, &mut self.scans, actions);
        ui.add_space(10.0);
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| findings::show(ui, recipe, case));
    }

    /// What can be done with the case.
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
        let (name, about) = (text!("cases-share"), text!("cases-share-about"));
        button(ui, name, 86.0, about, ButtonState::enabled_if(case.is_some()), CasesAction::Share);
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
    let (name, about) = (case_name(&card.recipe.name), case_about(&card.recipe.about));
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
