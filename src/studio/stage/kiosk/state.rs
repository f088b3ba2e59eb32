//! What the kiosk is and does, without a screen: what a touch, a wish and the time make of it.

use std::path::PathBuf;
use std::time::Duration;

use super::attract::{Moment, SelfPainting};
use super::board::Board;
use super::captions::Caption;
use super::clock::Clock;
use super::eye::{Eye, KioskBrush};
use super::game::{Game, GameStep, Guess, QUESTIONS};
use super::game_pictures::GamePictures;
use super::lock::{Lock, PadKey, Pin};
use super::scans::Scans;
use super::supply::{MadeEye, SIZE_PX, Supply};
use crate::background::Wake;
use crate::document::Document;
use crate::formats::case_file::CaseFile;
use crate::mask::Mask;
use crate::mask::random::SeededRandom;
use crate::scan::{BScan, GreyImage};
use crate::studio::editor::session::EditorSession;
use crate::studio::files::samples;
use crate::studio::shell::settings::PanelSettings;
use crate::studio::texts::Language;
use crate::worker::{Picture, PictureKind};

/// After so long without a touch everything is reset.
pub const IDLE: Duration = Duration::from_secs(60);
/// A countdown is shown for the last of it.
pub const COUNTDOWN: Duration = Duration::from_secs(12);

/// What a kiosk is started with.
#[derive(Clone, Debug)]
pub struct KioskOptions {
    /// What leaves it.
    pub pin: Pin,
    /// File of the score board; without one scores last as long as the kiosk.
    pub scores: Option<PathBuf>,
    /// Of the order of scans in games.
    pub seed: u64,
    /// Shown in place of the templates, if there are any.
    pub cases: Vec<CaseFile>,
}

/// What somebody at the screen wishes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wish {
    /// Another brush in the hand.
    Take(KioskBrush),
    /// A finger comes down on a picture, at a point of the image.
    Begin([f32; 2]),
    /// The finger moves to this point.
    DragTo([f32; 2]),
    /// The finger is lifted.
    End,
    /// The last touch is taken back.
    Undo,
    /// The eye as it came.
    StartAgain,
    /// The next eye, once it is made.
    Another,
    /// A game begins.
    Play,
    /// What a scan of a game is.
    Answer(Guess),
    /// The next scan of a game, or its result.
    GoOn,
    /// Back from the game to painting.
    Leave,
    /// Another language, until the visit ends.
    Speak(Language),
    /// A key of the lock's pad.
    Pad(PadKey),
}

/// What the kiosk needs of the window.
#[derive(Clone, Debug)]
pub enum KioskAction {
    /// The right PIN was entered: the studio takes its place.
    Exit,
    /// A scan of a healthy eye, for games.
    DrawForGame(Box<Document>),
}

/// What is on the screen.
#[derive(Clone, Debug)]
pub enum Phase {
    /// Nobody is there: eyes are painted by themselves. Nothing where the next eye is not there yet.
    Attract(Option<SelfPainting>),
    /// Somebody paints.
    Visit,
    /// Somebody plays.
    Game(Game),
}

/// What has happened since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Eyes that the program has painted by itself, from the bare eye to its scan.
    pub loops: u64,
    /// Rounds through all templates.
    pub rounds: u64,
    /// Times that a touch ended the loop.
    pub visits: u64,
    /// Games begun.
    pub games: u64,
    /// Times that everything was reset after a visit.
    pub resets: u64,
    /// Scans that came to the screen, and how many of them were drafts.
    pub scans: u64,
    /// Those of the scans that were drawn in one step.
    pub drafts: u64,
    /// Wishes of the system to close the window, all refused.
    pub refused_closes: u64,
}

/// The kiosk.
pub struct Kiosk {
    pub(super) clock: Clock,
    pub(super) phase: Phase,
    last_touch: Duration,
    pub(super) eye: Eye,
    /// Of the eye on show; `None` of the bundled sample at the start.
    pub(super) caption: Option<Caption>,
    pub(super) brush: KioskBrush,
    pub(super) lock: Lock,
    pub(super) board: Board,
    pictures: GamePictures,
    random: SeededRandom,
    supply: Option<Supply>,
    /// Somebody wishes for another eye before one is there.
    wants_another: bool,
    pub(super) language: Language,
    /// What a visit begins with.
    home_language: Language,
    /// Where the brush of the program is.
    pub(super) brush_at: Option<[f32; 2]>,
    pub(super) has_scan: bool,
    pub(super) figures: Figures,
    settings: PanelSettings,
    pub(super) scans: Scans,
    actions: Vec<KioskAction>,
    /// When the window was last asked to fill the screen.
    grown_at: Option<Duration>,
}

impl Kiosk {
    /// A kiosk whose loop begins with its first frame. `wake` is called when an eye was made.
    pub fn new(options: KioskOptions, language: Language, wake: Wake) -> Self {
        let document = samples::ALL[0].document().map_or_else(|_| blank(), without_scan);
        Self {
            clock: Clock::default(),
            phase: Phase::Attract(None),
            last_touch: Duration::ZERO,
            eye: Eye::new(document),
            caption: None,
            brush: KioskBrush::Cyst,
            lock: Lock::new(options.pin),
            board: Board::open(options.scores.as_deref()),
            pictures: GamePictures::new(),
            random: SeededRandom::new(options.seed),
            // Without a thread for them there is the sample, which can be painted on.
            supply: Supply::start(options.cases, wake).ok(),
            wants_another: false,
            language,
            home_language: language,
            brush_at: None,
            has_scan: false,
            figures: Figures::default(),
            settings: PanelSettings::default(),
            scans: Scans::default(),
            actions: Vec::new(),
            grown_at: None,
        }
    }

    /// The document of the eye on show.
    pub fn session(&self) -> &EditorSession {
        self.eye.session()
    }

    /// The eye on show.
    pub fn eye(&self) -> &Eye {
        &self.eye
    }

    /// How its scan is drawn.
    pub fn settings(&self) -> &PanelSettings {
        &self.settings
    }

    /// What is on the screen.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// What is in the hand of whoever paints.
    pub fn brush(&self) -> KioskBrush {
        self.brush
    }

    /// The lock.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// The score board.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// What it says, and in which language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// What has happened since the start.
    pub fn figures(&self) -> Figures {
        self.figures
    }

    /// Whether the eye on show has a scan.
    pub fn has_scan(&self) -> bool {
        self.has_scan
    }

    /// Whether a game can be played.
    pub fn can_play(&self) -> bool {
        self.pictures.are_enough()
    }

    /// Time of the kiosk's clock.
    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// Puts the kiosk's clock forward: what takes hours passes in a moment.
    pub fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
    }

    /// How long until everything is reset, while that is worth a warning.
    pub fn countdown(&self) -> Option<Duration> {
        let left = IDLE.saturating_sub(self.clock.now().saturating_sub(self.last_touch));
        (!matches!(self.phase, Phase::Attract(_)) && left <= COUNTDOWN).then_some(left)
    }

    /// Somebody touched the screen or a key: the loop ends, and the time until a reset begins anew.
    pub fn touched(&mut self) {
        self.last_touch = self.clock.now();
        let Phase::Attract(painting) = &self.phase else { return };
        if painting.as_ref().is_some_and(|painting| !painting.is_whole()) {
            // What the program began is there at once, as if it had been painted to its end.
            self.eye.paint_by_itself(self.eye.start().clone());
        }
        self.eye.end();
        self.brush_at = None;
        self.phase = Phase::Visit;
        self.figures.visits += 1;
    }

    /// The chord of the staff was pressed: the pad of the lock comes, or goes.
    pub fn ask_for_pin(&mut self) {
        self.eye.end();
        self.lock.toggle(self.clock.now());
    }

    /// The system wishes to close the window, which stays.
    pub fn refuse_to_close(&mut self) {
        self.figures.refused_closes += 1;
    }

    /// Whether a window that does not fill the screen is to be asked to: not in every frame, should the system refuse.
    pub fn is_due_to_grow(&mut self, pause: Duration) -> bool {
        let now = self.clock.now();
        let is_due = self.grown_at.is_none_or(|at| now.saturating_sub(at) >= pause);
        if is_due {
            self.grown_at = Some(now);
        }
        is_due
    }

    /// What happens by itself as time goes by.
    pub fn tick(&mut self) {
        let now = self.clock.now();
        self.lock.tick(now);
        self.board.keep();
        if !matches!(self.phase, Phase::Attract(_)) && now.saturating_sub(self.last_touch) >= IDLE {
            self.reset();
        }
        if self.wants_another {
            self.show_next_eye();
        }
        let has_scan = self.has_scan;
        let Phase::Attract(painting) = &mut self.phase else { return };
        match painting.as_mut().map(|painting| painting.at(now, has_scan)) {
            Some(Moment::Paint { mask, at }) => {
                self.eye.paint_by_itself(mask);
                self.brush_at = Some(at);
            }
            Some(Moment::Rest) => {}
            Some(Moment::Over) | None => self.paint_next_eye(),
        }
        if let Phase::Attract(Some(painting)) = &self.phase
            && painting.is_whole()
        {
            self.brush_at = None;
        }
    }

    /// Carries a wish out. What makes no sense at the moment has no effect.
    pub fn wish(&mut self, wish: Wish) {
        let now = self.clock.now();
        if let Wish::Pad(key) = wish {
            if self.lock.press(key, now) {
                self.actions.push(KioskAction::Exit);
            }
            return;
        }
        if self.lock.is_open() {
            return;
        }
        match (wish, &mut self.phase) {
            (Wish::Speak(language), _) => self.language = language,
            (Wish::Answer(guess), Phase::Game(game)) => game.answer(guess, now),
            (Wish::GoOn, Phase::Game(game)) => game.go_on(now, &mut self.board),
            (Wish::Play, Phase::Game(game)) if !matches!(game.step(), GameStep::Result(_)) => {}
            (Wish::Play, Phase::Visit | Phase::Game(_)) => self.play(),
            (Wish::Leave, Phase::Game(_)) => self.phase = Phase::Visit,
            (wish, Phase::Visit) => self.paint(wish),
            _ => {}
        }
    }

    fn paint(&mut self, wish: Wish) {
        match wish {
            Wish::Take(brush) => {
                self.eye.end();
                self.brush = brush;
            }
            Wish::Begin(at) => self.eye.begin(self.brush, at),
            Wish::DragTo(at) => self.eye.drag_to(at),
            Wish::End => self.eye.end(),
            Wish::Undo => self.eye.undo(),
            Wish::StartAgain => self.eye.start_again(),
            Wish::Another => self.show_next_eye(),
            Wish::Play | Wish::Answer(_) | Wish::GoOn | Wish::Leave | Wish::Speak(_) | Wish::Pad(_) => {}
        }
    }

    fn play(&mut self) {
        self.eye.end();
        let questions = self.pictures.questions(QUESTIONS, &mut self.random);
        if let Some(game) = Game::new(questions, self.clock.now()) {
            self.phase = Phase::Game(game);
            self.figures.games += 1;
        }
    }

    /// A scan of the eye on show has come.
    pub fn take_picture(&mut self, picture: &Picture) {
        self.scans.set_scan(&picture.image);
        self.has_scan = true;
        self.figures.scans += 1;
        self.figures.drafts += u64::from(picture.kind == PictureKind::Draft);
    }

    /// Pictures lie on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.scans.forget();
        self.eye.end();
        self.has_scan = false;
    }

    /// A scan that was drawn for games, and its labels.
    pub fn take_game_scan(&mut self, image: GreyImage, mask: &Mask) {
        self.pictures.keep(image, mask);
    }

    /// What the window is to do, since the last call.
    pub fn take_actions(&mut self) -> Vec<KioskAction> {
        std::mem::take(&mut self.actions)
    }

    /// Everything as at the start, for whoever comes next; the loop begins with its next eye.
    fn reset(&mut self) {
        self.eye.end();
        if self.eye.is_changed() {
            self.eye.start_again();
        }
        self.phase = Phase::Attract(None);
        self.brush = KioskBrush::Cyst;
        self.language = self.home_language;
        self.wants_another = false;
        self.figures.resets += 1;
    }

    fn next_eye(&mut self) -> Option<MadeEye> {
        let made = self.supply.as_ref()?.take()?;
        self.figures.rounds = self.figures.rounds.max(made.round);
        self.has_scan = false;
        if made.caption.is_healthy() {
            self.actions.push(KioskAction::DrawForGame(Box::new(made.document.clone())));
        }
        self.caption = Some(made.caption.clone());
        Some(made)
    }

    /// The loop goes on with the next eye, if it is there.
    fn paint_next_eye(&mut self) {
        let had_scan = self.has_scan;
        let Some(made) = self.next_eye() else { return };
        if let (Phase::Attract(Some(_)), true) = (&self.phase, had_scan) {
            self.figures.loops += 1;
        }
        let whole = made.document.pages[0].mask.clone();
        self.eye.replace(made.document);
        let painting = SelfPainting::new(whole, self.clock.now());
        if !painting.is_whole() {
            self.eye.paint_by_itself(painting.bare());
        }
        self.brush_at = None;
        self.phase = Phase::Attract(Some(painting));
    }

    /// Another eye for somebody who paints; soon, where it is not there yet.
    fn show_next_eye(&mut self) {
        let next = self.next_eye();
        self.wants_another = next.is_none() && self.supply.is_some();
        if let Some(made) = next {
            self.eye.replace(made.document);
        }
    }
}

/// The labels of a document without their scan: no picture of the kiosk's eye is real.
fn without_scan(document: Document) -> Document {
    let page = &document.pages[0];
    let mut scan = BScan::placeholder(page.mask.width(), page.mask.height(), String::new());
    scan.spacing = page.scan.spacing;
    Document::from_scan(scan, page.mask.clone())
}

/// Should the bundled sample be damaged.
fn blank() -> Document {
    let [width, height] = SIZE_PX;
    let scan = BScan::placeholder(width, height, String::new());
    Document::from_scan(scan, Mask::unannotated(width, height))
}
