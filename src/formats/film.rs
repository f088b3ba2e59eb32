//! Films as animated PNG: browsers, slides and mail show them, and a program that knows no animation shows the first
//! picture.

use super::FormatError;

/// Size and speed of a film.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilmFormat {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// At least one.
    pub frames: u32,
    /// How long each frame is shown.
    pub frame_ms: u16,
}

/// Writes a film that repeats for ever. Each frame is 8-bit RGB, row by row from the top; they are asked for one after
/// the other, so that a long film does not lie in memory.
///
/// # Errors
/// If a frame cannot be drawn or encoded, or is not of the film's size.
pub fn write(
    format: &FilmFormat,
    text: &[(&str, &str)],
    mut frame: impl FnMut(u32) -> Result<Vec<u8>, FormatError>,
) -> Result<Vec<u8>, FormatError> {
    let failed = |error: png::EncodingError| {
        FormatError::malformed("the film to be written", "encoding", error.to_string(), "report this")
    };
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, format.width, format.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_animated(format.frames, 0).map_err(failed)?;
    encoder.set_frame_delay(format.frame_ms, 1000).map_err(failed)?;
    for (keyword, value) in text {
        encoder.add_text_chunk((*keyword).to_owned(), (*value).to_owned()).map_err(failed)?;
    }
    let mut writer = encoder.write_header().map_err(failed)?;
    for number in 0..format.frames {
        writer.write_image_data(&frame(number)?).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const FORMAT: FilmFormat = FilmFormat { width: 3, height: 2, frames: 4, frame_ms: 250 };

    #[test]
    fn every_frame_comes_back() {
        let frame = |number: u32| vec![number as u8 * 40; 18];
        let film = write(&FORMAT, &[("Synthetic", "true")], |number| Ok(frame(number))).unwrap();
        let mut reader = png::Decoder::new(Cursor::new(film)).read_info().unwrap();
        let animation = *reader.info().animation_control().unwrap();
        assert_eq!((animation.num_frames, animation.num_plays), (4, 0));
        for number in 0..4 {
            let mut pixels = vec![0; 18];
            reader.next_frame(&mut pixels).unwrap();
            assert_eq!(pixels, frame(number), "frame {number}");
            let control = reader.info().frame_control().unwrap();
            assert_eq!((control.delay_num, control.delay_den), (250, 1000));
        }
    }

    #[test]
    fn a_frame_of_another_size_is_refused() {
        let refused = write(&FORMAT, &[], |_| Ok(vec![0; 7])).unwrap_err().to_string();
        assert!(refused.starts_with("the film to be written"), "{refused}");
    }
}
