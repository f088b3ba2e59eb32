"""Jobs in the editor. Each returns how its end was seen."""

import os
import shutil
import time

from .hand import ask
from .job import SAMPLES, Uncounted, expect
from .labels import INL, IRF, SEGMENT, codes_of, distance, middle_of, rows_of, size_of, worst_segment
from .places import DIALOG, EXPORT_MENU, FILES_MENU, LABEL_PANE, MENU, SCAN_PANE, OnScreen


def first_minute(jobs):
    """Paint a cyst, see it in the scan, take it back."""
    hand = jobs.begin()
    hand.settle()
    place, before = OnScreen(633, 496), hand.screen.region(SCAN_PANE)
    hand.press("9")
    hand.stroke(place(150, 250), place(170, 251), place(190, 250))
    hand.wait(lambda: hand.screen.region(SCAN_PANE) != before, "the scan to follow", 30)
    hand.settle()
    hand.shot("first-minute")
    with Uncounted(hand):
        hand.save_as(jobs.at("cyst.retidiff"))
    hand.press("ctrl+z")
    hand.settle()
    with Uncounted(hand):
        hand.save_as(jobs.at("none.retidiff"))
        painted = hand.pixels(jobs.at("cyst.retidiff")).get("IRF", 0)
        left = hand.pixels(jobs.at("none.retidiff")).get("IRF", 0)
    expect(painted > 300 and left == 0, f"{painted} px of IRF, then {left}")
    return f"{painted} px of IRF in the file, the scan pane changed; 0 px after Ctrl Z"


def three_cysts(jobs):
    """Three cysts in the INL, one undone."""
    width, height, codes = codes_of(os.path.join(SAMPLES, "fovea-labels.png"))
    cysts = [(x, middle_of(codes, width, INL, x)) for x in (100, 220, 540)]
    hand = jobs.begin()
    hand.calm()
    place = OnScreen(width, height)
    hand.press("9", *["bracketleft"] * 7)
    for x, y in cysts:
        hand.stroke(place(x, y), place(x + 3, y))
    hand.press("ctrl+z")
    hand.calm()
    hand.shot("three-cysts")
    with Uncounted(hand):
        hand.write("Export the label mask as PNG", jobs.at("cysts.png"))
    now = codes_of(jobs.at("cysts.png"))[2]
    found = [now[y * width + x] for x, y in cysts]
    expect(found == [IRF, IRF, INL], f"codes {found} where {[IRF, IRF, INL]} were painted")
    layers = sum(a != b and b != IRF for a, b in zip(codes, now))
    expect(layers == 0, f"{layers} px of layers changed")
    return "codes 9, 9, 3 at the three places of the exported mask; no layer changed"


def saved_and_reopened(jobs):
    """Save, close, reopen, export for a slide."""
    hand = jobs.begin()
    hand.calm()
    place = OnScreen(633, 496)
    hand.stroke(place(150, 250), place(190, 250))
    hand.ask_for_path("ctrl+s")
    case = jobs.at("case.retidiff")
    hand.answer_path(case)
    hand.wait(lambda: os.path.isfile(case) and not hand.is_unsaved(), "the file", 90)
    painted = hand.pixels(case)
    code = hand.close()
    expect(code == 0, f"the program ended with {code}")
    hand.start()
    hand.see(MENU, hand.click, *FILES_MENU)
    hand.shot("reopen-menu")
    hand.click(110, 128)
    hand.wait(lambda: "case.retidiff" in hand.title(), "the case in the window", 30)
    expect(not hand.is_unsaved(), "it is unsaved as soon as it is open")
    hand.calm()
    hand.see(MENU, hand.click, *EXPORT_MENU)
    hand.shot("export-menu")
    hand.press("Escape")
    slide, synthetic = jobs.at("slide.png"), jobs.at("synthetic.png")
    hand.write("slide: scan and", slide)
    hand.settle()
    hand.write("slide: synthetic", synthetic)
    hand.shot("slides-written")
    now = hand.pixels(case)
    expect(now == painted and now.get("IRF"), f"{now} in the file, {painted} before")
    sizes = [size_of(path) for path in (slide, synthetic)]
    expect(sizes[0][0] == sizes[1][0] == 1920, f"slides of {sizes}")
    marks = [b"ynthetic" in open(path, "rb").read() for path in (slide, synthetic)]
    expect(marks[1] and not marks[0], f"marked as synthetic: {marks}")
    return f"{now['IRF']} px of IRF came back; two slides of {sizes[0][0]} x {sizes[0][1]} px, only the synthetic one is marked so"


def traced_and_corrected(jobs):
    """Auto-trace a diabetic scan and correct it."""
    scan, truth = oedema(jobs)
    width, height, true_codes = codes_of(truth)
    hand = jobs.begin()
    hand.open(scan)
    hand.press("ctrl+t")
    hand.wait(hand.is_unsaved, "the trace", 60)
    hand.calm()
    hand.shot("traced")
    with Uncounted(hand):
        hand.write("Export the label mask as PNG", jobs.at("traced.png"))
        hand.calm()
    true_rows, rows = (rows_of(codes, width, height) for codes in (true_codes, codes_of(jobs.at("traced.png"))[2]))
    interface, x0 = worst_segment(rows, true_rows, width)
    before = distance(rows, true_rows, interface, x0)
    # A look at the first doubt, and back to the whole scan.
    hand.see(LABEL_PANE, hand.press, "j")
    hand.shot("first-doubt")
    hand.see(LABEL_PANE, hand.press, "Home")
    hand.press("i")
    place = OnScreen(width, height)
    # Along the line that the grader drew.
    columns = [x for x in range(x0, x0 + SEGMENT, 6) if true_rows[interface][x] is not None]
    hand.see(LABEL_PANE, hand.stroke, *(place(x, true_rows[interface][x]) for x in columns))
    hand.shot("corrected")
    with Uncounted(hand):
        hand.write("Export the label mask as PNG", jobs.at("corrected.png"))
    hand.save_as(jobs.at("corrected.retidiff"))
    after = distance(rows_of(codes_of(jobs.at("corrected.png"))[2], width, height), true_rows, interface, x0)
    expect(after < 0.5 * before, f"interface {interface} at column {x0}: {before:.1f} px off, then {after:.1f}")
    return f"one line over {SEGMENT} columns: {before:.1f} px from the grader's, {after:.1f} px after a stroke; saved"


def oedema(jobs):
    """(scan, labels) of a diabetic eye: a real one where there are any, else a designed one."""
    duke = os.path.join(jobs.data or "", "duke_dme")
    scan = os.path.join(duke, "bscans", "subject_07", "bscan_30.png")
    labels = os.path.join(duke, "labels_grader1", "subject_07_bscan_30.png")
    if os.path.isfile(scan) and os.path.isfile(labels):
        return scan, labels
    out = jobs.at("designed")
    ask(jobs.program, "case", "build", "dme-moderate", "--out", out)
    return os.path.join(out, "scan.png"), os.path.join(out, "mask.png")


def volume(jobs):
    """A volume of pictures: traced at both ends, interpolated, sizes told, thickness map and sectors exported."""
    folder = jobs.at("macula")
    os.makedirs(folder)
    for number in range(1, 6):
        shutil.copy(os.path.join(SAMPLES, "fovea.png"), os.path.join(folder, f"b{number}.png"))
    hand = jobs.begin()
    hand.open(folder, folder=True)
    expect("1/5" in hand.title(), hand.title())
    hand.press("ctrl+t")
    hand.wait(hand.is_unsaved, "the first trace", 60)
    hand.press(*["Page_Down"] * 4)
    hand.wait(lambda: "5/5" in hand.title(), "the last B-scan")
    hand.calm()
    hand.press("ctrl+t")
    hand.calm()
    hand.command("Interpolate all")
    hand.calm()
    hand.command("Thickness map of the volume")
    hand.calm()
    hand.shot("volume-without-size")
    hand.command("Size of a pixel", asks=True)
    hand.wait(hand.is_shaded, "the dialog of sizes", 30)
    for value in ("3.9", "11.0", "", "120"):
        hand.see(DIALOG, hand.press, "Tab")
        if value:
            hand.see(DIALOG, hand.type, value)
    hand.shot("volume-size")
    hand.click(905, 577)
    hand.wait(lambda: not hand.is_shaded(), "the sizes to be taken", 20)
    hand.calm()
    hand.shot("volume-map")
    hand.write("Export the ETDRS sectors", jobs.at("etdrs.csv"))
    hand.write("Export the thickness map", jobs.at("map.png"))
    hand.save_as(jobs.at("macula.retidiff"))
    hand.shot("volume-saved")
    pages = hand.info(jobs.at("macula.retidiff"))["pages"]
    labelled = [page["annotated_columns"] == page["width"] for page in pages]
    with open(jobs.at("etdrs.csv"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    central = float(lines[1].rsplit(",", 2)[1])
    expect(labelled == [True] * 5 and len(lines) == 73 and 250 < central < 350, f"{labelled}, {len(lines)} lines, {central} um")
    return f"5 of 5 B-scans labelled in the file, central field {central:.0f} um in the table, the map is a PNG"


def small_windows(jobs):
    """1024 x 700, 1280 x 720, scale 2: by keys alone."""
    ended = []
    clicks = keys = 0
    for size, scale in (((1024, 700), 1), ((1280, 720), 1), ((1600, 1000), 2)):
        name = f"{size[0]}x{size[1]}-scale-{scale}"
        hand = jobs.begin(size=size, scale=scale)
        if ended:
            hand.clicks, hand.keys, hand.began = clicks, keys, hand.began - seconds
        hand.calm()
        hand.shot(f"small-{name}")
        hand.command("Open sample: fovea with drawn cysts")
        hand.wait(lambda: "drawn cysts" in hand.title(), "the sample", 30)
        hand.calm()
        hand.press("F1")
        hand.rest(0.6)
        hand.shot(f"small-{name}-keys")
        hand.press("Escape")
        hand.wait(lambda: not hand.is_shaded(), "the keys to close", 30)
        hand.press("ctrl+m")
        hand.calm()
        hand.shot(f"small-{name}-measures")
        hand.command("Remove every lesion")
        hand.wait(hand.is_unsaved, "the lesions to go", 20)
        hand.write("Export the label mask as PNG", jobs.at(f"{name}.png"))
        hand.press("ctrl+z")
        hand.wait(lambda: not hand.is_unsaved(), "nothing unsaved after undo", 20)
        hand.save_as(jobs.at(f"{name}.retidiff"))
        gone = IRF not in codes_of(jobs.at(f"{name}.png"))[2]
        kept = hand.pixels(jobs.at(f"{name}.retidiff")).get("IRF", 0)
        expect(gone and kept, f"{name}: {kept} px of IRF")
        clicks, keys, seconds = hand.clicks, hand.keys, time.monotonic() - hand.began
        ended.append(name)
        if len(ended) < 3:
            hand.end()
            shutil.rmtree(hand.data, ignore_errors=True)
    return "lesions removed, exported, brought back and saved by keys in each of the three"
