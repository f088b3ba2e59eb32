//! What the window does for the dialog: opens it, has plans made and written.

use std::path::PathBuf;

pub use super::action::ExportAction;
use super::dialog::ExportDialog;
use super::plan::{ExportKind, ExportPlan, ExportWish, PlanOrder};
use crate::studio::files::choosing::Purpose;
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};
use crate::studio::shell::top_bar::display_name;
use crate::studio::texts::text;

impl Studio {
    /// Does what the dialog asks for.
    pub(in crate::studio) fn perform_export(&mut self, action: ExportAction) {
        match action {
            ExportAction::Toggle => {
                let dialog = match self.documents.export {
                    Some(_) => None,
                    None => Some(self.new_export()),
                };
                self.documents.export = dialog;
            }
            ExportAction::Plan(wish) => self.plan_export(wish),
            ExportAction::Choose => self.choose(Purpose::ExportFolder),
            ExportAction::Start => self.start_export(),
        }
    }

    /// The dialog of an export, while it is open.
    pub fn export_dialog(&self) -> Option<&ExportDialog> {
        self.documents.export.as_ref()
    }

    /// The dialog, to fill it in.
    pub fn export_dialog_mut(&mut self) -> Option<&mut ExportDialog> {
        self.documents.export.as_mut()
    }

    fn new_export(&self) -> ExportDialog {
        let name = display_name(&self.session);
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        let beside = self.suggest(&Purpose::ExportFolder);
        ExportDialog::new(self.documents.flow.document(), stem, beside.join(text!("export-folder-name")))
    }

    fn plan_export(&mut self, wish: ExportWish) {
        let figure = match wish.kind {
            ExportKind::Figure(of, format) => Some(self.figure_order(of, format)).transpose(),
            ExportKind::Data(_) => Ok(None),
        };
        let Some(dialog) = &mut self.documents.export else { return };
        dialog.requested = Some(wish.clone());
        let figure = match figure {
            Ok(figure) => figure,
            Err(message) => {
                dialog.take_plan(wish, Err(message));
                return;
            }
        };
        let order = PlanOrder {
            wish,
            document: self.session.editor.document().clone(),
            figure,
            source: self.session.opened_from.clone().or_else(|| self.session.path.clone()),
        };
        let outcome = self.documents.files.plan_export(self.documents.flow.document(), order);
        self.report(Topic::ExportPlan, outcome);
    }

    /// Takes a plan that was made.
    pub(in crate::studio) fn take_export_plan(
        &mut self,
        wish: ExportWish,
        outcome: Result<ExportPlan, String>,
    ) {
        if let Some(dialog) = &mut self.documents.export {
            dialog.take_plan(wish, outcome);
        }
    }

    /// Takes the folder that was chosen.
    pub(in crate::studio) fn take_export_folder(&mut self, folder: PathBuf) {
        if let Some(dialog) = &mut self.documents.export {
            dialog.folder = folder.display().to_string();
        }
    }

    fn start_export(&mut self) {
        let revision = self.session.editor.revision();
        let Some(dialog) = self.documents.export.take() else { return };
        if dialog.document_number != self.documents.flow.document() {
            let text = text!("path-another-document", purpose = text!("export-title"));
            self.chrome.notices.add(Severity::Warning, text);
            return;
        }
        let (Some(plan), Some(wish)) = (dialog.ready(revision), dialog.wish(revision)) else {
            self.documents.export = Some(dialog);
            return;
        };
        let (number, files) = (dialog.document_number, plan.files.clone());
        self.chrome.preferences.note_export(&wish.folder);
        let outcome = self.documents.files.write_export(number, wish.folder, files, dialog.replaces);
        self.report(Topic::Export, outcome);
    }
}
