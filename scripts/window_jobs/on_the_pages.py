"""Jobs on the pages beside the editor, and with files. Each returns how its end was seen."""

import json
import os
import pwd
import shutil
import struct
import zlib

from .hand import Hand, ask
from .job import ROOT, SAMPLES, Uncounted, expect
from .places import CANDIDATES, CARDS, CASE, DISMISS, FORM, MODELS, RUN_FORM, RUNS, STRIP

HEYEX = os.path.join(ROOT, "tests", "fixtures", "clinical", "heyex")


def designed_case(jobs):
    """A case: DME, 420 um, three cysts, SRF dome."""
    hand = jobs.begin()
    hand.see(FORM, hand.press, "ctrl+shift+d")
    hand.see(FORM, hand.click, 150, 267)
    hand.see(FORM, hand.click, 1440, 230)
    hand.see(FORM, hand.type, "420\n")
    hand.see(FORM, hand.click, 1451, 458)
    hand.rest(1.0, 20, CASE)
    hand.shot("designed-case")
    hand.click(342, 139)
    hand.wait(lambda: "DME" in hand.title(), "the case to open", 30)
    hand.calm()
    hand.shot("designed-case-open")
    with Uncounted(hand):
        hand.write("Export the label mask as PNG", jobs.at("case.png"))
        found = hand.ask("case", "check", "dme-mild", jobs.at("case.png"), "--json", fails=True)
    wishes = {wish["wish"]: wish["measured"] for wish in json.loads(found)["findings"]}
    central, cysts, srf = (wishes[name] for name in ("central_thickness_um", "cysts", "srf"))
    expect(abs(central - 420) <= 5 and cysts == 3 and srf == 1, f"{central:.1f} um, {cysts} cysts, {srf} domes")
    return f"exported mask measures {central:.1f} um, {cysts:.0f} cysts, {srf:.0f} SRF dome"


def heyex(jobs):
    """A HEYEX folder."""
    real = os.path.join(jobs.data or "", "heyex_synthetic", "heyex_xml", "test_volume")
    folder = real if os.path.isdir(real) else HEYEX
    hand = jobs.begin()
    hand.open(folder, folder=True)
    hand.calm()
    hand.shot("heyex")
    hand.press("Page_Down")
    hand.wait(lambda: ", 2/" in hand.title(), "the second B-scan")
    hand.command("Thickness map of the volume")
    hand.calm()
    hand.shot("heyex-volume")
    hand.save_as(jobs.at("export.retidiff"))
    found = hand.info(jobs.at("export.retidiff"))
    pages = found["pages"]
    expect(len(pages) > 2 and all(page["spacing"] and page["laterality"] for page in pages), f"{len(pages)} B-scans")
    expect(found["localizer"], "no localizer")
    eye, lines = pages[0]["laterality"], len(found["localizer"]["lines"])
    return f"{len(pages)} B-scans with sizes, {eye}, a localizer with {lines} lines, kept in a document"


def new_masks(jobs):
    """Five new masks with conditions, opened and saved."""
    hand = jobs.begin()
    hand.calm()
    hand.see(STRIP, hand.press, "n")
    hand.shot("new-masks-any")
    for y in (707, 733, 759):
        hand.see(STRIP, hand.click, 157, y)
    hand.see(CANDIDATES, hand.click, 112, 843)
    hand.rest(3.0, 240, CANDIDATES)
    hand.shot("new-masks-conditions")
    saved = []
    for number in range(5):
        if number == 4:
            hand.see(CANDIDATES, hand.click, 112, 843)
            hand.rest(3.0, 240, CANDIDATES)
        before = hand.title()
        hand.click(464 + 164 * (number % 4), 755)
        hand.wait(lambda: hand.title() != before, f"candidate {number + 1} to open", 60)
        saved.append(jobs.at(f"new-{number + 1}.retidiff"))
        hand.save_as(saved[-1])
    hand.shot("new-masks-opened")
    found = [hand.info(path)["pages"][0] for path in saved]
    cysts = [lesion["count"] for page in found for lesion in page["lesions"] if lesion["name"] == "IRF"]
    areas = [lesion["area_mm2"] for page in found for lesion in page["lesions"] if lesion["name"] == "IRF"]
    different = len({str(page["labels"]) for page in found})
    expect(cysts == [4] * 5 and different == 5, f"cysts {cysts}, {different} different masks")
    expect(all(abs(area - 0.1) < 0.005 for area in areas), f"areas {areas}")
    return f"five different masks in files, each with 4 cysts and {min(areas):.3f} to {max(areas):.3f} mm2 (asked: 4, 0.100)"


def tiny_training(jobs):
    """A tiny training: its data set made, watched, stopped, its model used."""
    for number, name in enumerate(("drawn-cysts", "periphery"), 1):
        for part, ending in (("images", ""), ("labels", "-labels")):
            os.makedirs(jobs.at(f"scans/{part}"), exist_ok=True)
            shutil.copy(os.path.join(SAMPLES, f"{name}{ending}.png"), jobs.at(f"scans/{part}/s{number}_1.png"))
    hand = jobs.begin(environment=played_chooser(jobs, jobs.at("scans")))
    hand.see(RUNS, hand.press, "ctrl+shift+t")
    hand.see(RUN_FORM, hand.click, 193, 67)
    hand.see(RUN_FORM, hand.click, 1238, 215)
    hand.shot("train-data-form")
    hand.see(RUN_FORM, hand.click, 1326, 91)
    hand.see(RUN_FORM, hand.click, 1207, 368)
    hand.see(RUN_FORM, hand.type, "_")
    hand.shot("train-data-folder")
    hand.click(1406, 871)
    manifest = os.path.join(hand.data, "datasets", "data set", "manifest.jsonl")
    hand.wait(lambda: os.path.isfile(manifest), "the data set", 60)
    hand.wait(lambda: os.path.isfile(manifest.replace("manifest.jsonl", "split.json")), "the split", 60)
    hand.rest(2.0, 20, RUN_FORM)
    hand.shot("train-data-made")
    hand.see(RUN_FORM, hand.click, 1363, 434)
    hand.see(RUN_FORM, hand.type, "1\n")
    # What is further down in the form: "Sample every".
    hand.see(RUN_FORM, hand.wheel, 1240, 560, 12)
    hand.shot("train-form-below")
    hand.see(RUN_FORM, hand.click, 1363, 121)
    hand.see(RUN_FORM, hand.type, "10\n")
    hand.shot("train-form")
    hand.click(1406, 893)
    runs = os.path.join(hand.data, "runs")
    hand.wait(lambda: os.path.isdir(runs) and os.listdir(runs), "a run", 60)
    sheets = lambda: [name for folder, _, names in os.walk(runs) for name in names if name.endswith(".png")]
    hand.wait(sheets, "a sheet of samples", 400)
    hand.rest(1.0, 10, RUN_FORM)
    hand.shot("train-watched")
    hand.see(RUN_FORM, hand.click, 1397, 104)
    run = os.path.join(runs, os.listdir(runs)[0])
    hand.wait(lambda: any(name.startswith("step") for name in checkpoints(run)), "a checkpoint", 120)
    hand.rest(1.5, 20, RUN_FORM)
    hand.shot("train-stopped")
    model = os.path.join(hand.data, "models", f"{os.path.basename(run)}.safetensors")
    hand.click(1411, 468)
    hand.wait(lambda: os.path.isfile(model), "the model in the list", 60)
    hand.rest(1.5, 10, MODELS)
    hand.shot("train-added")
    hand.see(MODELS, hand.click, 219, 904)
    hand.shot("train-used")
    hand.see(RUNS, hand.press, "ctrl+shift+t")
    hand.settle()
    # From here on the window asks for paths itself.
    os.remove(jobs.at("bin/zenity"))
    hand.write("Export the synthetic scan", jobs.at("drawn.png"))
    with open(jobs.at("drawn.png"), "rb") as file:
        drawn = file.read()
    steps = int(checkpoints(run)[0].split("-")[1])
    expect(f" {steps} steps".encode() in drawn, f"the exported scan names no model of {steps} steps")
    return f"data set made, {len(sheets())} sheet(s) of samples, stopped after {steps} steps; an exported scan names that model"


def checkpoints(run):
    """Names of the checkpoints of a run."""
    folder = os.path.join(run, "checkpoints")
    return os.listdir(folder) if os.path.isdir(folder) else []


def played_chooser(jobs, answer):
    """An environment in which the desktop's chooser of files is a script that answers with a path."""
    os.makedirs(jobs.at("bin"))
    script = jobs.at("bin/zenity")
    with open(script, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nsleep 0.6\necho '{answer}'\n")
    os.chmod(script, 0o755)
    return {"PATH": f"{jobs.at('bin')}:{os.environ['PATH']}"}


def wrong_files(jobs):
    """Wrong file, huge file, no permission, as an ordinary user."""
    user = pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None
    if user is not None:
        # Whoever may read everything is refused nothing.
        jobs.program = shutil.copy(jobs.program, jobs.at("retidiff"))
        os.makedirs(jobs.at("home"))
        os.chown(jobs.at("home"), user, -1)
    home = jobs.at("home")
    os.makedirs(home, exist_ok=True)
    with open(jobs.at("notes.png"), "w", encoding="utf-8") as file:
        file.write("these are notes, not a picture")
    write_huge(jobs.at("huge.png"))
    shutil.copy(os.path.join(SAMPLES, "fovea.png"), jobs.at("locked.png"))
    os.chmod(jobs.at("locked.png"), 0)
    os.makedirs(jobs.at("empty"))
    os.makedirs(jobs.at("locked"))
    os.chmod(jobs.at("locked"), 0o555)
    hand = jobs.hand = Hand(jobs.program, home, shots=jobs.shots, as_user=user)
    hand.calm()
    before = hand.title()
    for name in ("notes.png", "huge.png", "locked.png", "nothing.png", "empty"):
        plain = hand.screen.region(CARDS)
        hand.ask_for_path("ctrl+o")
        hand.answer_path(jobs.at(name))
        hand.wait(lambda: not hand.is_shaded() and hand.screen.region(CARDS) != plain, f"a word about {name}", 60)
        hand.calm()
        hand.shot(f"wrong-{name}")
        expect(hand.title() == before, f"{name} changed the title to {hand.title()}")
        hand.click(*DISMISS)
        hand.wait(lambda: hand.screen.region(CARDS) == plain, f"the card of {name} to go", 20)
    # A folder that nothing may be written into: said, and its card goes when a later save succeeds.
    plain = hand.screen.region(CARDS)
    hand.ask_for_path("ctrl+shift+s")
    hand.answer_path(jobs.at("locked/case.retidiff"))
    hand.wait(lambda: not hand.is_shaded() and hand.screen.region(CARDS) != plain, "a word about the locked folder", 60)
    hand.calm()
    hand.shot("wrong-locked-folder")
    expect(not os.path.exists(jobs.at("locked/case.retidiff")), "it was written")
    hand.save_as(os.path.join(home, "case.retidiff"))
    hand.wait(lambda: hand.screen.region(CARDS) == plain, "the card of the failed save to go", 30)
    hand.shot("wrong-saved-after-all")
    now = hand.pixels(os.path.join(home, "case.retidiff"))
    expect(now == window_pixels(jobs), f"the document changed: {now}")
    os.chmod(jobs.at("locked"), 0o755)
    return "five files refused with a card each, the document stayed; a refused save said so, the next one took its card away"


def window_pixels(jobs):
    """Pixels of each label of the bundled sample."""
    found = json.loads(ask(jobs.program, "info", os.path.join(SAMPLES, "fovea-labels.png"), "--json"))
    return {label["name"]: label["pixels"] for label in found["pages"][0]["labels"]}


def write_huge(path, side=30_000):
    """A sound grey PNG of that many pixels a side."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packer, row = zlib.compressobj(1), bytes(side + 1)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
                   + chunk(b"IDAT", packed) + chunk(b"IEND", b""))
