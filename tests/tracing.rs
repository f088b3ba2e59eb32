//! The auto-trace and the live-wire on the bundled Tian scans, whose interfaces a grader drew.

use retidiff::anatomy::Interface;
use retidiff::formats::label_png::{self, CodeScheme};
use retidiff::formats::open::open_bytes;
use retidiff::mask::livewire::LiveWire;
use retidiff::mask::trace::{TraceError, trace, trace_between};
use retidiff::mask::{Interfaces, Mask};
use retidiff::scan::{BScan, GreyImage, Spacing};

/// A bundled scan with the interfaces of its grader.
fn sample(image: &[u8], labels: &[u8]) -> (BScan, Interfaces) {
    let opened = open_bytes(image, std::path::Path::new("sample.png")).unwrap();
    let mut scan = (*opened.document.pages[0].scan).clone();
    scan.spacing = Spacing::checked(3.9, 11.0);
    let labels = label_png::read(labels, "labels.png", CodeScheme::Studio).unwrap();
    let (mask, _) = Mask::from_composite(labels.width, labels.height, &labels.codes);
    (scan, Interfaces::from_layers(&mask.layers))
}

fn fovea() -> (BScan, Interfaces) {
    sample(
        include_bytes!("../assets/samples/fovea.png"),
        include_bytes!("../assets/samples/fovea-labels.png"),
    )
}

fn periphery() -> (BScan, Interfaces) {
    sample(
        include_bytes!("../assets/samples/periphery.png"),
        include_bytes!("../assets/samples/periphery-labels.png"),
    )
}

fn mean_distance(a: &[f32], b: &[f32]) -> f32 {
    let distances: Vec<f32> = a.iter().zip(b).map(|(a, b)| (a - b).abs()).filter(|d| d.is_finite()).collect();
    distances.iter().sum::<f32>() / distances.len() as f32
}

#[test]
fn all_interfaces_of_a_healthy_scan_are_traced() {
    for (scan, drawn) in [fovea(), periphery()] {
        let traced = trace(&scan, &|| false).unwrap();
        for interface in Interface::ALL {
            let k = interface.index();
            let distance = mean_distance(&traced.interfaces.rows[k], &drawn.rows[k]);
            let limit = match interface {
                // Tian's graders draw OS/RPE between the bands, where most others draw it above the RPE.
                Interface::OsRpe => 4.0,
                // In the pit the OPL runs into the fibres of Henle, which look like it.
                Interface::OplOnl => 3.0,
                // Where the nerve fibres are thick, bundles within them look like their border.
                Interface::NflGcl => 4.5,
                _ => 2.5,
            };
            assert!(distance < limit, "{}: {distance} px", interface.name());
            assert!(traced.confidence[k].iter().all(|sure| (0.0..=1.0).contains(sure)));
        }
        assert!((0..scan.width()).all(|x| traced.interfaces.is_ordered_column(x)));
    }
}

#[test]
fn what_a_device_traced_is_kept_and_the_rest_is_found_between() {
    let known = [Interface::Ilm, Interface::NflGcl, Interface::Bm];
    for (scan, drawn) in [fovea(), periphery()] {
        let mut device = Interfaces::unknown(scan.width());
        for interface in known {
            // The device left a gap, as at a vessel's shadow.
            let line = &mut device.rows[interface.index()];
            line.copy_from_slice(&drawn.rows[interface.index()]);
            line[100..120].fill(f32::NAN);
        }
        let alone = trace(&scan, &|| false).unwrap();
        let traced = trace_between(&scan, &device, &|| false).unwrap();
        for interface in Interface::ALL {
            let k = interface.index();
            let (rows, line) = (&traced.interfaces.rows[k], &device.rows[k]);
            for (x, &row) in line.iter().enumerate().filter(|(_, row)| row.is_finite()) {
                assert_eq!(
                    (rows[x], traced.confidence[k][x]),
                    (row, 1.0),
                    "{}, column {x}",
                    interface.name()
                );
            }
            let (with, without) = (
                mean_distance(rows, &drawn.rows[k]),
                mean_distance(&alone.interfaces.rows[k], &drawn.rows[k]),
            );
            println!("{}: {with:.2} px beside the device's lines, {without:.2} alone", interface.name());
            assert!(with <= without + 0.25, "{}: {with} px, {without} without", interface.name());
        }
        assert!((0..scan.width()).all(|x| traced.interfaces.is_ordered_column(x)));
    }
}

#[test]
fn lines_that_lie_are_survived() {
    let (scan, _) = periphery();
    for rows in [[-9.0_f32; 8], [1e30; 8], [300.0, 10.0, 5.0, 400.0, 1.0, 2.0, 500.0, 0.0]] {
        let mut known = Interfaces::unknown(scan.width());
        known.rows.iter_mut().zip(rows).for_each(|(line, row)| line.fill(row));
        let traced = trace_between(&scan, &known, &|| false).unwrap();
        assert!((0..scan.width()).all(|x| traced.interfaces.is_ordered_column(x)), "{rows:?}");
        let height = scan.height() as f32;
        assert!(traced.interfaces.rows.iter().flatten().all(|row| (0.0..=height).contains(row)), "{rows:?}");
    }
}

#[test]
fn the_trace_is_the_same_every_time() {
    let (scan, _) = periphery();
    assert_eq!(trace(&scan, &|| false), trace(&scan, &|| false));
}

#[test]
fn unscanned_margins_stay_without_lines() {
    let (scan, drawn) = fovea();
    let (width, height) = (scan.width() as usize, scan.height() as usize);
    let mut pixels = scan.image.pixels.to_vec();
    let mut scanned = vec![1_u8; width * height];
    for y in 0..height {
        for x in (0..width).filter(|&x| x < 40 || y < x / 8) {
            pixels[y * width + x] = 255;
            scanned[y * width + x] = 0;
        }
    }
    let mut cut = scan.clone();
    cut.image = GreyImage::new(width as u32, height as u32, pixels);
    cut.scanned_area = Some(scanned.into());
    let traced = trace(&cut, &|| false).unwrap();
    assert!(traced.interfaces.rows.iter().all(|rows| rows[..40].iter().all(|row| row.is_nan())));
    assert!(traced.confidence.iter().all(|sure| sure[..40].iter().all(|&sure| sure == 0.0)));
    assert!(mean_distance(&traced.interfaces.rows[0], &drawn.rows[0]) < 2.0);
}

#[test]
fn nothing_to_see_and_a_cancelled_trace_are_errors() {
    let black = BScan::from_image(GreyImage::new(300, 200, vec![0; 60_000]), "black");
    assert_eq!(trace(&black, &|| false), Err(TraceError::NothingToSee));
    let tiny = BScan::from_image(GreyImage::new(3, 3, vec![90; 9]), "tiny");
    assert_eq!(trace(&tiny, &|| false), Err(TraceError::NothingToSee));
    assert_eq!(trace(&fovea().0, &|| true), Err(TraceError::Cancelled));
}

#[test]
fn any_picture_gives_ordered_lines_inside_it() {
    let noise = |seed: u32, count: usize| -> Vec<u8> {
        let mut state = seed;
        (0..count)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect()
    };
    for (width, height) in [(16, 96), (97, 301), (400, 1300)] {
        let image = GreyImage::new(width, height, noise(width, (width * height) as usize));
        let traced = trace(&BScan::from_image(image, "noise"), &|| false).unwrap();
        for x in 0..width {
            assert!(traced.interfaces.is_ordered_column(x));
        }
        assert!(traced.interfaces.rows.iter().flatten().all(|row| (0.0..=height as f32).contains(row)));
    }
}

#[test]
fn a_live_wire_follows_the_interface_between_two_clicks() {
    for (scan, drawn) in [fovea(), periphery()] {
        let wire = LiveWire::of(&scan).unwrap();
        // Farthest and mean distance from the grader's line (px) between the clicks of each pair of columns.
        let check = |interface: Interface, clicks: &[(usize, usize)], farthest: f32, mean: f32| {
            let line = &drawn.rows[interface.index()];
            // A hand misses the edge by a pixel or two; clicks are drawn to it.
            let click = |x: usize, miss: f32| wire.snapped(interface, [x as f32 + 0.5, line[x] + miss]);
            for &(left, right) in clicks {
                let path = wire.path(interface, None, click(right, -1.5), click(left, 1.5));
                assert_eq!((path.x0 as usize, path.rows.len()), (left, right - left + 1));
                let drawn = &line[left..=right];
                let most = path.rows.iter().zip(drawn).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                let name = interface.name();
                assert!(most <= farthest, "{name} {left}..{right}: {most} px at most");
                let found = mean_distance(&path.rows, drawn);
                assert!(found <= mean, "{name} {left}..{right}: {found} px in the mean");
            }
        };
        check(Interface::Ilm, &[(100, 180), (200, 300), (450, 550)], 2.0, 1.2);
        check(Interface::Ilm, &[(5, scan.width() as usize - 6)], 4.0, 1.2);
        check(Interface::IsmIse, &[(5, 313), (100, 180), (200, 300), (450, 550)], 3.0, 1.2);
        check(Interface::Bm, &[(200, 300), (350, 450), (450, 550)], 6.0, 1.5);
    }
}

#[test]
fn a_live_wire_keeps_the_clicks_it_is_given() {
    let (scan, _) = periphery();
    let wire = LiveWire::of(&scan).unwrap();
    let path = wire.path(Interface::Ilm, None, [40.2, 17.0], [43.7, 460.0]);
    assert_eq!((path.rows[0], path.rows[3]), (17.0, 460.0));
    let point = wire.path(Interface::Ilm, None, [40.2, 17.0], [40.4, 60.0]);
    assert_eq!(point.rows.len(), 1);
    let outside = wire.path(Interface::Bm, None, [-50.0, -9.0], [1e6, 9e4]);
    assert_eq!(outside.rows.len(), scan.width() as usize);
}

#[test]
fn a_live_wire_stays_between_the_interfaces_next_to_its_own() {
    for (scan, drawn) in [fovea(), periphery()] {
        let wire = LiveWire::of(&scan).unwrap();
        for interface in Interface::ALL {
            let k = interface.index();
            let click = |x: usize| [x as f32 + 0.5, drawn.rows[k][x]];
            let (left, right) = (40, scan.width() as usize - 40);
            let path = wire.path(interface, Some(&drawn), click(left), click(right));
            for (row, x) in path.rows.iter().zip(left..) {
                // Rows are whole on the way, and drawn where a grader sees the edge.
                let above = k.checked_sub(1).map_or(f32::NEG_INFINITY, |above| drawn.rows[above][x]);
                let below = drawn.rows.get(k + 1).map_or(f32::INFINITY, |below| below[x]);
                let name = interface.name();
                assert!((above - 2.0..=below + 2.0).contains(row), "{name} at {x}: {row}");
            }
        }
    }
}
