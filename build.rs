//! Lists the models of `assets/models` so that the binary carries them, however many there are, and has the linker leave
//! out what the program has twice.

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
    let travels = std::env::var(BUNDLED_MODELS).as_deref() == Ok("none");
    shrink(travels);
    if folder.is_dir() && !travels {
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

/// Asks the linker that Rust brings on Linux (LLD, since 1.90) to keep one of functions that are equal to the byte, and to
/// write the addresses that are set at start in short: 127 MB become 116, at no time. Other linkers do not know the
/// former, so whoever names one, or flags of their own, gets none of it.
fn shrink(travels: bool) {
    let is = |variable: &str, value: &str| std::env::var(variable).as_deref() == Ok(value);
    let target = "x86_64-unknown-linux-gnu";
    let is_ours = is("TARGET", target)
        && std::env::var_os("RUSTC_LINKER").is_none()
        && std::env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.is_empty());
    if !is_ours {
        return;
    }
    println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
    // The C library must know short addresses: that of this system does where its version is 2.36 at least. A program
    // for other machines may meet an older one.
    if is("HOST", target) && !travels && c_library().is_some_and(|version| version >= (2, 36)) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Version of this system's C library, from the first line that `ldd --version` prints: "ldd (Debian GLIBC 2.36-9) 2.36".
fn c_library() -> Option<(u32, u32)> {
    let output = std::process::Command::new("ldd").arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let (major, minor) = text.lines().next()?.split_whitespace().next_back()?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
