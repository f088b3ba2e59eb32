//! The options that say who is measured, and which split the others train by.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

#[cfg(feature = "cpu")]
use crate::dataset::Manifest;
use crate::dataset::Split;
use crate::dataset::split::SPLIT_FILE;
use crate::evaluation::Subjects;
use crate::formats::read_file;

/// Which split an evaluation goes by.
#[derive(Debug, Default, Args)]
pub(super) struct SplitArgs {
    /// Which subjects train, validate and are held out, as `retidiff dataset build` writes it [default: the data
    /// set's own split.json where it has one, else Duke 7-8 and Tian 7 validate]
    #[arg(long, value_name = "split.json")]
    pub split: Option<PathBuf>,
}

impl SplitArgs {
    /// The split that was asked for, the one the data set was built with, or the program's own.
    ///
    /// # Errors
    /// If the file cannot be read or is no split.
    pub fn read(&self, data: &Path) -> anyhow::Result<Split> {
        let of_data = || Some(data.join(SPLIT_FILE)).filter(|file| file.is_file());
        let Some(file) = self.split.clone().or_else(of_data) else { return Ok(Split::default()) };
        let split = serde_json::from_slice(&read_file(&file)?);
        split.with_context(|| format!("{} is no split", file.display()))
    }
}

/// Whom an evaluation measures.
#[derive(Debug, Default, Args)]
pub(super) struct SubjectArgs {
    /// Subjects whose labelled scans are measured, each of which must have some [default: Duke 7-8, as far as they are
    /// there; where they are not, everybody in `lesions`, `steps` and `ablation`; those who validate by another split]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub subjects: Option<Vec<String>>,
    #[command(flatten)]
    pub split: SplitArgs,
}

impl SubjectArgs {
    /// The subjects of a data set.
    ///
    /// # Errors
    /// As [`SplitArgs::read`].
    pub fn read(&self, data: &Path) -> anyhow::Result<Subjects> {
        Ok(Subjects::usual(self.split.read(data)?, self.subjects.clone()))
    }

    /// The same for what needs no training eyes there: everybody where the usual subjects are not, which is said.
    ///
    /// # Errors
    /// As [`SplitArgs::read`].
    #[cfg(feature = "cpu")]
    pub fn read_or_all(&self, manifest: &Manifest) -> anyhow::Result<Subjects> {
        let usual = self.read(&manifest.dir)?;
        let Some(all) = usual.all_instead(manifest) else { return Ok(usual) };
        eprintln!(
            "note: {} holds no graded scan of {}; measured are {}",
            manifest.dir.display(),
            usual.measured.join(", "),
            all.measured.join(", ")
        );
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;

    #[test]
    fn the_split_of_the_data_set_is_taken_unless_another_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let subjects = SubjectArgs::default().read(folder.path()).unwrap();
        assert_eq!(
            (&subjects.split, &subjects.measured[..]),
            (&Split::default(), &["duke-7", "duke-8"].map(String::from)[..])
        );

        let own = Split { validation: vec!["a".to_owned()], held_out: vec!["b".to_owned()] };
        let json = |split: &Split| serde_json::to_vec(split).unwrap();
        write_file(&folder.path().join(SPLIT_FILE), &json(&own)).unwrap();
        let subjects = SubjectArgs::default().read(folder.path()).unwrap();
        assert_eq!(subjects, Subjects { measured: vec!["a".to_owned()], split: own, are_named: false });
        assert!(subjects.trains("duke-7") && !subjects.trains("b"));

        let named = folder.path().join("other.json");
        let other = Split { validation: vec!["c".to_owned()], held_out: Vec::new() };
        write_file(&named, &json(&other)).unwrap();
        let args = SubjectArgs {
            subjects: Some(vec!["d".to_owned()]),
            split: SplitArgs { split: Some(named.clone()) },
        };
        assert_eq!(
            args.read(folder.path()).unwrap(),
            Subjects { measured: vec!["d".to_owned()], split: other, are_named: true }
        );
        write_file(&named, b"[1]").unwrap();
        assert!(args.read(folder.path()).unwrap_err().to_string().contains("other.json is no split"));
    }
}
