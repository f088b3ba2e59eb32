//! FID, FD-EffNet and LPIPS of what methods drew: the columns of Table 1 that need weights which are published elsewhere.
//! They are measured when a report is written, of runs that are done, and kept beside their other figures.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::done;
use super::error::ExperimentError;
use super::judge::real_scans;
use super::plan::{ExperimentPlan, Task};
use super::training::{model_of, pairs_of};
use crate::dataset::{Manifest, Split};
use crate::evaluation::features::{FeatureNetwork, PerceptualDistance, PictureFolder};
use crate::formats::{FormatError, read_file, write_file};
use crate::metrics::feature_distances::{Diversity, Features, frechet};
use crate::segmentation::{SegmenterInfo, segmenter_file};

/// Name of these figures in a run's folder.
const PUBLISHED_FILE: &str = "published.json";
/// Random pairs of pictures that LPIPS compares, at most.
const LPIPS_PAIRS: usize = 1000;

/// Networks whose weights were given.
#[derive(Debug, Default)]
pub struct PublishedNetworks {
    /// Whose Fréchet distance is the FID.
    pub inception: Option<FeatureNetwork>,
    /// EfficientNet-Lite0, whose Fréchet distance is the FD-EffNet.
    pub effnet: Option<FeatureNetwork>,
    /// LPIPS.
    pub lpips: Option<PerceptualDistance>,
}

/// What they found in a row of Table 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct PublishedFigures {
    pub fid: Option<FeatureDistance>,
    pub fd_effnet: Option<FeatureDistance>,
    pub lpips: Option<PairwiseLpips>,
}

/// The Fréchet distance of the pairs' pictures from the training scans on a network's features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct FeatureDistance {
    /// Of the file of weights.
    weights_sha256: String,
    pub distance: f64,
    /// Of every second training scan from the others; `None` of fewer than four.
    pub of_real_halves: Option<f64>,
}

/// How differently the pairs' pictures look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct PairwiseLpips {
    weights_sha256: String,
    pub diversity: Diversity,
}

impl PublishedFigures {
    /// What was measured of a run; nothing where nothing was.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn read(run_folder: &Path) -> Result<Self, ExperimentError> {
        let file = run_folder.join(PUBLISHED_FILE);
        if !file.is_file() {
            return Ok(Self::default());
        }
        let refuse = |error: serde_json::Error| {
            let remedy = "remove it, and it is measured again with the weights at hand";
            FormatError::malformed(&file.display().to_string(), "the figures", error.to_string(), remedy)
        };
        Ok(serde_json::from_slice(&read_file(&file)?).map_err(refuse)?)
    }
}

impl PublishedNetworks {
    /// Measures the rows of Table 1 that are done and were not measured with these weights. `on_row` is told the name of
    /// each run before its turn.
    ///
    /// # Errors
    /// If a mark, a picture or a figure cannot be read or written.
    pub fn measure(
        &self,
        plan: &ExperimentPlan,
        folder: &Path,
        data: &Manifest,
        on_row: &mut dyn FnMut(&str),
    ) -> Result<(), ExperimentError> {
        let plan_sha256 = plan.sha256();
        // Rows of one seed share their training scans.
        let mut real = RealFeatures { data, of: HashMap::new() };
        for run in &plan.runs {
            let Task::Pictures { pairs, segmenter, split, .. } = &run.task else { continue };
            if done::read(folder, &plan_sha256, &run.name)?.is_none() {
                continue;
            }
            let run_folder = done::folder_of(folder, &run.name);
            let mut figures = PublishedFigures::read(&run_folder)?;
            let fid = unmeasured(self.inception.as_ref(), figures.fid.as_ref());
            let fd_effnet = unmeasured(self.effnet.as_ref(), figures.fd_effnet.as_ref());
            let lpips = self.lpips.as_ref().filter(|network| {
                figures.lpips.as_ref().is_none_or(|lpips| lpips.weights_sha256 != network.sha256())
            });
            if fid.is_none() && fd_effnet.is_none() && lpips.is_none() {
                continue;
            }
            on_row(&run.name);
            let pictures = PictureFolder::list(&pairs_of(folder, pairs))?;
            let judge = model_of(folder, segmenter);
            if let Some(network) = fid {
                let real = real.of(network, segmenter, &judge, split.as_ref())?;
                figures.fid = Some(distance_of(network, &pictures, real)?);
            }
            if let Some(network) = fd_effnet {
                let real = real.of(network, segmenter, &judge, split.as_ref())?;
                figures.fd_effnet = Some(distance_of(network, &pictures, real)?);
            }
            if let Some(network) = lpips {
                let diversity = network.diversity(&pictures, LPIPS_PAIRS, 0, &mut |_| {})?;
                figures.lpips =
                    Some(PairwiseLpips { weights_sha256: network.sha256().to_owned(), diversity });
            }
            let json = serde_json::to_vec(&figures).expect("figures are plain data");
            write_file(&run_folder.join(PUBLISHED_FILE), &json)?;
        }
        Ok(())
    }
}

/// The network, unless its distance is known already.
fn unmeasured<'a>(
    network: Option<&'a FeatureNetwork>,
    known: Option<&FeatureDistance>,
) -> Option<&'a FeatureNetwork> {
    network.filter(|network| known.is_none_or(|known| known.weights_sha256 != network.sha256()))
}

fn distance_of(
    network: &FeatureNetwork,
    pictures: &PictureFolder,
    real: &Features,
) -> Result<FeatureDistance, ExperimentError> {
    let place = pictures.name();
    let drawn = pictures.features(network, &mut |_| {})?;
    let distance = frechet(&drawn, real).map_err(|reason| incomparable(&place, reason.to_string()))?;
    let of_real_halves = real.halves().and_then(|[even, odd]| frechet(&even, &odd).ok());
    Ok(FeatureDistance { weights_sha256: network.sha256().to_owned(), distance, of_real_halves })
}

/// Features of the real scans that a judge compares pictures with itself, each taken once.
struct RealFeatures<'a> {
    data: &'a Manifest,
    /// By the hash of the network and the run of the judge.
    of: HashMap<(String, String), Features>,
}

impl RealFeatures<'_> {
    fn of(
        &mut self,
        network: &FeatureNetwork,
        run: &str,
        judge: &Path,
        split: Option<&Split>,
    ) -> Result<&Features, ExperimentError> {
        match self.of.entry((network.sha256().to_owned(), run.to_owned())) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => Ok(place.insert(training_features(network, self.data, judge, split)?)),
        }
    }
}

/// Features of the scans that pictures are compared with, in the columns that networks are shown.
fn training_features(
    network: &FeatureNetwork,
    data: &Manifest,
    judge: &Path,
    split: Option<&Split>,
) -> Result<Features, ExperimentError> {
    let name = judge.display().to_string();
    let info: SegmenterInfo = segmenter_file::read_info(&read_file(judge)?, &name)?;
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for scan in real_scans(data, split, &info) {
        rows.push(network.of(&scan?.filled_image()));
    }
    Features::new(rows.len(), rows.first().map_or(0, Vec::len), rows.concat())
        .map_err(|reason| incomparable(&data.dir.display().to_string(), reason.to_string()))
}

fn incomparable(place: &str, problem: String) -> ExperimentError {
    let remedy = "name the data set that the plan was made for with --data";
    FormatError::malformed(place, "the pictures", problem, remedy).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::experiment::judge::tests::segmenter;
    use crate::evaluation::experiment::plan::tests::{pictures, plan};
    use crate::formats::scan_image;
    use crate::scan::GreyImage;
    use burn::tensor::Device;

    /// A data set of pictures without labels but one, which is graded where asked for.
    fn data_set(folder: &Path, count: u8, slope: u32, is_graded: bool) -> Manifest {
        std::fs::create_dir_all(folder).unwrap();
        let mut manifest = Manifest::open_for_appending(folder).unwrap();
        for index in 0..count {
            let id = format!("scan_{index}");
            let grey = |at: u32| ((at * slope + u32::from(index) * 31) % 251) as u8;
            let image = GreyImage::new(48, 32, (0..48 * 32).map(grey).collect::<Vec<u8>>());
            let labels = vec![3; 48 * 32];
            write_file(&folder.join(format!("{id}.png")), &scan_image::write(&image, &[]).unwrap()).unwrap();
            let bytes = crate::formats::label_png::write(48, 32, &labels, &[]).unwrap();
            write_file(&folder.join(format!("{id}_labels.png")), &bytes).unwrap();
            let label = is_graded.then(|| format!("{id}_labels.png"));
            let entry = serde_json::json!({
                "version": 1, "id": id, "image": format!("{id}.png"), "label": label, "width": 48, "height": 32,
                "subject": "s", "source": "x"
            });
            manifest.append(serde_json::from_value(entry).unwrap()).unwrap();
        }
        manifest
    }

    #[test]
    fn rows_that_are_done_are_measured_once_with_the_same_weights() {
        let folder = tempfile::tempdir().unwrap();
        let data = data_set(&folder.path().join("data"), 5, 7, true);
        data_set(&pairs_of(folder.path(), "pairs"), 4, 13, false);
        let model = model_of(folder.path(), "judge");
        write_file(&model, &segmenter(serde_json::json!({ "training_subjects": ["s"] }))).unwrap();
        let plan = plan(vec![pictures("done"), pictures("open")]);
        std::fs::create_dir_all(done::folder_of(folder.path(), "done")).unwrap();
        done::mark(folder.path(), &plan.sha256(), "done", "CPU", 1.0).unwrap();
        // The judge in place of Inception, whose weights are elsewhere.
        let inception = FeatureNetwork::load(&read_file(&model).unwrap(), "judge", &Device::flex()).unwrap();
        let mut networks = PublishedNetworks { inception: Some(inception), ..PublishedNetworks::default() };
        let measured = |networks: &PublishedNetworks| {
            let mut rows = Vec::new();
            let mut on_row = |name: &str| rows.push(name.to_owned());
            networks.measure(&plan, folder.path(), &data, &mut on_row).unwrap();
            rows
        };
        assert_eq!(measured(&networks), ["done"]);
        let of = |run: &str| PublishedFigures::read(&done::folder_of(folder.path(), run)).unwrap();
        let fid = of("done").fid.unwrap();
        assert!(fid.distance > 0.0 && fid.of_real_halves.is_some_and(|floor| floor > 0.0), "{fid:?}");
        assert_eq!((of("open"), of("done").lpips), (PublishedFigures::default(), None));
        assert_eq!(measured(&networks), [""; 0]);
        // Other weights are measured beside what is known.
        networks.effnet = networks.inception.take();
        assert_eq!(measured(&networks), ["done"]);
        assert_eq!(of("done").fd_effnet.as_ref(), Some(&fid), "the same network under another name");
        assert_eq!((of("done").fid.as_ref(), measured(&networks)), (Some(&fid), Vec::new()));
        let figures = done::folder_of(folder.path(), "done").join(PUBLISHED_FILE);
        write_file(&figures, b"{").unwrap();
        let error = networks.measure(&plan, folder.path(), &data, &mut |_| {}).unwrap_err().to_string();
        assert!(error.contains(PUBLISHED_FILE) && error.contains("remove it"), "{error}");
    }
}
