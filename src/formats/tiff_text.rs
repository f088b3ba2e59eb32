//! What ImageJ, OME and tifffile write about a volume into the description of a TIFF's first page: how many
//! images there are, the size of a voxel, the window they are shown by.

use super::pixel_size::LengthUnit;
use super::tiff_hyperstack::Hyperstack;

/// What a description says; `None` and 0 for what it does not.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct VolumeText {
    /// Images in the file, where one directory may stand for several.
    pub images: Option<usize>,
    /// Across, down and between B-scans, in `unit`; 0 where not stated.
    pub lengths: [f64; 3],
    pub unit: Option<LengthUnit>,
    /// Values shown black and white.
    pub window: Option<[f32; 2]>,
    /// How channels, B-scans and times follow one another.
    pub stack: Option<Hyperstack>,
}

/// Reads a description. `pixels_per_unit` across and down are the TIFF's resolution, which ImageJ counts in
/// its own unit.
pub(super) fn read(description: &str, pixels_per_unit: [Option<f64>; 2]) -> VolumeText {
    if description.starts_with("ImageJ=") {
        return image_j(description, pixels_per_unit);
    }
    if let Some(pixels) = description.contains("<OME").then(|| description.find("<Pixels ")).flatten() {
        let element = description[pixels..].split('>').next().unwrap_or_default();
        return ome(element, description.matches("<Pixels ").count());
    }
    truncated_series(description).unwrap_or_default()
}

fn image_j(description: &str, pixels_per_unit: [Option<f64>; 2]) -> VolumeText {
    let value = |key: &str| {
        let lines = description.lines().filter_map(|line| line.split_once('='));
        lines.into_iter().find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim())
    };
    let number = |key: &str| value(key).and_then(|text| text.parse::<f64>().ok()).filter(|n| n.is_finite());
    let unit = value("unit").and_then(LengthUnit::named);
    let length = |per_unit: Option<f64>| per_unit.filter(|n| *n > 0.0).map_or(0.0, |n| 1.0 / n);
    // Without a unit of length the resolution counts pixels.
    let lengths = match unit {
        Some(_) => {
            [length(pixels_per_unit[0]), length(pixels_per_unit[1]), number("spacing").map_or(0.0, f64::abs)]
        }
        None => [0.0; 3],
    };
    let window = number("min").zip(number("max")).filter(|(min, max)| min < max);
    let count = |key: &str| value(key).map_or(Some(1), |text| text.parse().ok());
    let [channels, slices, frames] = ["channels", "slices", "frames"].map(count);
    let stack = channels
        .zip(slices)
        .zip(frames)
        .and_then(|((channels, slices), frames)| Hyperstack::interleaved(channels, slices, frames));
    VolumeText {
        images: value("images").and_then(|text| text.parse().ok()),
        lengths,
        unit,
        window: window.map(|(min, max)| [min as f32, max as f32]),
        stack,
    }
}

fn ome(pixels: &str, images: usize) -> VolumeText {
    let attribute = |name: &str| {
        let start = pixels.find(&format!(" {name}=\""))? + name.len() + 3;
        pixels[start..].split('"').next()
    };
    let number = |name: &str| attribute(name).and_then(|text| text.parse::<f64>().ok());
    // The three may differ in their units, by the schema; writers use one.
    let unit = attribute("PhysicalSizeXUnit").map_or(Some(LengthUnit::Micrometre), LengthUnit::named);
    let lengths = ["X", "Y", "Z"].map(|axis| number(&format!("PhysicalSize{axis}")).unwrap_or(0.0));
    let [channels, slices, frames] =
        ["SizeC", "SizeZ", "SizeT"].map(|name| attribute(name).map_or(Some(1), |text| text.parse().ok()));
    let sides = channels.zip(slices).zip(frames).map(|((c, z), t)| [c, z, t]);
    let stack = attribute("DimensionOrder")
        .zip(sides)
        .and_then(|(order, sides)| Hyperstack::ordered(order, sides, images));
    VolumeText { images: None, lengths, unit, window: None, stack }
}

/// tifffile's note that the pages of a series after the first have no directories of their own.
fn truncated_series(description: &str) -> Option<VolumeText> {
    let json: serde_json::Value = serde_json::from_str(description).ok()?;
    json.get("truncated")?.as_bool().filter(|truncated| *truncated)?;
    let shape: Vec<usize> =
        json.get("shape")?.as_array()?.iter().map(|side| side.as_u64().unwrap_or(0) as usize).collect();
    let leading = shape.get(..shape.len().checked_sub(2)?)?;
    let images = leading.iter().try_fold(1_usize, |product, side| product.checked_mul(*side))?;
    Some(VolumeText { images: Some(images), ..VolumeText::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_j_counts_images_and_knows_spacing_and_window() {
        let text = "ImageJ=1.54f\nimages=5\nslices=5\nunit=\\u00B5m\nspacing=250.0\nmin=12.0\nmax=900.5\n";
        let read = read(text, [Some(0.1), Some(0.25)]);
        assert_eq!((read.images, read.unit), (Some(5), Some(LengthUnit::Micrometre)));
        assert_eq!((read.lengths, read.window), ([10.0, 4.0, 250.0], Some([12.0, 900.5])));
        assert_eq!(super::read("ImageJ=1.5\nimages=2", [Some(72.0); 2]).lengths, [0.0; 3]);
    }

    #[test]
    fn ome_and_tifffile_say_it_their_way() {
        let text = r#"<?xml version="1.0"?><OME><Image><Pixels ID="P" PhysicalSizeX="11.7"
            PhysicalSizeY="3.9" PhysicalSizeXUnit="µm" SizeZ="5"><TiffData/></Pixels></Image></OME>"#;
        let read = super::read(&text.replace('\n', " "), [None; 2]);
        assert_eq!((read.lengths, read.unit), ([11.7, 3.9, 0.0], Some(LengthUnit::Micrometre)));
        let read = super::read(r#"{"shape": [2, 3, 496, 256], "truncated": true}"#, [None; 2]);
        assert_eq!(read.images, Some(6));
        for text in ["", "a scan", r#"{"shape": [5, 4, 3]}"#, r#"{"shape": [4], "truncated": true}"#] {
            assert_eq!(super::read(text, [None; 2]), VolumeText::default(), "{text}");
        }
    }
}
