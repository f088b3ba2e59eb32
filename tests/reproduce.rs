//! `generate` with networks, and `reproduce`: a picture says enough to be made again.

use std::path::Path;

use clap::Parser;
use retidiff::cli::exit::Exit;
use retidiff::cli::{self, Cli};
use retidiff::formats::provenance::{Provenance, borrowed};
use retidiff::formats::{label_png, read_file, scan_image, write_file};
use retidiff::scan::GreyImage;

use crate::synthesize::write_model;

fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let arguments = ["retidiff"].iter().chain(arguments);
    cli::run(Cli::try_parse_from(arguments)?)
}

const RECIPE: &str = "version = 1\nname = \"small\"\neye = \"OD\"\n\n[scan]\ncolumns = 192\nrows = 200\n\n\
                      [[cysts]]\ncount = 1\nlayers = [\"INL\"]\nwidth_um = [90, 180]\n\
                      height_um = [35, 70]\nwithin_um = 600\n";

#[test]
fn designed_pairs_are_generated_and_made_again_to_the_byte() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (model, recipe, set) = (path("m.safetensors"), path("small.toml"), path("set"));
    write_model(Path::new(&model));
    write_file(Path::new(&recipe), RECIPE.as_bytes())?;
    let masks = format!("recipe:{recipe}");
    let common =
        ["generate", "local", "--masks", &masks, "--model", &model, "--device", "cpu", "--steps", "2"];
    let generate = |more: &[&str]| run(&[&common[..], more].concat());
    generate(&["--pairs", "2", "--out", &set, "--seed", "5"])?;
    let manifest = std::fs::read(format!("{set}/manifest.jsonl"))?;
    generate(&["--pairs", "2", "--out", &set, "--seed", "5", "--json"])?;
    assert_eq!(std::fs::read(format!("{set}/manifest.jsonl"))?, manifest, "nothing is made twice");
    let other = generate(&["--pairs", "2", "--out", &set, "--seed", "6"]).unwrap_err();
    assert!(format!("{other:#}").contains("another plan (other seed)"), "{other:#}");
    generate(&["--pairs", "2", "--out", &path("none"), "--estimate"])?;
    assert!(!Path::new(&path("none")).exists(), "an estimate writes nothing");

    let scans = [format!("{set}/images/pair-0000000.png"), format!("{set}/images/pair-0000001.png")];
    run(&["reproduce", &scans[0], &scans[1], "--model", &model])?;

    // Wherever an export puts them, and with a vector unit that is asked for.
    run(&["review", "decide", &set, "--accept", "all", "--reviewer", "anna"])?;
    let layouts = [
        ("pairs", "images/pair-0000001.png"),
        ("nnunet", "imagesTr/pair-0000001_0000.png"),
        ("mirage", "train/bscan/pair-0000001.png"),
        ("coco", "train/pair-0000001.png"),
    ];
    for (layout, scan) in layouts {
        let out = path(layout);
        let whole = ["review", "export", &set, "--layout", layout, "--out", &out, "--validation", "0"];
        run(&[&whole[..], &["--test", "0"]].concat())?;
        run(&["reproduce", &format!("{out}/{scan}"), "--model", &model])?;
    }
    let unit = run(&["reproduce", &scans[1], "--model", &model, "--vector-unit", "mmx"]).unwrap_err();
    assert!(format!("{unit:#}").contains("this processor has"), "{unit:#}");

    // One grey level, and another picture; each with its own code.
    let bytes = read_file(Path::new(&scans[0]))?;
    let says = Provenance::of_png(&bytes, "a")?.expect("it says what made it");
    let image = scan_image::read(&bytes, "a")?;
    for (by, expected) in [(1, Exit::WithinOneGrey), (9, Exit::Differs)] {
        let mut pixels = image.pixels.to_vec();
        pixels[500] = if pixels[500] > 100 { pixels[500] - by } else { pixels[500] + by };
        let changed = GreyImage::new(image.width, image.height, pixels);
        write_file(Path::new(&scans[0]), &scan_image::write(&changed, &borrowed(&says.text()))?)?;
        let error = run(&["reproduce", &scans[0], "--model", &model]).unwrap_err();
        assert_eq!(error.downcast_ref::<Exit>(), Some(&expected));
    }

    let message = |arguments: &[&str]| format!("{:#}", run(arguments).unwrap_err());
    assert!(message(&["reproduce", &scans[1]]).contains("not bundled; name its file with --model"));
    let mask = path("mask.png");
    write_file(Path::new(&mask), &label_png::write(2, 2, &[0, 1, 2, 3], &[])?)?;
    let wrong = message(&["reproduce", &scans[1], "--model", &model, "--mask", &mask]);
    assert!(wrong.contains("another hash"), "{wrong}");
    let plain = path("plain.png");
    write_file(Path::new(&plain), &scan_image::write(&image, &[])?)?;
    assert!(message(&["reproduce", &plain]).contains("retidiff origin"));
    // One that says too little hides no other: it is counted, and the worst found decides.
    let some = message(&["reproduce", &plain, &scans[1], "--model", &model]);
    assert!(some.contains("of 1 of 2 scans it cannot be said"), "{some}");
    let worst = run(&["reproduce", &plain, &scans[0], "--model", &model]).unwrap_err();
    assert_eq!(worst.downcast_ref::<Exit>(), Some(&Exit::Differs));
    Ok(())
}

#[test]
fn shards_of_a_plan_are_the_pairs_of_local() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (model, recipe, local, shards) =
        (path("m.safetensors"), path("small.toml"), path("local"), path("shards"));
    write_model(Path::new(&model));
    write_file(Path::new(&recipe), RECIPE.as_bytes())?;
    let masks = format!("recipe:{recipe}");
    let what = ["--pairs", "3", "--per-shard", "2", "--masks", &masks, "--model", &model, "--steps", "1"];
    run(&[&["generate", "local", "--device", "cpu", "--out", &local][..], &what].concat())?;
    run(&[&["generate", "plan", "--out", &shards][..], &what].concat())?;
    let plan = format!("{shards}/plan.json");
    let shard = ["generate", "shard", "--plan", &plan, "--model", &model, "--device", "cpu", "--shard"];
    run(&[&shard[..], &["1"]].concat())?;
    run(&["generate", "status", "--plan", &plan, "--missing"])?;
    assert!(run(&["generate", "merge", "--plan", &plan]).is_err(), "a shard is missing");
    run(&[&shard[..], &["0"]].concat())?;
    let beyond = run(&[&shard[..], &["2"]].concat()).unwrap_err();
    assert_eq!(beyond.downcast_ref::<Exit>(), Some(&Exit::BadPlan));
    let merged = path("merged");
    run(&["generate", "merge", "--plan", &plan, "--unpack", &merged])?;
    for file in ["manifest.jsonl", "generation.json", "images/pair-0000002.png", "labels/pair-0000000.png"] {
        assert_eq!(
            std::fs::read(format!("{merged}/{file}"))?,
            std::fs::read(format!("{local}/{file}"))?,
            "{file}"
        );
    }
    Ok(())
}
