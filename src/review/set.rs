//! A data set as rows, read at the speed of the disk.
//!
//! Lines are parsed on all cores and borrowed, not copied. What cannot be read is counted and named, and the rest stays
//! usable: one bad line among a hundred thousand must not cost a day.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::ReviewError;
use super::lines::{EDITS_FILE, NEWER, Parsed, lines_of, parse_line, stays_inside};
pub use super::lines::{PairFacts, PairLine};
use super::row::{NO_GENERATION, Row};
use crate::dataset::manifest::{MANIFEST_FILE, MANIFEST_VERSION, bytes_of};
use crate::formats::{FormatError, read_file, scan_image};
use crate::scan::GreyImage;

/// Problems that are kept in words; all are counted.
const MAX_NAMED_PROBLEMS: usize = 20;
/// Lines that one thread takes at a time.
const LINES_AT_ONCE: usize = 512;

/// What of a manifest could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadProblems {
    /// Lines that could not be read, and ids that occur twice.
    pub lines: usize,
    /// Of these, lines of a newer version.
    pub newer: usize,
    /// Bytes of a last line without an end, which a killed program leaves.
    pub torn_bytes: usize,
    /// The first of them: number of the line and what is wrong.
    pub named: Vec<(usize, String)>,
}

impl LoadProblems {
    /// Whether everything was read.
    pub fn is_none(&self) -> bool {
        self.lines == 0 && self.torn_bytes == 0
    }
}

/// The pairs of a data set.
#[derive(Clone, Debug)]
pub struct ReviewSet {
    /// The folder of the manifest.
    pub dir: PathBuf,
    /// In the manifest's order.
    pub rows: Vec<Row>,
    ids: String,
    subjects: Vec<String>,
    sources: Vec<String>,
    generations: Vec<String>,
    /// Indices of the rows by id.
    by_id: Vec<u32>,
    /// When the mask of a row was changed last, RFC 3339.
    pub(super) edited_at: HashMap<u32, String>,
    /// What of it cannot be read.
    pub problems: LoadProblems,
}

impl ReviewSet {
    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// If there is no manifest, or not one line of it can be read.
    pub fn load(dir: &Path) -> Result<Self, ReviewError> {
        let path = dir.join(MANIFEST_FILE);
        let bytes = bytes_of(dir)?;
        let set = Self::parse(dir, &bytes);
        if set.rows.is_empty() {
            let problem = match (set.problems.named.first(), set.problems.newer) {
                (_, newer) if newer > 0 => {
                    format!("its lines are of a newer version than {MANIFEST_VERSION}")
                }
                (Some((line, problem)), _) => format!("line {line}: {problem}"),
                (None, _) => "it holds no line".to_owned(),
            };
            let remedy = "name the folder of a data set that this version of the program can read";
            return Err(
                FormatError::malformed(&path.display().to_string(), "the manifest", problem, remedy).into()
            );
        }
        Ok(set)
    }

    /// From the bytes of a manifest.
    pub fn parse(dir: &Path, bytes: &[u8]) -> Self {
        let mut problems = LoadProblems::default();
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        // A last line without its end is whole where it is JSON.
        let is_torn = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes[whole..]).is_err();
        let end = if is_torn { whole } else { bytes.len() };
        problems.torn_bytes = bytes.len() - end;
        let lines = lines_of(&bytes[..end]);
        let parsed: Vec<(usize, Result<Parsed, String>)> = lines
            .par_iter()
            .with_min_len(LINES_AT_ONCE)
            .map(|&(number, at, length)| (number, parse_line(&bytes[at..at + length], at)))
            .collect();
        let mut set = Self {
            dir: dir.to_owned(),
            rows: Vec::with_capacity(parsed.len()),
            ids: String::new(),
            subjects: Vec::new(),
            sources: Vec::new(),
            generations: Vec::new(),
            by_id: Vec::new(),
            edited_at: HashMap::new(),
            problems,
        };
        set.take(parsed);
        set
    }

    fn take(&mut self, parsed: Vec<(usize, Result<Parsed, String>)>) {
        let mut subjects = Numbered::default();
        let mut sources = Numbered::default();
        let mut generations = Numbered::default();
        for (number, line) in parsed {
            let line = match line {
                Ok(line) => line,
                Err(problem) => {
                    self.problems.newer += usize::from(problem.starts_with(NEWER));
                    self.refuse(number, problem);
                    continue;
                }
            };
            let (id_at, id_bytes) = (self.ids.len(), line.id.len());
            if id_at + id_bytes > u32::MAX as usize {
                self.refuse(number, "the ids are too long to be held".to_owned());
                continue;
            }
            self.ids.push_str(&line.id);
            let generation = match line.generation {
                Some(name) => generations.number(name).try_into().unwrap_or(NO_GENERATION),
                None => NO_GENERATION,
            };
            self.rows.push(Row {
                id_at: id_at as u32,
                id_bytes: id_bytes as u16,
                subject: subjects.number(line.subject),
                source: sources.number(line.source).try_into().unwrap_or(u16::MAX),
                generation,
                ..line.row
            });
        }
        self.subjects = subjects.names;
        self.sources = sources.names;
        self.generations = generations.names;
        self.index_ids();
    }

    fn refuse(&mut self, number: usize, problem: String) {
        self.problems.lines += 1;
        if self.problems.named.len() < MAX_NAMED_PROBLEMS {
            self.problems.named.push((number, problem));
        }
    }

    /// Sorts the indices by id; of two rows with one id the later is left out.
    fn index_ids(&mut self) {
        self.by_id = self.sorted_by_id();
        let mut is_twice = vec![false; self.rows.len()];
        let twice: Vec<u32> = self
            .by_id
            .windows(2)
            .filter(|pair| self.id(pair[0]) == self.id(pair[1]))
            .map(|pair| pair[1])
            .collect();
        for &row in &twice {
            is_twice[row as usize] = true;
            let problem = format!("the id \"{}\" occurs twice", self.id(row));
            self.refuse(row as usize + 1, problem);
        }
        if !twice.is_empty() {
            let mut is_twice = is_twice.into_iter();
            self.rows.retain(|_| !is_twice.next().unwrap_or(false));
            self.by_id = self.sorted_by_id();
        }
    }

    fn sorted_by_id(&self) -> Vec<u32> {
        let mut by_id: Vec<u32> = (0..self.rows.len() as u32).collect();
        // Sets are mostly written in this order.
        if !by_id.is_sorted_by(|&a, &b| self.id(a) < self.id(b)) {
            by_id.par_sort_by(|&a, &b| self.id(a).cmp(self.id(b)));
        }
        by_id
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The id of a row.
    pub fn id(&self, row: u32) -> &str {
        let row = &self.rows[row as usize];
        &self.ids[row.id_at as usize..row.id_at as usize + usize::from(row.id_bytes)]
    }

    /// The row of an id.
    pub fn row_of(&self, id: &str) -> Option<u32> {
        self.by_id.binary_search_by(|&row| self.id(row).cmp(id)).ok().map(|at| self.by_id[at])
    }

    /// The subject of a row.
    pub fn subject(&self, row: u32) -> &str {
        &self.subjects[self.rows[row as usize].subject as usize]
    }

    /// The source of a row.
    pub fn source(&self, row: u32) -> &str {
        self.sources.get(usize::from(self.rows[row as usize].source)).map_or("", String::as_str)
    }

    /// The sources there are, by number.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// Hashes of the plans that generated its pairs, by number.
    pub fn generations(&self) -> &[String] {
        &self.generations
    }

    /// When the mask of a row was changed last, as logs write times: what was decided before was decided about another
    /// mask.
    pub fn edited_at(&self, row: u32) -> Option<&str> {
        self.edited_at.get(&row).map(String::as_str)
    }

    /// The bytes of the lines of some rows, in their order.
    ///
    /// # Errors
    /// If a file was changed since it was loaded.
    pub fn raw_lines(&self, rows: &[u32]) -> Result<Vec<Vec<u8>>, ReviewError> {
        let (mut manifest, mut edits) = (None, None);
        rows.iter()
            .map(|&row| {
                let found = &self.rows[row as usize];
                let (file, name) = match found.has(Row::IS_EDITED) {
                    true => (&mut edits, EDITS_FILE),
                    false => (&mut manifest, MANIFEST_FILE),
                };
                let path = self.dir.join(name);
                let file = match file {
                    Some(file) => file,
                    None => file.insert(File::open(&path).map_err(FormatError::io(&path, "opening"))?),
                };
                let mut bytes = vec![0; found.line_bytes as usize];
                file.seek(SeekFrom::Start(found.line_at)).map_err(FormatError::io(&path, "reading"))?;
                file.read_exact(&mut bytes).map_err(|_| self.moved(row, &path))?;
                Ok(bytes)
            })
            .collect()
    }

    /// The lines of some rows in full, in their order.
    ///
    /// # Errors
    /// If a file was changed since it was loaded.
    pub fn lines(&self, rows: &[u32]) -> Result<Vec<PairLine>, ReviewError> {
        let path = self.dir.join(MANIFEST_FILE);
        let bytes = self.raw_lines(rows)?;
        rows.iter()
            .zip(bytes)
            .map(|(&row, bytes)| {
                let line: PairLine = serde_json::from_slice(&bytes).map_err(|_| self.moved(row, &path))?;
                let is_same = line.id == self.id(row);
                let stays = stays_inside(&line.image) && line.label.as_deref().is_none_or(stays_inside);
                if is_same && stays { Ok(line) } else { Err(self.moved(row, &path).into()) }
            })
            .collect()
    }

    /// The scan of a line.
    pub(super) fn scan_of(&self, line: &PairLine) -> Result<GreyImage, FormatError> {
        let path = self.dir.join(&line.image);
        scan_image::read(&read_file(&path)?, &path.display().to_string())
    }

    fn moved(&self, row: u32, path: &Path) -> FormatError {
        let problem = format!("the line of {} is no longer where it was", self.id(row));
        let remedy = "it was changed meanwhile: load the set again";
        FormatError::malformed(&path.display().to_string(), "the manifest", problem, remedy)
    }
}

/// Texts by number, in the order they came.
#[derive(Default)]
struct Numbered<'a> {
    numbers: HashMap<Cow<'a, str>, u32>,
    names: Vec<String>,
}

impl<'a> Numbered<'a> {
    fn number(&mut self, name: Cow<'a, str>) -> u32 {
        if let Some(&number) = self.numbers.get(&name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.clone().into_owned());
        self.numbers.insert(name, number);
        number
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A line as generation writes it, with areas and thicknesses of the number.
    pub(crate) fn line(number: usize, subject: &str) -> String {
        let fluid = (number % 100) as f64 / 1000.0;
        format!(
            "{{\"version\":1,\"id\":\"pair-{number:07}\",\"image\":\"images/pair-{number:07}.png\",\
             \"label\":\"labels/pair-{number:07}.png\",\"width\":512,\"height\":496,\
             \"spacing\":{{\"axial_um_per_px\":3.87,\"lateral_um_per_px\":11.3}},\"subject\":\"{subject}\",\
             \"source\":\"synthetic\",\"generated\":{{\"synthetic\":true,\"plan_sha256\":\"ab\",\"index\":{number},\
             \"attempt\":0,\"seed\":{number},\"mask_sha256\":\"m\",\"image_file_sha256\":\"i\",\
             \"label_file_sha256\":\"l\",\"model_sha256\":\"s\",\"scores\":{{\"columns_out_of_order\":{},\
             \"specks\":0,\"cleaned_px\":0,\"area_mm2\":[0,0,0,0,0,0,0,0,0,{fluid},0,0],\"lesions\":[{},0,0],\
             \"retina_um\":{},\"central_um\":300.5,\"layers_um\":[1,2,3,4,5,6,7]}}}}}}\n",
            number % 7,
            number % 5,
            250 + number % 150
        )
    }

    pub(crate) fn set(count: usize) -> ReviewSet {
        let text: String = (0..count).map(|number| line(number, &format!("eye-{}", number / 3))).collect();
        ReviewSet::parse(Path::new("nowhere"), text.as_bytes())
    }

    #[test]
    fn rows_hold_what_their_lines_say() {
        let set = set(10);
        assert!(set.problems.is_none());
        assert_eq!(set.len(), 10);
        let row = &set.rows[4];
        assert_eq!((set.id(4), set.subject(4), set.source(4)), ("pair-0000004", "eye-1", "synthetic"));
        assert_eq!((row.columns_out_of_order, row.lesions, row.width), (4, [4, 0, 0], 512));
        assert_eq!((row.retina_um, row.central_um), (254.0, 300.5));
        assert!((row.fluid_mm2 - 0.004).abs() < 1e-7);
        assert!(row.agreement.is_nan() && row.has(Row::HAS_LABEL) && row.has(Row::HAS_HASHES));
        assert_eq!((set.row_of("pair-0000007"), set.row_of("pair-0000070")), (Some(7), None));
        assert_eq!(set.generations(), ["ab"]);
    }

    #[test]
    fn bad_lines_are_counted_and_the_rest_stays_usable() {
        let text = [
            line(0, "a"),
            "{\"version\":1,\"id\":\"x\"}\n".to_owned(),
            line(1, "a").replace("\"version\":1", "\"version\":2"),
            line(0, "a"),
            line(2, "b").replace("pair-0000002", "../etc"),
            "\n".to_owned(),
            line(3, "b").replace("\"width\":512", "\"width\":100000"),
            line(5, "b"),
            line(4, "b").trim_end().chars().take(60).collect(),
        ]
        .concat();
        let set = ReviewSet::parse(Path::new("nowhere"), text.as_bytes());
        assert_eq!(
            (0..set.len() as u32).map(|row| set.id(row)).collect::<Vec<_>>(),
            ["pair-0000000", "pair-0000005"]
        );
        let problems = &set.problems;
        assert_eq!((problems.lines, problems.newer, problems.torn_bytes), (5, 1, 60));
        assert!(
            problems.named.iter().any(|(line, why)| *line == 3 && why.contains("version 2")),
            "{problems:?}"
        );
        assert!(problems.named.iter().any(|(_, why)| why.contains("occurs twice")));
        assert_eq!(set.row_of("pair-0000005"), Some(1));
        // A recorded pair without figures.
        let plain = "{\"version\":1,\"id\":\"s\",\"image\":\"images/s.png\",\"width\":8,\"height\":8,\
                     \"subject\":\"e\",\"source\":\"tian2015\"}";
        let set = ReviewSet::parse(Path::new("nowhere"), plain.as_bytes());
        assert_eq!((set.len(), set.rows[0].generation, set.rows[0].flags), (1, NO_GENERATION, 0));
    }

    #[test]
    fn lines_are_read_again_in_full_and_a_changed_manifest_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(MANIFEST_FILE);
        let text: String = (0..5).map(|number| line(number, "a")).collect();
        crate::formats::write_file(&path, text.as_bytes()).unwrap();
        let set = ReviewSet::load(folder.path()).unwrap();
        let lines = set.lines(&[3, 1]).unwrap();
        assert_eq!(
            (lines[0].id.as_str(), lines[1].image.as_str()),
            ("pair-0000003", "images/pair-0000001.png")
        );
        assert_eq!(lines[0].generated.as_ref().unwrap().seed, 3);
        crate::formats::write_file(&path, &text.as_bytes()[40..]).unwrap();
        assert!(set.lines(&[3]).unwrap_err().to_string().contains("load the set again"));
        let newer = text.replace("\"version\":1", "\"version\":9");
        crate::formats::write_file(&path, newer.as_bytes()).unwrap();
        assert!(ReviewSet::load(folder.path()).unwrap_err().to_string().contains("newer version"));
    }
}
