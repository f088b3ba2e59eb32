//! What a new run begins with: the weights of another model, of which a student is taught as well.

use std::collections::BTreeMap;
use std::path::Path;

use burn::module::Module;

use super::config::{Preset, RunConfig, Stage};
use super::error::TrainingError;
use super::run::{Run, StartModel};
use super::run_directory::TEACHER_FILE;
use super::trainer::Trainer;
use crate::diffusion::model_file::{self, ModelInfo, ModelKind};
use crate::encoding::style::StyleModel;
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
            (Stage::Distill, ModelKind::Image)
                if (info.style.is_some() || info.shadow) && !self.has_teacher_beside() =>
            {
                Err("it takes styles and vessel shadows, which a student learns from its teacher's path alone; \
                     set distillation.target to path, the teacher's sampling path"
                    .to_owned())
            }
            (Stage::Distill, ModelKind::Image) => {
                self.follow_teacher(info);
                self.check()
            }
            (Stage::Pretrain | Stage::Finetune, ModelKind::Image)
                if self.has_fewer_conditions_than(info) || self.asks_for_no_network_beside(info) =>
            {
                self.network = info.network.clone();
                (self.prediction, self.schedule) = (info.prediction, info.schedule);
                self.style.components = info.style.as_ref().map_or(0, StyleModel::components);
                self.style.shadow = info.shadow;
                self.check()
            }
            _ => Ok(()),
        }
    }

    /// Whether everything that a network is made of is still the preset's that is taken where nobody names one, and the
    /// model, which knows the same labels, has another network: its own is meant then.
    fn asks_for_no_network_beside(&self, info: &ModelInfo) -> bool {
        let usual = Self::of(Preset::Live, self.stage);
        self.preset == Preset::Live
            && (&self.network, self.prediction, self.schedule, self.style)
                == (&usual.network, usual.prediction, usual.schedule, usual.style)
            && self.labels == info.labels
            && knows_its_style(info)
    }

    /// Whether the model is conditioned on styles or vessel shadows, of which this configuration says nothing, and is
    /// the same network otherwise. (A network may grow such a part, but cannot lose it: its weights would have no
    /// place.)
    fn has_fewer_conditions_than(&self, info: &ModelInfo) -> bool {
        let with_its_conditions = UNetConfig {
            style_channels: info.network.style_channels,
            condition_channels: info.network.condition_channels,
            ..self.network.clone()
        };
        let says_nothing = self.style.components == 0 && !self.style.shadow;
        says_nothing
            && knows_its_style(info)
            && with_its_conditions != self.network
            && with_its_conditions == info.network
            && self.labels == info.labels
    }
}

/// Whether a model has the style that its network is told; a pretrained one may have the channels alone.
fn knows_its_style(info: &ModelInfo) -> bool {
    info.style.is_some() == (info.network.style_channels > 0)
}

/// The model a new run starts from; a student takes its configuration from it, too. Of a run that goes on, the
/// teacher, if it has one beside it.
pub(super) fn read_start(
    config: &mut RunConfig,
    run: &Run,
) -> Result<Option<(UNet, ModelInfo)>, TrainingError> {
    if run.resume {
        return config.has_teacher_beside().then(|| read_teacher(config, run)).transpose();
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
fn read_teacher(config: &RunConfig, run: &Run) -> Result<(UNet, ModelInfo), TrainingError> {
    let path = run.path.join(TEACHER_FILE);
    let model = StartModel::read(&path)?;
    let (network, info) = model_file::load(&model.bytes, &model.name, &run.device)?;
    if config.teacher_sha256.as_deref() != Some(info.tensors_sha256.as_str()) {
        return Err(model.refused("it is not the teacher that the run began with".to_owned()));
    }
    Ok((network, info))
}

impl Trainer {
    /// [`Trainer::start_from`]; a student of another size than its teacher keeps its fresh weights and is taught by it.
    ///
    /// # Errors
    /// As there.
    pub(super) fn begin_from(&mut self, config: &RunConfig, trained: &UNet) -> Result<(), String> {
        if config.stage == Stage::Distill && !config.distillation.is_of_teachers_size() {
            self.teacher = Some(trained.clone());
            return Ok(());
        }
        self.start_from(trained)
    }

    /// Begins with the weights of a trained network. What this one has beside them keeps its fresh weights,
    /// so a network can grow a part; planes of the condition that it sees beside those of `trained`, which come
    /// last, are unseen at first.
    ///
    /// # Errors
    /// If a tensor of `trained` has no place here.
    pub fn start_from(&mut self, trained: &UNet) -> Result<(), String> {
        let shapes = weights::shapes(&self.state.network);
        let mut values = BTreeMap::new();
        for tensor in weights::collect(trained) {
            match shapes.get(&tensor.name) {
                Some(shape) if *shape == tensor.shape => values.insert(tensor.name, tensor.values),
                Some(shape) => match with_unseen_inputs(&tensor, shape) {
                    Some(grown) => values.insert(tensor.name, grown),
                    None => {
                        let weights::NamedTensor { name, shape: found, .. } = tensor;
                        return Err(format!("its {name} is {found:?}, expected {shape:?}"));
                    }
                },
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

    /// Begins with the weights of a student of an earlier teacher; the teacher stays as it is.
    ///
    /// # Errors
    /// If the file is refused or its network is another one.
    pub(super) fn begin_as(&mut self, student: &StartModel) -> Result<(), TrainingError> {
        let (network, _) = model_file::load(&student.bytes, &student.name, &self.device)?;
        let teacher = self.teacher.take();
        let begun = self.start_from(&network);
        self.teacher = teacher;
        begun.map_err(|reason| student.refused(reason))
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

/// The weights of a convolution that reads the condition, with weights of 0 for inputs that follow those it has;
/// `None` if `shape` differs in anything else.
fn with_unseen_inputs(tensor: &weights::NamedTensor, shape: &[usize]) -> Option<Vec<f32>> {
    let (&[outputs, inputs, rows, columns], &[.., wanted, _, _]) = (&tensor.shape[..], shape) else {
        return None;
    };
    let reads_condition = [FIRST_WEIGHTS, DETAIL_WEIGHTS].contains(&tensor.name.as_str());
    if !reads_condition || wanted < inputs || shape != [outputs, wanted, rows, columns] {
        return None;
    }
    let mut grown = Vec::with_capacity(outputs * wanted * rows * columns);
    for kernels in tensor.values.chunks_exact(inputs * rows * columns) {
        grown.extend_from_slice(kernels);
        grown.resize(grown.len() + (wanted - inputs) * rows * columns, 0.0);
    }
    Some(grown)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor, TensorData};

    use super::super::config::StyleSettings;
    use super::*;
    use crate::nn::fresh_weights;

    /// A tiny configuration, conditioned on vessel shadows and styles or not.
    fn config(shadow: bool) -> RunConfig {
        let live = RunConfig::live();
        let (planes, style_channels) = (live.labels.plane_count(), if shadow { 3 } else { 0 });
        let network = UNetConfig {
            unshuffle: 2,
            widths: vec![8],
            attention: vec![false],
            groups: 4,
            sinusoid_channels: 8,
            time_channels: 16,
            condition_channels: planes + usize::from(shadow),
            style_channels,
            ..live.network.clone()
        };
        let style = StyleSettings { components: if shadow { 2 } else { 0 }, dropout: 0.2, shadow };
        RunConfig { network, style, ..live }
    }

    #[test]
    fn a_network_that_grows_a_shadow_plane_and_a_style_draws_as_before_until_it_learns() {
        let device = Device::flex();
        let before = fresh_weights::drawn(config(false).network.init(&device), 3);
        let mut trainer = Trainer::new(&config(true), &device);
        trainer.start_from(&before).unwrap();
        let values =
            |count: usize, step: f32| -> Vec<f32> { (0..count).map(|at| (at as f32 * step).sin()).collect() };
        let tensor = |values: Vec<f32>, channels: usize| {
            Tensor::<4>::from_data(TensorData::new(values, [1, channels, 16, 16]), &device)
        };
        let planes = config(false).network.condition_channels;
        let (image, mask) = (values(256, 2.399), values(planes * 256, 0.731));
        let shadowed = [mask.clone(), values(256, 0.311)].concat();
        let time = || Tensor::<1>::from_floats([400.0], &device);
        let drawn = |network: &UNet, mask: Tensor<4>| {
            network
                .forward(tensor(image.clone(), 1), mask, time())
                .into_data()
                .iter::<f32>()
                .collect::<Vec<_>>()
        };
        let expected = drawn(&before, tensor(mask, planes));
        let grown = drawn(&trainer.state.average, tensor(shadowed, planes + 1));
        let most = expected.iter().zip(&grown).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(expected.iter().any(|value| value.abs() > 0.01), "it draws something");
        assert!(most < 1e-5, "off by {most}");
    }

    #[test]
    fn a_run_that_says_nothing_of_style_goes_on_with_that_of_its_model() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/models/live.safetensors");
        let info = model_file::read_info_of(&file).unwrap();
        assert!(info.style.is_some() && info.shadow, "the bundled model is conditioned on both");
        let mut config = RunConfig::live();
        config.begin_with(&info).unwrap();
        assert_eq!(config.network, info.network);
        assert_eq!(config.style.components, info.style.as_ref().unwrap().components());
        assert!(config.style.shadow);
        assert_eq!((config.prediction, config.schedule), (info.prediction, info.schedule));
        // Another network stays as it was asked for; the weights then say what does not fit.
        let mut wider = RunConfig::live();
        wider.network.widths = vec![64, 64, 128];
        let requested = wider.network.clone();
        wider.begin_with(&info).unwrap();
        assert_eq!(wider.network, requested);
    }

    #[test]
    fn planes_are_never_taken_away() {
        let device = Device::flex();
        let before = fresh_weights::drawn(config(true).network.init(&device), 3);
        let refused = Trainer::new(&config(false), &device).start_from(&before).unwrap_err();
        assert!(refused.contains("has no place") || refused.contains("expected"), "{refused}");
    }
}
