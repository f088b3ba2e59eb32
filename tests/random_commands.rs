//! Ten thousand random commands through the editor: whatever is done, the document stays true to its
//! invariants, and undo to the start gives the first bytes.

use std::sync::Arc;

use retidiff::anatomy::{Interface, Lesion, UNANNOTATED};
use retidiff::document::{Command, Document, Editor, KeptSynthesis, LabelLook};
use retidiff::mask::cyst::{Scatter, Seat};
use retidiff::mask::lesion::LesionRegion;
use retidiff::mask::morphology::{grown, shrunk};
use retidiff::mask::{
    Dome, LayerWarp, LineSettings, LockedLabels, Mask, PaintSettings, PaintTarget, Placement, Plane, Region,
    SmoothSettings, WarpMode, fill_region, order_violations, polygon_region,
};
use retidiff::scan::{BScan, Calibration, GreyImage, Spacing};

const WIDTH: u32 = 150;
const HEIGHT: u32 = 90;
const COMMANDS: usize = 10_000;
/// Columns nobody annotated, in the middle and at the edge.
const UNANNOTATED_COLUMNS: [std::ops::Range<u32>; 2] = [60..70, 140..150];

/// Xorshift: a test needs the same commands every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u32) -> u32 {
        (self.next() >> 33) as u32 % limit
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (self.next() >> 40) as f32 / (1_u64 << 24) as f32 * (high - low)
    }

    /// Also beside the image.
    fn point(&mut self) -> [f32; 2] {
        [self.between(-15.0, WIDTH as f32 + 15.0), self.between(-15.0, HEIGHT as f32 + 15.0)]
    }

    fn pixel(&mut self) -> (u32, u32) {
        (self.below(WIDTH), self.below(HEIGHT))
    }
}

fn first_mask() -> Mask {
    let mut layers = Plane::filled(WIDTH, HEIGHT, 0);
    for x in 0..WIDTH {
        let wave = ((x as f32 / 17.0).sin() * 6.0) as i32;
        for y in 0..HEIGHT {
            let depth = (y as i32 - 15 - wave).clamp(-1, 63);
            layers.set(x, y, if depth < 0 { 0 } else { (depth / 8 + 1) as u8 });
        }
    }
    for columns in UNANNOTATED_COLUMNS {
        for y in 0..HEIGHT {
            layers.fill_run(y, columns.start, columns.end, UNANNOTATED);
        }
    }
    Mask { layers, lesions: Plane::filled(WIDTH, HEIGHT, 0) }
}

fn first_document() -> Document {
    let image = GreyImage::new(WIDTH, HEIGHT, vec![40; (WIDTH * HEIGHT) as usize]);
    let mut document = Document::from_scan(BScan::from_image(image, "first"), first_mask());
    document.pages.push(document.pages[0].clone());
    document
}

fn bytes(document: &Document) -> Vec<u8> {
    let mut bytes = document.noise_seed.to_le_bytes().to_vec();
    for look in document.labels.looks() {
        bytes.extend(look.name.as_bytes().iter().chain(&look.color));
    }
    for page in &document.pages {
        bytes.extend(page.mask.layers.to_pixels());
        bytes.extend(page.mask.lesions.to_pixels());
        bytes.extend(page.synthesis.iter().flat_map(|synthesis| synthesis.seed.to_le_bytes()));
        let spacing = page.scan.spacing.map(|spacing| spacing.axial_um_per_px.to_le_bytes());
        bytes.extend(spacing.into_iter().flatten());
        bytes.extend(page.second_grader.iter().flat_map(|mask| mask.composite_pixels()));
    }
    bytes
}

fn settings(dice: &mut Dice) -> PaintSettings {
    let target = match dice.below(4) {
        0 => PaintTarget::EraseLesion,
        1 => PaintTarget::Lesion(1 + dice.below(3) as u8),
        _ => PaintTarget::Layer(dice.below(9) as u8),
    };
    let mut locked = LockedLabels::NONE;
    if dice.below(3) == 0 {
        locked.set(dice.below(12) as u8, true);
    }
    PaintSettings { target, radius_px: dice.between(0.0, 14.0), ordered: true, locked }
}

fn random_region(dice: &mut Dice, mask: &Mask, settings: &PaintSettings) -> Region {
    let (x, y) = dice.pixel();
    match dice.below(6) {
        0 => {
            let points: Vec<[f32; 2]> = (0..3 + dice.below(9)).map(|_| dice.point()).collect();
            polygon_region(&points, WIDTH, HEIGHT)
        }
        1 => fill_region(mask, x, y, settings.target),
        2 => {
            let scatter = Scatter {
                count: 1 + dice.below(4) as usize,
                lengths: [4.0, 12.0],
                flattest: 0.5,
                roughness: 0.2,
                seat: Seat::Layer(1 + dice.below(7) as u8),
                seed: dice.next(),
            };
            let regions = scatter.regions(mask, [1.0, 1.0]);
            regions.iter().fold(Region::default(), |all, region| all.union(region))
        }
        kind => {
            let Some(lesion) = LesionRegion::at(mask, x, y) else { return Region::default() };
            let radii = [dice.between(0.0, 5.0), dice.between(0.0, 5.0)];
            match kind {
                3 => grown(&lesion.region, radii, WIDTH, HEIGHT),
                4 => shrunk(&lesion.region, radii, WIDTH, HEIGHT),
                _ => {
                    let centre = lesion.region.centroid().unwrap_or_default();
                    let placement = Placement {
                        offset: [dice.between(-40.0, 40.0), dice.between(-30.0, 30.0)],
                        scale: [dice.between(0.3, 3.0), dice.between(0.3, 3.0)],
                        angle: dice.between(-4.0, 4.0),
                        ..Placement::identity(centre, dice.between(0.5, 3.0))
                    };
                    placement.place(&lesion.region, WIDTH, HEIGHT)
                }
            }
        }
    }
}

fn command(dice: &mut Dice, document: &Document) -> Command {
    let page = dice.below(document.pages.len() as u32) as usize;
    let mask = &document.pages[page].mask;
    let settings = settings(dice);
    match dice.below(32) {
        0..=7 => {
            let from = dice.point();
            let to = if dice.below(5) == 0 {
                dice.point()
            } else {
                [from[0] + dice.between(-20.0, 20.0), from[1] + dice.between(-20.0, 20.0)]
            };
            Command::Paint { page, from, to, settings }
        }
        8..=13 => {
            let region = Arc::new(random_region(dice, mask, &settings));
            Command::PaintRegion { page, region, settings, name: "region".to_owned() }
        }
        14..=16 => {
            let smooth = SmoothSettings {
                lesions: dice.below(2) == 0,
                layers: dice.below(2) == 0,
                reach_px: 1 + dice.below(4),
                ordered: true,
                locked: settings.locked,
            };
            let radius_px = dice.between(0.0, 12.0);
            Command::Smooth { page, centre: dice.point(), radius_px, settings: smooth }
        }
        17 => Command::RepairOrder { page },
        30 | 31 => {
            let dome = Dome {
                lesion: if dice.below(2) == 0 { Lesion::Srf } else { Lesion::Ped },
                center_x: f64::from(dice.point()[0]),
                width_px: f64::from(dice.between(0.0, 80.0)),
                height_px: f64::from(dice.between(0.0, 20.0)),
                lean: f64::from(dice.between(-0.4, 0.4)),
            };
            Command::RaiseDome { page, dome, locked: settings.locked }
        }
        19..=22 => {
            let interface = Interface::ALL[dice.below(8) as usize];
            let (mut row, slope) = (dice.between(-5.0, HEIGHT as f32 + 5.0), dice.between(-1.0, 1.0));
            let rows = (0..dice.below(60)).map(|_| {
                row += slope;
                if dice.below(12) == 0 { f32::NAN } else { row }
            });
            let rows: Arc<[f32]> = rows.collect();
            let line = LineSettings { ordered: true, locked: settings.locked };
            Command::MoveInterface { page, interface, x0: dice.below(WIDTH + 9), rows, settings: line }
        }
        23 | 24 => {
            let warp = LayerWarp {
                layer: 1 + dice.below(7) as u8,
                mode: if dice.below(2) == 0 { WarpMode::Thicken } else { WarpMode::Push },
                center_x: dice.between(-10.0, WIDTH as f32 + 10.0),
                radius_px: dice.between(0.0, 40.0),
                amount_px: dice.between(-12.0, 12.0),
            };
            Command::WarpLayer { page, warp, locked: settings.locked }
        }
        25 => {
            let synthesis = KeptSynthesis {
                image: document.pages[page].scan.image.clone(),
                model: "test".to_owned(),
                model_sha256: "0".repeat(64),
                seed: dice.next(),
                steps: 1,
                sampler: "DDIM".to_owned(),
            };
            Command::KeepSynthesis { page, synthesis: Arc::new(synthesis) }
        }
        26 => {
            let grader = (dice.below(2) == 0).then(|| Arc::new(mask.clone()));
            Command::SetSecondGrader { page, mask: grader }
        }
        27 => {
            let spacing = Spacing::checked(dice.between(0.0, 20.0), 11.0);
            Command::Calibrate { page, calibration: Calibration { spacing, ..Calibration::default() } }
        }
        18 => Command::RerollNoise { seed: dice.next() },
        28 => {
            let code = dice.below(12) as u8;
            let (name, color) = (format!("label {}", dice.below(5)), [dice.below(256) as u8; 3]);
            let labels = document.labels.with(code, LabelLook { name, color, visible: true });
            Command::EditLabels { labels, name: "edit labels".to_owned() }
        }
        _ if dice.below(40) == 0 => Command::ClearLesions { page, locked: LockedLabels::default() },
        _ if dice.below(40) == 0 => {
            let mask = first_mask();
            Command::ReplaceMask { page, mask, name: "again".to_owned() }
        }
        _ => Command::FillUnannotated { page: usize::MAX, code: 0 },
    }
}

fn assert_true_to_its_invariants(document: &Document, what: &dyn Fn() -> String) {
    for page in &document.pages {
        assert_true(&page.mask, what);
    }
}

fn assert_true(mask: &Mask, what: &dyn Fn() -> String) {
    assert!(mask.is_valid(), "codes after {}", what());
    assert!(!order_violations(&mask.layers).contains(&true), "order after {}", what());
    for columns in &UNANNOTATED_COLUMNS {
        let rect = retidiff::scan::Rect::new(columns.start, 0, columns.end, HEIGHT);
        assert!(mask.layers.read_rect(rect).iter().all(|code| *code == UNANNOTATED), "{}", what());
        assert!(mask.lesions.read_rect(rect).iter().all(|code| *code == 0), "{}", what());
    }
}

#[test]
fn ten_thousand_random_commands_keep_the_invariants_and_can_be_undone() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let document = first_document();
    let first = bytes(&document);
    let mut editor = Editor::with_history_bytes(document, usize::MAX);
    let mut refused = 0;
    let mut applied = 0;
    while applied < COMMANDS {
        if editor.is_step_open() {
            match dice.below(12) {
                0 => {
                    editor.abort();
                }
                1..=3 => editor.commit(),
                _ => {}
            }
        } else {
            match dice.below(24) {
                0..=5 => editor.begin("gesture"),
                6 | 7 => {
                    editor.undo();
                }
                8 => {
                    editor.redo();
                }
                _ => {}
            }
        }
        let command = command(&mut dice, editor.document());
        // Spelt out only where it failed: a command in words is thousands of numbers.
        let (number, applied_command) = (applied, command.clone());
        let what = || format!("command {number}: {applied_command:?}");
        let before = editor.document().clone();
        match editor.apply(command) {
            Ok(change) => {
                applied += 1;
                let (old, new) =
                    (&before.pages[change.page].mask, &editor.document().pages[change.page].mask);
                assert_true(&editor.document().pages[change.page].mask, &what);
                let tiles = old.difference(new);
                for y in tiles.y0..tiles.y1 {
                    for x in tiles.x0..tiles.x1 {
                        let same = old.composite(x, y) == new.composite(x, y);
                        assert!(
                            same || change.dirty.contains(x, y),
                            "({x}, {y}) is not dirty after {}",
                            what()
                        );
                    }
                }
            }
            Err(_) => {
                refused += 1;
                assert_eq!(*editor.document(), before, "refused, yet changed: {}", what());
            }
        }
        if applied % 8 == 0 {
            assert_true_to_its_invariants(editor.document(), &what);
        }
    }
    editor.commit();
    let last = bytes(editor.document());
    let steps = editor.undo_names().len();
    assert!(steps > COMMANDS / 4 && refused > 0, "{steps} steps, {refused} refused");
    while editor.undo().is_some() {}
    assert!(bytes(editor.document()) == first, "undo to the start gives the first bytes");
    while editor.redo().is_some() {}
    assert!(bytes(editor.document()) == last, "redo to the end gives the last bytes");
}
