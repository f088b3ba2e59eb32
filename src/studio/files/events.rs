//! What the file threads report, and what becomes of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::keeping::Arrived;
use super::path_dialog::PathStanding;
use super::{FileEvent, FileNews};
use crate::document::{Command, Editor};
use crate::formats::journal::Recovery;
use crate::mask::Mask;
use crate::studio::editor::session::EditorSession;
use crate::studio::flow::{Arrival, Event, Version};
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};
use crate::studio::texts::text;

impl Studio {
    /// Takes what the file threads report.
    pub(in crate::studio) fn take_file_events(&mut self) {
        for FileEvent { document, reading, news } in self.documents.files.events() {
            self.take_file_news(document, reading, news);
            self.end_reading(reading);
        }
    }

    /// Takes a report that belongs to the document of a number.
    fn take_file_news(&mut self, document: u64, reading: Option<u64>, news: FileNews) {
        match news {
            FileNews::Chosen { purpose, paths } => {
                self.chrome.notices.succeed(Topic::Place);
                for path in paths {
                    self.use_path(document, purpose.clone(), path);
                }
            }
            FileNews::PlaceSeen { purpose, place, is_typed: true } => {
                self.chrome.notices.succeed(Topic::Place);
                self.take_typed_place(document, purpose, place);
            }
            FileNews::PlaceSeen { purpose, place, is_typed: false } => {
                self.chrome.notices.succeed(Topic::Place);
                self.take_place(document, purpose, place, String::new());
            }
            FileNews::NotChosen { purpose } => self.no_path(&purpose, document),
            FileNews::NoChooser { purpose, suggestion } => {
                self.chrome.notices.succeed(Topic::Place);
                let text = suggestion.display().to_string();
                self.ask_for_path(document, purpose, text, PathStanding::Typing);
            }
            FileNews::Opened { path, outcome: Ok(opened) } => {
                self.chrome.notices.succeed(Topic::Open);
                self.show_opened(path, *opened, reading);
            }
            FileNews::LabelsRead { path, view_number, outcome: Ok(labels) } => {
                self.chrome.notices.succeed(Topic::Labels);
                self.put_labels(&path, view_number, labels);
            }
            FileNews::LabelsSuspected { path, view_number, suspected } => {
                self.ask_about_labels(path, view_number, *suspected);
            }
            FileNews::LabelsUnmapped { path, view_number, unmapped } => {
                self.chrome.notices.succeed(Topic::Labels);
                self.ask_for_mapping(document, path, view_number, *unmapped);
            }
            FileNews::ExportPlanned { wish, outcome } => {
                self.chrome.notices.succeed(Topic::ExportPlan);
                self.take_export_plan(wish, outcome);
            }
            FileNews::MappingTried { path, revision, outcome } => {
                if outcome.is_ok() {
                    self.chrome.notices.succeed(Topic::Labels);
                }
                self.take_tried_mapping(&path, revision, outcome);
            }
            FileNews::SecondGraderRead { path, view_number, outcome: Ok((mask, warnings)) } => {
                self.take_second_grader(&path, view_number, mask, warnings);
            }
            FileNews::Saved { job, path, version, outcome } => {
                self.take_saved(document, job, path, version, outcome);
            }
            FileNews::Exported { path, outcome: Ok(()) } => {
                self.chrome.notices.succeed(Topic::Export);
                self.chrome.notices.add(Severity::Info, text!("file-exported", path = %path.display()));
            }
            FileNews::Recoverable(recoveries) => {
                self.chrome.notices.succeed(Topic::Restore);
                self.drive(Event::RecoveriesFound(recoveries));
            }
            FileNews::Recovered { recovery, outcome } => self.take_recovered(recovery, outcome),
            FileNews::Removed { outcome } => self.conclude(Topic::Removal, outcome),
            FileNews::Opened { outcome: Err(message), .. } => self.chrome.notices.fail(Topic::Open, message),
            FileNews::LabelsRead { outcome: Err(message), .. }
            | FileNews::SecondGraderRead { outcome: Err(message), .. } => {
                self.chrome.notices.fail(Topic::Labels, message);
            }
            FileNews::Exported { outcome: Err(message), .. } => {
                self.chrome.notices.fail(Topic::Export, message);
            }
            FileNews::Failed { topic, message } => self.chrome.notices.fail(topic, message),
            FileNews::Done => {}
        }
    }

    fn take_saved(
        &mut self,
        document: u64,
        job: u64,
        path: PathBuf,
        version: Version,
        outcome: Result<Option<String>, String>,
    ) {
        let is_written = outcome.is_ok();
        if is_written {
            self.chrome.preferences.remember(&path);
        }
        self.drive(Event::Written { document, job, path, version, is_written });
        // After the flow: another document may be shown by now, which clears what was said of this one.
        self.tell_of_saving(outcome);
    }

    fn take_second_grader(&mut self, path: &Path, view_number: u64, mask: Mask, warnings: Vec<String>) {
        self.chrome.notices.succeed(Topic::Labels);
        if view_number != self.session.view_number() {
            return self.complain_of_another_b_scan(path);
        }
        let (page, mask) = (self.session.page_index(), Some(Arc::new(mask)));
        self.edit(Command::SetSecondGrader { page, mask });
        self.warn(warnings);
    }

    fn tell_of_saving(&mut self, outcome: Result<Option<String>, String>) {
        match outcome {
            Ok(warning) => {
                self.chrome.notices.succeed(Topic::Save);
                self.warn(warning.into_iter().collect());
            }
            Err(message) => self.chrome.notices.fail(Topic::Save, message),
        }
    }

    fn take_recovered(&mut self, recovery: Recovery, outcome: Result<(Box<Editor>, Vec<String>), String>) {
        match outcome {
            Ok((editor, warnings)) => {
                self.chrome.notices.succeed(Topic::Restore);
                let session = EditorSession::of(*editor, recovery.original_path.clone());
                let document = Box::new(Arrived { session, warnings });
                self.drive(Event::Arrived(Arrival { document, recovery: Some(recovery), reading: None }));
            }
            Err(message) => {
                self.drive(Event::RecoveryUnreadable(recovery));
                self.chrome.notices.fail(Topic::Restore, message);
            }
        }
    }

    pub(in crate::studio) fn warn(&mut self, warnings: Vec<String>) {
        for warning in warnings {
            self.chrome.notices.add_of_document(Severity::Warning, warning);
        }
    }
}
