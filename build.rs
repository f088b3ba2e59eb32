//! Lists the models of `assets/models` so that the binary carries them, however many there are.

use std::fmt::Write as _;
use std::path::Path;

/// Variable that leaves the models out: "none".
const BUNDLED_MODELS: &str = "RETIDIFF_BUNDLED_MODELS";

fn main() -> std::io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=assets/models");
    let root = std::env::var("CARGO_MANIFEST_DIR").map_err(std::io::Error::other)?;
    let folder = Path::new(&root).join("assets").join("models");
    let mut models = Vec::new();
    // A binary that travels beside the models need not carry them, too.
    println!("cargo:rerun-if-env-changed={BUNDLED_MODELS}");
    if folder.is_dir() && std::env::var(BUNDLED_MODELS).as_deref() != Ok("none") {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "safetensors") {
                models.push(path);
            }
        }
    }
    models.sort();
    let mut table = String::from("&[\n");
    for path in &models {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let place = format!("/assets/models/{file}");
        // Names are text: Debug writes them as Rust literals. The checkout's folder is asked for when the
        // table is compiled, not written into it: this output outlives a checkout that is moved.
        writeln!(table, "    ({name:?}, include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {place:?}))),")
            .map_err(std::io::Error::other)?;
    }
    table.push_str("]\n");
    let out = std::env::var("OUT_DIR").map_err(std::io::Error::other)?;
    // Cargo runs this script again when it was cut off, so half a file cannot stay.
    #[allow(clippy::disallowed_methods)]
    std::fs::write(Path::new(&out).join("bundled_models.rs"), table)
}
