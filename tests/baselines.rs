//! The methods that are compared with, in the trainer: their gradients, that each can learn four pairs by heart, and
//! that a run goes on and says what went into it.

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor, TensorData};
use retidiff::dataset::Split;
use retidiff::dataset::manifest::{MANIFEST_VERSION, Manifest, ManifestEntry};
use retidiff::diffusion::baseline::{BaselineDrawer, file};
use retidiff::diffusion::{NoiseLevel, Schedule, loss, model_file};
use retidiff::encoding::noise::fill_gaussian;
use retidiff::formats::{label_png, scan_image, write_file};
use retidiff::nn::baselines::{AutoencoderConfig, DiscriminatorConfig, LatentDiffusionConfig, RetreeConfig};
use retidiff::nn::perceptual::{Lpips, TrunkKind};
use retidiff::nn::{Baseline, BaselineConfig, UNetConfig};
use retidiff::scan::{GreyImage, Rect};
use retidiff::training::{
    Adversary, BaselineTask, Control, Event, Preset, Run, RunConfig, Stage, StartModel, TrainingError,
};

use crate::golden_baselines::with_named_weights;
use crate::golden_nn::hash_units;
use crate::golden_perceptual::{file_of, published};
use crate::gradients::check_along_every_tensor;
use crate::trainer::train_from;

const SIDE: usize = 32;

fn retree() -> RetreeConfig {
    RetreeConfig {
        dimension: 256,
        heads: 2,
        head_channels: 8,
        time_channels: 32,
        multi_stage_concatenation: true,
        ..RetreeConfig::paper()
    }
}

fn autoencoder() -> AutoencoderConfig {
    AutoencoderConfig { channels: 8, groups: 4, blocks_per_level: 1, ..AutoencoderConfig::paper() }
}

fn latent_diffusion() -> LatentDiffusionConfig {
    let small = LatentDiffusionConfig::small(10);
    let unet = UNetConfig {
        widths: vec![32, 64],
        attention: vec![false; 2],
        head_channels: 32,
        ..small.unet.clone()
    };
    LatentDiffusionConfig { autoencoder: autoencoder(), unet, ..small }
}

fn input(name: &str, shape: [usize; 4], device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(hash_units(name, shape.iter().product()), shape), device)
}

#[test]
#[ignore = "minutes without optimisation: run it optimised, with --ignored"]
fn retrees_gradients_are_those_of_finite_differences() {
    let config = RetreeConfig { dimension: 64, time_channels: 8, ..retree() };
    let network = with_named_weights(config.init(&Device::flex().autodiff()));
    let levels: Vec<NoiseLevel> = [0.3, 0.7].map(|t| Schedule::retree().noise_level(t)).to_vec();
    // A short step: a longer one has another pixel of a pool win.
    check_along_every_tensor(&network, 1e-3, |network, device| {
        let noise = input("noise", [2, 1, 16, 16], device);
        let x_t = loss::q_sample(input("image", [2, 1, 16, 16], device), noise.clone(), &levels);
        let condition = input("condition", [2, 1, 16, 16], device);
        let found = network.forward(x_t, condition, loss::times(&levels, device));
        loss::mse_of_samples(found, noise, None).mean()
    });
}

#[test]
fn the_autoencoders_gradients_are_those_of_finite_differences() {
    let network = with_named_weights(autoencoder().init(&Device::flex().autodiff()));
    check_along_every_tensor(&network, 1e-2, |network, device| {
        let pictures = input("image", [2, 1, 16, 16], device);
        let posterior = network.encode(pictures.clone());
        let codes = posterior.sample(input("noise", [2, 3, 4, 4], device));
        let missed = (network.decode(codes) - pictures).square().mean();
        let width = network.output_log_variance();
        missed / width.clone().exp() + width + posterior.divergence().mean().mul_scalar(1e-2)
    });
}

/// Four scans of one subject that differ in their layers and in where their fluid lies, and the same again of a subject
/// that validates.
fn four_pairs(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    for part in ["images", "labels"] {
        fs::create_dir_all(data.join(part)).unwrap();
    }
    let mut manifest = Manifest::open_for_appending(&data).unwrap();
    for (number, subject) in (0..8).map(|index| (index % 4, if index < 4 { "duke-1" } else { "duke-7" })) {
        let id = format!("{subject}_{number}");
        let labels: Vec<u8> = (0..SIDE * SIDE)
            .map(|at| match (at / SIDE, at % SIDE) {
                (row, x) if (10..18).contains(&row) && (number * 8..number * 8 + 8).contains(&x) => 9,
                (row, _) => ((row + 3 * number) / 5).min(8) as u8,
            })
            .collect();
        let grey = |code: u8| if code == 9 { 10 } else { 25 * code + 8 * number as u8 };
        let pixels: Vec<u8> = labels.iter().map(|&code| grey(code)).collect();
        let image = scan_image::write(&GreyImage::new(SIDE as u32, SIDE as u32, pixels), &[]).unwrap();
        write_file(&data.join(format!("images/{id}.png")), &image).unwrap();
        let label = label_png::write(SIDE as u32, SIDE as u32, &labels, &[]).unwrap();
        write_file(&data.join(format!("labels/{id}.png")), &label).unwrap();
        let entry = serde_json::json!({
            "version": MANIFEST_VERSION, "id": id, "image": format!("images/{id}.png"),
            "label": format!("labels/{id}.png"), "width": SIDE, "height": SIDE, "subject": subject, "source": "phantom",
        });
        manifest.append(serde_json::from_value::<ManifestEntry>(entry).unwrap()).unwrap();
    }
    data
}

/// The preset with a network of a few thousand weights on squares of [`SIDE`].
fn config(preset: Preset, stage: Stage, network: BaselineConfig, steps: u64) -> RunConfig {
    let base = RunConfig::of(preset, stage);
    let mut mapping = base.mapping.clone();
    mapping.fixed_size = Some([SIDE as u32; 2]);
    RunConfig {
        steps,
        batch: 4,
        crop_rows: SIDE,
        crop_columns: SIDE,
        mapping,
        learning_rate: 3e-3,
        warmup_steps: 5,
        ema_decay: 0.9,
        constant_learning_rate: false,
        baseline: Some(BaselineTask::new(network)),
        split: Split { validation: vec!["duke-7".to_owned()], held_out: Vec::new() },
        validate_every: 0,
        sample_every: 0,
        sample_steps: 5,
        ..base
    }
}

fn drawer(model: &Path) -> BaselineDrawer {
    let (network, info) = file::load(&fs::read(model).unwrap(), "model", &Device::flex()).unwrap();
    BaselineDrawer::new(network, info, Device::flex()).unwrap()
}

/// Which of the four scans each drawn picture is nearest to, and the largest mean distance of one from its own, in grey
/// levels.
fn recalled(data: &Path, drawer: &BaselineDrawer, steps: u32) -> (Vec<usize>, f64) {
    let manifest = Manifest::read(data).unwrap();
    let read = |path: &str| fs::read(manifest.path(path)).unwrap();
    let scans: Vec<GreyImage> = manifest.entries[..4]
        .iter()
        .map(|entry| scan_image::read(&read(&entry.image), "scan").unwrap())
        .collect();
    let mut worst = 0.0_f64;
    let nearest = manifest.entries[..4]
        .iter()
        .enumerate()
        .map(|(index, entry)| {
            let label = read(entry.label.as_deref().unwrap());
            let codes = label_png::read(&label, "label", label_png::CodeScheme::Studio).unwrap().codes;
            let scheme = &drawer.info().labels;
            let mut planes = vec![0.0; scheme.plane_count() * codes.len()];
            scheme.planes(&codes, &mut planes);
            let drawn = drawer.draw(&planes, [SIDE; 2], 5, steps, |_| std::ops::ControlFlow::Continue(()));
            let std::ops::ControlFlow::Continue(drawn) = drawn else { unreachable!() };
            let distance = |scan: &GreyImage| {
                let pairs = drawn.iter().zip(scan.pixels.iter());
                let sum: f64 = pairs
                    .map(|(drawn, &grey)| (f64::from(*drawn) * 127.5 + 127.5 - f64::from(grey)).abs())
                    .sum();
                sum / drawn.len() as f64
            };
            let distances: Vec<f64> = scans.iter().map(distance).collect();
            worst = worst.max(distances[index]);
            (0..4).min_by(|&a, &b| distances[a].total_cmp(&distances[b])).unwrap()
        })
        .collect();
    (nearest, worst)
}

fn losses(events: &[Event]) -> Vec<f64> {
    let loss = |event: &Event| match event {
        Event::Step { loss, .. } => Some(*loss),
        _ => None,
    };
    events.iter().filter_map(loss).collect()
}

#[test]
#[ignore = "trains for minutes: run it optimised, with --ignored"]
fn retree_learns_four_pairs_by_heart() {
    let folder = tempfile::tempdir().unwrap();
    let data = four_pairs(folder.path());
    let run = folder.path().join("run");
    let config = config(Preset::RetreeSmall, Stage::Finetune, BaselineConfig::Retree(retree()), 500);
    let events = train_from(config, &data, &run, None).unwrap();
    let losses = losses(&events);
    let (first, last) = (losses[0], losses[losses.len() - 20..].iter().sum::<f64>() / 20.0);
    let known = at_half_noise(&data, &run.join("model.safetensors"));
    let (nearest_drawn, worst) = recalled(&data, &drawer(&run.join("model.safetensors")), 100);
    println!(
        "retree: loss {first:.3} to {last:.3}, at half noise {known:.3?}; drawn from noise: nearest {nearest_drawn:?}, \
         at most {worst:.1} levels away"
    );
    assert!(last < 0.1 * first, "the loss falls: {first} to {last}");
    for (scan, HalfNoise { missed, away, nearest, before }) in known.iter().enumerate() {
        let of_others = |by_mask: &[f64; 4]| {
            let others = (0..4).filter(|mask| *mask != scan).map(|mask| by_mask[mask]);
            others.fold(f64::INFINITY, f64::min)
        };
        assert!(missed[scan] < 0.9 * of_others(missed), "scan {scan} is known by its own mask: {missed:?}");
        assert_eq!(*nearest, scan, "the picture that it estimates is that scan");
        // The noisy picture has the scan in it, so being nearest alone would be little.
        assert!(away[scan] < 20.0 && *before > 100.0, "scan {scan} comes out of the noise: {away:?}");
        assert!(away[scan] < 0.9 * of_others(away), "and by its own mask: {away:?}");
    }
}

#[test]
#[ignore = "trains for minutes: run it optimised, with --ignored"]
fn latent_diffusion_learns_four_pairs_by_heart_and_says_what_went_into_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = four_pairs(folder.path());
    let (first, second) = (folder.path().join("autoencoder"), folder.path().join("latent"));
    let network = BaselineConfig::Autoencoder(autoencoder());
    let config_1 = config(Preset::LdmSmall, Stage::Pretrain, network, 400);
    let events = train_from(config_1, &data, &first, None).unwrap();
    let losses_1 = losses(&events);
    assert!(losses_1[399] < losses_1[0] - 1.0, "{} to {}", losses_1[0], losses_1[399]);

    let network = BaselineConfig::LatentDiffusion(latent_diffusion().into());
    let config_2 = config(Preset::LdmSmall, Stage::Finetune, network, 1500);
    let lonely = train_from(config_2.clone(), &data, &folder.path().join("lonely"), None).unwrap_err();
    assert!(matches!(&lonely, TrainingError::Config { reason, .. } if reason.contains("--from")), "{lonely}");
    let model = first.join("model.safetensors");
    let losses_2 = losses(&train_from(config_2, &data, &second, Some(&model)).unwrap());
    let last = losses_2[losses_2.len() - 20..].iter().sum::<f64>() / 20.0;

    let drawn_with = drawer(&second.join("model.safetensors"));
    let (nearest, worst) = recalled(&data, &drawn_with, 50);
    println!("ldm: loss {:.3} to {last:.3}, nearest {nearest:?}, at most {worst:.1} away", losses_2[0]);
    assert!(nearest == [0, 1, 2, 3] && worst < 30.0, "{nearest:?}, {worst}");

    let training = &drawn_with.info().training;
    assert_eq!(training.trained_on(), ["duke-1"]);
    let before = &training.ancestors()[0];
    assert_eq!(before.name, "LDM autoencoder 400 steps");
    assert_eq!(before.training_subjects, Some(vec!["duke-1".to_owned()]));
    let kept = |run: &Path| {
        let (network, _) =
            file::load(&fs::read(run.join("model.safetensors")).unwrap(), "m", &Device::flex()).unwrap();
        retidiff::nn::weights::collect(&network)
    };
    let of_stage = |tensors: &[retidiff::nn::weights::NamedTensor]| {
        let named = tensors.iter().find(|tensor| tensor.name.ends_with("encoder.conv_in.weight"));
        named.unwrap().values.clone()
    };
    assert_eq!(of_stage(&kept(&first)), of_stage(&kept(&second)), "the autoencoder stays as it was");

    let bytes = fs::read(second.join("model.safetensors")).unwrap();
    let error = model_file::load(&bytes, "ldm", &Device::flex()).unwrap_err().to_string();
    assert!(error.contains("only compared with"), "{error}");
}

#[test]
fn a_run_stopped_goes_on_as_if_it_had_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = four_pairs(folder.path());
    let network = BaselineConfig::Retree(RetreeConfig { dimension: 64, ..retree() });
    let model = |run: &Path| fs::read(run.join("model.safetensors")).unwrap();
    // Four scans and a batch of four: an epoch is a batch.
    for (repeats, leaves_early) in [(2, false), (5, true)] {
        let of = |steps| RunConfig {
            constant_learning_rate: true,
            validate_every: 3,
            sample_every: 3,
            baseline: Some(BaselineTask { repeats, leaves_early, ..BaselineTask::new(network.clone()) }),
            ..config(Preset::RetreeSmall, Stage::Finetune, network.clone(), steps)
        };
        let folder = folder.path().join(format!("{repeats}"));
        fs::create_dir(&folder).unwrap();
        let (whole, parts) = (folder.join("whole"), folder.join("parts"));
        let events = train_from(of(7), &data, &whole, None).unwrap();
        assert!(events.iter().any(|event| matches!(event, Event::Samples { .. })));
        assert!(whole.join("samples/step-00000003.png").is_file());
        train_from(of(3), &data, &parts, None).unwrap();
        crate::trainer::resume(of(7), &data, &parts).unwrap();
        assert!(model(&whole) == model(&parts), "the same to the bit");
        let kept = whole.join("checkpoints/step-00000007/place.json");
        assert_eq!(kept.is_file(), leaves_early);
        let (network, info) = file::load(&model(&whole), "m", &Device::flex()).unwrap();
        let Baseline::Retree(_) = network else { panic!("another network") };
        assert_eq!(info.training.repeats.copied(), Some(repeats));
        assert_eq!(info.training.leaves_early.copied(), leaves_early.then_some(true));
    }
}

#[test]
fn an_autoencoder_and_its_discriminator_go_on_as_if_they_had_not_been_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = four_pairs(folder.path());
    let network = BaselineConfig::Autoencoder(autoencoder());
    let discriminator = DiscriminatorConfig { image_channels: 1, channels: 4, layers: 3 };
    let adversary = Adversary { network: discriminator, start: 2, weight: 0.5 };
    let of = |steps, adversary: Option<&Adversary>| RunConfig {
        constant_learning_rate: true,
        baseline: Some(BaselineTask { adversary: adversary.cloned(), ..BaselineTask::new(network.clone()) }),
        ..config(Preset::LdmSmall, Stage::Pretrain, network.clone(), steps)
    };
    let run = |name: &str| folder.path().join(name);
    let model = |name: &str| fs::read(run(name).join("model.safetensors")).unwrap();
    train_from(of(6, Some(&adversary)), &data, &run("whole"), None).unwrap();
    train_from(of(4, Some(&adversary)), &data, &run("parts"), None).unwrap();
    assert!(run("parts").join("checkpoints/step-00000004/opponent-optimizer.burnpack").is_file());
    crate::trainer::resume(of(6, Some(&adversary)), &data, &run("parts")).unwrap();
    assert!(model("whole") == model("parts"), "the same to the bit");

    // It says nothing before its start, and something after.
    let tensors = |name: &str| {
        let (network, _) = file::load(&model(name), "m", &Device::flex()).unwrap();
        retidiff::nn::weights::collect(&network)
    };
    let late = Adversary { start: 6, ..adversary.clone() };
    train_from(of(6, Some(&late)), &data, &run("late"), None).unwrap();
    let silent = Adversary { weight: 0.0, ..adversary.clone() };
    train_from(of(6, Some(&silent)), &data, &run("silent"), None).unwrap();
    assert_ne!(tensors("whole"), tensors("late"));
    assert_eq!(tensors("silent").len(), tensors("late").len());
    let furthest = tensors("silent").iter().zip(&tensors("late")).fold(0.0_f32, |most, (one, other)| {
        one.values.iter().zip(&other.values).fold(most, |most, (a, b)| most.max((a - b).abs()))
    });
    assert!(furthest < 1e-4, "a verdict that counts nothing changes nothing: {furthest}");
}

#[test]
fn an_autoencoder_learns_by_the_lpips_that_its_run_keeps() {
    let folder = tempfile::tempdir().unwrap();
    let data = four_pairs(folder.path());
    let network = BaselineConfig::Autoencoder(autoencoder());
    let of = |steps| RunConfig {
        constant_learning_rate: true,
        ..config(Preset::LdmSmall, Stage::Pretrain, network.clone(), steps)
    };
    let device = Device::flex();
    let file = folder.path().join("weights.safetensors");
    write_file(&file, &file_of(&published(&Lpips::new(TrunkKind::Alex, &device)))).unwrap();
    let lpips = StartModel::read(&file).unwrap();
    let begin = |config: RunConfig, path: &Path, lpips: Option<&StartModel>| {
        let run = Run { lpips, ..crate::trainer::new_run(&data, path) };
        retidiff::training::run(config, &run, &Control::default(), &mut |_| {})
    };
    let run = |name: &str| folder.path().join(name);
    begin(of(4), &run("whole"), Some(&lpips)).unwrap();
    begin(of(2), &run("parts"), Some(&lpips)).unwrap();
    fs::remove_file(&file).unwrap();
    let kept = retidiff::training::run_directory::RunDirectory::read_config(&run("parts")).unwrap();
    let term = kept.baseline.as_ref().unwrap().perceptual.clone().unwrap();
    assert_eq!((term.weight, term.sha256.len()), (1.0, 64));
    crate::trainer::resume(RunConfig { steps: 4, ..kept.clone() }, &data, &run("parts")).unwrap();
    let model = |name: &str| fs::read(run(name).join("model.safetensors")).unwrap();
    assert!(model("whole") == model("parts"), "the same to the bit");
    begin(of(4), &run("without"), None).unwrap();
    assert_ne!(model("whole"), model("without"));

    let reason = |outcome: Result<(), TrainingError>| outcome.unwrap_err().to_string();
    assert!(reason(begin(kept.clone(), &run("unnamed"), None)).contains("--lpips"));
    let other = StartModel { bytes: lpips.bytes[..100].to_vec().into(), ..lpips.clone() };
    assert!(reason(begin(kept, &run("other"), Some(&other))).contains("another file"));
    assert!(reason(begin(of(2), &run("torn"), Some(&other))).contains("weights.safetensors"));
    let retree = config(Preset::RetreeSmall, Stage::Finetune, BaselineConfig::Retree(retree()), 2);
    assert!(reason(begin(retree, &run("retree"), Some(&lpips))).contains("--stage pretrain"));
}

#[test]
fn the_published_autoencoder_meets_its_discriminator_after_50_000_steps() {
    let of = |preset| RunConfig::of(preset, Stage::Pretrain);
    let paper = of(Preset::LdmPaper);
    assert_eq!(paper.baseline.as_ref().unwrap().adversary, Some(Adversary::paper()));
    assert_eq!((Adversary::paper().start, paper.check()), (50_001, Ok(())));
    assert_eq!(of(Preset::LdmSmall).baseline.unwrap().adversary, None);
    assert_eq!(RunConfig::of(Preset::LdmPaper, Stage::Finetune).baseline.unwrap().adversary, None);
    let with = |name: &str, value: &str| paper.with_setting(name, value).unwrap().check();
    assert!(with("baseline.adversary.weight", "-1").unwrap_err().contains("baseline.adversary.weight"));
    assert!(with("arithmetic", "bf16").unwrap_err().contains("f32"));
    assert!(with("baseline.adversary.network.image_channels", "3").unwrap_err().contains("channels"));
    assert_eq!(with("baseline.adversary", "null"), Ok(()));
}

#[test]
fn retree_repeats_its_batches_as_published() {
    for preset in [Preset::RetreeSmall, Preset::RetreePaper] {
        let task = RunConfig::of(preset, Stage::Finetune).baseline.unwrap();
        let is_joined = matches!(&task.network, BaselineConfig::Retree(net) if net.multi_stage_concatenation);
        assert!(is_joined, "{preset:?}: as the paper describes it");
        assert_eq!((task.repeats, task.leaves_early), (5, true), "{preset:?}");
    }
    let before = r#"{"repeats": 2, "network": {"retree": NETWORK}}"#;
    let network = serde_json::to_string(&retree()).unwrap();
    let task: BaselineTask = serde_json::from_str(&before.replace("NETWORK", &network)).unwrap();
    assert!(!task.leaves_early, "runs of before go on as they began");
}

/// What a trained ReTree makes of one of the four scans at the middle of the schedule, where it is .62 scan and .79 noise.
#[derive(Debug)]
struct HalfNoise {
    /// Mean error of the predicted noise, by the mask that it is shown.
    missed: [f64; 4],
    /// Mean distance of the picture that is left without that noise from the scan, in grey levels, by the mask.
    away: [f64; 4],
    /// The scan that is nearest to the picture by its own mask.
    nearest: usize,
    /// How far the noisy picture itself is from the scan.
    before: f64,
}

/// Of all four. (Recall from pure noise is not asserted. The network looks at the noisy picture through norms over all of
/// its channels, which leave little of its brightness: at every level, the noisiest too, it misses the mean of the noise by
/// some hundredths. Samplers add that up over `sigma / alpha`, which is 37 at the end of the schedule.)
fn at_half_noise(data: &Path, model: &Path) -> [HalfNoise; 4] {
    let device = Device::flex();
    let (network, info) = file::load(&fs::read(model).unwrap(), "model", &device).unwrap();
    let Baseline::Retree(network) = network else { panic!("a ReTree") };
    let manifest = Manifest::read(data).unwrap();
    let read = |path: &str| fs::read(manifest.path(path)).unwrap();
    let plane =
        |values: Vec<f32>| Tensor::<4>::from_data(TensorData::new(values, [1, 1, SIDE, SIDE]), &device);
    let pairs: Vec<[Tensor<4>; 2]> = manifest.entries[..4]
        .iter()
        .map(|entry| {
            let label = read(entry.label.as_deref().unwrap());
            let codes = label_png::read(&label, "label", label_png::CodeScheme::Studio).unwrap().codes;
            let mut planes = vec![0.0; codes.len()];
            info.labels.planes(&codes, &mut planes);
            let scan = scan_image::read(&read(&entry.image), "scan").unwrap();
            let greys = scan.pixels.iter().map(|&grey| f32::from(grey) / 127.5 - 1.0).collect();
            [plane(planes), plane(greys)]
        })
        .collect();
    let level = info.schedule.noise_level_at_step(500);
    let mean = |tensor: Tensor<4>| f64::from(tensor.abs().mean().into_scalar::<f32>());
    let levels_between = |one: &Tensor<4>, other: &Tensor<4>| 127.5 * mean(one.clone() - other.clone());
    std::array::from_fn(|scan| {
        let mut noise = vec![0.0; SIDE * SIDE];
        fill_gaussian(7, scan as u32, Rect::new(0, 0, SIDE as u32, SIDE as u32), &mut noise);
        let noise = plane(noise);
        let x_t = loss::q_sample(pairs[scan][1].clone(), noise.clone(), &[level]);
        let by_mask: [[Tensor<4>; 2]; 4] = std::array::from_fn(|mask| {
            let time = loss::times(&[level], &device);
            let predicted = network.forward(x_t.clone(), pairs[mask][0].clone(), time);
            let picture = (x_t.clone() - predicted.clone().mul_scalar(level.sigma)).div_scalar(level.alpha);
            [predicted, picture.clamp(-1.0, 1.0)]
        });
        let picture = &by_mask[scan][1];
        let distances: Vec<f64> = pairs.iter().map(|[_, scan]| levels_between(picture, scan)).collect();
        HalfNoise {
            missed: std::array::from_fn(|mask| mean(by_mask[mask][0].clone() - noise.clone())),
            away: std::array::from_fn(|mask| levels_between(&by_mask[mask][1], &pairs[scan][1])),
            nearest: (0..4).min_by(|&a, &b| distances[a].total_cmp(&distances[b])).unwrap(),
            before: levels_between(&x_t.clone().div_scalar(level.alpha), &pairs[scan][1]),
        }
    })
}
