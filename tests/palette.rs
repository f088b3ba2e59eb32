//! Labels that can lie beside each other are told apart by everyone: by colour or by hatching.

use retidiff::anatomy::{HATCHES, Hatch, HatchPattern, LABELS, label};
use serde_json::Value;

/// Two colours that everyone tells apart, in CIEDE2000.
const APART: f64 = 20.0;

/// What colour-science makes of the label table (`tests/reference/palette_reference.py`).
fn golden() -> Value {
    serde_json::from_str(include_str!("reference/palette.json")).unwrap()
}

type Matrix = [[f64; 3]; 3];

/// Typical vision, protanopia, deuteranopia, tritanopia: Machado, Oliveira & Fernandes (2009), severity 1.
fn visions() -> Vec<(String, Matrix)> {
    let golden = golden();
    let matrices = golden["matrices"].as_object().unwrap();
    matrices.iter().map(|(name, m)| (name.clone(), serde_json::from_value(m.clone()).unwrap())).collect()
}

/// CIE Lab of an sRGB colour as a vision sees it, under D65.
fn lab(rgb: [u8; 3], vision: &Matrix) -> [f64; 3] {
    let linear = rgb.map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    let times = |m: &Matrix, v: [f64; 3]| m.map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>());
    let seen = times(vision, linear).map(|value| value.clamp(0.0, 1.0));
    // IEC 61966-2-1, and the white of its chromaticity (0.3127, 0.3290).
    let to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
    let white = [0.3127 / 0.329, 1.0, 0.3583 / 0.329];
    let xyz = times(&to_xyz, seen);
    let f = |t: f64| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    let [x, y, z] = [0, 1, 2].map(|i| f(xyz[i] / white[i]));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// CIEDE2000, as Sharma, Wu & Dalal (2005) write it.
fn difference([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
    let chroma = (a1.hypot(b1) + a2.hypot(b2)) / 2.0;
    let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25_f64.powi(7))).sqrt();
    let one_plus_g = 1.5 - 0.5 * seventh(chroma);
    let (a1, a2) = (a1 * one_plus_g, a2 * one_plus_g);
    let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
    let hue =
        |a: f64, b: f64| if a == 0.0 && b == 0.0 { 0.0 } else { b.atan2(a).to_degrees().rem_euclid(360.0) };
    let (h1, h2) = (hue(a1, b1), hue(a2, b2));
    let grey = c1 * c2 == 0.0;
    let mut turn = if grey { 0.0 } else { h2 - h1 };
    if turn > 180.0 {
        turn -= 360.0;
    } else if turn < -180.0 {
        turn += 360.0;
    }
    let across = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();
    let (light, chroma) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
    let mean_hue = match (grey, (h1 - h2).abs() > 180.0) {
        (true, _) => h1 + h2,
        (false, false) => (h1 + h2) / 2.0,
        (false, true) if h1 + h2 < 360.0 => (h1 + h2 + 360.0) / 2.0,
        (false, true) => (h1 + h2 - 360.0) / 2.0,
    };
    let cosine = |degrees: f64| degrees.to_radians().cos();
    let t = 1.0 - 0.17 * cosine(mean_hue - 30.0)
        + 0.24 * cosine(2.0 * mean_hue)
        + 0.32 * cosine(3.0 * mean_hue + 6.0)
        - 0.2 * cosine(4.0 * mean_hue - 63.0);
    let turned = 30.0 * (-((mean_hue - 275.0) / 25.0).powi(2)).exp();
    let rotation = -2.0 * seventh(chroma) * (2.0 * turned).to_radians().sin();
    let depth = (light - 50.0).powi(2);
    let dl = (l2 - l1) / (1.0 + 0.015 * depth / (20.0 + depth).sqrt());
    let dc = (c2 - c1) / (1.0 + 0.045 * chroma);
    let dh = across / (1.0 + 0.015 * chroma * t);
    (dl * dl + dc * dc + dh * dh + rotation * dc * dh).sqrt()
}

#[test]
fn differences_are_those_of_colour_science() {
    let golden = golden();
    for row in golden["sharma"].as_array().unwrap() {
        let point = |i: usize| serde_json::from_value::<[f64; 3]>(row[i].clone()).unwrap();
        assert!((difference(point(0), point(1)) - row[2].as_f64().unwrap()).abs() < 1e-4, "{row}");
    }
    for (name, vision) in visions() {
        for row in golden["pairs"][&name].as_array().unwrap() {
            let color = |i: usize| LABELS[row[i].as_u64().unwrap() as usize].color;
            let found = difference(lab(color(0), &vision), lab(color(1), &vision));
            // The rounded matrix of the standard and the computed one differ in the fourth digit.
            assert!((found - row[2].as_f64().unwrap()).abs() < 0.02, "{name} {row}: {found}");
        }
    }
}

/// Codes that can share a border: layers may be absent, so any two of the retina; fluid lies within any layer or
/// beside other fluid.
fn neighbours() -> Vec<(u8, u8)> {
    let pairs = (0..12_u8).flat_map(|a| (a + 1..12).map(move |b| (a, b)));
    // The vitreous and the choroid never meet, nor does fluid lie in the vitreous.
    pairs.filter(|&(a, b)| !(a == 0 && b >= 8)).collect()
}

/// Whether two hatches are seen to differ: another figure, or lines at 45 degrees to the others.
fn hatches_differ(a: &Hatch, b: &Hatch) -> bool {
    use HatchPattern::{Grid, Lines};
    let turned = |a: u16, b: u16, period: u16| {
        let apart = a.abs_diff(b) % period;
        apart.min(period - apart) >= 45
    };
    match (a.pattern, b.pattern) {
        (Lines { degrees: a }, Lines { degrees: b }) => turned(a, b, 180),
        (Grid { degrees: a }, Grid { degrees: b }) => turned(a, b, 90),
        (a, b) => a != b,
    }
}

#[test]
fn neighbours_differ_by_colour_or_by_hatching() {
    let mut by_hatching = Vec::new();
    for (a, b) in neighbours() {
        let [one, other] = [a, b].map(|code| label(code).unwrap());
        let least = visions()
            .iter()
            .map(|(_, vision)| difference(lab(one.color, vision), lab(other.color, vision)))
            .fold(f64::INFINITY, f64::min);
        if least < APART {
            let differ = hatches_differ(&HATCHES[usize::from(a)], &HATCHES[usize::from(b)]);
            assert!(differ, "{} and {} differ by {least:.1} and are hatched alike", one.name, other.name);
            by_hatching.push(format!("{}/{} {least:.1}", one.name, other.name));
        }
    }
    println!("told apart by hatching: {}", by_hatching.join(", "));
    assert!(!by_hatching.is_empty(), "hatching would be idle");
}

#[test]
fn hatches_are_seen_on_their_colours() {
    for (label, hatch) in LABELS.iter().zip(&HATCHES) {
        if hatch.pattern == HatchPattern::Plain {
            continue;
        }
        assert!(hatch.thickness >= 1.0 && hatch.spacing >= 4.0 * hatch.thickness.min(1.5), "{}", label.name);
        for (name, vision) in visions() {
            let apart = difference(lab(label.color, &vision), lab(hatch.ink, &vision));
            assert!(apart >= APART, "{}: ink and colour differ by {apart:.1} in {name}", label.name);
        }
    }
}

#[test]
fn srf_is_seen_on_os_rpe() {
    for (name, vision) in visions() {
        let apart = difference(lab(LABELS[10].color, &vision), lab(LABELS[7].color, &vision));
        assert!(apart >= APART, "SRF and OS-RPE differ by {apart:.1} in {name}");
    }
    assert!(hatches_differ(&HATCHES[10], &HATCHES[7]));
}
