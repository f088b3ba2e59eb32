//! The kiosk in the window: while it is there the studio takes no key, no drop and no wish to close.

use std::time::Duration;

use eframe::egui::{Context, Options, Ui, ViewportBuilder, ViewportCommand, WindowLevel};

use super::app::Studio;
use crate::studio::editor::session::EditorSession;
use crate::studio::stage::kiosk::{Kiosk, KioskAction, KioskOptions, PictureState, StageContext};
use crate::studio::synthesis::thread::{News, Status};
use crate::studio::texts;
use crate::studio::widgets::theme;

/// How often a window that is not full screen is asked to be.
const PAUSE: Duration = Duration::from_secs(1);

/// A window for the kiosk: the whole screen, nothing around it, nothing over it, no drops.
pub(in crate::studio) fn kiosk_window(window: ViewportBuilder) -> ViewportBuilder {
    window.with_fullscreen(true).with_decorations(false).with_always_on_top().with_drag_and_drop(false)
}

impl Studio {
    /// Shows the kiosk, and nothing else until it is left with its PIN.
    pub fn enter_kiosk(&mut self, options: KioskOptions) {
        let context = self.context.clone();
        // The toolkit itself closes a window on Ctrl+Q.
        context.options_mut(|options| options.quit_shortcuts.clear());
        let wake = std::sync::Arc::new(move || context.request_repaint());
        let language = self.chrome.preferences.language.language();
        self.synthesis.thread.leave_view();
        self.kiosk = Some(Box::new(Kiosk::new(options, language, wake)));
    }

    /// The kiosk, while it is there.
    pub fn kiosk(&self) -> Option<&Kiosk> {
        self.kiosk.as_deref()
    }

    /// The kiosk, to put its clock forward.
    pub fn kiosk_mut(&mut self) -> Option<&mut Kiosk> {
        self.kiosk.as_deref_mut()
    }

    /// A frame of the kiosk. Returns whether there is one: the frame is then its own.
    pub(in crate::studio) fn show_kiosk(&mut self, ui: &mut Ui) -> bool {
        let Some(mut kiosk) = self.kiosk.take() else { return false };
        texts::speak(kiosk.language());
        theme::use_labels(&kiosk.session().editor.document().labels);
        for news in self.synthesis.news() {
            match news {
                News::Picture(picture) => kiosk.take_picture(&picture),
                News::ForGame { image, mask } => kiosk.take_game_scan(image, &mask),
                // Nobody at this screen can do anything about it.
                News::Failed { message, .. } | News::HostBack(message) | News::Notice(message) => {
                    tracing::warn!("{message}");
                }
                News::Comparison
                | News::Exported { .. }
                | News::Kept { .. }
                | News::ForReview { .. }
                | News::ForStage { .. } => {}
            }
        }
        stay(ui.ctx(), &mut kiosk);
        let picture = match self.synthesis.thread.status() {
            Status::Unavailable(_) => PictureState::Unavailable,
            Status::Starting | Status::Ready => PictureState::Expected,
        };
        let context = StageContext { pass: self.graphics.pass.as_ref(), picture };
        for action in kiosk.show(ui, &context) {
            match action {
                KioskAction::Exit => {
                    self.leave_kiosk(ui.ctx());
                    return true;
                }
                KioskAction::DrawForGame(document) => {
                    let session = EditorSession::new(*document, None);
                    let outcome = self.synthesis.thread.synthesise_for_game(&session, kiosk.settings());
                    // Without a model there is no game, which its button shows.
                    outcome.unwrap_or_else(|message| tracing::warn!("{message}"));
                }
            }
        }
        self.synthesis.thread.follow(kiosk.session(), kiosk.settings());
        self.kiosk = Some(kiosk);
        true
    }

    /// The studio in an ordinary window, as if it had just been opened.
    fn leave_kiosk(&mut self, context: &Context) {
        self.synthesis.thread.leave_view();
        context.options_mut(|options| options.quit_shortcuts = Options::default().quit_shortcuts);
        for command in [
            ViewportCommand::Fullscreen(false),
            ViewportCommand::Decorations(true),
            ViewportCommand::WindowLevel(WindowLevel::Normal),
        ] {
            context.send_viewport_cmd(command);
        }
        context.request_repaint();
    }
}

/// Keeps the window open, on top and as large as the screen.
fn stay(context: &Context, kiosk: &mut Kiosk) {
    let (closes, is_smaller, is_minimised) = context.input(|input| {
        let window = input.viewport();
        (window.close_requested(), window.fullscreen == Some(false), window.minimized == Some(true))
    });
    if closes {
        context.send_viewport_cmd(ViewportCommand::CancelClose);
        kiosk.refuse_to_close();
    }
    if (is_smaller || is_minimised) && kiosk.is_due_to_grow(PAUSE) {
        context.send_viewport_cmd(ViewportCommand::Minimized(false));
        context.send_viewport_cmd(ViewportCommand::Fullscreen(true));
    }
}
