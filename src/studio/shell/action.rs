//! Everything the user can ask for, as one value: buttons, keys, menus and drops all end here.
//!
//! What changes the document goes on as a [`crate::document::Command`] to the editor.

use std::path::PathBuf;
use std::sync::Arc;

use super::commands::choice::KeymapChoice;
use super::settings::{PanelSettings, Tool};
use crate::document::{Appearance, Command};
use crate::formats::figure::FigureFormat;
use crate::formats::label_png::CodeScheme;
use crate::formats::sector_files::SectorFile;
use crate::scan::Calibration;
use crate::serve::CommandLine;
use crate::studio::editor::session::HistoryStep;
use crate::studio::export::ExportAction;
use crate::studio::files::figure_export::FigureOf;
pub use crate::studio::files::opening::LabelAnswer;
pub use crate::studio::files::path_dialog::PathAnswer;
pub use crate::studio::flow::UnsavedAnswer;
use crate::studio::generate::GenerateAction;
use crate::studio::label_mapping::MappingAnswer;
use crate::studio::review::ReviewAction;
use crate::studio::stage::CasesAction;
use crate::studio::synthesis::comparison_picture::ComparedWith;
use crate::studio::texts::LanguageChoice;
use crate::studio::training::TrainingAction;

/// A B-scan beside the one shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbour {
    Before,
    After,
}

/// How large the window's own things are to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WindowScale {
    /// Larger or smaller than now by a factor.
    By(f32),
    /// The system's size.
    Usual,
}

/// What a button, a key or a drop asks for.
#[derive(Clone, Debug)]
pub enum Action {
    /// Asks for a file to open.
    Open,
    /// Asks for a folder to open.
    OpenFolder,
    OpenPath(PathBuf),
    /// Opens what was open before.
    OpenRecent(PathBuf),
    /// Gives up what is being read to be opened.
    CancelReading,
    /// Opens what was let go over the window together: labels go onto the scan among it.
    OpenDropped(Vec<PathBuf>),
    /// Asks for labels of the page shown.
    LoadLabels,
    LoadLabelsFrom(PathBuf),
    /// Answers the question whether an image is labels.
    AnswerLabels(LabelAnswer),
    /// Answers the question what the values of a label file are.
    AnswerMapping(MappingAnswer),
    OpenSample(usize),
    Save,
    SaveAs,
    SaveTo(PathBuf),
    /// Something of the dialog of exports.
    Export(ExportAction),
    ExportMask(CodeScheme),
    ExportSynthetic,
    /// Asks for a file for a picture for a slide.
    ExportFigure(FigureOf, FigureFormat),
    Undo,
    Redo,
    Edit(Command),
    /// Changes the state of the panels.
    Set(fn(&mut PanelSettings)),
    /// Keeps the selected lesion for pasting.
    CopyLesion,
    CutLesion,
    PasteLesion,
    SelectLabel(u8),
    /// Takes the label so many after the one in the hand.
    StepLabel(isize),
    SwapLabels,
    SelectTool(Tool),
    ScaleBrush(f32),
    /// Goes to another step of the history.
    GoToStep(HistoryStep),
    /// Brings the layers of the page shown back into order.
    RepairOrder,
    /// Removes every lesion of the page shown.
    ClearLesions,
    /// Opens the dialog of the size of a pixel, or closes it.
    ToggleCalibration,
    /// What is known of every page's scan beyond its pixels.
    Calibrate(Calibration),
    /// Starts annotating a bare scan.
    StartAnnotating,
    RestoreRecovery,
    DiscardRecovery,
    /// Something of how scan and overlay are seen.
    View(ViewAction),
    /// Something of the volume.
    Volume(VolumeAction),
    /// Something of the measurements.
    Measure(MeasureAction),
    /// Something of the auto-trace.
    Trace(TraceAction),
    /// Something of the synthetic scan.
    Synthesis(SynthesisAction),
    /// Something of new masks.
    NewMask(NewMaskAction),
    /// Something of the window itself.
    Window(WindowAction),
    /// Something of the page of cases.
    Cases(CasesAction),
    /// Something of the page of batch generation.
    Generate(GenerateAction),
    /// Opens the folder of a set to review it.
    OpenReview(PathBuf),
    /// Something of the page of reviews.
    Review(ReviewAction),
    /// Something of the training page.
    Training(TrainingAction),
    /// Answers the question about unsaved changes.
    Answer(UnsavedAnswer),
    /// Answers the in-window question for a path.
    AnswerPath(PathAnswer),
}

/// How scan and overlay are seen.
#[derive(Clone, Debug)]
pub enum ViewAction {
    ToggleOverlay,
    /// Adds to the opacity of the overlay.
    Fade(f32),
    Fit,
    OneToOne,
    ToggleProportions,
    /// Shows only the label in the hand, or all again.
    Solo,
    /// Window and level that span the greys of the scan shown.
    FitGreys,
}

/// What a volume is asked for: which B-scan is shown, and labels and facts of all of them.
#[derive(Clone, Debug)]
pub enum VolumeAction {
    /// Goes to another B-scan, by so many.
    TurnPage(isize),
    /// Goes to a B-scan of the document.
    ShowPage(usize),
    /// Takes the interfaces of the nearest annotated B-scan.
    CopyLayers(Neighbour),
    /// Makes the labels of the page shown, or of every bare one, from the annotated ones around it.
    InterpolateSlices { all: bool },
    /// Traces every B-scan without labels, or interpolates it where labelled ones lie on both sides.
    LabelVolume,
    /// Stops that; nothing of it is taken.
    CancelLabelVolume,
    /// Distance between neighbouring B-scans in µm.
    SetBScanDistance(Option<f32>),
    /// The fovea of a volume: the B-scan it lies in and its column; `None` gives it back to the layers.
    SetVolumeFovea(Option<(usize, f32)>),
}

/// What is asked of measurements and of the second grader.
#[derive(Clone, Debug)]
pub enum MeasureAction {
    /// Asks for a file for the measurements of all B-scans.
    ExportMeasurements,
    ExportMeasurementsTo(PathBuf),
    /// Asks for a file for the thickness map of the volume.
    ExportSectors(SectorFile),
    /// Puts the measurements of the page shown on the clipboard.
    CopyMeasurements,
    /// Asks for another grader's labels of the page shown.
    LoadSecondGrader,
    OpenSecondGrader(PathBuf),
    RemoveSecondGrader,
}

/// What is asked of the auto-trace.
#[derive(Clone, Debug)]
pub enum TraceAction {
    /// Proposes the layers of the page shown.
    TraceLayers,
    StopTrace,
    /// Hides where the last trace was not sure.
    ForgetDoubts,
    /// Shows the next segment the last trace was not sure of.
    NextDoubt,
}

/// What the synthetic scan is asked for, its looks and what it is compared with.
#[derive(Clone, Debug)]
pub enum SynthesisAction {
    /// Lets the machine draw that a command reaches; this one without.
    DrawOn(Option<CommandLine>),
    /// Makes document and settings those of a recent picture.
    BringBack(u64),
    /// Compares the synthetic scan with another picture.
    CompareWith(ComparedWith),
    /// Asks for the model file to compare with.
    ChooseComparisonModel,
    /// Compares the synthetic scan with a recent picture.
    CompareWithRecent(u64),
    /// Keeps the synthetic scan with the page shown.
    KeepSynthesis,
    /// Draws a new noise field.
    Reroll,
    /// Draws a style between those of two training eyes.
    DrawStyle,
    /// Places vessel shadows at random.
    DrawVessels,
    /// Shows other looks while a slider is held; `None` goes back to those of the page.
    PreviewAppearance(Option<Arc<Appearance>>),
}

/// What is asked of new masks.
#[derive(Clone, Debug)]
pub enum NewMaskAction {
    /// Shows the strip of new masks, or hides it.
    ToggleNewMasks,
    /// Generates masks by the conditions that are on.
    GenerateMasks,
    /// Draws masks like the one that is open.
    VaryMask,
    /// Puts a candidate on the page.
    AcceptMask(usize),
    /// Opens an empty page without a real scan.
    OpenEmptyPage,
}

/// What is asked of the window itself: its panels and dialogs, keys, size and language.
#[derive(Clone, Debug)]
pub enum WindowAction {
    ToggleKeys,
    TogglePalette,
    ToggleKeymap,
    /// Opens the dialog of the computer that draws, or closes it.
    ToggleRemote,
    /// Puts other keys in force.
    ChangeKeys(KeymapChoice),
    ToggleAltDrag,
    ToggleSteps,
    ToggleSidePanel,
    ToggleLabelEditor,
    /// Scales everything but the scans.
    ScaleWindow(WindowScale),
    /// Makes the window speak another language.
    ChooseLanguage(LanguageChoice),
    DismissNotice(u64),
}
