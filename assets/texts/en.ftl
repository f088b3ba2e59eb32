# Texts of the window in English: the table that all others follow.
#
# Keys are room-thing; arguments have the names of the code. Numbers come formatted with their units, but for
# those that a plural is chosen by.

## Buttons and words that several pages share

shell-cancel = Cancel
shell-close = Close
shell-save = Save
shell-discard = Discard

## Bar at the top

top-open = Open
top-new-mask = New mask
top-undo = Undo
top-redo = Redo
top-undo-step = Undo { $step }
top-redo-step = Redo { $step }
top-nothing-to-undo = Nothing to undo
top-nothing-to-redo = Nothing to redo
top-history = History
top-keys = Keys
top-cases = Cases
top-samples-about = A folder, labels, files opened before, and bundled sample scans
top-samples = Samples
top-open-folder = Open a folder…
top-load-labels = Load labels onto this B-scan…
top-export = Export
top-export-about = Export labels, picture or measurements
top-export-mask = Label mask as PNG…
top-export-paper = Label mask, the paper's nine classes…
top-export-paper-about = 0 is background on both sides, 1-7 the layers, 8 fluid of any kind: for other programs
top-export-synthetic = Synthetic scan as PNG…
top-export-measurements = Measurements as CSV…
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

## The window's graphics device

device-lost-too-often = the graphics device was lost more than three times within ten minutes
device-work-kept = Your unsaved work is kept: RetiDiff Studio offers it when it is started again.
device-disk-silent = the disk does not answer
device-work-lost = Your unsaved work could not be kept: { $why }.
device-no-folder = Your unsaved work could not be kept: there is no folder for it.
device-made-anew = The graphics device was lost and has been made anew. None of your work was lost.
device-recent-gone = {" "}Recent synthetic scans that lay on it are gone from their list.
device-exports-gone = {" "}Not all exports that were waiting could be taken up again: export them once more.
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
question-load-labels = Load these labels?
question-values = The values of { $name } can be read as { $scheme }: { $labels }.
question-labels-replace = Labels take the place of those on this B-scan; it can be undone.
question-load-as-labels = Load as labels
question-open-as-scan = Open as scan

## Finding a command

palette-find = Find a command
palette-search = Search commands
palette-nothing = No command is called "{ $query }".

## Keys and gestures

keys-title = Keys and gestures
keys-change = Change keys…
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
command-file-export-mask = Export the label mask as PNG
command-file-export-paper-mask = Export the label mask as PNG with the paper's nine classes
command-file-export-synthetic = Export the synthetic scan as PNG
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
command-mask-new-eye = New mask: generate masks, by fluid, cysts and thickness
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
command-label-6 = Label: ISE (ellipsoid zone)
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
command-view-compare-wipe = Wipe between scan and synthetic scan
command-view-compare-flicker = Flicker between scan and synthetic scan
command-view-edit-panel = Panel: labels and synthesis
command-view-view-panel = Panel: greys, overlay, comparison
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
choose-figure-scan = Picture for a slide: scan and labels
choose-figure-synthetic = Picture for a slide: synthetic scan and labels
choose-comparison-model = Choose a model to compare with
choose-second-grader = Open the second grader's label image
place-needs-name = { $shown } is a folder. Type the name of the file, too, such as { $example }.
place-is-folder = { $path } is a folder. Type another name.
place-no-folder = There is no folder { $folder }. Make it first, or type another one.
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
open-one-document = for one document is open at a time; a folder opens as one
open-one-set = for a B-scan has one set of labels
open-as-paper = { $name }: read as the paper's nine classes, where 8 is fluid
step-labels-from = labels from { $file }
open-another-b-scan = { $file }: another B-scan is shown by now, so its labels were not loaded. Go to the B-scan they belong to and load them again.
keep-no-journal = Work is not kept against a crash: { $error }. Save often.
keep-came-first = { $name } was read, but not opened: something else came first. Open it again.
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
file-not-written = { $path } could not be written: { $error }. Choose another folder or free some space.
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
cases-copy-about = The recipe as a text card, for a colleague or for `retidiff case build`
cases-copy = Copy recipe
cases-impossible = No mask meets this recipe
cases-fovea = fovea
cases-mask = Mask of the case
cases-asked-and-measured = Asked and measured
cases-asked = asked
cases-measured = measured
cases-within = within
cases-at-most = at most { $value }
cases-exact = exact
cases-central-thickness = Central thickness
cases-order = Columns out of order
cases-smooth = Steepest step between columns
cases-cysts = Cysts
cases-srf-domes = SRF domes
cases-ped-domes = PED domes
cases-cysts-together = Cysts, together
cases-srf-together = SRF, together
cases-ped-together = PED, together
cases-layer = Layer
cases-loss = Loss

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
cases-cannot-solve = The case cannot be solved: { $error }. Close other programs.
cases-stopped = The solver stopped unexpectedly; change the recipe a little.
cases-failed = The solver failed on this recipe; change it a little.

## Synthesis: its section of the panel

synthesis-title = Synthesis
synthesis-seed = Seed
synthesis-seed-about = The noise of this document. The same seed and mask give the same scan.
synthesis-reroll = Reroll
synthesis-strength = Synthetic
synthesis-real = real
synthesis-synthetic = synthetic
synthesis-strength-about = How far the picture may go from the real scan: at the left end it is that scan, at the right end pure synthesis. The number of steps stays as it is.
synthesis-advanced-about = Number of steps, sampler, guidance, model and device
synthesis-advanced = Advanced
synthesis-quality = Quality
synthesis-lesions = Lesions
synthesis-as-learned = as learned
synthesis-contrast-about = Lesion contrast: how clearly cysts and fluid stand out, as the model learned it or more. Nothing else of the picture changes. Beyond the left end a step takes twice as long.
synthesis-contrast = Lesion contrast
synthesis-not-taken = This model does not take it.
advanced-steps = Steps
advanced-steps-spoken = { $steps } steps
advanced-sampler = Sampler
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
synthesis-why-no-gpu-on = Why not a GPU on { $host }: { $note }.
synthesis-on-host = on { $host }
synthesis-drawn-on = Drawn on
synthesis-this-computer = this computer
synthesis-drawn-on-about = Let a computer with a graphics card draw for this one
remote-title = Computer that draws
remote-about = A computer with a graphics card can draw for this one. Give the command that starts RetiDiff there; only masks and pictures travel, and this computer draws whenever the other one is away.
remote-command = Command
remote-now = Now: { $device }
remote-now-none = Now: no model is loaded
remote-use = Use it
remote-here = Draw on this computer
remote-cut = The connection to { $host } was cut ({ $why }). This computer draws until it is back; nothing is lost.
remote-unreachable = { $host } cannot be reached: { $why }. This computer draws; it is tried again.
remote-back = { $host } draws again; the mask was sent to it once more.
synthesis-why-no-gpu = Why not a GPU: { $note }.
synthesis-remembered = remembered
synthesis-updating = UPDATING
synthesis-draft = DRAFT
synthesis-real-scan = REAL SCAN
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
compare-steps = Steps
compare-steps-spoken = Compare with another step count
compare-model = Model
compare-model-spoken = Compare with another model
compare-keep-about = From now on this picture stands in the left pane
compare-keep-now = Keep the picture as it is now
compare-keep = Keep picture
compare-with-steps = Compare with { $steps } steps
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
training-name = Name
training-compute-on = Compute on
training-device-auto = auto
training-device-auto-spoken = A GPU where there is one
training-device-gpu = GPU
training-device-gpu-spoken = Train on the GPU
training-device-cpu = CPU
training-device-cpu-spoken = Train on the CPU
training-watch-about-form = The open scan and mask, drawn at the top of every sheet of samples as training goes on
training-watch = Watch the open mask
training-more = More settings
training-data-set = Data set
training-folder = Folder
training-choose = Choose…
training-looking = Looking…
training-split-as-built = , split as it was built
training-scans = { $training } scans to train on, { $validation } to validate on{ $split }
training-labelled-scans = { $count } labelled scans to train on{ $traced }, { $validation } to validate on{ $split }
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
training-machine = This machine: { $machine }
training-field-drm = dynamic region masking

## Training: what a form lacks

training-no-settings = the settings of this run are not known
training-needs-teacher = choose the teacher, an image model
training-looking-at-start = looking at the model to begin with…
training-other-network = { $name } has another network (widths { $widths }): its weights have no place here
training-needs-name = the run needs a name
training-bad-name = the name may have letters, digits, spaces, dots and dashes
training-needs-data = Choose the folder of a data set: the command retidiff import makes one.
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
training-how = Make a data set with the command retidiff import, press New run, choose its folder. Curves and samples appear here while it learns. The run is a process of its own: this window may be closed.
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
training-added-as-spoken = Name of the published model

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
training-no-teacher = { $student } draws the drafts of a model that is not in the list (its weights have the SHA-256 { $sha }…): publish its teacher first.
training-bundled = bundled
training-bundled-masks = bundled, masks
training-use-scans = Synthesise with this model from now on
training-use-masks = Generate masks with this model from now on
training-use-drafts = Synthesise with this student's teacher, and draw the drafts with the student
training-yours = yours
training-yours-masks = yours, masks
training-yours-student = yours, student
training-unreadable = unreadable
training-in-use = in use
training-use = Use
training-use-spoken = Use { $name }
training-added = Added to the list of models as { $place }.
training-not-added = { $name } was not published: { $message }
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
