//! Style and vessel shadows in the window: drawn, moved, painted, undone, saved, and in every picture.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use eframe::egui::{Key, PointerButton, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::device::DeviceInfo;
use retidiff::encoding::style::{FIGURES, StyleModel};
use retidiff::formats::{label_png, read_document, write_document, write_file};
use retidiff::scan::GreyImage;
use retidiff::studio::files::samples;
use retidiff::studio::shell::action::{Action, SynthesisAction, WindowAction};
use retidiff::studio::shell::app::{AppOptions, SynthesisSource};
use retidiff::studio::shell::settings::Tool;
use retidiff::studio::texts::LanguageChoice;
use retidiff::studio::widgets::theme;
use retidiff::worker::renderer::{BetweenSteps, Destination, Edit, Failure, RenderScene, Renderer};
use retidiff::worker::{LoadedModel, PictureImage, SynthesisWorker};

use super::studio::{document, has_whole_picture, options, stroke, studio_with, wait_until};

/// Its greys are the first number of the style, darkened by the shadows.
struct Looking;

fn style_model() -> StyleModel {
    let figures =
        |at: f32| std::array::from_fn::<f32, FIGURES, _>(|n| 50.0 + (at * (n as f32 + 1.0)).sin() * 9.0);
    let scans: Vec<_> = (0..6).map(|at| ("eye", figures(at as f32))).collect();
    StyleModel::of(&scans, 2).expect("they differ in two ways")
}

impl Renderer for Looking {
    fn device(&self) -> DeviceInfo {
        DeviceInfo { name: "CPU".into(), backend: "test".into(), ..DeviceInfo::default() }
    }

    fn model(&self) -> LoadedModel {
        LoadedModel {
            name: "looking".into(),
            preset: "test".into(),
            sha256: "0".repeat(64),
            style: Some(Arc::new(style_model())),
            takes_shadows: true,
            ..LoadedModel::default()
        }
    }

    fn render(
        &self,
        scene: &RenderScene,
        _steps: u32,
        _edit: Option<Edit<'_>>,
        _destination: Destination,
        _between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        let looks = &scene.recipe.appearance;
        let bright = 100.0 + 30.0 * looks.style.as_ref().map_or(0.0, |style| style[0]);
        let columns = (0..scene.width as usize).map(|x| {
            let shadow = looks.shadows.get(x).map_or(0.0, |&shadow| f32::from(shadow) / 255.0);
            (bright * (1.0 - shadow)) as u8
        });
        let row: Vec<u8> = columns.collect();
        Ok(Some(PictureImage::Cpu(GreyImage::new(
            scene.width,
            scene.height,
            row.repeat(scene.height as usize),
        ))))
    }
}

fn looking() -> AppOptions {
    let start =
        |wake, _shared| SynthesisWorker::start_with(wake, |_| Box::new(|| Ok::<Looking, Failure>(Looking)));
    AppOptions { synthesis: SynthesisSource::Worker(start), ..options() }
}

#[test]
fn a_style_is_drawn_shown_undone_and_kept_in_the_file() {
    let mut harness = studio_with(looking());
    wait_until(&mut harness, "the model is there", has_whole_picture);
    assert!(document(&harness).pages[0].appearance.is_plain());
    harness.get_by_label("Draw a style").click();
    harness.run_steps(2);
    let drawn = document(&harness);
    let style = drawn.pages[0].appearance.style.clone().expect("a style");
    assert_eq!(style.len(), 2);
    let contrast = drawn.pages[0].appearance.band_contrast.expect("outer bands of a training eye");
    assert!((1.02..=1.66).contains(&contrast), "{contrast}");
    wait_until(&mut harness, "its picture is there", has_whole_picture);

    let (read, _) = read_document(&write_document(&drawn), "a.retidiff").expect("it is read back");
    assert_eq!(read.pages[0].appearance, drawn.pages[0].appearance, "kept in the file");

    harness.get_by_label("Style of this scan").click();
    harness.run_steps(2);
    assert_ne!(document(&harness).pages[0].appearance.style.as_ref(), Some(&style), "measured in the scan");
    harness.state_mut().perform(Action::Undo);
    harness.run_steps(2);
    assert_eq!(document(&harness).pages[0].appearance.style.as_ref(), Some(&style));
    harness.state_mut().perform(Action::Undo);
    harness.run_steps(2);
    assert!(document(&harness).pages[0].appearance.is_plain(), "as it was");
    assert_eq!(harness.state().first_error(), None);
}

#[test]
fn sliders_of_the_panel_begin_below_each_other_and_nothing_leaves_it() {
    for language in [LanguageChoice::English, LanguageChoice::German] {
        let mut harness = studio_with(looking());
        harness.state_mut().perform(Action::Window(WindowAction::ChooseLanguage(language)));
        harness.state_mut().perform(Action::Set(|settings| settings.advanced_shown = true));
        wait_until(&mut harness, "the model is there", has_whole_picture);
        harness.state_mut().perform(Action::Synthesis(SynthesisAction::DrawStyle));
        harness.run_steps(4);
        let right = f64::from(harness.ctx.content_rect().right());
        let left = right - f64::from(theme::PANEL_WIDTH);
        let mut sliders = Vec::new();
        for node in harness.root().children_recursive() {
            let node = node.accesskit_node();
            let Some(rect) = node.bounding_box().filter(|rect| rect.x0 >= left) else { continue };
            assert!(rect.x1 <= right, "{language:?}: {:?} reaches beyond the panel", node.label());
            if node.role() == Role::Slider {
                sliders.push(rect.x0);
            }
        }
        // Lesion contrast, two of the style, outer bands, synthesis and guidance.
        assert_eq!(sliders, [sliders[0]; 6], "{language:?}");
    }
}

#[test]
fn a_vessel_is_painted_widened_taken_away_and_one_step_a_gesture() {
    let mut harness = studio_with(looking());
    wait_until(&mut harness, "the model is there", has_whole_picture);
    harness.state_mut().perform(Action::SelectTool(Tool::Vessel));
    harness.run_steps(2);
    let before = document(&harness);
    stroke(&mut harness, &[[150.0, 200.0], [160.0, 210.0], [190.0, 205.0]], PointerButton::Primary);
    let painted = document(&harness);
    let shadows = &painted.pages[0].appearance.shadows;
    assert!(shadows[150..190].iter().all(|&shadow| shadow > 40), "no gap in a fast stroke: {shadows:?}");
    assert!(shadows[100] == 0 && shadows[240] == 0, "and nothing beside it");
    assert_eq!(painted.pages[0].mask, before.pages[0].mask, "no label changed");
    stroke(&mut harness, &[[170.0, 200.0], [170.0, 220.0]], PointerButton::Secondary);
    let holed = document(&harness).pages[0].appearance.shadows.clone();
    assert!(holed[170] == 0 && holed[152] > 0, "the right button takes away");
    harness.state_mut().perform(Action::Undo);
    harness.run_steps(2);
    assert_eq!(document(&harness).pages[0].appearance, painted.pages[0].appearance);
    harness.state_mut().perform(Action::Undo);
    harness.run_steps(2);
    assert!(document(&harness).pages[0].appearance.is_plain());

    harness.get_by_label("Draw vessel shadows").click();
    harness.run_steps(2);
    // A scan without any vessel is possible; the command is there all the same.
    assert_eq!(harness.state().first_error(), None);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
}

#[test]
fn looks_go_into_the_picture_and_its_words() {
    use retidiff::document::Appearance;
    use retidiff::worker::Recipe;
    use retidiff::worker::marking;
    let appearance = Appearance { style: Some(vec![1.0, -0.5]), ..Appearance::default() };
    let appearance = Arc::new(appearance.with_shadow(32, 16.0, 4.0, 0.5));
    let scene = |appearance: &Arc<Appearance>| RenderScene {
        labels: vec![3; 32 * 16].into(),
        width: 32,
        height: 16,
        spacing: None,
        seed: 1,
        recipe: Recipe { appearance: Arc::clone(appearance), ..Recipe::default() },
    };
    let drawn = |scene: &RenderScene| {
        let mut go_on = |_: u32, _: u32| ControlFlow::Continue(());
        match Looking.render(scene, 1, None, Destination::Memory, &mut go_on) {
            Ok(Some(PictureImage::Cpu(image))) => image,
            _ => panic!("no picture in memory"),
        }
    };
    let looked = scene(&appearance);
    let image = drawn(&looked);
    assert!(image.get(16, 3) < image.get(2, 3), "darker under the vessel");
    assert_ne!(image, drawn(&scene(&Arc::default())));
    let words = marking::of_scene(&looked, 1, &Looking.model(), &Looking.device()).text();
    let find = |keyword: &str| words.iter().find(|(name, _)| *name == keyword).map(|(_, text)| text.clone());
    assert_eq!(find("Style").as_deref(), Some("1,-0.5"));
    assert!(find("VesselShadows").is_some_and(|runs| runs.starts_with("12x0,")));
    let plain = marking::of_scene(&scene(&Arc::default()), 1, &Looking.model(), &Looking.device()).text();
    assert!(plain.iter().all(|(name, _)| *name != "Style" && *name != "VesselShadows"));
}

#[test]
fn the_same_seed_draws_the_same_looks_and_models_without_them_draw_none() {
    let model = Looking.model();
    let looks = model.drawn_appearance(531, None, 7);
    assert_eq!(looks, model.drawn_appearance(531, None, 7));
    assert_ne!(looks.style, model.drawn_appearance(531, None, 8).style);
    assert!(looks.fits(531));
    assert!(LoadedModel::default().drawn_appearance(531, None, 7).is_plain());
}

/// Labels of another size than the scan that the window opens with: they are not labels for it.
pub fn write_other_labels(path: &Path) {
    let mask = samples::ALL[1].document().expect("a sample").pages[0].mask.clone();
    let bytes = label_png::write(mask.width(), mask.height(), &mask.composite_pixels(), &[]).expect("a PNG");
    write_file(path, &bytes).expect("written");
}

#[test]
fn labels_alone_have_no_style_to_take() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("labels.png");
    write_other_labels(&path);
    let mut harness = studio_with(AppOptions { open: Some(path), ..looking() });
    wait_until(&mut harness, "it is open", |studio| studio.session().opened_from.is_some());
    wait_until(&mut harness, "the model is there", has_whole_picture);
    assert!(harness.state().session().page().scan.is_placeholder);
    harness.get_by_label("NO REAL SCAN");
    assert!(harness.get_by_label("Style of this scan").accesskit_node().is_disabled());
    assert!(!harness.get_by_label("Draw a style").accesskit_node().is_disabled());
}
