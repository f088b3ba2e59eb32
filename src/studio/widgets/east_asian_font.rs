//! Chinese, Japanese and Korean names of patients and folders, in a font of the system.
//!
//! The program carries no such font: a complete one is larger than the rest of its files together. egui asks here for
//! a character that no installed font has, so a system's font is read at the first such character and never before;
//! where the system has none, the box stays that egui draws.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use eframe::egui::{FontData, FontInsert};
use ttf_parser::Face;

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

/// A font of the system that has a character of East Asia; `None` for any other, and where no font has it.
pub fn font_for(character: char) -> Option<FontInsert> {
    if !is_east_asian(character) {
        return None;
    }
    places().iter().find_map(|path| {
        let (bytes, index) = readable(path, character)?;
        let mut data = FontData::from_owned(bytes);
        data.index = index;
        let name = path.display().to_string();
        Some(FontInsert { name, data, families: Vec::new() })
    })
}

/// Whether it belongs to a script that the program's own fonts lack: Han, kana, Hangul, their marks and wide forms.
fn is_east_asian(character: char) -> bool {
    matches!(
        u32::from(character),
        0x1100..=0x11ff | 0x2e80..=0x9fff | 0xa960..=0xa97f | 0xac00..=0xd7ff | 0xf900..=0xfaff
            | 0xfe30..=0xfe4f | 0xff00..=0xffef | 0x2_0000..=0x3_ffff
    )
}

/// The fonts that are there, looked for once.
fn places() -> &'static [PathBuf] {
    static FOUND: OnceLock<Vec<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let home = directories::UserDirs::new().map(|dirs| dirs.home_dir().to_path_buf());
        let own = home.iter().flat_map(|home| OWN_FOLDERS.map(|folder| home.join(folder)));
        let own = own.flat_map(|folder| fonts_named_cjk(&folder));
        PLACES.iter().map(PathBuf::from).filter(|path| path.is_file()).chain(own).collect()
    })
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

/// The bytes of a font file and which of its faces has the character.
fn readable(path: &Path, character: char) -> Option<(Vec<u8>, u32)> {
    let length = fs::metadata(path).ok()?.len();
    if length > LARGEST_FONT_BYTES {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    let faces = ttf_parser::fonts_in_collection(&bytes).unwrap_or(1);
    let has =
        |index: &u32| Face::parse(&bytes, *index).is_ok_and(|face| face.glyph_index(character).is_some());
    let index = (0..faces).find(has)?;
    Some((bytes, index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_europe_ask_no_file() {
        for character in ['a', 'ß', 'µ', '…', 'Ж', '\u{1f600}'] {
            assert!(!is_east_asian(character), "{character}");
            assert!(font_for(character).is_none(), "{character}");
        }
        for character in ['眼', '網', 'か', 'カ', '눈', '、', '！'] {
            assert!(is_east_asian(character), "{character}");
        }
    }

    #[test]
    fn a_font_of_the_system_has_what_it_is_given_for() {
        if places().is_empty() {
            eprintln!("skipped: this system has no East Asian font");
            return;
        }
        let font = font_for('眼').expect("every such font has the character for eye");
        let face = Face::parse((*font.data.font).as_ref(), font.data.index).expect("a face");
        assert!(face.glyph_index('眼').is_some(), "{}", font.name);
    }

    #[test]
    fn a_file_that_is_no_font_is_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("Broken-CJK.ttc");
        crate::formats::write_atomically(&path, b"ttcf, but nothing behind it").expect("written");
        assert_eq!(fonts_named_cjk(folder.path()), std::slice::from_ref(&path));
        assert!(readable(&path, '眼').is_none());
    }
}
