//! The document as a whole: it survives its file, hostile files, ten thousand commands and a kill -9.

use std::sync::Arc;

use retidiff::anatomy::{LESION_BASE, Lesion, UNANNOTATED};
use retidiff::document::{Appearance, Command, Document, Editor, KeptSynthesis, LabelLook, LabelTable, Page};
use retidiff::formats::{read_document, write_document};
use retidiff::mask::{
    LockedLabels, Mask, PaintSettings, PaintTarget, Plane, order_violations, paint_segment,
};
use retidiff::scan::{BScan, GreyImage, Laterality, Localizer, ScanLine, Spacing};

/// A small generator (SplitMix64), so that a failing run can be repeated.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.below(1 << 20) as f32 / (1 << 20) as f32)
    }
}

/// Layers in order, with wavy interfaces, an unannotated segment on the right and a lesion.
pub fn layered_mask(width: u32, height: u32) -> Mask {
    let mut mask = Mask::unannotated(width, height);
    for x in 0..width - width / 8 {
        let wave = (x as f32 / 9.0).sin() * height as f32 / 20.0;
        for y in 0..height {
            let depth = (y as f32 + wave) / height as f32 * 13.0 - 2.0;
            mask.layers.set(x, y, depth.clamp(0.0, 8.0) as u8);
        }
    }
    for y in height / 3..height / 2 {
        mask.lesions.fill_run(y, width / 4, width / 3, Lesion::Irf.code());
    }
    mask
}

pub fn document(pages: usize) -> Document {
    let (mut random, count) = (Random(7), pages);
    let pages = (0..pages as u32).map(|index| {
        let (width, height) = (150 + 11 * index, 90 + 7 * index);
        let mut noise = |_| random.next() as u8;
        let image = GreyImage::new(width, height, (0..width * height).map(&mut noise).collect::<Vec<_>>());
        let mut scan = BScan::from_image(image.clone(), format!("scan {index} µ"));
        if index % 2 == 0 {
            scan.spacing = Spacing::checked(3.87, 11.3);
            scan.laterality = Some(Laterality::Left);
            scan.scanned_area = Some((0..width * height).map(|i| u8::from(i % 5 != 0)).collect());
        }
        let synthesis = KeptSynthesis {
            image,
            model: "live".to_owned(),
            model_sha256: "ab".repeat(32),
            seed: u64::MAX,
            steps: 8,
            sampler: "ddim".to_owned(),
        };
        let synthesis = (index != 1).then(|| Arc::new(synthesis));
        let second_grader = (index != 1).then(|| Arc::new(layered_mask(width, height)));
        Page {
            scan: Arc::new(scan),
            mask: layered_mask(width, height),
            synthesis,
            second_grader,
            label_origin: None,
            appearance: Arc::new(Appearance {
                style: (index == 1).then(|| vec![0.5, -1.25]),
                band_contrast: (index == 1).then_some(1.43),
                ..Appearance::default().with_shadow(width, 3.0, 2.0, 0.6)
            }),
        }
    });
    let fluid = LabelLook { name: "Fluid".to_owned(), color: [1, 200, 3], visible: true };
    Document {
        pages: pages.collect(),
        b_scan_distance_um: Some(121.5),
        noise_seed: u64::MAX - 3,
        credit: Some("whoever took it".to_owned()),
        name: "three pages".to_owned(),
        labels: Arc::new(LabelTable::default().with(9, fluid)),
        localizer: Some(Arc::new(localizer(count))),
    }
}

/// A picture of 20 x 16 with a line for every page but the last.
fn localizer(pages: usize) -> Localizer {
    let line = |page: usize| ScanLine::checked([2.0, page as f32], [18.0, page as f32 + 0.5]);
    let pixels: Vec<u8> = (0..320).map(|i| (i % 251) as u8).collect();
    let lines = (0..pages).map(|page| line(page).filter(|_| page + 1 < pages));
    Localizer::new(GreyImage::new(20, 16, pixels), lines)
}

#[test]
fn a_document_survives_its_file_and_the_file_is_reproducible() {
    let document = document(3);
    let bytes = write_document(&document);
    let (read, warnings) = read_document(&bytes, "a.retidiff").expect("readable");
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(read, document);
    assert_eq!(write_document(&read), bytes);
}

#[test]
fn truncated_documents_are_refused() {
    let bytes = write_document(&document(2));
    for length in (0..bytes.len()).step_by(997).chain(bytes.len() - 60..bytes.len()) {
        let message = read_document(&bytes[..length], "cut.retidiff").expect_err("truncated").to_string();
        assert!(message.contains("cut.retidiff"), "{message}");
    }
}

#[test]
fn flipped_bits_give_an_error_or_a_valid_document() {
    let bytes = write_document(&document(1));
    let mut random = Random(99);
    let mut refused = 0;
    // The directory at the end and the headers deserve more flips than pixels do.
    for round in 0..4000 {
        let mut damaged = bytes.clone();
        for _ in 0..=random.below(3) {
            let from = if round % 2 == 0 { 0 } else { bytes.len() - 900 };
            let at = from + random.below((bytes.len() - from) as u64) as usize;
            damaged[at] ^= 1 << random.below(8);
        }
        match read_document(&damaged, "flipped.retidiff") {
            Err(error) => {
                refused += 1;
                assert!(error.to_string().contains("flipped.retidiff"));
            }
            Ok((read, _)) => assert_valid(&read),
        }
    }
    assert!(refused > 2000, "only {refused} of 4000 were noticed");
}

fn assert_valid(document: &Document) {
    assert!(!document.pages.is_empty());
    for page in &document.pages {
        assert!(page.mask.is_valid());
        assert_eq!((page.mask.width(), page.mask.height()), (page.scan.width(), page.scan.height()));
        if let Some(synthesis) = &page.synthesis {
            assert_eq!(
                (synthesis.image.width, synthesis.image.height),
                (page.mask.width(), page.mask.height())
            );
        }
    }
}

fn random_settings(random: &mut Random) -> PaintSettings {
    let target = match random.below(4) {
        0 | 1 => PaintTarget::Layer(random.below(9) as u8),
        2 => PaintTarget::Lesion(1 + random.below(3) as u8),
        _ => PaintTarget::EraseLesion,
    };
    let mut locked = LockedLabels::NONE;
    for _ in 0..random.below(3) {
        locked.set(random.below(12) as u8, true);
    }
    PaintSettings { target, radius_px: random.within(0.0, 20.0), ordered: random.below(4) != 0, locked }
}

fn random_command(random: &mut Random, document: &Document) -> Command {
    let page = random.below(document.pages.len() as u64 + 1) as usize;
    let point = |random: &mut Random| [random.within(-20.0, 190.0), random.within(-20.0, 130.0)];
    match random.below(30) {
        0 => Command::RepairOrder { page },
        1 => Command::RerollNoise { seed: random.below(3) },
        2 => Command::ClearLesions { page, locked: LockedLabels::default() },
        3 => Command::FillUnannotated { page, code: random.below(12) as u8 },
        4 => {
            let mut mask = layered_mask(150 + 11 * random.below(3) as u32, 90);
            mask.layers.set(3, 3, random.below(11) as u8);
            Command::ReplaceMask { page, mask, name: "opened mask".to_owned() }
        }
        5 => {
            let image = GreyImage::new(150, 90, vec![random.below(3) as u8; 150 * 90]);
            let synthesis =
                KeptSynthesis { image, ..document.pages[0].synthesis.as_deref().expect("kept").clone() };
            Command::KeepSynthesis { page, synthesis: Arc::new(synthesis) }
        }
        _ => {
            Command::Paint { page, from: point(random), to: point(random), settings: random_settings(random) }
        }
    }
}

fn count(plane: &Plane, code: u8) -> u64 {
    plane.histogram()[code as usize]
}

/// What a paint command promises about the page it paints.
fn check_paint(settings: &PaintSettings, before: &Mask, after: &Mask) {
    assert_eq!(count(&before.layers, UNANNOTATED), count(&after.layers, UNANNOTATED));
    for code in (0..12).filter(|&code| settings.locked.contains(code)) {
        let (before, after) =
            if code <= 8 { (&before.layers, &after.layers) } else { (&before.lesions, &after.lesions) };
        let code = if code <= 8 { code } else { code - 8 };
        assert_eq!(count(before, code), count(after, code), "locked {code} changed by {settings:?}");
    }
    let (violated_before, violated) = (order_violations(&before.layers), order_violations(&after.layers));
    if settings.ordered || !matches!(settings.target, PaintTarget::Layer(_)) {
        assert!(violated.iter().zip(violated_before).all(|(now, before)| before || !now), "{settings:?}");
    }
}

#[test]
fn ten_thousand_random_commands_keep_the_invariants() {
    let mut random = Random(2024);
    let start = document(2);
    let mut editor = Editor::new(start.clone());
    let mut revision = 0;
    let mut refused = 0;
    for round in 0..10_000 {
        let before = editor.document().clone();
        match random.below(12) {
            0 => editor.begin("stroke"),
            1 => editor.commit(),
            2 => {
                editor.abort();
            }
            3 => {
                editor.undo();
            }
            4 => {
                editor.redo();
            }
            _ => {
                let command = random_command(&mut random, &before);
                match editor.apply(command.clone()) {
                    Ok(change) => {
                        let (old, new) = (&before.pages[change.page], &editor.document().pages[change.page]);
                        let difference = new.mask.difference(&old.mask);
                        assert!(difference.is_empty() || difference.intersect(change.dirty) == change.dirty);
                        assert!(!difference.is_empty() || change.dirty.is_empty());
                        if let Command::Paint { settings, .. } = &command {
                            check_paint(settings, &old.mask, &new.mask);
                        }
                    }
                    Err(_) => {
                        refused += 1;
                        assert_eq!(editor.document(), &before, "a refused command changed the document");
                    }
                }
            }
        }
        assert_valid(editor.document());
        let changed = *editor.document() != before;
        assert!(!changed || editor.revision() > revision, "round {round}: a change without a revision");
        revision = editor.revision();
    }
    assert!(refused > 100, "the commands were too tame");
    editor.commit();
    let end = editor.document().clone();
    while editor.undo().is_some() {}
    assert_eq!(editor.document(), &start, "undo leads back to the start");
    assert!(!editor.has_unsaved_changes());
    while editor.redo().is_some() {}
    assert_eq!(editor.document(), &end, "redo leads to the end again");
}

fn brush(target: PaintTarget, radius_px: f32) -> PaintSettings {
    PaintSettings { target, radius_px, ordered: true, locked: LockedLabels::NONE }
}

fn one_page() -> Editor {
    Editor::new(Document { pages: document(1).pages, ..document(1) })
}

#[test]
fn a_stroke_is_one_step_with_a_name_and_escape_takes_it_back() {
    let mut editor = one_page();
    let start = editor.document().clone();
    let irf = PaintTarget::Lesion(1);
    let stroke = |editor: &mut Editor| {
        editor.begin("brush: IRF");
        for x in [20.0, 40.0, 60.0] {
            let command =
                Command::Paint { page: 0, from: [x, 20.0], to: [x + 20.0, 25.0], settings: brush(irf, 3.0) };
            editor.apply(command).expect("fits");
        }
    };
    stroke(&mut editor);
    assert!(editor.is_step_open() && editor.has_unsaved_changes());
    assert!(editor.abort().is_some());
    assert_eq!(editor.document(), &start);
    assert!(!editor.has_unsaved_changes() && editor.undo_name().is_none());

    stroke(&mut editor);
    editor.commit();
    assert_eq!(editor.undo_names(), ["brush: IRF"]);
    editor.mark_saved();
    let change = editor.undo().expect("a step");
    assert!(!change.dirty.is_empty());
    assert_eq!(editor.document(), &start);
    assert!(editor.has_unsaved_changes(), "the saved state is another one");
    assert_eq!(editor.redo_name(), Some("brush: IRF"));
    editor.redo();
    assert!(!editor.has_unsaved_changes());
}

#[test]
fn removing_every_lesion_leaves_locked_ones() {
    let mut editor = one_page();
    let mut mask = editor.document().pages[0].mask.clone();
    for (x, lesion) in [(20, 1), (30, 2)] {
        mask.lesions.set(x, 40, lesion);
    }
    editor.apply(Command::ReplaceMask { page: 0, mask, name: "two lesions".to_owned() }).expect("fits");
    let locked = LockedLabels::NONE.with(LESION_BASE + 2);
    editor.apply(Command::ClearLesions { page: 0, locked }).expect("fits");
    let lesions = &editor.document().pages[0].mask.lesions;
    assert_eq!([lesions.get(20, 40), lesions.get(30, 40)], [0, 2]);
}

#[test]
fn a_step_that_changes_nothing_leaves_no_trace() {
    let mut editor = one_page();
    let revision = editor.revision();
    editor.apply(Command::ClearLesions { page: 0, locked: LockedLabels::default() }).expect("fits");
    editor.undo();
    editor.apply(Command::RerollNoise { seed: editor.document().noise_seed }).expect("fits");
    assert_eq!(editor.redo_name(), Some("clear lesions"), "an empty step must not forget the redo");
    assert_eq!(editor.revision(), revision + 2);
}

#[test]
fn the_history_is_bounded_by_bytes_and_forgets_the_oldest_first() {
    let limit = 400_000;
    let mut editor = Editor::with_history_bytes(document(1), limit);
    for step in 0..400 {
        let y = step as f32 % 80.0;
        let settings = brush(PaintTarget::Layer((step % 9) as u8), 6.0);
        editor.apply(Command::Paint { page: 0, from: [0.0, y], to: [150.0, y], settings }).expect("fits");
        assert!(editor.history_bytes() <= limit);
    }
    assert!(editor.undo_names().len() > 10);
    while editor.undo().is_some() {
        assert!(editor.history_bytes() <= 2 * limit, "undone steps are packed again");
    }
    assert!(editor.redo_name().is_some());
}

#[test]
fn locked_neighbours_clip_the_stroke() {
    // Painting INL (3) down through locked OPL (4): the stroke ends at its upper edge.
    let mut mask = layered_mask(150, 90);
    let before = mask.clone();
    let mut settings = brush(PaintTarget::Layer(3), 5.0);
    settings.locked = LockedLabels::NONE.with(4);
    paint_segment(&mut mask, [20.0, 10.0], [20.0, 85.0], &settings);
    let first_locked = (0..90).find(|&y| before.layers.get(20, y) == 4).expect("OPL");
    for y in 0..90 {
        let expected = before.layers.get(20, y);
        if y >= first_locked {
            assert_eq!(mask.layers.get(20, y), expected, "row {y}");
        }
    }
    assert_eq!(mask.layers.get(20, first_locked - 1), 3);
    assert_eq!(count(&mask.layers, 4), count(&before.layers, 4));
}

#[test]
fn a_second_grader_comes_and_goes_as_steps_of_the_history() {
    let mut editor = Editor::new(document(2));
    let first = editor.document().clone();
    let revision = editor.revision();
    editor.apply(Command::SetSecondGrader { page: 0, mask: None }).expect("it fits");
    assert!(editor.revision() > revision && editor.has_unsaved_changes());
    let mask = Arc::new(Mask::unannotated(161, 97));
    editor.apply(Command::SetSecondGrader { page: 1, mask: Some(mask.clone()) }).expect("it fits");
    assert_eq!(editor.undo_names(), ["load second grader", "remove second grader"]);
    assert!(editor.apply(Command::SetSecondGrader { page: 0, mask: Some(mask) }).is_err(), "other size");
    editor.undo();
    editor.undo();
    assert_eq!(editor.document(), &first);
}
