//! Model files: what is written is read back, and nothing hostile gets further than an error.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use proptest::prelude::*;
use retidiff::diffusion::model_file::{
    self, METADATA_KEY, ModelFileError, ModelInfo, ModelKind, Normalisation, Precision,
};
use retidiff::diffusion::{Prediction, Schedule, tensor_file};
use retidiff::encoding::labels::LabelScheme;
use retidiff::encoding::mapping::Mapping;
use retidiff::formats::write_atomically;
use retidiff::nn::{UNet, UNetConfig, weights};
use retidiff::segmentation::segmenter_file;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use crate::golden_nn::with_named_weights;

/// A network of the live kind, small enough for a test.
pub fn tiny_network() -> UNetConfig {
    UNetConfig {
        widths: vec![8, 8],
        attention: vec![false, false],
        groups: 4,
        sinusoid_channels: 8,
        time_channels: 8,
        middle_blocks: 1,
        ..UNetConfig::live()
    }
}

pub fn tiny_model() -> (UNet, ModelInfo) {
    let network = tiny_network();
    let info = ModelInfo {
        // The oldest that draws it rightly: it has neither style nor vessel shadows.
        version: 1,
        name: "tiny".to_owned(),
        kind: ModelKind::Image,
        preset: "live".to_owned(),
        labels: LabelScheme::studio(),
        mapping: Mapping { max_window: [64, 64], overlap: 16, ..Mapping::live() },
        normalisation: Normalisation::MinusOneToOne,
        schedule: Schedule::live(),
        prediction: Prediction::V,
        style: None,
        shadow: false,
        mask: None,
        training: serde_json::json!({"steps": 0}).into(),
        tensors_sha256: String::new(),
        network,
    };
    (with_named_weights(info.network.init(&Device::flex())), info)
}

fn written() -> Vec<u8> {
    let (unet, info) = tiny_model();
    model_file::encode(&unet, &info, Precision::F32)
}

fn load(bytes: &[u8]) -> Result<(UNet, ModelInfo), ModelFileError> {
    model_file::load(bytes, "some.safetensors", &Device::flex())
}

/// The file again with its description and its tensors changed, the checksum made right.
fn rewritten(
    change: impl FnOnce(&mut serde_json::Value),
    tensors: impl FnOnce(&mut Vec<(String, Dtype, Vec<usize>, Vec<u8>)>),
) -> Vec<u8> {
    let bytes = written();
    let (_, header) = SafeTensors::read_metadata(&bytes).expect("a good file");
    let description = &header.metadata().as_ref().expect("metadata")[METADATA_KEY];
    let mut description: serde_json::Value = serde_json::from_str(description).expect("JSON");
    let file = SafeTensors::deserialize(&bytes).expect("a good file");
    let mut kept: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = file
        .iter()
        .map(|(name, view)| (name.to_owned(), view.dtype(), view.shape().to_vec(), view.data().to_vec()))
        .collect();
    tensors(&mut kept);
    let serialize = |description: &serde_json::Value| {
        let views = kept.iter().map(|(name, dtype, shape, bytes)| {
            (name.as_str(), TensorView::new(*dtype, shape.clone(), bytes).expect("a tensor"))
        });
        let metadata = HashMap::from([(METADATA_KEY.to_owned(), description.to_string())]);
        safetensors::serialize(views, Some(metadata)).expect("a file")
    };
    let draft = serialize(&description);
    let (length, _) = SafeTensors::read_metadata(&draft).expect("a good file");
    description["tensors_sha256"] = sha256(&draft[8 + length..]).into();
    change(&mut description);
    serialize(&description)
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn message(bytes: &[u8]) -> String {
    let Err(error) = load(bytes) else { panic!("a damaged model file was taken") };
    let message = error.to_string();
    assert!(message.starts_with("some.safetensors: "), "{message}");
    message
}

#[test]
fn what_is_written_is_read_back() {
    let (unet, info) = tiny_model();
    let bytes = written();
    assert_eq!(bytes, written(), "the same model gives the same bytes");
    let (read, read_info) = load(&bytes).expect("a good file");
    assert_eq!(weights::collect(&read), weights::collect(&unet));
    assert_eq!(read_info.tensors_sha256.len(), 64);
    assert_eq!(ModelInfo { tensors_sha256: String::new(), ..read_info.clone() }, info);
    assert_eq!(model_file::read_info(&bytes, "x").expect("a good file"), read_info);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    write_atomically(&path, &bytes[..bytes.len() - 5]).expect("written");
    let described = model_file::read_info_of(&path).expect("the weights stay unread");
    assert_eq!(described, read_info);
    assert_eq!(model_file::encode(&read, &read_info, Precision::F32), bytes);

    let half = model_file::encode(&unet, &info, Precision::F16);
    assert!(half.len() < bytes.len() * 2 / 3);
    let (read, _) = load(&half).expect("a good file");
    for (half, full) in weights::collect(&read).iter().zip(weights::collect(&unet)) {
        assert_eq!(half.name, full.name);
        assert!(half.values.iter().zip(&full.values).all(|(a, b)| (a - b).abs() <= 6e-4 * b.abs().max(0.01)));
    }
}

/// The model files that came with the program, and those of small runs of earlier programs.
fn files_of_before() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bundled = std::fs::read_dir(root.join("assets/models")).into_iter().flatten().flatten();
    let bundled = bundled.map(|entry| entry.path());
    let models = bundled.filter(|path| path.extension().is_some_and(|ending| ending == "safetensors"));
    let runs = ["live", "teacher"].map(|run| root.join("tests/fixtures/runs").join(run));
    models.chain(runs.map(|run| run.join("ended.safetensors"))).collect()
}

/// Whether what a file states under a key is understood, if it states anything.
macro_rules! is_understood {
    ($training:ident: $($fact:ident)*) => {
        [$((stringify!($fact), $training.$fact.is_stated() == $training.$fact.known().is_some()),)*]
    };
}

#[test]
fn descriptions_of_before_are_understood_and_written_as_they_were() {
    let files = files_of_before();
    assert!(files.len() >= 2, "{files:?}");
    for path in files {
        let name = path.display().to_string();
        let bytes = std::fs::read(&path).expect("a model file");
        let (description, _) = tensor_file::description(&bytes, &name).expect("a model file");
        let training = match segmenter_file::read_info(&bytes, &name) {
            Ok(info) => info.training,
            Err(_) => model_file::read_info(&bytes, &name).expect("a model file").training,
        };
        let untyped: serde_json::Value = serde_json::from_str(&description).expect("JSON");
        let written = serde_json::to_string(&training).expect("plain data");
        assert_eq!(written, untyped["training"].to_string(), "{name}");
        assert!(training.others.is_empty() && training.instead.is_none(), "{name}: {:?}", training.others);
        assert!(training.stage.known().is_some() && !training.trained_on().is_empty(), "{name}");
        let facts = is_understood!(training:
            from lineage teacher_sha256 steps of_steps batch accumulation seed learning_rate arithmetic ema_decay
            weights strip_px validation_loss validation_step validation_dice validation_dice_fluid sources credits
            validation_subjects training_scans pseudo_labelled_scans mask_dropout style_dropout lesion_edges
            lesion_weight drm augmentation mask_augmentation high_noise wide distillation loss);
        for (fact, is_understood) in facts {
            assert!(is_understood, "{name}: {fact}");
        }
    }
}

#[test]
fn a_summary_of_strange_types_makes_no_file_unreadable() {
    let strange = serde_json::json!({
        "stage": 3, "steps": "many", "teacher_sha256": ["ab"], "mask_dropout": "0.1", "lineage": {}, "mood": "good"
    });
    for training in [strange, serde_json::Value::Null, serde_json::json!("long")] {
        let bytes = rewritten(|description| description["training"] = training.clone(), |_| ());
        let (network, info) = load(&bytes).expect("only the summary is strange");
        assert_eq!((info.teacher_sha256(), info.mask_dropout()), (None, 0.0));
        let again = model_file::encode(&network, &info, Precision::F32);
        let again = model_file::read_info(&again, "again").expect("a good file");
        assert_eq!(serde_json::to_value(&again.training).expect("plain data"), training);
    }
}

#[test]
fn a_file_on_disk_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    let (unet, info) = tiny_model();
    model_file::save(&path, &unet, &info, Precision::F32).expect("written");
    model_file::save(&path, &unet, &info, Precision::F32).expect("written again");
    assert_eq!(std::fs::read(&path).expect("readable"), written());
    assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 1);
    let missing = model_file::save(&folder.path().join("no/such/model"), &unet, &info, Precision::F32);
    assert!(matches!(missing, Err(ModelFileError::Write { .. })));
}

#[test]
fn damage_is_noticed() {
    let bytes = written();
    assert!(matches!(load(&[]), Err(ModelFileError::Malformed { .. })));
    for kept in [4, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        assert!(matches!(load(&bytes[..kept]), Err(ModelFileError::Malformed { .. })), "{kept} bytes");
    }
    let mut flipped = bytes.clone();
    *flipped.last_mut().expect("bytes") ^= 1;
    assert!(matches!(load(&flipped), Err(ModelFileError::Damaged { .. })));
    let mut lying = bytes;
    lying[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(load(&lying), Err(ModelFileError::Malformed { .. })));
}

#[test]
fn other_safetensors_are_no_models() {
    let data = [0u8; 16];
    let view = TensorView::new(Dtype::F32, vec![4], &data).expect("a tensor");
    let bytes = safetensors::serialize([("weight", view)], None).expect("a file");
    assert!(matches!(load(&bytes), Err(ModelFileError::NotAModel { .. })));
}

#[test]
fn a_newer_version_is_refused_whatever_it_holds() {
    let bytes = rewritten(
        |description| *description = serde_json::json!({"version": model_file::MODEL_FILE_VERSION + 1}),
        |_| (),
    );
    assert!(message(&bytes).contains("update RetiDiff"), "{}", message(&bytes));
}

#[test]
fn what_programs_of_version_1_would_draw_wrongly_has_version_2() {
    let (_, plain) = tiny_model();
    let with_network = |change: fn(&mut UNetConfig)| {
        let mut info = plain.clone();
        change(&mut info.network);
        info
    };
    let styled = with_network(|network| network.style_channels = 2);
    let shadowed = ModelInfo { shadow: true, ..with_network(|network| network.condition_channels += 1) };
    let centred =
        ModelInfo { prediction: Prediction::Residual { deviation: 0.2, mean: -0.7 }, ..plain.clone() };
    let version = |info: &ModelInfo| {
        let bytes = model_file::encode(&info.network.init(&Device::flex()), info, Precision::F16);
        model_file::read_info(&bytes, "a model").expect("a model file").version
    };
    assert_eq!([&plain, &styled, &shadowed, &centred].map(version), [1, 2, 2, 2]);
}

#[test]
fn descriptions_that_lie_are_refused() {
    let refused = |field: &str, value: serde_json::Value| {
        let bytes = rewritten(
            |description| *description.pointer_mut(field).unwrap_or_else(|| panic!("{field}")) = value,
            |_| (),
        );
        message(&bytes)
    };
    refused("/network/widths", serde_json::json!([1_000_000_000_000_u64, 8]));
    refused("/network/widths", serde_json::json!([1024, 1024]));
    refused("/network/groups", serde_json::json!(0));
    refused("/network/blocks_per_level", serde_json::json!(u64::MAX));
    refused("/network/condition_channels", serde_json::json!(3));
    refused("/labels/planes", serde_json::json!([]));
    refused("/mapping/multiple", serde_json::json!(0));
    refused("/mapping/multiple", serde_json::json!(3));
    refused("/mapping/overlap", serde_json::json!(4_294_967_295_u32));
    refused("/mapping/axial_um_per_px", serde_json::json!(0.0));
    refused("/mapping/max_window", serde_json::json!([0, 0]));
    refused("/schedule", serde_json::json!({"kind": "cosine_shifted", "log_snr_shift": 1e9}));
    refused("/prediction", serde_json::json!("epsilon"));
    refused("/version", serde_json::json!("one"));
    refused("/tensors_sha256", serde_json::json!("00"));
}

/// Name, type, shape and bytes.
type RawTensor = (String, Dtype, Vec<usize>, Vec<u8>);

#[test]
fn tensors_that_do_not_fit_are_refused() {
    let with = |change: &dyn Fn(&mut Vec<RawTensor>)| message(&rewritten(|_| (), |tensors| change(tensors)));
    assert!(with(&|tensors| drop(tensors.remove(0))).contains("is missing"));
    assert!(with(&|tensors| tensors[0].0 = "stranger".to_owned()).contains("stranger"));
    assert!(with(&|tensors| tensors[0].2.insert(0, 1)).contains("has shape"));
    assert!(with(&|tensors| tensors[0].1 = Dtype::I32).contains("has type"));
    assert!(with(&|tensors| tensors[0].3[..4].copy_from_slice(&f32::NAN.to_le_bytes())).contains("finite"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Any damage to the header is an error or harmless, never a panic.
    #[test]
    fn a_damaged_header_never_panics(position in 0usize..1500, byte: u8) {
        let mut bytes = written();
        bytes[position] = byte;
        let _ = load(&bytes);
    }
}
