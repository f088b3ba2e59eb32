//! Volumes written in every way that their formats allow open as the same picture: number types, byte orders,
//! orders of axes, compressions, versions of the header.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use retidiff::formats::open::open_bytes;
use retidiff::scan::GreyImage;
use tiff::encoder::{TiffEncoder, colortype};

/// How values are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stored {
    U8,
    U16,
    I16,
    U32,
    I32,
    F32,
    F64,
}

const STORED: [Stored; 7] =
    [Stored::U8, Stored::U16, Stored::I16, Stored::U32, Stored::I32, Stored::F32, Stored::F64];

impl Stored {
    fn bytes(self, value: u8, is_big: bool) -> Vec<u8> {
        let mut bytes = match self {
            Self::U8 => vec![value],
            Self::U16 => u16::from(value).to_le_bytes().to_vec(),
            Self::I16 => i16::from(value).to_le_bytes().to_vec(),
            Self::U32 => u32::from(value).to_le_bytes().to_vec(),
            Self::I32 => i32::from(value).to_le_bytes().to_vec(),
            Self::F32 => f32::from(value).to_le_bytes().to_vec(),
            Self::F64 => f64::from(value).to_le_bytes().to_vec(),
        };
        if is_big {
            bytes.reverse();
        }
        bytes
    }

    fn nifti_code(self) -> i16 {
        match self {
            Self::U8 => 2,
            Self::U16 => 512,
            Self::I16 => 4,
            Self::U32 => 768,
            Self::I32 => 8,
            Self::F32 => 16,
            Self::F64 => 64,
        }
    }

    fn metaimage_name(self) -> &'static str {
        match self {
            Self::U8 => "MET_UCHAR",
            Self::U16 => "MET_USHORT",
            Self::I16 => "MET_SHORT",
            Self::U32 => "MET_UINT",
            Self::I32 => "MET_INT",
            Self::F32 => "MET_FLOAT",
            Self::F64 => "MET_DOUBLE",
        }
    }
}

/// One way to write the same volume.
#[derive(Clone, Debug)]
pub struct Way {
    /// Columns, rows, B-scans.
    pub sides: [usize; 3],
    pub stored: Stored,
    pub is_big: bool,
    /// Which direction each axis of the file runs in.
    pub axes: [usize; 3],
    /// Directions that the file stores backwards, which its matrix says.
    pub reversed: [bool; 3],
    pub is_compressed: bool,
    pub is_second: bool,
}

impl Way {
    /// A small volume in the plainest way.
    pub fn plain() -> Self {
        Self {
            sides: [6, 8, 3],
            stored: Stored::U8,
            is_big: false,
            axes: [0, 1, 2],
            reversed: [false; 3],
            is_compressed: false,
            is_second: false,
        }
    }

    /// Brighter downwards, as a scan has bands; the greatest is beyond half of 8 bits.
    fn grey(&self, [x, y, k]: [usize; 3]) -> u8 {
        (y * 220 / self.sides[1].max(2) + x % 5 * 3 + k % 3 * 7) as u8
            | if y + 1 == self.sides[1] { 128 } else { 0 }
    }

    fn truth(&self) -> Vec<GreyImage> {
        let [width, height, count] = self.sides;
        let image = |k| {
            let pixels: Vec<u8> =
                (0..height).flat_map(|y| (0..width).map(move |x| self.grey([x, y, k]))).collect();
            GreyImage::new(width as u32, height as u32, pixels)
        };
        (0..count).map(image).collect()
    }

    fn file_sides(&self) -> [usize; 3] {
        self.axes.map(|direction| self.sides[direction])
    }

    fn voxels(&self) -> Vec<u8> {
        let [a, b, c] = self.file_sides();
        let mut bytes = Vec::new();
        for (k, j, i) in (0..c).flat_map(|k| (0..b).flat_map(move |j| (0..a).map(move |i| (k, j, i)))) {
            let mut at = [0; 3];
            self.axes.iter().zip([i, j, k]).for_each(|(direction, index)| at[*direction] = index);
            let directions = at.iter_mut().zip(self.sides).zip(self.reversed);
            directions
                .filter(|(_, is_reversed)| *is_reversed)
                .for_each(|((at, side), _)| *at = side - 1 - *at);
            bytes.extend(self.stored.bytes(self.grey(at), self.is_big));
        }
        bytes
    }

    /// Sizes of a voxel along the axes of the file, in mm.
    fn lengths(&self) -> [f64; 3] {
        self.axes.map(|direction| [0.0117, 0.0039, 0.25][direction])
    }

    /// `[world][axis]`
    fn matrix(&self) -> [[f64; 3]; 3] {
        let mut matrix = [[0.0; 3]; 3];
        for (axis, &direction) in self.axes.iter().enumerate() {
            let sign = if self.reversed[direction] { -1.0 } else { 1.0 };
            matrix[direction][axis] = sign * self.lengths()[axis];
        }
        matrix
    }

    pub fn nifti(&self) -> Vec<u8> {
        let size = if self.is_second { 540 } else { 348 };
        let mut file = vec![0; size + 4];
        let mut put = |at: usize, mut bytes: Vec<u8>| {
            if self.is_big {
                bytes.reverse();
            }
            file[at..at + bytes.len()].copy_from_slice(&bytes);
        };
        put(0, (size as i32).to_le_bytes().to_vec());
        let sides = self.file_sides();
        let bits = 8 * self.stored.bytes(0, false).len() as i16;
        let (lengths, matrix) = (self.lengths(), self.matrix());
        let places = (0..3).flat_map(|world| (0..3).map(move |axis| (world, axis)));
        if self.is_second {
            put(12, self.stored.nifti_code().to_le_bytes().to_vec());
            put(14, bits.to_le_bytes().to_vec());
            put(16, 3_i64.to_le_bytes().to_vec());
            (0..3).for_each(|axis| put(24 + 8 * axis, (sides[axis] as i64).to_le_bytes().to_vec()));
            (0..3).for_each(|axis| put(112 + 8 * axis, lengths[axis].to_le_bytes().to_vec()));
            put(168, 544_i64.to_le_bytes().to_vec());
            put(348, 1_i32.to_le_bytes().to_vec());
            places.for_each(|(w, a)| put(400 + 32 * w + 8 * a, matrix[w][a].to_le_bytes().to_vec()));
            put(500, 2_i32.to_le_bytes().to_vec());
            file[4..8].copy_from_slice(b"n+2\0");
        } else {
            put(70, self.stored.nifti_code().to_le_bytes().to_vec());
            put(72, bits.to_le_bytes().to_vec());
            put(40, 3_i16.to_le_bytes().to_vec());
            (0..3).for_each(|axis| put(42 + 2 * axis, (sides[axis] as i16).to_le_bytes().to_vec()));
            (0..3).for_each(|axis| put(80 + 4 * axis, (lengths[axis] as f32).to_le_bytes().to_vec()));
            put(108, 352_f32.to_le_bytes().to_vec());
            put(123, vec![2]);
            put(254, 1_i16.to_le_bytes().to_vec());
            places.for_each(|(w, a)| put(280 + 16 * w + 4 * a, (matrix[w][a] as f32).to_le_bytes().to_vec()));
            file[344..348].copy_from_slice(b"n+1\0");
        }
        file.extend(self.voxels());
        if !self.is_compressed {
            return file;
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&file).unwrap();
        encoder.finish().unwrap()
    }

    pub fn metaimage(&self) -> Vec<u8> {
        let ([a, b, c], [i, j, k], matrix) = (self.file_sides(), self.lengths(), self.matrix());
        let axes = (0..3).flat_map(|axis| (0..3).map(move |world| (world, axis)));
        let direction = axes.map(|(world, axis)| {
            format!("{} ", matrix[world][axis].signum() * f64::from(matrix[world][axis] != 0.0))
        });
        let mut file = format!(
            "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = {}\nCompressedData = {}\n\
             TransformMatrix = {}\nElementSpacing = {i} {j} {k}\nDimSize = {a} {b} {c}\nElementType = {}\n\
             ElementDataFile = LOCAL\n",
            if self.is_big { "True" } else { "False" },
            if self.is_compressed { "True" } else { "False" },
            direction.collect::<String>(),
            self.stored.metaimage_name()
        )
        .into_bytes();
        if self.is_compressed {
            let mut encoder = ZlibEncoder::new(file, Compression::fast());
            encoder.write_all(&self.voxels()).unwrap();
            return encoder.finish().unwrap();
        }
        file.extend(self.voxels());
        file
    }

    /// Pages of the number type, classic or BigTIFF; TIFF has no axes to permute.
    pub fn tiff(&self) -> Vec<u8> {
        let mut file = std::io::Cursor::new(Vec::new());
        if self.is_second {
            self.tiff_pages(TiffEncoder::new_big(&mut file).unwrap());
        } else {
            self.tiff_pages(TiffEncoder::new(&mut file).unwrap());
        }
        file.into_inner()
    }

    fn tiff_pages<K: tiff::encoder::TiffKind>(&self, encoder: TiffEncoder<&mut std::io::Cursor<Vec<u8>>, K>) {
        use tiff::encoder::Compression;
        let compression = if self.is_compressed {
            Compression::Deflate(Default::default())
        } else {
            Compression::Uncompressed
        };
        let mut encoder = encoder.with_compression(compression);
        for image in self.truth() {
            let (width, height) = (image.width, image.height);
            macro_rules! page {
                ($color:ty, $type:ty) => {{
                    let values: Vec<$type> = image.pixels.iter().map(|&grey| <$type>::from(grey)).collect();
                    encoder.write_image::<$color>(width, height, &values).unwrap();
                }};
            }
            match self.stored {
                Stored::U8 => page!(colortype::Gray8, u8),
                Stored::U16 => page!(colortype::Gray16, u16),
                Stored::I16 => page!(colortype::GrayI16, i16),
                Stored::U32 => page!(colortype::Gray32, u32),
                Stored::I32 => page!(colortype::GrayI32, i32),
                Stored::F32 => page!(colortype::Gray32Float, f32),
                Stored::F64 => page!(colortype::Gray64Float, f64),
            }
        }
    }
}

fn ways() -> impl Strategy<Value = Way> {
    let axes = prop::sample::select(vec![[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]);
    let sides = (2_usize..40, 2_usize..40, 1_usize..9).prop_map(|(w, h, n)| [w, h, n]);
    let reversed = any::<[bool; 3]>();
    let stored = prop::sample::select(STORED.to_vec());
    (sides, stored, axes, reversed, any::<[bool; 3]>()).prop_map(|(sides, stored, axes, reversed, flags)| {
        Way {
            sides,
            stored,
            is_big: flags[0],
            axes,
            // Across and down both backwards is how ITK writes an upright picture.
            reversed: if reversed[0] && reversed[1] { [false, false, reversed[2]] } else { reversed },
            is_compressed: flags[1],
            is_second: flags[2],
        }
    })
}

fn assert_opens(bytes: &[u8], name: &str, way: &Way) {
    let opened = open_bytes(bytes, Path::new(name)).unwrap_or_else(|error| panic!("{way:?}: {error}"));
    let found: Vec<GreyImage> = opened.document.pages.iter().map(|page| page.scan.image.clone()).collect();
    assert_eq!(found.len(), way.sides[2], "{way:?}: {:?}", opened.warnings);
    for (k, (found, truth)) in found.iter().zip(way.truth()).enumerate() {
        assert_eq!((found.width, found.height), (truth.width, truth.height), "{way:?}");
        assert_eq!(found.pixels, truth.pixels, "{name}: B-scan {k} of {way:?}: {:?}", opened.warnings);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_nifti_shows_the_picture(way in ways()) {
        assert_opens(&way.nifti(), if way.is_compressed { "a.nii.gz" } else { "a.nii" }, &way);
        // The content tells, not the name.
        assert_opens(&way.nifti(), "IM0001", &way);
    }

    #[test]
    fn every_metaimage_shows_the_picture(way in ways()) {
        assert_opens(&way.metaimage(), "a.mha", &way);
    }

    #[test]
    fn every_tiff_shows_the_picture(way in ways()) {
        assert_opens(&way.tiff(), "a.tif", &way);
    }
}
