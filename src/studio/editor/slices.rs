//! Carrying labels from B-scan to B-scan. Interpolation runs on a thread of its own; what it made becomes
//! one step of the history, unless the labels it was made from have changed meanwhile.

use std::sync::Arc;

use super::context::EditorContext;
use super::labelled_pages::{Interpolating, LabelledPage, annotated_pages};
use super::page::EditorPage;
use crate::background::Job;
use crate::document::{Change, Command, CommandError, Document, Editor, LabelOrigin};
use crate::mask::interpolate::{Interpolation, copied_layers};
use crate::mask::{Mask, beside_locked};
use crate::scan::Rect;
use crate::studio::shell::action::{Action, Neighbour};
use crate::studio::shell::notices::Severity;
use crate::studio::texts::text;

/// A page to be made, with the two it lies between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gap {
    page: usize,
    before: usize,
    after: usize,
}

/// The bare pages between annotated ones, or only `page` whatever is on it.
fn gaps(document: &Document, page: Option<usize>) -> Vec<Gap> {
    let annotated = annotated_pages(document);
    let between = |page: usize| {
        let before = annotated.iter().rev().find(|&&other| other < page);
        let after = annotated.iter().find(|&&other| other > page);
        before.zip(after).map(|(&before, &after)| Gap { page, before, after })
    };
    let size = |page: usize| document.pages[page].mask.layers.bounds();
    let is_even = |gap: &Gap| size(gap.page) == size(gap.before) && size(gap.page) == size(gap.after);
    match page {
        Some(page) => between(page).filter(is_even).into_iter().collect(),
        None => {
            let bare = (0..document.pages.len()).filter(|page| !annotated.contains(page));
            bare.filter_map(between).filter(is_even).collect()
        }
    }
}

/// Gives a page labels that a program made, and says so; within an open step.
///
/// # Errors
/// If the mask does not fit the page.
pub fn put_labels(
    editor: &mut Editor,
    page: usize,
    mask: Mask,
    name: &str,
    origin: LabelOrigin,
) -> Result<Change, CommandError> {
    let change = editor.apply(Command::ReplaceMask { page, mask, name: name.to_owned() })?;
    editor.apply(Command::SetLabelOrigin { page, origin: Some(origin) })?;
    Ok(change)
}

fn make(document: &Document, gaps: &[Gap]) -> Vec<(usize, Mask)> {
    let mut made = Vec::with_capacity(gaps.len());
    for run in gaps.chunk_by(|a, b| (a.before, a.after) == (b.before, b.after)) {
        let (before, after) = (run[0].before, run[0].after);
        let [first, second] = [before, after].map(|page| &document.pages[page]);
        let interpolation = Interpolation::between(&first.mask, &second.mask, first.scan.spacing);
        let share = |page: usize| (page - before) as f32 / (after - before) as f32;
        made.extend(run.iter().map(|gap| (gap.page, interpolation.at(share(gap.page)))));
    }
    made
}

impl EditorPage {
    /// Starts to interpolate the page shown, or all pages in between.
    pub(super) fn interpolate_slices(
        &mut self,
        all: bool,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        self.release_tools(context, actions);
        let shown = context.session.page_index();
        let gaps = gaps(context.session.editor.document(), (!all).then_some(shown));
        if gaps.is_empty() {
            let what = if all { text!("volume-no-gap") } else { text!("volume-no-neighbours") };
            context.notices.add_of_document(Severity::Info, what);
            return;
        }
        let (document, window) = (context.session.editor.document().clone(), context.window.clone());
        let name = match gaps.as_slice() {
            [gap] => text!("step-interpolate-one", number = %gap.page + 1),
            gaps => text!("step-interpolate", count = %gaps.len()),
        };
        let wake = Arc::new(move || window.request_repaint());
        match Job::start("studio-interpolation", wake, move |_| make(&document, &gaps)) {
            Ok(job) => {
                let (document_number, revision) =
                    (context.session.document_number(), context.session.editor.revision());
                self.interpolating = Some(Interpolating { job, document_number, revision, name });
            }
            Err(error) => {
                context.notices.add_of_document(Severity::Error, text!("volume-no-thread", %error));
            }
        }
    }

    /// Takes what was interpolated, as one step.
    pub fn take_interpolation(&mut self, context: &mut EditorContext<'_>) {
        let Some(work) = &self.interpolating else { return };
        let made = match work.job.answer() {
            Some(Ok(made)) => made,
            None => return,
            Some(Err(_)) => {
                self.interpolating = None;
                context.notices.add_of_document(Severity::Error, text!("volume-failed"));
                return;
            }
        };
        let Some(work) = self.interpolating.take() else { return };
        if work.document_number != context.session.document_number() {
            return;
        }
        if work.revision != context.session.editor.revision() {
            let text = text!("volume-changed");
            context.notices.add_of_document(Severity::Warning, text);
            return;
        }
        let locked = context.settings.locked();
        let pages = &context.session.editor.document().pages;
        let labelled: Vec<LabelledPage> = made
            .into_iter()
            .map(|(page, mask)| {
                let mask = beside_locked(&pages[page].mask, mask, locked);
                LabelledPage { page, mask, origin: LabelOrigin::Interpolated }
            })
            .collect();
        self.take_labels(&work.name, labelled, context);
    }

    /// Gives pages labels that a program made, and says so, as one step.
    pub(super) fn take_labels(
        &self,
        name: &str,
        labelled: Vec<LabelledPage>,
        context: &mut EditorContext<'_>,
    ) {
        let shown = context.session.page_index();
        let editor = &mut context.session.editor;
        editor.begin(name);
        let mut dirty = Rect::EMPTY;
        for LabelledPage { page, mask, origin } in labelled {
            match put_labels(editor, page, mask, name, origin) {
                Ok(change) if page == shown => dirty = change.dirty,
                Ok(_) => {}
                Err(error) => context.notices.add_of_document(Severity::Error, error.to_string()),
            }
        }
        editor.commit();
        self.redraw(context.session, dirty);
    }

    /// Takes the interfaces of the nearest annotated B-scan on a side.
    pub(super) fn copy_layers(
        &mut self,
        from: Neighbour,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        self.release_tools(context, actions);
        let page = context.session.page_index();
        let document = context.session.editor.document();
        let annotated = annotated_pages(document);
        let source = match from {
            Neighbour::Before => annotated.iter().rev().find(|&&other| other < page),
            Neighbour::After => annotated.iter().find(|&&other| other > page),
        };
        let (here, Some(&source)) = (&document.pages[page].mask, source) else {
            let none = match from {
                Neighbour::Before => text!("volume-none-before"),
                Neighbour::After => text!("volume-none-after"),
            };
            context.notices.add_of_document(Severity::Info, none);
            return;
        };
        let there = &document.pages[source].mask;
        if there.layers.bounds() != here.layers.bounds() {
            let text = text!("volume-other-size", number = %source + 1);
            context.notices.add_of_document(Severity::Warning, text);
            return;
        }
        let layers = copied_layers(&there.layers, &here.layers);
        let copied = Mask { layers, lesions: here.lesions.clone() };
        self.replace_mask(context, copied, text!("step-copy-interfaces", number = %source + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Page;
    use crate::mask::Plane;
    use crate::scan::{BScan, GreyImage};

    fn document(annotated: &[bool]) -> Document {
        let page = |&annotated: &bool| {
            let scan = BScan::from_image(GreyImage::new(20, 10, vec![0; 200]), "slice");
            let mut mask = Mask::unannotated(20, 10);
            if annotated {
                mask.layers = Plane::filled(20, 10, 3);
            }
            Page::new(scan, mask)
        };
        let mut document = Document::from_scan((*page(&true).scan).clone(), Mask::unannotated(20, 10));
        document.pages = annotated.iter().map(page).collect();
        document
    }

    #[test]
    fn only_bare_pages_between_annotated_ones_are_gaps() {
        let document = document(&[false, true, false, false, true, true, false]);
        let pages: Vec<usize> = gaps(&document, None).iter().map(|gap| gap.page).collect();
        assert_eq!(pages, [2, 3]);
        assert_eq!(gaps(&document, Some(4)), [Gap { page: 4, before: 1, after: 5 }]);
        assert_eq!(gaps(&document, Some(6)), []);
        let made = make(&document, &gaps(&document, None));
        assert!(made.len() == 2 && made.iter().all(|(_, mask)| mask.layers == Plane::filled(20, 10, 3)));
    }
}
