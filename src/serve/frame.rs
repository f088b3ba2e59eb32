//! The envelope of every message: a bounded, versioned header, a JSON head, raw bytes behind it.
//!
//! Sixteen bytes of header, little-endian: magic (4), version (2), zero (2), length of the head (4), of the body (4).
//! A reader checks the header before it allocates, and takes memory only as bytes really come.

use std::io::{self, BufReader, ErrorKind, Read, Write};

use super::limits::{MAX_FRAME_BYTES, MAX_GREETING_BYTES, MAX_HEAD_BYTES};

/// First bytes of every frame.
pub const MAGIC: [u8; 4] = *b"RtDf";
/// Version of header and messages; both ends must have the same.
pub const VERSION: u16 = 1;
const HEADER_BYTES: usize = 16;
/// What is allocated before a byte of a part has come.
const FIRST_BYTES: u64 = 64 << 10;

/// A message as it travels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// JSON.
    pub head: Vec<u8>,
    /// Pixels or a part of a file, as the head says.
    pub body: Vec<u8>,
}

/// Why there is no further frame. Every message says what was found and what helps.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum FrameError {
    /// The stream itself failed.
    #[error("{place}, frame {number}: {source}; the connection is given up and made anew")]
    Io { place: String, number: u64, source: io::Error },
    /// Another program speaks.
    #[error(
        "{place}, frame {number}: it begins with {found:?} where a frame of RetiDiff begins with \"RtDf\"; \
         the command must run `retidiff serve --stdio` and print nothing else"
    )]
    NotOurs { place: String, number: u64, found: String },
    /// A RetiDiff of another version speaks.
    #[error(
        "{place}, frame {number}: it is of version {found}, this program speaks version {VERSION}; install the same \
         RetiDiff on both machines"
    )]
    Version { place: String, number: u64, found: u16 },
    /// The header goes beyond what is allowed.
    #[error(
        "{place}, frame {number}: its header names {head} bytes of message and {body} of data, more than the \
         {MAX_HEAD_BYTES} and {MAX_FRAME_BYTES} that are allowed; nothing of it was read"
    )]
    TooLarge { place: String, number: u64, head: u32, body: u32 },
    /// The stream ends within a frame.
    #[error(
        "{place}, frame {number}: it ends in its {part} after {found} of {wanted} bytes; the connection was cut"
    )]
    Truncated { place: String, number: u64, part: &'static str, found: usize, wanted: usize },
}

/// Reads frames one after another.
pub struct FrameReader<R> {
    source: BufReader<R>,
    /// Whose frames they are, for messages.
    place: String,
    number: u64,
    /// Whether the magic of the next frame was found and taken by [`FrameReader::skip_greeting`].
    is_begun: bool,
}

impl<R: Read> FrameReader<R> {
    /// Of a stream; `place` names it in messages.
    pub fn new(source: R, place: impl Into<String>) -> Self {
        Self { source: BufReader::new(source), place: place.into(), number: 0, is_begun: false }
    }

    /// Passes over what a login shell prints before the first frame.
    ///
    /// # Errors
    /// If no frame begins within the first kilobytes; the message quotes what came instead.
    pub fn skip_greeting(&mut self) -> Result<(), FrameError> {
        let mut passed = Vec::new();
        let mut byte = [0];
        while passed.len() < MAX_GREETING_BYTES {
            match self.source.read(&mut byte) {
                Ok(0) => break,
                Ok(_) => passed.push(byte[0]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.io(error)),
            }
            if passed.ends_with(&MAGIC) {
                self.is_begun = true;
                return Ok(());
            }
        }
        Err(self.not_ours(&passed))
    }

    /// The next frame; `None` where the stream ends between two. `begun` is called once its header is accepted.
    ///
    /// # Errors
    /// If the header is not acceptable or the stream ends within the frame. What follows cannot be read then.
    pub fn next(&mut self, begun: impl FnOnce()) -> Result<Option<Frame>, FrameError> {
        self.number += 1;
        let mut header = [0; HEADER_BYTES];
        let start = if std::mem::take(&mut self.is_begun) { MAGIC.len() } else { 0 };
        header[..start].copy_from_slice(&MAGIC[..start]);
        let found = start + self.fill(&mut header[start..])?;
        if found == 0 {
            return Ok(None);
        }
        let magic = &header[..found.min(MAGIC.len())];
        if *magic != MAGIC[..magic.len()] {
            return Err(self.not_ours(magic));
        }
        if found < HEADER_BYTES {
            return Err(self.truncated("header", found, HEADER_BYTES));
        }
        let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let long =
            |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let (place, number) = (self.place.clone(), self.number);
        if short(4) != VERSION || short(6) != 0 {
            return Err(FrameError::Version { place, number, found: short(4) });
        }
        let (head, body) = (long(8), long(12));
        let whole = HEADER_BYTES as u64 + u64::from(head) + u64::from(body);
        if head > MAX_HEAD_BYTES || whole > MAX_FRAME_BYTES {
            return Err(FrameError::TooLarge { place, number, head, body });
        }
        begun();
        Ok(Some(Frame { head: self.part("message", head)?, body: self.part("data", body)? }))
    }

    fn part(&mut self, part: &'static str, bytes: u32) -> Result<Vec<u8>, FrameError> {
        let mut content = Vec::with_capacity(u64::from(bytes).min(FIRST_BYTES) as usize);
        let read = (&mut self.source).take(u64::from(bytes)).read_to_end(&mut content);
        read.map_err(|error| self.io(error))?;
        match content.len() == bytes as usize {
            true => Ok(content),
            false => Err(self.truncated(part, content.len(), bytes as usize)),
        }
    }

    /// Fills a buffer as far as the stream goes; returns the number of bytes.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, FrameError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.source.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.io(error)),
            }
        }
        Ok(filled)
    }

    fn io(&self, source: io::Error) -> FrameError {
        FrameError::Io { place: self.place.clone(), number: self.number, source }
    }

    fn truncated(&self, part: &'static str, found: usize, wanted: usize) -> FrameError {
        FrameError::Truncated { place: self.place.clone(), number: self.number, part, found, wanted }
    }

    fn not_ours(&self, bytes: &[u8]) -> FrameError {
        let found: String = String::from_utf8_lossy(bytes).chars().take(200).collect();
        FrameError::NotOurs { place: self.place.clone(), number: self.number, found }
    }
}

/// Writes one frame and sends it off.
///
/// # Errors
/// If it is larger than the other end may accept, or cannot be written.
pub fn write_frame(to: &mut impl Write, frame: &Frame) -> io::Result<()> {
    let too_large = || io::Error::new(ErrorKind::InvalidInput, "the message is larger than a frame may be");
    let head = u32::try_from(frame.head.len()).map_err(|_| too_large())?;
    let body = u32::try_from(frame.body.len()).map_err(|_| too_large())?;
    if head > MAX_HEAD_BYTES || HEADER_BYTES as u64 + u64::from(head) + u64::from(body) > MAX_FRAME_BYTES {
        return Err(too_large());
    }
    let mut header = [0; HEADER_BYTES];
    header[..4].copy_from_slice(&MAGIC);
    header[4..6].copy_from_slice(&VERSION.to_le_bytes());
    header[8..12].copy_from_slice(&head.to_le_bytes());
    header[12..].copy_from_slice(&body.to_le_bytes());
    to.write_all(&header)?;
    to.write_all(&frame.head)?;
    to.write_all(&frame.body)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, &Frame { head: b"{}".to_vec(), body: vec![7; 5] }).unwrap();
        write_frame(&mut bytes, &Frame { head: b"[1]".to_vec(), body: Vec::new() }).unwrap();
        bytes
    }

    fn read_all(bytes: &[u8]) -> Result<Vec<Frame>, FrameError> {
        let mut reader = FrameReader::new(bytes, "a test");
        let mut frames = Vec::new();
        while let Some(frame) = reader.next(|| {})? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[test]
    fn frames_come_back_as_they_were_and_every_cut_is_an_error() {
        let bytes = written();
        let frames = read_all(&bytes).unwrap();
        assert_eq!((frames[0].body.as_slice(), frames[1].head.as_slice()), (&[7; 5][..], &b"[1]"[..]));
        let between = HEADER_BYTES + 2 + 5;
        for cut in 1..bytes.len() {
            let outcome = read_all(&bytes[..cut]);
            match cut == between {
                true => assert_eq!(outcome.unwrap().len(), 1),
                false => assert!(matches!(outcome, Err(FrameError::Truncated { .. })), "cut at {cut}"),
            }
        }
    }

    #[test]
    fn a_greeting_is_passed_over_and_other_programs_are_quoted() {
        let mut bytes = b"Welcome to gpu-host!\nLast login: RtD yesterday\n".to_vec();
        bytes.extend(written());
        let mut reader = FrameReader::new(&bytes[..], "gpu-host");
        reader.skip_greeting().unwrap();
        assert_eq!(reader.next(|| {}).unwrap().unwrap().head, b"{}");
        let mut other = FrameReader::new(&b"bash: retidiff: command not found\n"[..], "gpu-host");
        let message = other.skip_greeting().unwrap_err().to_string();
        assert!(message.contains("gpu-host") && message.contains("command not found"), "{message}");
    }

    #[test]
    fn a_header_that_lies_is_refused_before_anything_is_allocated() {
        let mut huge = written();
        huge[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(matches!(read_all(&huge), Err(FrameError::TooLarge { body: u32::MAX, .. })));
        let mut head = written();
        head[8..12].copy_from_slice(&(MAX_HEAD_BYTES + 1).to_le_bytes());
        assert!(matches!(read_all(&head), Err(FrameError::TooLarge { .. })));
        let mut newer = written();
        newer[4] = 9;
        let message = read_all(&newer).unwrap_err().to_string();
        assert!(message.contains("version 9") && message.contains("same RetiDiff"), "{message}");
        assert!(matches!(read_all(b"GET / HTTP/1.1\r\n\r\n"), Err(FrameError::NotOurs { .. })));
        let large = Frame { head: Vec::new(), body: vec![0; MAX_FRAME_BYTES as usize] };
        assert!(write_frame(&mut io::sink(), &large).is_err());
    }
}
