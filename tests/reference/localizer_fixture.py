"""A small OCT volume with the photograph it lies on, and another photograph beside it, by pydicom: the fixture of
tests/localizer.rs. Run: python localizer_fixture.py (needs numpy, pydicom). The pictures are formulas; identity fields
hold made-up words that tests look for in what is written."""
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

OUT = Path(__file__).parents[1] / "fixtures/clinical/with_localizer"
OUT.mkdir(parents=True, exist_ok=True)
OPT, PHOTO = "1.2.840.10008.5.1.4.1.1.77.1.5.4", "1.2.840.10008.5.1.4.1.1.77.1.5.1"
SLO, OTHER = "1.2.826.0.1.3680043.10.71", "1.2.826.0.1.3680043.10.72"


def item(**elements):
    ds = Dataset()
    for name, value in elements.items():
        setattr(ds, name, value)
    return ds


def image(sop_class, uid, pixels, **more):
    frames = pixels.reshape((-1, *pixels.shape[-2:]))
    return item(SOPClassUID=sop_class, SOPInstanceUID=uid, PatientName="Canary-Doe^Jane", PatientID="PID-CANARY-777",
                SeriesInstanceUID="1.2.826.0.1.3680043.10.8", SamplesPerPixel=1,
                PhotometricInterpretation="MONOCHROME2", NumberOfFrames=len(frames), Rows=frames.shape[1],
                Columns=frames.shape[2], BitsAllocated=8, BitsStored=8, HighBit=7, PixelRepresentation=0,
                PixelData=pixels.astype("u1").tobytes(), **more)


def save(ds, name):
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.save_as(OUT / name, enforce_file_format=True)


k, y, x = np.mgrid[0:3, 0:12, 0:16]
volume = image(OPT, "1.2.826.0.1.3680043.10.70", 20 * k + 5 * y + x, Modality="OPT", ImageLaterality="R")
volume.SharedFunctionalGroupsSequence = Sequence([item(
    PixelMeasuresSequence=Sequence([item(PixelSpacing=[0.0039, 0.0117], SliceThickness="0.25")]))])
# Row and column of the first and of the last A-scan, on a photograph of 30 rows and 40 columns.
volume.PerFrameFunctionalGroupsSequence = Sequence([item(
    PlanePositionSequence=Sequence([item(ImagePositionPatient=[0, 0.25 * n, 0])]),
    OphthalmicFrameLocationSequence=Sequence([item(
        ReferencedSOPClassUID=PHOTO, ReferencedSOPInstanceUID=SLO,
        ReferenceCoordinates=[20.5 - 5 * n, 4.5, 20.5 - 5 * n, 36.5])])) for n in range(3)])
save(volume, "volume.dcm")
y, x = np.mgrid[0:30, 0:40]
save(image(PHOTO, SLO, 3 * y + 2 * x, Modality="OP"), "slo.dcm")
save(image(PHOTO, OTHER, 255 - 3 * y, Modality="OP"), "another.dcm")
