"""Small clinical files for tests/cases_clinical.rs, written by other people's writers.

Run: python clinical_fixtures.py TIAN2015_FOLDER  (needs numpy, pillow, pydicom, imagecodecs, scipy)
The picture in all of them is a crop of three B-scans of Tian et al., PLOS ONE 10(8): e0133908 (2015), CC BY 4.0,
stretched to the whole range of grey. Identity fields hold made-up words that tests look for in what is written.
"""
import io
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import scipy.io
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian,
                         ImplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLosslessSV1, RLELossless)

TIAN, OUT = Path(sys.argv[1]), Path(__file__).parents[1] / 'fixtures/clinical'
OUT.mkdir(parents=True, exist_ok=True)
ROWS, COLUMNS, FRAMES = 48, 64, 3


def crop(number):
    picture = np.asarray(Image.open(TIAN / f'bscans/Subject7_{number:02d}.png')).astype(float)
    part = picture[120:120 + 4 * ROWS, 100:100 + 4 * COLUMNS].reshape(ROWS, 4, COLUMNS, 4).mean((1, 3))
    return np.round((part - part.min()) / (part.max() - part.min()) * 255).astype('u1')


volume = np.stack([crop(number) for number in (2, 5, 8)])
Image.fromarray(volume.reshape(FRAMES * ROWS, COLUMNS)).save(OUT / 'truth.png', optimize=True)


def item(**elements):
    ds = Dataset()
    for name, value in elements.items():
        setattr(ds, name, value)
    return ds


def optical_tomography(bits, order=(0, 1, 2)):
    ds = item(SOPClassUID='1.2.840.10008.5.1.4.1.1.77.1.5.4', SOPInstanceUID='1.2.826.0.1.3680043.10.7',
              Modality='OPT', PatientName='Canary-Doe^Jane', PatientID='PID-CANARY-777', PatientBirthDate='19500102',
              StudyDate='20211126', InstitutionName='CANARY clinic', DeviceSerialNumber='SER-CANARY',
              SeriesInstanceUID='1.2.826.0.1.3680043.10.8', InstanceNumber=1, ImageLaterality='L',
              SamplesPerPixel=1, PhotometricInterpretation='MONOCHROME2', NumberOfFrames=FRAMES, Rows=ROWS,
              Columns=COLUMNS, BitsAllocated=bits, BitsStored=bits, HighBit=bits - 1, PixelRepresentation=0)
    ds.SharedFunctionalGroupsSequence = Sequence([item(
        PixelMeasuresSequence=Sequence([item(PixelSpacing=[0.0156, 0.0468], SliceThickness='0.1')]),
        PlaneOrientationSequence=Sequence([item(ImageOrientationPatient=[1, 0, 0, 0, 0, -1])]))])
    ds.PerFrameFunctionalGroupsSequence = Sequence([item(
        PlanePositionSequence=Sequence([item(ImagePositionPatient=[0, 0.12 * k, 0])])) for k in order])
    return ds


def save(ds, name, syntax, preamble=True):
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    if preamble:
        ds.save_as(OUT / name, enforce_file_format=True)
    else:
        bare = io.BytesIO()
        del ds.file_meta
        ds.save_as(bare, implicit_vr=True, little_endian=True)
        (OUT / name).write_bytes(bare.getvalue())


wide = volume.astype('<u2') * 257
for name, syntax, preamble in [('opt_plain.dcm', ExplicitVRLittleEndian, True), ('opt_implicit.dcm', ImplicitVRLittleEndian, True),
                               ('opt_bare', ImplicitVRLittleEndian, False), ('opt_deflated.dcm', DeflatedExplicitVRLittleEndian, True),
                               ('opt_big_endian.dcm', ExplicitVRBigEndian, True)]:
    ds = optical_tomography(16)
    ds.add_new('PixelData', 'OW', (wide.astype('>u2') if syntax == ExplicitVRBigEndian else wide).tobytes())
    save(ds, name, syntax, preamble)
mixed = optical_tomography(8, order=(0, 2, 1))
mixed.add_new('PixelData', 'OB', volume[[0, 2, 1]].tobytes())
save(mixed, 'opt_mixed_order.dcm', ExplicitVRLittleEndian)
rle = optical_tomography(16)
rle.add_new('PixelData', 'OW', wide.tobytes())
save(rle, 'opt_rle.dcm', ExplicitVRLittleEndian)
rle.compress(RLELossless, generate_instance_uid=False)
rle.save_as(OUT / 'opt_rle.dcm')
for name, syntax, bits, encode in [
        ('opt_jpeg.dcm', JPEGBaseline8Bit, 8, lambda f: imagecodecs.jpeg8_encode(f, level=95)),
        ('opt_jpeg_lossless.dcm', JPEGLosslessSV1, 8, lambda f: imagecodecs.jpeg8_encode(f, lossless=True, predictor=1)),
        ('opt_jpeg_lossless_16.dcm', JPEGLosslessSV1, 16, lambda f: imagecodecs.ljpeg_encode(f, bitspersample=16)),
        ('opt_jpeg_2000.dcm', JPEG2000Lossless, 16, lambda f: imagecodecs.jpeg2k_encode(f, codecformat='j2k', reversible=True))]:
    ds = optical_tomography(bits)
    frames = volume if bits == 8 else volume.astype('u2') * 257
    ds.PixelData = encapsulate([bytes(encode(np.ascontiguousarray(frame))) for frame in frames])
    ds['PixelData'].VR = 'OB'
    save(ds, name, syntax)

# One file a B-scan, stored out of order, beside a fundus photograph.
folder = OUT / 'one_file_a_b_scan'
folder.mkdir(exist_ok=True)
for number, k in enumerate((2, 0, 1)):
    ds = optical_tomography(8)
    del ds.PerFrameFunctionalGroupsSequence, ds.SharedFunctionalGroupsSequence, ds.NumberOfFrames
    ds.InstanceNumber, ds.PixelSpacing, ds.ImagePositionPatient = number + 1, [0.0156, 0.0468], [0, 0.12 * k, 0]
    ds.add_new('PixelData', 'OB', volume[k].tobytes())
    save(ds, f'one_file_a_b_scan/I{number}', ExplicitVRLittleEndian)
fundus = optical_tomography(8)
del fundus.PerFrameFunctionalGroupsSequence, fundus.SharedFunctionalGroupsSequence, fundus.NumberOfFrames
fundus.SOPClassUID = '1.2.840.10008.5.1.4.1.1.77.1.5.1'
fundus.add_new('PixelData', 'OB', volume[0].tobytes())
save(fundus, 'one_file_a_b_scan/I9', ExplicitVRLittleEndian)

# HEYEX: three B-scans and a localizer, eight lines in the first.
heyex = OUT / 'heyex'
heyex.mkdir(exist_ok=True)
LINES = ['ILM', 'RNFL', 'IPL', 'INL', 'OPL', 'PR1', 'PR2', 'BM']


def image(number, kind, name, width, height, extra=''):
    return (f'<Image><ID>{number}</ID><ImageType><Type>{kind}</Type></ImageType><OphthalmicAcquisitionContext><Width>{width}</Width>'
            f'<Height>{height}</Height><ScaleX>0.0468</ScaleX><ScaleY>0.0156</ScaleY><Start><Coord><X>1</X><Y>{5 - 0.12 * number:.2f}</Y>'
            f'</Coord></Start><End><Coord><X>3.9952</X><Y>{5 - 0.12 * number:.2f}</Y></Coord></End></OphthalmicAcquisitionContext>'
            rf'<ImageData><ExamURL>\\CANARYHOST\share\{name}</ExamURL></ImageData>{extra}</Image>')


lines = ''.join(f'<SegLine><Name>{line}</Name><Array n="{COLUMNS}" type="real">3e+038 '
                + ' '.join(f'{10 + 4 * k + 0.25:.2f}' for _ in range(COLUMNS - 1)) + '</Array></SegLine>' for k, line in enumerate(LINES))
body = image(0, 'LOCALIZER', 'SLO.tif', 32, 32)
Image.fromarray(volume[0][:32, :32]).save(heyex / 'SLO.TIF')
for k, frame in enumerate(volume):
    body += image(k + 1, 'OCT', f'B{k}.tif', COLUMNS, ROWS, f'<Segmentation>{lines}</Segmentation>' if k == 0 else '')
    Image.fromarray(frame).save(heyex / f'OCT L {9 - k} [B{k}.tif].tif', compression='tiff_deflate')
(heyex / 'export.xml').write_bytes(b'\xef\xbb\xbf' + (
    '<?xml version="1.0" encoding="utf-8"?>\n<HEDX xmlns="http://www.heidelbergengineering.com/schema/v1"><BODY><Patient><LastName>CANARYNAME</LastName>'
    f'<Birthdate><Date><Year>1950</Year></Date></Birthdate><Study><Series><Laterality>L</Laterality>{body}</Series></Study></Patient></BODY></HEDX>').encode())

# A subject as Duke DME publishes them, made of the same pictures: five B-scans, two of them annotated.
slices = np.stack([volume[k % 3] for k in range(5)], axis=2).astype(float)
layers = np.full((8, COLUMNS, 5), np.nan)
fluid = np.full((ROWS, COLUMNS, 5), np.nan)
x = np.arange(COLUMNS)
for k in (1, 3):
    for boundary in range(8):
        layers[boundary, 10:50, k] = np.round(12 + 4 * boundary + 2 * np.sin(x[10:50] / 9), 2)
    layers[3, 20:24, k] = np.nan
    fluid[:, :, k] = 0
    fluid[22:26, 30:36, k] = 3
    fluid[22:26, 4:6, k] = 7
second = layers.copy()
second[:, 10:14] = np.nan
scipy.io.savemat(OUT / 'Subject_03.mat', dict(images=slices, manualLayers1=layers, manualLayers2=second, manualFluid1=fluid,
                                              manualFluid2=np.where(np.isnan(fluid), np.nan, 0), note='CANARY'), do_compression=True)
# The rule of the data set, spelt out: rows from 1, half up, missing boundaries interpolated, fluid over layers.
codes = np.full((5, ROWS, COLUMNS), 255, 'u1')
for k in (1, 3):
    for column in range(10, 50):
        rows = []
        for boundary in range(8):
            known = np.flatnonzero(np.isfinite(layers[boundary, :, k]))
            row = np.interp(column, known, np.floor(layers[boundary, known, k] - 1 + 0.5))
            rows.append(np.floor(row + 0.5))
        rows = np.maximum.accumulate(rows)
        for y in range(ROWS):
            codes[k, y, column] = 9 if fluid[y, column, k] > 0 else np.sum(rows <= y)
Image.fromarray(codes.reshape(5 * ROWS, COLUMNS)).save(OUT / 'Subject_03_codes.png', optimize=True)
scipy.io.savemat(OUT / 'volume.mat', dict(scan=volume.transpose(1, 2, 0) / 255, age=61.0, who='CANARY', cells=np.array([1, 'a'], dtype=object)),
                 do_compression=False)
scipy.io.savemat(OUT / 'volume_compressed.mat', dict(scan=volume.transpose(1, 2, 0), small=np.zeros((20, 20))), do_compression=True)
