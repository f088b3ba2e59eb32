"""DICOM whose frames stand in fragments without a codec of pictures, and brightness with half the colour: the frames of
truth.png with everything else of opt_plain.dcm (see clinical_fixtures.py), written by pydicom.

Run: python frame_syntaxes.py  (needs numpy, pillow, pydicom)
"""
import zlib
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian

OUT = Path(__file__).parents[1] / 'fixtures/clinical'
ENCAPSULATED = UID('1.2.840.10008.1.2.1.98')
frames = np.asarray(Image.open(OUT / 'truth.png')).reshape(3, 48, 64)


def save(name, syntax, pixels, is_encapsulated, **elements):
    ds = pydicom.dcmread(OUT / 'opt_plain.dcm')
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit = 7
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PixelData = pixels
    ds['PixelData'].VR = 'OB'
    ds['PixelData'].is_undefined_length = is_encapsulated
    ds.save_as(OUT / name, enforce_file_format=True)


def deflated(frame):
    encoder = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = encoder.compress(frame.tobytes()) + encoder.flush()
    return packed + bytes(len(packed) % 2)


# pydicom does not know this syntax yet: its name, which is as long, is put in afterwards.
save('opt_deflated_frames.dcm', ENCAPSULATED, encapsulate([deflated(frame) for frame in frames]), True)
file = OUT / 'opt_deflated_frames.dcm'
file.write_bytes(file.read_bytes().replace(ENCAPSULATED.encode(), b'1.2.840.10008.1.2.8.1\0'))
save('opt_encapsulated.dcm', ENCAPSULATED, encapsulate([frame.tobytes() for frame in frames]), True)
shared = np.full((3, 48, 128), 128, 'u1')
shared[:, :, 0::4], shared[:, :, 1::4] = frames[:, :, 0::2], frames[:, :, 1::2]
save('opt_shared_colour.dcm', ExplicitVRLittleEndian, shared.tobytes(), False, SamplesPerPixel=3, PlanarConfiguration=0,
     PhotometricInterpretation='YBR_FULL_422')
