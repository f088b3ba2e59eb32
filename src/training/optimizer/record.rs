//! The moments as a file: burn's own format, by the names that burn's AdamW gives them, so that a run goes on whichever
//! of the two wrote it.

use std::collections::BTreeMap;

use burn::store::RecordError;
use burn::tensor::{Bytes, DType, TensorData};
use burn_pack::{Reader, Scalar, Writer};

use super::group::Group;

/// Behind a weight's number: its moments, its steps, and how many dimensions it has.
const MOMENTS: [&str; 2] = [".momentum.moment_1", ".momentum.moment_2"];
const STEPS: &str = ".momentum.time";
const RANK: &str = ".__rank";

/// What is known of a weight.
pub(super) struct Known {
    pub shape: Vec<usize>,
    pub steps: usize,
    pub values: [Vec<f32>; 2],
}

/// A moment's shape and numbers.
type Moment = (Vec<usize>, Vec<f32>);

/// Packs the moments of all groups.
///
/// # Errors
/// If they cannot be read from their device or packed.
pub(super) fn write(groups: &[Group]) -> Result<Bytes, RecordError> {
    let mut tensors = Vec::new();
    for group in groups {
        for (name, moments) in MOMENTS.iter().zip(&group.moments) {
            let values: Vec<f32> =
                moments.clone().try_into_vec_as().map_err(|error| RecordError::Io(error.to_string()))?;
            for place in &group.places {
                let own = values[place.start..place.start + place.len()].to_vec();
                let (name, shape) = (format!("{}{name}", place.id), place.shape.clone());
                let bytes = Bytes::from_elems(own);
                tensors.push(burn_pack::Tensor::new(name, DType::F32, shape, Some(place.id), bytes));
            }
        }
    }
    let mut writer = Writer::new(tensors);
    for group in groups {
        for place in &group.places {
            let id = place.id;
            writer = writer
                .with_scalar(&format!("{id}{STEPS}"), Scalar::from(group.steps))
                .with_scalar(&format!("{id}{RANK}"), Scalar::from(place.shape.len()))
                .with_metadata(&id.to_string(), &place.path);
        }
    }
    Ok(writer.into_bytes()?)
}

/// The moments of a file by the weights' numbers.
///
/// # Errors
/// If it is damaged or lacks a part of them.
pub(super) fn read(bytes: Bytes) -> Result<BTreeMap<u64, Known>, RecordError> {
    let reader = Reader::from_bytes(bytes)?;
    let scalars = reader.scalars().clone();
    let mut found: BTreeMap<u64, [Option<Moment>; 2]> = BTreeMap::new();
    for tensor in reader.into_tensors()? {
        let (name, dtype, shape, _, bytes) = tensor.into_parts()?;
        let (id, index) =
            named(&name).ok_or_else(|| invalid(format!("it holds {name}, which is no moment")))?;
        let shape = shape.to_vec();
        let values = TensorData::from_bytes(bytes, shape.clone(), dtype);
        let values = values.try_to_vec::<f32>().map_err(|_| invalid(format!("{name} is {dtype:?}")))?;
        found.entry(id).or_default()[index] = Some((shape, values));
    }
    found
        .into_iter()
        .map(|(id, moments)| {
            let steps = scalars.get(&format!("{id}{STEPS}"));
            let steps = steps.and_then(|&steps| usize::try_from(steps).ok());
            match (moments, steps) {
                ([Some((shape, first)), Some((other, second))], Some(steps)) if shape == other => {
                    Ok((id, Known { shape, steps, values: [first, second] }))
                }
                _ => Err(invalid(format!("the moments of weight {id} are not whole"))),
            }
        })
        .collect()
}

/// A weight's number, and which of its moments a name says.
fn named(name: &str) -> Option<(u64, usize)> {
    MOMENTS.iter().enumerate().find_map(|(index, moment)| {
        let id = name.strip_suffix(moment)?.parse().ok()?;
        Some((id, index))
    })
}

fn invalid(reason: String) -> RecordError {
    RecordError::Validation(reason)
}
