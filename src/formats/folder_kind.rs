//! The kinds of folders that scans lie in.

/// A kind of folder that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum FolderKind {
    /// `bscans/SubjectN_BB.png` + `boundaries/SubjectN_K.txt`.
    Tian2015,
    /// `bscans/subject_SS/bscan_NN.png` + `labels_grader1/` + `index.csv` + `ignore_columns/`,
    /// and `labels_grader2/` where there is one.
    DukeDme,
    /// `images/` + `masks/` or `labels/` with the same file stems.
    Pairs,
    /// OCT2017 (Kermany et al.): `train|test|val/CNV|DME|DRUSEN|NORMAL/CLASS-PATIENT-N.jpeg`, no labels.
    Oct2017,
    /// Images without labels, right in the folder.
    Images,
}
