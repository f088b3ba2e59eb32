//! Chinese, Japanese and Korean names of patients and folders, in a font of the system.
//!
//! The program carries no such font: a complete one is larger than the rest of its files together. egui asks here for
//! a character that no installed font has, in the middle of a frame, and tens of megabytes may take long to read. So a
//! box is drawn and the character put down, a thread reads the system's fonts until one has it, and then egui asks
//! again. Nothing is read before the first such character; where no font has it, the box stays.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{Context, FallbackRequest, FontData, FontInsert, FontProvider, Plugin, Ui};
use ttf_parser::Face;

use crate::background::{Job, JobControl, Mailbox};

/// Where systems keep them: Linux by distribution and package, then Windows, then macOS.
const PLACES: [&str; 17] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-vf-fonts/NotoSansCJK-VF.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    r"C:\Windows\Fonts\msyh.ttc",
    r"C:\Windows\Fonts\YuGothM.ttc",
    r"C:\Windows\Fonts\malgun.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "/System/Library/Fonts/AppleSDGothicNeo.ttc",
    "/Library/Fonts/Arial Unicode.ttf",
];
/// Folders of a user's own fonts below the home folder.
const OWN_FOLDERS: [&str; 3] = [".local/share/fonts", ".fonts", "Library/Fonts"];
/// The largest of them has 40 MB; what is larger is no font.
const LARGEST_FONT_BYTES: u64 = 128 << 20;

/// Lets a window find such fonts; also one that is opened anew with the context of another.
pub fn install(context: &Context) {
    let provider = context.plugin_or_default::<EastAsianFonts>().lock().provider();
    // Set, not added: it may be there already.
    context.set_font_providers(vec![provider]);
}

/// Whether boxes stand for characters that are still looked for.
pub fn is_reading(context: &Context) -> bool {
    let is_at_work = |fonts: &mut EastAsianFonts| {
        fonts.job.is_some() || fonts.known.look(|known| !known.wanted.is_empty())
    };
    context.with_plugin(is_at_work).unwrap_or(false)
}

/// A window's fonts for East Asia, and the thread that reads more of them.
struct EastAsianFonts {
    known: Arc<Mailbox<Known>>,
    job: Option<Job<Vec<SystemFont>>>,
    places: Arc<dyn Fn() -> Vec<PathBuf> + Send + Sync>,
}

impl Default for EastAsianFonts {
    fn default() -> Self {
        Self { known: Arc::default(), job: None, places: Arc::new(places) }
    }
}

impl EastAsianFonts {
    /// What egui asks.
    fn provider(&self) -> Arc<dyn FontProvider> {
        let known = Arc::clone(&self.known);
        Arc::new(move |request: &FallbackRequest<'_>| font_for(&known, request.cluster.chars().next()?))
    }
}

impl Plugin for EastAsianFonts {
    fn debug_name(&self) -> &'static str {
        "East Asian fonts"
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        if let Some(outcome) = self.job.as_ref().and_then(Job::answer) {
            self.job = None;
            let read = outcome.unwrap_or_default();
            if !read.is_empty() {
                self.known.change_quietly(|known| known.read.extend(read));
                // egui asks once for a character. This makes it ask again.
                ui.ctx().set_font_providers(vec![self.provider()]);
            }
        }
        if self.job.is_some() {
            return;
        }
        let wanted = self.known.change_quietly(Known::take_wanted);
        if !wanted.is_empty() {
            let (places, window) = (Arc::clone(&self.places), ui.ctx().clone());
            let work = move |_: &JobControl<()>| fonts_with(places(), wanted);
            // Without a thread the boxes stay.
            self.job = Job::start("fonts", Arc::new(move || window.request_repaint()), work).ok();
        }
    }
}

/// Only the window's thread looks at it.
#[derive(Default)]
struct Known {
    read: Vec<SystemFont>,
    /// Asked for since it was looked last.
    wanted: HashSet<char>,
    looked_for: HashSet<char>,
}

impl Known {
    /// What to look for now.
    fn take_wanted(&mut self) -> HashSet<char> {
        let read = &self.read;
        self.wanted.retain(|&character| read.iter().all(|font| font.face_with(character).is_none()));
        self.looked_for.extend(&self.wanted);
        std::mem::take(&mut self.wanted)
    }
}

#[derive(Clone)]
struct SystemFont {
    path: PathBuf,
    bytes: Arc<Vec<u8>>,
}

impl SystemFont {
    fn read(path: PathBuf) -> Option<Self> {
        if fs::metadata(&path).ok()?.len() > LARGEST_FONT_BYTES {
            return None;
        }
        let bytes = Arc::new(fs::read(&path).ok()?);
        Some(Self { path, bytes })
    }

    /// Which of its faces has a character; none of a file that is no font.
    fn face_with(&self, character: char) -> Option<u32> {
        let faces = ttf_parser::fonts_in_collection(&self.bytes).unwrap_or(1);
        let has = |index: &u32| {
            Face::parse(&self.bytes, *index).is_ok_and(|face| face.glyph_index(character).is_some())
        };
        (0..faces).find(has)
    }
}

/// The first fonts that have these characters between them.
fn fonts_with(places: Vec<PathBuf>, mut characters: HashSet<char>) -> Vec<SystemFont> {
    let mut fonts = Vec::new();
    for font in places.into_iter().filter_map(SystemFont::read) {
        let before = characters.len();
        characters.retain(|&character| font.face_with(character).is_none());
        if characters.len() < before {
            fonts.push(font);
        }
        if characters.is_empty() {
            break;
        }
    }
    fonts
}

/// A font that was read and has a character of East Asia. Where none has it, it is looked for.
fn font_for(known: &Mailbox<Known>, character: char) -> Option<FontInsert> {
    if !is_east_asian(character) {
        return None;
    }
    let read = known.look(|known| known.read.clone());
    let found = read.iter().find_map(|font| {
        let data = FontData::from_blob(font.bytes.clone(), font.face_with(character)?);
        Some(FontInsert { name: font.path.display().to_string(), data, families: Vec::new() })
    });
    if found.is_none() {
        known.change_quietly(|known| {
            if !known.looked_for.contains(&character) {
                known.wanted.insert(character);
            }
        });
    }
    found
}

/// Whether it belongs to a script that the program's own fonts lack: Han, kana, Hangul, their marks and wide forms.
fn is_east_asian(character: char) -> bool {
    matches!(
        u32::from(character),
        0x1100..=0x11ff | 0x2e80..=0x9fff | 0xa960..=0xa97f | 0xac00..=0xd7ff | 0xf900..=0xfaff
            | 0xfe30..=0xfe4f | 0xff00..=0xffef | 0x2_0000..=0x3_ffff
    )
}

/// The fonts that are there.
fn places() -> Vec<PathBuf> {
    let home = directories::UserDirs::new().map(|dirs| dirs.home_dir().to_path_buf());
    let own = home.iter().flat_map(|home| OWN_FOLDERS.map(|folder| home.join(folder)));
    let own = own.flat_map(|folder| fonts_named_cjk(&folder));
    PLACES.iter().map(PathBuf::from).filter(|path| path.is_file()).chain(own).collect()
}

/// Fonts of a folder that say of themselves that they are for East Asia.
fn fonts_named_cjk(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        name.contains("cjk") && [".ttf", ".otf", ".ttc"].iter().any(|ending| name.ends_with(ending))
    };
    files.filter(is_one).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use eframe::egui::{FontId, RawInput};

    use super::*;

    const EYE: char = '眼';

    #[test]
    fn letters_of_europe_ask_no_file() {
        let known = Mailbox::<Known>::default();
        for character in ['a', 'ß', 'µ', '…', 'Ж', '\u{1f600}'] {
            assert!(!is_east_asian(character), "{character}");
            assert!(font_for(&known, character).is_none(), "{character}");
        }
        assert!(known.look(|known| known.wanted.is_empty()));
        for character in [EYE, '網', 'か', 'カ', '눈', '、', '！'] {
            assert!(is_east_asian(character), "{character}");
        }
    }

    #[test]
    fn a_font_of_the_system_has_what_it_is_given_for() {
        if places().is_empty() {
            eprintln!("skipped: this system has no East Asian font");
            return;
        }
        let fonts = fonts_with(places(), HashSet::from([EYE]));
        assert_eq!(fonts.len(), 1, "every such font has the character for eye");
        let known = Mailbox::new(Known { read: fonts, ..Known::default() });
        let font = font_for(&known, EYE).expect("it was read");
        let face = Face::parse((*font.data.font).as_ref(), font.data.index).expect("a face");
        assert!(face.glyph_index(EYE).is_some(), "{}", font.name);
    }

    #[test]
    fn a_file_that_is_no_font_is_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("Broken-CJK.ttc");
        crate::formats::write_atomically(&path, b"ttcf, but nothing behind it").expect("written");
        assert_eq!(fonts_named_cjk(folder.path()), std::slice::from_ref(&path));
        assert!(fonts_with(vec![path], HashSet::from([EYE])).is_empty());
    }

    /// A font of one character: the program's own, with another table of characters.
    fn font_of_an_eye() -> Vec<u8> {
        let mut bytes = include_bytes!("../../../assets/fonts/Inter-Regular.otf").to_vec();
        let record = bytes.windows(4).position(|tag| tag == b"cmap").expect("a table");
        let at = u32::from_be_bytes(bytes[record + 8..record + 12].try_into().expect("four bytes")) as usize;
        // One subtable of format 12 with one group: the character, and glyph 5.
        let eye = EYE as u16;
        let table = [0, 1, 3, 10, 0, 12, 12, 0, 0, 28, 0, 0, 0, 1, 0, eye, 0, eye, 0, 5];
        let table: Vec<u8> = table.into_iter().flat_map(u16::to_be_bytes).collect();
        bytes[at..at + table.len()].copy_from_slice(&table);
        bytes
    }

    #[test]
    fn a_window_goes_on_while_a_font_is_read_and_has_it_once_it_is_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("Eye-CJK.otf");
        crate::formats::write_atomically(&path, &font_of_an_eye()).expect("written");
        let gate: Arc<Mailbox<bool>> = Arc::default();
        let of_thread = Arc::clone(&gate);
        let context = Context::default();
        let places = move || {
            of_thread.wait(|is_open| is_open.then_some(()));
            vec![path.clone()]
        };
        context.add_plugin(EastAsianFonts { places: Arc::new(places), ..EastAsianFonts::default() });
        install(&context);
        let has_eye = || {
            let mut has = false;
            let output = context.run_ui(RawInput::default(), |ui| {
                has = ui.ctx().fonts_mut(|fonts| fonts.has_glyph(&FontId::default(), EYE));
            });
            output.drop_without_applying_deltas();
            has
        };
        // Frames that waited for the font would never end.
        assert!(!has_eye() && !has_eye() && is_reading(&context));
        gate.change(|is_open| *is_open = true);
        let begun = Instant::now();
        while !has_eye() {
            assert!(begun.elapsed() < Duration::from_secs(20), "it never comes");
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(!is_reading(&context));
    }
}
