//! Rows made up, to measure how quick a review is on a set that nobody has at hand: `retidiff bench --review`.

use std::path::Path;

use super::ReviewError;
use crate::dataset::manifest::MANIFEST_FILE;
use crate::formats::write_file;
use crate::mask::random::SeededRandom;

/// Image files that the rows share.
pub const FILES: usize = 500;

/// Writes a manifest of so many pairs, as generation writes it, whose images are [`FILES`] files in turn. The files
/// themselves are not made here.
///
/// # Errors
/// If the folder cannot be written.
pub fn write(dir: &Path, rows: usize) -> Result<(), ReviewError> {
    let mut random = SeededRandom::new(1);
    let mut text = String::with_capacity(rows * 1100);
    for number in 0..rows {
        let fluid = if random.share() < 0.4 { 0.3 * random.share().powi(2) } else { 0.0 };
        let hash = format!("{:064x}", u128::from(random.bits()) << 64 | u128::from(random.bits()));
        let file = number % FILES;
        let (cysts, disorder) = (random.index(5), random.index(9));
        let (retina, central) = (random.between(220.0, 420.0), random.between(200.0, 600.0));
        let layers: Vec<String> = (0..7).map(|_| format!("{:.3}", random.between(8.0, 90.0))).collect();
        let layers = layers.join(",");
        text += &format!(
            "{{\"version\":1,\"id\":\"pair-{number:07}\",\"image\":\"images/{file:04}.png\",\
             \"label\":\"labels/{file:04}.png\",\"scanned_area\":null,\"width\":512,\"height\":496,\
             \"spacing\":{{\"axial_um_per_px\":3.87,\"lateral_um_per_px\":11.3}},\"laterality\":null,\
             \"subject\":\"synthetic-{}-{number}\",\"b_scan\":null,\"source\":\"synthetic\",\"credit\":null,\
             \"ignored_columns\":[],\"pseudo_labelled\":false,\"generated\":{{\"synthetic\":true,\
             \"plan_sha256\":\"{:064x}\",\"index\":{number},\"attempt\":0,\"seed\":{},\"mask_sha256\":\"{hash}\",\
             \"image_file_sha256\":\"\",\"label_file_sha256\":\"\",\"model_sha256\":\"{hash}\",\
             \"arithmetic\":\"CPU, f32, AVX2\",\"scores\":{{\"columns_out_of_order\":{disorder},\"specks\":0,\
             \"cleaned_px\":0,\"area_mm2\":[1.5,0.1,0.2,0.1,0.1,0.4,0.1,0.1,2.0,{fluid:.6},0.0,0.0],\
             \"lesions\":[{cysts},0,0],\"retina_um\":{retina:.3},\"central_um\":{central:.3},\
             \"layers_um\":[{layers}]}}}}}}\n",
            &hash[..8],
            number / 50_000,
            random.bits() >> 11,
        );
    }
    Ok(write_file(&dir.join(MANIFEST_FILE), text.as_bytes())?)
}
