//! DICOM's run-length coding (PS3.5 annex G): each byte of a sample is a segment of its own, packed bits.

/// Segments that the header of a frame has room for.
const MAX_SEGMENTS: usize = 15;
const HEADER_BYTES: usize = 64;

/// Decodes one frame of `wanted` bytes; samples of `bytes` bytes, little-endian, `samples` of them a pixel.
///
/// # Errors
/// If a segment is missing or cut off, or the frame has another number of segments or bytes than expected.
pub fn decode(part: &[u8], wanted: usize, samples: usize, bytes: usize) -> Result<Vec<u8>, String> {
    let header = part.get(..HEADER_BYTES).ok_or("its run-length header is cut off")?;
    let word =
        |index: usize| u32::from_le_bytes(std::array::from_fn(|byte| header[index * 4 + byte])) as usize;
    let segments = word(0);
    if segments != samples * bytes || segments > MAX_SEGMENTS {
        return Err(format!("{segments} run-length segments where {} were expected", samples * bytes));
    }
    let stride = samples * bytes;
    let mut decoded = vec![0; wanted];
    for segment in 0..segments {
        let start = word(1 + segment);
        let end = if segment + 1 < segments { word(2 + segment) } else { part.len() };
        let packed =
            part.get(start..end).ok_or_else(|| format!("run-length segment {} is cut off", segment + 1))?;
        // The most significant byte comes first.
        let offset = segment / bytes * bytes + (bytes - 1 - segment % bytes);
        unpack(packed, decoded[offset..].iter_mut().step_by(stride))
            .ok_or_else(|| format!("run-length segment {} is too short", segment + 1))?;
    }
    Ok(decoded)
}

/// Unpacks until every target is filled; `None` if the bytes end before.
fn unpack<'a>(mut packed: &[u8], mut targets: impl ExactSizeIterator<Item = &'a mut u8>) -> Option<()> {
    while targets.len() > 0 {
        let (&count, rest) = packed.split_first()?;
        packed = match count {
            0..=127 => {
                let (plain, rest) = rest.split_at_checked(usize::from(count) + 1)?;
                plain.iter().zip(&mut targets).for_each(|(&byte, target)| *target = byte);
                rest
            }
            128 => rest,
            129..=255 => {
                let (&byte, rest) = rest.split_first()?;
                targets.by_ref().take(257 - usize::from(count)).for_each(|target| *target = byte);
                rest
            }
        };
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_sample_are_segments_and_the_most_significant_comes_first() {
        let mut part = vec![0u8; HEADER_BYTES];
        let (high, low): (&[u8], &[u8]) = (&[2, 1, 2, 3], &[254, 9, 128, 0, 0]);
        for (at, value) in [(0, 2), (4, HEADER_BYTES), (8, HEADER_BYTES + high.len())] {
            part[at..at + 4].copy_from_slice(&(value as u32).to_le_bytes());
        }
        part.extend(high);
        part.extend(low);
        assert_eq!(decode(&part, 6, 1, 2).unwrap(), [9, 1, 9, 2, 9, 3]);
        assert!(decode(&part[..part.len() - 4], 6, 1, 2).unwrap_err().contains("segment 2"));
        assert!(decode(&part, 6, 1, 1).unwrap_err().contains("2 run-length segments where 1"));
        assert!(decode(&part[..60], 6, 1, 2).is_err());
    }
}
