//! Every pair of state and event, against a table that was read line by line.

use std::path::{Path, PathBuf};

use super::{Arrival, DocumentFlow, Effect, Event, Facts, Next, State, Then, UnsavedAnswer, Version, Wanted};

type Flow = DocumentFlow<&'static str, &'static str>;
type FlowState = State<&'static str, &'static str>;
type FlowEvent = Event<&'static str, &'static str>;

/// What the rows are expected to be; `print_table` writes it anew.
const TABLE: &str = include_str!("transitions.txt");
/// Number of the document shown, and of one that was shown before.
const SHOWN: u64 = 7;
const GONE: u64 = 6;
/// The job under way.
const JOB: u64 = 3;
/// The latest reading.
const READING: u64 = 5;
/// Of the document at the time of an event, and of one that was changed since.
const NOW: Version = Version { revision: 20, state: 9 };
const BEFORE: Version = Version { revision: 19, state: 8 };

fn arrival(document: &'static str, recovery: Option<&'static str>) -> Arrival<&'static str, &'static str> {
    Arrival { document, recovery, reading: None }
}

/// What a reading brought.
fn read_by(reading: u64) -> FlowEvent {
    Event::Arrived(Arrival { reading: Some(reading), ..arrival("new", None) })
}

fn file(name: &str) -> Wanted {
    Wanted::Paths(vec![name.into()])
}

fn saving(then: Then<&'static str, &'static str>, more: &[&str]) -> FlowState {
    let more = more.iter().map(PathBuf::from).collect();
    State::Saving { job: JOB, path: "being-written".into(), more, then }
}

fn states() -> Vec<FlowState> {
    let show = || Next::Show(arrival("waiting", Some("its recovery")));
    let read = || Next::Read { reading: READING, wanted: file("file") };
    let before = [
        State::Editing,
        State::Reading { reading: READING, revision: NOW.revision },
        State::Undecided { next: Next::Close },
        State::Undecided { next: show() },
        State::Undecided { next: read() },
        State::ChoosingPlace { next: None },
        State::ChoosingPlace { next: Some(Next::Close) },
        State::ChoosingPlace { next: Some(show()) },
        State::ChoosingPlace { next: Some(read()) },
    ];
    let with = |more: &[&str]| {
        [
            Then::Stay,
            Then::Decide(Next::Close),
            Then::Decide(show()),
            Then::Decide(read()),
            Then::GoOn(Next::Close),
            Then::GoOn(show()),
            Then::GoOn(read()),
        ]
        .map(|then| saving(then, more))
    };
    let closing = [false, true].map(|discards| State::Closing { discards });
    before.into_iter().chain(with(&[])).chain(with(&["more"])).chain(closing).collect()
}

fn events() -> Vec<(&'static str, FlowEvent)> {
    let written = |document, job, version, is_written| Event::Written {
        document,
        job,
        path: "being-written".into(),
        version,
        is_written,
    };
    vec![
        ("Save", Event::Save),
        ("SaveAs", Event::SaveAs),
        ("SaveTo", Event::SaveTo("asked".into())),
        ("PlaceChosen", Event::PlaceChosen { document: SHOWN, path: "chosen".into() }),
        (
            "PlaceChosen for a document that is gone",
            Event::PlaceChosen { document: GONE, path: "chosen".into() },
        ),
        ("PlaceNotChosen", Event::PlaceNotChosen { document: SHOWN }),
        ("PlaceNotChosen for a document that is gone", Event::PlaceNotChosen { document: GONE }),
        ("Written, all of it", written(SHOWN, JOB, NOW, true)),
        ("Written, changed since", written(SHOWN, JOB, BEFORE, true)),
        ("Written, but failed", written(SHOWN, JOB, NOW, false)),
        ("Written by an earlier job", written(SHOWN, JOB - 1, BEFORE, true)),
        ("Written for a document that is gone", written(GONE, JOB, NOW, true)),
        ("Kept", Event::Kept { document: SHOWN, version: NOW }),
        ("Kept, a document that is gone", Event::Kept { document: GONE, version: NOW }),
        ("Wanted", Event::Wanted { wanted: file("another"), reading: None }),
        (
            "Wanted, the folder of the reading",
            Event::Wanted { wanted: file("another"), reading: Some(READING) },
        ),
        ("Arrived", Event::Arrived(arrival("new", None))),
        ("Arrived, of the reading", read_by(READING)),
        ("Arrived, of an earlier reading", read_by(READING - 1)),
        ("ReadingEnded", Event::ReadingEnded { reading: READING }),
        ("ReadingEnded, an earlier one", Event::ReadingEnded { reading: READING - 1 }),
        ("CloseRequested", Event::CloseRequested),
        ("StaysOpen", Event::StaysOpen),
        ("Answer Save", Event::Answer(UnsavedAnswer::Save)),
        ("Answer Discard", Event::Answer(UnsavedAnswer::Discard)),
        ("Answer Cancel", Event::Answer(UnsavedAnswer::Cancel)),
        ("RecoveriesFound", Event::RecoveriesFound(vec!["found"])),
        ("Restore", Event::Restore),
        ("RecoveryUnreadable", Event::RecoveryUnreadable("its recovery")),
        ("DiscardRecovery", Event::DiscardRecovery),
        ("Journalled", Event::Journalled { document: SHOWN }),
        ("Journalled, a document that is gone", Event::Journalled { document: GONE }),
    ]
}

/// A flow in a state whose document was restored; what waits came from a recovery, too.
fn flow_in(state: FlowState) -> Flow {
    let mut flow = Flow { document: SHOWN, last_job: JOB, last_reading: READING, ..Flow::default() };
    flow.recoveries.show(Some("restored"));
    let waits = |next: &Next<_, _>| matches!(next, Next::Show(_));
    let is_waiting = match &state {
        State::Undecided { next } | State::ChoosingPlace { next: Some(next) } => waits(next),
        State::Saving { then: Then::Decide(next) | Then::GoOn(next), .. } => waits(next),
        _ => false,
    };
    flow.recoveries.found(vec!["its recovery"]);
    if is_waiting {
        flow.recoveries.take_up();
    }
    flow.state = state;
    flow
}

fn wanted_words(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Folder => "a folder".to_owned(),
        Wanted::Paths(paths) => {
            paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" and ")
        }
    }
}

fn next_words(next: &Next<&str, &str>) -> String {
    match next {
        Next::Close => "Close".to_owned(),
        Next::Read { reading, wanted } => format!("Read {reading} {}", wanted_words(wanted)),
        Next::Show(arrival) => format!("Show {}", arrival.document),
    }
}

fn state_words(state: &FlowState) -> String {
    match state {
        State::Editing => "Editing".to_owned(),
        State::Reading { reading, revision } => format!("Reading({reading} instead of {revision})"),
        State::Undecided { next } => format!("Undecided({})", next_words(next)),
        State::ChoosingPlace { next } => {
            format!("ChoosingPlace({})", next.as_ref().map_or("-".to_owned(), next_words))
        }
        State::Saving { job, path, more, then } => {
            let more: String = more.iter().map(|path| format!(", then {}", path.display())).collect();
            let then = match then {
                Then::Stay => "Stay".to_owned(),
                Then::Decide(next) => format!("Decide {}", next_words(next)),
                Then::GoOn(next) => format!("GoOn {}", next_words(next)),
            };
            format!("Saving({job} {}{more}; {then})", path.display())
        }
        State::Closing { discards } => {
            if *discards {
                "Closing(discards)".to_owned()
            } else {
                "Closing".to_owned()
            }
        }
    }
}

fn effect_words(effect: &Effect<&str, &str>) -> String {
    match effect {
        Effect::ChoosePlace => "ChoosePlace".to_owned(),
        Effect::Write { job, path } => format!("Write {job} {}", path.display()),
        Effect::MarkSaved { path, version } => format!("MarkSaved {} {}", path.display(), version.revision),
        Effect::MarkKept { version } => format!("MarkKept {}", version.revision),
        Effect::Read { reading, wanted } => format!("Read {reading} {}", wanted_words(wanted)),
        Effect::NotRead(wanted) => format!("NotRead {}", wanted_words(wanted)),
        Effect::Show(document) => format!("Show {document}"),
        Effect::NotShown(document) => format!("NotShown {document}"),
        Effect::DropJournal => "DropJournal".to_owned(),
        Effect::ReadRecovery(recovery) => format!("ReadRecovery {recovery}"),
        Effect::RemoveRecovery(recovery) => format!("RemoveRecovery {recovery}"),
        Effect::Close => "Close".to_owned(),
        Effect::KeepOpen => "KeepOpen".to_owned(),
    }
}

/// What follows, as a row shows it.
fn row(state: &FlowState, event: &FlowEvent, path: Option<&Path>, has_unsaved_changes: bool) -> String {
    let mut flow = flow_in(state.clone());
    let offer = flow.offer().copied();
    let facts = Facts { version: NOW, has_unsaved_changes, path };
    let effects = flow.on(event.clone(), facts);
    let mut words = state_words(flow.state());
    if flow.document() != SHOWN {
        words += &format!(" as {}", flow.document());
    } else if flow.state() == state {
        "same".clone_into(&mut words);
    }
    if flow.offer().copied() != offer {
        words += &format!(", offers {}", flow.offer().unwrap_or(&"nothing"));
    }
    if !effects.is_empty() {
        words += ": ";
        words += &effects.iter().map(effect_words).collect::<Vec<_>>().join(", ");
    }
    words
}

/// A row for each event; none for one with a comma in its name that is answered like the plain event before it.
fn rows_of(state: &FlowState) -> Vec<String> {
    let own = PathBuf::from("own");
    let mut table = Vec::new();
    let mut plain: Option<(&str, [String; 4])> = None;
    for (name, event) in events() {
        // Whether it has a file matters to saving, unsaved changes to the rest: one row where neither does.
        let conditions = [
            ("clean", None, false),
            ("clean, has a file", Some(&*own), false),
            ("unsaved", None, true),
            ("unsaved, has a file", Some(&*own), true),
        ];
        let rows = conditions.map(|(words, path, unsaved)| (words, row(state, &event, path, unsaved)));
        let answers = rows.clone().map(|(_, row)| row);
        let before = name.split(',').next().unwrap_or_default();
        if before == name {
            plain = Some((name, answers));
        } else if plain.as_ref().is_some_and(|(plain, same)| *plain == before && *same == answers) {
            continue;
        }
        if rows.iter().all(|(_, row)| *row == rows[0].1) {
            table.push(format!("  {name} -> {}", rows[0].1));
        } else if rows[0].1 == rows[1].1 && rows[2].1 == rows[3].1 {
            table.push(format!("  {name}, clean -> {}", rows[0].1));
            table.push(format!("  {name}, unsaved -> {}", rows[2].1));
        } else if rows[0].1 == rows[2].1 && rows[1].1 == rows[3].1 {
            table.push(format!("  {name}, no file -> {}", rows[0].1));
            table.push(format!("  {name}, has a file -> {}", rows[1].1));
        } else {
            table.extend(rows.map(|(words, row)| format!("  {name}, {words} -> {row}")));
        }
    }
    table
}

/// The same state with nothing more to be written, where something is.
fn without_more(state: &FlowState) -> Option<FlowState> {
    match state {
        State::Saving { more, then, .. } if !more.is_empty() => Some(saving(then.clone(), &[])),
        _ => None,
    }
}

/// The rows of every state. Once stand those that all have, and what is the same whether more is to be written or not;
/// what changes nothing has none.
fn table() -> String {
    let states: Vec<(FlowState, Vec<String>)> =
        states().into_iter().map(|state| (state.clone(), rows_of(&state))).collect();
    let is_of_all = |row: &String| states.iter().all(|(_, rows)| rows.contains(row));
    let changes_nothing = |row: &String| row.ends_with(" -> same");
    let mut table = vec!["Every state".to_owned()];
    table.extend(states[0].1.iter().filter(|row| is_of_all(row) && !changes_nothing(row)).cloned());
    for (state, rows) in &states {
        let plain = without_more(state).map(|plain| rows_of(&plain));
        table.push(state_words(state) + if plain.is_some() { ", else as without more" } else { "" });
        let is_left_out = |row: &String| match &plain {
            Some(plain) => plain.contains(&row.replace(", then more", "")),
            None => changes_nothing(row),
        };
        table.extend(rows.iter().filter(|row| !is_of_all(row) && !is_left_out(row)).cloned());
    }
    table.join("\n")
}

/// A state without its numbers and names.
fn kind(state: &FlowState) -> Vec<String> {
    let words = state_words(state);
    let is_of_kind =
        |word: &&str| word.starts_with(char::is_uppercase) || ["then", "discards"].contains(word);
    let words = words.split(|letter: char| !letter.is_alphabetic());
    let mut kind: Vec<String> = words.filter(is_of_kind).map(str::to_owned).collect();
    kind.dedup();
    kind
}

#[test]
fn no_event_leads_to_a_state_that_the_table_has_not() {
    let kinds: Vec<Vec<String>> = states().iter().map(kind).collect();
    all_rows(|state, event, _, flow, _| {
        assert!(kinds.contains(&kind(flow.state())), "{state:?} on {event:?}: {:?}", flow.state());
    });
}

#[test]
fn every_state_answers_every_event_as_the_table_says() {
    let found = table();
    for (number, (found, wanted)) in found.lines().zip(TABLE.lines()).enumerate() {
        assert_eq!(found, wanted, "line {} of transitions.txt", number + 1);
    }
    assert_eq!(found.lines().count(), TABLE.lines().count());
}

/// `cargo test print_table -- --ignored --nocapture`, after a change that is meant.
#[test]
#[ignore = "prints the table"]
fn print_table() {
    println!("{}", table());
}

fn all_rows(
    mut check: impl FnMut(&FlowState, &FlowEvent, bool, &Flow, &[Effect<&'static str, &'static str>]),
) {
    for state in states() {
        for (_, event) in events() {
            for has_unsaved_changes in [false, true] {
                let mut flow = flow_in(state.clone());
                let facts = Facts { version: NOW, has_unsaved_changes, path: None };
                let effects = flow.on(event.clone(), facts);
                check(&state, &event, has_unsaved_changes, &flow, &effects);
            }
        }
    }
}

/// Whether it is the document that the changes of now were given up for.
fn is_given_up_for(state: &FlowState, event: &FlowEvent) -> bool {
    let State::Reading { reading, revision } = state else { return false };
    let Event::Arrived(Arrival { reading: Some(arrived), .. }) = event else { return false };
    arrived == reading && *revision == NOW.revision
}

/// Whether this event lets work go: it was discarded in words, or all of it was written.
fn lets_go(state: &FlowState, event: &FlowEvent, is_unsaved: bool) -> bool {
    match event {
        Event::Answer(UnsavedAnswer::Discard) => true,
        Event::Written { is_written: true, version, .. } | Event::Kept { version, .. } => *version == NOW,
        _ => !is_unsaved || is_given_up_for(state, event),
    }
}

#[test]
fn no_pair_gives_unsaved_work_up_without_a_word() {
    all_rows(|state, event, is_unsaved, _, effects| {
        if matches!(state, State::Closing { discards: true }) {
            return;
        }
        let gives_up = effects
            .iter()
            .any(|effect| matches!(effect, Effect::DropJournal | Effect::Show(_) | Effect::Close));
        assert!(!gives_up || lets_go(state, event, is_unsaved), "{state:?} on {event:?}: {effects:?}");
        let closes = matches!(event, Event::CloseRequested) && !effects.contains(&Effect::KeepOpen);
        assert!(!closes || !is_unsaved, "{state:?} closes over unsaved changes");
    });
}

#[test]
fn a_recovery_goes_only_when_something_safer_holds_it_or_it_is_discarded() {
    all_rows(|state, event, _, _, effects| {
        for effect in effects {
            let is_meant = match effect {
                Effect::RemoveRecovery("restored") => {
                    matches!(
                        event,
                        Event::Journalled { document: SHOWN }
                            | Event::Answer(UnsavedAnswer::Discard)
                            | Event::Written { document: SHOWN, version: NOW, is_written: true, .. }
                            | Event::Kept { document: SHOWN, version: NOW }
                    ) || is_given_up_for(state, event)
                }
                Effect::RemoveRecovery("its recovery") => matches!(event, Event::DiscardRecovery),
                Effect::RemoveRecovery(_) => false,
                _ => true,
            };
            assert!(is_meant, "{state:?} on {event:?}: {effects:?}");
        }
    });
}

#[test]
fn nothing_of_a_document_that_is_gone_changes_the_one_shown() {
    let gone = |event: &FlowEvent| {
        matches!(
            event,
            Event::PlaceChosen { document: GONE, .. }
                | Event::PlaceNotChosen { document: GONE }
                | Event::Written { document: GONE, .. }
                | Event::Kept { document: GONE, .. }
                | Event::Journalled { document: GONE }
        )
    };
    let mut count = 0;
    all_rows(|state, event, _, flow, effects| {
        if gone(event) {
            count += 1;
            assert_eq!((flow.state(), effects), (state, &[][..]), "{event:?}");
        }
    });
    assert_eq!(count, states().len() * 5 * 2);
}

#[test]
fn what_was_given_up_for_a_reading_is_given_up_for_no_other_and_not_for_what_was_changed_since() {
    let facts =
        |revision| Facts { version: Version { revision, ..NOW }, has_unsaved_changes: true, path: None };
    let reading = || State::Reading { reading: READING, revision: NOW.revision };
    let given_up = |event: FlowEvent, revision| {
        let mut flow = flow_in(reading());
        flow.on(event, facts(revision));
        flow.document() != SHOWN
    };
    assert!(given_up(read_by(READING), NOW.revision));
    assert!(!given_up(read_by(READING), NOW.revision + 1), "changed since");
    assert!(!given_up(read_by(READING - 1), NOW.revision) && !given_up(read_by(READING + 1), NOW.revision));
    assert!(!given_up(Event::Arrived(arrival("a sample", None)), NOW.revision));
    // A folder that is chosen when something was changed since is asked about again.
    let mut flow = flow_in(reading());
    let wanted = || file("in the folder");
    let effects = flow.on(Event::Wanted { wanted: wanted(), reading: Some(READING) }, facts(21));
    assert!(effects.is_empty(), "{effects:?}");
    assert_eq!(
        flow.state(),
        &State::Undecided { next: Next::Read { reading: READING + 1, wanted: wanted() } }
    );
    // Nothing that is done meanwhile leaves it given up.
    for event in [Event::Save, Event::Arrived(arrival("a sample", None)), Event::CloseRequested] {
        let mut flow = flow_in(reading());
        flow.on(event, facts(NOW.revision));
        flow.on(Event::Answer(UnsavedAnswer::Cancel), facts(NOW.revision));
        flow.on(read_by(READING), facts(NOW.revision));
        assert_eq!(flow.document(), SHOWN, "{:?}", flow.state());
    }
}
