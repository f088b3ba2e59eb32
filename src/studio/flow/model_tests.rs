//! A thousand random sequences against the model of what the user must still have, and the faults that were found by
//! hand.

use proptest::prelude::*;

use super::model::{FILES, Step, World};
use super::{Question, UnsavedAnswer};

fn step() -> impl Strategy<Value = Step> {
    use UnsavedAnswer::{Cancel, Discard, Save};
    prop_oneof![
        8 => Just(Step::Edit),
        2 => Just(Step::Undo),
        4 => Just(Step::Save),
        1 => Just(Step::SaveAs),
        1 => (0..FILES).prop_map(Step::SaveTo),
        2 => (0..FILES).prop_map(Step::OpenFile),
        2 => Just(Step::OpenSample),
        3 => Just(Step::Restore),
        1 => Just(Step::DiscardRecovery),
        3 => Just(Step::CloseRequested),
        4 => prop_oneof![Just(Save), Just(Discard), Just(Cancel)].prop_map(Step::Answer),
        3 => proptest::option::of(0..FILES).prop_map(Step::Chooser),
        6 => any::<bool>().prop_map(|is_written| Step::WriteEnds { is_written }),
        4 => prop::bool::weighted(0.8).prop_map(|is_read| Step::ReadEnds { is_read }),
        5 => Just(Step::JournalWrites),
        4 => Just(Step::JournalReports),
        1 => Just(Step::RemovalFails),
        1 => Just(Step::StaysOpen),
        1 => Just(Step::Kill),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_whatever_happens_in_whatever_order(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.owed = world.secured.clone();
        world.forget_what_is_in_memory();
    }
}

/// A user who wants to go on gets there: whatever stood before, the work is saved and the window closes.
fn assert_closes_saved(world: &mut World) {
    let starts = world.starts;
    for round in 0..40 {
        if world.starts > starts {
            return;
        }
        world.step(match world.flow.question() {
            None => Step::CloseRequested,
            Some(Question::Unsaved) => Step::Answer(UnsavedAnswer::Save),
            Some(Question::StillChoosing) => Step::Chooser(Some(FILES + round)),
            Some(Question::StillSaving(_)) => Step::WriteEnds { is_written: true },
        });
    }
    panic!("it never closes: {:?}", world.flow.state());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_window_can_always_be_closed_with_its_work_saved(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        let (work, held) = (world.shown().work, world.shown().held);
        let is_owed = world.is_unsaved() && world.flow.keeps_journal();
        assert_closes_saved(&mut world);
        prop_assert!(!is_owed || world.is_on_disk(work, held), "closed with work {} unsaved", work);
    }
}

#[test]
fn a_restored_document_that_is_refused_is_still_there() {
    let mut world = World::new();
    world.step(Step::Edit);
    world.step(Step::JournalWrites);
    world.step(Step::Kill);
    let lost = world.left[0].clone();
    world.step(Step::Edit);
    world.step(Step::Restore);
    world.step(Step::ReadEnds { is_read: true });
    assert!(world.flow.question().is_some());
    world.step(Step::JournalWrites);
    world.step(Step::JournalReports);
    world.step(Step::JournalWrites);
    assert!(world.left.contains(&lost), "the question still stands");
    world.step(Step::Answer(UnsavedAnswer::Cancel));
    assert!(world.left.contains(&lost));
    assert_eq!(world.flow.offer(), Some(&lost), "it is offered again");
    world.step(Step::Restore);
    world.step(Step::ReadEnds { is_read: true });
    world.step(Step::Answer(UnsavedAnswer::Discard));
    assert_eq!(world.shown().work, lost.work);
    assert!(world.left.contains(&lost), "its own journal does not hold it yet");
    world.step(Step::JournalWrites);
    (0..2).for_each(|_| world.step(Step::JournalReports));
    assert!(world.left.is_empty());
}

#[test]
fn a_late_write_gives_its_name_to_no_other_document() {
    let mut world = World::new();
    world.step(Step::Edit);
    world.step(Step::SaveTo(1));
    world.step(Step::WriteEnds { is_written: true });
    world.step(Step::Edit);
    world.step(Step::Save);
    world.step(Step::OpenSample);
    world.step(Step::Answer(UnsavedAnswer::Discard));
    assert_eq!(world.shown().file, None);
    world.step(Step::WriteEnds { is_written: true });
    assert_eq!(world.shown().file, None, "the sample has no file");
    world.step(Step::Edit);
    world.step(Step::Save);
    assert!(world.writes.is_empty(), "and has to be given one");
}

#[test]
fn strokes_made_while_it_is_saved_to_be_closed_are_saved_too() {
    let mut world = World::new();
    world.step(Step::Edit);
    world.step(Step::SaveTo(0));
    world.step(Step::WriteEnds { is_written: true });
    world.step(Step::Edit);
    world.step(Step::CloseRequested);
    world.step(Step::Answer(UnsavedAnswer::Save));
    world.step(Step::Edit);
    let (work, held) = (world.shown().work, world.shown().held);
    world.step(Step::ReadEnds { is_read: false });
    world.step(Step::WriteEnds { is_written: true });
    assert_eq!(world.starts, 1, "not yet");
    world.step(Step::WriteEnds { is_written: true });
    world.step(Step::JournalWrites);
    assert_eq!(world.starts, 2, "closed");
    assert_eq!(world.files[&0], (work, held));
    assert!(world.left.is_empty());
}

#[test]
fn a_file_that_comes_during_a_save_is_shown_without_a_question() {
    let mut world = World::new();
    world.step(Step::Edit);
    world.step(Step::SaveTo(0));
    world.step(Step::OpenSample);
    let first = world.shown().work;
    assert!(!matches!(world.flow.question(), Some(Question::Unsaved)));
    world.step(Step::WriteEnds { is_written: true });
    assert_ne!(world.shown().work, first, "all of it is saved by now");
    world.step(Step::Edit);
    world.step(Step::SaveTo(1));
    world.step(Step::Edit);
    world.step(Step::OpenSample);
    world.step(Step::WriteEnds { is_written: true });
    assert_eq!(world.flow.question(), Some(Question::Unsaved), "the last stroke is in no file");
}
