//! Whatever is opened, turned to and changed, in whatever order, the picture shown is of the page shown, and the newest
//! one arrives: through the window's real end of a real synthesis thread, whose renderer takes no time.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::thread::Synthesis;
use crate::device::DeviceInfo;
use crate::document::{Command, Document, Page};
use crate::mask::Mask;
use crate::scan::{BScan, GreyImage};
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::settings::PanelSettings;
use crate::worker::renderer::{BetweenSteps, Destination, Edit, Failure, RenderScene, Renderer};
use crate::worker::{LoadedModel, PictureImage, SynthesisWorker};

/// Sides of a page in pixels.
const SIDE: u32 = 8;
const PAGES: u8 = 3;
const PATIENCE: Duration = Duration::from_secs(20);
/// Looks for a picture that a user waits for a little.
const LOOKS: u32 = 100;
const BETWEEN_LOOKS: Duration = Duration::from_micros(500);

/// Each label in its own grey, and the seed in the last pixel.
struct Greys;

fn drawn(codes: &[u8], seed: u64) -> GreyImage {
    let mut pixels: Vec<u8> = codes.iter().map(|code| code.wrapping_mul(20)).collect();
    if let Some(last) = pixels.last_mut() {
        *last = seed as u8;
    }
    GreyImage::new(SIDE, SIDE, pixels)
}

impl Renderer for Greys {
    fn device(&self) -> DeviceInfo {
        DeviceInfo { name: "CPU".into(), backend: "test".into(), ..DeviceInfo::default() }
    }

    fn model(&self) -> LoadedModel {
        LoadedModel { name: "greys".into(), preset: "test".into(), ..LoadedModel::default() }
    }

    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        _edit: Option<Edit<'_>>,
        _destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        for step in 1..steps {
            if between_steps(step, steps) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        Ok(Some(PictureImage::Cpu(drawn(&scene.labels, scene.seed))))
    }
}

/// What a user does within a frame.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A row of the page gets a code.
    Edit {
        row: u32,
        code: u8,
    },
    Undo,
    Reroll(u64),
    TurnTo(u8),
    /// Another document takes the place of this one.
    Open,
    Export,
}

/// A frame, and whether its beginning notices what is shown: the demo mode's does not.
#[derive(Clone, Debug)]
struct Frame {
    notices: bool,
    steps: Vec<Step>,
    /// Whether the user waits a little for the picture before going on.
    waits: bool,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        // The first row and the last tell pages and seeds apart.
        4 => (1..SIDE - 1, 0..9_u8).prop_map(|(row, code)| Step::Edit { row, code }),
        1 => Just(Step::Undo),
        1 => (0..200_u64).prop_map(Step::Reroll),
        3 => (0..PAGES).prop_map(Step::TurnTo),
        2 => Just(Step::Open),
        1 => Just(Step::Export),
    ]
}

fn frame() -> impl Strategy<Value = Frame> {
    let steps = prop::collection::vec(step(), 0..4);
    (any::<bool>(), steps, any::<bool>()).prop_map(|(notices, steps, waits)| Frame { notices, steps, waits })
}

/// A document whose pages, and those of its neighbours by number, differ in their first row.
fn document(number: u8) -> Document {
    let page = |index: u8| {
        let mut mask = Mask::unannotated(SIDE, SIDE);
        for row in 0..SIDE {
            mask.layers.fill_run(row, 0, SIDE, number % 2 * PAGES + index);
        }
        Page::new(BScan::placeholder(SIDE, SIDE, "page"), mask)
    };
    let mut document = Document::from_scan(BScan::placeholder(SIDE, SIDE, "page"), page(0).mask);
    document.pages = (0..PAGES).map(page).collect();
    document
}

struct Window {
    session: EditorSession,
    settings: PanelSettings,
    synthesis: Synthesis,
    opened: u8,
}

impl Window {
    fn new() -> Self {
        let worker =
            SynthesisWorker::start_with(Arc::new(|| {}), |_| Box::new(|| Ok::<Greys, Failure>(Greys)));
        Self {
            session: EditorSession::new(document(0), None),
            settings: PanelSettings { steps: 2, ..PanelSettings::default() },
            synthesis: Synthesis::with_worker(worker),
            opened: 0,
        }
    }

    /// As the window and the demo mode do it: what came is taken, the user works, what is shown is asked for.
    fn frame(&mut self, notices: bool, steps: &[Step]) {
        if notices {
            self.synthesis.look_at(self.session.view_number());
        }
        self.synthesis.news();
        for step in steps {
            self.step(*step);
        }
        self.synthesis.follow(&self.session, &self.settings);
        self.check();
    }

    fn step(&mut self, step: Step) {
        let page = self.session.page_index();
        match step {
            Step::Edit { row, code } => {
                let mut mask = self.session.page().mask.clone();
                mask.layers.fill_run(row, 0, SIDE, code);
                self.apply(Command::ReplaceMask { page, mask, name: "row".to_owned() });
            }
            Step::Undo => {
                self.session.undo();
            }
            Step::Reroll(seed) => self.apply(Command::RerollNoise { seed }),
            Step::TurnTo(page) => self.session.show_page(usize::from(page)),
            Step::Open => {
                self.opened = self.opened.wrapping_add(1);
                let session = EditorSession::new(document(self.opened), None);
                self.session.replace(session, u64::from(self.opened));
            }
            Step::Export => {
                let path = PathBuf::from("never-written.png");
                // Too many may wait.
                self.synthesis.export(&self.session, &self.settings, path).unwrap_or_default();
            }
        }
    }

    fn apply(&mut self, command: Command) {
        self.session.editor.apply(command).expect("it fits the page");
    }

    fn on_screen(&self) -> Option<&GreyImage> {
        match &self.synthesis.picture()?.image {
            PictureImage::Cpu(image) => Some(image),
            #[cfg(feature = "gpu")]
            PictureImage::Gpu { .. } => None,
        }
    }

    fn wanted(&self) -> GreyImage {
        drawn(&self.session.page().mask.composite_pixels(), self.session.editor.document().noise_seed)
    }

    /// What is on screen is of the page shown, and what is called current is of the page as it is.
    fn check(&self) {
        let Some(image) = self.on_screen() else { return };
        let wanted = self.wanted();
        assert_eq!(image.get(0, 0), wanted.get(0, 0), "the picture of another page is on screen");
        if self.synthesis.shown().is_some_and(|shown| shown.current) {
            assert_eq!(image, &wanted, "an older picture counts as the newest");
        }
    }

    fn has_newest(&self) -> bool {
        let is_whole = self.synthesis.shown().is_some_and(|shown| shown.complete && shown.current);
        is_whole && self.on_screen() == Some(&self.wanted())
    }

    /// Frames in which nothing is done, until the newest picture is there or `is_enough` says so.
    fn wait(&mut self, notices: bool, is_enough: impl Fn(u32, Duration) -> bool) {
        let started = Instant::now();
        for look in 0.. {
            if self.has_newest() || is_enough(look, started.elapsed()) {
                return;
            }
            sleep(BETWEEN_LOOKS);
            self.frame(notices, &[]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_any_switches_and_edits_the_picture_of_what_is_shown_arrives(
        frames in prop::collection::vec(frame(), 1..12),
        last in step(),
        notices in any::<bool>(),
    ) {
        let mut window = Window::new();
        for Frame { notices, steps, waits } in frames {
            window.frame(notices, &steps);
            if waits {
                window.wait(notices, |look, _| look == LOOKS);
            }
        }
        // The last is done by an action: asked for at the end of its frame, before anything notices it.
        window.frame(notices, &[last]);
        window.wait(notices, |_, waited| waited > PATIENCE);
        prop_assert!(window.has_newest(), "it never arrives");
    }
}

#[test]
fn a_page_turned_by_an_action_is_asked_for_in_its_own_frame() {
    let mut window = Window::new();
    window.frame(false, &[]);
    window.wait(false, |_, waited| waited > PATIENCE);
    assert!(window.has_newest());
    // The same revision, seed and recipe: it is another view alone that makes it another picture.
    window.frame(false, &[Step::TurnTo(1)]);
    assert_eq!(window.on_screen(), None, "the picture of the page before is gone");
    window.wait(false, |_, waited| waited > PATIENCE);
    assert!(window.has_newest(), "the page turned to is drawn");
}
