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
        3 => proptest::option::of(0..FILES).prop_map(Step::Want),
        2 => proptest::option::of(0..FILES).prop_map(Step::FolderChooser),
        1 => Just(Step::GiveReadingUp),
        1 => Just(Step::KeepElsewhere),
        1 => Just(Step::KeptElsewhere),
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

/// What meets while files are read in place of a document with unsaved changes.
fn step_of_reading() -> impl Strategy<Value = Step> {
    use UnsavedAnswer::{Cancel, Discard, Save};
    prop_oneof![
        4 => Just(Step::Edit),
        1 => Just(Step::Undo),
        2 => Just(Step::Save),
        6 => prop_oneof![Just(Step::Want(Some(0))), Just(Step::Want(None))],
        3 => prop_oneof![2 => Just(Step::FolderChooser(Some(0))), 1 => Just(Step::FolderChooser(None))],
        3 => Just(Step::GiveReadingUp),
        2 => Just(Step::OpenFile(0)),
        2 => Just(Step::OpenSample),
        1 => Just(Step::Restore),
        1 => Just(Step::KeepElsewhere),
        1 => Just(Step::KeptElsewhere),
        6 => prop_oneof![1 => Just(Save), 2 => Just(Discard), 1 => Just(Cancel)].prop_map(Step::Answer),
        2 => any::<bool>().prop_map(|is_written| Step::WriteEnds { is_written }),
        5 => prop::bool::weighted(0.8).prop_map(|is_read| Step::ReadEnds { is_read }),
        2 => Just(Step::JournalWrites),
        1 => Just(Step::Kill),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_what_is_read_takes_what_was_given_up_for_it(steps in prop::collection::vec(step_of_reading(), 1..60)) {
        let mut world = World::new();
        for step in [Step::Edit, Step::SaveTo(0), Step::WriteEnds { is_written: true }] {
            world.step(step);
        }
        for step in steps {
            world.step(step);
        }
    }
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

#[test]
fn a_window_stays_for_a_write_that_failed_though_the_next_one_succeeds() {
    for asks_before in [false, true] {
        let mut world = changed_beside_a_file();
        if asks_before {
            world.step(Step::CloseRequested);
            world.step(Step::Answer(UnsavedAnswer::Save));
        }
        for step in [Step::SaveTo(1), Step::SaveTo(2), Step::CloseRequested] {
            world.step(step);
        }
        let mut is_written = false;
        while !world.writes.is_empty() {
            world.step(Step::WriteEnds { is_written });
            is_written = true;
        }
        world.step(Step::JournalWrites);
        assert!(!world.is_unsaved() && world.starts == 1, "{:?}", world.flow.state());
        world.step(Step::CloseRequested);
        assert_eq!(world.starts, 2, "what failed could be read by then");
    }
}

/// A file, and a document that was changed since it was shown.
fn changed_beside_a_file() -> World {
    let mut world = World::new();
    for step in [Step::Edit, Step::SaveTo(0), Step::WriteEnds { is_written: true }, Step::Edit] {
        world.step(step);
    }
    world
}

#[test]
fn a_discard_for_a_slow_reading_is_spent_on_that_one_alone() {
    let mut world = changed_beside_a_file();
    let (work, held) = (world.shown().work, world.shown().held);
    world.step(Step::Want(None));
    world.step(Step::Answer(UnsavedAnswer::Discard));
    assert!(world.flow.question().is_none() && world.folder_choosers.len() == 1);
    world.step(Step::OpenSample);
    assert_eq!((world.shown().work, world.flow.question()), (work, Some(Question::Unsaved)));
    world.step(Step::Answer(UnsavedAnswer::Cancel));
    // Nor is it spent on the folder any more, for the work was asked about since.
    world.step(Step::FolderChooser(Some(0)));
    assert_eq!((world.shown().work, world.flow.question()), (work, Some(Question::Unsaved)));
    world.step(Step::Answer(UnsavedAnswer::Discard));
    assert_eq!((world.shown().held, world.reads.len()), (held, 1), "until it is read everything is there");
    world.step(Step::ReadEnds { is_read: true });
    assert_ne!(world.shown().work, work);
}

#[test]
fn a_reading_that_fails_or_is_given_up_takes_nothing_with_it() {
    let mut world = changed_beside_a_file();
    let work = world.shown().work;
    for is_given_up in [false, true] {
        world.step(Step::Want(Some(0)));
        world.step(Step::Answer(UnsavedAnswer::Discard));
        if is_given_up {
            world.step(Step::GiveReadingUp);
        }
        world.step(Step::ReadEnds { is_read: is_given_up });
        assert_eq!(world.shown().work, work);
        let is_asked = world.flow.question().is_some();
        assert_eq!(is_asked, is_given_up, "what came all the same is asked about");
        world.step(Step::Answer(UnsavedAnswer::Cancel));
        world.step(Step::OpenSample);
        assert_eq!((world.shown().work, world.flow.question()), (work, Some(Question::Unsaved)));
        world.step(Step::Answer(UnsavedAnswer::Cancel));
    }
}

#[test]
fn a_save_that_fails_before_something_is_read_asks_again() {
    let mut world = changed_beside_a_file();
    let work = world.shown().work;
    world.step(Step::Want(Some(0)));
    world.step(Step::Answer(UnsavedAnswer::Save));
    world.step(Step::WriteEnds { is_written: false });
    assert_eq!((world.flow.question(), world.reads.len()), (Some(Question::Unsaved), 0));
    world.step(Step::Answer(UnsavedAnswer::Save));
    world.step(Step::Edit);
    world.step(Step::WriteEnds { is_written: true });
    assert!(world.reads.is_empty(), "the last stroke is in no file yet");
    world.step(Step::WriteEnds { is_written: true });
    world.step(Step::ReadEnds { is_read: true });
    assert_ne!(world.shown().work, work);
}

#[test]
fn what_a_set_keeps_needs_no_journal_and_what_was_changed_since_does() {
    let mut world = World::new();
    world.step(Step::Edit);
    world.step(Step::JournalWrites);
    world.step(Step::KeepElsewhere);
    world.step(Step::KeptElsewhere);
    assert!(!world.is_unsaved() && world.journal.is_none());
    world.step(Step::Edit);
    world.step(Step::JournalWrites);
    world.step(Step::KeepElsewhere);
    world.step(Step::Edit);
    world.step(Step::KeptElsewhere);
    assert!(world.is_unsaved() && world.journal.is_some());
    // A report that comes when another document is shown says nothing of that one.
    world.step(Step::KeepElsewhere);
    world.step(Step::OpenSample);
    world.step(Step::Answer(UnsavedAnswer::Discard));
    world.step(Step::Edit);
    world.step(Step::KeptElsewhere);
    assert!(world.is_unsaved());
}
