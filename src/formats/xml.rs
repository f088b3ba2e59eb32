//! XML as instruments write it: text of leaves by their place, without entities of the file's own.
//!
//! An XML file can define entities that grow when they are used ("billion laughs"), or that name other files.
//! No export needs them, so a file with a document type is refused.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::FormatError;

/// Elements inside elements; exports nest about ten deep.
const MAX_DEPTH: usize = 64;
const REMEDY: &str = "the file is damaged or cut off: export it again";
const ENTITIES: [(&str, &str); 5] = [("amp", "&"), ("lt", "<"), ("gt", ">"), ("quot", "\""), ("apos", "'")];

/// What a visitor is told of an element.
pub enum XmlVisit<'a> {
    /// An element begins.
    Start,
    /// The element is over; its own text, trimmed.
    End(&'a str),
}

/// The text of an XML file: UTF-8 or UTF-16 by its byte order mark, else UTF-8, else Latin-1. Everything that
/// is looked for is ASCII.
pub fn decode(bytes: &[u8]) -> String {
    let sixteen = |read: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units = bytes.as_chunks::<2>().0.iter().map(|pair| read(*pair));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => sixteen(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => sixteen(u16::from_be_bytes, rest),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
        },
    }
}

/// The name of the first element, without its namespace, if the bytes begin like XML.
pub fn root_name(bytes: &[u8]) -> Option<String> {
    // A byte order mark, a declaration and comments come first; a header of this length holds them.
    let mut end = bytes.len().min(4096);
    while end > 0 && end < bytes.len() && bytes[end] & 0xc0 == 0x80 {
        end -= 1;
    }
    let text = decode(&bytes[..end]);
    if !text.trim_start().starts_with('<') {
        return None;
    }
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => return Some(local(start.local_name().as_ref())),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// Visits every element with the local names of those it lies in, itself last.
///
/// # Errors
/// Where the text is no XML, nests too deep, or has a document type or an unknown entity.
pub fn visit(
    text: &str,
    name: &str,
    visitor: &mut dyn FnMut(&[String], XmlVisit),
) -> Result<(), FormatError> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut texts: Vec<String> = Vec::new();
    loop {
        let at = reader.buffer_position();
        let refuse = |problem: String| FormatError::malformed(name, format!("byte {at}"), problem, REMEDY);
        match reader.read_event().map_err(|error| refuse(error.to_string()))? {
            Event::Start(start) => {
                if path.len() >= MAX_DEPTH {
                    return Err(refuse(format!("elements nest deeper than {MAX_DEPTH}")));
                }
                path.push(local(start.local_name().as_ref()));
                texts.push(String::new());
                visitor(&path, XmlVisit::Start);
            }
            Event::Empty(start) => {
                path.push(local(start.local_name().as_ref()));
                visitor(&path, XmlVisit::Start);
                visitor(&path, XmlVisit::End(""));
                path.pop();
            }
            Event::End(_) => {
                let text = texts.pop().unwrap_or_default();
                visitor(&path, XmlVisit::End(text.trim()));
                path.pop();
            }
            Event::Text(part) => push(&mut texts, &part.into_inner()),
            Event::CData(part) => push(&mut texts, &part.into_inner()),
            Event::GeneralRef(entity) => push(&mut texts, &resolve(&entity).map_err(refuse)?),
            Event::DocType(_) => {
                return Err(refuse("it has a document type, which may define entities".to_owned()));
            }
            Event::Eof if path.is_empty() => return Ok(()),
            Event::Eof => return Err(refuse(format!("the file ends inside <{}>", path.join("><")))),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn local(name: &str) -> String {
    name.to_owned()
}

fn push(texts: &mut [String], part: &str) {
    if let Some(text) = texts.last_mut() {
        text.push_str(part);
    }
}

fn resolve(entity: &BytesRef) -> Result<String, String> {
    if let Some(char) = entity.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(char.to_string());
    }
    let named = entity.borrow().into_inner();
    let known = ENTITIES.iter().find(|(name, _)| *name == named);
    known.map(|(_, text)| (*text).to_owned()).ok_or_else(|| format!("the entity &{named}; is not known"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(text: &str) -> Result<Vec<(String, String)>, String> {
        let mut leaves = Vec::new();
        let visited = visit(text, "a.xml", &mut |path, visit| {
            if let XmlVisit::End(text) = visit {
                leaves.push((path.join("/"), text.to_owned()));
            }
        });
        visited.map(|()| leaves).map_err(|error| error.to_string())
    }

    #[test]
    fn text_comes_with_its_place_and_without_namespace() {
        let found = leaves("<?xml version='1.0'?><a xmlns='u'><x:b>1 &lt; &#50;</x:b><c/></a>").unwrap();
        let expected = [("a/b", "1 < 2"), ("a/c", ""), ("a", "")];
        assert_eq!(found, expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
    }

    #[test]
    fn entities_of_the_files_own_are_refused() {
        let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>";
        assert!(leaves(laughs).unwrap_err().contains("document type"));
        assert!(leaves("<l>&b;</l>").unwrap_err().contains("&b; is not known"));
        assert!(leaves(&"<d>".repeat(200)).unwrap_err().contains("nest deeper"));
        assert!(leaves("<a><b>").unwrap_err().contains("a.xml: byte 6: the file ends inside <a><b>"));
        assert!(leaves("<a></b>").is_err());
    }

    #[test]
    fn every_encoding_of_exports_is_read() {
        let sixteen: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("<HEDX>ü</HEDX>".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(decode(&sixteen), "<HEDX>ü</HEDX>");
        assert_eq!(root_name(&sixteen).as_deref(), Some("HEDX"));
        assert_eq!(decode(b"gr\xfcn"), "grün");
        assert_eq!(root_name(b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<Series>").as_deref(), Some("Series"));
        assert_eq!(root_name(b"no markup"), None);
    }
}
