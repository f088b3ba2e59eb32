# Texts of the window in English: the table that all others follow.
#
# Keys are room-thing; arguments have the names of the code. Numbers come formatted with their units, but for
# those that a plural is chosen by.

## Buttons and words that several pages share

shell-cancel = Cancel
shell-close = Close
shell-save = Save
shell-discard = Discard
shell-choose = Choose…
shell-folder = Folder

## Bar at the top

top-open = Open
top-new-mask = New mask
top-undo = Undo
top-redo = Redo
top-undo-step = Undo { $step }
top-redo-step = Redo { $step }
top-nothing-to-undo = Nothing to undo
top-nothing-to-redo = Nothing to redo
top-of-document = This is about the open document: press Edit to see it
top-history = History
top-keys = Keys
top-cases = Cases
top-edit = Edit
top-samples-about = A folder, labels, files opened before, and bundled sample scans
top-samples = Samples
top-open-folder = Open a folder…
top-load-labels = Load labels onto this B-scan…
top-export = Export
top-export-about = Export labels, picture or measurements
top-export-all = Everything, as other programs take it…
top-export-mask = Label mask as PNG…
top-export-paper = Label mask, the paper's nine classes…
top-export-paper-about = 0 is background on both sides, 1-7 the layers, 8 fluid of any kind: for other programs
top-export-synthetic = Synthetic scan as PNG…
top-export-measurements = Measurements as CSV…
top-export-sectors = ETDRS sectors of the volume as CSV…
top-figure = Picture for a slide: scale bars, legend, caption
top-save-as = Save document as…
top-figure-scan = Scan and labels
top-figure-synthetic = Synthetic scan and labels
top-figure-as = { $name } as { $ending }
top-generating = Generating: { $percent } % done
top-generate-about = Generate pairs of scans and labels in bulk
top-generate = Generate
top-review = Review
top-review-back = Back to review
top-training-done = Training: { $percent } % done
top-train-about = Train a model
top-train = Train
top-not-saved = Not saved to a file yet
top-unsaved-changes =
    { $place }
    Unsaved changes

## Line at the bottom

status-not-annotated = not annotated
status-thick-um = { $thickness } px, { $um } µm thick
status-thick-px = { $thickness } px thick
status-size-unknown = {" "}{" "}{" "}µm/px unknown

## Panel at the right

panel-edit = Edit
panel-edit-about = Labels and synthesis
panel-view = View
panel-view-about = Greys, overlay, comparison
panel-measure = Measure
panel-measure-about = Areas, thickness, second grader
panel-volume = Volume
panel-volume-about = All B-scans: interpolation, thickness map
panel-one-b-scan = This document has one B-scan only

## Cards over the panes

notice-dismiss = Dismiss
notice-folded =
    { $count ->
        [one] 1 earlier warning
       *[other] { $count } earlier warnings
    }
notice-unfold = Show
notice-fold = Hide
notice-recovery = Unsaved work on { $name } was found, from { $when }.
notice-restore = Restore
shell-moment-ago = a moment ago
shell-minutes-ago =
    { $count ->
        [one] 1 minute ago
       *[other] { $count } minutes ago
    }
shell-hours-ago =
    { $count ->
        [one] 1 hour ago
       *[other] { $count } hours ago
    }
shell-days-ago =
    { $count ->
        [one] 1 day ago
       *[other] { $count } days ago
    }
notice-kept = The synthetic scan is kept with the document.
notice-sample-damaged = The bundled sample cannot be shown: { $error }
shell-blank = Blank
notice-recipe-copied = The recipe is on the clipboard as text.
step-pixel-size = size of a pixel
shell-lesion-copied = { $name } lesion, { $pixels } px
shell-tracing-cannot-start = The tracing cannot start: { $error }
notice-scan-closed = The scan this picture was made for is no longer open.
notice-measurements-copied = The measurements of this B-scan are on the clipboard.
step-erase-lesion = erase lesion
step-brush = brush: { $label }
step-repair-order = repair layer order
step-new-noise = new noise
step-keep-synthesis = keep synthesis
step-load-grader = load second grader
step-remove-grader = remove second grader
step-calibrate = size of a pixel or fovea
step-label-origin = origin of labels
step-b-scan-distance = distance of B-scans
step-clear-lesions = clear lesions
step-fill-unannotated = fill unannotated: { $label }
step-move-interface = move interface: { $interface }
step-thicken = thicken { $layer }
step-thin = thin { $layer }
step-push = push { $layer }

## The window's graphics device

device-lost-too-often = the graphics device was lost more than three times within ten minutes
device-work-kept = Your unsaved work is kept: RetiDiff Studio offers it when it is started again.
device-disk-silent = the disk does not answer
device-work-lost = Your unsaved work could not be kept: { $why }.
device-no-folder = Your unsaved work could not be kept: there is no folder for it.
device-made-anew = The graphics device was lost and has been made anew. None of your work was lost.
device-recent-gone = {" "}Recent synthetic scans that lay on it are gone from their list.
device-exports-gone = {" "}Not all exports that were waiting could be taken up again: export them once more.
device-driver = A graphics driver is left out: { $why }.
device-cpu = {" "}Synthesis goes on with the CPU, more slowly: { $why }. An update of the graphics driver may help.

## Settings kept between runs

settings-of-other = it describes a "{ $format }"
settings-newer = a newer version of this program wrote it (settings version { $version })
settings-too-long = it is too long
settings-unusable = The settings in { $file } cannot be used: { $reason }. This run has the defaults and keeps none; remove the file to begin anew.
settings-not-kept = The settings could not be kept in { $file }: { $error }.
settings-thread-ended = its thread ended early

## Questions

question-save-first = Save changes first?
question-unsaved = { $name } has changes that are not saved.
question-saving = Saving
question-being-written = { $file } is being written.
question-choosing = A place for { $name } is being chosen in another window.
question-label-codes = label codes
question-paper-classes = the paper's nine classes, where 0 is background on both sides and 8 is fluid
question-labels-or-scan = Labels or a scan?
question-values = The values of { $name } can be read as { $scheme }: { $labels }.
question-labels-replace = Labels take the place of those on this B-scan; it can be undone.
question-load-as-labels = Load as labels
question-open-as-scan = Open as scan

## What the values of a label file are

mapping-title = What are these values?
mapping-about = The values of { $name } can be read in several ways. Say what each of them is: nothing is guessed.
mapping-picture-about = The scan with the labels that your answers make
mapping-b-scan = B-scan
mapping-of-count = of { $count }
mapping-scheme = Scheme
mapping-by-hand = own choice
mapping-certain = { $scheme } (certain)
mapping-likely = { $scheme } (likely)
mapping-possible = { $scheme } (possible)
mapping-why = Because { $why }.
mapping-remembered = As you chose for this folder before.
mapping-say-each = Choose a scheme, or say of each value what it is.
mapping-value-is = { $name } is
mapping-around = around the rest
mapping-choose = Choose…
mapping-background = Background, both sides
mapping-unannotated = Not annotated
mapping-unanswered = It is not said yet what every value is.
mapping-checking = Checking the order of the layers…
mapping-in-order = The layers are in order.
mapping-disorder = Out of order: { $disorder }.
mapping-disorder-volume =
    { $count ->
        [one] One B-scan is out of order
       *[other] { $count } B-scans are out of order
    }, the first is { $number }: { $disorder }.
mapping-lesions-only = They are lesions alone: the layers of this B-scan stay. It can be undone.
mapping-lesions-only-volume = They are lesions alone: the layers of all { $count } B-scans stay. It can be undone in one step.
mapping-replaces-volume = Labels take the place of those on all { $count } B-scans; it can be undone in one step.
mapping-other-count = { $name } holds the labels of { $count } B-scans, where { $pages } are open. Open the volume they belong to first.
mapping-another-document = { $file }: another document is shown by now, so its labels were not loaded. Load them again for this one.

## Export

export-title = Export
export-folder-name = export
export-for = For
export-name = Name
export-folder = Folder
export-choose = Choose…
export-picture-of = Picture
export-file-kind = File
export-start = Export files
export-no-folder = Name the folder that the files go into.
export-planning = Making the files for a look at them…
export-figure = a paper or a slide
export-figure-about = The B-scan shown beside its labels, with scale bars, legend and caption
export-pairs = a data set (PNG pairs)
export-pairs-about = images and labels in two folders, a PNG a B-scan: opens here again as a folder
export-nnunet = nnU-Net
export-nnunet-about = imagesTr, labelsTr and dataset.json of nnU-Net v2
export-mirage = MIRAGE
export-mirage-about = train/bscan, train/semseg and INFO.json
export-nifti = NIfTI
export-nifti-about = A compressed volume of the scans and one of the labels
export-metaimage = MetaImage
export-metaimage-about = A volume of the scans and one of the labels, for ITK-SNAP and 3D Slicer
export-tiff = a TIFF stack
export-tiff-about = A page a B-scan, with the spacing as ImageJ writes it; a second file holds the labels
export-dicom = DICOM
export-dicom-about = Ophthalmic Tomography of the scans, a Segmentation of the labels and a Height Map Segmentation of the interfaces
export-coco = COCO
export-coco-about = A PNG a B-scan and annotations.json with run-length coded labels
export-npz = Python (npz)
export-npz-about = Arrays for numpy: scans, layers, lesions, labels, spacing
export-will-write =
    { $count ->
        [one] One file will be written, { $size }
       *[other] { $count } files will be written, { $size }
    }
export-is-there = is there already
export-replace =
    { $count ->
        [one] Replace the file that is there
       *[other] Replace the { $count } files that are there
    }
export-appeared = { $file } has come since the preview, so nothing was written. Export again to see what would be replaced.
export-nothing-left = Nothing stays behind.
export-left-out = Stays behind: { $what }.
export-left-eye = which eye it is (DICOM holds it)
export-left-spacing = the size of a pixel
export-left-distance = the distance of the B-scans
export-left-credit = whom to name as the source (give credit where you pass it on)
export-left-names = the names you gave to labels
export-left-localizer = the localizer
export-left-grader =
    { $count ->
        [one] the second grader's labels of one B-scan
       *[other] the second grader's labels of { $count } B-scans
    }
export-left-syntheses =
    { $count ->
        [one] one synthetic scan
       *[other] { $count } synthetic scans
    }
export-left-unlabelled =
    { $count ->
        [one] one B-scan without labels
       *[other] { $count } B-scans without labels
    }
export-no-identity = Nobody is named in the files: no name, date or number of a patient is kept when a file is opened.
export-identity = Does not go along, though the opened file holds it: { $fields }.
export-lacks-labels = It holds labels alone, and nothing is labelled here yet.
export-lacks-spacing = DICOM requires the size of a pixel, which is not known here.
export-lacks-eye = DICOM requires which eye it is, which is not known here.
export-lacks-one-size = A volume holds B-scans of one size, and these differ: export them as a data set.
export-set-them = Set size and eye…

## Localizer

localizer-title = Localizer
localizer-spoken = Localizer: B-scan { $number } of { $count } is highlighted
localizer-go = Go to B-scan { $number }
localizer-some-lines = The place of { $known } of { $count } B-scans is known.

## Finding a command

palette-find = Find a command
palette-search = Search commands
palette-nothing = No command is called "{ $query }".

## Keys and gestures

keys-title = Keys and gestures
keys-change = Change keys…
keys-language-system = As the desktop
keys-language-english = English
keys-language-german = Deutsch
keys-language-about = Language of the window
keys-pointer = Pointer
keymap-title = Change keys
keymap-reset-all = Reset all
keymap-to-preset = Back to the keys of the preset
keymap-alt-about = On: Alt with the primary button changes the size of the brush. Off: it erases.
keymap-alt = Alt + drag changes the brush size
keymap-find = Find a command or a key
keymap-nothing = Nothing of that name.
keymap-as-in = Keys as in
keymap-press = Press a key…
keymap-another = Give it another key; Esc gives up
keymap-add = Add a key: { $command }
keymap-reset = Reset
keymap-reset-keys = Reset keys: { $command }
keymap-take = Take { $keys } away: { $name }
keymap-take-about = Press to take this key away
keymap-same = The same key as "{ $command }"
keymap-only-here = Only here
keymap-only-here-about = Takes it away from the other command
keymap-only-here-not = Only here: { $command }, not { $other }
key-page-up = Page up
key-page-down = Page down
key-up = Up
key-down = Down
key-left = Left
key-right = Right
key-escape = Esc
key-home = Home
key-delete = Delete
key-ctrl = Ctrl
key-shift = Shift
key-alt = Alt

## Commands

group-file = File
group-edit = Edit
group-tools = Tools
group-labels = Labels
group-view = View
group-volume = B-scans
group-measure = Measure
group-synthesis = Synthesis
group-training = Training
group-window = Window
gesture-alt = Alt
gesture-alt-not-brush = As the right button, but not with the brush
gesture-alt-drag = Alt + drag
gesture-alt-size = Brush size, with the brush or the eraser
gesture-alt-opposite = As the right button
gesture-right = Right button
gesture-opposite = The opposite while held: erase, subtract, shrink

command-file-open = Open a scan, labels or a document
command-file-open-folder = Open a folder of scans
command-file-load-labels = Load labels onto this B-scan…
command-file-save = Save the document
command-file-save-as = Save the document as…
command-file-export = Export for other programs: data sets, volumes, DICOM
command-file-export-mask = Export the label mask as PNG
command-file-export-paper-mask = Export the label mask as PNG with the paper's nine classes
command-file-export-synthetic = Export the synthetic scan as PNG
command-file-figure-scan = Picture for a slide: scan and labels
command-file-figure-synthetic = Picture for a slide: synthetic scan and labels
command-file-sample-1 = Open sample: fovea, healthy
command-file-sample-2 = Open sample: fovea with drawn cysts
command-file-sample-3 = Open sample: outside the fovea, healthy
command-edit-undo = Undo
command-edit-redo = Redo
command-edit-copy-lesion = Copy the selected lesion
command-edit-cut-lesion = Cut the selected lesion
command-edit-paste-lesion = Paste the copied lesion
command-edit-steps = List of steps, to go back to any of them
command-edit-repair-order = Repair the order of the layers
command-edit-clear-lesions = Remove every lesion of this B-scan
command-edit-trace = Trace layers: propose all eight interfaces
command-edit-trace-stop = Stop tracing layers
command-edit-trace-next = Next segment the trace is not sure of
command-edit-trace-forget = Hide where the trace is not sure
command-mask-new = New mask: by fluid, cysts and thickness
command-mask-vary = Vary this mask
command-mask-without-scan = Empty page without a scan
command-edit-start-annotating = Begin with an empty mask
command-tool-brush = Brush: paint the chosen label
command-tool-eraser = Eraser: reveal the layer beneath a lesion
command-tool-lasso = Lasso: draw around an area, or click its corners
command-tool-fill = Fill one connected label, or the hole in a lesion
command-tool-pick = Pick: take the label under the pointer
command-tool-smooth = Smooth jagged edges
command-tool-cyst = Cyst: place one, or scatter many
command-tool-dome = Dome: raise SRF or PED
command-tool-select = Select a lesion: move, scale, turn, copy
command-tool-grow = Grow or shrink a lesion, or the chosen layer
command-tool-interface-pen = Interface pen: redraw part of an interface
command-tool-interface-spline = Interface spline: bend an interface by its knots
command-tool-live-wire = Live-wire: click along an edge
command-tool-layer-warp = Layer warp: thicken, thin or push a layer
command-tool-hand = Hand: move the scan
command-tool-smaller = Smaller brush
command-tool-larger = Larger brush
command-tool-ordered = Keep layers in order, on or off
command-label-0 = Label: above ILM
command-label-1 = Label: NFL
command-label-2 = Label: GCL-IPL
command-label-3 = Label: INL
command-label-4 = Label: OPL
command-label-5 = Label: ONL-ISM
command-label-6 = Label: EZ (ISE), ellipsoid zone
command-label-7 = Label: OS-RPE
command-label-8 = Label: below BM
command-label-9 = Label: IRF (intraretinal fluid)
command-label-10 = Label: SRF (subretinal fluid)
command-label-11 = Label: PED (pigment epithelial detachment)
command-label-previous = Previous label
command-label-next = Next label
command-label-swap = Swap with the label before
command-label-edit = Names and colours of the labels
command-label-hide = Hide the chosen label, or show it again
command-label-lock = Lock the chosen label against changes, or unlock it
command-label-show-all = Show and unlock every label
command-view-fit = Show the whole scan
command-view-one-to-one = One image pixel a screen pixel
command-view-true-proportions = True proportions in µm, or square pixels
command-view-overlay = Labels on or off
command-view-overlay-fainter = Labels fainter
command-view-overlay-stronger = Labels stronger
command-view-overlay-fill = Draw labels as fill
command-view-overlay-outline = Draw labels as outline
command-view-overlay-both = Draw labels as fill and outline
command-view-synthetic-outline = Outlines over the synthetic scan, on or off
command-volume-previous = Previous B-scan
command-volume-next = Next B-scan
command-synthesis-keep = Keep the synthetic scan with the document
command-synthesis-reroll = Reroll: another noise, the same anatomy
command-volume-filmstrip = Row of B-scans, on or off
command-volume-copy-before = Copy the interfaces of the B-scan before
command-volume-copy-after = Copy the interfaces of the B-scan after
command-volume-interpolate-this = Interpolate this B-scan from its neighbours
command-volume-interpolate = Interpolate all B-scans between annotated ones
command-volume-label-all = Trace all B-scans without labels
command-volume-map = Thickness map of the volume
command-volume-export-sectors = Export the ETDRS sectors as CSV
command-volume-export-map = Export the thickness map as a picture
command-tool-ruler = Ruler: measure a distance
command-measure-panel = Measurements of this B-scan
command-measure-profile = Thickness profile under the scan, on or off
command-measure-calibrate = Size of a pixel in µm, and which eye
command-measure-copy = Copy the measurements as text
command-measure-export = Export the measurements of all B-scans as CSV
command-measure-grader-load = Load a second grader's labels
command-measure-grader-remove = Remove the second grader's labels
command-measure-grader-difference = Highlight where the graders differ, on or off
command-view-solo = Show only the chosen label, or all again
command-view-invert = Invert the greys
command-view-fit-greys = Greys that span this scan
command-view-reset-greys = Every grey as it was recorded
command-view-compare-alone = The scan alone in the whole window, or both
command-view-compare-beside = Synthetic scan beside the scan
command-view-compare-wipe = Wipe between scan and synthetic scan, on or off
command-view-compare-flicker = Flicker between scan and synthetic scan
command-view-edit-panel = Panel: labels and synthesis
command-view-view-panel = Panel: greys, overlay, comparison
command-window-editor = Edit: the open document, in place of another page
command-cases-page = Cases: design a case by a recipe, or back to the editor
command-generate-page = Generate: pairs in bulk, or back to the editor
command-generate-new = New generation of pairs
command-review-page = Review: pairs of a set, or back to the editor
command-review-back = Back to the review with this pair's mask
command-review-open = Open a set to review
command-training-page = Train: runs and models, or back to the editor
command-training-new-run = New training run
command-window-palette = Find a command
command-window-keys = Keys and gestures
command-window-keymap = Change keys
command-window-remote = Let another computer draw
command-window-side-panel = Panel at the right, on or off
command-window-larger = Larger letters and buttons
command-window-smaller = Smaller letters and buttons
command-window-usual-size = Letters and buttons of the usual size
gesture-shift-wheel = Shift + wheel
gesture-size = Brush size
gesture-wheel = Wheel, pinch
gesture-zoom = Zoom at the pointer
gesture-space-drag = Space + drag, middle drag
gesture-pan = Pan, also in mid-stroke
gesture-two-fingers = Two fingers
gesture-touch = Zoom and pan on a touch screen
gesture-ctrl-wheel = Ctrl + wheel
gesture-turn = B-scan before, after
gesture-double-click = Double click with the hand
gesture-fit = Show the whole scan
gesture-arrows = Arrows, Shift + arrows
gesture-move = Move the selected lesion by 1 or 10 px
gesture-delete = Delete
gesture-delete-lesion = Delete the selected lesion
gesture-enter = Enter
gesture-finish = Finish what the tool holds
gesture-esc = Esc
gesture-abort = Cancel it; abort the stroke

## Quality of the synthetic scan

quality-draft = Draft
quality-draft-spoken = Draft quality
quality-good = Good
quality-good-spoken = Good quality
quality-best = Best
quality-best-spoken = Best quality
command-window-language-system = Language: as the desktop
command-window-language-english = Language: English
command-window-language-german = Language: Deutsch

## Files: choosing a place

choose-open = Open scan, labels or document
choose-folder = Open a folder of scans
choose-labels = Load labels onto this B-scan
choose-save = Save document
choose-mask = Export label mask
choose-paper-mask = Export label mask with the paper's nine classes
choose-synthetic = Export synthetic scan
choose-measurements = Export measurements
choose-sectors = Export the ETDRS sectors
choose-map = Export the thickness map
choose-export-folder = Choose the folder of the export
choose-figure-scan = Picture for a slide: scan and labels
choose-figure-synthetic = Picture for a slide: synthetic scan and labels
choose-comparison-model = Choose a model to compare with
choose-second-grader = Open the second grader's label image
place-needs-name = { $shown } is a folder. Type the name of the file, too, such as { $example }.
place-is-folder = { $path } is a folder. Type another name.
place-no-folder = There is no folder { $folder }. Make it first, or type another one.
place-no-relative-folder = There is no folder { $folder }: { $typed } counts from the folder that the program was started in. Make it first, or type a whole path.
filter-everything = Scans, labels, documents
filter-all = All files
filter-table = Table
filter-model = Model
filter-labels = Label image
filter-picture = Picture
filter-document = RetiDiff document
filter-png = PNG image
path-replace-it = { $path } is there already. Replace it?
path-replace = Replace
path-another = Another name
path-folder = Path of the folder
path-file = Path of the file
path-type-folder = This system shows no file chooser. Type the path of the folder.
path-type-file = This system shows no file chooser. Type the path of the file.
path-open = Open

## Files: opening

open-folder-of-boundary = { $file }: it holds one interface of a subject, so its folder was opened
open-left-out = { $file }: left out, { $why }
open-reading = { $name } is being read
open-reading-part = { $name } is being read: scan { $number } of { $parts }
open-one-document = for one document is open at a time; a folder opens as one
open-one-set = for a B-scan has one set of labels
open-trace-the-rest = {" "}(Ctrl T, or “Trace layers”).
open-trace-the-volume = {" "}(here: Ctrl T, or “Trace layers”; everywhere: “Trace all B-scans” in the tab Volume).
open-as-paper = { $name }: read as the paper's nine classes, where 8 is fluid
step-labels-from = labels from { $file }
open-another-b-scan = { $file }: another B-scan is shown by now, so its labels were not loaded. Go to the B-scan they belong to and load them again.
keep-no-journal = Work is not kept against a crash: { $error }. Save often.
keep-journal-fails = Work is not kept against a crash: { $error }. Free space there, or name a folder on another disk in RETIDIFF_DATA and start again. Until then, save the document often.
keep-came-first = { $name } was read, but not opened: something else came first. Open it again.
keep-not-read = { $name } was not opened: something else came first. Open it again.
keep-no-folder-chosen = No folder was chosen: something else came first. Open it again.
sample-credit = Scan and layers: Tian et al., PLOS ONE 10(8): e0133908 (2015), CC BY 4.0
sample-credit-drawn = Scan and layers: Tian et al., PLOS ONE 10(8): e0133908 (2015), CC BY 4.0. Cysts: drawn example
sample-fovea = Fovea, healthy
sample-cysts = Fovea with drawn cysts (example)
sample-periphery = Outside the fovea, healthy

## Files: writing

file-exported = Exported to { $path }
file-no-thread = no thread could be started for the file: { $error }
file-not-removed = { $path } could not be removed: { $error }. Remove the folder by hand.
file-broke-off = the work on a file broke off; try it again
file-no-history = The document is saved. Its undo history could not be kept in { $folder }: { $error }.
file-not-written = { $path } could not be written: { $error }. Choose another folder.
file-not-permitted = { $path } could not be written: you may not write into this folder. Choose another one.
file-no-space = { $path } could not be written: the disk is full. Free some space, or choose another folder.
figure-not-complete = The synthetic scan is not complete yet, or lies on the graphics card: wait until it is, press Keep, and try again.
path-another-document = { $purpose }: another document is shown by now, so nothing was done. Choose it again for this one.

## Picture for a slide

figure-source = source: { $credit }
figure-model = model { $model }, seed { $seed }, { $steps } steps
figure-synthetic = Synthetic B-scan
figure-scan = B-scan

## Page of cases

cases-title = Cases
cases-solving = solving
cases-open-about = Open this case in the editor: paint on, see the synthetic scan, save, export
cases-open = Open case
cases-put = Put on this B-scan
cases-put-about = Replaces the labels of the B-scan in the editor; one step to undo
cases-put-other-size = The B-scan in the editor has another size, or other pixels: open the case as a document of its own
step-case = case: { $name }
cases-copy-about = The recipe as a text card, for a colleague or for “retidiff case build”
cases-copy = Copy recipe
cases-impossible = No mask meets this recipe
cases-fovea = fovea
cases-mask = Mask of the case
cases-asked-and-measured = Requested and measured
cases-asked = requested
cases-measured = measured
cases-within = within
cases-at-most = at most { $value }
cases-exact = exact
cases-central-thickness = Central thickness
cases-order = Columns out of order
cases-smooth = Steepest step between columns
cases-rows =
    { $count ->
        [one] { $rows } row
       *[other] { $rows } rows
    }
cases-layer-thickness = { $layer }, thickness
cases-cysts = Cysts
cases-srf-domes = SRF domes
cases-ped-domes = PED domes
cases-cysts-together = Cysts, together
cases-srf-together = SRF, together
cases-ped-together = PED, together
cases-loss = Left of { $layer }

## One eye over time, on the page of cases

cases-part-case = Case
cases-part-case-spoken = One case
cases-part-course = Over time
cases-part-course-spoken = One eye over time
course-last = Last visit
course-last-spoken = Last visit: { $name }
course-making = the visits are being made
course-locked = Same place
course-locked-spoken = Retina in the same place at every visit: only the disease changes
course-fresh = Placed anew
course-fresh-spoken = Retina shifted and tilted anew at every visit, as in a clinic
course-clinic = 0, 1, 3, 6, 12
course-clinic-spoken = Visits at 0, 1, 3, 6 and 12 months
course-monthly = Every month
course-monthly-spoken = A visit every month for a year
course-visit = Visit
course-month = month { $month }
course-facts = Month { $month }: central thickness { $central } µm (requested { $central_asked }), fluid { $fluid } mm² (requested { $fluid_asked })
course-central = Central thickness, µm, over months
course-fluid = Fluid, mm², over months
course-film = Film
course-film-about = The visits one after the other, as a moving PNG for slides and web pages
course-strip-png = Strip PNG
course-strip-svg = Strip SVG
course-strip-pdf = Strip PDF
course-strip-about = The visits beside each other, with legend and scale
course-table = Table
course-table-about = Requested and measured at every visit, as CSV
course-no-forecast = A designed course, never a forecast of a patient.
course-impossible = No course between these two cases
course-not-ready = The visits are being made anew: wait until they are there and export them again.
choose-course = Export the visits

## Recipe of a case

recipe-title = Recipe
recipe-name = Name
recipe-eye = Eye
recipe-right-eye = Right eye
recipe-left-eye = Left eye
recipe-seed = Seed
recipe-seed-about = Everything the recipe leaves open. The same recipe and seed give the same mask.
recipe-another-seed-about = Another eye that meets the same recipe
recipe-another-seed = Another seed
recipe-srf = SRF dome
recipe-srf-about = Subretinal fluid: a dome between the photoreceptors and the RPE
recipe-ped = PED dome
recipe-ped-about = Pigment epithelial detachment: the RPE lifted from Bruch's membrane
recipe-central-about = Mean distance from the ILM to BM over the millimetre about the fovea, fluid included
recipe-central = Central thickness
recipe-thickness = Thickness
recipe-cysts = Cysts
recipe-cysts-about = How many: exactly so many separate cysts
recipe-remove-cysts-about = Remove these cysts
recipe-remove-cysts = Remove cysts
recipe-layer = Layer
recipe-widths = Widths
recipe-within = Within
recipe-within-about = Largest distance of a cyst from the fovea
recipe-add-cysts-about = Another group of intraretinal cysts: number, layer, size
recipe-add-cysts = Add cysts
recipe-narrowest = Narrowest cyst
recipe-widest = Widest cyst
recipe-height = Height
recipe-width = Width
recipe-position = Position
recipe-position-about = Of its middle along the scan, from the fovea; to the right positive
recipe-to = to
cases-part-quiz = Quiz
cases-part-quiz-spoken = A quiz of cases
cases-share = Share case
cases-share-about = One small file that opens in the studio, in the quiz and in the demo mode: recipe, seed, words and how the scan is drawn
cases-not-ready = The case is still being solved, or no mask meets its recipe: wait, or change the recipe.
course-scan = Synthetic scan of the visit
course-scans = Scans
course-scans-spoken = Show the synthetic scans of the visits
course-labels = Labels
course-labels-spoken = Show the labels of the visits
course-drawing = scan { $there } of { $of } is there
course-no-scans = Labels only: { $why }
course-poster-png = Poster PNG
course-poster-svg = Poster SVG
course-poster-pdf = Poster PDF
course-poster-about = Scans and labels of the visits above their curves, on one page
choose-quiz = Open a quiz or a shared case
choose-quiz-results = Save the answers of the quiz
choose-share-case = Share case
filter-quiz = Quizzes and cases
filter-case = RetiDiff case
command-cases-quiz = Quiz: answer questions about cases, draw the ILM, mark the fluid
command-cases-share = Share case as one small file
quiz-title = Quiz
quiz-about = Scans of designed cases: say what is there, draw the ILM, mark the fluid. The mask behind each scan knows the answer, so that drawing is graded, too.
quiz-gallery = Six cases of the gallery
quiz-gallery-about = Templates as eyes that nobody has seen, others every time
quiz-this-case = The case in the form
quiz-this-case-about = Questions about the case that is designed now
quiz-files = Open a quiz or a case…
quiz-files-about = A page that “retidiff case quiz” made, or a shared case; several can be dropped here together
quiz-waiting = The first scan is being drawn.
quiz-case = Case { $number }
quiz-scan = B-scan of { $case }. { $question }
quiz-progress = Question { $number } of { $of } · { $case }
quiz-synthetic = SYNTHETIC – not for diagnosis
quiz-leave = Leave
quiz-irf = Is there intraretinal fluid?
quiz-srf = Is there subretinal fluid?
quiz-ped = Is there a pigment epithelial detachment?
quiz-cyst-layer = Which layer holds most of the cysts?
quiz-central = Is the mean thickness over the central millimetre above 300 µm?
quiz-draw-ilm = Draw the inner limiting membrane (ILM) from edge to edge.
quiz-mark-fluid = Mark all fluid.
quiz-yes = Yes
quiz-no = No
quiz-right = Right.
quiz-wrong = No.
quiz-line = { $um } µm off in the mean, { $drawn } % drawn.
quiz-fluid = Dice { $dice }, { $missed } of { $lesions } missed.
quiz-truth-none = There is none.
quiz-truth-regions-area =
    { $count ->
        [one] There is one region, { $area } mm².
       *[other] There are { $count } regions, { $area } mm² together.
    }
quiz-truth-layer = { $percent } % of their area lies in it.
quiz-truth-central = It is { $um } µm.
quiz-truth-line = The true line is shown, dashed.
quiz-truth-regions =
    { $count ->
        [one] There is one region; it is outlined.
       *[other] There are { $count } separate regions; they are outlined.
    }
quiz-verdict = { $verdict } { $truth } Points: { $points }
quiz-done = Done
quiz-done-about = Grades what was drawn   Enter
quiz-erase = Erase
quiz-erase-about = Takes marks away; the right button does so, too
quiz-next = Next
quiz-results = Results
quiz-help-choice = Press an answer, or its number.
quiz-help-line = Draw with the pointer, or with the arrow keys: they draw as they go; Shift goes by single pixels. Enter is done.
quiz-help-fluid = Mark with the pointer, or go with the arrow keys, mark with the space bar, take away with Backspace. Enter is done.
quiz-score = { $points } of { $count } points
quiz-save = Save answers (CSV)
quiz-save-about = One line an answer: case, question, answer, truth, points
quiz-again = Play again
quiz-left-out = Left out: { $why }
quiz-column-case = Case
quiz-column-question = Question
quiz-column-answer = Answer
quiz-column-truth = Truth
quiz-column-points = Points
quiz-short-irf = Intraretinal fluid
quiz-short-srf = Subretinal fluid
quiz-short-ped = PED
quiz-short-cyst-layer = Layer of the cysts
quiz-short-central = Above 300 µm
quiz-short-draw-ilm = ILM
quiz-short-mark-fluid = Fluid
cases-scan = Synthetic scan of the case
cases-part-scan = Scan
cases-scan-spoken = Show the synthetic scan of the case
cases-labels-spoken = Show the labels of the case
cases-poster-about = The case on one page: its labels, its scan where it is shown, thickness across the fovea
recipe-remove-layer = Remove this layer's thickness
recipe-add-layer = Add layer
recipe-add-layer-about = A layer that is to have a mean thickness over some width; cysts in it count
recipe-layer-spoken = Layer: { $layer }
recipe-loss = Lost
recipe-loss-of = these layers:
recipe-remove-loss = Remove this loss
recipe-add-loss = Add loss
recipe-add-loss-about = Layers that are lost over some width, as in atrophy
recipe-left = Left
recipe-left-about = Thickness of each of these layers that is left
recipe-scan = Scan and eye
recipe-fovea = Fovea
recipe-fovea-about = Distance of the fovea from the middle of the scan; to the right positive
recipe-from-fovea = Beside it
recipe-from-fovea-about = Distance of the scan from the fovea, across it: 0 is the foveal scan
recipe-tilt = Tilt
recipe-tilt-about = Slope of the retina in the scan; off, the seed chooses one
recipe-slope = Slope
recipe-pit = Pit
recipe-pit-about = Share of the foveal pit that is left: 100 % a healthy pit, 0 % inner layers that run across the fovea
recipe-variation = Variation
recipe-variation-about = How much seeds differ: 100 % as much as eyes do, 0 % not at all
cases-cannot-solve = The case cannot be solved: { $error }. Close other programs.
cases-failed = The solver failed on this recipe; change it a little.
case-healthy-young = Healthy, young
case-healthy-young-about = A healthy macula with a deep pit and thick ganglion cell layers.
case-healthy-old = Healthy, old
case-healthy-old-about = A healthy macula late in life: thinner nerve fibre and ganglion cell layers, a shallower pit.
case-dme-mild = DME, mild
case-dme-mild-about = Diabetic macular oedema that begins: a few small cysts beside the fovea, the pit still there.
case-dme-moderate = DME, moderate
case-dme-moderate-about = Cysts in INL and ONL about the fovea and a thickened centre; the pit is shallow.
case-dme-severe = DME, severe
case-dme-severe-about = Large cysts at the fovea, many around it, and fluid beneath the retina; the pit is gone.
case-macular-oedema-diffuse = Macular oedema, diffuse
case-macular-oedema-diffuse-about = A retina that is swollen like a sponge, with few and small cysts.
case-csc = CSC
case-csc-about = Central serous chorioretinopathy: a broad dome of subretinal fluid and a small detachment beneath it.
case-namd-ped = nAMD with PED
case-namd-ped-about = Neovascular age-related macular degeneration: a large detachment with fluid beside it and cysts above.
case-epiretinal-traction = Epiretinal traction
case-epiretinal-traction-about = A membrane on the retina has drawn the pit flat: inner layers run across the fovea, thick, with a few cysts.
case-geographic-atrophy = Geographic atrophy
case-geographic-atrophy-about = Photoreceptors and pigment epithelium are lost about the fovea, and the outer nuclear layer has thinned.
case-srf-only = SRF only
case-srf-only-about = One dome of subretinal fluid and nothing else.
case-ped-only = PED only
case-ped-only-about = One detachment of the pigment epithelium and nothing else.

## Synthesis: its section of the panel

synthesis-title = Synthesis
synthesis-seed = Seed
synthesis-seed-about = The noise of this document. The same seed and mask give the same scan.
synthesis-reroll = Reroll
synthesis-strength = Synthetic
synthesis-real = real
synthesis-synthetic = synthetic
synthesis-strength-about = How far the picture may go from the real scan: at the left end it is that scan, at the right end pure synthesis. The number of steps stays as it is.
synthesis-strength-no-scan = There is no real scan on this page that the picture could go back to.
advanced-about = Number of steps, sampler, noise levels, guidance, model and device
synthesis-advanced = Advanced
synthesis-quality = Quality
synthesis-quality-about = How good the picture gets when the hand rests; a better one takes longer
synthesis-as-in-scans = as in scans
synthesis-contrast-about = Lesion contrast: how clearly cysts and fluid stand out, as in real scans or more. Farther than five pixels from a lesion nothing changes, and the picture takes no longer.
synthesis-contrast = Lesion contrast
advanced-steps = Steps
advanced-steps-spoken = { $steps } steps
advanced-steps-about = Steps in which the picture is drawn when the hand rests: more take longer
advanced-sampler-about = The path from noise to picture. DPM++ comes furthest in few steps; DDPM adds noise on the way and needs many
advanced-compute-about = Where scans and masks are computed
advanced-sampler = Sampler
advanced-noise-levels = Noise levels
advanced-noise-levels-about = Where between noise and picture the steps lie: evenly in time, or more of them where the brightness of the whole picture is decided (Karras, log-SNR). One step is the same in all
advanced-noise-time = Time
advanced-noise-time-spoken = Noise levels even in time
advanced-noise-karras = Karras
advanced-noise-karras-spoken = Noise levels of Karras
advanced-noise-log-snr = log-SNR
advanced-noise-log-snr-spoken = Noise levels even in log-SNR
advanced-guidance = Guidance
advanced-guidance-about = How far the picture is pushed towards its mask: 1 as the model was trained. Beyond 1 a step takes twice as long.
advanced-no-guidance = This model was never trained without masks, so there is nothing to guide away from.
synthesis-off = OFF
synthesis-loading = loading
synthesis-step-of = step { $step } of { $of }
advanced-loading-model = loading…
advanced-model = Model
advanced-device = Device
advanced-picture = Picture
advanced-picture-about = Time the picture on screen took
advanced-generate-about = How scans and masks are computed, and where
advanced-generate-steps-about = Steps in which a scan is drawn; the quality above is one of three usual numbers. More take longer
advanced-mask-steps = Mask steps
advanced-mask-steps-about = Steps in which a mask is drawn: more take longer
advanced-mask-guidance-about = How far the mask model is pushed towards the conditions; 1 is its own answer
advanced-mask-guidance-spoken = How far the conditions are followed
synthesis-why-no-gpu-on = Why not a GPU on { $host }: { $note }.
synthesis-on-host = on { $host }
synthesis-drawn-on = Drawn on
synthesis-this-computer = this computer
synthesis-drawn-on-about = Let a computer with a graphics card draw for this one
remote-title = Computer that draws
remote-about = A computer with a graphics card can draw for this one. Give the command that starts RetiDiff there; only masks and pictures travel, and this computer draws whenever the other one is away. Where SSH is not allowed, “retidiff pair” makes it a paired computer.
remote-command = Command
remote-now = Now: { $device }
remote-now-none = Now: no model is loaded
remote-use = Use it
remote-paired = Paired with this computer
remote-paired-hint = Puts the command that reaches it into the field
remote-try = Test
remote-trying = { $host } is being asked …
remote-reached = { $host } answers after { $ms } ms: { $program }
remote-not-reached = { $host } does not answer: { $why }
remote-here = Draw on this computer
remote-cut = The connection to { $host } was cut ({ $why }). This computer draws until it is back; nothing is lost.
remote-unreachable = { $host } cannot be reached: { $why }. This computer draws; it is tried again.
remote-back = { $host } draws again; the mask was sent to it once more.
synthesis-why-no-gpu = Why not a GPU: { $note }.
synthesis-remembered = remembered
synthesis-updating = UPDATING
synthesis-draft = DRAFT
synthesis-real-scan = REAL SCAN
synthesis-at-quality = QUALITY: { $quality }
synthesis-refined =
    { $steps ->
        [one] REFINED · 1 STEP
       *[other] REFINED · { $steps } STEPS
    }
synthesis-steps =
    { $steps ->
        [one] 1 step
       *[other] { $steps } steps
    }
advanced-dpm = DPM++
advanced-dpm-spoken = DPM-Solver++ sampler
advanced-ddim = DDIM
advanced-ddim-spoken = DDIM sampler
advanced-ddpm = DDPM
advanced-ddpm-spoken = DDPM sampler

## Synthesis: what it says

synthesis-no-thread = The synthesis thread could not be started: { $error }
synthesis-no-model = There is no synthetic scan: no model is loaded.
synthesis-strength-zero = At strength 0 the picture is the real scan; raise it to have a synthetic one.
synthesis-too-many = Too many exports are waiting; try again when they are done.
synthesis-comparison-failed = The picture to compare with could not be made: { $message }
synthesis-scan-failed = The synthetic scan could not be made: { $message }
synthesis-device-lost = The graphics device was lost; synthesis goes on with the CPU, more slowly.
step-bring-back = bring back a picture

## Comparison and recent pictures

compare-title = Compare with
compare-scan = Scan
compare-scan-spoken = Compare with the real scan
compare-kept = Kept
compare-kept-spoken = Compare with a kept picture
compare-quality = Quality
compare-quality-spoken = Compare with another quality
compare-model = Model
compare-model-spoken = Compare with another model
compare-keep-about = From now on this picture stands in the left pane
compare-keep-now = Keep the picture as it is now
compare-keep = Keep picture
compare-with-quality = Compare with { $quality }
compare-model-file = Model file…
compare-model-about = A model file, such as that of a checkpoint
compare-choose-model = Choose model file
recent-title = Recent pictures
recent-none = Complete pictures gather here, to be brought back or compared with.
recent-about = Press brings one back, the right button compares with it.
recent-picture = Recent picture { $number }
recent-strength = , strength { $percent } %
advanced-recent-facts = B-scan { $b_scan }, seed { $seed }, { $steps }, { $sampler }{ $from }
compare-kept-picture = kept picture { $number }

## New masks

mask-no-scan = New mask (no real scan)
mask-no-thread = The mask thread could not be started: { $error }
mask-varied-name = varied mask (seed { $seed })
mask-new-name = new mask (seed { $seed })
mask-fluid = Fluid
mask-fluid-about = Area of intraretinal fluid
mask-cysts = Cysts
mask-cysts-about = Number of separate fluid regions
mask-thickness = Thickness
mask-thickness-about = Retina, ILM to BM, in the middle 1 mm
mask-condition-off = { $hint }. Off: left to the model
mask-any = any
mask-variation = Variation
mask-variation-about = How far "Vary this mask" goes: 0 % is the mask itself, 100 % another eye
mask-opens-as = Opens as
mask-new-document = New document
mask-new-document-spoken = Open as a new document
mask-this-b-scan = This B-scan
mask-this-b-scan-spoken = Replace the labels of this B-scan
mask-generate-about = Generate masks by the conditions that are on
mask-generate = Generate
mask-generate-spoken = Generate masks
mask-vary-about = Generate masks like the open one; its pixels that are not annotated count as vitreous
mask-vary = Vary this mask
mask-empty-about = Open an empty page to put masks on, without any real scan
mask-empty = Empty page
mask-empty-spoken = Empty page without a scan
mask-drawing = drawing, { $percent } %
mask-choose = Synthetic masks. Choose one to open it.
mask-choose-about = Each choice is one step that can be undone. Synthetic: not for diagnosis.
mask-candidate = Candidate { $number }
mask-varied = VARIED
mask-candidate-varied = A variation of the open mask, seed { $seed }, { $model }. Columns whose layers were put in order: { $columns }. Click to put it on this page.
mask-candidate-generated = A generated mask, seed { $seed }, { $model }. Columns whose layers were put in order: { $columns }. Click to put it on this page.
mask-unmet = NOT MET
mask-unmet-fluid = No room for what was requested: fluid { $measured } mm² in place of { $requested }
mask-unmet-cysts = No room for what was requested: cysts { $measured } in place of { $requested }
mask-unmet-thickness = No room for what was requested: thickness { $measured } µm in place of { $requested }
mask-no-fluid = no fluid   { $thickness }
mask-cyst-count =
    { $count ->
        [one] { $fluid } mm², 1 cyst   { $thickness }
       *[other] { $fluid } mm², { $count } cysts   { $thickness }
    }

## Training: form of a run

training-new-run = New run
training-resume-of = Resume { $name }
training-branch-at = Branch at step { $step }
training-start = Start training
training-resume = Resume training
training-start-branch = Start branch
training-preset = Preset
training-preset-live = live
training-preset-live-spoken = Preset live
training-preset-teacher = teacher
training-preset-teacher-spoken = Preset teacher
training-preset-paper = paper
training-preset-paper-spoken = Preset paper
training-stage = Stage
training-stage-pretrain = pretrain
training-stage-pretrain-spoken = Stage 1: scans alone
training-stage-masks = masks
training-stage-masks-spoken = Stage 2: masks
training-stage-finetune = finetune
training-stage-finetune-spoken = Stage 3: scans from masks
training-stage-distill = distill
training-stage-distill-spoken = A one-step student of a model
training-stage-segment = segment
training-stage-segment-spoken = A segmenter, which labels scans
training-network = Network
training-network-small = small
training-network-small-spoken = Network small: this program's own, for a CPU
training-network-unet = U-Net
training-network-unet-spoken = Network U-Net
training-network-ynet = YNet
training-network-ynet-spoken = Network YNet
training-network-relaynet = ReLayNet
training-network-relaynet-spoken = Network ReLayNet
training-network-gdnet = GDNet
training-network-gdnet-spoken = Network GDNet, a reconstruction
training-name = Name
training-compute-on = Compute on
training-device-auto = auto
training-device-auto-spoken = A GPU where there is one
training-device-gpu = GPU
training-device-gpu-spoken = Train on the GPU
training-device-cpu = CPU
training-device-cpu-spoken = Train on the CPU
training-device-remote-spoken = Train on { $host }, the computer that draws
training-watch-about-form = The open scan and mask, drawn at the top of every sheet of samples as training goes on
training-watch = Watch the open mask
training-more = More settings
training-data-set = Data set
training-remote-data = Name of a data set there
training-remote-data-about = A folder in the other computer's folder of data sets; copy it there first. Runs end up in your list, as those of this computer do.
training-looking = Looking…
training-split-as-built = , split as it was built
training-scans = { $training } scans to train on, { $validation } to validate on{ $split }
training-labelled-scans =
    { $count ->
        [one] 1 labelled scan to train on
       *[other] { $count } labelled scans to train on
    }{ $traced }, { $validation } to validate on{ $split }
training-no-data-set = This is no data set.
training-traced-taken = {" "}({ $count } of them by the auto-trace)
training-traced-left-out = {" "}({ $count } by the auto-trace left out)
training-split = Split
training-split-built = as the data set was built
training-split-own = the program's own: Duke 7-8 and Tian 7 validate
training-split-about = Which subjects validate and which are held out
training-choose-split = Choose a split file
training-clear = Clear
training-clear-split = Clear the split file
training-choose-model = choose a model
training-fresh = fresh weights
training-teacher = Teacher
training-begin-with = Begin with
training-bundled-model = { $name } (bundled)
training-choose-model-file = Choose a model file
training-network-taken = { $name }; its network is taken over
training-estimate = Estimate
training-settings-unfit = The settings do not fit together yet.
training-time = { $time } for { $steps } steps at { $secs } s a step, by the pace of the last run here
training-operations = { $billions } billion operations a step; the time is known once a run was measured here
training-memory-needed = About { $gigabytes } GB of memory, { $millions } million weights
training-cost-unknown = The time and memory of this network are known once it runs.
training-machine = This machine: { $machine }
training-field-drm = dynamic region masking
training-field-steps = Steps
training-field-batch = Batch
training-field-accumulation = Accumulation
training-field-arithmetic = Arithmetic
training-field-gradient-checkpointing = Gradient checkpointing
training-field-learning-rate = Learning rate
training-field-crop-columns = Crop columns
training-field-crop-rows = Crop rows
training-field-seed = Seed
training-field-validate-every = Validate every
training-field-sample-every = Sample every
training-field-checkpoint-minutes = Checkpoint minutes
training-field-memorisation-stop = Memorisation stop
training-field-constant-learning-rate = Constant learning rate
training-field-warmup-steps = Warmup steps
training-field-weight-decay = Weight decay
training-field-gradient-clip = Gradient clip
training-field-ema-decay = EMA decay
training-field-min-snr-gamma = Min SNR gamma
training-field-lesion-weight = Lesion weight
training-field-mask-dropout = Mask dropout
training-field-lesion-edges = Lesion edges
training-field-baseline = Baseline
training-field-pseudo-labelled = Pseudo labelled
training-field-validation-levels = Validation levels
training-field-sample-steps = Sample steps
training-field-wide = Wide
training-field-high-noise = High noise
training-field-network = Network
training-field-labels = Labels
training-field-mapping = Mapping
training-field-schedule = Schedule
training-field-prediction = Prediction
training-field-style = Style
training-field-masks = Masks
training-field-distillation = Distillation
training-field-segmenter = Segmenter
training-field-augmentation = Augmentation
training-field-split = Split

## Training: what a form lacks

training-no-settings = the settings of this run are not known
training-needs-teacher = choose the teacher, an image model
training-looking-at-start = looking at the model to begin with…
training-other-network = { $name } has another network (widths { $widths }): its weights have no place here
training-needs-name = the run needs a name
training-bad-name = the name may have letters, digits, spaces, dots and dashes
training-needs-data = Choose the folder of a data set, or make one of your scans and labels.
training-needs-plain-names = Another computer knows runs, data sets and models by plain names: letters, digits, dots and dashes, no folders.
training-no-training-scan = the data set has no scan of a training subject
training-only-traced = no grader labelled a scan of a training subject; the setting pseudo labelled takes those of the auto-trace
training-no-labelled-scan = the data set has no labelled scan of a training subject; the stage pretrain takes scans without labels
training-memory-free = , { $gigabytes } GB of memory free
training-threads = { $threads } CPU threads{ $memory }
training-looking-for-gpu = Looking for a GPU…
training-no-gpu = No GPU: training on the CPU
training-gpus = GPU: { $gpus }. No driver tells how much memory is free.

## Training: the page

training-at-work = A run is at work
training-finishing = It finishes its step and saves; then the window closes.
training-can-go-on = It can go on without the window, and the window finds it again. Or it saves now and ends, to be resumed another time.
training-keep-running = Keep running
training-save-and-end = Save and end
training-own = Train a model of your own
training-how = Press New run and choose the folder of a data set, or make one there of your scans and labels. Curves and samples appear here while it learns. The run is a process of its own: this window may be closed.
training-no-place = This window was opened without a folder to keep runs in.

## Training: a run

training-watch-about = The open scan and mask, drawn at the top of every sheet of samples
training-stop = Stop
training-end-it = End it
training-go-on = Go on
training-train-on = Train on
training-pause = Pause
training-pause-about = Wait before the next step
training-checkpoint-about = Save a checkpoint after this step
training-checkpoint = Checkpoint
training-stop-about = Save a checkpoint and end
training-resume-about = Go on from the newest checkpoint, with more steps or another rate if you like
training-resume-run = Resume…
training-step = Step
training-of = { $step } of { $steps }
training-loss = Loss
training-validation-loss = Validation loss
training-loss-at = { $loss } at step { $step }
training-nearest = Nearest training scan
training-nearest-share = { $share } % of a new scan's
training-pace = Pace
training-steps-a-second = { $steps } steps/s
training-seconds-a-step = { $secs } s/step
training-time-left = Time left
training-memory = Memory
training-learning-rate = Learning rate
training-device = Device
training-computer = Computer
training-weights = Weights
training-millions = { $millions } million
training-scan-counts = { $training } training, { $validation } validation
training-scans-name = Scans
training-checkpoints = Checkpoints
training-none-yet = None yet.
training-step-number = Step { $step }
training-add-about = Adds its model to the list of models under the name below
training-add = Add to models
training-branch = Branch…
training-branch-about = Begin another run here
training-added-as = Added as
training-added-as-spoken = Name of the added model

## Training: what comes from the background

training-no-thread = no thread could be started: { $error }
training-folder-of-data = Folder of a data set
training-split-file = Split file
training-splits = Splits
training-model-file = Model file
training-models = Models
training-sample-not-placed = { $run }: the live sample could not be placed: { $error }
training-no-split-file = { $file } is no split file ({ $error }); retidiff dataset build writes one
training-sheet-not-shown = { $file } cannot be shown: { $error }
training-too-many-pixels = { $width } x { $height } pixels are too many

## Training: sheets of samples

training-samples = Samples
training-sheet-order = mask · real · synthetic
training-sheet-order-segment = labels · segmenter, two scans to a row
training-next-sheet = Next sheet
training-sheet-before = Sheet before
training-sheet-step = step { $step }
training-sheet-slider = Step of the samples
training-no-samples = This run draws no samples: “Sample every” is 0.
training-first-samples = The first samples come at step { $every }.

## Training: runs

training-runs = Runs
training-train-a-model = Train a model
training-no-run = No run yet. A run trains a model from a data set and keeps everything it makes.
training-run-spoken = Run { $name }
training-run-facts = { $state } · step { $step } of { $steps }
training-compare-about = Show its curves beside the selected run's
training-compare = Compare { $name }
training-starting = Starting
training-running = Running
training-paused = Paused
training-stopped = Stopped
training-finished = Finished
training-broke-off = Broke off

## Training: models

training-drafts-by = ; { $student } draws the drafts
training-synthesis-with = Synthesis goes on with { $model }{ $drafts }.
training-masks-by = New masks are generated by { $name } from now on.
training-segmenter-by = The segmenter { $name } looks at the pairs of Review from now on.
training-no-teacher = { $student } draws the drafts of a model that is not in the list (its weights have the SHA-256 { $sha }…): add its teacher to the models first.
training-bundled = bundled
training-bundled-masks = bundled, masks
training-bundled-segmenter = bundled, segmenter
training-use-scans = Synthesise with this model from now on
training-use-masks = Generate masks with this model from now on
training-use-segmenter = Look at the pairs of Review with this segmenter from now on
training-use-drafts = Synthesise with this student's teacher, and draw the drafts with the student
training-from-file = your file
training-yours = yours
training-yours-masks = yours, masks
training-yours-segmenter = yours, segmenter
training-yours-student = yours, student
training-unreadable = unreadable
training-in-use = in use
training-use = Use
training-use-spoken = Use { $name }
training-added = Added to the list of models as { $place }.
training-not-added = { $name } was not added: { $message }
training-run-failed = Training “{ $run }”: { $message }
training-run-finished = Training “{ $run }” is finished.

## Training: curves

training-linear = linear
training-linear-spoken = Linear scale
training-log = log
training-log-spoken = Logarithmic scale
training-raw = raw
training-raw-spoken = Raw
training-smooth = smooth
training-smooth-spoken = Smooth
training-smoother = smoother
training-smoother-spoken = Very smooth
training-point =
    step { $step }
    { $value }
training-validation-of = { $name }, validation

## Training: orders that cannot be met

training-choose-run = choose a run first
training-no-runs-folder = there is no folder for runs on this machine
training-no-form = there is no form to start from
training-no-trainer = no trainer works on this run
training-no-models-folder = there is no folder for models on this machine

## Training: comparisons

comparisons-helps = Does it help?
comparisons-helps-about = Trains the same segmenter on real scans, on synthetic ones and on both, for equally many steps, and measures it on eyes that it never saw.
comparisons-helps-title = Does it help a segmenter?
comparisons-helps-how = Choose a data set and what segmenters are trained on, then press Start. The runs and what they came to appear here. The work is a process of its own: this window may be closed, and Cancel or a power cut loses nothing that is whole.
comparisons-helps-form = Training sets to compare
comparisons-paper = Reproduce the paper
comparisons-paper-about = Imports the public files, trains every method of the paper, and makes its Tables 1 and 2, one run after the other.
comparisons-paper-title = The paper's Tables 1 and 2
comparisons-paper-how = Choose the folder with Subject_01.mat to Subject_10.mat of Duke DME, or a data set, then press Start. The runs appear here with how they stand. Cancel or a power cut loses nothing that is whole; other machines may work in the same folder.
comparisons-paper-form = Files, budget and place
comparisons-arms = Training sets
comparisons-arm-real = Scans that graders labelled, as they are
comparisons-arm-real-aug = The same, flipped, bent, shifted and with other grey values
comparisons-arm-synmask = Synthetic scans of that many of the graders' masks
comparisons-arm-syn = Synthetic pairs alone: new masks and their scans
comparisons-arm-real-syn = Real scans and synthetic pairs, as often as each other
comparisons-arm-painter = The masks of those pairs in flat greys: is it the masks that help?
comparisons-pairs = Pairs
comparisons-pairs-about = Synthetic pairs of every training set that has some
comparisons-test-data = Measured on
comparisons-choose-test-data = Choose the data set to measure on
comparisons-pairs-from = Pairs from
comparisons-choose-pairs = Choose the folder of pairs
comparisons-model = Drawn by
comparisons-choose-model = Choose the model that draws the scans of pairs
comparisons-model-hint = Bundled model
comparisons-places-about = These three may be left out: eyes of the data set are measured then, and pairs are made by the bundled models.
comparisons-masks = Masks
comparisons-masks-about = Masks of graders that get a synthetic scan
comparisons-network = Segmenter
comparisons-side = Side in px
comparisons-side-about = Scans are stretched to a square of this side; 0 takes them at the segmenter's own scale
comparisons-steps = Steps a run
comparisons-steps-about = Equally many for every training set
comparisons-seeds = Seeds
comparisons-seeds-about = Runs of every training set, each from other first weights
comparisons-repetitions-about = Repetitions of everything, each from other first weights
comparisons-keep-in = Keep in
comparisons-choose-out = Keep the comparison in
comparisons-choose-data = Choose the data set of the comparison
comparisons-source = Duke DME
comparisons-choose-source = Folder of Subject_01.mat to Subject_10.mat, or a data set
comparisons-source-data =
    { $count ->
        [one] A data set of one scan
       *[other] A data set of { $count } scans
    }
comparisons-source-files =
    { $count ->
        [one] One MATLAB file, imported first
       *[other] { $count } MATLAB files, imported first
    }
comparisons-oct2017 = OCT2017
comparisons-choose-oct2017 = Folder of OCT2017 as it was published
comparisons-oct2017-about = May be left out: stage 1 then learns from the training subjects' scans.
comparisons-budget = Budget
comparisons-budget-tiny = tiny
comparisons-budget-tiny-spoken = Tiny budget
comparisons-budget-tiny-about = Some minutes: shows that every part works. Its figures say nothing.
comparisons-budget-small = small
comparisons-budget-small-spoken = Small budget
comparisons-budget-small-about = Some hours on two cores: narrow networks on 128 x 128 pixels.
comparisons-budget-paper = paper
comparisons-budget-paper-spoken = Budget of the paper
comparisons-budget-paper-about = The paper's networks on 480 x 480 pixels, 99,000 steps each: days on a GPU.
comparisons-subjects = Measured
comparisons-subjects-about = Subjects that do not train and are measured, joined by commas; left empty, those who validate
comparisons-scans = { $training } labelled scans to train on, { $measured } to measure on
comparisons-scans-elsewhere = { $training } labelled scans to train on; another data set is measured
comparisons-looking = Looking at the folder…
comparisons-needs-data = Choose the folder of a data set.
comparisons-needs-source = Choose the folder of the MATLAB files, or of a data set.
comparisons-no-source = { $folder } holds no MATLAB files such as Subject_01.mat, and no data set.
comparisons-needs-arm = Choose at least one training set.
comparisons-needs-folder = Name the folder that the comparison is kept in.
comparisons-nobody-trains = The data set has no labelled scan of a training subject.
comparisons-nobody-measured = The data set has no labelled scan of the eyes that are measured: those who validate, or Duke 7 and 8.
comparisons-too-many-masks =
    { $count ->
        [one] Graders labelled only one training scan: ask for one mask.
       *[other] Graders labelled only { $count } training scans: ask for as many masks, or fewer.
    }
comparisons-at-work = a process works on this comparison already
comparisons-start = Start
comparisons-start-about = What is whole in the folder is not made again
comparisons-continue = Continue
comparisons-continue-about = Goes on from what is whole
comparisons-cancel-about = Stops as Ctrl+C does: it saves first, and Continue goes on from there
comparisons-stopping = Stopping
comparisons-stopping-about = It saves and stops
comparisons-waiting = waiting
comparisons-running = running
comparisons-done = done
comparisons-run-spoken = { $run }: { $state }
comparisons-runs-done = { $done } of { $count } runs are done
comparisons-no-runs = The runs are listed once they are planned.
comparisons-kind-train = train
comparisons-kind-pairs = draw pairs
comparisons-kind-painted = paint pairs
comparisons-kind-segmenter = take a segmenter
comparisons-kind-pictures = measure scans
comparisons-kind-labels = measure labels
comparisons-step-import = Import
comparisons-step-plan = Plan
comparisons-step-runs = Runs
comparisons-step-report = Report
comparisons-step-compare = Comparison
comparisons-open-report = Open report
comparisons-open-report-about = Shows the whole report, with pictures, in the browser
comparisons-report-not-shown = { $report } cannot be shown: { $error }. Open it in a browser.
comparisons-results = What came out
comparisons-trained-on = Trained on
comparisons-training-scans = Scans
comparisons-mean-dice = Mean Dice of eight classes
comparisons-interval = 95 % interval, by eye
comparisons-from-to = { $low } to { $high }
comparisons-by-eye = The intervals are by eye: they are what the mean does when seeds are drawn anew, then eyes, then images. Eyes: { $eyes }, scans: { $scans }, seeds: { $seeds }, steps a run: { $steps }. Mean ± standard deviation over seeds. Rest the pointer on a line for its classes.
comparisons-finished = Comparison “{ $name }” is finished.
comparisons-failed = Comparison “{ $name }”: { $message }

## Panes

pane-editor = Mask editor
pane-synthetic = Synthetic scan
pane-not-for-diagnosis = SYNTHETIC – not for diagnosis
pane-real-scan = Real scan (strength 0)
pane-no-synthetic = No synthetic scan
pane-needs-labels = The synthetic scan appears as soon as there are labels.
pane-loading-model = Loading the model
pane-synthesising = Synthesising
pane-mask = Mask
pane-synthetic-name = Synthetic
pane-over = OVER { $title }
pane-no-real-scan = NO REAL SCAN
pane-no-real-scan-about = There is no real scan on this page: its mask was generated, designed or painted
pane-keep = Keep
pane-keep-spoken = Keep synthetic scan
pane-repair-about = Bring the layers of these columns back into order
pane-repair = Repair order
pane-out-of-order = { $disordered } COLUMNS OUT OF ORDER
pane-next = Next B-scan
pane-b-scan-of = B-scan { $number } of { $count }
pane-previous = Previous B-scan

## Scan without labels, and what a trace is not sure of

trace-no-labels = This scan has no labels yet
trace-begin = Trace them, drop a label image, or begin empty.
trace-layers = Trace layers
trace-begin-empty = Begin empty
trace-hide-about = Hide the bands that mark where the trace is not sure
trace-hide = Hide doubts
trace-next-about = Shows the next segment the trace is not sure of; its band goes when the line is corrected
trace-next = Next uncertain place
trace-stop = Stop tracing
trace-busy = Tracing layers
trace-stopped = The tracing stopped unexpectedly
step-trace-layers = trace layers
trace-failed = No layers were traced: { $error }
trace-uncertain-at = Uncertain: { $name }, { $number } of { $count }
trace-uncertain =
    { $count ->
        [one] Uncertain: 1 place
       *[other] Uncertain: { $count } places
    }

## Fovea, profile, comparison, row of B-scans

fovea-spoken = Fovea
fovea-about = The millimetre about the fovea. Drag to where the fovea is; double-click: where the layers show it.
fovea-set = fovea, as set
fovea-found = fovea
fovea-none = no fovea found: middle of the image
profile-none = No column is annotated
profile-column = column { $column }   { $value }
profile-thickness-of = Thickness of
profile-spoken = Profile of { $extent }
compare-wipe-line = Wipe line
filmstrip-annotated = annotated
filmstrip-no-labels = no labels
filmstrip-traced = traced
filmstrip-interpolated = interpolated
filmstrip-corrected = corrected
filmstrip-b-scan = B-scan { $number }, { $spoken }

## List of labels

labels-layers = Layers
labels-edit = Edit…
labels-edit-spoken = Edit labels
labels-edit-about = Names and colours of the labels
labels-lesions = Lesions
labels-overlay = Overlay
labels-style = Style
labels-fill = Fill
labels-outline = Outline
labels-both = Both
labels-both-spoken = Fill and outline
labels-opacity = Opacity
labels-fainter = fainter
labels-stronger = stronger
labels-opacity-about = Opacity of the fill
labels-outlines-about = Draws the outlines of the mask over the synthetic scan
labels-outlines = Outlines on synthetic
labels-hide = Hide { $name }
labels-show = Show { $name }
labels-lock = Lock { $name }
labels-unlock = Unlock { $name }
label-above-ilm = Above ILM
label-below-bm = Below BM
label-about-0 = vitreous
label-about-1 = nerve fibre layer
label-about-2 = ganglion cell and inner plexiform layers
label-about-3 = inner nuclear layer
label-about-4 = outer plexiform layer
label-about-5 = outer nuclear layer to inner segment myoid
label-about-6 = inner segment ellipsoid (ellipsoid zone, EZ)
label-about-7 = outer segments to pigment epithelium
label-about-8 = choroid and sclera
label-about-9 = intraretinal fluid
label-about-10 = subretinal fluid
label-about-11 = pigment epithelial detachment
label-editor-title = Labels of this document
label-editor-about = Names and colours are saved with it. Codes in exported label images stay.
label-editor-apply = Apply
step-edit-labels = edit labels
label-editor-defaults-about = The names of the field, in colours that the colour-blind can tell apart
label-editor-defaults = Defaults
label-editor-colour-of = Colour of { $name }
label-editor-colour = Colour
label-editor-name-of = Name of { $name }

## Tab View

view-scan = Scan
view-reset = Reset
view-reset-spoken = Reset greys
view-auto = Auto
view-auto-spoken = Automatic greys
view-window = Window
view-window-about = Greys from black to white: a narrower window has more contrast
view-level = Level
view-level-about = Grey in the middle of the window: a lower level is brighter
view-gamma = Gamma
view-gamma-about = Above 1 lifts what is dark
view-invert = Invert
view-invert-about = Dark becomes bright, on both panes
view-for-looking = For looking only: files keep the greys as they are.
view-wheel = Wheel turns B-scans
view-wheel-about = In a volume the wheel goes from B-scan to B-scan, and zooms with Ctrl; otherwise the other way round
view-comparison = Comparison
view-beside = Beside
view-beside-spoken = Compare side by side
view-alone = Alone
view-alone-spoken = Show the scan alone
view-wipe = Wipe
view-wipe-spoken = Compare by wiping
view-flicker = Flicker
view-flicker-spoken = Compare by flickering
view-beside-about = Each in its own pane; zoom and pan are linked.
view-alone-about = Labels in the whole window; no synthetic scan is made meanwhile.
view-wipe-about = Drag the line over the scan. Right of it the synthetic scan shows.
view-flicker-about = Both by turns, twice a second.

## Tab Measure

measure-this = This B-scan
measure-csv-about = All B-scans, one line each, as a table for statistics
measure-csv = CSV…
measure-csv-spoken = Export measurements
measure-copy-about = These figures as text
measure-copy = Copy
measure-copy-spoken = Copy measurements
measure-central-fovea = Central 1 mm (fovea)
measure-central-image = Central 1 mm (image)
measure-busy = Measuring…
measure-profile-about = Thickness of every column, drawn under the scan
measure-profile = Profile under the scan
measure-in-px = All figures are in px.
measure-size-spoken = Tell the size of a pixel
measure-size = Size of a pixel…
measure-lesions = Lesions
measure-area = area
measure-number = n
measure-largest = largest
measure-thickness = Thickness
measure-mean = mean
measure-retina = Retina
measure-retina-ninth = Retina, central ninth
measure-second = Second grader
measure-remove-about = Forget the second grader's labels of this B-scan
measure-remove = Remove
measure-remove-spoken = Remove second grader
measure-load-about = Open another grader's label image of this B-scan, to compare with
measure-load = Load…
measure-load-spoken = Load second grader
measure-second-about = Compare with another grader's labels: outlines, differences, Dice and distances.
measure-second-outline = Second outline
measure-second-outline-about = The second grader's borders, dashed in white
measure-differences-about = What both annotated but label differently stands out
measure-differences = Highlight differences
measure-no-overlap = No pixel is annotated by both graders.
measure-differ = { $percent } % of the pixels both annotated differ.
measure-dice = Dice
measure-distances = Distance of the borders
measure-dice-of = Dice of{" "}

## Tab Volume

volume-map = Thickness map
volume-no-size = There is no map: the size of a pixel or the distance of the B-scans is unknown.
volume-uneven = There is no map: the B-scans differ in size.
volume-measuring = Measuring…
volume-none = No B-scan is annotated yet.
volume-labels = Labels of this volume
volume-annotated = { $annotated } of { $count } B-scans have labels.
volume-none-yet = No B-scan of this volume has labels yet
volume-copy-before-about = Takes the interfaces of the nearest B-scan with labels before this one
volume-copy-before = Copy from before
volume-copy-after-about = Takes the interfaces of the nearest B-scan with labels after this one
volume-copy-after = Copy from after
volume-this-about = Layers and lesions of this B-scan, between the nearest ones with labels on both sides
volume-this = Interpolate this
volume-gaps-about = Layers and lesions of every B-scan without labels that lies between two with labels
volume-gaps = Interpolate gaps
volume-of = Of
volume-first-is = First is
volume-inferior = Inferior
volume-inferior-spoken = First B-scan is inferior
volume-superior = Superior
volume-superior-spoken = First B-scan is superior
volume-right-eye = Right eye (OD): nasal is right.
volume-left-eye = Left eye (OS): nasal is left.
volume-eye-unknown = Which eye is unknown: fields are left and right, not nasal and temporal.
volume-map-spoken = Thickness map, { $extent }
volume-centre = centre
volume-inner = inner { $direction }
volume-outer = outer { $direction }
volume-unknown = unknown
volume-not-annotated = not annotated
volume-point =
    B-scan { $number }: { $value }
    Click shows it. Drag moves the fovea.
volume-fovea = Fovea
volume-fovea-along = Fovea along the B-scan
volume-fovea-across = Fovea across the B-scans
volume-find-about = Back to where the layers show it
volume-find-fovea = Find the fovea
volume-save-as = Save as
volume-save-csv = CSV
volume-save-table = ETDRS sectors as CSV
volume-save-table-about = Mean thickness of retina and layers over the nine fields, as a table for statistics
volume-save-picture = Thickness map as { $ending }
volume-save-picture-about = This map with grid, numbers, scale and eye, for a slide
volume-set-sizes = Set the sizes…
volume-tracing = Tracing B-scan { $number } of { $of }
volume-trace-all = Trace all B-scans
volume-trace-all-about = Labels every B-scan that has none: traced, or interpolated and drawn to the edges where B-scans with labels lie on both sides
volume-trace-none = Every B-scan of this volume has labels already
volume-not-traced-b-scan = B-scan { $number }: { $error }
volume-not-traced = Not traced: { $b_scans }
volume-trace-changed = The labels changed while the B-scans were traced: nothing was done. Start it again.
volume-trace-failed = The tracing stopped unexpectedly; the labels are as they were.
step-trace-all = trace all B-scans
step-fovea = fovea
volume-interpolating = interpolating
volume-no-gap = Nothing to interpolate: no B-scan without labels lies between two that have some.
volume-no-neighbours = Nothing to interpolate from: label a B-scan before this one and one after it.
step-interpolate-one = interpolate B-scan { $number }
step-interpolate = interpolate { $count } B-scans
volume-no-thread = Nothing was interpolated, no thread could start: { $error }
volume-failed = The interpolation failed; the labels are as they were.
volume-changed = The labels changed while they were interpolated: nothing was done. Start it again.
volume-none-before = No B-scan before this one has labels to copy.
volume-none-after = No B-scan after this one has labels to copy.
volume-other-size = B-scan { $number } has another size: its interfaces do not fit.
step-copy-interfaces = copy interfaces from B-scan { $number }

## Size of a pixel

size-title = Size of a pixel
size-for-volume = For all B-scans of this volume, as the instrument's report has it. Measurements are in µm and mm² from then on.
size-for-scan = For this B-scan, as the instrument's report has it. Measurements are in µm and mm² from then on.
size-od = OD
size-od-spoken = Right eye, OD
size-os = OS
size-os-spoken = Left eye, OS
size-unknown = unknown
size-unknown-spoken = Eye unknown
size-depth-about = Height of a row along the A-scan: 3.87 µm on a Heidelberg Spectralis
size-depth = In depth
size-across-about = Width of a column, from one A-scan to the next
size-across = Across
size-width-about = Of the whole scan, which says the same as the width of a column
size-width = Scan width
size-distance = Distance
size-distance-about = From one B-scan to the next; the thickness map needs it
size-eye = Eye
size-forget-about = Measurements are in pixels then
size-forget = Unknown

## History

history-title = History
history-size = { $count } to undo, { $megabytes } MB
history-opened = As it was opened
history-now = { $name }, now
history-back = Back to { $name }
history-forward = Forward to { $name }

## Strip of tools

strip-fit = Fit
strip-one-to-one = One to one
strip-no-size = The scan's µm per pixel are unknown
strip-proportions = True proportions
strip-labels = Show labels

## Tools: brush and eraser

tool-brush = Brush
tool-brush-does = Paint the chosen label
tool-eraser = Eraser
tool-eraser-does = Reveal the layer beneath a lesion
tool-eraser-hint = Drag over a lesion to reveal the layer beneath
tool-brush-hint = Drag to paint; the right button erases lesions; Alt and drag changes the size
tool-brush-hint-alt = Drag to paint; the right button or Alt erases lesions

## Tools: pick and fill

tool-pick = Pick
tool-pick-does = Take the label under the pointer and paint with it
tool-pick-hint = Click a label to paint with it
tool-fill = Flood fill
tool-fill-does = Fill one connected label, or the hole inside a lesion
step-fill = fill: { $label }
tool-fill-hint = Click to fill one connected label; right button or Alt erases a whole lesion
tool-fill-fill = Fill
tool-fill-fill-spoken = Click fills
tool-fill-erase = Erase
tool-fill-erase-spoken = Click erases a lesion

## Tools: cyst

tool-cyst = Cyst
tool-cyst-does = Place a cyst, sized in µm, or scatter many inside one layer
step-cyst = cyst: { $lesion }
step-scatter = scatter { $placed } cysts: { $lesion }
tool-cyst-inside = Inside
tool-cyst-in = in { $seat }
tool-cyst-inside-about = Where cysts may lie; they are cut off where they leave it
tool-cyst-length = Length
tool-cyst-length-about = Of a cyst that is placed with a click
tool-cyst-width = Width
tool-cyst-width-about = Width as a share of the length
tool-cyst-rough = Rough
tool-cyst-rough-about = How far the outline strays from an ellipse
tool-cyst-count = Count
tool-cyst-count-about = Number of cysts
tool-cyst-from = from
tool-cyst-shortest = Length of the shortest
tool-cyst-to = to
tool-cyst-longest = Length of the longest
tool-cyst-seed-about = The same seed scatters the same way
tool-cyst-seed = Seed
tool-cyst-scatter = Scatter
tool-cyst-scatter-about = Scatter cysts over the { $seat }, apart from each other
tool-cyst-not-in = not in the { $seat }
tool-cyst-drag = Drag to size and turn it; Esc takes it back
tool-cyst-fitted = { $placed } of { $asked } cysts fitted: choose smaller ones, or another layer
tool-cyst-hint = Click to place a cyst; drag to size and turn it
tool-cyst-place = Place
tool-cyst-place-spoken = Place one cyst
tool-cyst-scatter-spoken = Scatter many cysts

## Tools: grow

tool-grow = Grow
tool-grow-does = Grow the lesion under the pointer, or the chosen layer; right button or Alt shrinks it
step-shrink = shrink { $name }
step-grow = grow { $name }
tool-grow-lesion-hint = Click to change this lesion; the right button or Alt does the opposite
tool-grow-layer-hint = Click to change { $name } in every column; the right button or Alt does the opposite
tool-grow-hint = Point at a lesion, or choose a layer
tool-grow-grow = Grow
tool-grow-grow-spoken = Click grows
tool-grow-shrink = Shrink
tool-grow-shrink-spoken = Click shrinks
tool-grow-by = By
tool-grow-by-about = How far the border moves at each click

## Tools: select a lesion

tool-select = Select lesion
tool-select-does = Move, scale, turn, copy or delete one lesion
step-move-lesion = move lesion: { $name }
step-scale-lesion = scale lesion: { $name }
step-turn-lesion = turn lesion: { $name }
step-delete-lesion = delete lesion: { $name }
step-paste-lesion = paste lesion: { $name }
tool-select-held-hint = Drag to move, a handle to scale, the knob to turn; Delete takes it away
tool-select-hint = Click a lesion to select it; a copied one can be pasted
tool-select-none = No lesion selected
tool-select-locked = { $name } is locked
tool-select-copy = Copy
tool-select-paste = Paste
tool-select-delete = Delete
step-lesion = lesion

## Tools: smooth and lasso

tool-smooth = Smooth
tool-smooth-does = Smooth jagged edges under the lens
tool-smooth-hint = Drag over an edge; go over it again for more
tool-smooth-lesions = Lesions
tool-smooth-lesions-spoken = Smooth lesions
tool-smooth-layers = Layers
tool-smooth-layers-spoken = Smooth layers
tool-smooth-both = Both
tool-smooth-both-spoken = Smooth lesions and layers
tool-smooth-strength-about = Radius of the surroundings that decide a pixel
tool-smooth-strength = Strength
tool-lasso = Lasso
tool-lasso-does = Draw around an area, or click its corners, to fill it with the chosen label
step-lasso = lasso: { $label }
tool-lasso-hint = Drag around an area, or click corners; right button or Alt erases lesions inside
tool-lasso-free-hint = Release to close; Esc cancels
tool-lasso-corner-hint = Enter, double click or the first corner closes; Backspace goes back; Esc cancels
tool-lasso-add = Add
tool-lasso-add-spoken = Lasso paints the label
tool-lasso-subtract = Subtract
tool-lasso-subtract-spoken = Lasso erases lesions

## Tools: interfaces

tool-pen = Interface pen
tool-pen-does = Redraw part of an interface by hand
step-pen = interface pen: { $interface }
tool-pen-chosen-hint = Drag to redraw the { $interface }
tool-pen-hint = Drag along an edge to redraw the nearest interface
tool-wire = Live-wire
tool-wire-does = Click along an interface; the line between follows the edge
tool-wire-reading = Reading the edges of this scan
step-wire = live-wire: { $interface }
tool-wire-held-hint = Click along the { $interface }; Enter or double click finishes, Backspace takes the last click back
tool-wire-chosen-hint = Click to begin on the { $interface }
tool-wire-hint = Click on an interface to begin
tool-spline = Interface spline
tool-spline-does = Bend an interface by its knots
step-spline = interface spline: { $interface }
tool-spline-knot-hint = Drag the knot; Delete takes it away; double click on the line adds one
tool-spline-knots-hint = Drag a knot of the { $interface }; double click on the line adds one
tool-spline-chosen-hint = Click to put knots on the { $interface }
tool-spline-hint = Click on an interface to put knots on it
tool-warp = Layer warp
tool-warp-does = Thicken, thin or push a layer under a soft lens
tool-warp-pushed = { $layer } pushed { $amount }
tool-warp-thicken-hint = Drag up to thicken the { $layer }, down to thin it; Alt: push
tool-warp-push-hint = Drag to push the { $layer }; Alt: thicken
tool-warp-hint = Press on a layer and drag up or down
tool-warp-thicken = Thicken
tool-warp-thicken-spoken = Thicken or thin the layer
tool-warp-push = Push
tool-warp-push-spoken = Push the layer as it is
tool-warp-lens-about = Width of the lens
tool-warp-lens = Lens
tool-interface-nearest = Nearest
tool-interface = Interface
tool-trace-about = Propose all eight interfaces of this B-scan; one step to undo
tool-trace = Trace layers

## Tools: hand and ruler

tool-hand = Hand
tool-hand-does = Move the scan; also Space and drag, or the middle button
tool-hand-hint = Drag to move the scan, double click to fit it
tool-ruler = Ruler
tool-ruler-does = Measure a distance; Shift keeps to one A-scan or one row
tool-ruler-length = { $length } { $unit }   ({ $across } across, { $down } deep)
tool-ruler-hint = Drag to measure; Shift keeps to one A-scan or one row
tool-ruler-held-hint = Drag an end to change it, elsewhere to measure anew, Esc takes it away
tool-ruler-none = Nothing measured yet

## Options of tools

options-in-um = In micrometres
options-in-px = In pixels
options-smaller = smaller
options-larger = larger
options-shift-wheel = { $hint }   Shift + wheel
options-diameter = Diameter of the brush
options-wide-high = { $wide } µm wide, { $high } µm high
options-size = Size
options-ordered-about = On: painting a layer pushes its neighbours, so layers never cross. Off: raw pixels.
options-ordered = Keep layers in order
step-smooth = smooth
profile-mean = mean
profile-thinnest = thinnest
profile-thickest = thickest
tool-dome = Dome
tool-dome-does = Raise SRF or PED as a dome that lifts the layers above it
step-dome = dome: { $lesion }
tool-dome-no-layers = no layers here
tool-dome-refused = Nothing was raised: no layers in order here, or a locked label stands in the way
tool-dome-drag = Drag sideways for its width and up for its height; Esc takes it back
tool-dome-hint = Click to raise a dome; drag to draw it out
tool-dome-srf = SRF
tool-dome-srf-about = Subretinal fluid: opens above the pigment epithelium
tool-dome-ped = PED
tool-dome-ped-about = Pigment epithelial detachment: lifts the epithelium from Bruch's membrane
tool-dome-width = Width
tool-dome-height = Height
tool-dome-size-about = Of a dome that is raised with a click
tool-cyst-retina = retina

## Looks of the synthetic scan: style and vessel shadows

command-synthesis-style = Draw a style: another eye, another device
command-synthesis-vessels = Draw vessel shadows at random
command-tool-vessel = Vessel: paint its shadow into the synthetic scan
looks-style = Style
looks-draw = Draw
looks-draw-eye = Draw a style
looks-draw-eye-about = Brightness of the layers and noise of the device, between those of two eyes of the training data
looks-like = Like this scan
looks-like-this = Style of this scan
looks-like-this-about = Measures the real scan under its labels and takes its style
looks-reset = Usual style
looks-reset-short = Usual
looks-reset-about = Leaves the style to the model: the mean of its training eyes
looks-deviations = { $value } SD
looks-style-step = style
looks-noise = Noise above ILM
looks-speckle = Speckle
looks-direction = To the right: more of { $more }, less of { $less }; in standard deviations between training eyes
looks-direction-more = To the right: more of { $more }; in standard deviations between training eyes
looks-of-device = { $about }. Noise and speckle are the look of the device: the more frames it averages, the smoother the scan
looks-bands = Outer bands
looks-bands-value = × { $value }
looks-bands-step = outer bands
looks-bands-about = How bright the ellipsoid zone is beside the dark line below it: 1 is one band, × 1.35 the usual, training eyes have × 1.02 to × 1.66
looks-vessels = Vessels
looks-draw-vessels = Draw vessel shadows
looks-draw-vessels-about = At random places, as many, as wide and as dark as in real scans; Shift+V paints them
looks-clear = Clear
looks-clear-vessels = Clear vessel shadows
looks-clear-vessels-about = No vessel throws a shadow
tool-vessel = Vessel
tool-vessel-does = Paint the shadow of a vessel into the synthetic scan
tool-vessel-hint = Click for a vessel, drag for a wide shadow; right button or Alt takes shadows away
tool-vessel-width = Width
tool-vessel-width-about = Of the vessel; real ones are 44 to 203 µm wide
tool-vessel-darkness = Darkness
tool-vessel-darkness-about = How much light the vessel takes from what lies below
step-vessel = vessel shadow
step-vessel-off = remove vessel shadow
## Generate: what comes from the background

generate-choose-generation = Folder of generated pairs
generate-choose-parent = Keep the pairs in
generate-choose-data = Folder of a data set
generate-choose-recipe = Case recipe
generate-recipes = Recipes
generate-folder-not-shown = { $folder } cannot be shown: { $error }. Open it in a file manager.
generate-no-pairs = { $folder } holds no generated pairs (there is no { $file }); choose a folder that “retidiff generate” made

## Generate: facts of a generation

generate-pairs-made = { $made } of { $pairs } pairs are made
generate-pause-about = Stops after dropping the pair that it is at; what is made stays, and Resume goes on
generate-pause = Pause
generate-stopping = It stops…
generate-resume-about = Makes the pairs that are missing
generate-resume-elsewhere = It was made elsewhere: go on with the command that began it
generate-resume = Resume
generate-review-about = Looks through the pairs and decides which are kept
generate-review = Review these
generate-show-folder-about = Shows the folder with the system's file manager
generate-show-folder = Show folder
generate-like-about = Opens the form with these settings and another seed
generate-like = New like this
generate-made-of = { $made } of { $pairs }
generate-pairs = Pairs
generate-pairs-a-second = { $pairs } pairs a second
generate-seconds-a-pair = { $secs } s a pair
generate-rate = Rate
generate-time-left = Time left
generate-on-disk = On disk
generate-on-disk-when-done = On disk when done
generate-about = about { $bytes }
generate-masks-rejected = Masks rejected
generate-unmet = Not as requested
generate-rejected-by = { $count } by { $reason }
generate-measured-so-far = Measured so far
generate-fluid = Fluid
generate-lesions = Lesions
generate-central-thickness = Central thickness
generate-range = { $low } – { $high }{ $unit }, mean { $mean }
generate-asked = What is requested
generate-plan-being-written = Its plan is being written.
generate-masks = Masks
generate-name-steps = { $name }, { $steps } steps
generate-size = Size
generate-a-data-set = a data set
generate-bent-of = bent, of { $data }
generate-case-of = case: { $name }
generate-cysts = Cysts
generate-without-fluid = Without fluid
generate-of-the-pairs = { $percent } % of the pairs
generate-small-often = Small lesions more often than large ones
generate-keep-fluid = Keep fluid
generate-keep-lesions = Keep lesions
generate-keep-thickness = Keep thickness
generate-cleaning-at-most = Cleaning at most
generate-of-the-pixels = { $percent } % of the pixels
generate-scans = Scans
generate-seed = Seed
generate-coverage = Coverage
generate-measure = Measure
generate-coverage-about = How much the masks repeat each other, and those of the data set that they were bent from
generate-measure-coverage = Measure coverage
generate-coverage-from-two = Whether the masks repeat each other is measured from two pairs on.
generate-comparing = Masks are being compared…

## Generate: the form

generate-needs-name = Give the generation a name.
generate-bad-name = The name may have letters, digits, spaces, dots and dashes.
generate-needs-folder = Choose a folder to keep the pairs in.
generate-needs-data = Choose the data set whose masks are to be bent.
generate-needs-case = Choose a case, or the file of a recipe.
generate-range-turned = { $name }: the first number is larger than the second.
generate-measured-now = measured on two pairs just now
generate-by-pace = by the pace of “{ $name }”: same models, steps and size
generate-range-from = from
generate-range-to = to
generate-kilobytes = { $number } kB
generate-new = New generation
generate-name = Name
generate-keep-in = Keep in
generate-choose-parent-spoken = Choose where the pairs are kept
generate-pairs-about = How many scans with their labels
generate-masks-from = From
generate-from-model = model
generate-from-model-spoken = Masks of a mask model
generate-from-data = data set
generate-from-data-spoken = Masks of a data set, bent
generate-from-case = case
generate-from-case-spoken = Masks that meet a case recipe
generate-model = Model
generate-choose-data-spoken = Choose the data set whose masks are bent
generate-data-set = Data set
generate-columns = Columns in pixels
generate-rows = Rows in pixels
generate-case = Case
generate-choose-case = choose a case
generate-file = File…
generate-choose-recipe-spoken = Choose the file of a case recipe
generate-conditions = Conditions
generate-conditions-model = Drawn anew for every pair and met after the mask model has drawn. What is off is left to it.
generate-conditions-case = Drawn anew for every pair and met exactly. What is off is as the case says.
generate-fluid-about = Area of intraretinal fluid
generate-cysts-about = Separate regions of intraretinal fluid
generate-central-about = Mean thickness of the retina over the middle millimetre
generate-small-about = Small areas and few cysts more often than large and many, as in real eyes
generate-small = Small lesions more often
generate-some-without = Some pairs without fluid
generate-some-without-about = A part of the pairs gets no fluid
generate-part = Part
generate-drawn-by = Drawn by
generate-looks = Another style and vessels for each pair
generate-looks-about = On: every pair looks as if another eye had been scanned by another device, where the model knows styles. Off: all look alike.
generate-seed-about = Another seed is another data set; the same settings and seed are the same pairs
generate-compute-on = Compute on
generate-device-auto = auto
generate-device-auto-spoken = A GPU where there is one
generate-device-gpu = GPU
generate-device-gpu-spoken = Generate on the GPU
generate-device-cpu = CPU
generate-device-cpu-spoken = Generate on the CPU
generate-filters = Keep only masks with
generate-filters-about = What does not pass is drawn again before a scan is made of it, and counted.
generate-keep-fluid-about = Area of fluid of every kind, as measured
generate-keep-lesions-about = Separate regions of fluid of every kind, as counted
generate-keep-thickness-about = Mean thickness of the retina over the middle millimetre, as measured
generate-cleaning-about = Masks of which specks or columns out of order were more than this part of the pixels are not kept
generate-cleaning = Little cleaning needed
generate-at-most = At most
generate-judging = Once a scan is drawn
generate-judging-says = A segmenter that sees the scan alone says how much of the mask it finds again.
generate-keep-best = Keep the best
generate-keep-best-about = More pairs are drawn than wanted, and those are kept of which most is found again: of every ten so many. Pairs with small cysts are found again less well than healthy ones, and are kept less often
generate-keep-best-spoken = Share of the pairs that is kept
generate-least-agreement = Found again at least
generate-least-agreement-about = Pairs of which less is found again (mean Dice of layers and fluid) are made anew with another seed
generate-least-agreement-spoken = Least Dice of the pairs that are kept
generate-dice = Dice { $dice }
generate-at-least = At least
generate-relabel = Rims of fluid as they are seen
generate-relabel-about = Labels follow what the segmenter sees in the scan, within 3 pixels of the painted edge of fluid. Layers stay, and no cyst comes or goes
generate-of-those-drawn = { $percent } % of those drawn
generate-bundled = { $name } (bundled)
generate-estimate = Estimate
generate-measure-about = Makes two pairs without keeping them, and says what all will take
generate-unknown = Time and disk are known once two pairs were measured.
generate-measuring = Two pairs are being made…
generate-takes = About { $time } and { $bytes } for { $pairs } pairs
generate-each-takes = { $secs } s and { $bytes } a pair, { $basis }
generate-start = Start generating
generate-list-damaged = { $file }: { $error }; remove it, and add your folders of generations again

## Generate: list of generations

generate-state-starting = starting
generate-state-running = running
generate-state-pausing = pausing
generate-state-paused = paused
generate-state-finished = finished
generate-state-broke-off = broke off
generate-list = Generations
generate-list-new = New
generate-list-new-about = Generate pairs in bulk
generate-add = Add…
generate-add-about = Add a folder of pairs that was made on the command line or on another machine
generate-add-spoken = Add a folder of generated pairs
generate-none = None yet. A generation makes scans with exact labels, as many as are asked for.
generate-generation-spoken = Generation { $name }
generate-row = { $state } · { $made } of { $pairs } pairs

## Generate: orders that cannot be met

generate-choose-first = choose a generation first
generate-no-plan = its plan is not there yet
generate-no-place = there is no folder for generations on this machine
generate-no-form = there is no form to start from
generate-at-work = { $folder }: pairs are being made into it already
generate-no-thread = no thread could be started: { $error }
generate-no-process = no process works on this generation

## Generate: the page

generate-newest = Newest pairs
generate-first-one = the first one
generate-last = the last { $shown }, newest first
generate-labels-about = Labels over the scans, or the scans alone
generate-labels = Labels
generate-labels-spoken = Labels over the scans
generate-empty = Make a data set
generate-how = Press New, say where masks come from and how many pairs you want. Scans with their exact labels appear here as they are made. The work is a process of its own: this window may be closed, and a pause or a power cut loses nothing.
generate-no-places = This window was opened without a folder to keep pairs in.

## Generate: sheet of pairs

generate-pair-open = Pair { $index }: open in the editor
generate-first-coming = The first pair is being made.
generate-no-pair-yet = There is no pair yet.
generate-pair = Pair { $index }
generate-measured-none = no fluid · { $thickness } central
generate-measured =
    { $lesions ->
        [one] 1 lesion, { $fluid } mm² · { $thickness } central
       *[other] { $lesions } lesions, { $fluid } mm² · { $thickness } central
    }
generate-asked-fluid = fluid { $area } mm²
generate-asked-cysts =
    { $count ->
        [one] 1 cyst
       *[other] { $count } cysts
    }
generate-asked-central = { $um } µm central
generate-asked-and-measured =
    Requested: { $asked }
    Measured: { $measured }
    Masks rejected before: { $rejected }
generate-asked-nothing = nothing: left to the source
generate-sizes-differ = { $file } has { $width } x { $height } pixels and its labels { $label_width } x { $label_height }; make the pair again by removing both files
generate-broke-off = Generation “{ $name }”: { $message }
generate-is-finished = Generation “{ $name }” is finished: { $made } pairs.

## Review: places to choose

review-choose-set = Open a set to review
review-choose-reference = Folder of real scans to compare with
review-choose-segmenter = Choose a segmenter
review-choose-export = Empty folder for the export
review-choose-real = Folder of real scans for the blind test
review-choose-answers = Answers of the blind test

## Review: audited acceptance

review-audit-title = Audited acceptance
review-back = Back to the pairs
review-audit-record-about = Write down who accepted them, on what sample and with what bound: exports then take them
review-audit-record =
    { $accepted ->
        [one] Record 1 accepted group
       *[other] Record { $accepted } accepted groups
    }
review-audit-record-spoken = Record accepted groups
review-audit-about = Of each group of like pairs, { $sample } at random are looked at. If none of them is bad, fewer than { $bad } % of the group are bad with { $confidence } % confidence. One bad pair, and the group is divided further or looked at in full.
review-audit-bad = Bad, at most
review-audit-bad-spoken = Bad pairs at most
review-audit-confidence = Confidence
review-audit-groups = Groups
review-audit-group = Group { $number }
review-pairs =
    { $count ->
        [one] 1 pair
       *[other] { $count } pairs
    }
review-audit-sample-spoken = Look at the sample of group { $number }
review-audit-sample-about = Shows its pairs in the grid; decide there and come back
review-audit-look = Look at { $count }
review-audit-sample = Sample of group { $number }
review-audit-all-spoken = Look at all of group { $number }
review-audit-all-about = A refused group is looked at in full, or divided: raise the number of groups
review-audit-all = Look at all
review-audit-accepted = accepted: fewer than { $bad } % bad
review-audit-all-seen = accepted: all were looked at
review-audit-refused =
    { $bad ->
        [one] refused: 1 of the sample is bad
       *[other] refused: { $bad } of the sample are bad
    }
review-audit-open = { $count } still to look at

## Review: blind test

review-blind-no-real = { $folder } holds no real scan; choose a folder of recorded B-scans.
review-blind-unreadable = { $unreadable } answers cannot be read
review-blind-needs-name = Type your name under “Reviewer” first.
review-blind-not-written = The answer was not written: { $error }
review-blind-title = Blind test: real or synthetic?
review-blind-about = As many real as synthetic scans, mixed, one at a time: R real, S synthetic. Every answer is timed and kept; which was which shows only in the figures at the end.
review-blind-each = Of each
review-blind-each-spoken = Scans of each kind
review-blind-none-chosen = No folder of real scans chosen
review-blind-real-in = { $count } real scans in { $name }
review-blind-real-scans = Real scans…
review-blind-real-scans-spoken = Choose real scans
review-blind-filtered = Pairs are drawn from those alone that the filter shows: { $count }.
review-blind-fewer = { $count } of each will be shown. Real scans: { $real }, synthetic: { $synthetic }.
review-blind-start-about = Needs real scans and the reviewer's name
review-blind-start = Start
review-blind-start-spoken = Start the test
review-of = { $at } of { $count }
review-blind-synthetic = Synthetic  S
review-blind-synthetic-spoken = Synthetic
review-blind-real = Real  R
review-blind-real-spoken = Real
review-blind-share = { $percent } % of { $of }
review-blind-none-shown = none shown
review-blind-figures = { $who }: right in { $right } % [{ $low }, { $high }] of { $of }; called synthetic { $real } real and { $synthetic } synthetic; { $secs } s each
review-blind-csv-about = All answers as a table
review-blind-csv = Answers as CSV…
review-blind-csv-spoken = Answers as CSV
review-blind-written = { $count } answers are in { $file }.

## Review: a pair in the editor and back

review-edit-no-mask = { $id } has no mask that can be edited.
review-edit-gone = the set no longer holds { $id }; the document is still open in the editor

## Review: export

review-layout-pairs = Pairs
review-layout-pairs-about = images/, labels/, manifest.jsonl, split.json: trains here again
review-layout-nnunet = nnU-Net
review-layout-nnunet-about = imagesTr, labelsTr, imagesTs, labelsTs, dataset.json, splits_final.json
review-layout-mirage = MIRAGE
review-layout-mirage-about = train|val|test/{"{"}bscan,semseg{"}"} and INFO.json
review-layout-webdataset = WebDataset
review-layout-webdataset-about = tar shards of scan, mask and line
review-layout-coco = COCO
review-layout-coco-about = images and annotations with run-length coded masks
review-layout-nifti = NIfTI
review-layout-nifti-about = scans and labels as compressed volumes
review-export-title = Export the set
review-export-layout = Layout
review-export-folder = Folder
review-export-folder-hint = An empty folder, or a new one
review-export-folder-spoken = Folder of the export
review-export-choose = Choose…
review-export-undecided = Undecided pairs, too
review-export-near = Pairs too near to a real scan, too
review-export-validate = Validate
review-export-validate-spoken = Share that validates
review-export-test = Test
review-export-test-spoken = Share that tests
review-export-preview = { $pairs } pairs will be written: { $train } train, { $validation } validate, { $test } test; divided by subject. { $looked } were looked at, { $audited } accepted by an audit, { $undecided } decided by nobody.
review-export-rejected = rejected or flagged
review-export-not-accepted = not accepted
review-export-too-near = too near to a real scan
review-export-without-mask = without a mask
review-export-left-out = Left out: { $words }.
review-export-about = Files that are missing or were changed since they were scored are left out, too, and counted. A data sheet is written beside them.
review-export-done = { $done } of { $total } pairs
review-stop = Stop
review-export-start = Export pairs

## Review: bar over the pairs

review-order-number = Number
review-order-doubt = Doubt
review-order-fluid = Fluid
review-order-central = Central thickness
review-order-retina = Retina thickness
review-order-interfaces = Interface error
review-order-nearness = Nearness to real
review-open-another-about = Another set: a folder of pairs with a manifest.jsonl
review-open-another = Open…
review-open-set = Open a set
review-refresh-grown = Refresh •
review-refresh-grown-about = There are more pairs by now: read them   F5
review-refresh = Refresh
review-refresh-about = Read the set anew   F5
review-with-about = Only pairs that show { $name }
review-with = With { $name }
review-fluid-limits = Fluid mm²
review-central-limits = Central µm
review-too-near-about = Only pairs that lie nearer to a real scan than strangers do
review-too-near = Too near
review-too-near-spoken = Too near a real scan
review-name = Name
review-name-spoken = Part of the name
review-all-reviewers = All reviewers
review-whose = Whose decisions
review-any-decision = any decision
review-decision = Decision
review-any-reason = any reason
review-reason = Reason
review-generation-of = generation { $hash }
review-any-generation = any generation
review-generation = Generation
review-at-least = at least
review-at-most = at most
review-share-whole = Whole set
review-share-first = First half
review-share-second = Second half
review-share-about = Two reviewers: each sees a half, and some pairs are shown to both, without saying which
review-share-every = Both see one in
review-order = Order by
review-rising = Rising
review-falling = Falling
review-order-about = Which end comes first
review-of-pairs = { $shown } of { $all } pairs
review-clear-about = Show every pair
review-clear = Clear
review-clear-spoken = Clear the filter
review-go-to = Go to pair
review-go-to-hint = Number in this order, or name

## Review: grid

review-spoken-by-others = , { $standing } by others
review-spoken-missing = , a file is missing
review-spoken-changed = , a file was changed
review-file-missing = file missing
review-file-changed = changed since scored
review-file-unreadable = cannot be read
review-name-edited = { $id } · edited
review-cleaned = { $columns } cleaned
review-um-off = { $um } µm off
review-away = { $distance } away
review-dice = Dice { $dice }

## Review: doubt

review-strip-columns = Segmenter against mask, µm per column
review-strip-worst = Segmenter against mask: the worst place
review-strip-unknown = No segmenter has looked at this pair
review-column-unknown = Column { $column }: not known
review-column = Column { $column }: { $um } µm
review-strip-about = Red beyond { $um } µm: twice the distance of the trace from graders on diabetic eyes. Choose a segmenter to see every column.

## Review: work beside the window

job-broke-off = the work broke off unexpectedly; try it again
job-no-thread = no thread could be started ({ $error }); close other programs

## Review: reasons to reject

review-reason-layers-misplaced = layers out of place
review-reason-lesion-unseen = lesion not seen in the scan
review-reason-more-than-mask = scan shows what the mask does not
review-reason-lesion = implausible lesion
review-reason-layers = implausible layers
review-reason-artefact = artefact
review-reason-blurred = blurred or flat
review-reason-too-like = too like a real scan
review-reason-other = other

## Review: a pair that cannot be read

review-pair-unreadable = this pair cannot be read; reject it or generate it again
review-size-differs = { $file }: { $width }x{ $height } pixels where the manifest says { $said_width }x{ $said_height }; reject the pair or generate it again
review-was-changed = { $file } was changed since it was scored
review-is-missing = { $file } is missing

## Review: map of the set

review-map-title = Map of the set
review-map-nothing = The lines of this set hold no figures to make a map of.
review-map-with = areas of the labels, thicknesses, and what a segmenter found again
review-map-without = areas of the labels and thicknesses alone: no segmenter has looked at this set
review-map-about = { $pairs } pairs by { $made_of }. The two axes show { $first } % and { $second } % of their spread. Draw around some with the left button to see them.

## Review: decisions

review-undecided = undecided
review-accepted = accepted
review-rejected = rejected
review-flagged = flagged
review-no-log-thread = no thread could be started for the decisions: { $error }
review-pairs-in-order = There are { $count } pairs in this order.
review-no-such-pair = No pair is called { $name }.
review-hidden-pair = { $name } is hidden by the filter.
review-needs-name = Type your name under “Reviewer” first: decisions are kept by name.
review-disk-slow = The disk does not keep up with the decisions: wait a moment.
review-again = { $pair } is { $decision } again.
review-not-written = { $pair }: the decision was not written: { $why }

## Review: the page

review-references-read = { $count } reference scans of { $folder }; { $left_out } could not be read.
review-edit-kept = { $id }: edit { $number } is kept; the pair is to be decided again.
review-edit-not-kept = The edited mask of { $id } was not kept: { $message }
review-reading = { $folder } is being read
review-failed = { $folder } cannot be reviewed
review-title = Review pairs of scans and masks
review-how = Open the folder of a set, such as one that the Generate page makes, or drop it here. One key decides and goes on: F accepts, D rejects, S flags.
review-open-about = A folder with a manifest.jsonl, also while it is being generated
review-open = Open a set…

## Review: facts of a pair

review-edit-about = Open this pair as a document of its own, change its mask, come back with F4   E
review-edit = Edit in the editor
review-edit-spoken = Edit pair
review-accept = Accept
review-reject = Reject
review-flag = Flag
review-decide-about = { $decision } this pair and go on   { $key }
review-reject-why = Reject, and say why
review-reason-spoken = Reason { $number }: { $reason }
review-nearest = Nearest real scan
review-no-references = No reference scans are known
review-near-verdict = too near: left out of exports
review-far-verdict = as far as strangers
review-copy = copy
review-stranger = stranger
review-nearest-spoken = Nearest real scan: { $words }
review-asked-and-measured = Requested and measured
review-any = any
review-fact-fluid = Fluid
review-fact-cysts = Cysts (IRF)
review-fact-others = SRF, PED
review-fact-central = Central thickness
review-fact-retina = Retina
review-fact-cleaned = Columns cleaned
review-fact-spoken = { $name }: requested { $asked }, measured { $measured }
review-origin = Origin
review-origin-subject = subject { $subject }
review-origin-source = source { $source }
review-origin-seed = seed { $seed }, number { $index }
review-origin-model = model { $model }, { $steps } steps
advanced-origin-about = sampler { $sampler }
review-origin-no-model = no model
review-origin-edited = mask changed after it was generated; decisions before are kept and no longer count

## Review: a pair in full

review-not-shown = This scan cannot be shown
review-by-others = { $standing } by others
review-synthetic = SYNTHETIC – not for diagnosis
review-looking = The segmenter is looking…
review-no-look = No segmenter has looked at this pair; choose one under “Second look”.
review-percentile = , percentile { $percent } of strangers
review-nearest-reference = nearest reference scan { $name }: { $distance } away{ $percentile }, correlation { $correlation } when aligned (hold N)
review-no-reference = No reference scans to compare with; choose them under “Second look”.
review-nearer = nearer than strangers are
review-as-far = as far as strangers are
review-nearest-away = nearest reference scan { $distance } away: { $words }
review-picture-nearest = Nearest reference scan
review-picture-labels = Scan with its labels
review-picture-bare = Scan without labels

## Review: a second look at every pair

review-job-nearest = Comparing with real scans
review-compared = { $pairs } pairs were compared, { $near } lie too near to a real scan; { $unreadable } could not be read.
review-job-doubt = The segmenter looks at every pair
review-looked = A segmenter has looked at { $pairs } pairs; { $unreadable } could not be read.
review-stopped = It was stopped; nothing was changed.

## Review: facts of the set

review-reviewer = Reviewer
review-reviewer-hint = Your name
review-troubles = Files missing: { $missing } pairs, changed since scored: { $changed } pairs
review-troubles-so-far = Files missing: { $missing } pairs, changed since scored: { $changed } pairs so far
review-all-there = All files are there and as they were scored
review-has-grown = The set has grown: F5 reads the new pairs
review-standing = { $accepted } accepted, { $rejected } rejected, { $flagged } flagged, { $undecided } undecided
review-in-audited = { $audited } in audited groups
review-pending = { $count } decisions on their way to the disk
review-agreement = Agreement of reviewers
review-agreement-none = No two reviewers have decided the same pairs yet
review-kappa = kappa { $kappa } [{ $low }, { $high }]
review-same = both always say the same
review-agreement-of = { $first } and { $second }, { $pairs } pairs in common: { $figure }
review-second-look = Second look
review-segmenter-named = Segmenter: { $name }
review-no-segmenter = No segmenter
review-segmenter-about = A segmenter labels the scan alone; where it differs from the mask is shown in µm per column
review-segmenter = Segmenter…
review-segment-all-about = Have it look at every pair: then the most doubtful come first
review-all-pairs = All pairs
review-segment-all = Segment all pairs
review-references-of = { $count } reference scans of { $name }
review-references-none = No reference scans
review-reference-about = A data set or a folder of real scans: what lies too near to one of them was remembered, not made
review-reference = Reference…
review-reference-spoken = Choose reference scans
review-compare-all-about = Compare every pair: then pairs that are too near stay out of exports
review-compare-all = Compare all pairs
review-job = { $name } – { $percent } %
review-stop-spoken = Stop the job
review-stop-about = Stop it; nothing is lost
review-audit = Audit…
review-audit-spoken = Audit
review-audit-button-about = Accept groups of like pairs by a random sample, with a bound
review-blind = Blind test…
review-blind-spoken = Blind test
review-blind-button-about = Real or synthetic? One scan at a time, timed
review-map = Map…
review-map-spoken = Map
review-map-button-about = All pairs as points, like pairs together; draw around some to see them
review-check = Check files
review-check-about = Are all files there, and as they were scored?
review-export = Export…
review-export-button-about = Write the accepted pairs for other tools

## Review: what the keys do

review-all-decided = You have decided about every pair shown.
review-nothing-to-undo = There is no decision of yours to take back.
review-keys-grid = F accept   D reject   S flag   1–9 reject for a reason   A back   Tab next undecided   Space labels   Enter one in full   U undo   E editor   Ctrl G go to   F6 bar
review-keys-pair = F accept   D reject   S flag   1–9 reject for a reason   A back   Tab next undecided   Space labels   N nearest real scan   U undo   E editor   Esc grid
review-keys-back = Esc back to the pairs
review-keys-blind = R real   S synthetic   Esc end the test
review-drawn-around = Drawn around
review-none-pass = No pair passes the filter
review-none-pass-about = Clear it in the bar above.
review-no-pair-in-view = There is no pair in view.

## Review: reports

review-job-files = Looking at files
review-files-stopped = The look at the files was stopped.
review-recorded =
    { $count ->
        [one] 1 group is accepted and recorded.
       *[other] { $count } groups are accepted and recorded.
    }
review-files-fine = All files are there, and as they were scored.
review-files-troubled = { $count } files are missing or were changed since they were scored.
review-exported = { $pairs } pairs were exported to { $folder }.

## Training: the form of a data set

data-open = Make data set…
data-open-about = Make a data set of scans and labels, and choose it here
data-title = Make a data set
data-usual-name = data set
data-inputs = Scans and labels
data-inputs-about = Folders: images/ with masks/ or labels/ of the same names, bare images, Duke DME as it is published (Subject_01.mat …), Tian 2015, OCT2017, exports of devices, data sets. Files: documents, volumes and images that this window opens.
data-add-folder = Add folder…
data-add-folder-about = Add folders of scans, with their labels or without
data-add-files = Add files…
data-add-files-about = Add documents, volumes or images; a file is one subject
data-choose-folders = Folders of scans
data-choose-files = Files of scans
data-choose-parent = Choose where data sets are kept
data-remove = Remove { $input }
data-kind-set = a data set
data-kind-mat =
    Duke DME, { $count ->
        [one] 1 subject
       *[other] { $count } subjects
    }
data-kind-export = an export of a device
data-kind-file = a file
data-kind-volumes = volumes, with their labels where there are any
data-kind-tian = Tian 2015
data-kind-duke = Duke DME, pictures
data-kind-oct2017 = OCT2017, without labels
data-kind-pairs = scans with masks
data-kind-images = scans without labels
data-kind-unknown = no scans are found here
data-name = Name
data-keep-in = Keep in
data-labels = Label values
data-labels-own = as this program writes them
data-scheme-studio = 0 above ILM, 1–7 layers, 9 IRF, 10 SRF, 11 PED
data-scheme-paper = nine classes: 0 background, 1–7 layers, 8 fluid
data-scheme-retouch = RETOUCH: 1 IRF, 2 SRF, 3 PED
data-scheme-aroi = AROI: 5 PED, 6 SRF, 7 IRF
data-scheme-steps = evenly spread greys
data-scheme-binary = one structure, white on black
data-scheme-voc = colours of PASCAL VOC
data-subject = Subject before
data-subject-about = the last of these in a file name; empty: every file is one
data-validate = One validates of
data-validate-about = Subjects are split, never scans: no eye is on both sides. Public eyes keep the sides they are known by.
data-validate-unit = subjects
data-unlabelled = Scans without labels, too
data-unlabelled-about = They serve the first stage, which learns scans alone
data-with-text = Scans with text in a corner, too
data-with-text-about = Such text may be a name: without this they are listed and left out, until you have looked at them
data-make = Make
data-cancel-about = Ends after the scan that it is at; what is made stays, and Make goes on with it
data-stopping = It ends after this scan…
data-stopped = Cancelled. What was made stays, and Make goes on with it.
data-broke-off = The work broke off unexpectedly. Press Make to go on, and remove the input that it ended at if it does so again.
data-looking = The inputs are being looked at…
data-importing = Reading scans: { $done } of { $of }
data-importing-some = Reading scans: { $done } so far
data-framing = Putting scans into the data set and looking for copies: { $done } of { $of }
data-made = The data set is made and chosen: { $training } scans of { $trainers } subjects train, { $validation } of { $validators } validate.
data-copies = { $count } pairs of near-copies lie on both sides of the split: give them one subject.
data-skipped = Left out: { $count }
data-needs-inputs = Add a folder of scans, or files.
data-unusable = { $input } holds no scans that can be read: remove it, or choose the folder that holds them.
data-one-character = The subject ends at one character, such as _
data-needs-name = Give the data set a name.
data-bad-name = The name may have letters, digits, spaces, dots and dashes.
data-needs-parent = Choose a folder to keep data sets in.
## Demo mode

kiosk-name = Demo
kiosk-title = Paint a retina
kiosk-invite = Touch the picture and paint.
kiosk-synthetic = SYNTHETIC – not for diagnosis
kiosk-some-synthetic = Some of these are SYNTHETIC – not for diagnosis
kiosk-pane-labels = Labels: paint here
kiosk-pane-scan = SYNTHETIC scan of these labels
kiosk-drawing = The scan is being drawn.
kiosk-no-scan = This computer cannot draw scans. The labels can be painted.
kiosk-language = Deutsch
kiosk-cyst = Cyst
kiosk-cyst-about = Paint a cyst: fluid within the retina is dark in the scan.
kiosk-fluid = Fluid below
kiosk-fluid-about = Touch the retina and draw upwards: fluid beneath it lifts every layer.
kiosk-push = Push a layer
kiosk-push-about = Touch a layer and draw it up or down.
kiosk-erase = Erase
kiosk-erase-about = Wipe fluid away.
kiosk-undo = Undo
kiosk-start-again = Start again
kiosk-another = Another eye
kiosk-play = Real or synthetic?
kiosk-countdown = Starting over in { $seconds } s. Touch anywhere to go on.
kiosk-question = Scan { $number } of { $of }: is it real or synthetic? (Keys 1 and 2)
kiosk-real = 1 Real
kiosk-drawn = 2 Synthetic
kiosk-back = Back to painting
kiosk-next = Next
kiosk-right = Right!
kiosk-wrong = Not this time.
kiosk-was-synthetic = This scan is SYNTHETIC: the program drew it from labels.
kiosk-was-real = This scan is real. { $credit }
kiosk-result = { $right } of { $of } right in { $seconds } s.
kiosk-play-again = Play again
kiosk-board = Score board
kiosk-place = You are player { $player }: place { $place } of { $players }.
kiosk-board-line = { $place }. Player { $player }: { $right } of { $of } in { $seconds } s
kiosk-board-all = All players together: { $percent } % right
kiosk-lock-title = For the staff
kiosk-lock-about = Type the PIN to leave the demo.
kiosk-lock-wrong = That is not the PIN.
kiosk-lock-barred = Too many tries. Wait { $seconds } s.
kiosk-lock-delete = Delete
kiosk-lock-enter = Leave
kiosk-lock-cancel = Cancel

kiosk-healthy-young = A young, healthy macula
kiosk-healthy-young-about = Seven layers, and the pit with which we see most sharply.
kiosk-healthy-old = A healthy macula in old age
kiosk-healthy-old-about = The layers are a little thinner; the pit is still there.
kiosk-dme-mild = Diabetes: the first cysts
kiosk-dme-mild-about = A few small cysts beside the pit.
kiosk-dme-moderate = Diabetes: macular oedema
kiosk-dme-moderate-about = Cysts in several layers make the retina thicker.
kiosk-dme-severe = Diabetes: severe macular oedema
kiosk-dme-severe-about = Large cysts, and fluid beneath the retina.
kiosk-oedema-diffuse = Swollen like a sponge
kiosk-oedema-diffuse-about = The retina is thick all over; cysts are few and small.
kiosk-csc = Central serous chorioretinopathy
kiosk-csc-about = Clear fluid lifts the retina like a dome.
kiosk-namd-ped = Wet age-related macular degeneration
kiosk-namd-ped-about = New vessels push the pigment epithelium up; fluid gathers.
kiosk-traction = A membrane pulls
kiosk-traction-about = Tissue on the retina pulls its pit flat.
kiosk-atrophy = Geographic atrophy
kiosk-atrophy-about = The outer layers are lost where we see most sharply.
kiosk-srf-only = Fluid beneath the retina
kiosk-srf-only-about = The light-sensitive cells are lifted off what feeds them.
kiosk-ped-only = A pigment epithelial detachment
kiosk-ped-only-about = The pigment epithelium rises from the membrane beneath it.
device-gone = { $name } is gone
device-no-window = { $name } ({ $backend }) cannot draw to this window; name another --gpu
