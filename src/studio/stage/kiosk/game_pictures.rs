//! Pictures for "real or synthetic?": parts of the bundled real scans, and of scans that were drawn meanwhile.
//!
//! Both kinds are healthy retinas, cut to one size about the middle of the retina: nothing but the picture itself may
//! tell them apart. Real scans are only those that ship with the program (CC BY 4.0, credited at the answer).

use std::collections::VecDeque;

use crate::anatomy::LAYER_COUNT;
use crate::mask::Mask;
use crate::mask::random::SeededRandom;
use crate::scan::GreyImage;
use crate::studio::files::samples;

/// Side of a picture in image pixels.
pub const SIDE_PX: u32 = 288;
/// Drawn scans that are kept; older ones give way.
const MAX_DRAWN: usize = 8;

/// A scan with the row in the middle of its retina.
#[derive(Clone, Debug)]
struct Source {
    image: GreyImage,
    middle: u32,
}

/// Where pictures are cut from.
#[derive(Debug, Default)]
pub struct GamePictures {
    real: Vec<Source>,
    drawn: VecDeque<Source>,
}

/// A picture whose origin is to be guessed.
#[derive(Clone, Debug, PartialEq)]
pub struct GameQuestion {
    /// [`SIDE_PX`] wide and high.
    pub image: GreyImage,
    pub is_synthetic: bool,
}

impl GamePictures {
    /// With the real scans of the program.
    pub fn new() -> Self {
        let documents = samples::ALL.iter().filter_map(|sample| sample.document().ok());
        let pages = documents.filter_map(|mut document| document.pages.pop());
        let real = pages.filter_map(|page| source(page.scan.image.clone(), &page.mask)).collect();
        Self { real, drawn: VecDeque::new() }
    }

    /// Keeps a scan that was drawn of a healthy mask.
    pub fn keep(&mut self, image: GreyImage, mask: &Mask) {
        self.drawn.extend(source(image, mask));
        while self.drawn.len() > MAX_DRAWN {
            self.drawn.pop_front();
        }
    }

    /// Whether there are pictures of both kinds.
    pub fn are_enough(&self) -> bool {
        !self.real.is_empty() && !self.drawn.is_empty()
    }

    /// So many questions in any order, at least one of each kind; no two from one place of one scan as long as there
    /// are others. Empty where pictures of one kind are missing.
    pub fn questions(&self, count: usize, random: &mut SeededRandom) -> Vec<GameQuestion> {
        if !self.are_enough() {
            return Vec::new();
        }
        let mut kinds: Vec<bool> = (0..count).map(|_| random.index(2) == 1).collect();
        if count > 1 && kinds.iter().all(|kind| *kind == kinds[0]) {
            let other = random.index(count);
            kinds[other] = !kinds[other];
        }
        let mut left = [cuts(self.real.len(), random), cuts(self.drawn.len(), random)];
        let question = |is_synthetic: bool| {
            let left = &mut left[usize::from(is_synthetic)];
            // Round and round.
            left.rotate_left(1);
            let (index, cut) = left[left.len() - 1];
            let source = if is_synthetic { &self.drawn[index] } else { &self.real[index] };
            GameQuestion { image: source.cut(cut), is_synthetic }
        };
        kinds.into_iter().map(question).collect()
    }
}

/// A part of a scan: which third of its width, and whether it is mirrored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    third: u32,
    is_mirrored: bool,
}

/// Every cut of every scan, shuffled.
fn cuts(scans: usize, random: &mut SeededRandom) -> Vec<(usize, Cut)> {
    let mirrored = |scan, third| [false, true].map(|is_mirrored| (scan, Cut { third, is_mirrored }));
    let mut all: Vec<(usize, Cut)> =
        (0..scans).flat_map(|scan| (0..3).flat_map(move |third| mirrored(scan, third))).collect();
    for last in (1..all.len()).rev() {
        all.swap(last, random.index(last + 1));
    }
    all
}

impl Source {
    fn cut(&self, Cut { third, is_mirrored }: Cut) -> GreyImage {
        let image = &self.image;
        let x0 = (image.width - SIDE_PX) * third / 2;
        let y0 = self.middle.saturating_sub(SIDE_PX / 2).min(image.height - SIDE_PX);
        let pixel = |at: u32| {
            let (x, y) = (at % SIDE_PX, at / SIDE_PX);
            let x = if is_mirrored { SIDE_PX - 1 - x } else { x };
            image.get(x0 + x, y0 + y)
        };
        GreyImage::new(SIDE_PX, SIDE_PX, (0..SIDE_PX * SIDE_PX).map(pixel).collect::<Vec<u8>>())
    }
}

/// `None` where the scan is too small, or shows no retina.
fn source(image: GreyImage, mask: &Mask) -> Option<Source> {
    let is_large = image.width >= SIDE_PX && image.height >= SIDE_PX;
    if !is_large || (image.width, image.height) != (mask.width(), mask.height()) {
        return None;
    }
    let x = image.width / 2;
    let is_retina = |y: &u32| (1..=LAYER_COUNT as u8).contains(&mask.layers.get(x, *y));
    let mut rows = (0..image.height).filter(is_retina);
    let first = rows.next()?;
    let last = rows.next_back().unwrap_or(first);
    Some(Source { image, middle: (first + last) / 2 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Plane;

    fn with_drawn() -> GamePictures {
        let mut pictures = GamePictures::new();
        let mut layers = Plane::filled(512, 432, 0);
        for y in 180..260 {
            layers.fill_run(y, 0, 512, 4);
        }
        let mask = Mask { layers, lesions: Plane::filled(512, 432, 0) };
        pictures.keep(GreyImage::new(512, 432, vec![77; 512 * 432]), &mask);
        pictures
    }

    #[test]
    fn there_are_three_real_scans_and_no_game_without_drawn_ones() {
        let pictures = GamePictures::new();
        assert_eq!(pictures.real.len(), 3);
        assert!(!pictures.are_enough());
        assert!(pictures.questions(6, &mut SeededRandom::new(1)).is_empty());
    }

    #[test]
    fn questions_are_of_both_kinds_and_one_size_and_do_not_repeat() {
        let pictures = with_drawn();
        for seed in 0..50 {
            let questions = pictures.questions(6, &mut SeededRandom::new(seed));
            let synthetic = questions.iter().filter(|question| question.is_synthetic).count();
            assert!((1..6).contains(&synthetic), "seed {seed}: {synthetic} of 6");
            for (index, question) in questions.iter().enumerate() {
                assert_eq!((question.image.width, question.image.height), (SIDE_PX, SIDE_PX));
                assert_eq!(question.is_synthetic, question.image.pixels.iter().all(|grey| *grey == 77));
                let is_new = question.is_synthetic || !questions[..index].contains(question);
                assert!(is_new, "seed {seed}: the same twice");
            }
        }
    }
}
