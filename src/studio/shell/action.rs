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
    /// The B-scan of the index below.
    Before,
    /// The B-scan of the index above.
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
    /// Reads a file or folder, to be shown.
    OpenPath(PathBuf),
    /// Opens what was open before.
    OpenRecent(PathBuf),
    /// Gives up what is being read to be opened.
    CancelReading,
    /// Opens what was let go over the window together: labels go onto the scan among it.
    OpenDropped(Vec<PathBuf>),
    /// Asks for labels of the page shown.
    LoadLabels,
    /// Reads a file as labels of the page shown.
    LoadLabelsFrom(PathBuf),
    /// Answers the question whether an image is labels.
    AnswerLabels(LabelAnswer),
    /// Answers the question what the values of a label file are.
    AnswerMapping(MappingAnswer),
    /// Opens a sample, by its index in [`crate::studio::files::samples::ALL`].
    OpenSample(usize),
    /// Writes the document to its file; asks for one where it has none.
    Save,
    /// Asks for a file to write the document to.
    SaveAs,
    /// Writes the document to a file, its own from then on.
    SaveTo(PathBuf),
    /// Something of the dialog of exports.
    Export(ExportAction),
    /// Asks for a file for the labels of the page shown.
    ExportMask(CodeScheme),
    /// Asks for a file for the synthetic scan.
    ExportSynthetic,
    /// Asks for a file for a picture for a slide.
    ExportFigure(FigureOf, FigureFormat),
    /// Takes back the last step of the history.
    Undo,
    /// Does the step again that was taken back last.
    Redo,
    /// Changes the document by a command.
    Edit(Command),
    /// Changes the state of the panels.
    Set(fn(&mut PanelSettings)),
    /// Keeps the selected lesion for pasting.
    CopyLesion,
    /// Keeps the selected lesion for pasting and takes it away.
    CutLesion,
    /// Puts the lesion that was kept on the page shown.
    PasteLesion,
    /// Takes a label into the hand, by its composite code.
    SelectLabel(u8),
    /// Takes the label so many after the one in the hand.
    StepLabel(isize),
    /// Takes the label that was in the hand before.
    SwapLabels,
    /// Takes a tool into the hand.
    SelectTool(Tool),
    /// Changes the radius of the brush by a factor.
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
    /// Opens work that was left behind.
    RestoreRecovery,
    /// Removes work that was left behind.
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
    /// Shows the labels over the scan, or hides them.
    ToggleOverlay,
    /// Adds to the opacity of the overlay.
    Fade(f32),
    /// Shows the whole image, as large as the pane lets it be.
    Fit,
    /// Shows a pixel of the image as one of the screen.
    OneToOne,
    /// Draws pixels in their true proportions, or square.
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
    InterpolateSlices {
        /// Whether every bare page is meant.
        all: bool,
    },
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
    /// Writes the measurements of all B-scans to a file.
    ExportMeasurementsTo(PathBuf),
    /// Asks for a file for the thickness map of the volume.
    ExportSectors(SectorFile),
    /// Puts the measurements of the page shown on the clipboard.
    CopyMeasurements,
    /// Asks for another grader's labels of the page shown.
    LoadSecondGrader,
    /// Reads a file as another grader's labels of the page shown.
    OpenSecondGrader(PathBuf),
    /// Takes another grader's labels off the page shown.
    RemoveSecondGrader,
}

/// What is asked of the auto-trace.
#[derive(Clone, Debug)]
pub enum TraceAction {
    /// Proposes the layers of the page shown.
    TraceLayers,
    /// Gives up the trace under way.
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
    /// Shows the open document in place of another page.
    ShowEditor,
    /// Opens the page of keys, or closes it.
    ToggleKeys,
    /// Opens the command palette, or closes it.
    TogglePalette,
    /// Opens the dialog that changes keys, or closes it.
    ToggleKeymap,
    /// Opens the dialog of the computer that draws, or closes it.
    ToggleRemote,
    /// Puts other keys in force.
    ChangeKeys(KeymapChoice),
    /// Makes Alt and drag change the size of the brush, or erase.
    ToggleAltDrag,
    /// Shows the list of steps of the history, or hides it.
    ToggleSteps,
    /// Shows the panel at the right, or hides it.
    ToggleSidePanel,
    /// Opens the dialog of names and colours of labels, or closes it.
    ToggleLabelEditor,
    /// Scales everything but the scans.
    ScaleWindow(WindowScale),
    /// Makes the window speak another language.
    ChooseLanguage(LanguageChoice),
    /// Takes a message away, by its number.
    DismissNotice(u64),
}
