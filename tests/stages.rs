//! The three stages through one trainer, and masks drawn by the second.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use burn::tensor::Device;
use retidiff::dataset::Manifest;
use retidiff::dataset::sample_set::Samples;
use retidiff::dataset::samples::SampleOptions;
use retidiff::diffusion::model_file::{self, ModelInfo, ModelKind};
use retidiff::diffusion::{MaskGenerator, MaskGuide, MaskSettings, NoiseSpacing};
use retidiff::encoding::dmc::{DmcMode, Histogram};
use retidiff::encoding::masks::{MaskConditions, MaskGrid};
use retidiff::nn::{UNet, UNetConfig, weights};
use retidiff::training::strips_file::write_strips;
use retidiff::training::strips_sheet::first_strips;
use retidiff::training::{Batch, Event, MaskTask, Preset, RunConfig, Stage, Trainer, WideStrips};
use safetensors::SafeTensors;

use crate::trainer::{config, data_set, goes_on_bit_for_bit, train_from};

fn model(path: &Path) -> (UNet, ModelInfo) {
    let bytes = std::fs::read(path.join("model.safetensors")).unwrap();
    model_file::load(&bytes, "model", &Device::flex()).unwrap()
}

/// Mask weights of the first convolution, in all outputs.
fn mask_weights(network: &UNet, info: &ModelInfo) -> Vec<f32> {
    let first = weights::collect(network).into_iter().find(|tensor| tensor.name == "conv_in.weight").unwrap();
    let [inputs, area] = [first.shape[1], first.shape[2] * first.shape[3]];
    let picture = info.network.image_channels * info.network.unshuffle.pow(2);
    first.values.chunks_exact(inputs * area).flat_map(|kernels| kernels[picture * area..].to_vec()).collect()
}

#[test]
fn a_pretrained_network_is_fine_tuned_from_blank_mask_weights() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let events = train_from(RunConfig { stage: Stage::Pretrain, ..config(3) }, &data, &first, None).unwrap();
    assert!(matches!(events[0], Event::Started { training_scans: 3, validation_scans: 4, .. }));
    let (_, info) = model(&first);
    assert_eq!(info.training.stage.copied(), Some(Stage::Pretrain));
    assert_eq!(info.training.trained_on(), ["duke-1", "duke-2", "tian-1"]);

    // No step is taken on the mask weights where the learning rate is 0: they are as stage 3 begins.
    let frozen = RunConfig { learning_rate: 0.0, weight_decay: 0.0, ema_decay: 0.0, ..config(1) };
    train_from(frozen, &data, &second, Some(&first.join("model.safetensors"))).unwrap();
    let (network, info) = model(&second);
    assert_eq!(info.training.from.known().map(String::as_str), Some("live pretrain 3 steps"));
    let blank = mask_weights(&network, &info);
    assert!(!blank.is_empty() && blank.iter().all(|&weight| weight == 0.0));
}

/// One batch of the strips of two.
fn together(a: &Batch, b: &Batch) -> Batch {
    let both = |a: &[f32], b: &[f32]| [a, b].concat();
    Batch {
        strips: a.strips + b.strips,
        image: both(&a.image, &b.image),
        condition: both(&a.condition, &b.condition),
        loss_weights: both(&a.loss_weights, &b.loss_weights),
        noise: both(&a.noise, &b.noise),
        levels: [&a.levels[..], &b.levels[..]].concat(),
        ..a.clone()
    }
}

#[test]
fn gradients_of_two_batches_are_their_mean() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = Manifest::read(&data_set(folder.path())).unwrap();
    let config = RunConfig { warmup_steps: 0, gradient_clip: 0.0, ema_decay: 0.0, ..config(8) };
    let samples = Samples::load(&manifest, &config.split, &config.mapping, SampleOptions::default()).unwrap();
    let batches: Vec<Batch> =
        (0..4).map(|step| Batch::for_training(&config, &samples.training, step)).collect();
    let (mut in_parts, mut at_once) =
        (Trainer::new(&config, &Device::flex()), Trainer::new(&config, &Device::flex()));
    let close = |a: f64, b: f64| (a - b).abs() < 1e-4 * b.abs();
    let alone = Trainer::new(&config, &Device::flex()).step(&config, &batches[..1]);
    let both = Trainer::new(&config, &Device::flex()).step(&config, &batches[..2]);
    assert!(!close(alone.gradient_norm, both.gradient_norm), "the second batch counts");
    for pair in batches.chunks(2) {
        let parts = in_parts.step(&config, pair);
        let whole = at_once.step(&config, &[together(&pair[0], &pair[1])]);
        assert!(close(parts.loss, whole.loss), "{parts:?} {whole:?}");
        assert!(close(parts.gradient_norm, whole.gradient_norm), "{parts:?} {whole:?}");
    }
    let [parts, whole] = [&in_parts, &at_once].map(|trainer| weights::collect(&trainer.state.average));
    for (parts, whole) in parts.iter().zip(&whole) {
        let differences = parts.values.iter().zip(&whole.values).map(|(a, b)| (a - b).abs());
        // Weights whose gradient is nearly 0 may step either way: the mean tells, not the largest.
        let mean = differences.sum::<f32>() / parts.values.len() as f32;
        assert!(mean < 0.05 * config.learning_rate as f32, "{}: {mean}", parts.name);
    }
}

fn mask_config(steps: u64) -> RunConfig {
    let base = RunConfig::of(Preset::Live, Stage::Masks);
    RunConfig {
        steps,
        batch: 2,
        warmup_steps: 5,
        learning_rate: 3e-3,
        validate_every: 0,
        sample_every: steps,
        sample_steps: 2,
        network: UNetConfig {
            widths: vec![16, 24],
            attention: vec![false; 2],
            groups: 4,
            sinusoid_channels: 8,
            time_channels: 16,
            ..base.network.clone()
        },
        masks: MaskTask { grid: MaskGrid { latents: [16, 16], ..MaskGrid::live() }, ..base.masks.clone() },
        ..base
    }
}

#[test]
fn stopped_runs_of_the_first_stages_go_on_as_if_they_had_never_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let pretrain = RunConfig { stage: Stage::Pretrain, ..config(6) };
    let masks = RunConfig { sample_every: 3, validate_every: 3, ..mask_config(6) };
    for config in [pretrain, masks] {
        goes_on_bit_for_bit(&config, &data, &folder.path().join(config.stage.name()));
    }
}

#[test]
fn the_mask_stage_learns_and_draws_the_same_mask_for_the_same_seed() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("masks");
    let events = train_from(mask_config(200), &data, &run, None).unwrap();
    let losses: Vec<f64> = events
        .iter()
        .filter_map(|event| match event {
            Event::Step { loss, .. } => Some(*loss),
            _ => None,
        })
        .collect();
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let (before, after) = (mean(&losses[..10]), mean(&losses[190..]));
    assert!(after < 0.4 * before, "the loss fell from {before} to {after}");
    assert!(run.join("samples/step-00000200.png").is_file());

    let (network, info) = model(&run);
    assert_eq!((info.kind, info.training.stage.copied()), (ModelKind::Mask, Some(Stage::Masks)));
    let generator = MaskGenerator::new(network, info, Device::flex()).unwrap();
    let plan = generator.plan(60, 50, None);
    let draw = |settings: MaskSettings, guide: Option<MaskGuide<'_>>| match generator.draw(
        &plan,
        &settings,
        guide,
        |_| ControlFlow::Continue(()),
    ) {
        ControlFlow::Continue(mask) => mask.codes(DmcMode::Quantise, &Histogram::default()),
        ControlFlow::Break(()) => unreachable!(),
    };
    let settings = MaskSettings { steps: 3, seed: 5, ..MaskSettings::default() };
    let mask = draw(settings, None);
    assert_eq!(mask.len(), 60 * 50);
    assert_eq!(mask, draw(settings, None));
    assert_ne!(mask, draw(MaskSettings { seed: 6, ..settings }, None));
    let of_thickness = MaskConditions { thickness_um: Some(300.0), ..MaskConditions::default() };
    assert_ne!(mask, draw(MaskSettings { conditions: of_thickness, guidance: 3.0, ..settings }, None));
    let planes_of = |spacing| {
        let settings = MaskSettings { spacing, ..settings };
        match generator.draw_planes(&plan, &settings, None, |_| ControlFlow::Continue(())) {
            ControlFlow::Continue(planes) => planes,
            ControlFlow::Break(()) => unreachable!(),
        }
    };
    let [time, karras, log_snr] = NoiseSpacing::ALL.map(planes_of);
    assert!(time != karras && time != log_snr && karras != log_snr, "other noise levels, another mask");

    // Several at once are each the mask that it is alone.
    let settings_of = [
        settings,
        MaskSettings { seed: 6, conditions: of_thickness, ..settings },
        MaskSettings { seed: 7, ..settings },
    ];
    let drawn = generator.draw_batch(&plan, &settings_of, |_| ControlFlow::Continue(()));
    let ControlFlow::Continue(drawn) = drawn else { panic!("nobody stopped it") };
    for (settings, drawn) in settings_of.into_iter().zip(drawn) {
        assert_eq!(drawn.codes(DmcMode::Quantise, &Histogram::default()), draw(settings, None));
    }

    // A faint variation is nearer to its mask than a strong one.
    let planes = plan.encode(generator.mask().coding, &mask);
    let changed = |strength| {
        let other = draw(MaskSettings { seed: 9, ..settings }, Some(MaskGuide { planes: &planes, strength }));
        other.iter().zip(&mask).filter(|(a, b)| a != b).count()
    };
    assert!(changed(0.02) < changed(1.0), "{} and {}", changed(0.02), changed(1.0));
    let stopped = generator.draw(&plan, &settings, None, |_| ControlFlow::Break(()));
    assert!(stopped.is_break());
}

#[test]
fn configurations_of_earlier_versions_still_load() {
    let mut old = serde_json::to_value(RunConfig::live()).unwrap();
    for new in ["stage", "from", "accumulation", "mask_dropout", "masks"] {
        old.as_object_mut().unwrap().remove(new);
    }
    assert_eq!(serde_json::from_value::<RunConfig>(old).unwrap(), RunConfig::live());
}

#[test]
fn the_mask_thread_draws_candidates_and_gives_up_old_jobs() {
    use std::sync::Arc;
    use std::time::Duration;

    use retidiff::worker::ModelSource;
    use retidiff::worker::masks::{MaskEvent, MaskRequest, MaskWorker};

    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("masks");
    train_from(RunConfig { sample_every: 0, ..mask_config(2) }, &data, &run, None).unwrap();
    let source = ModelSource::File(run.join("model.safetensors"));
    let worker = MaskWorker::start(source, Arc::new(|| ())).unwrap();
    let request = |job, count| MaskRequest {
        job,
        width: 60,
        height: 50,
        spacing: None,
        count,
        settings: MaskSettings { steps: 2, ..MaskSettings::default() },
        vary: None,
    };
    worker.submit(request(1, 10_000));
    assert!(worker.wait_for_event(Duration::from_secs(60)));
    worker.submit(request(2, 3));
    let mut drawn = Vec::new();
    'events: while worker.wait_for_event(Duration::from_secs(60)) {
        for event in worker.events() {
            match event {
                MaskEvent::Drawn { job: 2, candidate } => drawn.push(candidate),
                MaskEvent::Finished { job } => {
                    assert_eq!(job, 2, "the first job was given up");
                    break 'events;
                }
                MaskEvent::Failed { message, .. } => panic!("{message}"),
                _ => {}
            }
        }
    }
    assert_eq!(drawn.iter().map(|candidate| candidate.seed).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!((drawn[0].mask.width(), drawn[0].mask.height()), (60, 50));
    assert!(drawn[0].mask.is_valid());

    let missing =
        MaskWorker::start(ModelSource::File("no/such.safetensors".into()), Arc::new(|| ())).unwrap();
    missing.submit(request(1, 1));
    assert!(missing.wait_for_event(Duration::from_secs(60)));
    assert!(
        matches!(&missing.events()[..], [MaskEvent::Failed { message, .. }] if message.contains("no/such"))
    );
}

#[test]
fn an_image_model_draws_no_masks_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    train_from(RunConfig { sample_every: 0, validate_every: 0, ..config(1) }, &data, &run, None).unwrap();
    let (network, info) = model(&run);
    let refusal = MaskGenerator::new(network, info, Device::flex()).map(|_| ()).unwrap_err();
    assert!(refusal.contains("choose a mask model"), "{refusal}");
}

/// The numbers of a tensor in half precision.
fn halves(tensors: &SafeTensors, name: &str) -> Vec<f32> {
    let bytes = tensors.tensor(name).unwrap().data().to_vec();
    bytes.chunks_exact(2).map(|pair| half::f16::from_le_bytes([pair[0], pair[1]]).to_f32()).collect()
}

#[test]
fn the_strips_of_a_run_are_written_for_other_trainers() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let out = folder.path().join("strips");
    let wide = WideStrips { every: 2, columns: 32 };
    let config = RunConfig { validation_levels: 4, mask_dropout: 0.5, wide, ..config(5) };
    let manifest = Arc::new(Manifest::read(&data).unwrap());
    let mut reported = Vec::new();
    write_strips(&config, &manifest, 3, &out, |done| reported.push(done)).unwrap();
    assert_eq!(reported, [1, 2, 3]);

    // What the sheet of strips shows, which hides nothing either: two narrow strips, a wide one, two narrow ones.
    let shown = first_strips(&config, &manifest, 5).unwrap();
    let bytes = std::fs::read(out.join("strips-00000.safetensors")).unwrap();
    let strips = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(strips.tensor("narrow.image").unwrap().shape(), [4, 32, 16]);
    assert_eq!(strips.tensor("wide.planes").unwrap().shape(), [1, 32, 32]);
    let greys: Vec<u8> =
        halves(&strips, "narrow.image").iter().map(|v| ((v + 1.0) * 127.5).round() as u8).collect();
    let narrow = [0, 1, 3, 4].map(|strip: usize| &shown[strip]);
    let shown_greys = narrow.map(|row| row.real.pixels.to_vec()).concat();
    assert_eq!(greys.len(), shown_greys.len());
    assert!(greys.iter().zip(&shown_greys).all(|(a, b)| a.abs_diff(*b) <= 1), "half precision rounds");
    let codes: Vec<u8> = narrow.iter().flat_map(|row| row.labels.clone()).collect();
    assert_eq!(
        strips.tensor("narrow.planes").unwrap().data(),
        codes,
        "a plane a class, in the order of the codes"
    );
    assert_eq!(strips.tensor("wide.planes").unwrap().data(), shown[2].labels);

    let bytes = std::fs::read(out.join("validation.safetensors")).unwrap();
    let validation = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(validation.tensor("narrow.noise").unwrap().shape(), [16, 32, 16], "four scans at four levels");
    let levels = validation.tensor("narrow.levels").unwrap().data().to_vec();
    let levels: Vec<f32> =
        levels.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
    for level in levels.chunks_exact(3) {
        assert!((level[1] * level[1] + level[2] * level[2] - 1.0).abs() < 1e-5, "{level:?}");
    }
    let batch =
        &retidiff::training::ValidationSet::of(&config, &validation_samples(&config, &manifest)).batches[0];
    let noise = halves(&validation, "narrow.noise");
    assert!(batch.noise.iter().zip(&noise).all(|(there, here)| (there - here).abs() < 3e-3));
}

fn validation_samples(config: &RunConfig, manifest: &Manifest) -> Vec<retidiff::dataset::samples::Sample> {
    let options = SampleOptions::default();
    Samples::load(manifest, &config.split, &config.mapping, options).unwrap().validation
}
