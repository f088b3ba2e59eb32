//! What follows from each event in each state.

use std::path::{Path, PathBuf};

use super::{Arrival, DocumentFlow, Effect, Event, Facts, Next, State, Then, UnsavedAnswer, Wanted};

/// Where a document is to be written.
enum Place {
    /// Its own file; one has to be chosen where it has none.
    Own,
    /// One that is chosen for it.
    Another,
    At(PathBuf),
}

/// What becomes of the changes of a document that goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Changes {
    /// There are none, or a file has them.
    Safe,
    Discarded,
}

/// A write that ended.
struct EndedWrite {
    job: u64,
    is_written: bool,
    /// Whether nothing of the document is unsaved now.
    is_clean: bool,
}

impl<D, R: Clone + PartialEq> DocumentFlow<D, R> {
    /// What is to be done about an event. `facts` describe the document shown, at this moment.
    pub fn on(&mut self, event: Event<D, R>, facts: Facts<'_>) -> Vec<Effect<D, R>> {
        let mut effects = Vec::new();
        let state = std::mem::replace(&mut self.state, State::Editing);
        self.state = match event {
            Event::Save => self.save(state, Place::Own, facts, &mut effects),
            Event::SaveAs => self.save(state, Place::Another, facts, &mut effects),
            Event::SaveTo(path) => self.save(state, Place::At(path), facts, &mut effects),
            Event::PlaceChosen { document, path } if document == self.document => {
                self.save(state, Place::At(path), facts, &mut effects)
            }
            Event::PlaceNotChosen { document } if document == self.document => self.no_place(state),
            Event::Written { document, job, path, version, is_written } if document == self.document => {
                // Without a new file the facts are still true; with one, it is the state that counts as saved.
                let is_clean = if is_written { facts.version == version } else { !facts.has_unsaved_changes };
                if is_written {
                    effects.push(Effect::MarkSaved { path, version });
                    self.note_saved(is_clean, &mut effects);
                }
                self.written(state, EndedWrite { job, is_written, is_clean }, facts, &mut effects)
            }
            Event::Kept { document, version } if document == self.document => {
                effects.push(Effect::MarkKept { version });
                self.note_saved(facts.version == version, &mut effects);
                state
            }
            // Of a document that is no longer shown.
            Event::PlaceChosen { .. }
            | Event::PlaceNotChosen { .. }
            | Event::Written { .. }
            | Event::Kept { .. } => state,
            Event::Wanted { wanted, reading } => self.wanted(state, wanted, reading, facts, &mut effects),
            Event::ReadingEnded { reading: ended } => match state {
                State::Reading { reading, .. } if reading == ended => State::Editing,
                other => other,
            },
            Event::Arrived(arrival) => self.arrived(state, arrival, facts, &mut effects),
            Event::CloseRequested => self.close_requested(state, facts, &mut effects),
            Event::StaysOpen => match state {
                State::Closing { .. } => State::Editing,
                other => other,
            },
            Event::Answer(answer) => self.answered(state, answer, facts, &mut effects),
            Event::RecoveriesFound(_)
            | Event::Restore
            | Event::RecoveryUnreadable(_)
            | Event::DiscardRecovery
            | Event::Journalled { .. } => {
                self.left_behind(event, &mut effects);
                state
            }
        };
        effects
    }

    /// What happens to work of earlier processes happens in every state.
    fn left_behind(&mut self, event: Event<D, R>, effects: &mut Vec<Effect<D, R>>) {
        match event {
            Event::RecoveriesFound(recoveries) => self.recoveries.found(recoveries),
            Event::Restore => effects.extend(self.recoveries.take_up().map(Effect::ReadRecovery)),
            Event::RecoveryUnreadable(recovery) => self.recoveries.put_back(&recovery),
            Event::DiscardRecovery => {
                effects.extend(self.recoveries.discard_offer().map(Effect::RemoveRecovery));
            }
            Event::Journalled { document } if document == self.document => {
                effects.extend(self.recoveries.release().map(Effect::RemoveRecovery));
            }
            _ => {}
        }
    }

    fn save(
        &mut self,
        state: State<D, R>,
        place: Place,
        facts: Facts<'_>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        let next = match state {
            State::Saving { job, path, mut more, then } => {
                match place {
                    Place::Another => effects.push(Effect::ChoosePlace),
                    Place::Own => {
                        let own = more.last().unwrap_or(&path).clone();
                        more.push(own);
                    }
                    Place::At(place) => more.push(place),
                }
                more.dedup();
                return State::Saving { job, path, more, then };
            }
            // A window that is about to close and is still there to be asked counts as open.
            State::Editing | State::Reading { .. } | State::Closing { .. } => None,
            State::Undecided { next } => Some(next),
            State::ChoosingPlace { next } => next,
        };
        let path = match place {
            Place::At(path) => Some(path),
            Place::Own => facts.path.map(Path::to_path_buf),
            Place::Another => None,
        };
        match path {
            Some(path) => self.write(path, Vec::new(), next.map_or(Then::Stay, Then::GoOn), effects),
            None => {
                effects.push(Effect::ChoosePlace);
                State::ChoosingPlace { next }
            }
        }
    }

    fn write(
        &mut self,
        path: PathBuf,
        more: Vec<PathBuf>,
        then: Then<D, R>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        self.last_job += 1;
        effects.push(Effect::Write { job: self.last_job, path: path.clone() });
        State::Saving { job: self.last_job, path, more, then }
    }

    /// Without a place nothing is saved, and what was to come after that does not come.
    fn no_place(&mut self, state: State<D, R>) -> State<D, R> {
        match state {
            State::ChoosingPlace { next } => {
                next.into_iter().for_each(|next| self.refuse(next));
                State::Editing
            }
            other => other,
        }
    }

    /// A file holds some of the work; once it holds all of it, nothing else needs to.
    fn note_saved(&mut self, is_clean: bool, effects: &mut Vec<Effect<D, R>>) {
        if is_clean {
            effects.push(Effect::DropJournal);
            effects.extend(self.recoveries.release().map(Effect::RemoveRecovery));
        }
    }

    fn written(
        &mut self,
        state: State<D, R>,
        ended: EndedWrite,
        facts: Facts<'_>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        let EndedWrite { job: ended, is_written, is_clean } = ended;
        let (path, mut more, then) = match state {
            State::Saving { job, path, more, then } if job == ended => (path, more, then),
            other => return other,
        };
        if !more.is_empty() {
            let path = more.remove(0);
            let then = match then {
                // What failed must be read before the window goes, whatever becomes of the other places.
                Then::Decide(Next::Close) | Then::GoOn(Next::Close) if !is_written => Then::Stay,
                then => then,
            };
            return self.write(path, more, then, effects);
        }
        match then {
            // A copy could not be written, and that must be read before the window goes.
            Then::Stay | Then::Decide(Next::Close) | Then::GoOn(Next::Close) if is_clean && !is_written => {
                State::Editing
            }
            Then::Stay => State::Editing,
            Then::Decide(next) | Then::GoOn(next) if is_clean => {
                self.go_on(next, Changes::Safe, facts, effects)
            }
            Then::GoOn(next) if is_written => self.write(path, more, Then::GoOn(next), effects),
            Then::Decide(next) | Then::GoOn(next) => State::Undecided { next },
        }
    }

    /// Reads what was wanted; where that would lose changes, only after it was decided about them.
    fn wanted(
        &mut self,
        state: State<D, R>,
        wanted: Wanted,
        chosen_for: Option<u64>,
        facts: Facts<'_>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        if let State::Reading { reading, revision } = state
            && chosen_for == Some(reading)
            && revision == facts.version.revision
        {
            effects.push(Effect::Read { reading, wanted });
            return state;
        }
        self.last_reading += 1;
        let reading = self.last_reading;
        match state {
            // It can be read meanwhile: what is unsaved by then is decided when it arrives.
            state @ State::Saving { then: Then::Stay, .. } => {
                effects.push(Effect::Read { reading, wanted });
                state
            }
            state if !facts.has_unsaved_changes && is_free(&state) => {
                effects.push(Effect::Read { reading, wanted });
                state
            }
            state => self.put_off(state, Next::Read { reading, wanted }, effects),
        }
    }

    fn arrived(
        &mut self,
        state: State<D, R>,
        arrival: Arrival<D, R>,
        facts: Facts<'_>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        match state {
            State::Reading { reading, revision }
                if arrival.reading == Some(reading) && revision == facts.version.revision =>
            {
                self.show(arrival, Changes::Discarded, effects)
            }
            state if !facts.has_unsaved_changes && is_free(&state) => {
                self.show(arrival, Changes::Safe, effects)
            }
            state => self.put_off(state, Next::Show(arrival), effects),
        }
    }

    /// What comes next waits for the user, or for the end of a write.
    fn put_off(
        &mut self,
        state: State<D, R>,
        newest: Next<D, R>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        match state {
            State::Editing | State::Reading { .. } => State::Undecided { next: newest },
            State::Undecided { next } => State::Undecided { next: self.supersede(next, newest, effects) },
            State::ChoosingPlace { next: None } => State::ChoosingPlace { next: Some(newest) },
            State::ChoosingPlace { next: Some(next) } => {
                State::ChoosingPlace { next: Some(self.supersede(next, newest, effects)) }
            }
            State::Saving { job, path, more, then } => {
                let then = match then {
                    Then::Stay => Then::Decide(newest),
                    Then::Decide(next) => Then::Decide(self.supersede(next, newest, effects)),
                    Then::GoOn(next) => Then::GoOn(self.supersede(next, newest, effects)),
                };
                State::Saving { job, path, more, then }
            }
            State::Closing { discards } => {
                self.give_up(newest, effects);
                State::Closing { discards }
            }
        }
    }

    /// The newest wish counts, and closing counts more than opening.
    fn supersede(
        &mut self,
        before: Next<D, R>,
        newest: Next<D, R>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> Next<D, R> {
        let stays = match (&before, &newest) {
            (Next::Close, _) => true,
            // It was wanted first, and only took longer than the wish that is being asked about.
            (Next::Read { reading, .. }, Next::Show(Arrival { reading: Some(arrived), .. })) => {
                arrived < reading
            }
            _ => false,
        };
        let (kept, given_up) = if stays { (before, newest) } else { (newest, before) };
        self.give_up(given_up, effects);
        kept
    }

    /// What was wanted will not come, without a word of the user about it.
    fn give_up(&mut self, next: Next<D, R>, effects: &mut Vec<Effect<D, R>>) {
        match next {
            Next::Close => {}
            Next::Read { wanted, .. } => effects.push(Effect::NotRead(wanted)),
            Next::Show(Arrival { document, recovery, .. }) => {
                if let Some(recovery) = recovery {
                    self.recoveries.put_back(&recovery);
                }
                effects.push(Effect::NotShown(document));
            }
        }
    }

    /// The user wants the document shown to stay.
    fn refuse(&mut self, next: Next<D, R>) {
        if let Next::Show(Arrival { recovery: Some(recovery), .. }) = next {
            self.recoveries.put_back(&recovery);
        }
    }

    fn close_requested(
        &mut self,
        state: State<D, R>,
        facts: Facts<'_>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        let is_clean = !facts.has_unsaved_changes;
        let state = match state {
            State::Closing { discards: true } => return state,
            state if is_clean && (is_free(&state) || matches!(state, State::Closing { .. })) => {
                effects.push(Effect::DropJournal);
                return State::Closing { discards: false };
            }
            // Something was changed since closing began.
            State::Closing { .. } => State::Undecided { next: Next::Close },
            state => self.put_off(state, Next::Close, effects),
        };
        effects.push(Effect::KeepOpen);
        state
    }

    fn answered(
        &mut self,
        state: State<D, R>,
        answer: UnsavedAnswer,
        facts: Facts<'_>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        match (state, answer) {
            (State::Undecided { next }, UnsavedAnswer::Save) => {
                self.save(State::Undecided { next }, Place::Own, facts, effects)
            }
            (
                State::Undecided { next }
                | State::ChoosingPlace { next: Some(next) }
                | State::Saving { then: Then::Decide(next) | Then::GoOn(next), .. },
                UnsavedAnswer::Discard,
            ) => self.go_on(next, Changes::Discarded, facts, effects),
            (
                State::Undecided { next } | State::ChoosingPlace { next: Some(next) },
                UnsavedAnswer::Cancel,
            ) => {
                self.refuse(next);
                State::Editing
            }
            (
                State::Saving { job, path, more, then: Then::Decide(next) | Then::GoOn(next) },
                UnsavedAnswer::Cancel,
            ) => {
                self.refuse(next);
                State::Saving { job, path, more, then: Then::Stay }
            }
            (other, _) => other,
        }
    }

    fn go_on(
        &mut self,
        next: Next<D, R>,
        changes: Changes,
        facts: Facts<'_>,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        match next {
            Next::Show(arrival) => self.show(arrival, changes, effects),
            // Until it is read the changes are there: it may fail, or be given up.
            Next::Read { reading, wanted } => {
                effects.push(Effect::Read { reading, wanted });
                match changes {
                    Changes::Discarded => State::Reading { reading, revision: facts.version.revision },
                    Changes::Safe => State::Editing,
                }
            }
            Next::Close => {
                let discards = changes == Changes::Discarded;
                if discards {
                    effects.push(Effect::DropJournal);
                    effects.extend(self.recoveries.release().map(Effect::RemoveRecovery));
                }
                effects.push(Effect::Close);
                State::Closing { discards }
            }
        }
    }

    fn show(
        &mut self,
        arrival: Arrival<D, R>,
        changes: Changes,
        effects: &mut Vec<Effect<D, R>>,
    ) -> State<D, R> {
        effects.push(Effect::DropJournal);
        if changes == Changes::Discarded {
            effects.extend(self.recoveries.release().map(Effect::RemoveRecovery));
        }
        self.recoveries.show(arrival.recovery);
        self.document += 1;
        effects.push(Effect::Show(arrival.document));
        State::Editing
    }
}

/// Whether nothing waits and nothing is being written: what comes may come at once if nothing is unsaved.
fn is_free<D, R>(state: &State<D, R>) -> bool {
    matches!(state, State::Editing | State::Reading { .. } | State::ChoosingPlace { next: None })
}
