//! The XMP packet that marks a picture as synthetic for machines (ISO 16684-1; IPTC Photo Metadata 2025, "Digital
//! Source Type").

use crate::formats::markup::escaped;

/// Keyword of a PNG's iTXt chunk with an XMP packet (XMP specification, part 3, 1.1.5).
pub const XMP_KEYWORD: &str = "XML:com.adobe.xmp";

/// Terms of the vocabulary `http://cv.iptc.org/newscodes/digitalsourcetype/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitalSource {
    /// Made by a model that was trained on samples.
    TrainedAlgorithmic,
    /// Made by such a model from a recorded picture.
    CompositeWithTrainedAlgorithmic,
    /// Made by an algorithm that was not trained.
    Algorithmic,
}

impl DigitalSource {
    /// The term.
    pub fn term(self) -> &'static str {
        match self {
            DigitalSource::TrainedAlgorithmic => "trainedAlgorithmicMedia",
            DigitalSource::CompositeWithTrainedAlgorithmic => "compositeWithTrainedAlgorithmicMedia",
            DigitalSource::Algorithmic => "algorithmicMedia",
        }
    }
}

/// Where the terms of the vocabulary begin.
const VOCABULARY: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/";

/// Whether an XMP packet among the bytes of a file marks it as made by an algorithm, trained or not. Packets stand as
/// they are in every format, so that they are found by whoever does not know it (ISO 16684-1, 7.3.2).
pub fn is_marked_synthetic(bytes: &[u8]) -> bool {
    let terms = [
        DigitalSource::TrainedAlgorithmic,
        DigitalSource::CompositeWithTrainedAlgorithmic,
        DigitalSource::Algorithmic,
    ];
    let start = VOCABULARY.as_bytes();
    bytes.windows(start.len()).enumerate().filter(|(_, window)| *window == start).any(|(at, _)| {
        let behind = &bytes[at + start.len()..];
        terms.iter().any(|source| behind.starts_with(source.term().as_bytes()))
    })
}

/// A packet that says how a picture came about. The same arguments give the same bytes.
pub fn xmp_packet(source: DigitalSource, software: &str) -> String {
    let software = escaped(software);
    let term = source.term();
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\"\n  \
         xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"\n  \
         xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"\n  \
         xmp:CreatorTool=\"{software}\"\n  \
         Iptc4xmpExt:DigitalSourceType=\"{VOCABULARY}{term}\"/>\n\
         </rdf:RDF>\n\
         </x:xmpmeta>\n\
         <?xpacket end=\"r\"?>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packet_is_xml_with_the_term() {
        let packet = xmp_packet(DigitalSource::TrainedAlgorithmic, "a \"b\" <c> & d");
        let mut reader = quick_xml::Reader::from_str(&packet);
        let mut found = Vec::new();
        loop {
            match reader.read_event().expect("well-formed") {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Empty(element) => {
                    for attribute in element.attributes() {
                        let attribute = attribute.expect("an attribute");
                        found.push(attribute.key.as_ref().to_owned());
                        found.push(attribute.value.to_string());
                    }
                }
                _ => {}
            }
        }
        let at = found.iter().position(|key| key == "Iptc4xmpExt:DigitalSourceType").expect("the property");
        let wanted = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
        assert_eq!(found[at + 1], wanted);
        assert!(is_marked_synthetic(packet.as_bytes()));
        assert!(!is_marked_synthetic(packet.replace("trainedAlgorithmicMedia", "digitalCapture").as_bytes()));
    }
}
