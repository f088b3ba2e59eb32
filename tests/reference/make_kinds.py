"""Makes tests/kinds: three B-scans of Tian 2015, subject 7 (CC BY 4.0), thinned to 32 columns and 80 rows, written
by other people's writers in ways that need something of a reader.

usage: make_kinds.py TIAN_FOLDER OUT_FOLDER
needs: pip install numpy pillow tifffile imagecodecs nibabel SimpleITK
"""
import pathlib
import struct
import sys

import nibabel as nib
import numpy as np
import SimpleITK as sitk
import tifffile
from PIL import Image

tian, out = map(pathlib.Path, sys.argv[1:3])
out.mkdir(parents=True, exist_ok=True)
# As one would measure them on the thinned pictures.
mm = 0.0936, 0.0234, 0.25
scans = [np.asarray(Image.open(tian / f"bscans/Subject7_{k:02d}.png").convert("L")) for k in (4, 5, 6)]
volume = np.stack([scan[:480:6, :256:8] for scan in scans])
grey = {"photometric": "minisblack"}

tifffile.imwrite(out / "truth.tif", volume, compression="deflate", **grey)
tifffile.imwrite(out / "tiled_big.tif", volume.astype("u2") * 257, bigtiff=True, tile=(32, 32), compression="deflate", **grey)
tifffile.imwrite(out / "twelve_bits.tif", volume.astype("u2") * 16, byteorder=">", compression="lzw", predictor=True, **grey)
reflectivity = np.where(volume == 0, np.nan, (volume / 255.0) ** 4).astype("f4")
tifffile.imwrite(out / "reflectivity.tif", reflectivity, compression="deflate", predictor=True, **grey)
tifffile.imwrite(out / "zstd.tif", volume, compression="zstd", **grey)
tifffile.imwrite(out / "samples.tif", volume.transpose(1, 2, 0), planarconfig="contig", compression="deflate", **grey)
tifffile.imwrite(
    out / "ome.ome.tif", volume, compression="deflate", **grey,
    metadata={"axes": "ZYX", "PhysicalSizeX": mm[0] * 1000, "PhysicalSizeXUnit": "µm", "PhysicalSizeY": mm[1] * 1000,
              "PhysicalSizeYUnit": "µm", "PhysicalSizeZ": mm[2] * 1000, "PhysicalSizeZUnit": "µm"},
)
tifffile.imwrite(
    out / "imagej.tif", volume, imagej=True, metadata={"axes": "ZYX", "spacing": mm[2], "unit": "mm"},
    resolution=(1 / mm[0], 1 / mm[1]),
)
data = bytearray((out / "imagej.tif").read_bytes())
order = "<" if data[:2] == b"II" else ">"
first = struct.unpack_from(order + "I", data, 4)[0]
entries = struct.unpack_from(order + "H", data, first)[0]
struct.pack_into(order + "I", data, first + 2 + 12 * entries, 0)
(out / "imagej.tif").write_bytes(data)  # what ImageJ writes past 4 GB: one directory
palette = Image.fromarray(volume[0]).convert("P", palette=Image.ADAPTIVE, colors=256)
ramp = Image.frombytes("P", palette.size, (255 - volume[0]).tobytes())
ramp.putpalette([255 - k // 3 for k in range(768)])
ramp.save(out / "palette.tif", compression="tiff_lzw")

xyz = np.ascontiguousarray(volume.transpose(2, 1, 0))
affine = np.diag([*mm, 1])
big = nib.Nifti1Image(xyz.astype(">f4"), affine, nib.Nifti1Header(endianness=">"))
big.header.set_xyzt_units("mm")
nib.save(big, out / "big_endian.nii.gz")
nib.save(nib.Nifti1Pair(xyz, affine), out / "pair.img")
sitk_image = sitk.GetImageFromArray(volume)
sitk_image.SetSpacing(mm)
sitk.WriteImage(sitk_image, str(out / "itk.nii.gz"))  # its x and y lead the other way
sitk.WriteImage(sitk_image, str(out / "itk.mhd"), True)
flipped = nib.Nifti1Image(xyz[:, ::-1], np.diag([mm[0], -mm[1], mm[2], 1]))
flipped.header.set_xyzt_units("mm")
nib.save(flipped, out / "flipped.nii.gz")
zyx = nib.Nifti1Image(np.ascontiguousarray(volume), np.diag([mm[2], mm[1], mm[0], 1]))
zyx.header.set_xyzt_units("mm")
nib.save(zyx, out / "z_y_x.nii.gz")
exif = Image.Exif()
exif[274] = 6
Image.fromarray(volume[0]).transpose(Image.ROTATE_90).save(out / "turned.jpg", quality=95, exif=exif)
