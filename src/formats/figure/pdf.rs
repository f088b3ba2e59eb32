//! A drawing as one page of PDF: the pictures in their own pixels, the marks as vectors over them.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, TextStr};
use resvg::usvg::Tree;
use svg2pdf::ConversionOptions;

use super::drawing::{Drawing, Picture, PlacedPicture, unencoded};
use crate::formats::FormatError;

/// Width of the page in PDF's points of 1/72 inch: that of a wide slide, 33.87 cm.
const PAGE_POINTS: f32 = 960.0;

/// The file. `tree` holds the drawing's marks.
pub(super) fn write(drawing: &Drawing, tree: &Tree) -> Result<Vec<u8>, FormatError> {
    let (marks, marks_at) = svg2pdf::to_chunk(tree, ConversionOptions::default())
        .map_err(|error| unencoded(error.to_string()))?;
    let mut next = Ref::new(1);
    let mut pdf = Pdf::new();
    let (catalog, pages, page, content, info) =
        (next.bump(), next.bump(), next.bump(), next.bump(), next.bump());
    let pictures: Vec<Ref> = drawing.pictures.iter().map(|_| next.bump()).collect();
    // The marks are numbered behind everything else.
    let mut renumbered = std::collections::HashMap::new();
    let marks = marks.renumber(|old| *renumbered.entry(old).or_insert_with(|| next.bump()));
    let marks_at = renumbered[&marks_at];

    let [width, height] = drawing.size();
    let scale = PAGE_POINTS / width as f32;
    let page_height = height as f32 * scale;
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut one = pdf.page(page);
    one.parent(pages).media_box(Rect::new(0.0, 0.0, PAGE_POINTS, page_height)).contents(content);
    let mut resources = one.resources();
    let mut objects = resources.x_objects();
    for (index, picture) in pictures.iter().enumerate() {
        objects.pair(Name(format!("Scan{index}").as_bytes()), *picture);
    }
    objects.pair(Name(b"Marks"), marks_at);
    objects.finish();
    resources.finish();
    one.finish();
    pdf.stream(content, &page_content(drawing, page_height, scale));
    for (placed, at) in drawing.pictures.iter().zip(pictures) {
        write_picture(&mut pdf, placed, at)?;
    }
    let mut facts = pdf.document_info(info);
    facts.title(TextStr(if drawing.synthetic { "SYNTHETIC retinal OCT" } else { "Retinal OCT" }));
    facts.subject(TextStr(&drawing.description));
    facts.creator(TextStr(concat!("RetiDiff Studio ", env!("CARGO_PKG_VERSION"))));
    facts.finish();
    pdf.extend(&marks);
    Ok(pdf.finish())
}

/// Pictures first, marks over them; PDF counts upwards from the page's foot.
fn page_content(drawing: &Drawing, page_height: f32, scale: f32) -> Vec<u8> {
    let mut content = Content::new();
    let mut place = |name: &[u8], [x, y, width, height]: [f32; 4]| {
        content.save_state();
        content.transform([width, 0.0, 0.0, height, x, y]);
        content.x_object(Name(name));
        content.restore_state();
    };
    for (index, PlacedPicture { area, .. }) in drawing.pictures.iter().enumerate() {
        let [x, width, height] = [area.x, area.width, area.height].map(|points| points as f32 * scale);
        let foot = page_height - area.bottom() as f32 * scale;
        place(format!("Scan{index}").as_bytes(), [x, foot, width, height]);
    }
    // A drawing of svg2pdf is one unit wide and tall.
    place(b"Marks", [0.0, 0.0, PAGE_POINTS, page_height]);
    content.finish()
}

fn write_picture(
    pdf: &mut Pdf,
    PlacedPicture { picture, .. }: &PlacedPicture,
    at: Ref,
) -> Result<(), FormatError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(picture.bytes()).and_then(|()| encoder.finish());
    let packed = packed.map_err(|error| unencoded(error.to_string()))?;
    let [width, height] = picture.size();
    let mut object = pdf.image_xobject(at, &packed);
    object.filter(Filter::FlateDecode);
    object.width(width as i32).height(height as i32);
    let is_scan = matches!(picture, Picture::Scan(_));
    if is_scan {
        object.color_space().device_gray();
    } else {
        object.color_space().device_rgb();
    }
    object.bits_per_component(8).interpolate(is_scan);
    Ok(())
}
