//! The synthesizer: the same picture for the same mask, seed and steps; windows that agree; steps that stop.

use std::ops::ControlFlow;

use burn::tensor::Device;
use retidiff::diffusion::synthesizer::{Guide, SamplingSettings, StepDone, Synthesizer};
use retidiff::diffusion::{Emphasis, NoiseSpacing, Sampler};
use retidiff::encoding::mapping::{GridPlan, Mapping};

use crate::model_file::tiny_model;

fn synthesizer() -> Synthesizer {
    let (unet, info) = tiny_model();
    Synthesizer::new(unet, info, Device::flex())
}

/// Layers of equal height with a lesion and an unannotated edge.
fn labels(plan: &GridPlan) -> Vec<u8> {
    let (width, height) = (plan.grid_width, plan.grid_height);
    (0..height)
        .flat_map(|y| {
            (0..width).map(move |x| match (x, y) {
                (0..4, _) => 255,
                (20..30, 20..26) => 9,
                _ => (y * 9 / height) as u8,
            })
        })
        .collect()
}

fn draw(plan: &GridPlan, seed: u64, settings: SamplingSettings) -> Vec<f32> {
    let synthesizer = synthesizer();
    let scene = synthesizer.scene(&labels(plan), plan);
    let noise = synthesizer.noise(seed, plan);
    match synthesizer.synthesize(&scene, &noise, settings, None, |_| ControlFlow::Continue(())) {
        ControlFlow::Continue(picture) => picture,
        ControlFlow::Break(()) => panic!("nobody stopped it"),
    }
}

fn mapping() -> Mapping {
    tiny_model().1.mapping
}

#[test]
fn the_same_request_gives_the_same_picture() {
    let plan = mapping().plan(64, 48, None);
    for sampler in Sampler::ALL {
        let settings = SamplingSettings { sampler, spacing: NoiseSpacing::Time, steps: 4 };
        let picture = draw(&plan, 7, settings);
        assert_eq!(picture.len(), plan.grid_len());
        assert!(picture.iter().all(|value| value.abs() <= 1.0 + 1e-6));
        assert_eq!(picture, draw(&plan, 7, settings), "{}", sampler.name());
        assert_ne!(picture, draw(&plan, 8, settings));
    }
    let draft = draw(&plan, 7, SamplingSettings::DRAFT);
    for sampler in Sampler::ALL {
        assert_eq!(
            draft,
            draw(&plan, 7, SamplingSettings { sampler, spacing: NoiseSpacing::Time, steps: 1 })
        );
    }
}

#[test]
fn wide_grids_are_drawn_in_windows_without_a_seam() {
    let settings = SamplingSettings { sampler: Sampler::Ddim, spacing: NoiseSpacing::Time, steps: 3 };
    let in_windows = mapping().plan(160, 48, None);
    assert!(in_windows.windows.len() > 1);
    let whole = Mapping { max_window: [64, 512], ..mapping() }.plan(160, 48, None);
    assert_eq!(whole.windows.len(), 1);
    let (parts, whole_picture) = (draw(&in_windows, 3, settings), draw(&whole, 3, settings));
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let difference: Vec<f32> = parts.iter().zip(&whole_picture).map(|(a, b)| (a - b).abs()).collect();
    let spread = whole_picture.iter().map(|value| (value - mean(&whole_picture)).abs()).sum::<f32>()
        / whole_picture.len() as f32;
    // Windows differ from the whole in what the network sees beyond their border, not in their noise.
    assert!(mean(&difference) < 0.5 * spread, "{} {spread}", mean(&difference));
}

#[test]
fn a_weak_guide_stays_near_its_scan() {
    let synthesizer = synthesizer();
    let plan = mapping().plan(64, 48, None);
    let scene = synthesizer.scene(&labels(&plan), &plan);
    let noise = synthesizer.noise(1, &plan);
    let scan: Vec<f32> = (0..plan.grid_len()).map(|i| ((i % 64) as f32 / 32.0 - 1.0) * 0.5).collect();
    let settings = SamplingSettings { sampler: Sampler::Ddim, spacing: NoiseSpacing::Time, steps: 2 };
    let distance = |strength| {
        let guide = Guide { grid: &scan, strength };
        let picture = match synthesizer
            .synthesize(&scene, &noise, settings, Some(guide), |_| ControlFlow::Continue(()))
        {
            ControlFlow::Continue(picture) => picture,
            ControlFlow::Break(()) => panic!("nobody stopped it"),
        };
        picture.iter().zip(&scan).map(|(a, b)| (a - b).abs()).sum::<f32>() / scan.len() as f32
    };
    assert!(distance(0.01) < 0.2, "{}", distance(0.01));
    assert!(distance(0.01) < distance(0.9));
}

#[test]
fn a_synthesis_stops_between_steps() {
    let synthesizer = synthesizer();
    let plan = mapping().plan(64, 48, None);
    let scene = synthesizer.scene(&labels(&plan), &plan);
    let noise = synthesizer.noise(1, &plan);
    let mut seen = Vec::new();
    let settings =
        SamplingSettings { sampler: Sampler::DpmSolverPp2m, spacing: NoiseSpacing::Time, steps: 8 };
    let stopped = synthesizer.synthesize(&scene, &noise, settings, None, |step| {
        seen.push(step);
        if step.done == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(stopped.is_break());
    assert_eq!(seen, [StepDone { done: 1, of: 8 }, StepDone { done: 2, of: 8 }]);
}

#[test]
fn a_synthesis_stops_between_the_windows_of_a_step() {
    let synthesizer = synthesizer();
    let plan = mapping().plan(160, 48, None);
    let windows = plan.windows.len();
    assert!(windows > 2);
    let scene = synthesizer.scene(&labels(&plan), &plan);
    let noise = synthesizer.noise(1, &plan);
    let settings = SamplingSettings { sampler: Sampler::Ddim, spacing: NoiseSpacing::Time, steps: 2 };
    let steps_done_until = |most: usize| {
        let mut steps_done = Vec::new();
        let drawn = synthesizer.synthesize(&scene, &noise, settings, None, |step| {
            steps_done.push(step.done);
            if steps_done.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (steps_done, drawn.is_continue())
    };
    let between = windows - 1;
    let expected = [vec![0; between], vec![1; 1 + between], vec![2]].concat();
    assert_eq!(steps_done_until(usize::MAX), (expected, true));
    assert_eq!(steps_done_until(2), (vec![0, 0], false));
}

#[test]
fn a_scene_encoded_after_another_is_the_scene_encoded_anew() {
    let synthesizer = synthesizer();
    // Windows beside each other: the change lies in some of them.
    let plan = mapping().plan(160, 48, None);
    assert!(plan.windows.len() > 1);
    let noise = synthesizer.noise(1, &plan);
    let before = labels(&plan);
    let mut after = before.clone();
    for y in 20..31 {
        after[y * plan.grid_width as usize..][90..110].fill(10);
    }
    let picture =
        |scene: &_| match synthesizer
            .synthesize(scene, &noise, SamplingSettings::DRAFT, None, |_| ControlFlow::Continue(()))
        {
            ControlFlow::Continue(picture) => picture,
            ControlFlow::Break(()) => panic!("nobody stopped it"),
        };
    for (was, guidance) in [(1.0, 1.0), (2.0, 2.0), (1.0, 2.0), (2.0, 1.0)] {
        let first = synthesizer.guided_scene(&before, &plan, was, None);
        let upon = picture(&synthesizer.guided_scene(&after, &plan, guidance, Some(&first)));
        let anew = picture(&synthesizer.guided_scene(&after, &plan, guidance, None));
        assert_eq!(upon, anew, "guidance {was}, then {guidance}");
        assert_ne!(upon, picture(&first));
        let same = synthesizer.guided_scene(&before, &plan, was, Some(&first));
        assert_eq!(picture(&same), picture(&first));
    }
}

#[test]
fn lesion_contrast_changes_nothing_beyond_their_rim() {
    let synthesizer = synthesizer();
    let plan = mapping().plan(64, 48, None);
    let noise = synthesizer.noise(1, &plan);
    let width = plan.grid_width as usize;
    let healthy: Vec<u8> = labels(&plan).into_iter().map(|code| if code == 9 { 5 } else { code }).collect();
    let with_lesion = |code: u8| {
        let mut labels = healthy.clone();
        for y in 20..28 {
            labels[y * width..][30..42].fill(code);
        }
        labels
    };
    let eight = SamplingSettings { sampler: Sampler::default(), spacing: NoiseSpacing::Time, steps: 8 };
    for settings in [SamplingSettings::DRAFT, eight] {
        let draw = |labels: &[u8], lesion_contrast| {
            let emphasis = Emphasis { lesion_contrast, ..Emphasis::default() };
            let scene = synthesizer.emphasised_scene(labels, &plan, emphasis, None);
            match synthesizer.synthesize(&scene, &noise, settings, None, |_| ControlFlow::Continue(())) {
                ControlFlow::Continue(picture) => picture,
                ControlFlow::Break(()) => panic!("nobody stopped it"),
            }
        };
        for lesion in [9, 10, 11] {
            let labels = with_lesion(lesion);
            let (plain, pushed) = (draw(&labels, 1.0), draw(&labels, 3.0));
            // Five pixels around it, over which a cyst's wall is made as steep as it is to be.
            let is_near = |at: usize| (15..33).contains(&(at / width)) && (25..47).contains(&(at % width));
            let changed: Vec<usize> = (0..plain.len()).filter(|&at| plain[at] != pushed[at]).collect();
            assert!(
                changed.len() > 48 && changed.iter().all(|&at| is_near(at)),
                "{lesion} in {} steps: {}",
                settings.steps,
                changed.len()
            );
            let inside: Vec<usize> = (0..plain.len()).filter(|&at| labels[at] == lesion).collect();
            let mean = |of: &[f32]| inside.iter().map(|&at| of[at]).sum::<f32>() / inside.len() as f32;
            assert!(mean(&pushed) < mean(&plain), "{lesion} in {} steps", settings.steps);
        }
        assert_eq!(draw(&healthy, 1.0), draw(&healthy, 3.0), "nothing to push without a lesion");
    }
}

#[test]
fn guidance_pushes_away_from_no_mask_and_one_changes_nothing() {
    let synthesizer = synthesizer();
    let plan = mapping().plan(64, 48, None);
    let noise = synthesizer.noise(1, &plan);
    // No cyst and no layers in their order: contrast and interfaces are met after the guidance.
    let alone = |code: u8| if matches!(code, 1..=7 | 9) { 5 } else { code };
    let labels: Vec<u8> = labels(&plan).into_iter().map(alone).collect();
    let draw = |labels: &[u8], guidance| {
        let scene = synthesizer.guided_scene(labels, &plan, guidance, None);
        match synthesizer
            .synthesize(&scene, &noise, SamplingSettings::DRAFT, None, |_| ControlFlow::Continue(()))
        {
            ControlFlow::Continue(picture) => picture,
            ControlFlow::Break(()) => panic!("nobody stopped it"),
        }
    };
    let plain = draw(&labels, 1.0);
    let without_mask = draw(&vec![255; labels.len()], 1.0);
    assert_ne!(plain, without_mask);
    let close = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4);
    assert!(close(&draw(&labels, 0.0), &without_mask), "at 0 the mask says nothing");
    let pushed = draw(&labels, 2.0);
    let expected: Vec<f32> =
        plain.iter().zip(&without_mask).map(|(with, without)| 2.0 * with - without).collect();
    let inside = |values: &[f32]| values.iter().all(|value| value.abs() < 0.999);
    if inside(&plain) && inside(&without_mask) && inside(&expected) {
        assert!(close(&pushed, &expected));
    } else {
        let differs =
            pushed.iter().zip(&expected).filter(|(a, b)| (*a - b.clamp(-1.0, 1.0)).abs() > 1e-3).count();
        let clamped = plain.iter().chain(&without_mask).filter(|value| value.abs() >= 0.999).count();
        assert!(differs <= clamped, "{differs} {clamped}");
    }
}

#[test]
fn a_batch_is_its_pictures_one_by_one_to_the_byte() {
    let synthesizer = synthesizer();
    let sampler = Sampler::Consistency;
    let settings = SamplingSettings { sampler, spacing: NoiseSpacing::Time, steps: 3 };
    for (width, lesion_contrast) in [(64, 1.0), (64, 1.5), (160, 1.0)] {
        let plan = mapping().plan(width, 48, None);
        let mut without_lesion = labels(&plan);
        without_lesion.iter_mut().filter(|code| **code == 9).for_each(|code| *code = 5);
        let masks = [labels(&plan), without_lesion, labels(&plan)];
        let emphasis = Emphasis { guidance: 1.4, lesion_contrast, ..Emphasis::default() };
        let scenes = masks.each_ref().map(|mask| synthesizer.emphasised_scene(mask, &plan, emphasis, None));
        let noises = [3, 4, 5].map(|seed| synthesizer.noise(seed, &plan));
        let pictures: Vec<_> = scenes.iter().zip(&noises).collect();
        let mut steps = Vec::new();
        let drawn = synthesizer.synthesize_batch(&pictures, settings, |step| {
            steps.push(step.done);
            ControlFlow::Continue(())
        });
        let ControlFlow::Continue(drawn) = drawn else { panic!("nobody stopped it") };
        assert_eq!(steps, [1, 2, 3], "drawn together, whatever lesions and contrast they have");
        for ((scene, noise), drawn) in scenes.iter().zip(&noises).zip(drawn) {
            let alone = synthesizer.synthesize(scene, noise, settings, None, |_| ControlFlow::Continue(()));
            assert_eq!(ControlFlow::Continue(drawn), alone, "{width} pixels, {lesion_contrast}");
        }
    }
    let plan = mapping().plan(64, 48, None);
    let (scene, noise) = (synthesizer.scene(&labels(&plan), &plan), synthesizer.noise(1, &plan));
    let stop = |_: StepDone| ControlFlow::Break(());
    assert_eq!(synthesizer.synthesize_batch(&[(&scene, &noise); 2], settings, stop), ControlFlow::Break(()));
}

#[test]
fn subretinal_fluid_is_drawn_as_irf_made_dark_and_all_else_stays() {
    let synthesizer = synthesizer();
    let plan = mapping().plan(64, 48, None);
    let (irf, noise) = (labels(&plan), synthesizer.noise(5, &plan));
    let of_fluid =
        |fluid: u8| -> Vec<u8> { irf.iter().map(|&code| if code == 9 { fluid } else { code }).collect() };
    let (srf, ped) = (of_fluid(10), of_fluid(11));
    let settings = SamplingSettings { sampler: Sampler::Ddim, spacing: NoiseSpacing::Time, steps: 2 };
    let guide = vec![0.5; plan.grid_len()];
    for (strength, guide) in [(1.0, None), (0.4, Some(Guide { grid: &guide, strength: 0.4 }))] {
        // Both are given to the network as IRF, whose own contrast is met; they differ in their darkness alone.
        let [of_ped, of_srf] = [&ped, &srf].map(|labels| {
            let scene = synthesizer.scene(labels, &plan);
            match synthesizer.synthesize(&scene, &noise, settings, guide, |_| ControlFlow::Continue(())) {
                ControlFlow::Continue(picture) => picture,
                ControlFlow::Break(()) => panic!("nobody stopped it"),
            }
        });
        let mut darkest = 1.0_f32;
        for (at, (ped_value, srf_value)) in of_ped.iter().zip(&of_srf).enumerate() {
            if srf[at] == 10 {
                darkest = darkest.min((srf_value + 1.0) / (ped_value + 1.0));
            } else {
                assert_eq!(ped_value, srf_value, "pixel {at} lies outside");
            }
        }
        // A third of the grey in the middle, and a half; of what is left of a real scan, only as far as it was drawn anew.
        let expected = (1.0 - 0.67 * strength) / (1.0 - 0.45 * strength);
        assert!((darkest - expected).abs() < 0.01, "{darkest}, expected {expected}");
    }
    // Beside a mask without, a batch still draws each as it is alone.
    let scenes = [&irf, &srf].map(|labels| synthesizer.scene(labels, &plan));
    let pictures: Vec<_> = scenes.iter().map(|scene| (scene, &noise)).collect();
    let ControlFlow::Continue(drawn) =
        synthesizer.synthesize_batch(&pictures, settings, |_| ControlFlow::Continue(()))
    else {
        panic!("nobody stopped it")
    };
    for (scene, drawn) in scenes.iter().zip(drawn) {
        let alone = synthesizer.synthesize(scene, &noise, settings, None, |_| ControlFlow::Continue(()));
        assert_eq!(ControlFlow::Continue(drawn), alone);
    }
}
