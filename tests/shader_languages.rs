//! Every shader of ours in the languages of the graphics interfaces: Metal and DirectX 12 cannot be run everywhere, but
//! what wgpu would hand them can be written down anywhere.

use std::fs;
use std::path::{Path, PathBuf};

use naga::back::{hlsl, msl, spv};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};

/// The Metal Shading Language of macOS 10.15: what wgpu asks for where nothing newer is there.
const OLDEST_METAL: (u8, u8) = (2, 2);

fn shaders() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders");
    let files = fs::read_dir(&folder).expect("shaders/").flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "wgsl")).collect();
    files.sort();
    files
}

/// A module that naga's parser and validator accept, with nothing beyond WebGPU but these capabilities.
fn validated(name: &str, text: &str, capabilities: Capabilities) -> (naga::Module, ModuleInfo) {
    let module = naga::front::wgsl::parse_str(text)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(text)));
    let info = Validator::new(ValidationFlags::all(), capabilities)
        .validate(&module)
        .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(text)));
    (module, info)
}

fn as_metal(name: &str, module: &naga::Module, info: &ModuleInfo) -> String {
    let options = msl::Options { lang_version: OLDEST_METAL, ..msl::Options::default() };
    let (text, translation) = msl::write_string(module, info, &options, &msl::PipelineOptions::default())
        .unwrap_or_else(|error| panic!("{name} in Metal's language: {error}"));
    for entry in translation.entry_point_names {
        entry.unwrap_or_else(|error| panic!("{name} in Metal's language: {error}"));
    }
    text
}

/// Every entry point by the name that it has there.
fn check_hlsl(name: &str, module: &naga::Module, info: &ModuleInfo, model: hlsl::ShaderModel) {
    let options = hlsl::Options { shader_model: model, ..hlsl::Options::default() };
    let pipeline = hlsl::PipelineOptions::default();
    let mut text = String::new();
    let reflection = hlsl::Writer::new(&mut text, &options, &pipeline)
        .write(module, info, None)
        .unwrap_or_else(|error| panic!("{name} in HLSL: {error}"));
    assert_eq!(reflection.entry_point_names.len(), module.entry_points.len());
    for entry in reflection.entry_point_names {
        let entry = entry.unwrap_or_else(|error| panic!("{name} in HLSL: {error}"));
        assert!(text.contains(&entry), "{name}: {entry} in HLSL");
    }
}

#[test]
fn every_shader_can_be_written_for_metal_directx_and_vulkan() {
    let shaders = shaders();
    assert!(shaders.len() >= 3, "{shaders:?}");
    for path in shaders {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a shader is readable");
        // The compiler that Windows brings, and the one that releases bring.
        let models = [hlsl::ShaderModel::V5_1, hlsl::ShaderModel::V6_0];
        check_in_every_language(&name, &text, Capabilities::empty(), &models);
    }
}

fn check_in_every_language(name: &str, text: &str, capabilities: Capabilities, models: &[hlsl::ShaderModel]) {
    let (module, info) = validated(name, text, capabilities);
    assert!(!module.entry_points.is_empty(), "{name} has an entry point");
    let metal = as_metal(name, &module, &info);
    for &model in models {
        check_hlsl(name, &module, &info, model);
    }
    for entry in &module.entry_points {
        let stage = match entry.stage {
            naga::ShaderStage::Vertex => "vertex ",
            naga::ShaderStage::Fragment => "fragment ",
            _ => "kernel ",
        };
        assert!(metal.contains(stage), "{name}: {} in Metal's language", entry.name);
    }
    let words = spv::write_vec(&module, &info, &spv::Options::default(), None)
        .unwrap_or_else(|error| panic!("{name} in SPIR-V: {error}"));
    assert_eq!(words.first(), Some(&0x0723_0203), "{name}: SPIR-V's magic number");
}

/// What cubecl makes of our kernels where it hands wgpu the language of WebGPU.
#[cfg(feature = "gpu")]
#[test]
fn every_kernel_can_be_written_for_metal_directx_and_vulkan() {
    use burn::tensor::{DType, FloatDType};
    use retidiff::nn::kernels::tile::Tile;
    use retidiff::nn::kernels::tiled_convolution::as_wgsl;

    let Some(device) = crate::kernels::any_device() else {
        eprintln!("skipped: no graphics adapter, not even a software one");
        return;
    };
    for (kernel, stride) in [(1, 1), (3, 1), (3, 2)] {
        let tile = Tile::of(kernel, stride).expect("a tile of ours");
        let name = format!("the {kernel}x{kernel} convolution of stride {stride}");
        let text = as_wgsl::<f32>(tile, &device, DType::F32).expect("no CPU").expect("a shader");
        assert!(text.contains("workgroup"), "{name}: {text}");
        let models = [hlsl::ShaderModel::V5_1, hlsl::ShaderModel::V6_0];
        check_in_every_language(&name, &text, Capabilities::empty(), &models);
        if device.supports_dtype(FloatDType::F16) {
            let text = as_wgsl::<half::f16>(tile, &device, DType::F16).expect("no CPU").expect("a shader");
            let name = format!("{name} in half precision");
            // The compiler that Windows brings knows no half precision.
            check_in_every_language(&name, &text, Capabilities::SHADER_FLOAT16, &[hlsl::ShaderModel::V6_2]);
        }
    }
}

#[test]
fn a_shader_that_is_wrong_is_found() {
    let unknown = naga::front::wgsl::parse_str("@fragment fn f() -> @location(0) vec4f { return nothing; }");
    assert!(unknown.is_err());
    // Parses, and is no shader: a fragment without a place for what it returns.
    let is_valid = naga::front::wgsl::parse_str("@fragment fn f() -> vec4f { return vec4f(0.0); }")
        .is_ok_and(|module| {
            Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(&module).is_ok()
        });
    assert!(!is_valid);
}
