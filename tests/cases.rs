//! Designed cases: what is asked for is what the mask measures, and what cannot be is explained.

use std::time::Instant;

use clap::Parser;
use proptest::prelude::*;
use retidiff::anatomy::{LABELS, Lesion};
use retidiff::cases::{
    CaseError, CaseRecipe, CaseReport, CystWish, DomeWish, Extent, LayerName, SolvedCase, TEMPLATES,
    Template, find_lesions, solve,
};
use retidiff::cli::Cli;
use retidiff::formats::label_png::{self, CodeScheme};
use retidiff::mask::{Mask, order_violations};
use sha2::{Digest, Sha256};

fn recipe(key: &str) -> CaseRecipe {
    Template::named(key).expect("a template").recipe().expect("readable")
}

fn count(case: &SolvedCase, lesion: Lesion) -> usize {
    find_lesions(&case.mask, &case.frame).iter().filter(|found| found.lesion == lesion).count()
}

fn fingerprint(mask: &Mask) -> String {
    Sha256::digest(mask.composite_pixels()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn twelve_templates_are_met_with_ten_seeds_each() {
    println!(
        "template                 central um asked, off   lesions   fluid area off   steepest step   slowest"
    );
    for template in &TEMPLATES {
        let recipe = template.recipe().expect("readable");
        let (mut off, mut area_off, mut steepest, mut slowest) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
        let wanted: u32 = recipe.cysts.iter().map(|wish| wish.count).sum();
        for seed in 0..10 {
            let began = Instant::now();
            let case = solve(&recipe.with_seed(seed), None)
                .unwrap_or_else(|error| panic!("{}, seed {seed}: {error}", template.key));
            slowest = slowest.max(began.elapsed().as_secs_f64());
            assert!(case.report.is_met());
            assert!(order_violations(&case.mask.layers).iter().all(|violated| !violated));
            assert_eq!(count(&case, Lesion::Irf), wanted as usize);
            assert_eq!(
                (count(&case, Lesion::Srf), count(&case, Lesion::Ped)),
                (recipe.srf.len(), recipe.ped.len())
            );
            for finding in &case.report.findings {
                let measured = finding.measured.expect("measured");
                if finding.wish == "central_thickness_um" {
                    off = off.max((measured - finding.requested[0]).abs());
                } else if finding.wish.ends_with("area_mm2") {
                    area_off = area_off.max((measured / finding.requested[0] - 1.0).abs());
                } else if finding.wish == "smooth" {
                    steepest = steepest.max(measured);
                }
            }
        }
        let central = recipe.central_thickness_um.expect("every template asks for it");
        println!(
            "{:<24} {central:>10.0} {off:>9.2} {:>14} {:>13.2} % {steepest:>11.0} rows {slowest:>8.2} s",
            template.key,
            wanted as usize + recipe.srf.len() + recipe.ped.len(),
            area_off * 100.0
        );
        assert!(off <= 5.0 && area_off <= 0.02 && slowest < 2.0, "{}", template.key);
    }
}

#[test]
fn a_label_png_measures_like_the_case_it_came_from() {
    for template in &TEMPLATES {
        for seed in 0..4 {
            let recipe = template.recipe().expect("readable").with_seed(seed);
            let case = solve(&recipe, None).expect("met");
            let (width, height) = (case.mask.width(), case.mask.height());
            let bytes =
                label_png::write(width, height, &case.mask.composite_pixels(), &[]).expect("encodable");
            let labels = label_png::read(&bytes, "mask.png", CodeScheme::Studio).expect("readable");
            let (read, warnings) = Mask::from_composite(width, height, &labels.codes);
            assert!(warnings.is_empty(), "{}: {warnings:?}", template.key);
            let report = CaseReport::of(&recipe, &read, None);
            let missed: Vec<_> = report.findings.iter().filter(|finding| !finding.met).collect();
            assert!(missed.is_empty(), "{}, seed {seed}: {missed:?}", template.key);
        }
    }
}

/// Of the masks of seed 0, by template, from the machine that wrote them first: no other machine may make others.
fn fingerprints() -> serde_json::Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference/case_masks.json");
    serde_json::from_slice(&std::fs::read(file).expect("the file of fingerprints")).expect("JSON")
}

#[test]
fn a_seed_gives_the_same_bytes_everywhere_and_another_seed_others() {
    let solve_one = |key: &str| fingerprint(&solve(&recipe(key), None).expect("met").mask);
    let found: serde_json::Value = std::thread::scope(|scope| {
        let threads: Vec<_> = TEMPLATES
            .iter()
            .map(|template| (template.key, scope.spawn(move || solve_one(template.key))))
            .collect();
        let found = threads
            .into_iter()
            .map(|(key, thread)| (key.to_owned(), thread.join().expect("no panic").into()));
        serde_json::Value::Object(found.collect())
    });
    println!("{found}");
    assert_eq!(found, fingerprints());
    let other = solve(&recipe("dme-mild").with_seed(1), None).expect("met");
    assert_ne!(fingerprint(&other.mask), fingerprints()["dme-mild"]);
}

fn conflicts(recipe: &CaseRecipe) -> String {
    match solve(recipe, None) {
        Err(error @ CaseError::Conflicts(_)) => error.to_string(),
        other => panic!("a conflict was expected: {:?}", other.map(|case| case.report)),
    }
}

fn bare() -> CaseRecipe {
    CaseRecipe::read("version = 1\nname = \"bare\"\neye = \"OD\"", "bare.toml").expect("readable")
}

fn cysts(count: u32, layer: LayerName, width_um: f64) -> CystWish {
    CystWish {
        count,
        layers: vec![layer],
        width_um: Extent::exact(width_um),
        height_um: None,
        area_mm2: None,
        within_um: 1500.0,
        beyond_um: 0.0,
    }
}

#[test]
fn wishes_that_exclude_each_other_are_named_with_a_remedy() {
    let mut many = bare();
    many.cysts = vec![cysts(12, LayerName::Inl, 400.0)];
    let text = conflicts(&many);
    for part in ["cysts[0].count = 12", "width_um = 400", "within_um = 1500", "INL has", "ask for 7 of them"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    // What it says would do, does.
    many.cysts[0].count = 7;
    solve(&many, None).expect("seven fit");

    let mut thin = bare();
    thin.layers = vec![retidiff::cases::LayerWish {
        layer: LayerName::Inl,
        thickness_um: 40.0,
        at_um: 0.0,
        width_um: 2400.0,
    }];
    thin.cysts = vec![cysts(6, LayerName::Inl, 300.0)];
    let text = conflicts(&thin);
    assert!(text.contains("layers[0].thickness_um = 40 (INL) conflicts with cysts[0]"), "{text}");
    assert!(text.contains("um high needs") && text.contains("flatter cysts"), "{text}");

    let mut low = bare();
    low.central_thickness_um = Some(250.0);
    low.srf = vec![DomeWish { height_um: 300.0, width_um: 2000.0, at_um: Some(0.0) }];
    let text = conflicts(&low);
    assert!(text.contains("central_thickness_um = 250 conflicts with srf[0].height_um = 300"), "{text}");
    let fits: f64 = text
        .split("lower it to ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .expect("a remedy")
        .parse()
        .expect("um");
    low.srf[0].height_um = fits;
    solve(&low, None).expect("so high it fits");

    let mut two = bare();
    let dome = |at| DomeWish { height_um: 60.0, width_um: 900.0, at_um: Some(at) };
    two.srf = vec![dome(-300.0), dome(300.0)];
    assert!(conflicts(&two).contains("srf[1].at_um conflicts with srf[0].at_um"));

    let mut flat = bare();
    flat.scan.rows = Some(128);
    flat.central_thickness_um = Some(600.0);
    assert!(conflicts(&flat).contains("scan.rows = 128"));

    let mut large = bare();
    large.cysts = vec![CystWish { area_mm2: Some(0.9), ..cysts(3, LayerName::OnlIsm, 200.0) }];
    assert!(conflicts(&large).contains("cysts[0].area_mm2 conflicts with cysts[0].width_um"));

    let mut lost = recipe("geographic-atrophy");
    lost.layers = vec![retidiff::cases::LayerWish {
        layer: LayerName::Ise,
        thickness_um: 30.0,
        at_um: 0.0,
        width_um: 500.0,
    }];
    assert!(conflicts(&lost).contains("both set the thickness of ISE"));
}

fn refusal(text: &str) -> String {
    match CaseRecipe::read(text, "card.toml").and_then(|recipe| solve(&recipe, None)) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("{text} was taken"),
    }
}

#[test]
fn hostile_recipes_are_refused_with_the_place_and_the_remedy() {
    let head = "version = 1\nname = \"x\"\neye = \"OD\"\n";
    for (tail, expected) in [
        ("thickness = 3", vec!["card.toml", "unknown field `thickness`", "central_thickness_um"]),
        ("[[cysts]]\ncount = 3\nsize = 9", vec!["unknown field `size`", "width_um", "within_um"]),
        ("[[cysts]]\ncount = 3\nlayers = [\"XYZ\"]", vec!["unknown variant `XYZ`", "GCL-IPL"]),
        ("[[cysts]]\ncount = 3\nwidth_um = \"big\"", vec!["a length such as 120"]),
        ("[[cysts]]\ncount = 3\nwidth_um = [1, 2, 3]", vec!["a length such as 120"]),
        (
            "[[cysts]]\ncount = 3\nwidth_um = [200, 100]",
            vec!["cysts[0].width_um is [200, 100]", "the shortest comes first"],
        ),
        ("[[cysts]]\ncount = 0", vec!["cysts[0].count is 0"]),
        ("[[cysts]]\ncount = 4000000000", vec!["200 at most"]),
        ("[[cysts]]\ncount = -1", vec!["card.toml", "invalid value"]),
        ("[[cysts]]\ncount = 1\nlayers = []", vec!["names no layer"]),
        ("[[cysts]]\ncount = 1\nlayers = [\"OS-RPE\"]", vec!["cysts[0].layers", "`srf`"]),
        ("central_thickness_um = nan", vec!["central_thickness_um is NaN; from 80 to 1200 will do"]),
        ("central_thickness_um = 1e300", vec!["from 80 to 1200 will do"]),
        ("[scan]\ncolumns = 4000000000", vec!["scan.columns is 4000000000; from 128 to 2048 will do"]),
        ("[scan]\naxial_um_per_px = 0", vec!["scan.axial_um_per_px is 0"]),
        ("[scan]\nfovea_um = inf", vec!["scan.fovea_um"]),
        (
            "[[ped]]\nheight_um = 500\nwidth_um = 600",
            vec!["ped[0].height_um", "steeper than interfaces are", "um wide or wider"],
        ),
        ("seed = 9007199254740993", vec!["seed is 9007199254740993"]),
        ("[base]\npit = 1.5", vec!["base.pit is 1.5"]),
    ] {
        let text = refusal(&format!("{head}{tail}"));
        for part in expected {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    assert!(refusal("version = 2\nname = \"x\"\nshape = 3").contains("version 2 of the recipe is newer"));
    assert!(refusal("").contains("missing field `version`"));
    assert!(refusal("{\"version\": 1,").contains("EOF"));
    assert!(refusal(&"[".repeat(100_000)).contains("card.toml"));
    assert!(refusal(&format!("{{\"version\":{}", "[".repeat(200_000))).contains("card.toml"));
    assert!(refusal(&"#".repeat(2 << 20)).contains("a card of a few lines"));
    let text = refusal(&format!("{head}name = \"y\""));
    assert!(text.contains("duplicate"), "{text}");
}

#[test]
fn a_recipe_is_the_same_in_toml_and_json() {
    for template in &TEMPLATES {
        let recipe = template.recipe().expect("readable");
        assert_eq!(CaseRecipe::read(&recipe.to_toml(), "again.toml").expect("readable"), recipe);
        assert_eq!(CaseRecipe::read(&recipe.to_json(), "again.json").expect("readable"), recipe);
    }
}

fn bundled(bytes: &[u8]) -> Mask {
    let labels = label_png::read(bytes, "labels.png", CodeScheme::Studio).expect("readable");
    Mask::from_composite(labels.width, labels.height, &labels.codes).0
}

#[test]
fn a_case_is_built_on_a_given_mask() {
    let base = bundled(include_bytes!("../assets/samples/fovea-labels.png"));
    let mut recipe = bare();
    recipe.base.mask = Some("fovea-labels.png".to_owned());
    recipe.scan.axial_um_per_px = 3.9;
    recipe.scan.lateral_um_per_px = 11.0;
    recipe.central_thickness_um = Some(400.0);
    recipe.cysts = vec![cysts(3, LayerName::Inl, 150.0)];
    recipe.srf = vec![DomeWish { height_um: 70.0, width_um: 1200.0, at_um: Some(0.0) }];
    let case = solve(&recipe, Some(&base)).expect("met");
    assert_eq!((case.mask.width(), case.mask.height()), (base.width(), base.height()));
    assert!((case.report.fovea_column - 361.0).abs() < 6.0, "{}", case.report.fovea_column);
    assert_eq!((count(&case, Lesion::Irf), count(&case, Lesion::Srf)), (3, 1));
    // Far from the fovea the given layers stay, to the pixel.
    let column = |mask: &Mask, x| (0..mask.height()).map(|y| mask.composite(x, y)).collect::<Vec<_>>();
    assert_eq!(column(&case.mask, 5), column(&base, 5));

    let bare_mask = Mask::unannotated(700, 496);
    assert!(matches!(solve(&recipe, Some(&bare_mask)), Err(CaseError::Base(_))));
    recipe.scan.columns = Some(100);
    let text = solve(&recipe, Some(&base)).map(|_| ()).expect_err("another size").to_string();
    assert!(text.contains("but the base mask has"), "{text}");
}

fn any_recipe() -> impl Strategy<Value = CaseRecipe> {
    let cysts = (1_u32..9, 0_usize..5, 60.0_f64..300.0, 0.0_f64..200.0, 300.0_f64..2500.0).prop_map(
        |(count, layer, narrow, more, within_um)| CystWish {
            count,
            layers: vec![LayerName::ALL[layer]],
            width_um: Extent::between(narrow, narrow + more),
            height_um: None,
            area_mm2: None,
            within_um,
            beyond_um: 0.0,
        },
    );
    let dome = (20.0_f64..200.0, 400.0_f64..2500.0, prop::option::of(-1500.0_f64..1500.0))
        .prop_map(|(height_um, width_um, at_um)| DomeWish { height_um, width_um, at_um });
    (
        any::<u32>(),
        prop::option::of(200.0_f64..700.0),
        prop::collection::vec(cysts, 0..3),
        prop::collection::vec(dome.clone(), 0..3),
        prop::collection::vec(dome, 0..2),
        0.0_f64..1.0,
    )
        .prop_map(|(seed, central_thickness_um, cysts, srf, ped, pit)| {
            let mut recipe = bare().with_seed(u64::from(seed));
            (recipe.central_thickness_um, recipe.cysts, recipe.srf, recipe.ped) =
                (central_thickness_um, cysts, srf, ped);
            recipe.base.pit = pit;
            recipe
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_recipe_is_met_or_explained(recipe in any_recipe()) {
        match solve(&recipe, None) {
            Ok(case) => {
                prop_assert!(case.report.is_met() && case.mask.is_valid());
                prop_assert!(order_violations(&case.mask.layers).iter().all(|violated| !violated));
                let cysts: u32 = recipe.cysts.iter().map(|wish| wish.count).sum();
                prop_assert_eq!(count(&case, Lesion::Irf), cysts as usize);
                prop_assert_eq!(count(&case, Lesion::Srf), recipe.srf.len());
                prop_assert_eq!(count(&case, Lesion::Ped), recipe.ped.len());
                prop_assert_eq!(&solve(&recipe, None).expect("again").mask, &case.mask);
            }
            Err(CaseError::Conflicts(conflicts)) => {
                prop_assert!(!conflicts.is_empty());
                for conflict in conflicts {
                    prop_assert!(!conflict.remedy.is_empty() && !conflict.why.contains("NaN"), "{}", conflict);
                }
            }
            Err(CaseError::OutOfBounds(problems)) => prop_assert!(!problems.is_empty()),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

fn run(args: &[&str]) -> anyhow::Result<()> {
    let args = std::iter::once("retidiff").chain(args.iter().copied());
    retidiff::cli::run(Cli::try_parse_from(args)?)
}

#[test]
fn the_command_line_builds_and_checks() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("out").display().to_string();
    let at = |name: &str| folder.path().join("out").join(name);
    run(&["case", "templates", "--write", &out])?;
    assert!(run(&["case", "templates", "--write", &out]).is_err(), "files that are there stay");
    let card = at("dme-mild.toml").display().to_string();
    let mut build = vec!["case", "build", &card, "--out", &out, "--seeds", "2"];
    if cfg!(feature = "cpu") {
        build.push("--no-scan");
    }
    run(&build)?;
    let mask = at("seed-1/mask.png").display().to_string();
    run(&["case", "check", &card, &mask, "--json"])?;
    let error = run(&["case", "check", "csc", &mask]).expect_err("another case").to_string();
    assert!(error.contains("wishes are not met"), "{error}");
    let case: serde_json::Value = serde_json::from_slice(&std::fs::read(at("seed-1/case.json"))?)?;
    assert_eq!(
        (&case["synthetic"], &case["met"], &case["recipe"]["seed"]),
        (&true.into(), &true.into(), &1.into())
    );
    let findings = case["findings"].as_array().expect("a list");
    assert!(findings.iter().any(|finding| finding["wish"] == "cysts" && finding["measured"] == 3.0));
    let palette = label_png::read(&std::fs::read(&mask)?, "mask.png", CodeScheme::Studio)?.counts();
    assert!(palette.len() >= LABELS.len() - 3);

    retidiff::formats::write_file(&at("latin.toml"), b"name = \"\xff\"")?;
    let latin = at("latin.toml").display().to_string();
    let error = format!("{:#}", run(&["case", "build", &latin, "--out", &out]).expect_err("no text"));
    assert!(error.contains("byte 8 is no UTF-8 text"), "{error}");
    let error = format!("{:#}", run(&["case", "build", "no-such-case", "--out", &out]).expect_err("no file"));
    assert!(error.contains("retidiff case templates"), "{error}");
    Ok(())
}
