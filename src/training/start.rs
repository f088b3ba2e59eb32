//! What a new run begins with: the weights of another model, of which a student is taught as well.

use std::collections::BTreeMap;
use std::path::Path;

use burn::module::Module;

use super::config::{RunConfig, Stage};
use super::error::TrainingError;
use super::run::{Run, StartModel};
use super::run_directory::TEACHER_FILE;
use super::trainer::Trainer;
use crate::diffusion::model_file::{self, ModelInfo, ModelKind};
use crate::formats::atomic::write_atomically;
use crate::nn::{UNet, UNetConfig, weights};

/// Name of the weights that read picture and mask, the picture's inputs first.
const FIRST_WEIGHTS: &str = "conv_in.weight";
/// Name of the weights by which the detail head reads the mask.
const DETAIL_WEIGHTS: &str = "detail.condition.weight";

impl RunConfig {
    /// Whether a run of this stage can begin with a model; the message says why not. A student becomes like its
    /// teacher here.
    ///
    /// # Errors
    /// If the model draws something else, or a student cannot follow it.
    pub fn begin_with(&mut self, info: &ModelInfo) -> Result<(), String> {
        match (self.stage, info.kind) {
            (Stage::Segment, _) => {
                Err("it draws; a segmenter begins with fresh weights: leave --from out".to_owned())
            }
            (Stage::Masks, ModelKind::Image) => {
                Err("it draws scans; the stage masks begins with a model of masks".to_owned())
            }
            (Stage::Distill, ModelKind::Mask) => {
                Err("it draws masks; a student is taught by an image model".to_owned())
            }
            (Stage::Pretrain | Stage::Finetune, ModelKind::Mask) => {
                Err("it draws masks; this stage begins with an image model".to_owned())
            }
            (Stage::Distill, ModelKind::Image) if info.style.is_some() || info.shadow => {
                Err("it is told of style and vessel shadows, which students do not learn yet; \
                     choose a teacher of the preset live"
                    .to_owned())
            }
            (Stage::Distill, ModelKind::Image) => {
                self.follow_teacher(info);
                self.check()
            }
            _ => Ok(()),
        }
    }
}

/// The model a new run starts from; a student takes its configuration from it, too.
pub(super) fn read_start(
    config: &mut RunConfig,
    run: &Run,
) -> Result<Option<(UNet, ModelInfo)>, TrainingError> {
    if run.resume {
        return Ok(None);
    }
    let Some(model) = run.from else {
        if config.stage == Stage::Distill {
            let reason = "a student needs a teacher: name its model file with --from".to_owned();
            return Err(TrainingError::Config { path: run.path.to_owned(), reason });
        }
        return Ok(None);
    };
    let (network, info) = model_file::load(&model.bytes, &model.name, &run.device)?;
    config.begin_with(&info).map_err(|reason| model.refused(reason))?;
    Ok(Some((network, info)))
}

/// Keeps a student's teacher in the folder of the run, which goes on with it when it is resumed.
pub(super) fn keep_teacher(teacher: &StartModel, run: &Path) -> Result<(), TrainingError> {
    let path = run.join(TEACHER_FILE);
    write_atomically(&path, &teacher.bytes).map_err(TrainingError::io(&path, "writing"))
}

/// The teacher of a run that goes on.
pub(super) fn read_teacher(config: &RunConfig, run: &Run) -> Result<UNet, TrainingError> {
    let path = run.path.join(TEACHER_FILE);
    let model = StartModel::read(&path)?;
    let (network, info) = model_file::load(&model.bytes, &model.name, &run.device)?;
    if config.teacher_sha256.as_deref() != Some(info.tensors_sha256.as_str()) {
        return Err(model.refused("it is not the teacher that the run began with".to_owned()));
    }
    Ok(network)
}

impl Trainer {
    /// Begins with the weights of a trained network. What this one has beside them keeps its fresh weights,
    /// so a network can grow a part.
    ///
    /// # Errors
    /// If a tensor of `trained` has no place here.
    pub fn start_from(&mut self, trained: &UNet) -> Result<(), String> {
        let shapes = weights::shapes(&self.state.network);
        let mut values = BTreeMap::new();
        for tensor in weights::collect(trained) {
            match shapes.get(&tensor.name) {
                Some(shape) if *shape == tensor.shape => values.insert(tensor.name, tensor.values),
                Some(shape) => {
                    return Err(format!("its {} is {:?}, expected {shape:?}", tensor.name, tensor.shape));
                }
                None => return Err(format!("its {} has no place in this network", tensor.name)),
            };
        }
        self.state.network = weights::assign(self.state.network.clone(), values);
        self.state.average = self.state.network.clone().valid();
        if let Some(teacher) = &mut self.teacher {
            *teacher = self.state.average.clone();
        }
        Ok(())
    }

    /// Zeroes what the network makes of the mask, where stage 1 began with fresh weights: it showed only zeros, so
    /// these weights are still those of the first moment, noise that stage 3 would have to unlearn
    /// (algorithms 1.2).
    pub fn forget_condition(&mut self, network: &UNetConfig) {
        let picture_inputs = network.image_channels * network.unshuffle * network.unshuffle;
        let mut values = BTreeMap::new();
        for tensor in weights::collect(&self.state.network) {
            let kept_inputs = match tensor.name.as_str() {
                FIRST_WEIGHTS => picture_inputs,
                DETAIL_WEIGHTS => 0,
                _ => continue,
            };
            let [inputs, rows, columns] = [tensor.shape[1], tensor.shape[2], tensor.shape[3]];
            let mut zeroed = tensor.values;
            for kernels in zeroed.chunks_exact_mut(inputs * rows * columns) {
                kernels[kept_inputs * rows * columns..].fill(0.0);
            }
            values.insert(tensor.name, zeroed);
        }
        assert!(values.contains_key(FIRST_WEIGHTS), "every network has a first convolution");
        self.state.network = weights::assign(self.state.network.clone(), values);
        self.state.average = self.state.network.clone().valid();
    }
}
