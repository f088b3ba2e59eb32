//! The files of an export before they are written: made on a thread, with what is there already at their places.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::document::Document;
use crate::formats::clinical::identity_fields;
use crate::formats::export::{self, ExportOrder, ExportPreset, Lacking, LeftOut};
use crate::formats::figure::{FigureFormat, origin_of};
use crate::formats::{in_plain_words, read_file, write_file};
use crate::studio::files::figure_export::{FigureOf, FigureOrder};
use crate::studio::texts::text;

/// Files larger than this are not read once more to learn what fields of identity they hold.
const MAX_LOOK_BYTES: u64 = 256 << 20;

/// What an export is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// A picture for a paper or a slide.
    Figure(FigureOf, FigureFormat),
    /// Scans and labels for other programs.
    Data(ExportPreset),
}

/// What is asked of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportWish {
    /// A picture, or files of which layout.
    pub kind: ExportKind,
    /// What file names begin with.
    pub name: String,
    /// Where the files are to lie.
    pub folder: PathBuf,
    /// Of the document: a change makes other files.
    pub revision: u64,
}

/// A file that is to be written.
#[derive(Debug)]
pub struct PlannedFile {
    /// Below the folder.
    pub name: String,
    /// All of its content.
    pub bytes: Vec<u8>,
    /// Whether a file is there, which would be replaced.
    pub is_there: bool,
}

/// What an export would write.
#[derive(Clone, Debug, Default)]
pub struct ExportPlan {
    /// In the order of writing; none where something is lacking.
    pub files: Arc<[PlannedFile]>,
    /// Why nothing can be written yet.
    pub lacking: Vec<Lacking>,
    /// What of the document no file would hold.
    pub left_out: Vec<LeftOut>,
    /// Names of the fields of identity that the opened file holds; no export holds them.
    pub identity: Vec<String>,
}

impl ExportPlan {
    /// Of all files together.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes.len() as u64).sum()
    }

    /// How many files would be replaced.
    pub fn replaced(&self) -> usize {
        self.files.iter().filter(|file| file.is_there).count()
    }
}

/// What a thread makes a plan of.
pub struct PlanOrder {
    /// What the plan answers.
    pub wish: ExportWish,
    /// As it was when the plan was asked for.
    pub document: Document,
    /// The picture, where one is wished for.
    pub figure: Option<FigureOrder>,
    /// What was opened: a scan's origin and the fields of identity are looked up there.
    pub source: Option<PathBuf>,
}

impl PlanOrder {
    /// Makes the files.
    ///
    /// # Errors
    /// What the writers refuse, in their words.
    pub fn made(self) -> Result<ExportPlan, String> {
        let Self { wish, document, figure, source } = self;
        let source = source.filter(|path| may_be_read_again(path));
        let mut plan = ExportPlan {
            identity: source
                .as_deref()
                .map_or_else(Vec::new, |path| identity_fields(path).unwrap_or_default()),
            ..ExportPlan::default()
        };
        let named = match wish.kind {
            ExportKind::Figure(_, format) => {
                let figure = figure.ok_or(text!("file-broke-off"))?;
                vec![(format!("{}.{}", wish.name, ending_of(format)), figure.encoded()?)]
            }
            ExportKind::Data(preset) => {
                plan.lacking = export::lacking(&document, preset);
                plan.left_out = export::left_out(&document, preset);
                if !plan.lacking.is_empty() {
                    return Ok(plan);
                }
                let synthetic = source.is_some_and(|path| {
                    path.is_file() && read_file(&path).is_ok_and(|bytes| origin_of(&bytes).synthetic)
                });
                let order = ExportOrder { document, preset, name: wish.name, synthetic };
                export::files(&order).map_err(|error| in_plain_words(&error.to_string()))?
            }
        };
        let planned = named.into_iter().map(|(name, bytes)| {
            let is_there = wish.folder.join(&name).symlink_metadata().is_ok();
            PlannedFile { name, bytes, is_there }
        });
        plan.files = planned.collect();
        Ok(plan)
    }
}

fn may_be_read_again(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_dir() || found.len() <= MAX_LOOK_BYTES)
}

fn ending_of(format: FigureFormat) -> &'static str {
    match format {
        FigureFormat::Png => "png",
        FigureFormat::Svg => "svg",
        FigureFormat::Pdf => "pdf",
    }
}

/// Writes planned files into their folder. Where files are not to be replaced, one that has come since the preview
/// stops it before anything is written.
///
/// # Errors
/// In words, with the file.
pub fn write_files(folder: &Path, files: &[PlannedFile], replaces: bool) -> Result<(), String> {
    let is_in_the_way = |file: &&PlannedFile| folder.join(&file.name).symlink_metadata().is_ok();
    if let Some(file) = files.iter().find(is_in_the_way).filter(|_| !replaces) {
        return Err(text!("export-appeared", file = %folder.join(&file.name).display()));
    }
    files.iter().try_for_each(|file| {
        write_file(&folder.join(&file.name), &file.bytes).map_err(|error| in_plain_words(&error.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Mask;
    use crate::scan::{BScan, GreyImage};

    fn order(folder: &Path) -> PlanOrder {
        let scan = BScan::from_image(GreyImage::new(4, 3, vec![90; 12]), "scan");
        let mask = Mask::from_composite(4, 3, &[0, 0, 0, 0, 1, 1, 1, 1, 8, 8, 8, 8]).0;
        PlanOrder {
            wish: ExportWish {
                kind: ExportKind::Data(ExportPreset::Pairs),
                name: "eye".to_owned(),
                folder: folder.to_owned(),
                revision: 1,
            },
            document: Document::from_scan(scan, mask),
            figure: None,
            source: None,
        }
    }

    #[test]
    fn what_is_previewed_is_written_and_nothing_is_replaced_unasked() {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = order(folder.path()).made().expect("a plan");
        let names: Vec<&str> = plan.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((names, plan.replaced()), (vec!["images/eye.png", "labels/eye.png"], 0));
        assert!(
            std::fs::read_dir(folder.path()).expect("the folder").next().is_none(),
            "a plan writes nothing"
        );
        write_files(folder.path(), &plan.files, false).expect("written");
        for file in plan.files.iter() {
            assert_eq!(std::fs::read(folder.path().join(&file.name)).expect("a file"), file.bytes);
        }
        let refused = write_files(folder.path(), &plan.files, false).expect_err("the files are there");
        assert!(refused.contains("eye.png"), "{refused}");
        let again = order(folder.path()).made().expect("a plan");
        assert_eq!(again.replaced(), 2);
        write_files(folder.path(), &again.files, true).expect("replaced, as was said");
    }
}
