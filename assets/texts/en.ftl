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
command-training-page = Train: runs and models, or back to the editor
command-training-new-run = New training run
command-window-palette = Find a command
command-window-keys = Keys and gestures
command-window-keymap = Change keys
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
