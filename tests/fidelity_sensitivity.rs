//! What the lines of fidelity must catch: streaks, blur, a painter, shuffled noise. And what they must let pass: real
//! scans of other eyes.

use std::path::Path;

use retidiff::formats::folder::{FolderKind, FolderOptions, list};
use retidiff::formats::label_png::{self, CodeScheme};
use retidiff::formats::scan_image;
use retidiff::metrics::fidelity::{Mask, PictureSet, criteria};
use retidiff::metrics::painter::Painter;
use retidiff::metrics::regions::class_of;
use retidiff::scan::GreyImage;

use crate::fixtures::{Numbers, shared_data};

/// A scan with its labels and the pixels that may be measured.
struct Scan {
    image: GreyImage,
    labels: Vec<u8>,
    scanned: Vec<bool>,
    valid: Vec<bool>,
}

impl Scan {
    fn mask(&self) -> Mask<'_> {
        Mask { labels: &self.labels, scanned: &self.scanned, valid: &self.valid }
    }

    fn with(&self, grey: impl FnMut(usize, f64) -> f64) -> GreyImage {
        let mut grey = grey;
        let pixels = self.image.pixels.iter().enumerate();
        let pixels: Vec<u8> =
            pixels.map(|(at, &value)| grey(at, f64::from(value)).round().clamp(0.0, 255.0) as u8).collect();
        GreyImage::new(self.image.width, self.image.height, pixels)
    }

    /// Columns brighter or darker by 10 % (standard deviation).
    fn streaked(&self, seed: u64) -> GreyImage {
        let mut numbers = Numbers(seed);
        let width = self.image.width as usize;
        // Twelve uniform numbers less six are near enough to a normal one.
        let mut normal =
            || (0..12).map(|_| numbers.below(1 << 20) as f64 / f64::from(1 << 20)).sum::<f64>() - 6.0;
        let factors: Vec<f64> = (0..width).map(|_| 1.0 + 0.1 * normal()).collect();
        self.with(|at, grey| grey * factors[at % width])
    }

    /// The mean of three by three pixels.
    fn blurred(&self) -> GreyImage {
        let (width, height) = (self.image.width, self.image.height);
        self.with(|at, _| {
            let (x, y) = (at as u32 % width, at as u32 / width);
            let near = |place: u32, end: u32| place.saturating_sub(1)..(place + 2).min(end);
            let greys: Vec<f64> = near(y, height)
                .flat_map(|y| near(x, width).map(move |x| (x, y)))
                .map(|(x, y)| f64::from(self.image.get(x, y)))
                .collect();
            greys.iter().sum::<f64>() / greys.len() as f64
        })
    }

    /// The greys of every class dealt out anew among its pixels.
    fn shuffled(&self, seed: u64) -> GreyImage {
        let mut numbers = Numbers(seed);
        let mut pixels = self.image.pixels.to_vec();
        for class in 0..10 {
            let places: Vec<usize> = (0..pixels.len())
                .filter(|&at| self.valid[at] && class_of(self.labels[at]) == Some(class))
                .collect();
            for last in (1..places.len()).rev() {
                pixels.swap(places[last], places[numbers.below(last + 1)]);
            }
        }
        GreyImage::new(self.image.width, self.image.height, pixels)
    }
}

fn set<'a>(scans: &'a [Scan], picture: impl Fn(&'a Scan, u64) -> GreyImage) -> PictureSet {
    let mut set = PictureSet::default();
    for (scan, seed) in scans.iter().zip(1..) {
        set.add(&picture(scan, seed), scan.mask());
    }
    set
}

fn failed(pictures: &PictureSet, real: &PictureSet) -> Vec<&'static str> {
    criteria(pictures, real).into_iter().filter(|line| !line.passed).map(|line| line.name).collect()
}

fn painted(scans: &[Scan], training: &PictureSet) -> PictureSet {
    let painter = Painter::of(&training.class_means(), &training.textures());
    set(scans, |scan, seed| painter.paint(&scan.labels, [scan.image.width, scan.image.height], seed))
}

/// Checks everything that must fail, on real scans of any kind.
fn assert_defects_fail(scans: &[Scan], real: &PictureSet, what: &str) {
    let streaked = failed(&set(scans, Scan::streaked), real);
    eprintln!("{what}, streaked: {streaked:?}");
    assert!(streaked.contains(&"spread of the columns' brightness"), "{what}: {streaked:?}");
    let blurred = failed(&set(scans, |scan, _| scan.blurred()), real);
    eprintln!("{what}, blurred: {blurred:?}");
    for line in ["speckle contrast", "autocorrelation width, lateral", "autocorrelation width, axial"] {
        assert!(blurred.contains(&line), "{what}: {blurred:?}");
    }
    let shuffled = failed(&set(scans, Scan::shuffled), real);
    eprintln!("{what}, shuffled: {shuffled:?}");
    assert!(shuffled.contains(&"autocorrelation width, axial"), "{what}: {shuffled:?}");
}

/// The bundled scans, which anybody has.
fn bundled() -> Vec<Scan> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples");
    let read = |name: String| std::fs::read(folder.join(name)).unwrap();
    let scans = ["fovea", "periphery"].map(|name| {
        let image = scan_image::read(&read(format!("{name}.png")), name).unwrap();
        let labels = label_png::read(&read(format!("{name}-labels.png")), name, CodeScheme::Studio).unwrap();
        let all = vec![true; labels.codes.len()];
        Scan { image, labels: labels.codes, scanned: all.clone(), valid: all }
    });
    scans.into()
}

#[test]
fn streaks_blur_and_shuffled_noise_fail_on_the_bundled_scans() {
    let scans = bundled();
    let real = set(&scans, |scan, _| scan.image.clone());
    // Healthy eyes have no fluid to be dark.
    assert_eq!(failed(&real, &real), ["fluid darker than the 10 px ring of layers around it"]);
    assert_defects_fail(&scans, &real, "bundled");
    let painted = failed(&painted(&scans, &real), &real);
    eprintln!("bundled, painted: {painted:?}");
    assert!(painted.contains(&"spread of the columns' brightness"), "{painted:?}");
}

/// The graded scans of some subjects of Duke.
fn duke(data: &Path, subjects: &[&str]) -> Vec<Scan> {
    let listing = list(&data.join("duke_dme"), FolderKind::DukeDme, &FolderOptions::default()).unwrap();
    let wanted = listing.items.iter().filter(|item| subjects.contains(&item.subject.as_str()));
    let scans = wanted.map(|item| {
        let read = item.read().unwrap();
        let image = read.scan.image.clone();
        let scanned: Vec<bool> = match &read.scan.scanned_area {
            Some(area) => area.iter().map(|&inside| inside != 0).collect(),
            None => vec![true; image.pixels.len()],
        };
        let is_ignored = |x: u32| read.ignored_columns.iter().any(|run| (run[0]..run[1]).contains(&x));
        let valid = scanned
            .iter()
            .enumerate()
            .map(|(at, &scanned)| scanned && !is_ignored(at as u32 % image.width))
            .collect();
        Scan { image, labels: read.labels.expect("a labelled scan"), scanned, valid }
    });
    scans.collect()
}

#[test]
fn a_painter_and_defects_fail_on_diabetic_eyes_and_other_real_eyes_pass() {
    let name = "a_painter_and_defects_fail_on_diabetic_eyes_and_other_real_eyes_pass";
    let Some(data) = shared_data(name) else { return };
    let training = duke(&data, &["duke-1", "duke-2", "duke-3", "duke-4", "duke-5", "duke-6"]);
    let scans = duke(&data, &["duke-7", "duke-8"]);
    assert_eq!((training.len(), scans.len()), (66, 22));
    let training = set(&training, |scan, _| scan.image.clone());
    let real = set(&scans, |scan, _| scan.image.clone());
    assert_eq!(failed(&real, &real), [""; 0]);
    let between_eyes: Vec<_> = criteria(&training, &real)
        .into_iter()
        .filter(|line| line.holds_between_eyes && !line.passed)
        .collect();
    assert!(between_eyes.is_empty(), "real scans of other eyes fail: {between_eyes:?}");
    let painted = failed(&painted(&scans, &training), &real);
    eprintln!("Duke 7-8, painted: {painted:?}");
    for line in [
        "spread of the layers' greys between scans",
        "layers' greys follow the real scans from scan to scan",
        "vessel shadows on 100 columns",
    ] {
        assert!(painted.contains(&line), "{painted:?}");
    }
    // A few scans will do: each picture costs as much again.
    let few = &scans[..6];
    assert_defects_fail(few, &set(few, |scan, _| scan.image.clone()), "Duke 7");
}
