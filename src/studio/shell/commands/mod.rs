//! Everything the user can do, by name: the one table behind the keys, the command palette, the page of
//! keys and the dialog that changes them.
//!
//! A new command is one line in [`COMMANDS`] and its name in the table of texts. Its id never changes afterwards: settings on disk know the
//! command by it.

pub mod choice;
pub mod chord;
pub mod keymap;
pub mod search;

use super::action::{
    Action, MeasureAction, Neighbour, NewMaskAction, SynthesisAction, TraceAction, ViewAction, VolumeAction,
    WindowAction, WindowScale,
};
use super::settings::{BRUSH_STEP, FADE_STEP, OverlayStyle, Tool};
use crate::formats::figure::FigureFormat;
use crate::formats::label_png::CodeScheme;
use crate::formats::sector_files::SectorFile;
use crate::studio::editor::look::{Comparison, Tab, Tone};
use crate::studio::export::ExportAction;
use crate::studio::files::figure_export::FigureOf;
use crate::studio::generate::GenerateAction;
use crate::studio::review::{ReviewAction, ReviewPlace};
use crate::studio::stage::CasesAction;
use crate::studio::texts::{self, LanguageChoice, text};
use crate::studio::training::TrainingAction;

/// What a command belongs to; the order is that of the page of keys.
#[allow(missing_docs, reason = "a group is called as its heading")]
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
            Self::File => text!("group-file"),
            Self::Edit => text!("group-edit"),
            Self::Tools => text!("group-tools"),
            Self::Labels => text!("group-labels"),
            Self::View => text!("group-view"),
            Self::Volume => text!("group-volume"),
            Self::Measure => text!("group-measure"),
            Self::Synthesis => text!("group-synthesis"),
            Self::Training => text!("group-training"),
            Self::Window => text!("group-window"),
        }
    }
}

/// Something the user can do.
#[derive(Debug)]
pub struct UserCommand {
    /// Never changes: "tool.brush".
    pub id: &'static str,
    /// Of its name in the table of texts.
    key: &'static str,
    /// Where it stands on the page of keys.
    pub group: Group,
    /// Default keys, as [`chord::Chord`] reads them.
    pub keys: &'static [&'static str],
    /// Whether it goes on while the key is held.
    pub repeats: bool,
    /// What it asks for.
    pub action: fn() -> Action,
}

impl UserCommand {
    /// What a clinician calls it, as it stands in the palette and in tooltips.
    pub fn name(&self) -> &'static str {
        texts::plain(self.key)
    }

    /// Other words for it, in every language: who looks for the language of the window may not read the one it speaks.
    pub fn keywords(&self) -> &'static str {
        match self.id {
            "window.language_system" => "language sprache desktop",
            "window.language_english" => "language sprache english englisch",
            "window.language_german" => "language sprache german deutsch",
            _ => "",
        }
    }

    /// Whether it changes what the page of the editor shows: behind another page nobody would see it.
    pub fn is_of_document(&self) -> bool {
        matches!(self.group, Group::Edit | Group::Volume | Group::Synthesis)
    }
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
    key: &'static str,
    keys: &'static [&'static str],
    action: fn() -> Action,
) -> UserCommand {
    UserCommand { id, key, group, keys, repeats: false, action }
}

/// A command that goes on while its key is held.
const fn held(
    id: &'static str,
    group: Group,
    key: &'static str,
    keys: &'static [&'static str],
    action: fn() -> Action,
) -> UserCommand {
    UserCommand { id, key, group, keys, repeats: true, action }
}

use Group::{Edit, File, Labels, Measure, Synthesis, Tools, Training, View, Volume, Window};

/// Every command. Of two with the same key the first one gets it, so a test keeps the defaults apart.
#[rustfmt::skip]
pub static COMMANDS: &[UserCommand] = &[
    once("file.open", File, "command-file-open", &["Ctrl+O"], || Action::Open),
    once("file.open_folder", File, "command-file-open-folder", &[], || Action::OpenFolder),
    once("file.load_labels", File, "command-file-load-labels", &[], || Action::LoadLabels),
    once("file.save", File, "command-file-save", &["Ctrl+S"], || Action::Save),
    once("file.save_as", File, "command-file-save-as", &["Ctrl+Shift+S"], || Action::SaveAs),
    once("file.export", File, "command-file-export", &[], || Action::Export(ExportAction::Toggle)),
    once("file.export_mask", File, "command-file-export-mask", &[], || Action::ExportMask(CodeScheme::Studio)),
    once("file.export_paper_mask", File, "command-file-export-paper-mask", &[], || Action::ExportMask(CodeScheme::Paper)),
    once("file.export_synthetic", File, "command-file-export-synthetic", &[], || Action::ExportSynthetic),
    once("file.figure_scan", File, "command-file-figure-scan", &[], || Action::ExportFigure(FigureOf::RealScan, FigureFormat::Png)),
    once("file.figure_synthetic", File, "command-file-figure-synthetic", &[], || Action::ExportFigure(FigureOf::SyntheticScan, FigureFormat::Png)),
    once("file.sample_1", File, "command-file-sample-1", &[], || Action::OpenSample(0)),
    once("file.sample_2", File, "command-file-sample-2", &[], || Action::OpenSample(1)),
    once("file.sample_3", File, "command-file-sample-3", &[], || Action::OpenSample(2)),

    held("edit.undo", Edit, "command-edit-undo", &["Ctrl+Z"], || Action::Undo),
    held("edit.redo", Edit, "command-edit-redo", &["Ctrl+Shift+Z", "Ctrl+Y"], || Action::Redo),
    once("edit.copy_lesion", Edit, "command-edit-copy-lesion", &["Ctrl+C"], || Action::CopyLesion),
    once("edit.cut_lesion", Edit, "command-edit-cut-lesion", &["Ctrl+X"], || Action::CutLesion),
    once("edit.paste_lesion", Edit, "command-edit-paste-lesion", &["Ctrl+V"], || Action::PasteLesion),
    once("edit.steps", Edit, "command-edit-steps", &["Ctrl+H"], || Action::Window(WindowAction::ToggleSteps)),
    once("edit.repair_order", Edit, "command-edit-repair-order", &[], || Action::RepairOrder),
    once("edit.clear_lesions", Edit, "command-edit-clear-lesions", &[], || Action::ClearLesions),
    once("edit.trace", Edit, "command-edit-trace", &["Ctrl+T"], || Action::Trace(TraceAction::TraceLayers)),
    once("edit.trace_stop", Edit, "command-edit-trace-stop", &[], || Action::Trace(TraceAction::StopTrace)),
    once("edit.trace_next", Edit, "command-edit-trace-next", &["J"], || Action::Trace(TraceAction::NextDoubt)),
    once("edit.trace_forget", Edit, "command-edit-trace-forget", &[], || Action::Trace(TraceAction::ForgetDoubts)),
    once("mask.new", Edit, "command-mask-new", &["N"], || Action::NewMask(NewMaskAction::ToggleNewMasks)),
    once("mask.vary", Edit, "command-mask-vary", &[], || Action::NewMask(NewMaskAction::VaryMask)),
    once("mask.without_scan", Edit, "command-mask-without-scan", &[], || Action::NewMask(NewMaskAction::OpenEmptyPage)),
    once("edit.start_annotating", Edit, "command-edit-start-annotating", &[], || Action::StartAnnotating),

    once("tool.brush", Tools, "command-tool-brush", &["B"], || Action::SelectTool(Tool::Brush)),
    once("tool.eraser", Tools, "command-tool-eraser", &["E"], || Action::SelectTool(Tool::Eraser)),
    once("tool.lasso", Tools, "command-tool-lasso", &["L"], || Action::SelectTool(Tool::Lasso)),
    once("tool.fill", Tools, "command-tool-fill", &["F"], || Action::SelectTool(Tool::Fill)),
    once("tool.pick", Tools, "command-tool-pick", &["P"], || Action::SelectTool(Tool::Pick)),
    once("tool.smooth", Tools, "command-tool-smooth", &["M"], || Action::SelectTool(Tool::Smooth)),
    once("tool.cyst", Tools, "command-tool-cyst", &["C"], || Action::SelectTool(Tool::Cyst)),
    once("tool.dome", Tools, "command-tool-dome", &["Shift+C"], || Action::SelectTool(Tool::Dome)),
    once("tool.vessel", Tools, "command-tool-vessel", &["Shift+V"], || Action::SelectTool(Tool::Vessel)),
    once("tool.select", Tools, "command-tool-select", &["V"], || Action::SelectTool(Tool::Select)),
    once("tool.grow", Tools, "command-tool-grow", &["G"], || Action::SelectTool(Tool::Grow)),
    once("tool.interface_pen", Tools, "command-tool-interface-pen", &["I"], || Action::SelectTool(Tool::InterfacePen)),
    once("tool.interface_spline", Tools, "command-tool-interface-spline", &["K"], || Action::SelectTool(Tool::InterfaceSpline)),
    once("tool.live_wire", Tools, "command-tool-live-wire", &["W"], || Action::SelectTool(Tool::LiveWire)),
    once("tool.layer_warp", Tools, "command-tool-layer-warp", &["T"], || Action::SelectTool(Tool::LayerWarp)),
    once("tool.hand", Tools, "command-tool-hand", &["H"], || Action::SelectTool(Tool::Hand)),
    held("tool.smaller", Tools, "command-tool-smaller", &["[", "-"], || Action::ScaleBrush(1.0 / BRUSH_STEP)),
    held("tool.larger", Tools, "command-tool-larger", &["]", "+", "="], || Action::ScaleBrush(BRUSH_STEP)),
    once("tool.ordered", Tools, "command-tool-ordered", &[], || Action::Set(|s| s.ordered = !s.ordered)),

    once("label.0", Labels, "command-label-0", &["0"], || Action::SelectLabel(0)),
    once("label.1", Labels, "command-label-1", &["1"], || Action::SelectLabel(1)),
    once("label.2", Labels, "command-label-2", &["2"], || Action::SelectLabel(2)),
    once("label.3", Labels, "command-label-3", &["3"], || Action::SelectLabel(3)),
    once("label.4", Labels, "command-label-4", &["4"], || Action::SelectLabel(4)),
    once("label.5", Labels, "command-label-5", &["5"], || Action::SelectLabel(5)),
    once("label.6", Labels, "command-label-6", &["6"], || Action::SelectLabel(6)),
    once("label.7", Labels, "command-label-7", &["7"], || Action::SelectLabel(7)),
    once("label.8", Labels, "command-label-8", &["8"], || Action::SelectLabel(8)),
    once("label.9", Labels, "command-label-9", &["9", "Shift+1"], || Action::SelectLabel(9)),
    once("label.10", Labels, "command-label-10", &["Shift+2"], || Action::SelectLabel(10)),
    once("label.11", Labels, "command-label-11", &["Shift+3"], || Action::SelectLabel(11)),
    held("label.previous", Labels, "command-label-previous", &[","], || Action::StepLabel(-1)),
    held("label.next", Labels, "command-label-next", &["."], || Action::StepLabel(1)),
    once("label.swap", Labels, "command-label-swap", &["X"], || Action::SwapLabels),
    once("label.edit", Labels, "command-label-edit", &[], || Action::Window(WindowAction::ToggleLabelEditor)),
    once("label.hide", Labels, "command-label-hide", &[], || Action::Set(|s| s.toggle_visible())),
    once("label.lock", Labels, "command-label-lock", &[], || Action::Set(|s| s.toggle_locked())),
    once("label.show_all", Labels, "command-label-show-all", &[], || Action::Set(|s| s.show_all_labels())),

    once("view.fit", View, "command-view-fit", &["Home", "Ctrl+0"], || Action::View(ViewAction::Fit)),
    once("view.one_to_one", View, "command-view-one-to-one", &["Ctrl+1"], || Action::View(ViewAction::OneToOne)),
    once("view.true_proportions", View, "command-view-true-proportions", &[], || Action::View(ViewAction::ToggleProportions)),
    once("view.overlay", View, "command-view-overlay", &["S"], || Action::View(ViewAction::ToggleOverlay)),
    held("view.overlay_fainter", View, "command-view-overlay-fainter", &["A"], || Action::View(ViewAction::Fade(-FADE_STEP))),
    held("view.overlay_stronger", View, "command-view-overlay-stronger", &["D"], || Action::View(ViewAction::Fade(FADE_STEP))),
    once("view.overlay_fill", View, "command-view-overlay-fill", &[], || Action::Set(|s| s.overlay_style = OverlayStyle::Fill)),
    once("view.overlay_outline", View, "command-view-overlay-outline", &[], || Action::Set(|s| s.overlay_style = OverlayStyle::Outline)),
    once("view.overlay_both", View, "command-view-overlay-both", &[], || Action::Set(|s| s.overlay_style = OverlayStyle::Both)),
    once("view.synthetic_outline", View, "command-view-synthetic-outline", &[], || Action::Set(|s| s.outline_on_synthetic = !s.outline_on_synthetic)),

    held("volume.previous", Volume, "command-volume-previous", &["PageUp", "Left", "Up"], || Action::Volume(VolumeAction::TurnPage(-1))),
    held("volume.next", Volume, "command-volume-next", &["PageDown", "Right", "Down"], || Action::Volume(VolumeAction::TurnPage(1))),

    once("synthesis.keep", Synthesis, "command-synthesis-keep", &["Ctrl+K"], || Action::Synthesis(SynthesisAction::KeepSynthesis)),
    once("synthesis.reroll", Synthesis, "command-synthesis-reroll", &["R"], || Action::Synthesis(SynthesisAction::Reroll)),
    once("synthesis.style", Synthesis, "command-synthesis-style", &[], || Action::Synthesis(SynthesisAction::DrawStyle)),
    once("synthesis.vessels", Synthesis, "command-synthesis-vessels", &[], || Action::Synthesis(SynthesisAction::DrawVessels)),

    once("volume.filmstrip", Volume, "command-volume-filmstrip", &[], || Action::Set(|s| s.look.filmstrip = !s.look.filmstrip)),
    once("volume.copy_before", Volume, "command-volume-copy-before", &[], || Action::Volume(VolumeAction::CopyLayers(Neighbour::Before))),
    once("volume.copy_after", Volume, "command-volume-copy-after", &[], || Action::Volume(VolumeAction::CopyLayers(Neighbour::After))),
    once("volume.interpolate_this", Volume, "command-volume-interpolate-this", &[], || Action::Volume(VolumeAction::InterpolateSlices { all: false })),
    once("volume.interpolate", Volume, "command-volume-interpolate", &[], || Action::Volume(VolumeAction::InterpolateSlices { all: true })),
    once("volume.label_all", Volume, "command-volume-label-all", &[], || Action::Volume(VolumeAction::LabelVolume)),
    once("volume.map", Volume, "command-volume-map", &[], || Action::Set(|s| s.look.tab = Tab::Volume)),
    once("volume.export_sectors", Volume, "command-volume-export-sectors", &[], || Action::Measure(MeasureAction::ExportSectors(SectorFile::Table))),
    once("volume.export_map", Volume, "command-volume-export-map", &[], || Action::Measure(MeasureAction::ExportSectors(SectorFile::Picture(FigureFormat::Png)))),

    once("tool.ruler", Tools, "command-tool-ruler", &["U"], || Action::SelectTool(Tool::Ruler)),
    once("measure.panel", Measure, "command-measure-panel", &["Ctrl+M"], || Action::Set(|s| s.look.tab = Tab::Measure)),
    once("measure.profile", Measure, "command-measure-profile", &["Shift+M"], || Action::Set(|s| s.look.profile = !s.look.profile)),
    once("measure.calibrate", Measure, "command-measure-calibrate", &[], || Action::ToggleCalibration),
    once("measure.copy", Measure, "command-measure-copy", &[], || Action::Measure(MeasureAction::CopyMeasurements)),
    once("measure.export", Measure, "command-measure-export", &[], || Action::Measure(MeasureAction::ExportMeasurements)),
    once("measure.grader_load", Measure, "command-measure-grader-load", &[], || Action::Measure(MeasureAction::LoadSecondGrader)),
    once("measure.grader_remove", Measure, "command-measure-grader-remove", &[], || Action::Measure(MeasureAction::RemoveSecondGrader)),
    once("measure.grader_difference", Measure, "command-measure-grader-difference", &[], || Action::Set(|s| s.look.grader.difference = !s.look.grader.difference)),

    once("view.solo", View, "command-view-solo", &["Shift+S"], || Action::View(ViewAction::Solo)),
    once("view.invert", View, "command-view-invert", &["Ctrl+I"], || Action::Set(|s| s.look.tone.inverted = !s.look.tone.inverted)),
    once("view.fit_greys", View, "command-view-fit-greys", &["Ctrl+J"], || Action::View(ViewAction::FitGreys)),
    once("view.reset_greys", View, "command-view-reset-greys", &["Ctrl+Shift+J"], || Action::Set(|s| s.look.tone = Tone::default())),
    once("view.compare_alone", View, "command-view-compare-alone", &["F3"], || Action::Set(|s| s.look.comparison = s.look.comparison.alone_or_beside())),
    once("view.compare_beside", View, "command-view-compare-beside", &[], || Action::Set(|s| s.look.comparison = Comparison::Beside)),
    once("view.compare_wipe", View, "command-view-compare-wipe", &["Ctrl+E"], || Action::Set(|s| s.look.toggle_wipe())),
    once("view.compare_flicker", View, "command-view-compare-flicker", &[], || Action::Set(|s| s.look.comparison = Comparison::Flicker)),
    once("view.edit_panel", View, "command-view-edit-panel", &[], || Action::Set(|s| s.look.tab = Tab::Edit)),
    once("view.view_panel", View, "command-view-view-panel", &[], || Action::Set(|s| s.look.tab = Tab::View)),

    once("window.editor", Window, "command-window-editor", &[], || Action::Window(WindowAction::ShowEditor)),
    once("cases.page", Window, "command-cases-page", &["Ctrl+Shift+D"], || Action::Cases(CasesAction::Toggle)),
    once("cases.quiz", Window, "command-cases-quiz", &[], || Action::Cases(CasesAction::Quiz)),
    once("cases.share", Window, "command-cases-share", &[], || Action::Cases(CasesAction::Share)),
    once("generate.page", Window, "command-generate-page", &["Ctrl+Shift+G"], || Action::Generate(GenerateAction::Toggle)),
    once("generate.new", Window, "command-generate-new", &[], || Action::Generate(GenerateAction::New)),
    once("review.page", Window, "command-review-page", &["Ctrl+Shift+R"], || Action::Review(ReviewAction::Toggle)),
    once("review.back", Window, "command-review-back", &["F4"], || Action::Review(ReviewAction::Back)),
    once("review.open", File, "command-review-open", &[], || Action::Review(ReviewAction::Choose(ReviewPlace::Set))),
    once("training.page", Training, "command-training-page", &["Ctrl+Shift+T"], || Action::Training(TrainingAction::Toggle)),
    once("training.new_run", Training, "command-training-new-run", &[], || Action::Training(TrainingAction::NewRun)),

    once("window.palette", Window, "command-window-palette", &["Ctrl+P"], || Action::Window(WindowAction::TogglePalette)),
    once("window.keys", Window, "command-window-keys", &["F1", "?"], || Action::Window(WindowAction::ToggleKeys)),
    once("window.keymap", Window, "command-window-keymap", &[], || Action::Window(WindowAction::ToggleKeymap)),
    once("window.remote", Window, "command-window-remote", &[], || Action::Window(WindowAction::ToggleRemote)),
    once("window.side_panel", Window, "command-window-side-panel", &["F2"], || Action::Window(WindowAction::ToggleSidePanel)),
    held("window.larger", Window, "command-window-larger", &["Ctrl++", "Ctrl+="], || Action::Window(WindowAction::ScaleWindow(WindowScale::By(1.1)))),
    held("window.smaller", Window, "command-window-smaller", &["Ctrl+-"], || Action::Window(WindowAction::ScaleWindow(WindowScale::By(1.0 / 1.1)))),
    once("window.usual_size", Window, "command-window-usual-size", &[], || Action::Window(WindowAction::ScaleWindow(WindowScale::Usual))),
    once("window.language_system", Window, "command-window-language-system", &[], || Action::Window(WindowAction::ChooseLanguage(LanguageChoice::System))),
    once("window.language_english", Window, "command-window-language-english", &[], || Action::Window(WindowAction::ChooseLanguage(LanguageChoice::English))),
    once("window.language_german", Window, "command-window-language-german", &[], || Action::Window(WindowAction::ChooseLanguage(LanguageChoice::German))),
];

/// (gesture, what it does): what the pointer does, for the page of keys. What Alt does with the brush is the
/// user's choice.
pub fn gestures(alt_drag_resizes: bool) -> impl Iterator<Item = (&'static str, &'static str)> {
    let with_alt: &[(&str, &str)] = if alt_drag_resizes {
        &[("gesture-alt", "gesture-alt-not-brush"), ("gesture-alt-drag", "gesture-alt-size")]
    } else {
        &[("gesture-alt", "gesture-alt-opposite")]
    };
    let opposite = ("gesture-right", "gesture-opposite");
    let keys = std::iter::once(opposite).chain(with_alt.iter().copied()).chain(GESTURES.iter().copied());
    keys.map(|(gesture, meaning)| (texts::plain(gesture), texts::plain(meaning)))
}

/// The gestures that are the same for everybody, by their keys in the table of texts.
const GESTURES: &[(&str, &str)] = &[
    ("gesture-shift-wheel", "gesture-size"),
    ("gesture-wheel", "gesture-zoom"),
    ("gesture-space-drag", "gesture-pan"),
    ("gesture-two-fingers", "gesture-touch"),
    ("gesture-ctrl-wheel", "gesture-turn"),
    ("gesture-double-click", "gesture-fit"),
    ("gesture-arrows", "gesture-move"),
    ("gesture-delete", "gesture-delete-lesion"),
    ("gesture-enter", "gesture-finish"),
    ("gesture-esc", "gesture-abort"),
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
            assert!(command.name().starts_with(char::is_uppercase), "{}", command.name());
            for key in command.keys {
                let chord = key.parse().unwrap_or_else(|error| panic!("{}: {error}", command.id));
                let other = keys.insert(chord, command.id);
                assert_eq!(other, None, "{key} of {}", command.id);
            }
        }
    }
}
