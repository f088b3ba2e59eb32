//! Features of pictures that were made elsewhere: one array of `[pictures, features]`, as numpy (`.npy`) or safetensors
//! write it.
//!
//! What a header claims is held against the bytes that are there before anything of that size is made.

use half::f16;
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::FormatError;

/// What a file of numpy begins with.
const NPY_MAGIC: &[u8] = b"\x93NUMPY";
/// What a zip begins with: `.npz`, and what torch saves.
const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
/// The array that is taken where a file of tensors holds several.
const TENSOR_NAME: &str = "features";
/// Names in a message; the rest is counted.
const MAX_NAMED: usize = 5;

const COPY_AGAIN: &str = "the file is damaged or cut off: save the features again";
const SAVE_AS: &str =
    "save one array of [pictures, features] in 32 bits, as numpy.save(file, features.astype('<f4')) does";

/// Features of a set of pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureArray {
    /// How many pictures.
    pub count: usize,
    /// Features of each.
    pub dimension: usize,
    /// One row a picture.
    pub values: Vec<f64>,
}

/// Reads an array of 16, 32 or 64 bit floating-point numbers; further axes of one number, as those of a pooled map,
/// are left out. `name` is the file's name for messages.
///
/// # Errors
/// If the bytes are no such file, or do not hold what their header says.
pub fn read(bytes: &[u8], name: &str) -> Result<FeatureArray, FormatError> {
    if bytes.starts_with(NPY_MAGIC) {
        return read_npy(bytes, name);
    }
    if bytes.starts_with(ZIP_MAGIC) {
        let problem = "this is an archive, such as .npz or what torch.save writes";
        return Err(FormatError::malformed(name, "the first bytes", problem, SAVE_AS));
    }
    read_safetensors(bytes, name)
}

fn read_npy(bytes: &[u8], name: &str) -> Result<FeatureArray, FormatError> {
    let cut_off = || FormatError::malformed(name, "the header", "the file ends within it", COPY_AGAIN);
    let version = *bytes.get(NPY_MAGIC.len()).ok_or_else(cut_off)?;
    // Two bytes of version, then the length of the header in two bytes or, since version 2, in four.
    let (length, start) = match (version, bytes.get(8..10), bytes.get(8..12)) {
        (1, Some(&[a, b]), _) => (usize::from(u16::from_le_bytes([a, b])), 10),
        (2 | 3, _, Some(&[a, b, c, d])) => (u32::from_le_bytes([a, b, c, d]) as usize, 12),
        (1..=3, ..) => return Err(cut_off()),
        _ => {
            let problem = format!("version {version} of numpy's format, versions 1 to 3 are read");
            return Err(FormatError::malformed(name, "the header", problem, SAVE_AS));
        }
    };
    let end = length.saturating_add(start);
    let header = String::from_utf8_lossy(bytes.get(start..end).ok_or_else(cut_off)?);
    let head = Head::parse(&header)
        .ok_or_else(|| FormatError::malformed(name, "the header", "it does not say its shape", COPY_AGAIN))?;
    let width = match head.kind {
        "<f2" => 2,
        "<f4" => 4,
        "<f8" => 8,
        other => {
            let problem = format!("numbers of the type {other:?}, not floating-point ones");
            return Err(FormatError::malformed(name, "the header", problem, SAVE_AS));
        }
    };
    let numbers = Numbers { shape: &head.shape, width, bytes: &bytes[end..], by_columns: head.by_columns };
    numbers.array(name, "the array")
}

/// What the header of a file of numpy says.
struct Head<'a> {
    kind: &'a str,
    by_columns: bool,
    shape: Vec<usize>,
}

impl<'a> Head<'a> {
    /// From a dictionary as Python writes it: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
    fn parse(header: &'a str) -> Option<Self> {
        let value = |key: &str| header.split_once(key).map(|(_, rest)| rest.trim_start());
        let kind = value("'descr':")?.strip_prefix('\'')?.split_once('\'')?.0;
        let by_columns = value("'fortran_order':")?.starts_with("True");
        let shape = value("'shape':")?.strip_prefix('(')?.split_once(')')?.0;
        let sides = shape.split(',').map(str::trim).filter(|side| !side.is_empty());
        let shape = sides.map(|side| side.parse().ok()).collect::<Option<Vec<usize>>>()?;
        Some(Self { kind, by_columns, shape })
    }
}

fn read_safetensors(bytes: &[u8], name: &str) -> Result<FeatureArray, FormatError> {
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| {
        let problem = format!("this is neither numpy's format nor safetensors ({error})");
        FormatError::malformed(name, "the first bytes", problem, SAVE_AS)
    })?;
    let mut names = tensors.names();
    names.sort_unstable();
    let chosen = match names.as_slice() {
        [only] => *only,
        several if several.contains(&TENSOR_NAME) => TENSOR_NAME,
        several => {
            let first = several[..several.len().min(MAX_NAMED)].join(", ");
            let problem =
                format!("it holds {} arrays ({first} ..), as a file of weights does", several.len());
            let remedy =
                format!("call the one with the features `{TENSOR_NAME}`, or name a network with --network");
            return Err(FormatError::malformed(name, "the header", problem, remedy));
        }
    };
    let place = format!("the array `{chosen}`");
    let view = tensors
        .tensor(chosen)
        .map_err(|error| FormatError::malformed(name, place.as_str(), error.to_string(), COPY_AGAIN))?;
    let width = match view.dtype() {
        Dtype::F16 => 2,
        Dtype::F32 => 4,
        Dtype::F64 => 8,
        other => {
            let problem = format!("numbers of the type {other:?}, not floating-point ones");
            return Err(FormatError::malformed(name, place, problem, SAVE_AS));
        }
    };
    let numbers = Numbers { shape: view.shape(), width, bytes: view.data(), by_columns: false };
    numbers.array(name, &place)
}

/// Numbers as a file holds them.
struct Numbers<'a> {
    shape: &'a [usize],
    /// Bytes of a number.
    width: usize,
    bytes: &'a [u8],
    /// Whether they go down the columns first, as Fortran has them.
    by_columns: bool,
}

impl Numbers<'_> {
    fn array(&self, name: &str, place: &str) -> Result<FeatureArray, FormatError> {
        let refuse = |problem: String, remedy: &str| FormatError::malformed(name, place, problem, remedy);
        let Some([count, dimension]) = sides(self.shape) else {
            return Err(refuse(format!("its shape is {:?}", self.shape), SAVE_AS));
        };
        let wanted = count.checked_mul(dimension).and_then(|numbers| numbers.checked_mul(self.width));
        if wanted != Some(self.bytes.len()) {
            let (width, found) = (self.width, self.bytes.len());
            let problem =
                format!("{count} x {dimension} numbers of {width} bytes where {found} bytes follow");
            return Err(refuse(problem, COPY_AGAIN));
        }
        let place_of = |index: usize| match self.by_columns {
            true => index % dimension * count + index / dimension,
            false => index,
        };
        let value = |index: usize| number(&self.bytes[place_of(index) * self.width..][..self.width]);
        Ok(FeatureArray { count, dimension, values: (0..count * dimension).map(value).collect() })
    }
}

/// Pictures and features of an array of that shape.
fn sides(shape: &[usize]) -> Option<[usize; 2]> {
    let [count, dimension, ones @ ..] = shape else { return None };
    (*dimension > 0 && ones.iter().all(|&side| side == 1)).then_some([*count, *dimension])
}

/// A little-endian number of 2, 4 or 8 bytes.
fn number(bytes: &[u8]) -> f64 {
    match *bytes {
        [a, b] => f16::from_le_bytes([a, b]).to_f64(),
        [a, b, c, d] => f64::from(f32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::tensor::TensorView;

    fn npy(version: u8, header: &str, numbers: &[u8]) -> Vec<u8> {
        let mut bytes = [NPY_MAGIC, &[version, 0]].concat();
        match version {
            1 => bytes.extend((header.len() as u16).to_le_bytes()),
            _ => bytes.extend((header.len() as u32).to_le_bytes()),
        }
        bytes.extend(header.bytes());
        bytes.extend(numbers);
        bytes
    }

    fn f32s(numbers: &[f32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    const HEADER: &str = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }          \n";
    const ROWS: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.5];

    #[test]
    fn arrays_are_read_as_numpy_and_safetensors_write_them() {
        let expected =
            FeatureArray { count: 2, dimension: 3, values: ROWS.iter().map(|&v| f64::from(v)).collect() };
        assert_eq!(read(&npy(1, HEADER, &f32s(&ROWS)), "a").unwrap(), expected);
        assert_eq!(read(&npy(2, HEADER, &f32s(&ROWS)), "a").unwrap(), expected);
        let by_columns = HEADER.replace("False", "True");
        let turned = f32s(&[1.0, 4.0, 2.0, 5.0, 3.0, 6.5]);
        assert_eq!(read(&npy(1, &by_columns, &turned), "a").unwrap(), expected);
        let doubles: Vec<u8> = ROWS.iter().flat_map(|&v| f64::from(v).to_le_bytes()).collect();
        let pooled = HEADER.replace("<f4", "<f8").replace("(2, 3)", "(2, 3, 1, 1)");
        assert_eq!(read(&npy(1, &pooled, &doubles), "a").unwrap(), expected);
        let halves: Vec<u8> = ROWS.iter().flat_map(|&v| f16::from_f32(v).to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F16, vec![2, 3], &halves).unwrap();
        let other = TensorView::new(Dtype::F16, vec![6], &halves).unwrap();
        let one = safetensors::serialize([("anything", view.clone())], None).unwrap();
        assert_eq!(read(&one, "a").unwrap(), expected);
        let two = safetensors::serialize([("features", view), ("other", other)], None).unwrap();
        assert_eq!(read(&two, "a").unwrap(), expected);
    }

    #[test]
    fn what_is_no_array_of_features_is_refused_with_place_and_remedy() {
        let refused = |bytes: &[u8]| read(bytes, "a.npy").unwrap_err().to_string();
        let with = |from: &str, to: &str| refused(&npy(1, &HEADER.replace(from, to), &f32s(&ROWS)));
        let whole = npy(1, HEADER, &f32s(&ROWS));
        for length in 0..whole.len() {
            let said = refused(&whole[..length]);
            assert!(said.starts_with("a.npy: the ") && said.contains("; "), "{length}: {said}");
        }
        assert!(refused(&[&whole[..], &[0]].concat()).contains("where 25 bytes follow"));
        for lie in
            ["(18446744073709551615, 18446744073709551615)", "(4611686018427387904, 4)", "(2000000000, 3)"]
        {
            assert!(with("(2, 3)", lie).contains("where 24 bytes follow"), "{lie}");
        }
        for odd in ["(6,)", "(2, 3, 2)", "()", "(0, 0)"] {
            assert!(with("(2, 3)", odd).contains("its shape is"), "{odd}");
        }
        for unread in ["(2, -3)", "(2, 99999999999999999999)", "[2, 3]"] {
            assert!(with("(2, 3)", unread).contains("does not say its shape"), "{unread}");
        }
        assert!(with("<f4", ">f4").contains("type \">f4\"") && with("<f4", "|O").contains("astype"));
        assert!(refused(&npy(9, HEADER, &f32s(&ROWS))).contains("version 9"));
        assert!(refused(b"PK\x03\x04archive").contains("archive"));
        let rows = f32s(&ROWS);
        let rows = rows.as_slice();
        let view = |shape: Vec<usize>| TensorView::new(Dtype::F32, shape, rows).unwrap();
        let pair = [("a", view(vec![2, 3])), ("b", view(vec![2, 3]))];
        assert!(refused(&safetensors::serialize(pair, None).unwrap()).contains("it holds 2 arrays (a, b"));
        let flat = safetensors::serialize([("a", view(vec![6]))], None).unwrap();
        assert!(refused(&flat).contains("the array `a`: its shape is [6]"));
    }
}
