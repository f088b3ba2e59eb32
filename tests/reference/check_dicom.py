"""Reads the DICOM files, the COCO file, the arrays and the folders that `retidiff convert` wrote, with other people's
readers, and compares them with the voxels they were made of. Run by tests/exporting.rs with the folder as argument."""

import json
import sys
from pathlib import Path

import numpy as np
import pydicom

folder = Path(sys.argv[1])
facts = json.loads((folder / "expected.json").read_text())
shape = facts["shape"]
scans = np.frombuffer((folder / "scans.bin").read_bytes(), np.uint8).reshape(shape)
labels = np.frombuffer((folder / "labels.bin").read_bytes(), np.uint8).reshape(shape)


def same(what, ok):
    print("same" if ok else "DIFFERS", what)


opt = pydicom.dcmread(folder / "scans.dcm")
same("OPT pixels", np.array_equal(opt.pixel_array, scans))
measures = opt.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
same("OPT spacing", np.allclose(measures.PixelSpacing, [facts["mm"][1], facts["mm"][0]]))
same("OPT eye", opt.ImageLaterality == "R" and not opt.PatientName and not opt.PatientID)
same("OPT origin", opt.SyntheticData == "YES" and "SYNTHETIC" in opt.ImageComments)

required = ("AcquisitionNumber", "InConcatenationNumber", "InConcatenationTotalNumber", "DetectorType",
            "AcquisitionDateTime", "ImageLaterality")
same("OPT required elements", all(str(opt.get(keyword, "")) for keyword in required))

seg = pydicom.dcmread(folder / "labels.dcm")
frames = seg.pixel_array
rebuilt = np.full(shape, 255, np.uint8)
names = {s.SegmentNumber: s.SegmentDescription for s in seg.SegmentSequence}
codes = {alias: code for code, alias in enumerate(facts["aliases"])}
for frame, groups in zip(frames, seg.PerFrameFunctionalGroupsSequence):
    number = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
    source = groups.DerivationImageSequence[0].SourceImageSequence[0]
    rebuilt[source.ReferencedFrameNumber - 1][frame > 0] = codes[names[number]]
    assert source.ReferencedSOPInstanceUID == opt.SOPInstanceUID
same("SEG labels", np.array_equal(rebuilt, labels))
same("SEG frame of reference", seg.FrameOfReferenceUID == opt.FrameOfReferenceUID)

heights = pydicom.dcmread(folder / "heights.dcm")
maps = np.frombuffer(heights.FloatPixelData, "<f4").reshape(
    int(heights.NumberOfFrames), heights.Rows, heights.Columns
)
layers = np.frombuffer((folder / "layers.bin").read_bytes(), np.uint8).reshape(shape)
# From the heights back to the layers: a pixel lies in layer k if k interfaces lie at or above its centre.
known = maps[0] != heights.FloatPixelPaddingValue
centres = np.arange(shape[1])[None, :, None] + 0.5
counted = sum((maps[k][:, None, :] <= centres).astype(int) for k in range(8))
ordered = np.array([[bool(np.all(np.diff(c[c != 255].astype(int)) >= 0)) and bool((c != 255).any())
                     for c in scan.T] for scan in layers])
same("height maps are known where layers are in order", np.array_equal(known, ordered))
where = known[:, None, :] & (layers != 255)
same("height maps", maps.shape[0] == 8 and where.any() and np.array_equal(counted[where], layers[where]))
same("height map type", heights.SegmentationType == "HEIGHTMAP" and heights.SOPClassUID == "1.2.840.10008.5.1.4.1.1.66.8")
words = [str(one) for file in (opt, seg, heights) for element in file.iterall() if element.VR == "CS"
         for one in (element.value if element.VM > 1 else [element.value])]
same("code strings are short enough", len(words) > 20 and max(map(len, words)) <= 16)
shared = heights.SharedFunctionalGroupsSequence[0]
source = shared.DerivationImageSequence[0].SourceImageSequence[0]
same("height map source", source.ReferencedSOPInstanceUID == opt.SOPInstanceUID
     and list(source.ReferencedFrameNumber) == list(range(1, shape[0] + 1)))
same("height map mm", np.isclose(shared.RealWorldValueMappingSequence[0].RealWorldValueSlope, facts["mm"][1]))

try:
    import highdicom

    read = highdicom.seg.segread(folder / "labels.dcm")
    stack = read.get_pixels_by_source_frame(opt.SOPInstanceUID, list(range(1, shape[0] + 1)))
    by_number = {number: codes[names[number]] for number in names}
    stacked = np.full(shape, 255, np.uint8)
    for index, number in enumerate(read.segment_numbers):
        stacked[stack[..., index] > 0] = by_number[number]
    same("highdicom labels", np.array_equal(stacked, labels))
except ImportError:
    print("skipped: no highdicom")

arrays = np.load(folder / "all.npz")
same("npz", np.array_equal(arrays["scans"], scans) and np.array_equal(arrays["labels"], labels))

try:
    from pycocotools.coco import COCO

    coco = COCO(folder / "labels.json")
    drawn = np.full(shape, 255, np.uint8)
    for annotation in coco.loadAnns(coco.getAnnIds()):
        drawn[annotation["image_id"] - 1][coco.annToMask(annotation) > 0] = annotation["category_id"] - 1
    same("pycocotools", np.array_equal(drawn, labels))
except ImportError:
    print("skipped: no pycocotools")

from PIL import Image

for kind, scan_of, label_of, ignore in [
    ("nnunet", "imagesTr/{}_0000.png", "labelsTr/{}.png", 12),
    ("mirage", "train/bscan/{}.png", "train/semseg/{}.png", 255),
]:
    stems = [f"case_{n:04}" for n in range(1, shape[0] + 1)]
    read = lambda name: np.stack([np.asarray(Image.open(folder / kind / name.format(stem))) for stem in stems])
    wanted = np.where(labels == 255, ignore, labels)
    same(kind, np.array_equal(read(scan_of), scans) and np.array_equal(read(label_of), wanted))
info = json.loads((folder / "mirage" / "INFO.json").read_text())
same("INFO.json", {v["value"] for v in info.values()} >= set(np.unique(labels).tolist()))
