//! A TIFF as the B-scans of a volume: its pages of one size, shown by one window, upright, with the spacing
//! that ImageJ or OME wrote into it.

use std::collections::BTreeMap;

use super::FormatError;
use super::grey_range::GreyWindow;
use super::image_pages::{Pages, oriented};
use super::pixel_size;
use super::sample_values::SampleValues;
use super::tiff_pages::{self, TiffPage};
use super::tiff_text::VolumeText;
use crate::scan::{GreyImage, Spacing};

/// Pages that a note names; more are counted.
const NAMED_PAGES: usize = 4;

/// Reads the first `most` pages, values of more than 8 bits shown by `shown_by` where there is such a window.
/// `name` is the file's name for messages.
pub(super) fn read(
    bytes: &[u8],
    most: usize,
    shown_by: Option<GreyWindow>,
    name: &str,
) -> Result<Pages, FormatError> {
    let tiff_pages::TiffFile { pages, text, mut warnings } = tiff_pages::read(bytes, most, name)?;
    let (kept, left_out) = parted(pages);
    let orientation = kept[0].orientation;
    let (width, height) = (kept[0].width, kept[0].height);
    warnings.extend(left_out_note(name, (width, height), &left_out));
    let is_turned = orientation >= 5;
    let (images, window, note) = greys(kept, shown_by, text.window, name);
    warnings.extend(note);
    let VolumeText { lengths: [across, down, between], unit, .. } = text;
    let lengths = if is_turned { [down, across, between] } else { [across, down, between] };
    let size = pixel_size::stated(name, lengths, unit);
    warnings.extend(size.note);
    if let Some(Spacing { axial_um_per_px, lateral_um_per_px }) = size.spacing {
        let between =
            size.b_scan_distance_um.map_or(String::new(), |um| format!(", {um:.1} µm between B-scans"));
        warnings.push(format!(
            "{name}: spacing from its description: {axial_um_per_px:.2} µm down, {lateral_um_per_px:.2} µm \
             across{between}"
        ));
    }
    if orientation > 1 {
        warnings.push(format!("{name}: turned upright as its orientation tag ({orientation}) says"));
    }
    Ok(Pages {
        images,
        spacing: size.spacing,
        spacing_state: size.state,
        b_scan_distance_um: size.b_scan_distance_um,
        window,
        warnings,
    })
}

/// The pages of the size that most have, and the others. Smaller copies of pages count as others.
fn parted(pages: Vec<TiffPage>) -> (Vec<TiffPage>, Vec<TiffPage>) {
    let mut sizes: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for page in &pages {
        *sizes.entry((page.width, page.height)).or_default() += usize::from(!page.is_thumbnail);
    }
    let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
    let most = sizes.into_iter().max_by_key(|(size, count)| (*count, area(*size))).map(|(size, _)| size);
    let are_all_thumbnails = pages.iter().all(|page| page.is_thumbnail);
    pages.into_iter().partition(|page| {
        Some((page.width, page.height)) == most && (are_all_thumbnails || !page.is_thumbnail)
    })
}

fn left_out_note(name: &str, (width, height): (u32, u32), left_out: &[TiffPage]) -> Option<String> {
    if left_out.is_empty() {
        return None;
    }
    let named = left_out.iter().take(NAMED_PAGES);
    let named: Vec<String> =
        named.map(|page| format!("page {} ({}x{})", page.number, page.width, page.height)).collect();
    let more = match left_out.len().saturating_sub(NAMED_PAGES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let are_copies = left_out.iter().all(|page| page.is_thumbnail);
    let why = if are_copies { "as smaller copies" } else { "for another size than the others" };
    Some(format!("{name}: left out {why} ({width}x{height} are read): {}{more}", named.join(", ")))
}

/// The pages as greys, by one window where their values are of one type.
fn greys(
    pages: Vec<TiffPage>,
    shown_by: Option<GreyWindow>,
    file_window: Option<[f32; 2]>,
    name: &str,
) -> (Vec<GreyImage>, Option<GreyWindow>, Option<String>) {
    let image = |width, height, orientation, greys: Vec<u8>| {
        oriented(GreyImage::new(width, height, greys), orientation)
    };
    let (width, height) = (pages[0].width, pages[0].height);
    let is_one_type = pages.windows(2).all(|pair| pair[0].values.is_of_the_type_of(&pair[1].values));
    if !is_one_type {
        let shown = |page: TiffPage| {
            let window = page.values.window(file_window).map(|own| shown_by.unwrap_or(own));
            image(width, height, page.orientation, page.values.greys(window))
        };
        let note = format!("{name}: its pages are of different depths; each is shown by a window of its own");
        return (pages.into_iter().map(shown).collect(), None, Some(note));
    }
    let values: Vec<&SampleValues> = pages.iter().map(|page| &page.values).collect();
    let window = SampleValues::common_window(&values, file_window).map(|own| shown_by.unwrap_or(own));
    // One page after the other: a volume of values is not held beside one of greys.
    let shown = |page: TiffPage| image(width, height, page.orientation, page.values.greys(window));
    let images = pages.into_iter().map(shown).collect();
    (images, window, window.map(|window| window.note(name)))
}
