//! RetiDiff Studio: retinal OCT B-scans synthesised from exact layer and fluid masks.
//!
//! # The house, from the ground up
//! A module may use those above it in this list, never those below; `tests/tidy` enforces it.
//!
//! | module | one idea | needs |
//! |---|---|---|
//! | [`anatomy`] | the vocabulary: layers, interfaces, lesions, codes, names, colours | – |
//! | [`platform`] | everything the operating system decides | – |
//! | [`background`] | every thread and mailbox: one job, one mailbox, one queue | – |
//! | [`scan`] | a B-scan: pixels, spacing, laterality, scanned area; a volume of them | – |
//! | [`mask`] | the two label planes; interfaces, strokes. Pure functions, no I/O | – |
//! | [`document`] | scans, masks and syntheses as one cheap value; commands; history | – |
//! | [`cases`] | case recipes, their solver, what a case measures. Pure, no I/O | – |
//! | [`formats`] | one file per format, reading and writing; bytes in, values out | – |
//! | [`data_folder`] | where this program keeps its own files; the portable marker | – |
//! | [`encoding`] | document to network and back: mapping, label planes, mask codings and DMC, noise, style | – |
//! | [`dataset`] | manifest, split by subject, loading, augmentation, duplicates | – |
//! | `nn` | networks only | burn |
//! | `device` | which processor or GPU computes, its loss, its tuning | burn |
//! | `diffusion` | schedule, loss, samplers, DRM; the model file | burn |
//! | `segmentation` | a segmenter ready to label scans; its model file | burn |
//! | [`metrics`] | fidelity figures of synthetic scans | – |
//! | [`generation`] | pairs in bulk: plan, pair, scores, folder, shards. Knows no network | – |
//! | [`review`] | decisions, agreement, audits, blind test, export of a reviewed set. No window | – |
//! | `training` | run configuration, trainer, checkpoint, EMA, run directory | burn |
//! | [`evaluation`] | what is measured and how: experiments made of the above, their figures and reports | burn, where a model is measured |
//! | `worker` | the synthesis thread | burn |
//! | `serve` | a studio here, a GPU there: both ends of the connection | – |
//! | `studio` | the desktop application; the only place that knows egui | burn, egui |
//! | [`cli`] | arguments, inputs, printing and exit codes: one file per subcommand, which measures nothing itself | – |
//!
//! This is not to the letter the map that the house was built from. `encoding` lies below `dataset`, which encodes what it
//! loads. `generation` and `review` know no network: they lie below `training`, and the fast loop tests them. `device` lies
//! right above `nn`, whose kernels it chooses and tunes. `serve` lies below `studio`, as both ends of a line are one room and
//! the window holds one of them. Two rooms are new: [`data_folder`], because `device` keeps its tuning where `studio` keeps
//! its settings, and `segmentation`, because training, experiments and the window label scans the same way. In `studio`,
//! what several pages share has a room of its own, too: `files`, `export`, `label_mapping`, `course`, `texts`, `widgets`.
//! Of the pages the editor alone is lent session, settings and synthesis mutably (`EditorContext`), because a stroke must
//! be in the document and in the next picture's request within its frame.
//!
//! # Invariants
//! - `anatomy` to `dataset` and `metrics` build without burn and without egui
//!   (`--no-default-features` is the fast loop); only `studio` knows egui.
//! - One way to change the document: [`document::Editor::apply`]. Reading it is free.
//! - The document is a cheap value: planes are copy-on-write tiles, a snapshot copies pointers.
//! - Conditional compilation by system stands in `platform`, threads and mailboxes are made in `background`. The map of
//!   the house names a mailbox and a job; beside them stand a queue for what must not be lost, `Reports` for what is said
//!   beside the newest, and a `Watch` on how far work is.
//! - One thread owns the tensors; a panic there is an event, not a crash.
//! - Files are written to a temporary name, synced and renamed; readers never trust a header.

#![warn(missing_docs)]

pub mod anatomy;
pub mod background;
pub mod cases;
pub mod cli;
pub mod data_folder;
pub mod dataset;
#[cfg(feature = "cpu")]
pub mod device;
#[cfg(feature = "cpu")]
pub mod diffusion;
pub mod document;
pub mod encoding;
pub mod evaluation;
pub mod formats;
pub mod generation;
pub mod mask;
pub mod metrics;
#[cfg(feature = "cpu")]
pub mod nn;
pub mod platform;
pub mod review;
pub mod scan;
#[cfg(feature = "cpu")]
pub mod segmentation;
#[cfg(feature = "cpu")]
pub mod serve;
#[cfg(all(feature = "studio", feature = "cpu"))]
pub mod studio;
#[cfg(feature = "cpu")]
pub mod training;
#[cfg(feature = "cpu")]
pub mod worker;
