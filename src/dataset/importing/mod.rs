//! Scans and labels from wherever they lie become a data set: folders as they were published, files of devices,
//! documents. The command line and the Train page import with the same code.
//!
//! Scans that the manifest already holds stay as they are, so an import that was stopped is continued by doing it
//! again, and several inputs can go into one data set.

mod inputs;
mod scans;
mod terms;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

pub use inputs::InputKind;
use scans::{Origin, append_scan};
pub use terms::{ImportError, ImportTerms};

use super::burnt_in::{self, BurntInText};
use super::manifest::Manifest;
use super::watch::{Progress, Tally, Watch, Work};
use crate::anatomy::UNANNOTATED;
use crate::formats::folder::{self, FolderKind, FolderOptions, ImportedScan};
use crate::formats::mat::DukeSlice;
use crate::formats::open::{self, Opened};
use crate::formats::{FormatError, mat, read_file, volume_pairs};

/// Imports all of some inputs into the data set of the terms, which is made with its first scan where it is not there.
///
/// # Errors
/// An input that is nothing importable, one that gave not a single scan, a data set that cannot be written, or a watch
/// that wanted no more. What was imported until then stays.
pub fn import(inputs: &[PathBuf], terms: &ImportTerms, watch: &mut dyn Watch) -> Result<(), ImportError> {
    let manifest = Manifest::open_for_appending(&terms.out)?;
    let known = manifest.entries.iter().map(|entry| entry.id.clone()).collect();
    check_subjects(inputs, terms, watch)?;
    let mut import = Import { terms, manifest, known, done: 0, of: None, tally: Tally::default(), watch };
    for input in inputs {
        import.tally = Tally::default();
        import.take(input)?;
        import.watch.imported(input, &import.tally);
        if import.tally.is_empty() {
            return Err(match import.tally.without_labels {
                0 => ImportError::Nothing(input.clone()),
                scans => ImportError::Unlabelled { input: input.clone(), scans },
            });
        }
    }
    Ok(())
}

/// Looks through all subjects of Duke DME of the inputs before anything is written: each can be read, unless it would be
/// left out, and no two are one subject, of which the second would be taken to be there already.
fn check_subjects(inputs: &[PathBuf], terms: &ImportTerms, watch: &mut dyn Watch) -> Result<(), ImportError> {
    let mut unreadable: Vec<String> = Vec::new();
    let mut known: BTreeMap<u32, PathBuf> = BTreeMap::new();
    for input in inputs {
        let InputKind::DukeSubjects(files) = InputKind::of(input, terms.kind) else { continue };
        for file in files {
            if !terms.skip_damaged
                && let Err(error) = read_subject(&file, mat::check_duke)
            {
                watch.skipped(&error.to_string());
                unreadable.push(file_name(&file));
                continue;
            }
            let subject = mat::subject_number(&file_name(&file));
            match known.get(&subject) {
                Some(first) if is_other(first, &file) => {
                    return Err(ImportError::OneSubject { first: first.clone(), second: file, subject });
                }
                Some(_) => {}
                None => {
                    known.insert(subject, file);
                }
            }
        }
    }
    if unreadable.is_empty() { Ok(()) } else { Err(ImportError::Unreadable(unreadable)) }
}

/// Whether two files of subjects can be read and hold other scans or labels.
fn is_other(first: &Path, second: &Path) -> bool {
    if read_file(first).ok() == read_file(second).ok() {
        return false;
    }
    let read = |file| read_subject(file, mat::read_duke).map(|subject| subject.slices);
    let (Ok(first), Ok(second)) = (read(first), read(second)) else { return false };
    let is_same = |(one, other): (&DukeSlice, &DukeSlice)| {
        one.scan.scan.image == other.scan.scan.image && one.scan.labels == other.scan.labels
    };
    first.len() != second.len() || !first.iter().zip(&second).all(is_same)
}

fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read_subject<T>(file: &Path, read: fn(&[u8], &str) -> Result<T, FormatError>) -> Result<T, FormatError> {
    read(&read_file(file)?, &file_name(file))
}

/// An import under way.
struct Import<'a> {
    terms: &'a ImportTerms,
    manifest: Manifest,
    /// Ids of the manifest.
    known: HashSet<String>,
    /// Scans of all inputs so far, and how many the input under way holds with them.
    done: usize,
    of: Option<usize>,
    /// Of the input under way.
    tally: Tally,
    watch: &'a mut dyn Watch,
}

impl Import<'_> {
    fn take(&mut self, input: &Path) -> Result<(), ImportError> {
        match InputKind::of(input, self.terms.kind) {
            InputKind::DukeSubjects(files) => self.take_duke_subjects(&files),
            InputKind::Export | InputKind::File => self.take_file(input),
            InputKind::Volumes => self.take_volumes(input),
            InputKind::Folder(kind) => self.take_folder(input, kind),
            InputKind::Unknown => Err(ImportError::UnknownFolder(input.to_owned())),
        }
    }

    /// One more scan was dealt with.
    fn count(&mut self) -> Result<(), ImportError> {
        self.done += 1;
        let progress = Progress { work: Work::Importing, done: self.done, of: self.of };
        if self.watch.goes_on(progress) { Ok(()) } else { Err(ImportError::Stopped) }
    }

    fn skip(&mut self, text: &str) {
        self.tally.unreadable += 1;
        self.watch.skipped(text);
    }

    /// Puts a scan into the set, unless text stands in its corner that may be a name: then a person must look first.
    fn append(&mut self, origin: Origin, scan: ImportedScan) -> Result<(), ImportError> {
        // Published sets, whose names are asked to be credited, were looked through by those who published them.
        let is_looked_through = self.terms.with_text || origin.credit.is_some();
        if !is_looked_through && let Some(text) = burnt_in::find(&scan.scan.image).first() {
            let BurntInText { area, letters } = text;
            let (id, x, y) = (origin.id, area.x0, area.y0);
            self.skip(&format!(
                "{id}: text seems to stand in a corner (some {letters} letters at column {x}, row {y}), perhaps a \
                 name: look at the scan before it goes into a data set"
            ));
            self.tally.with_text += 1;
            return self.count();
        }
        self.known.insert(origin.id.to_owned());
        append_scan(self.terms, &mut self.manifest, &mut self.tally, self.watch, origin, scan)?;
        self.count()
    }

    /// Imports every scan of a folder.
    fn take_folder(&mut self, folder: &Path, kind: FolderKind) -> Result<(), ImportError> {
        let terms = self.terms;
        // A folder that holds nothing but scans has nothing else to give.
        let is_bare = matches!(kind, FolderKind::Images | FolderKind::Oct2017);
        if is_bare && !terms.unlabelled && !terms.pseudo_label {
            self.watch.note(&format!("{}: no labels; its scans are imported without", folder.display()));
        }
        let options = FolderOptions {
            unlabelled: terms.unlabelled || terms.pseudo_label || is_bare,
            labels: terms.labels.clone(),
            subject_separator: terms.subject_separator,
            spacing: terms.spacing,
        };
        let source = terms.name.as_deref().unwrap_or(kind.source());
        source.clone_into(&mut self.tally.source);
        let listing = folder::list(folder, kind, &options)?;
        listing.problems.iter().for_each(|problem| self.skip(problem));
        if listing.items.is_empty() && !options.unlabelled {
            // Nothing with labels: how many scans would there be without?
            let all = folder::list(folder, kind, &FolderOptions { unlabelled: true, ..options })?;
            self.tally.without_labels = all.items.len();
        }
        self.of = Some(self.done + listing.items.len());
        let window = folder::common_window(&listing.items);
        for item in &listing.items {
            let id = terms.named(&item.id);
            if self.known.contains(&id) {
                self.tally.already_there += 1;
                self.count()?;
                continue;
            }
            match item.read_shown_by(window) {
                Ok(scan) => {
                    let subject = terms.subject(kind, &item.subject);
                    let (b_scan, credit) = (item.b_scan, kind.credit());
                    self.append(
                        Origin { id: &id, subject, b_scan, source, credit, device_lines: None },
                        scan,
                    )?;
                }
                Err(error) => {
                    self.skip(&error.to_string());
                    self.count()?;
                }
            }
        }
        Ok(())
    }

    /// Imports subjects of Duke DME under the ids that the folder of pictures gives them.
    fn take_duke_subjects(&mut self, files: &[PathBuf]) -> Result<(), ImportError> {
        let (terms, kind) = (self.terms, FolderKind::DukeDme);
        let source = terms.name.as_deref().unwrap_or(kind.source());
        source.clone_into(&mut self.tally.source);
        self.of = None;
        for file in files {
            let subject = match read_subject(file, mat::read_duke) {
                Ok(subject) => subject,
                Err(error) => {
                    self.skip(&error.to_string());
                    continue;
                }
            };
            subject.notes.iter().for_each(|note| self.watch.note(note));
            for slice in &subject.slices {
                let id = terms.named(&subject.id(slice.b_scan));
                if slice.scan.labels.is_none() && !terms.unlabelled && !terms.pseudo_label {
                    self.tally.without_labels += 1;
                    continue;
                }
                if self.known.contains(&id) {
                    self.tally.already_there += 1;
                    self.count()?;
                    continue;
                }
                let (b_scan, credit) = (Some(slice.b_scan), kind.credit());
                let subject = terms.named(&subject.subject());
                self.append(
                    Origin { id: &id, subject, b_scan, source, credit, device_lines: None },
                    slice.scan.clone(),
                )?;
            }
        }
        Ok(())
    }

    /// Imports every B-scan of a file; the file counts as one subject.
    fn take_file(&mut self, file: &Path) -> Result<(), ImportError> {
        let source = self.terms.name.clone().unwrap_or_else(|| "file".to_owned());
        self.tally.source.clone_from(&source);
        let opened = open::open(file)?;
        self.take_opened(&opened, &file.file_stem().unwrap_or_default().to_string_lossy(), &source)
    }

    /// Imports the volumes of a folder, with the labels that lie beside them; each counts as one subject.
    fn take_volumes(&mut self, folder: &Path) -> Result<(), ImportError> {
        let source = self.terms.name.clone().unwrap_or_else(|| "volumes".to_owned());
        self.tally.source.clone_from(&source);
        for pair in volume_pairs::of(folder, &self.terms.labels) {
            match volume_pairs::read(&pair, open::open) {
                Ok(opened) => self.take_opened(&opened, &pair.id, &source)?,
                Err(error) => self.skip(&error.to_string()),
            }
        }
        Ok(())
    }

    /// Imports every B-scan of what was opened, as one subject that is called by `stem`.
    fn take_opened(&mut self, opened: &Opened, stem: &str, source: &str) -> Result<(), ImportError> {
        let terms = self.terms;
        opened.warnings.iter().for_each(|warning| self.watch.note(warning));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let stem: String = stem.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        let subject = terms.named(&stem);
        let pages = opened.document.pages.len();
        self.of = Some(self.done + pages);
        for (index, page) in opened.document.pages.iter().enumerate() {
            let id = if pages == 1 { subject.clone() } else { format!("{subject}_{:03}", index + 1) };
            if self.known.contains(&id) {
                self.tally.already_there += 1;
                self.count()?;
                continue;
            }
            let mut scan = (*page.scan).clone();
            scan.spacing = scan.spacing.or(terms.spacing);
            let labels = page.mask.composite_pixels();
            let is_labelled = labels.iter().any(|&code| code != UNANNOTATED);
            let read = ImportedScan {
                scan,
                labels: is_labelled.then_some(labels),
                second_grader: None,
                ignored_columns: Vec::new(),
                warnings: Vec::new(),
            };
            let origin = Origin {
                id: &id,
                subject: subject.clone(),
                b_scan: (pages > 1).then_some(index as u32 + 1),
                source,
                credit: opened.document.credit.as_deref(),
                device_lines: opened.partly_traced.as_ref().and_then(|lines| lines.get(index)),
            };
            self.append(origin, read)?;
        }
        Ok(())
    }
}
