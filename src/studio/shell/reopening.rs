//! A window whose graphics device was lost is closed and opened anew with all that was in it.
//!
//! eframe gives a window its device once, but it can run again in the same process and with the same egui context.
//! So the studio itself goes from one window to the next, with the document, its history, the journal, the runs and
//! the threads that report to it; what lay on the lost device is dropped and made anew. Nobody has to list what is
//! kept: whatever is not named in [`Studio::park`] and [`Studio::reopen`] stays as it is.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use eframe::egui::epaint::TextureAtlas;
use eframe::egui::{Context, ImageData, TextureId, Vec2, ViewportBuilder, ViewportCommand};

use super::app::Studio;
use super::commands::keymap;
use super::notices::Severity;
use super::typing;
pub(in crate::studio) use super::window_graphics::WindowGraphics;
use crate::device::loss::DeviceLoss;
use crate::formats::journal::Journal;
use crate::studio::editor::canvas::pass::CanvasPass;
use crate::studio::label_mapping::MappingQuestion;
use crate::studio::texts::text;
use crate::studio::widgets::{busy_mark, theme};
use crate::worker::PictureImage;

/// Losses within this time count together.
const LOSS_WINDOW: Duration = Duration::from_secs(600);
/// So many of them may come from computing on the device: it is shared again.
const MAX_SHARED: usize = 3;
/// After more than this the device is beyond help.
const MAX_LOSSES: usize = 6;
/// How long the journal may take before a window that cannot be opened gives up on it.
const JOURNAL_TIMEOUT: Duration = Duration::from_secs(8);

/// What is to be done after a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A new device, shared with synthesis as the one before.
    ShareAnew,
    /// A new device for the window alone; synthesis stays on the CPU from now on.
    KeepBack,
    /// No further window.
    GiveUp,
}

/// The losses of a process.
#[derive(Clone, Debug, Default)]
pub struct Losses {
    times: VecDeque<Instant>,
    is_kept_back: bool,
}

impl Losses {
    /// Counts a loss; times must not fall.
    pub fn count(&mut self, at: Instant) -> Remedy {
        self.times.push_back(at);
        while self.times.front().is_some_and(|time| at.duration_since(*time) > LOSS_WINDOW) {
            self.times.pop_front();
        }
        self.is_kept_back |= self.times.len() > MAX_SHARED;
        match self.times.len() {
            count if count > MAX_LOSSES => Remedy::GiveUp,
            _ if self.is_kept_back => Remedy::KeepBack,
            _ => Remedy::ShareAnew,
        }
    }
}

/// Why a device is kept from synthesis.
pub fn lost_too_often() -> &'static str {
    text!("device-lost-too-often")
}

/// A studio without a window and without what lay on its graphics device.
pub struct Parked {
    studio: Box<Studio>,
    has_lost_pictures: bool,
    place: Place,
}

/// Where a window was, in points.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    inner_size: Option<Vec2>,
    outer_corner: Option<eframe::egui::Pos2>,
    is_maximized: bool,
    is_fullscreen: bool,
}

impl Place {
    fn of(context: &Context) -> Self {
        context.input(|input| {
            let viewport = input.viewport();
            Self {
                inner_size: viewport.inner_rect.map(|rect| rect.size()),
                outer_corner: viewport.outer_rect.map(|rect| rect.min),
                is_maximized: viewport.maximized.unwrap_or_default(),
                is_fullscreen: viewport.fullscreen.unwrap_or_default(),
            }
        })
    }
}

impl Parked {
    /// The context that its threads wake, which the next window must run in.
    pub fn context(&self) -> &Context {
        &self.studio.context
    }

    /// Whether the window showed the kiosk, and shall again.
    pub fn is_kiosk(&self) -> bool {
        self.studio.kiosk().is_some()
    }

    /// A window where the one before was.
    pub fn place(&self, mut window: ViewportBuilder) -> ViewportBuilder {
        let Place { inner_size, outer_corner, is_maximized, is_fullscreen } = self.place;
        if let Some(size) = inner_size.filter(|_| !is_maximized && !is_fullscreen) {
            window = window.with_inner_size(size);
        }
        if let Some(corner) = outer_corner {
            window = window.with_position(corner);
        }
        window.with_maximized(is_maximized).with_fullscreen(is_fullscreen)
    }

    /// There will be no window: waits until unsaved work is in the journal, and says where it is.
    pub fn give_up(mut self) -> Option<String> {
        let studio = &mut self.studio;
        if !studio.session.editor.has_unsaved_changes() {
            return None;
        }
        studio.keep_journal();
        let revision = studio.session.editor.revision();
        let begun = Instant::now();
        let is_kept = |journal: &Journal| journal.written_revision() == Some(revision);
        while let Some(journal) = &studio.documents.journal
            && !is_kept(journal)
            && begun.elapsed() < JOURNAL_TIMEOUT
        {
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(match &studio.documents.journal {
            Some(journal) if is_kept(journal) => text!("device-work-kept").to_owned(),
            Some(journal) => {
                let why = journal.last_error().unwrap_or_else(|| text!("device-disk-silent").to_owned());
                text!("device-work-lost", %why)
            }
            None => text!("device-no-folder").to_owned(),
        })
    }
}

impl Studio {
    /// From now on the window asks to be opened anew when its device is lost, by closing and by
    /// [`Studio::asks_to_be_reopened`]. Without this call it stays open, and synthesis goes on with the CPU.
    pub fn reopen_after_loss(&mut self) {
        self.graphics.reopening.is_possible = true;
    }

    /// Whether the device was lost, and the window is to be opened anew.
    pub fn asks_to_be_reopened(&self) -> bool {
        self.graphics.reopening.is_requested
    }

    /// The window's device, where it has one.
    pub fn graphics_device(&self) -> Option<&wgpu::Device> {
        self.graphics.pass.as_ref().map(CanvasPass::device)
    }

    /// The news of the window's device.
    pub fn device_loss(&self) -> &DeviceLoss {
        &self.graphics.reopening.loss
    }

    /// Ends what is under way and closes the window when its device is lost; nobody is asked about unsaved changes,
    /// for they are not lost.
    pub(in crate::studio) fn follow_device(&mut self, context: &Context) {
        if !self.graphics.reopening.is_possible || !self.graphics.reopening.loss.is_lost() {
            return;
        }
        self.graphics.reopening.is_requested = true;
        self.end_gesture();
        context.send_viewport_cmd(ViewportCommand::Close);
    }

    /// A stroke under way ends as if the button had been released, and goes to the journal.
    fn end_gesture(&mut self) {
        self.with_tools(|tools, context| tools.release(context));
        self.keep_journal();
    }

    /// Takes the studio out of its window and drops what lay on the device.
    pub fn park(mut self) -> Parked {
        // A window that broke off did not come to it.
        self.end_gesture();
        let place = Place::of(&self.context);
        self.graphics = WindowGraphics::default();
        self.editor.forget_pictures();
        // The thread ends at its next step; it may hang in a call on the lost device, so nobody waits for it.
        self.synthesis.thread.stop();
        // Another window hears of no button or key that was let go between the two.
        self.context.input_mut(|input| {
            input.pointer = Default::default();
            input.keys_down.clear();
            input.modifiers = Default::default();
        });
        self.context.stop_dragging();
        // Seen by a renderer that is gone, pictures of egui's must be handed to the next one.
        let has_lost_pictures = self.synthesis.recent.forget_lost();
        self.documents.mapping_questions.iter_mut().for_each(MappingQuestion::forget_pictures);
        self.chrome.dialogs.forget_pictures();
        self.pages.forget_pictures();
        self.kiosk.iter_mut().for_each(|kiosk| kiosk.forget_pictures());
        Parked { studio: Box::new(self), has_lost_pictures, place }
    }

    /// Goes on in another window. `kept_back` says why its device is not for synthesis, if it is not.
    pub fn reopen(creation: &eframe::CreationContext<'_>, parked: Parked, kept_back: Option<String>) -> Self {
        let Parked { studio, has_lost_pictures, .. } = parked;
        let mut studio = *studio;
        let context = creation.egui_ctx.clone();
        studio.context = context.clone();
        theme::install(&context);
        typing::install(&context);
        send_fonts_again(&context);
        keymap::publish(&context, studio.chrome.keymap.clone());
        context.set_zoom_factor(studio.chrome.preferences.scale);

        let graphics = creation.wgpu_render_state.as_ref();
        busy_mark::learn_driver(&context, graphics);
        let mut device = WindowGraphics::of(graphics);
        #[cfg(feature = "gpu")]
        if let Some(why) = kept_back.clone() {
            device.shared = device.shared.map(|gpu| gpu.keep_back(why));
        }
        device.reopening.is_possible = true;
        studio.graphics = device;
        studio.graphics.reopening.wake_with(&context);
        let refused = studio.synthesis.start(&context, studio.graphics.shared.clone());
        if let Some(pass) = &studio.graphics.pass {
            studio.editor.make_textures(pass, &studio.session);
        }
        if let (Some(textures), Some(picture)) =
            (&mut studio.editor.textures, studio.synthesis.thread.picture())
            && let PictureImage::Cpu(image) = &picture.image
        {
            textures.synthetic.set_image(image);
        }
        studio.synthesis.recent.move_to(&context);
        studio.synthesis.new_mask.move_to(&context);
        studio.chrome.title.clear();
        let mut text = text!("device-made-anew").to_owned();
        if has_lost_pictures {
            text += text!("device-recent-gone");
        }
        if refused > 0 {
            text += text!("device-exports-gone");
        }
        if let Some(why) = kept_back {
            text += &text!("device-cpu", %why);
        }
        studio.chrome.notices.add(Severity::Warning, text);
        context.request_repaint();
        studio
    }
}

/// egui tells a renderer what has changed of the letters it has drawn so far; a new one needs all of them.
fn send_fonts_again(context: &Context) {
    if context.cumulative_pass_nr() == 0 {
        return;
    }
    let letters = ImageData::from(context.fonts(|fonts| fonts.image()));
    let whole = eframe::egui::epaint::ImageDelta::full(letters, TextureAtlas::texture_options());
    context.tex_manager().write().set(TextureId::default(), whole);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_lost_again_and_again_is_kept_back_and_at_last_given_up() {
        let start = Instant::now();
        let at = |minutes: u64| start + Duration::from_secs(60 * minutes);
        let mut losses = Losses::default();
        let remedies = [0, 1, 2, 3, 4, 5, 6].map(|minutes| losses.count(at(minutes)));
        use Remedy::{GiveUp, KeepBack, ShareAnew};
        assert_eq!(remedies, [ShareAnew, ShareAnew, ShareAnew, KeepBack, KeepBack, KeepBack, GiveUp]);
    }

    #[test]
    fn losses_far_apart_do_not_count_together_but_what_was_kept_back_stays_so() {
        let start = Instant::now();
        let at = |minutes: u64| start + Duration::from_secs(60 * minutes);
        let mut losses = Losses::default();
        for minutes in [0, 5, 10, 16, 21, 27] {
            assert_eq!(losses.count(at(minutes)), Remedy::ShareAnew, "at {minutes} minutes");
        }
        assert_eq!(losses.count(at(27)), Remedy::ShareAnew);
        assert_eq!(losses.count(at(28)), Remedy::KeepBack, "the fourth since the 21st minute");
        assert_eq!(losses.count(at(500)), Remedy::KeepBack);
    }
}
