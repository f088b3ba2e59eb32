//! Surfaces that the Iowa Reference Algorithms (OCTExplorer) traced: `SCAN_Surfaces_Iowa.xml`.
//!
//! The file holds rows, not pictures, so it opens with the scan it belongs to, which lies beside it. Surfaces
//! are known by their label: their position in the file differs between versions.

use std::path::{Path, PathBuf};

use super::FormatError;
use super::xml::{self, XmlVisit};
use crate::anatomy::Interface;
use crate::mask::Interfaces;

/// Labels of surfaces that bound the layers of this program.
const SURFACES: [(u32, Interface); 8] = [
    (10, Interface::Ilm),
    (20, Interface::NflGcl),
    (40, Interface::IplInl),
    (50, Interface::InlOpl),
    (60, Interface::OplOnl),
    (100, Interface::IsmIse),
    (140, Interface::OsRpe),
    (150, Interface::Bm),
];
/// What the name of a file of surfaces adds to that of its scan.
const ENDING: &str = "_surfaces_iowa.xml";

/// Surfaces as read. Their rows are only as many as the file holds, whatever it says of its size.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surfaces {
    /// Columns, rows and B-scans of the scan that was traced.
    pub size: [usize; 3],
    /// For each surface its rows, one a column of a B-scan.
    surfaces: Vec<(Interface, Vec<Vec<f32>>)>,
    /// Column and B-scan of what could not be traced.
    undefined: Vec<[usize; 2]>,
}

/// Whether the bytes begin like such a file.
pub fn is_surfaces(bytes: &[u8]) -> bool {
    xml::root_name(bytes).as_deref() == Some("surfaces")
}

/// The scan that surfaces belong to: the file, or else the folder, of the same name without their ending.
pub fn scan_of(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy().to_lowercase();
    let stem = name.strip_suffix(ENDING)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    entries.sort_by_key(|path| (path.is_dir(), path.clone()));
    entries.into_iter().find(|entry| {
        let part = if entry.is_dir() { entry.file_name() } else { entry.file_stem() };
        part.is_some_and(|part| part.to_string_lossy().to_lowercase() == stem)
    })
}

/// Reads surfaces.
///
/// # Errors
/// If the text is no XML or does not say which size the scan has.
pub fn read(bytes: &[u8], name: &str) -> Result<Surfaces, FormatError> {
    let mut read = Surfaces::default();
    let mut surface: Option<Interface> = None;
    let mut undefined = [None::<usize>; 2];
    xml::visit(&xml::decode(bytes), name, &mut |path, visit| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (visit, &path[..]) {
            (XmlVisit::Start, ["surfaces", "surface"]) => surface = None,
            (XmlVisit::End(text), ["surfaces", "surface", "label"]) => {
                let label = text.parse::<u32>().ok();
                surface =
                    SURFACES.iter().find(|(known, _)| Some(*known) == label).map(|(_, interface)| *interface);
                read.surfaces.extend(surface.map(|interface| (interface, Vec::new())));
            }
            (XmlVisit::Start, ["surfaces", "surface", "bscan"]) if surface.is_some() => {
                read.surfaces.last_mut().into_iter().for_each(|(_, b_scans)| b_scans.push(Vec::new()));
            }
            (XmlVisit::End(text), ["surfaces", "surface", "bscan", "y"]) if surface.is_some() => {
                let row = text.parse().unwrap_or(f32::NAN);
                let b_scan = read.surfaces.last_mut().and_then(|(_, b_scans)| b_scans.last_mut());
                b_scan.into_iter().for_each(|rows| rows.push(row));
            }
            (XmlVisit::End(text), ["surfaces", "scan_characteristics", "size", axis @ ("x" | "y" | "z")]) => {
                let axis = ["x", "y", "z"].iter().position(|known| known == axis);
                read.size[axis.unwrap_or(0)] = text.parse().unwrap_or(0);
            }
            (XmlVisit::Start, ["surfaces", "undefined_region", "ascan"]) => undefined = [None; 2],
            (XmlVisit::End(text), ["surfaces", "undefined_region", "ascan", "x"]) => {
                undefined[0] = text.parse().ok()
            }
            (XmlVisit::End(text), ["surfaces", "undefined_region", "ascan", "z"]) => {
                undefined[1] = text.parse().ok()
            }
            (XmlVisit::End(_), ["surfaces", "undefined_region", "ascan"]) => {
                read.undefined.extend(undefined[0].zip(undefined[1]).map(|(x, z)| [x, z]));
            }
            _ => {}
        }
    })?;
    if read.size.contains(&0) || read.surfaces.is_empty() {
        let problem = "it holds no surface that is known, or not the size of its scan";
        return Err(FormatError::malformed(
            name,
            "the surfaces",
            problem,
            "export it from OCTExplorer again",
        ));
    }
    Ok(read)
}

impl Surfaces {
    /// The interfaces of a B-scan, unknown where no surface was traced.
    pub fn interfaces(&self, b_scan: usize) -> Interfaces {
        let [columns, rows, _] = self.size;
        let mut interfaces = Interfaces::unknown(columns as u32);
        for (interface, b_scans) in &self.surfaces {
            let line = &mut interfaces.rows[interface.index()];
            for (to, &row) in line.iter_mut().zip(b_scans.get(b_scan).into_iter().flatten()) {
                *to = if row > 0.0 && row <= rows as f32 { row } else { f32::NAN };
            }
        }
        for [x, _] in self.undefined.iter().filter(|[x, z]| *z == b_scan && *x < columns) {
            interfaces.rows.iter_mut().for_each(|line| line[*x] = f32::NAN);
        }
        interfaces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Surfaces of a scan of 3 columns, 40 rows and 2 B-scans; the file's order is not that of the layers.
    fn xml() -> String {
        let surface = |label: u32, row: f32| {
            let b_scan = |row: f32| format!("<bscan>{}</bscan>", format!("<y>{row}</y>").repeat(3));
            format!(
                "<surface><label>{label}</label><name>s</name>{}{}</surface>",
                b_scan(row),
                b_scan(row + 1.0)
            )
        };
        let rows = [
            (150, 30.0),
            (10, 5.0),
            (20, 8.0),
            (30, 9.0),
            (40, 12.0),
            (50, 15.0),
            (60, 18.0),
            (100, 24.0),
            (140, 27.0),
        ];
        let surfaces: String = rows.iter().map(|(label, row)| surface(*label, *row)).collect();
        format!(
            "<?xml version=\"1.0\"?><surfaces><version>3.8</version><scan_characteristics><size><unit>voxel</unit><x>3</x>\
             <y>40</y><z>2</z></size></scan_characteristics>{surfaces}<undefined_region><ascan><x>2</x><z>1</z></ascan>\
             </undefined_region></surfaces>"
        )
    }

    #[test]
    fn surfaces_are_known_by_their_label() {
        let text = xml();
        assert!(is_surfaces(text.as_bytes()));
        let read = read(text.as_bytes(), "a_Surfaces_Iowa.xml").unwrap();
        assert_eq!(read.size, [3, 40, 2]);
        let first = read.interfaces(0);
        assert_eq!(first.rows.each_ref().map(|line| line[0]), [5.0, 8.0, 12.0, 15.0, 18.0, 24.0, 27.0, 30.0]);
        let second = read.interfaces(1);
        assert_eq!((second.rows[0][0], second.is_ordered_column(2)), (6.0, false));
        assert!(first.is_ordered_column(2));
    }

    #[test]
    fn a_size_that_nothing_stands_behind_costs_nothing() {
        let lie = xml().replace("<x>3</x>", "<x>999999999</x>");
        assert_eq!(read(lie.as_bytes(), "a.xml").unwrap().surfaces[0].1[0].len(), 3);
        assert!(
            super::read(b"<surfaces></surfaces>", "a.xml").unwrap_err().to_string().contains("no surface")
        );
    }

    #[test]
    fn the_scan_lies_beside_its_surfaces() {
        let folder = tempfile::tempdir().unwrap();
        let surfaces = folder.path().join("Eye1_Surfaces_Iowa.xml");
        std::fs::File::create(&surfaces).unwrap();
        assert_eq!(scan_of(&surfaces), None);
        std::fs::File::create(folder.path().join("eye1.VOL")).unwrap();
        assert_eq!(scan_of(&surfaces), Some(folder.path().join("eye1.VOL")));
    }
}
