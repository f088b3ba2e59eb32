//! Networks that were trained on photographs against the reference libraries (`reference/perceptual_reference.py`), by way of
//! the files that people have of them.
//!
//! No weights are stored: both sides compute them from the tensor's name in the reference. A hash says that the names and
//! shapes are the reference's own.

use burn::tensor::{Device, Tensor, TensorData};
use retidiff::evaluation::features::{
    FeatureNetwork, FeatureNetworkError, PerceptualDistance, PictureFolder,
};
use retidiff::formats::provenance::sha256_hex;
use retidiff::formats::{scan_image, write_file};
use retidiff::nn::perceptual::{EfficientNetLite0, Inception, Lpips, Published, TrunkKind};
use retidiff::nn::weights;
use retidiff::scan::GreyImage;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::Value;

use crate::golden_nn::hash_units;

/// Height and width of the reference's pictures.
const SIZES: [[usize; 2]; 3] = [[70, 81], [70, 81], [320, 203]];

/// A tensor of a file: its name there, its shape, its bytes.
pub type Stored = (String, Vec<usize>, Vec<u8>);

fn golden() -> Value {
    serde_json::from_str(include_str!("reference/perceptual.json")).expect("the reference is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|number| number.as_f64().expect("a number")).collect()
}

/// The reference's picture: stripes and noise in whole greys.
fn picture(index: usize) -> GreyImage {
    let [height, width] = SIZES[index];
    let units = hash_units(&format!("picture {index}"), height * width);
    let grey = |(at, unit): (usize, f32)| {
        let stripes = (at / width * (3 + index) + at % width * 2) % 121;
        stripes as u8 + ((f64::from(unit) + 1.0) * 60.0).floor() as u8
    };
    let pixels: Vec<u8> = units.into_iter().enumerate().map(grey).collect();
    GreyImage::new(width as u32, height as u32, pixels)
}

fn value(name: &str, axes: &[usize], unit: f32) -> f32 {
    match axes {
        _ if name.starts_with("lin") => unit.abs(),
        [_] if name.ends_with("running_var") || name.ends_with("weight") => 1.0 + 0.2 * unit,
        [_] => 0.1 * unit,
        [_, inputs @ ..] => unit * (6.0 / inputs.iter().product::<usize>() as f64).sqrt() as f32,
        [] => unit,
    }
}

/// The tensors that a network needs, under the names and with the weights of the reference.
pub fn published(network: &impl Published) -> Vec<Stored> {
    let stored = weights::shapes(network).into_iter().map(|(name, shape)| {
        let name = network.published_names(&name).remove(0);
        let units = hash_units(&name, shape.iter().product());
        let bytes: Vec<u8> =
            units.into_iter().flat_map(|unit| value(&name, &shape, unit).to_le_bytes()).collect();
        (name, shape, bytes)
    });
    stored.collect()
}

/// Whether names and shapes are the reference's, by their hash.
fn assert_named_as(stored: &[Stored], expected: &Value) {
    let mut lines: Vec<String> =
        stored.iter().map(|(name, shape, _)| format!("{name} {shape:?}\n")).collect();
    lines.sort_unstable();
    assert_eq!(*expected, sha256_hex(lines.concat().as_bytes()), "{lines:#?}");
}

pub fn file_of(stored: &[Stored]) -> Vec<u8> {
    let views = stored.iter().map(|(name, shape, bytes)| {
        (name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes).expect("bytes of the shape"))
    });
    safetensors::serialize(views, None).expect("a small header")
}

fn assert_close(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let largest = expected.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    println!("{what}: largest difference {worst:e} of {largest}");
    assert!(worst < 1e-4 * largest.max(1e-3), "{what}: largest difference {worst} of {largest}");
}

#[test]
fn the_pictures_are_those_of_the_reference() {
    let sum = |index| picture(index).pixels.iter().map(|&grey| u64::from(grey)).sum::<u64>();
    assert_eq!(golden()["greys"], serde_json::json!([sum(0), sum(1), sum(2)]));
}

fn lpips_agrees(kind: TrunkKind, name: &str) {
    let device = Device::flex();
    let golden = &golden()[name];
    let mut stored = published(&Lpips::new(kind, &device));
    assert_named_as(&stored, &golden["names"]);
    // What such files hold beside.
    stored.push(("scaling_layer.shift".to_owned(), vec![1], vec![0; 4]));
    stored.push(("lins.0.model.1.weight".to_owned(), vec![1], vec![0; 4]));
    let lpips = PerceptualDistance::load(&file_of(&stored), "lpips", &device).unwrap();
    let parts = lpips.parts(&picture(0), &picture(1));
    assert_close(&parts, &numbers(&golden["layers"]), name);
    assert_close(&[parts.iter().sum()], &[golden["distance"].as_f64().unwrap()], name);
    assert_eq!(lpips.parts(&picture(0), &picture(0)), [0.0; 5]);
}

#[test]
fn lpips_by_alexnet_agrees_with_its_authors_code() {
    lpips_agrees(TrunkKind::Alex, "alex");
}

#[test]
fn lpips_by_vgg16_agrees_with_its_authors_code() {
    lpips_agrees(TrunkKind::Vgg, "vgg");
}

#[test]
fn the_maps_of_alexnet_agree_with_torchvision() {
    let device = Device::flex();
    let network = Lpips::new(TrunkKind::Alex, &device);
    let values = weights::shapes(&network).into_iter().map(|(name, shape)| {
        let of_file = network.published_names(&name).remove(0);
        let units = hash_units(&of_file, shape.iter().product());
        let values: Vec<f32> = units.into_iter().map(|unit| value(&of_file, &shape, unit)).collect();
        (name, values)
    });
    let network = weights::assign(network.clone(), values.collect());
    let image = picture(0);
    let plane: Vec<f32> = image.pixels.iter().map(|&grey| f32::from(grey) / 127.5 - 1.0).collect();
    let data = TensorData::new(plane.repeat(3), [1, 3, image.height as usize, image.width as usize]);
    let maps = network.trunk_maps(Tensor::from_data(data, &device));
    let golden = golden();
    let expected = golden["alex"]["maps"].as_array().unwrap();
    assert_eq!(maps.len(), expected.len());
    for (map, expected) in maps.into_iter().zip(expected) {
        assert_eq!(serde_json::json!(map.dims()), expected["shape"]);
        let values: Vec<f64> = map.into_data().iter::<f32>().map(f64::from).collect();
        let channels = expected["shape"][1].as_u64().unwrap() as usize;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let last = values[values.len() - 1];
        let expected = [&expected["mean"], &expected["last"]].map(|number| number.as_f64().unwrap());
        assert_close(&[mean, last], &expected, &format!("a map of {channels} channels"));
    }
}

#[test]
fn files_of_lpips_are_refused_with_place_and_remedy() {
    let device = Device::flex();
    let stored = published(&Lpips::new(TrunkKind::Alex, &device));
    let refused = |bytes: &[u8]| PerceptualDistance::load(bytes, "w", &device).unwrap_err().to_string();
    let without = |left_out: &str| {
        let rest: Vec<Stored> = stored.iter().filter(|(name, ..)| name != left_out).cloned().collect();
        refused(&file_of(&rest))
    };
    let said = without("lin3.model.1.weight");
    assert!(said.starts_with("w: the tensor `lin3.model.1.weight`: it is missing; write it where"), "{said}");
    assert!(without("net.slice1.0.weight").contains("neither AlexNet nor VGG16"));
    let with = |name: &str, shape: Vec<usize>, bytes: Vec<u8>| {
        let mut all: Vec<Stored> = stored.iter().filter(|(known, ..)| known != name).cloned().collect();
        all.push((name.to_owned(), shape, bytes));
        refused(&file_of(&all))
    };
    assert!(
        with("layer4.weight", vec![1], vec![0; 4]).contains("`layer4.weight`: it is no part of the network")
    );
    let said = with("lin0.model.1.weight", vec![1, 63, 1, 1], vec![0; 252]);
    assert!(said.contains("it has shape [1, 63, 1, 1], the network needs [1, 64, 1, 1]"), "{said}");
    let infinite = f32::INFINITY.to_le_bytes().repeat(64);
    let said = with("lin0.model.1.weight", vec![1, 64, 1, 1], infinite);
    assert!(said.contains("no finite number; copy or convert it again"), "{said}");
    for torch in [&b"PK\x03\x04archive"[..], b"\x80\x02\x8a\x0apickle"] {
        let said = refused(torch);
        assert!(said.contains("a file of torch") && said.contains("save_file"), "{said}");
    }
    let whole = file_of(&stored);
    for length in [0, 7, 8, 100, whole.len() - 1] {
        assert!(refused(&whole[..length]).contains("copy or convert it again"), "{length}");
    }
    let mut lie = whole[..64].to_vec();
    lie[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(refused(&lie).contains("no safetensors file"));
}

#[test]
fn the_pictures_of_a_set_differ_from_each_other_by_the_mean_of_their_pairs() {
    let device = Device::flex();
    let stored: Vec<Stored> = published(&Lpips::new(TrunkKind::Alex, &device));
    let lpips = PerceptualDistance::load(&file_of(&stored), "lpips", &device).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, image: &GreyImage| {
        write_file(&folder.path().join(name), &scan_image::write(image, &[]).unwrap()).unwrap();
    };
    let diversity = || {
        let pictures = PictureFolder::list(folder.path())?;
        lpips.diversity(&pictures, 10, 0, &mut |_| {})
    };
    write("a.png", &picture(0));
    let said = diversity().unwrap_err().to_string();
    assert!(said.contains("the pictures: there is only one"), "{said}");
    write("b.png", &picture(1));
    write("c.png", &picture(0));
    let found = diversity().unwrap();
    let apart: f64 = lpips.parts(&picture(0), &picture(1)).iter().sum();
    assert_eq!(found.pairs, 3);
    assert_close(&[found.mean], &[2.0 * apart / 3.0], "mean of three pairs");
    write("d.png", &picture(2));
    let error: FeatureNetworkError = diversity().unwrap_err();
    assert!(error.to_string().contains("pictures of 81x70 and of 203x320 pixels; bring them"), "{error}");
    write("d.png", &GreyImage::new(81, 9, vec![7; 729]));
    let said = diversity().unwrap_err().to_string();
    assert!(said.contains("picture 4 has 81x9 pixels; take pictures of at least 32x32"), "{said}");
}

/// The features of two pictures of different size, resized as the reference does it.
fn features_agree(stored: &[Stored], name: &str, shown: &str) {
    let golden = &golden()[name];
    assert_named_as(stored, &golden["names"]);
    let network = FeatureNetwork::load(&file_of(stored), "w", &Device::flex()).unwrap();
    assert!(network.name().starts_with(shown), "{}", network.name());
    for (place, index) in [0, 2].into_iter().enumerate() {
        let features = network.of(&picture(index));
        assert_eq!(golden["length"], features.len());
        let what = format!("{name}, picture {index}");
        let mean = features.iter().sum::<f64>() / features.len() as f64;
        assert_close(&[mean], &[golden["means"][place].as_f64().unwrap()], &what);
        let sampled: Vec<f64> = features.into_iter().skip(7).step_by(61).collect();
        assert_close(&sampled, &numbers(&golden["features"][place]), &what);
    }
}

#[test]
fn inception_agrees_with_pytorch_fid() {
    features_agree(&published(&Inception::new(&Device::flex())), "inception", "Inception of 2015");
}

#[test]
fn efficientnet_lite0_agrees_with_its_package() {
    let stored = published(&EfficientNetLite0::new(&Device::flex()));
    features_agree(&stored, "efficientnet_lite0", "EfficientNet-Lite0");
}

#[test]
fn weights_by_which_no_fid_is_defined_are_refused() {
    let device = Device::flex();
    let refused = |bytes: &[u8]| FeatureNetwork::load(bytes, "w", &device).unwrap_err().to_string();
    let one = |name: &str, shape: Vec<usize>| {
        let bytes = vec![0; 4 * shape.iter().product::<usize>()];
        (name.to_owned(), shape, bytes)
    };
    let inception = one("Mixed_7c.branch_pool.conv.weight", vec![192, 2048, 1, 1]);
    let said = refused(&file_of(&[inception.clone(), one("fc.weight", vec![1000, 1])]));
    assert!(said.starts_with("w: the classifier: these are torchvision's weights"), "{said}");
    let said = refused(&file_of(&[inception, one("fc.weight", vec![1008, 1])]));
    assert!(said.contains("`Conv2d_1a_3x3.bn.bias`: it is missing; convert it: python"), "{said}");
    let said = refused(&file_of(&[one("layer1.weight", vec![4])]));
    assert!(said.contains("the tensors: they are of no network") && said.contains("safetensors"), "{said}");
    assert!(refused(b"PK\x03\x04archive").contains("a file of torch"));
    assert!(refused(b"").contains("no safetensors file"));
}
