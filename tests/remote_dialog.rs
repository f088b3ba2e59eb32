//! The dialog of the computer that draws: what is typed, what is kept, what the pane says.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable;
use retidiff::studio::shell::action::Action;
use retidiff::worker::models::BUNDLED;

use crate::remote::command;
use crate::studio::{options, studio_with, wait_until};
use crate::tools::keep_screen;

#[test]
fn another_computer_draws_as_soon_as_its_command_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options();
    options.data_folder = Some(folder.path().join("studio"));
    let mut harness = studio_with(options);
    wait_until(&mut harness, "a model is loaded", |studio| studio.synthesis().device().is_some());
    harness.state_mut().perform(Action::ToggleRemote);
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
    if BUNDLED.is_empty() {
        eprintln!("skipped: this build carries no model");
        return;
    }

    harness.state_mut().perform(Action::DrawOn(Some(command(folder.path(), ""))));
    wait_until(&mut harness, "the other computer draws", |studio| {
        studio.synthesis().device().is_some_and(|device| device.host.is_some())
    });
    wait_until(&mut harness, "its first picture", |studio| {
        studio.synthesis().shown().is_some_and(|shown| shown.current)
    });
    harness.run_steps(2);
    harness.get_by_label("on sh");
    keep_screen(&mut harness, "remote-pane");
    harness.state_mut().perform(Action::DrawOn(None));
    wait_until(&mut harness, "this computer draws", |studio| {
        studio.synthesis().device().is_some_and(|device| device.host.is_none())
    });
    assert_eq!(harness.state().first_error(), None);
}
