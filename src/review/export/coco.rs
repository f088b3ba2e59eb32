//! COCO: images and, for each part, an annotation file with run-length coded masks.

use std::path::Path;

use super::copying::{ExportWatch, for_each};
use super::pair::ExportPair;
use super::parts::SplitPart;
use crate::formats::coco::{self, CocoPage};
use crate::formats::write_file;
use crate::review::ReviewError;
use crate::review::set::ReviewSet;

pub(super) fn write(
    set: &ReviewSet,
    pairs: &[ExportPair],
    out: &Path,
    watch: &ExportWatch,
) -> Result<(), ReviewError> {
    for_each(pairs, watch, |pair| {
        let file = format!("{}/{}.png", pair.part.name(), pair.line.id);
        Ok(write_file(&out.join(file), &pair.scan_file(set)?)?)
    })?;
    for part in SplitPart::ALL {
        let of_part: Vec<&ExportPair> = pairs.iter().filter(|pair| pair.part == part).collect();
        let mut masks = Vec::new();
        for pair in &of_part {
            masks.push((format!("{}.png", pair.line.id), pair.codes(set)?));
        }
        let pages: Vec<CocoPage> = of_part
            .iter()
            .zip(&masks)
            .map(|(pair, (file_name, codes))| CocoPage {
                file_name,
                width: pair.line.width,
                height: pair.line.height,
                codes,
            })
            .collect();
        if !pages.is_empty() {
            write_file(&out.join(format!("annotations/{}.json", part.name())), &coco::write(&pages))?;
        }
    }
    Ok(())
}
