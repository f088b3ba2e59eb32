//! The readers beside those of scans: labels of volumes and of COCO, recipes, plans, what a picture says of its making,
//! fields of identity, DICOM of our own making, pairing codes, words of a server. Survived as the readers of scans are.

use std::path::Path;

use retidiff::cases::CaseRecipe;
use retidiff::document::Document;
use retidiff::formats::dicom_writer::{self, DicomWishes};
use retidiff::formats::label_mapping::{LabelMapping, Scheme, propose};
use retidiff::formats::provenance::Provenance;
use retidiff::formats::volume_export::ExportPlane;
use retidiff::formats::{
    coco, dicom, feature_file, heyex, identity, label_picture, label_volume, mat, scan_image,
};
use retidiff::generation::{GenerationPlan, MaskPlanning, PlannedLooks, ScanPlanning, WarpedFluid};
use retidiff::mask::Mask;
use retidiff::scan::{BScan, Laterality, Spacing, Volume};

use crate::fixtures::{self, Numbers};
use crate::hostile::{Format, NAME, Reader, survive};
use crate::volumes::{Stored, Way};

const SIDES: (u32, u32) = (21, 13);
const FLIPS: usize = 400;

const RECIPE: &str = "version = 1\nname = \"x\"\neye = \"OD\"\ncentral_thickness_um = 400\n\n[[srf]]\nheight_um = 180\n\
                      width_um = 2600\nat_um = 100\n\n[[cysts]]\ncount = 3\nlayers = [\"INL\"]\nwidth_um = [90, 180]\n";
const MADE: [(&str, &str); 7] = [
    ("Synthetic", "true"),
    ("Seed", "17"),
    ("Steps", "8"),
    ("Sampler", "ddim"),
    ("Guidance", "1.5 (of the label)"),
    ("PixelSizeUm", "3.87x11.3"),
    ("Comment", "SYNTHETIC mask, drawn by a model"),
];

/// Two rows of two features.
const NPY: &[u8] = b"\x93NUMPY\x01\x00\x3c\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n\
                     \0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40";
const TENSORS: &[u8] =
    b"\x40\0\0\0\0\0\0\0{\"features\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}\
                         \0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40";

/// Two small B-scans with labels.
fn document() -> Document {
    let (width, height) = SIDES;
    let b_scan = |k: u8| {
        let mut scan = BScan::from_image(fixtures::grey(width, height), format!("B-scan {k}"));
        scan.spacing = Spacing::checked(3.9, 11.7);
        scan.laterality = Some(Laterality::Left);
        scan
    };
    let volume = Volume { b_scans: vec![b_scan(1), b_scan(2)], b_scan_distance_um: Some(250.0) };
    let mut document = Document::from_volume(volume);
    for page in &mut document.pages {
        page.mask = Mask::from_composite(width, height, &fixtures::codes(width, height)).0;
    }
    document
}

fn plan() -> GenerationPlan {
    let masks = MaskPlanning::Warp {
        manifest_sha256: "0".repeat(64),
        width: 768,
        height: 496,
        pixel_um: [3.87, 11.3],
        fluid: WarpedFluid::Bent,
    };
    let scans = ScanPlanning {
        name: "live".to_owned(),
        sha256: "0".repeat(64),
        sampler: "ddim".to_owned(),
        noise_levels: None,
        steps: 8,
        looks: PlannedLooks::Drawn,
    };
    GenerationPlan::new(8, 7, masks, scans)
}

/// What DICOM of our own making is read as: scans, or the refusal that says what the file holds instead.
fn own_dicom(bytes: &[u8]) -> Result<(), String> {
    match dicom::read(bytes, NAME).map(drop).map_err(|error| error.to_string()) {
        Err(said) if said.contains("holds no B-scans") => Ok(()),
        read => read,
    }
}

fn read_coco(bytes: &[u8]) -> Result<(), String> {
    let pictures = coco::read(bytes, NAME).map_err(|error| error.to_string())?;
    // A picture may rightly be large; its labels are then asked for one at a time.
    let small = pictures.iter().filter(|picture| picture.width.saturating_mul(picture.height) < 1 << 20);
    small.for_each(|picture| drop(picture.labels(NAME)));
    Ok(())
}

fn read_label_volume(bytes: &[u8]) -> Result<(), String> {
    match label_volume::pictures(bytes, Path::new(NAME), NAME) {
        Some(pictures) => pictures.map(|all| all.iter().for_each(|one| drop(propose(one)))),
        None => label_picture::read(bytes, NAME).map(|one| drop(propose(&one))),
    }
    .map_err(|error| error.to_string())
}

/// A mapping and a scheme have no file to name beside the words themselves.
fn read_mapping(bytes: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    let mapping = text.parse::<LabelMapping>().map(drop);
    let scheme = text.parse::<Scheme>().map(drop);
    mapping.or(scheme).map_err(|said| format!("{NAME} as a mapping or a scheme: {said}"))
}

fn identity_of_any(bytes: &[u8]) -> Result<(), String> {
    drop(identity::identity_fields(bytes));
    heyex::identity_fields(bytes, NAME).map(drop).map_err(|error| error.to_string())?;
    Ok(())
}

#[cfg(feature = "cpu")]
fn hear_a_server(bytes: &[u8]) -> Result<(), String> {
    use retidiff::serve::frame::FrameReader;
    use retidiff::serve::message::to_studio;
    let mut frames = FrameReader::new(bytes, "a server");
    frames.skip_greeting().map_err(|error| error.to_string())?;
    while let Some(frame) = frames.next(|| {}).map_err(|error| error.to_string())? {
        to_studio(&frame).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// What a server says, behind what its login shell printed first.
#[cfg(feature = "cpu")]
fn words_of_a_server() -> Format {
    use retidiff::serve::frame::write_frame;
    use retidiff::serve::message::{ToStudio, to_frame};
    let mut valid = b"Welcome to this machine\n".to_vec();
    for (message, body) in [
        (ToStudio::Beat, Vec::new()),
        (ToStudio::Progress { job: 3, step: 1, of: 8 }, Vec::new()),
        (ToStudio::Picture { job: 3, rect: [1, 2, 4, 4] }, vec![7; 16]),
    ] {
        write_frame(&mut valid, &to_frame(&message, body)).expect("it goes into a vector");
    }
    let read: Reader = |bytes| hear_a_server(bytes).map_err(|said| format!("{NAME}: {said}"));
    Format { name: "words of a server", valid, read, must_be_whole: false }
}

/// The readers of this file, each with a small true file.
pub fn hostile_formats() -> Vec<Format> {
    let text = |name, valid: &[u8], read| Format { name, valid: valid.to_vec(), read, must_be_whole: false };
    let dicom_of = |name, bytes: Result<Vec<u8>, retidiff::formats::FormatError>| Format {
        name,
        valid: bytes.expect("it has all that DICOM requires"),
        read: own_dicom,
        must_be_whole: false,
    };
    let (document, wishes) = (document(), DicomWishes::default());
    let plane = |plane| dicom_writer::write(&document, plane, wishes, "a");
    let codes = fixtures::codes(SIDES.0, SIDES.1);
    let page = coco::CocoPage { file_name: "a.png", width: SIDES.0, height: SIDES.1, codes: &codes };
    let made = scan_image::write(&fixtures::grey(9, 7), &MADE).expect("a PNG");
    vec![
        dicom_of("DICOM tomography of our own", plane(ExportPlane::Scans)),
        dicom_of("DICOM segmentation", plane(ExportPlane::Labels)),
        dicom_of("DICOM height map", dicom_writer::write_height_maps(&document, wishes, "a")),
        text("COCO annotations", &coco::write(&[page]), read_coco),
        text("label volume, NIfTI", &Way::plain().nifti(), read_label_volume),
        text(
            "label volume, MetaImage",
            &Way { stored: Stored::F32, is_big: true, ..Way::plain() }.metaimage(),
            read_label_volume,
        ),
        text("label picture, any", &fixtures::label_png(30, 20), read_label_volume),
        text("mapping of labels", b"0=above,1=NFL,30=IRF,#ff0000=SRF,255=ignore", read_mapping),
        text("case recipe", RECIPE.as_bytes(), |b| {
            CaseRecipe::read(&String::from_utf8_lossy(b), NAME).map(drop).map_err(|e| e.to_string())
        }),
        text("plan of shards", plan().to_json().as_bytes(), |b| {
            GenerationPlan::read(b, NAME).map(drop).map_err(|e| e.to_string())
        }),
        text("provenance of a PNG", &made, |b| {
            Provenance::of_png(b, NAME).map(drop).map_err(|e| e.to_string())
        }),
        text(
            "identity of an XML",
            b"<HEDX><BODY><Patient><ID>1</ID></Patient></BODY></HEDX>",
            identity_of_any,
        ),
        text("identity of a picture", &made, |b| {
            drop(identity::identity_fields(b));
            Ok(())
        }),
        text("identity of a TIFF", &fixtures::tiff_stack(&[(9, 7)]), |b| {
            drop(identity::identity_fields(b));
            Ok(())
        }),
        text("identity of a MAT", b"MATLAB 5.0 MAT-file", |b| {
            mat::identity_fields(b, NAME).map(drop).or_else(|error| match error.to_string() {
                said if said.contains(NAME) => Ok(()),
                said => Err(said),
            })
        }),
        text("features, numpy", NPY, |b| feature_file::read(b, NAME).map(drop).map_err(|e| e.to_string())),
        text("features, safetensors", TENSORS, |b| {
            feature_file::read(b, NAME).map(drop).map_err(|e| e.to_string())
        }),
        #[cfg(feature = "cpu")]
        words_of_a_server(),
        #[cfg(feature = "tls")]
        text("pairing code", b"3F7Q-0000-1111-AAAA-ZZZZ-9999", |b| {
            use retidiff::serve::paired::code::PairingCode;
            let code = PairingCode::parse(&String::from_utf8_lossy(b));
            let code = code.map_err(|said| format!("{NAME}: as a pairing code: {said}"))?;
            assert_eq!(PairingCode::parse(&code.text()), Ok(code));
            Ok(())
        }),
    ]
}

#[test]
fn the_true_files_are_read_and_every_cut_of_them_is_survived() {
    for format in hostile_formats() {
        survive(&format, &format.valid, "as it is").unwrap_or_else(|e| panic!("{}: {e}", format.name));
        let step = format.valid.len().div_ceil(1500).max(1);
        for offset in (0..format.valid.len()).step_by(step) {
            let _ = survive(&format, &format.valid[..offset], &format!("cut at byte {offset}"));
        }
    }
}

#[test]
fn flipped_bits_are_survived_by_the_other_readers() {
    for (index, format) in hostile_formats().into_iter().enumerate() {
        let mut numbers = Numbers(0x1abe1 + index as u64);
        for round in 0..FLIPS {
            let mut bytes = format.valid.clone();
            for _ in 0..=round % 4 {
                bytes[numbers.below(format.valid.len())] ^= 1 << numbers.below(8);
            }
            let _ = survive(&format, &bytes, &format!("round {round}"));
        }
    }
}
