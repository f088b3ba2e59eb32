//! Collects the different values of a picture, pixel by pixel, and refuses the picture once there are too many.

use std::collections::HashMap;

use super::picture::{FoundValue, LabelPicture, LabelValue, MAX_VALUES};
use crate::formats::FormatError;

/// The pixels of a picture so far, row by row from the top.
pub(super) struct Gathering<'a> {
    width: u32,
    height: u32,
    name: &'a str,
    positions: HashMap<LabelValue, u8>,
    values: Vec<FoundValue>,
    pixels: Vec<u8>,
}

impl<'a> Gathering<'a> {
    /// A picture of a size that was checked.
    pub fn new(width: u32, height: u32, name: &'a str) -> Self {
        let pixels = Vec::with_capacity(width as usize * height as usize);
        Self { width, height, name, positions: HashMap::new(), values: Vec::new(), pixels }
    }

    /// Column and row of the next pixel.
    fn here(&self) -> [u32; 2] {
        let at = self.pixels.len() as u32;
        [at % self.width, at / self.width]
    }

    fn take(&mut self, value: LabelValue, last: &mut Option<(LabelValue, u8)>) -> Result<(), FormatError> {
        let position = match *last {
            Some((known, position)) if known == value => position,
            _ => self.position(value)?,
        };
        *last = Some((value, position));
        self.values[usize::from(position)].pixels += 1;
        self.pixels.push(position);
        Ok(())
    }

    fn position(&mut self, value: LabelValue) -> Result<u8, FormatError> {
        if let Some(position) = self.positions.get(&value) {
            return Ok(*position);
        }
        let first = self.here();
        let Ok(position) = u8::try_from(self.values.len()) else {
            return Err(self.refused(
                format!("{value} is the {}th different value: this is no label map", MAX_VALUES + 1),
                "a scan, a JPEG or a smoothed (anti-aliased) picture has so many; save the labels without \
                 smoothing, as PNG, one code or colour a label",
            ));
        };
        self.positions.insert(value, position);
        self.values.push(FoundValue { value, palette_color: None, pixels: 0, first });
        Ok(position)
    }

    /// Takes whole numbers.
    ///
    /// # Errors
    /// If there are more different values than a label map can have; the message names the pixel.
    pub fn codes(&mut self, codes: impl Iterator<Item = i32>) -> Result<(), FormatError> {
        let mut last = None;
        codes.map(LabelValue::Code).try_for_each(|value| self.take(value, &mut last))
    }

    /// Takes numbers that must be whole and small enough.
    ///
    /// # Errors
    /// If there are more different values than a label map can have, or one is no whole number of 32 bits.
    pub fn numbers(&mut self, numbers: impl Iterator<Item = f64>) -> Result<(), FormatError> {
        let mut last = None;
        for number in numbers {
            let is_whole = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX);
            if !is_whole {
                return Err(self.refused(
                    format!("the value {number} is no whole number, so it is no label code"),
                    "save the labels as whole numbers, one a label",
                ));
            }
            self.take(LabelValue::Code(number as i32), &mut last)?;
        }
        Ok(())
    }

    /// Takes grey codes with their opacity (0 to 255).
    ///
    /// # Errors
    /// If there are more different values than a label map can have, or a pixel is neither opaque nor transparent.
    pub fn codes_with_alpha(&mut self, pixels: impl Iterator<Item = (i32, u8)>) -> Result<(), FormatError> {
        let mut last = None;
        for (code, alpha) in pixels {
            let value = self.opaque(LabelValue::Code(code), alpha)?;
            self.take(value, &mut last)?;
        }
        Ok(())
    }

    /// Takes colours with their opacity.
    ///
    /// # Errors
    /// If there are more different values than a label map can have, or a pixel is neither opaque nor transparent.
    pub fn colors(&mut self, pixels: impl Iterator<Item = [u8; 4]>) -> Result<(), FormatError> {
        let mut last = None;
        for [r, g, b, alpha] in pixels {
            let value = self.opaque(LabelValue::Color([r, g, b]), alpha)?;
            self.take(value, &mut last)?;
        }
        Ok(())
    }

    fn opaque(&self, value: LabelValue, alpha: u8) -> Result<LabelValue, FormatError> {
        match alpha {
            u8::MAX => Ok(value),
            0 => Ok(LabelValue::Transparent),
            _ => Err(self.refused(
                format!("the value {value} is {alpha}/255 opaque: the picture is smoothed (anti-aliased)"),
                "save the labels without smoothing and without transparency",
            )),
        }
    }

    fn refused(&self, problem: String, remedy: &str) -> FormatError {
        let [x, y] = self.here();
        FormatError::malformed(self.name, format!("column {x}, row {y}"), problem, remedy)
    }

    /// Gives the indices of an indexed picture their colours.
    ///
    /// # Errors
    /// If an index lies outside of the palette.
    pub fn with_palette(mut self, palette: &[[u8; 3]]) -> Result<Self, FormatError> {
        for found in &mut self.values {
            let LabelValue::Code(index) = found.value else { continue };
            found.palette_color = usize::try_from(index).ok().and_then(|index| palette.get(index)).copied();
            if found.palette_color.is_none() {
                return Err(FormatError::malformed(
                    self.name,
                    format!("column {}, row {}", found.first[0], found.first[1]),
                    format!("index {index} lies outside a palette of {}", palette.len()),
                    "the picture is damaged: get a fresh copy",
                ));
            }
        }
        Ok(self)
    }

    /// The picture, its values in order. Greys stored as colours become codes if nothing else is stored.
    ///
    /// # Panics
    /// If not every pixel was taken.
    pub fn picture(mut self) -> LabelPicture {
        assert_eq!(
            self.pixels.len(),
            self.width as usize * self.height as usize,
            "pixels of a label picture"
        );
        let is_grey = |found: &FoundValue| match found.value {
            LabelValue::Color([r, g, b]) => r == g && g == b,
            LabelValue::Transparent => true,
            LabelValue::Code(_) => false,
        };
        if self.values.iter().all(is_grey) {
            for found in &mut self.values {
                if let LabelValue::Color([grey, ..]) = found.value {
                    found.value = LabelValue::Code(i32::from(grey));
                }
            }
        }
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        order.sort_by_key(|&old| self.values[old].value);
        let mut new_position = [0_u8; MAX_VALUES];
        for (new, &old) in (0..=u8::MAX).zip(&order) {
            new_position[old] = new;
        }
        self.pixels.iter_mut().for_each(|pixel| *pixel = new_position[usize::from(*pixel)]);
        self.values.sort_by_key(|found| found.value);
        let (width, height, values, pixels) = (self.width, self.height, self.values, self.pixels);
        LabelPicture { width, height, values, pixels, warnings: Vec::new() }
    }
}
