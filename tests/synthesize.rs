//! `retidiff synthesize`: from a label PNG to a scan that says what it is.

use std::path::Path;

use burn::tensor::Device;
use clap::Parser;
use retidiff::anatomy::UNANNOTATED;
use retidiff::cli::{self, Cli};
use retidiff::diffusion::model_file::{self, MODEL_FILE_VERSION, ModelInfo, ModelKind, Precision};
use retidiff::diffusion::{Prediction, Schedule};
use retidiff::encoding::labels::LabelScheme;
use retidiff::encoding::mapping::Mapping;
use retidiff::formats::figure::STRIP_ROWS;
use retidiff::formats::{label_png, scan_image, write_file};
use retidiff::nn::UNetConfig;
use retidiff::scan::GreyImage;

/// An untrained network of the live kind, narrow.
pub(crate) fn write_model(path: &Path) {
    write_model_with(path, Mapping::live());
}

fn write_model_with(path: &Path, mapping: Mapping) {
    let device = Device::flex();
    device.seed(3);
    let network = UNetConfig {
        widths: vec![8, 16, 16],
        time_channels: 16,
        zero_second_convolution: false,
        ..UNetConfig::live()
    };
    let info = ModelInfo {
        version: MODEL_FILE_VERSION,
        name: "test".into(),
        kind: ModelKind::Image,
        preset: "live".into(),
        network: network.clone(),
        labels: LabelScheme::studio(),
        mapping,
        normalisation: Default::default(),
        schedule: Schedule::live(),
        prediction: Prediction::V,
        style: None,
        shadow: false,
        mask: None,
        training: Default::default(),
        tensors_sha256: String::new(),
    };
    model_file::save(path, &network.init(&device), &info, Precision::F16).expect("a model file");
}

fn write_mask(path: &Path, width: u32, height: u32) {
    let codes: Vec<u8> = (0..width * height).map(|i| (i / width * 9 / height) as u8).collect();
    write_file(path, &label_png::write(width, height, &codes, &[]).expect("a mask")).expect("written");
}

fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let arguments = ["retidiff", "synthesize"].iter().chain(arguments);
    cli::run(Cli::try_parse_from(arguments)?)
}

#[test]
fn the_same_seed_gives_the_same_file_and_it_says_what_it_is() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (model, mask, out) = (path("m.safetensors"), path("mask.png"), path("scan.png"));
    write_model(Path::new(&model));
    write_mask(Path::new(&mask), 131, 90);
    let common = ["--mask", &mask, "--out", &out, "--model", &model, "--device", "cpu", "--steps", "2"];

    run(&[&common[..], &["--seed", "5"]].concat())?;
    let first = std::fs::read(&out)?;
    run(&[&common[..], &["--seed", "5"]].concat())?;
    assert_eq!(std::fs::read(&out)?, first, "the same bytes");
    let image = scan_image::read(&first, "scan.png")?;
    assert_eq!((image.width, image.height), (131, 90));
    for text in ["SYNTHETIC", "ModelSHA256", "MaskSHA256", "Seed", "DPM-Solver++(2M)", "RetiDiff Studio"] {
        assert!(
            first.windows(text.len()).any(|window| window == text.as_bytes()),
            "{text} is not in the file"
        );
    }

    // With a strip outside the scan that says so in letters; the scan is made again from the file all the same.
    run(&[&common[..], &["--seed", "5", "--strip"]].concat())?;
    let marked = scan_image::read(&std::fs::read(&out)?, "scan.png")?;
    assert_eq!((marked.width, marked.height), (131, 90 + STRIP_ROWS));
    assert_eq!(marked.pixels[..131 * 90], image.pixels[..]);
    cli::run(Cli::try_parse_from(["retidiff", "reproduce", &out, "--mask", &mask, "--model", &model])?)?;

    run(&[&common[..], &["--seed", "5", "--count", "2", "--sampler", "dpmpp"]].concat())?;
    let (five, six) = (std::fs::read(path("scan_5.png"))?, std::fs::read(path("scan_6.png"))?);
    let pixels = |bytes: &[u8]| scan_image::read(bytes, "scan").map(|image| image.pixels);
    assert_ne!(pixels(&five)?, pixels(&six)?, "another seed, another scan");

    // Another scale goes through µm and comes back at the mask's size.
    run(&[&common[..], &["--spacing", "2.0x20.0"]].concat())?;
    let image = scan_image::read(&std::fs::read(&out)?, "scan.png")?;
    assert_eq!((image.width, image.height), (131, 90));
    Ok(())
}

#[test]
fn an_ablated_lesion_is_not_given() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (model, mask, bare, out) =
        (path("m.safetensors"), path("mask.png"), path("bare.png"), path("scan.png"));
    write_model(Path::new(&model));
    let with_cyst = |code: u8| -> anyhow::Result<Vec<u8>> {
        let codes: Vec<u8> = (0..96 * 64_u32)
            .map(|at| match (at % 96, at / 96) {
                (30..50, 24..40) => code,
                (_, y) => (y * 9 / 64) as u8,
            })
            .collect();
        Ok(label_png::write(96, 64, &codes, &[])?)
    };
    write_file(Path::new(&mask), &with_cyst(9)?)?;
    write_file(Path::new(&bare), &with_cyst(255)?)?;
    let draw = |mask: &str, more: &[&str]| -> anyhow::Result<Vec<u8>> {
        let common = ["--mask", mask, "--out", &out, "--model", &model, "--device", "cpu", "--steps", "2"];
        run(&[&common[..], more].concat())?;
        Ok(std::fs::read(&out)?)
    };
    let pixels = |bytes: &[u8]| scan_image::read(bytes, "scan").map(|image| image.pixels);
    let unablated = draw(&mask, &[])?;
    assert_eq!(draw(&mask, &["--ablate", "1"])?, unablated, "1 is the mask as it is, to the byte");
    let ablated = draw(&mask, &["--ablate", "0"])?;
    assert_ne!(pixels(&ablated)?, pixels(&unablated)?);
    assert_eq!(pixels(&ablated)?, pixels(&draw(&bare, &[])?)?, "nothing is known where the cyst was");
    assert!(
        ablated.windows(8).any(|window| window == b"Ablation")
            && !unablated.windows(8).any(|w| w == b"Ablation")
    );
    assert!(run(&["--mask", &mask, "--out", &out, "--ablate", "2"]).is_err());
    Ok(())
}

#[test]
fn a_model_on_a_fixed_grid_draws_the_annotated_columns_as_it_was_trained() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (model, whole, part) = (path("m.safetensors"), path("whole.png"), path("part.png"));
    write_model_with(Path::new(&model), Mapping { fixed_size: Some([64, 48]), ..Mapping::live() });
    let code = |row: usize| (row * 9 / 64) as u8;
    let with_margins: Vec<u8> = (0..64 * 96)
        .map(|at| if (20..70).contains(&(at % 96)) { code(at / 96) } else { UNANNOTATED })
        .collect();
    let cropped: Vec<u8> = (0..64 * 50).map(|at| code(at / 50)).collect();
    let drawn = |mask: &str, width: u32, codes: &[u8]| -> anyhow::Result<GreyImage> {
        write_file(Path::new(mask), &label_png::write(width, 64, codes, &[])?)?;
        let out = path("scan.png");
        run(&["--mask", mask, "--out", &out, "--model", &model, "--device", "cpu", "--steps", "2"])?;
        Ok(scan_image::read(&std::fs::read(&out)?, "scan")?)
    };
    let (drawn, alone) = (drawn(&whole, 96, &with_margins)?, drawn(&part, 50, &cropped)?);
    assert_eq!((drawn.width, drawn.height), (96, 64));
    for (row, alone) in drawn.pixels.chunks_exact(96).zip(alone.pixels.chunks_exact(50)) {
        assert_eq!(row[20..70], *alone, "margins are not squeezed onto the grid");
        assert!(row[..20].iter().all(|&grey| grey == alone[0]), "what lies outside repeats it");
        assert!(row[70..].iter().all(|&grey| grey == alone[49]));
    }
    assert!(alone.pixels.iter().any(|&grey| grey != alone.pixels[0]));
    Ok(())
}

#[test]
fn what_is_wrong_is_said_with_its_remedy() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (mask, out) = (path("mask.png"), path("scan.png"));
    write_mask(Path::new(&mask), 40, 40);
    let message =
        |arguments: &[&str]| run(arguments).err().map(|error| format!("{error:#}")).unwrap_or_default();
    assert!(message(&["--mask", &path("none.png"), "--out", &out]).contains("none.png"));
    let unknown = message(&["--mask", &mask, "--out", &out, "--model", "nobody"]);
    assert!(unknown.contains("nobody") && unknown.contains("bundled"), "{unknown}");
    write_file(Path::new(&path("broken.safetensors")), b"nothing")?;
    let broken = message(&["--mask", &mask, "--out", &out, "--model", &path("broken.safetensors")]);
    assert!(broken.contains("broken.safetensors"), "{broken}");
    assert!(!Path::new(&out).exists(), "a failure leaves no file");
    Ok(())
}
