//! Everything the user can do, by name: the one table behind the keys, the command palette, the page of
//! keys and the dialog that changes them.
//!
//! A new command is one line in [`COMMANDS`]. Its id never changes afterwards: settings on disk know the
//! command by it.

pub mod choice;
pub mod chord;
pub mod keymap;
pub mod search;

use super::action::Action;
use super::settings::{BRUSH_STEP, FADE_STEP, OverlayStyle, Tool};
use crate::formats::label_png::CodeScheme;
use crate::studio::editor::look::{Comparison, Tab, Tone};
use crate::studio::stage::CasesAction;
use crate::studio::training::TrainingAction;

/// What a command belongs to; the order is that of the page of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    File,
    Edit,
    Tools,
    Labels,
    View,
    Volume,
    Measure,
    Synthesis,
    Training,
    Window,
}

impl Group {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::File,
        Self::Edit,
        Self::Tools,
        Self::Labels,
        Self::View,
        Self::Volume,
        Self::Measure,
        Self::Synthesis,
        Self::Training,
        Self::Window,
    ];

    /// As a heading.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Tools => "Tools",
            Self::Labels => "Labels",
            Self::View => "View",
            Self::Volume => "B-scans",
            Self::Measure => "Measure",
            Self::Synthesis => "Synthesis",
            Self::Training => "Training",
            Self::Window => "Window",
        }
    }
}

/// Something the user can do.
#[derive(Debug)]
pub struct UserCommand {
    /// Never changes: "tool.brush".
    pub id: &'static str,
    /// What a clinician calls it, as it stands in the palette and in tooltips.
    pub name: &'static str,
    pub group: Group,
    /// Default keys, as [`chord::Chord`] reads them.
    pub keys: &'static [&'static str],
    /// Whether it goes on while the key is held.
    pub repeats: bool,
    /// What it asks for.
    pub action: fn() -> Action,
}

/// The command of an id.
pub fn command(id: &str) -> Option<&'static UserCommand> {
    COMMANDS.iter().find(|command| command.id == id)
}

/// The command that takes a tool into the hand.
pub fn taking(tool: Tool) -> Option<&'static UserCommand> {
    COMMANDS.iter().find(|command| matches!((command.action)(), Action::SelectTool(taken) if taken == tool))
}

const fn once(
    id: &'static str,
    group: Group,
    name: &'static str,
    keys: &'static [&'static str],
    action: fn() -> Action,
) -> UserCommand {
    UserCommand { id, name, group, keys, repeats: false, action }
}

/// A command that goes on while its key is held.
const fn held(
    id: &'static str,
    group: Group,
    name: &'static str,
    keys: &'static [&'static str],
    action: fn() -> Action,
) -> UserCommand {
    UserCommand { id, name, group, keys, repeats: true, action }
}

use Group::{Edit, File, Labels, Measure, Synthesis, Tools, Training, View, Volume, Window};

/// Every command. Of two with the same key the first one gets it, so a test keeps the defaults apart.
#[rustfmt::skip]
pub static COMMANDS: &[UserCommand] = &[
    once("file.open", File, "Open a scan, labels or a document", &["Ctrl+O"], || Action::Open),
    once("file.open_folder", File, "Open a folder of scans", &[], || Action::OpenFolder),
    once("file.load_labels", File, "Load labels onto this B-scan…", &[], || Action::LoadLabels),
    once("file.save", File, "Save the document", &["Ctrl+S"], || Action::Save),
    once("file.save_as", File, "Save the document as…", &["Ctrl+Shift+S"], || Action::SaveAs),
    once("file.export_mask", File, "Export the label mask as PNG", &[], || Action::ExportMask(CodeScheme::Studio)),
    once("file.export_paper_mask", File, "Export the label mask as PNG with the paper's nine classes", &[], || Action::ExportMask(CodeScheme::Paper)),
    once("file.export_synthetic", File, "Export the synthetic scan as PNG", &[], || Action::ExportSynthetic),
    once("file.sample_1", File, "Open sample: fovea, healthy", &[], || Action::OpenSample(0)),
    once("file.sample_2", File, "Open sample: fovea with drawn cysts", &[], || Action::OpenSample(1)),
    once("file.sample_3", File, "Open sample: outside the fovea, healthy", &[], || Action::OpenSample(2)),

    held("edit.undo", Edit, "Undo", &["Ctrl+Z"], || Action::Undo),
    held("edit.redo", Edit, "Redo", &["Ctrl+Shift+Z", "Ctrl+Y"], || Action::Redo),
    once("edit.copy_lesion", Edit, "Copy the selected lesion", &["Ctrl+C"], || Action::CopyLesion),
    once("edit.cut_lesion", Edit, "Cut the selected lesion", &["Ctrl+X"], || Action::CutLesion),
    once("edit.paste_lesion", Edit, "Paste the copied lesion", &["Ctrl+V"], || Action::PasteLesion),
    once("edit.steps", Edit, "List of steps, to go back to any of them", &["Ctrl+H"], || Action::ToggleSteps),
    once("edit.repair_order", Edit, "Repair the order of the layers", &[], || Action::RepairOrder),
    once("edit.clear_lesions", Edit, "Remove every lesion of this B-scan", &[], || Action::ClearLesions),
    once("edit.trace", Edit, "Trace layers: propose all eight interfaces", &["Ctrl+T"], || Action::TraceLayers),
    once("edit.trace_stop", Edit, "Stop tracing layers", &[], || Action::StopTrace),
    once("edit.trace_next", Edit, "Next segment the trace is not sure of", &["J"], || Action::NextDoubt),
    once("edit.trace_forget", Edit, "Hide where the trace is not sure", &[], || Action::ForgetDoubts),
    once("mask.new_eye", Edit, "New mask: generate masks, by fluid, cysts and thickness", &["N"], || Action::ToggleNewMasks),
    once("mask.vary", Edit, "Vary this mask", &[], || Action::VaryMask),
    once("mask.without_scan", Edit, "Empty page without a scan", &[], || Action::OpenEmptyPage),
    once("edit.start_annotating", Edit, "Begin with an empty mask", &[], || Action::StartAnnotating),

    once("tool.brush", Tools, "Brush: paint the chosen label", &["B"], || Action::SelectTool(Tool::Brush)),
    once("tool.eraser", Tools, "Eraser: reveal the layer beneath a lesion", &["E"], || Action::SelectTool(Tool::Eraser)),
    once("tool.lasso", Tools, "Lasso: draw around an area, or click its corners", &["L"], || Action::SelectTool(Tool::Lasso)),
    once("tool.fill", Tools, "Fill one connected label, or the hole in a lesion", &["F"], || Action::SelectTool(Tool::Fill)),
    once("tool.pick", Tools, "Pick: take the label under the pointer", &["P"], || Action::SelectTool(Tool::Pick)),
    once("tool.smooth", Tools, "Smooth jagged edges", &["M"], || Action::SelectTool(Tool::Smooth)),
    once("tool.cyst", Tools, "Cyst: place one, or scatter many", &["C"], || Action::SelectTool(Tool::Cyst)),
    once("tool.select", Tools, "Select a lesion: move, scale, turn, copy", &["V"], || Action::SelectTool(Tool::Select)),
    once("tool.grow", Tools, "Grow or shrink a lesion, or the chosen layer", &["G"], || Action::SelectTool(Tool::Grow)),
    once("tool.interface_pen", Tools, "Interface pen: redraw part of an interface", &["I"], || Action::SelectTool(Tool::InterfacePen)),
    once("tool.interface_spline", Tools, "Interface spline: bend an interface by its knots", &["K"], || Action::SelectTool(Tool::InterfaceSpline)),
    once("tool.live_wire", Tools, "Live-wire: click along an edge", &["W"], || Action::SelectTool(Tool::LiveWire)),
    once("tool.layer_warp", Tools, "Layer warp: thicken, thin or push a layer", &["T"], || Action::SelectTool(Tool::LayerWarp)),
    once("tool.hand", Tools, "Hand: move the scan", &["H"], || Action::SelectTool(Tool::Hand)),
    held("tool.smaller", Tools, "Smaller brush", &["[", "-"], || Action::ScaleBrush(1.0 / BRUSH_STEP)),
    held("tool.larger", Tools, "Larger brush", &["]", "+", "="], || Action::ScaleBrush(BRUSH_STEP)),
    once("tool.ordered", Tools, "Keep layers in order, on or off", &[], || Action::Set(|s| s.ordered = !s.ordered)),

    once("label.0", Labels, "Label: above ILM", &["0"], || Action::SelectLabel(0)),
    once("label.1", Labels, "Label: NFL", &["1"], || Action::SelectLabel(1)),
    once("label.2", Labels, "Label: GCL-IPL", &["2"], || Action::SelectLabel(2)),
    once("label.3", Labels, "Label: INL", &["3"], || Action::SelectLabel(3)),
    once("label.4", Labels, "Label: OPL", &["4"], || Action::SelectLabel(4)),
    once("label.5", Labels, "Label: ONL-ISM", &["5"], || Action::SelectLabel(5)),
    once("label.6", Labels, "Label: ISE (ellipsoid zone)", &["6"], || Action::SelectLabel(6)),
    once("label.7", Labels, "Label: OS-RPE", &["7"], || Action::SelectLabel(7)),
    once("label.8", Labels, "Label: below BM", &["8"], || Action::SelectLabel(8)),
    once("label.9", Labels, "Label: IRF (intraretinal fluid)", &["9", "Shift+1"], || Action::SelectLabel(9)),
    once("label.10", Labels, "Label: SRF (subretinal fluid)", &["Shift+2"], || Action::SelectLabel(10)),
    once("label.11", Labels, "Label: PED (pigment epithelial detachment)", &["Shift+3"], || Action::SelectLabel(11)),
    held("label.previous", Labels, "Previous label", &[","], || Action::StepLabel(-1)),
    held("label.next", Labels, "Next label", &["."], || Action::StepLabel(1)),
    once("label.swap", Labels, "Swap with the label before", &["X"], || Action::SwapLabels),
    once("label.edit", Labels, "Names and colours of the labels", &[], || Action::ToggleLabelEditor),
    once("label.hide", Labels, "Hide the chosen label, or show it again", &[], || Action::Set(|s| s.toggle_visible())),
    once("label.lock", Labels, "Lock the chosen label against changes, or unlock it", &[], || Action::Set(|s| s.toggle_locked())),
    once("label.show_all", Labels, "Show and unlock every label", &[], || Action::Set(|s| s.show_all_labels())),

    once("view.fit", View, "Show the whole scan", &["Home", "Ctrl+0"], || Action::Fit),
    once("view.one_to_one", View, "One image pixel a screen pixel", &["Ctrl+1"], || Action::OneToOne),
    once("view.true_proportions", View, "True proportions in µm, or square pixels", &[], || Action::ToggleProportions),
    once("view.overlay", View, "Labels on or off", &["S"], || Action::ToggleOverlay),
    held("view.overlay_fainter", View, "Labels fainter", &["A"], || Action::Fade(-FADE_STEP)),
    held("view.overlay_stronger", View, "Labels stronger", &["D"], || Action::Fade(FADE_STEP)),
    once("view.overlay_fill", View, "Draw labels as fill", &[], || Action::Set(|s| s.overlay_style = OverlayStyle::Fill)),
    once("view.overlay_outline", View, "Draw labels as outline", &[], || Action::Set(|s| s.overlay_style = OverlayStyle::Outline)),
    once("view.overlay_both", View, "Draw labels as fill and outline", &[], || Action::Set(|s| s.overlay_style = OverlayStyle::Both)),
    once("view.synthetic_outline", View, "Outlines over the synthetic scan, on or off", &[], || Action::Set(|s| s.outline_on_synthetic = !s.outline_on_synthetic)),

    held("volume.previous", Volume, "Previous B-scan", &["PageUp", "Left", "Up"], || Action::TurnPage(-1)),
    held("volume.next", Volume, "Next B-scan", &["PageDown", "Right", "Down"], || Action::TurnPage(1)),

    once("synthesis.keep", Synthesis, "Keep the synthetic scan with the document", &["Ctrl+K"], || Action::KeepSynthesis),
    once("synthesis.reroll", Synthesis, "Reroll: another noise, the same anatomy", &["R"], || Action::Reroll),

    once("volume.filmstrip", Volume, "Row of B-scans, on or off", &[], || Action::Set(|s| s.look.filmstrip = !s.look.filmstrip)),
    once("volume.copy_before", Volume, "Copy the interfaces of the B-scan before", &[], || Action::CopyLayers(-1)),
    once("volume.copy_after", Volume, "Copy the interfaces of the B-scan after", &[], || Action::CopyLayers(1)),
    once("volume.interpolate_this", Volume, "Interpolate this B-scan from its neighbours", &[], || Action::InterpolateSlices { all: false }),
    once("volume.interpolate", Volume, "Interpolate all B-scans between annotated ones", &[], || Action::InterpolateSlices { all: true }),
    once("volume.map", Volume, "Thickness map of the volume", &[], || Action::Set(|s| s.look.tab = Tab::Volume)),

    once("tool.ruler", Tools, "Ruler: measure a distance", &["U"], || Action::SelectTool(Tool::Ruler)),
    once("measure.panel", Measure, "Measurements of this B-scan", &["Ctrl+M"], || Action::Set(|s| s.look.tab = Tab::Measure)),
    once("measure.profile", Measure, "Thickness profile under the scan, on or off", &["Shift+M"], || Action::Set(|s| s.look.profile = !s.look.profile)),
    once("measure.calibrate", Measure, "Size of a pixel in µm, and which eye", &[], || Action::ToggleCalibration),
    once("measure.copy", Measure, "Copy the measurements as text", &[], || Action::CopyMeasurements),
    once("measure.export", Measure, "Export the measurements of all B-scans as CSV", &[], || Action::ExportMeasurements),
    once("measure.grader_load", Measure, "Load a second grader's labels", &[], || Action::LoadSecondGrader),
    once("measure.grader_remove", Measure, "Remove the second grader's labels", &[], || Action::RemoveSecondGrader),
    once("measure.grader_difference", Measure, "Highlight where the graders differ, on or off", &[], || Action::Set(|s| s.look.grader.difference = !s.look.grader.difference)),

    once("view.solo", View, "Show only the chosen label, or all again", &["Shift+S"], || Action::Solo),
    once("view.invert", View, "Invert the greys", &["Ctrl+I"], || Action::Set(|s| s.look.tone.inverted = !s.look.tone.inverted)),
    once("view.fit_greys", View, "Greys that span this scan", &["Ctrl+J"], || Action::FitGreys),
    once("view.reset_greys", View, "Every grey as it was recorded", &["Ctrl+Shift+J"], || Action::Set(|s| s.look.tone = Tone::default())),
    once("view.compare_alone", View, "The scan alone in the whole window, or both", &["F3"], || Action::Set(|s| s.look.comparison = s.look.comparison.alone_or_beside())),
    once("view.compare_beside", View, "Synthetic scan beside the scan", &[], || Action::Set(|s| s.look.comparison = Comparison::Beside)),
    once("view.compare_wipe", View, "Wipe between scan and synthetic scan", &["Ctrl+E"], || Action::Set(|s| s.look.comparison = Comparison::Wipe)),
    once("view.compare_flicker", View, "Flicker between scan and synthetic scan", &[], || Action::Set(|s| s.look.comparison = Comparison::Flicker)),
    once("view.edit_panel", View, "Panel: labels and synthesis", &[], || Action::Set(|s| s.look.tab = Tab::Edit)),
    once("view.view_panel", View, "Panel: greys, overlay, comparison", &[], || Action::Set(|s| s.look.tab = Tab::View)),

    once("cases.page", Window, "Cases: design a case by a recipe, or back to the editor", &["Ctrl+Shift+D"], || Action::Cases(CasesAction::Toggle)),
    once("training.page", Training, "Train: runs and models, or back to the editor", &["Ctrl+Shift+T"], || Action::Training(TrainingAction::Toggle)),
    once("training.new_run", Training, "New training run", &[], || Action::Training(TrainingAction::NewRun)),

    once("window.palette", Window, "Find a command", &["Ctrl+P"], || Action::TogglePalette),
    once("window.keys", Window, "Keys and gestures", &["F1", "?"], || Action::ToggleKeys),
    once("window.keymap", Window, "Change keys", &[], || Action::ToggleKeymap),
    once("window.remote", Window, "Let another computer draw", &[], || Action::ToggleRemote),
    once("window.side_panel", Window, "Panel at the right, on or off", &["F2"], || Action::ToggleSidePanel),
    held("window.larger", Window, "Larger letters and buttons", &["Ctrl++", "Ctrl+="], || Action::ScaleWindow(1.1)),
    held("window.smaller", Window, "Smaller letters and buttons", &["Ctrl+-"], || Action::ScaleWindow(1.0 / 1.1)),
    once("window.usual_size", Window, "Letters and buttons of the usual size", &[], || Action::ScaleWindow(0.0)),
];

/// (gesture, what it does): what the pointer does, for the page of keys. What Alt does with the brush is the
/// user's choice.
pub fn gestures(alt_drag_resizes: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    let with_alt: &[(&str, &str)] = if alt_drag_resizes {
        &[
            ("Alt", "As the right button, but not with the brush"),
            ("Alt + drag", "Brush size, with the brush or the eraser"),
        ]
    } else {
        &[("Alt", "As the right button")]
    };
    let opposite = ("Right button", "The opposite while held: erase, subtract, shrink");
    std::iter::once(opposite).chain(with_alt.iter().copied()).chain(GESTURES.iter().copied())
}

/// The gestures that are the same for everybody.
const GESTURES: &[(&str, &str)] = &[
    ("Shift + wheel", "Brush size"),
    ("Wheel, pinch", "Zoom at the pointer"),
    ("Space + drag, middle drag", "Pan, also in mid-stroke"),
    ("Two fingers", "Zoom and pan on a touch screen"),
    ("Ctrl + wheel", "B-scan before, after"),
    ("Double click with the hand", "Show the whole scan"),
    ("Arrows, Shift + arrows", "Move the selected lesion by 1 or 10 px"),
    ("Delete", "Delete the selected lesion"),
    ("Enter", "Finish what the tool holds"),
    ("Esc", "Cancel it; abort the stroke"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use chord::Chord;
    use std::collections::HashMap;

    #[test]
    fn the_page_of_keys_says_what_alt_does_with_the_brush() {
        let with_alt = |resizes| -> Vec<&str> {
            gestures(resizes)
                .map(|(gesture, _)| gesture)
                .filter(|gesture| gesture.starts_with("Alt"))
                .collect()
        };
        assert_eq!(with_alt(true), ["Alt", "Alt + drag"]);
        assert_eq!(with_alt(false), ["Alt"]);
        assert!(gestures(true).chain(gestures(false)).all(|(gesture, _)| gesture != "Right button, Alt"));
    }

    #[test]
    fn ids_are_unique_names_are_spoken_and_default_keys_do_not_collide() {
        let mut ids = HashMap::new();
        let mut keys: HashMap<Chord, &str> = HashMap::new();
        for command in COMMANDS {
            assert!(ids.insert(command.id, ()).is_none(), "{} is there twice", command.id);
            assert!(command.name.starts_with(char::is_uppercase), "{}", command.name);
            for key in command.keys {
                let chord = key.parse().unwrap_or_else(|error| panic!("{}: {error}", command.id));
                let other = keys.insert(chord, command.id);
                assert_eq!(other, None, "{key} of {}", command.id);
            }
        }
    }
}
