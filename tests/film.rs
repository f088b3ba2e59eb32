//! The film strip: the scan follows the brush, and stays to the bit where nothing was painted.

use std::time::Duration;

use retidiff::device::DeviceChoice;
use retidiff::mask::Mask;
use retidiff::scan::GreyImage;
use retidiff::studio::offscreen::film::film;
use retidiff::studio::shell::app::AppOptions;
use retidiff::studio::synthesis_source;
use retidiff::worker::PictureImage;
use retidiff::worker::local_edit::Halo;
use retidiff::worker::models::BUNDLED;

const FRAMES: u32 = 4;

#[test]
fn everything_outside_the_halo_stays_to_the_bit() {
    if BUNDLED.is_empty() {
        eprintln!("skipped: this build carries no model");
        return;
    }
    let options =
        AppOptions { open: None, data_folder: None, synthesis: synthesis_source(None, DeviceChoice::Cpu) };
    let mut shots: Vec<(Mask, GreyImage)> = Vec::new();
    let patience = Duration::from_secs(120);
    film(options, [900, 600], 1.0, FRAMES, patience, &mut |frame, studio, window| {
        assert_eq!((window.width(), window.height()), (900, 600));
        assert_eq!(frame as usize, shots.len());
        let picture = studio.synthesis().picture().map(|picture| picture.image.clone());
        let Some(PictureImage::Cpu(image)) = picture else {
            panic!("frame {frame} has no picture in memory")
        };
        shots.push((studio.session().page().mask.clone(), image));
        Ok(())
    })
    .expect("a film");
    assert_eq!(shots.len() as u32, FRAMES + 2);
    let (first_mask, first) = &shots[0];
    for (mask, image) in &shots[1..] {
        let halo = Halo::of_changes(first_mask, mask);
        assert!(!halo.is_empty(), "the brush painted");
        let mut changed = 0;
        for y in 0..image.height {
            for x in 0..image.width {
                if weight(&halo, x, y) > 0 {
                    changed += u32::from(image.get(x, y) != first.get(x, y));
                } else {
                    assert_eq!(image.get(x, y), first.get(x, y), "({x}, {y}) lies outside the halo");
                }
            }
        }
        assert!(changed > 100, "the scan follows: {changed} px changed");
    }
}

fn weight(halo: &Halo, x: u32, y: u32) -> u8 {
    let rect = halo.rect();
    if rect.contains(x, y) {
        halo.weights()[((y - rect.y0) * rect.width() + x - rect.x0) as usize]
    } else {
        0
    }
}
