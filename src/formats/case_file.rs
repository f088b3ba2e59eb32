//! A designed case as one small text file: it is sent by mail, opens in the window, is asked in a quiz and shown in the
//! demo mode.
//!
//! TOML, so that a colleague can read what it asks for. It holds the recipe with its seed, the base mask where the recipe
//! builds on one (or a mask alone, where somebody painted it), the words for people, and how its synthetic scan is drawn:
//! whoever opens it gets the same labels and, with the same model, the same picture. No path and no name of a file is
//! in it.

use serde::{Deserialize, Serialize};

use super::FormatError;
use super::format::{Format, Input};
use super::label_picture::{self, FoundValue, LabelValue};
use super::label_png;
use super::markup::{base64, from_base64};
use super::opened::{FileKind, Opened};
use crate::anatomy::{LESION_BASE, UNANNOTATED};
use crate::cases::{CaseError, CaseRecipe, Frame, MAX_SEED, solve};
use crate::document::Document;
use crate::mask::{Mask, Plane};
use crate::scan::{BScan, Laterality, Spacing};

/// What the names of these files end in.
pub const CASE_ENDING: &str = "retidiff-case";
/// Version that this program writes and reads.
pub const CASE_FILE_VERSION: u32 = 1;
/// A mask of 2048 x 2048 pixels is a tenth of it.
const MAX_CASE_BYTES: usize = 8 << 20;
const FORMAT_LINE: &str = "format = \"retidiff-case\"";
/// Largest side of a mask in a case, as of one that the solver makes.
const MAX_SIDE_PX: u32 = 2048;
const MAX_TITLE_CHARS: usize = 200;
const MAX_ABOUT_CHARS: usize = 4000;
/// Steps of a synthetic scan unless a file says otherwise.
pub const USUAL_STEPS: u32 = 16;
const MAX_STEPS: u32 = 1000;
/// What a recipe calls the base mask that lies within the file.
const BASE_NAME: &str = "base.png";

/// Files of this kind open as a document without a scan.
pub(super) static FORMAT: Format = Format {
    name: "case (.retidiff-case)",
    endings: &[CASE_ENDING],
    is_in_folders: false,
    recognises: is_case,
    read: read_document,
};

/// A case as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseFile {
    /// For people: what the case is called, and what is to be said of it.
    pub title: String,
    /// What a reader is told of it; may be empty.
    pub about: String,
    /// How its scan is synthesised.
    pub picture: CasePicture,
    /// The recipe or the mask.
    pub content: CaseContent,
}

/// How the synthetic scan of a case is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CasePicture {
    /// Of the noise.
    pub seed: u64,
    /// Denoising steps.
    pub steps: u32,
}

/// Where the labels of a case come from.
#[derive(Clone, Debug, PartialEq)]
pub enum CaseContent {
    /// A recipe, and the mask it builds on.
    Recipe {
        /// What is asked for.
        recipe: Box<CaseRecipe>,
        /// The mask it begins with, where it names one.
        base: Option<Mask>,
    },
    /// A mask as it is.
    Mask {
        /// Layers and lesions.
        mask: Mask,
        /// Size, pixel size and fovea of its scan.
        frame: Frame,
    },
}

/// A case whose labels are there.
#[derive(Clone, Debug)]
pub struct MadeCase {
    /// Its name for people.
    pub title: String,
    /// What a reader is told of it; may be empty.
    pub about: String,
    /// Layers and lesions.
    pub mask: Mask,
    /// Size, pixel size and fovea of the scan.
    pub frame: Frame,
    /// How its scan is synthesised.
    pub picture: CasePicture,
}

/// The file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    version: u32,
    title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    about: String,
    picture: CasePicture,
    /// The mask that the recipe builds on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base: Option<WrittenPlanes>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mask: Option<WrittenMask>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recipe: Option<CaseRecipe>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMask {
    axial_um_per_px: f32,
    lateral_um_per_px: f32,
    fovea_column: f64,
    eye: Laterality,
    planes: WrittenPlanes,
}

/// Label PNGs in base64. Two of them: one alone does not say which layer lies beneath a lesion.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlanes {
    layers: String,
    /// Left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lesions: Option<String>,
}

impl WrittenPlanes {
    fn of(mask: &Mask) -> Result<Self, FormatError> {
        let png = |codes: &[u8]| label_png::write(mask.width(), mask.height(), codes, &[]);
        let shown = |code: u8| if code == 0 { 0 } else { code + LESION_BASE };
        let lesions: Vec<u8> = mask.lesions.to_pixels().into_iter().map(shown).collect();
        let has_lesions = lesions.iter().any(|code| *code != 0);
        Ok(Self {
            layers: base64(&png(&mask.layers.to_pixels())?),
            lesions: has_lesions.then(|| png(&lesions)).transpose()?.map(|bytes| base64(&bytes)),
        })
    }

    fn mask(&self, file: &str, place: &str) -> Result<Mask, FormatError> {
        let wrong = |problem: String| FormatError::malformed(file, place, problem, REMEDY);
        let layers = plane(&self.layers, file, place)?;
        let lesions = match &self.lesions {
            Some(png) => plane(png, file, place)?,
            None => Plane::filled(layers.width(), layers.height(), 0),
        };
        if lesions.bounds() != layers.bounds() {
            return Err(wrong("its layers and its lesions are not of one size".to_owned()));
        }
        if !layers.holds_only(|code| code < LESION_FIRST || code == UNANNOTATED) {
            return Err(wrong("a lesion stands among the layers".to_owned()));
        }
        if !lesions.holds_only(|code| code == 0 || (LESION_FIRST..UNANNOTATED).contains(&code)) {
            return Err(wrong("a layer stands among the lesions".to_owned()));
        }
        let codes: Vec<u8> =
            lesions.to_pixels().into_iter().map(|code| code.saturating_sub(LESION_BASE)).collect();
        let lesions = Plane::from_pixels(layers.width(), layers.height(), &codes);
        let mask = Mask { layers, lesions };
        if mask.is_valid() { Ok(mask) } else { Err(wrong("it holds labels that no mask has".to_owned())) }
    }
}

/// Code of the first lesion in a label PNG.
const LESION_FIRST: u8 = LESION_BASE + 1;

impl CaseFile {
    /// A recipe to be sent, with the mask that it builds on; its seed is that of the noise, too, as in
    /// `retidiff case build`.
    pub fn of_recipe(recipe: &CaseRecipe, base: Option<Mask>) -> Self {
        let mut recipe = recipe.clone();
        recipe.base.mask = base.as_ref().map(|_| BASE_NAME.to_owned());
        Self {
            title: recipe.name.clone(),
            about: recipe.about.clone(),
            picture: CasePicture { seed: recipe.seed, steps: USUAL_STEPS },
            content: CaseContent::Recipe { recipe: Box::new(recipe), base },
        }
    }

    /// Reads a case; `file` is the name for messages. Its recipe is not solved yet: [`CaseFile::made`] does.
    ///
    /// # Errors
    /// If it is too long, no such file, of a newer version, or holds values that no case has.
    pub fn read(bytes: &[u8], file: &str) -> Result<Self, FormatError> {
        if bytes.len() > MAX_CASE_BYTES {
            let found = format!("{} bytes, at most {MAX_CASE_BYTES} are read", bytes.len());
            return Err(FormatError::malformed(file, "the file", found, "share the case anew: it is small"));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            FormatError::malformed(file, format!("byte {}", error.valid_up_to()), "this is no text", REMEDY)
        })?;
        let text = text.trim_start_matches('\u{feff}');
        check_version(text, file)?;
        let written: Written = toml::from_str(text).map_err(|error| {
            // Without the line itself: it may be a picture.
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
            FormatError::malformed(file, format!("line {line}"), error.message().to_owned(), REMEDY)
        })?;
        Self::checked(written, file)
    }

    fn checked(written: Written, file: &str) -> Result<Self, FormatError> {
        let wrong = |place: &str, problem: String| FormatError::malformed(file, place, problem, REMEDY);
        for (place, text, most) in
            [("title", &written.title, MAX_TITLE_CHARS), ("about", &written.about, MAX_ABOUT_CHARS)]
        {
            let count = text.chars().count();
            if count > most {
                return Err(wrong(place, format!("{count} characters, at most {most}")));
            }
        }
        let CasePicture { seed, steps } = written.picture;
        if seed > MAX_SEED {
            return Err(wrong("picture.seed", format!("{seed} is above {MAX_SEED}")));
        }
        if !(1..=MAX_STEPS).contains(&steps) {
            return Err(wrong("picture.steps", format!("{steps} is not from 1 to {MAX_STEPS}")));
        }
        let content = match (written.recipe, written.mask, written.base) {
            (Some(recipe), None, base) => {
                let base = base.map(|planes| planes.mask(file, "base")).transpose()?;
                if base.is_some() != recipe.base.mask.is_some() {
                    let problem =
                        "the recipe names a base mask and the file has none, or the other way round";
                    return Err(wrong("recipe.base", problem.to_owned()));
                }
                CaseContent::Recipe { recipe: Box::new(recipe), base }
            }
            (None, Some(mask), None) => own_mask(&mask, file)?,
            _ => {
                let problem = "a case has a recipe, with or without its base, or else a mask".to_owned();
                return Err(wrong("recipe and mask", problem));
            }
        };
        Ok(Self { title: written.title, about: written.about, picture: written.picture, content })
    }

    /// The text of the file.
    ///
    /// # Errors
    /// If a mask cannot be encoded.
    pub fn to_text(&self) -> Result<String, FormatError> {
        let mut written = Written {
            format: CASE_ENDING.to_owned(),
            version: CASE_FILE_VERSION,
            title: self.title.clone(),
            about: self.about.clone(),
            base: None,
            picture: self.picture,
            mask: None,
            recipe: None,
        };
        match &self.content {
            CaseContent::Recipe { recipe, base } => {
                written.base = base.as_ref().map(WrittenPlanes::of).transpose()?;
                written.recipe = Some(CaseRecipe::clone(recipe));
            }
            CaseContent::Mask { mask, frame } => {
                let Spacing { axial_um_per_px, lateral_um_per_px } = frame.spacing();
                let (fovea_column, eye) = (frame.fovea_column, frame.eye);
                let planes = WrittenPlanes::of(mask)?;
                written.mask =
                    Some(WrittenMask { axial_um_per_px, lateral_um_per_px, fovea_column, eye, planes });
            }
        }
        toml::to_string(&written).map_err(|error| {
            FormatError::malformed("the case to be written", "its text", error.to_string(), "report this")
        })
    }

    /// The case with its labels: a recipe is solved, which takes tenths of a second.
    ///
    /// # Errors
    /// If the recipe cannot be met.
    pub fn made(&self) -> Result<MadeCase, CaseError> {
        let (mask, frame) = match &self.content {
            CaseContent::Mask { mask, frame } => (mask.clone(), *frame),
            CaseContent::Recipe { recipe, base } => {
                let solved = solve(recipe, base.as_ref())?;
                (solved.mask, solved.frame)
            }
        };
        let (title, about) = (self.title.clone(), self.about.clone());
        Ok(MadeCase { title, about, mask, frame, picture: self.picture })
    }
}

impl MadeCase {
    /// As a document without a scan, whose noise is that of the file.
    pub fn document(&self) -> Document {
        let scan = BScan {
            laterality: Some(self.frame.eye),
            fovea_column: Some(self.frame.fovea_column as f32),
            spacing: Some(self.frame.spacing()),
            ..BScan::placeholder(self.mask.width(), self.mask.height(), self.title.clone())
        };
        let mut document = Document::from_scan(scan, self.mask.clone());
        document.name.clone_from(&self.title);
        document.noise_seed = self.picture.seed;
        document
    }
}

const REMEDY: &str = "share the case anew from the page of cases, or with `retidiff case share`";

fn is_case(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(FORMAT_LINE.as_bytes())
}

fn read_document(Input { bytes, name, .. }: Input) -> Result<Opened, FormatError> {
    let made = CaseFile::read(bytes, name)?.made().map_err(|error| {
        FormatError::malformed(name, "the recipe", error.to_string(), "change it on the page of cases")
    })?;
    Ok(Opened::new(made.document(), FileKind::Case, Vec::new()))
}

/// Refuses other files and newer versions before anything else of it is looked at.
fn check_version(text: &str, file: &str) -> Result<(), FormatError> {
    #[derive(Deserialize)]
    struct Versioned {
        format: String,
        version: u64,
    }
    let refused = |problem: String, remedy: &str| FormatError::malformed(file, "the start", problem, remedy);
    match toml::from_str::<Versioned>(text) {
        Ok(found) if found.format != CASE_ENDING => {
            Err(refused(format!("its format is \"{:.40}\", not \"{CASE_ENDING}\"", found.format), REMEDY))
        }
        Ok(found) if found.version > u64::from(CASE_FILE_VERSION) => Err(refused(
            format!("version {} is newer than this program, which reads {CASE_FILE_VERSION}", found.version),
            "update the program",
        )),
        // What is wrong with the rest is said where it is read.
        Ok(_) => Ok(()),
        Err(_) if is_case(text.as_bytes()) => Ok(()),
        Err(_) => Err(refused(format!("it does not begin with {FORMAT_LINE}"), REMEDY)),
    }
}

/// The codes of a label PNG in base64, as they are stored.
fn plane(png: &str, file: &str, place: &str) -> Result<Plane, FormatError> {
    let wrong = |problem: String| FormatError::malformed(file, place, problem, REMEDY);
    let bytes = from_base64(png).ok_or_else(|| wrong("it is no base64".to_owned()))?;
    let picture = label_picture::read(&bytes, file)?;
    let (width, height) = (picture.width, picture.height);
    if width.max(height) > MAX_SIDE_PX {
        return Err(wrong(format!("{width}x{height} pixels, at most {MAX_SIDE_PX} a side")));
    }
    let code = |found: &FoundValue| match found.value {
        LabelValue::Code(code) => u8::try_from(code).ok(),
        LabelValue::Color(_) | LabelValue::Transparent => None,
    };
    let codes: Option<Vec<u8>> = picture.values.iter().map(code).collect();
    let codes = codes.ok_or_else(|| wrong("its label picture has values that are no codes".to_owned()))?;
    let pixels: Option<Vec<u8>> =
        picture.pixels.iter().map(|at| codes.get(usize::from(*at)).copied()).collect();
    let pixels = pixels.ok_or_else(|| wrong("its label picture is damaged".to_owned()))?;
    Ok(Plane::from_pixels(width, height, &pixels))
}

fn own_mask(written: &WrittenMask, file: &str) -> Result<CaseContent, FormatError> {
    let mask = written.planes.mask(file, "mask.planes")?;
    let (axial, lateral) = (written.axial_um_per_px, written.lateral_um_per_px);
    let wrong = |place: &str, problem: String| FormatError::malformed(file, place, problem, REMEDY);
    if Spacing::checked(axial, lateral).is_none() {
        return Err(wrong("mask", format!("a pixel of {axial} x {lateral} um")));
    }
    let columns = f64::from(mask.width());
    if !(0.0..=columns).contains(&written.fovea_column) {
        let problem = format!("{} is outside of the {columns} columns", written.fovea_column);
        return Err(wrong("mask.fovea_column", problem));
    }
    let frame = Frame {
        columns: mask.width(),
        rows: mask.height(),
        axial_um: f64::from(axial),
        lateral_um: f64::from(lateral),
        fovea_column: written.fovea_column,
        from_fovea_um: 0.0,
        eye: written.eye,
    };
    Ok(CaseContent::Mask { mask, frame })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Template;

    fn recipe() -> CaseRecipe {
        Template::named("dme-mild").unwrap().recipe().unwrap().with_seed(11)
    }

    fn refusal(text: &str) -> String {
        let error = CaseFile::read(text.as_bytes(), "x.retidiff-case").expect_err("refused").to_string();
        assert!(error.starts_with("x.retidiff-case: "), "{error}");
        error
    }

    #[test]
    fn a_recipe_comes_back_and_makes_the_same_labels() {
        let sent = CaseFile::of_recipe(&recipe(), None);
        let text = sent.to_text().unwrap();
        assert!(is_case(text.as_bytes()) && text.len() < 4000, "{text}");
        let read = CaseFile::read(text.as_bytes(), "x").unwrap();
        assert_eq!(read, sent);
        let (made, own) = (read.made().unwrap(), solve(&recipe(), None).unwrap());
        assert_eq!(made.mask, own.mask);
        let document = made.document();
        assert_eq!((document.name.as_str(), document.noise_seed), ("DME, mild", 11));
        assert!(document.pages[0].scan.is_placeholder && document.pages[0].scan.spacing.is_some());
    }

    #[test]
    fn a_base_and_a_painted_mask_travel_within_the_file() {
        let base = solve(&recipe(), None).unwrap();
        let mut on_base = recipe();
        on_base.base.mask = Some("/home/somebody/patient 12.png".to_owned());
        let sent = CaseFile::of_recipe(&on_base, Some(base.mask.clone()));
        let text = sent.to_text().unwrap();
        assert!(!text.contains("patient"), "a path may name a patient");
        assert_eq!(CaseFile::read(text.as_bytes(), "x").unwrap(), sent);
        let content = CaseContent::Mask { mask: base.mask, frame: base.frame };
        let painted = CaseFile { content, ..sent };
        let text = painted.to_text().unwrap();
        let read = CaseFile::read(text.as_bytes(), "x").unwrap();
        let CaseContent::Mask { mask, frame } = &read.content else { panic!("a mask") };
        let CaseContent::Mask { mask: own, frame: own_frame } = &painted.content else { panic!("a mask") };
        assert_eq!(mask, own);
        assert!(
            (frame.axial_um - own_frame.axial_um).abs() < 1e-6
                && frame.fovea_column == own_frame.fovea_column
        );
    }

    #[test]
    fn hostile_files_are_refused_with_the_place_and_the_remedy() {
        let good = CaseFile::of_recipe(&recipe(), None).to_text().unwrap();
        let changed = |from: &str, to: &str| {
            assert!(good.contains(from), "{from} is not in {good}");
            refusal(&good.replacen(from, to, 1))
        };
        assert!(changed("version = 1", "version = 7").contains("update the program"));
        assert!(changed("retidiff-case", "something-else").contains("something-else"));
        assert!(changed("steps = 16", "steps = 0").contains("picture.steps"));
        assert!(changed("steps = 16", "steps = 16\nmodel = \"x\"").contains("model"));
        assert!(changed("[recipe]", "[other]\nx = 1\n[recipe]").contains("other"));
        let long = format!("title = \"{}\"", "a".repeat(300));
        assert!(changed("title = \"DME, mild\"", &long).contains("title"));
        for text in ["", "\u{feff}", "format = 3", "[[[[[[", "{}", "format = \"retidiff-case\""] {
            assert!(refusal(text).contains("share") || refusal(text).contains("version"), "{text}");
        }
        let base = format!("[base]\nlayers = \"{}\"\n[picture]", base64(b"no picture"));
        assert!(changed("[picture]", &base).contains("x.retidiff-case"));
        assert!(changed("[picture]", "[base]\nlayers = \"§\"\n[picture]").contains("base64"));
        assert!(refusal(&format!("{FORMAT_LINE}\n{}", " ".repeat(MAX_CASE_BYTES))).contains("bytes"));
    }

    #[test]
    fn a_mask_that_promises_too_much_is_refused() {
        let png = base64(&label_png::write(2049, 4, &[4; 2049 * 4], &[]).unwrap());
        let text = |column: f64, png: &str| {
            format!(
                "{FORMAT_LINE}\nversion = 1\ntitle = \"a\"\n[picture]\nseed = 1\nsteps = 4\n[mask]\n\
                 axial_um_per_px = 4.0\nlateral_um_per_px = 11.0\nfovea_column = {column:?}\neye = \"OD\"\n[mask.planes]\nlayers = \"{png}\"\n"
            )
        };
        assert!(refusal(&text(3.0, &png)).contains("2049x4"));
        let small = base64(&label_png::write(4, 4, &[4; 16], &[]).unwrap());
        let lesion = base64(&label_png::write(4, 4, &[9; 16], &[]).unwrap());
        assert!(refusal(&text(3.0, &lesion)).contains("among the layers"));
        assert!(refusal(&text(40.0, &small)).contains("outside"));
        assert!(refusal(&text(f64::NAN, &small).replace("NaN", "nan")).contains("outside"));
        assert!(CaseFile::read(text(2.0, &small).as_bytes(), "x").is_ok());
    }
}
