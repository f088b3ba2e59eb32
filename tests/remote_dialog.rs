//! The dialog of the computer that draws: what it says of now, and of a command that is none.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable;
use retidiff::studio::shell::action::{Action, WindowAction};

use crate::studio::{options, studio_with, wait_until};
use crate::tools::keep_screen;

#[test]
fn what_is_no_command_is_said_under_the_field() {
    let mut harness = studio_with(options());
    wait_until(&mut harness, "a model is loaded", |studio| studio.synthesis().device().is_some());
    harness.state_mut().perform(Action::Window(WindowAction::ToggleRemote));
    harness.run_steps(3);
    harness.get_by_label_contains("Now: CPU (test)");
    harness.get_by_label("Command").type_text("ssh 'gpu");
    harness.run_steps(2);
    harness.get_by_label("Use it").click();
    harness.run_steps(2);
    harness.get_by_label_contains("is not closed");
    keep_screen(&mut harness, "remote-dialog");
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(harness.query_by_label("Use it").is_none(), "Esc closes it");
}

#[test]
fn a_command_is_tried_before_anybody_relies_on_it() {
    let mut harness = studio_with(options());
    wait_until(&mut harness, "a model is loaded", |studio| studio.synthesis().device().is_some());
    harness.state_mut().perform(Action::Window(WindowAction::ToggleRemote));
    harness.run_steps(3);
    harness.get_by_label("Command").type_text("/nowhere/at/all serve --stdio");
    harness.run_steps(2);
    harness.get_by_label("Test").click();
    let began = std::time::Instant::now();
    while harness.query_by_label_contains("all does not answer").is_none() {
        assert!(began.elapsed() < std::time::Duration::from_secs(30), "no word of the trial");
        harness.run_steps(1);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    harness.get_by_label_contains("could not be started");
    keep_screen(&mut harness, "remote-dialog-tried");
    // Another text is another question.
    harness.get_by_label("Command").focus();
    harness.run_steps(2);
    harness.get_by_label("Command").type_text("x");
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("does not answer").is_none());
}
