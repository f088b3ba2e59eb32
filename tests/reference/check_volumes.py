"""Reads what `retidiff convert` wrote, with other people's readers.

usage: check_volumes.py FOLDER
FOLDER holds expected.bin (planes of 8 bits), expected.json ([b_scans, rows, columns] and mm across, down, between)
and the files to check: volume.nii, volume.nii.gz, volume.mhd, volume.mha, volume.tif, volume16.tif
needs: pip install numpy nibabel SimpleITK tifffile
"""
import json
import pathlib
import sys

import nibabel
import numpy as np
import SimpleITK
import tifffile

folder = pathlib.Path(sys.argv[1])
facts = json.loads((folder / "expected.json").read_text())
expected = np.frombuffer((folder / "expected.bin").read_bytes(), np.uint8).reshape(facts["shape"])
mm = facts["mm"]


def same(name, found, spacing):
    assert found.dtype.kind == "u" and found.shape == expected.shape, (name, found.dtype, found.shape)
    assert np.array_equal(found, expected.astype(found.dtype) * (257 if found.dtype == np.uint16 else 1)), name
    assert np.allclose(spacing, mm, rtol=1e-4), (name, spacing)
    print("same", name)


for name in ["volume.nii", "volume.nii.gz"]:
    image = nibabel.load(folder / name)
    assert image.header.get_xyzt_units()[0] == "mm"
    assert np.allclose(np.diag(image.affine)[:3], mm, rtol=1e-4), image.affine
    same(name, np.asanyarray(image.dataobj).transpose(2, 1, 0), image.header.get_zooms()[:3])
for name in ["volume.mhd", "volume.mha", "volume.nii.gz"]:
    image = SimpleITK.ReadImage(str(folder / name))
    same(name + " (SimpleITK)", SimpleITK.GetArrayFromImage(image), image.GetSpacing())
for name in ["volume.tif", "volume16.tif"]:
    with tifffile.TiffFile(folder / name) as file:
        assert file.is_imagej and len(file.pages) == expected.shape[0]
        page = file.pages[0]
        across, down = (page.tags[tag].value[1] / page.tags[tag].value[0] for tag in ("XResolution", "YResolution"))
        same(name, file.asarray(), [across, down, file.imagej_metadata["spacing"]])
