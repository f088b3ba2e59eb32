//! Interfaces that a device or a program traced, put onto the B-scans they belong to.

use super::opened::{FileKind, Opened};
use crate::anatomy::{INTERFACE_COUNT, Interface};
use crate::document::Document;
use crate::mask::Interfaces;
use crate::scan::Volume;

/// How the note about lines that a device traced in part ends: who shows it can add how to trace the rest there.
pub const TRACING_KEEPS_THEM: &str = "tracing the layers keeps these and draws the rest between them";

/// A document of a volume with the lines that its device traced, one set a B-scan.
pub(super) fn traced_document(
    volume: Volume,
    interfaces: &[Interfaces],
    kind: FileKind,
    warnings: Vec<String>,
) -> Opened {
    let mut opened = Opened::new(Document::from_volume(volume), kind, warnings);
    trace(&mut opened, interfaces, "the device");
    opened
}

/// Takes lines that a device or a program traced, one set a page; columns in which it traced only some start
/// unannotated, which is said, and the lines are kept in [`Opened::partly_traced`].
pub(super) fn trace(opened: &mut Opened, interfaces: &[Interfaces], tracer: &str) {
    let document = &mut opened.document;
    let mut traced = [false; INTERFACE_COUNT];
    let mut is_partial = false;
    for (page, interfaces) in document.pages.iter_mut().zip(interfaces) {
        for x in 0..interfaces.width() as usize {
            let known = interfaces.rows.each_ref().map(|line| line[x].is_finite());
            is_partial |= known.contains(&true) && known.contains(&false);
            traced.iter_mut().zip(known).for_each(|(traced, known)| *traced |= known);
        }
        page.mask.layers = interfaces.rasterised(page.scan.height());
    }
    if is_partial {
        let names = Interface::ALL.iter().filter(|interface| traced[interface.index()]).map(|i| i.name());
        let names: Vec<&str> = names.collect();
        opened.warnings.push(format!(
            "{}: {tracer} traced {}; columns without all eight interfaces start unannotated, and {TRACING_KEEPS_THEM}",
            document.name,
            names.join(", ")
        ));
        opened.partly_traced = Some(interfaces.to_vec());
    }
}
