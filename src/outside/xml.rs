//! XML, read as a flat run of elements.
//!
//! Invariant: entities beyond the five of XML itself are never expanded, so a document cannot grow while it is read;
//! elements nest at most [`super::DEPTH_LIMIT`] deep; text that is not UTF-8 is refused. Absent on purpose: namespaces,
//! whose prefixes are cut off, and validation.

use super::DEPTH_LIMIT;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// One element that begins or ends.
pub enum Element {
    Start { name: String, attributes: Vec<(String, String)> },
    End { name: String },
}

impl Element {
    /// The value of an attribute of an element that begins.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        let Element::Start { attributes, .. } = self else { return None };
        attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Every element in order; an empty one begins and ends.
pub fn read(bytes: &[u8], take: &mut dyn FnMut(Element)) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|why| format!("is not UTF-8: {why}"))?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut depth = 0usize;
    let mut has_root = false;
    loop {
        match reader.read_event().map_err(|why| format!("is not XML: {why}"))? {
            Event::Start(start) => {
                depth += 1;
                if depth > DEPTH_LIMIT {
                    return Err(format!("nests deeper than {DEPTH_LIMIT} elements"));
                }
                has_root = true;
                take(element(&start)?);
            }
            Event::Empty(start) => {
                has_root = true;
                take(element(&start)?);
                take(Element::End { name: local(start.name().as_ref()) });
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                take(Element::End { name: local(end.name().as_ref()) });
            }
            Event::Eof if depth > 0 => return Err("ends in the middle".into()),
            Event::Eof if !has_root => return Err("holds no element".into()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|why| format!("is not XML: {why}"))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|why| format!("is not XML: {why}"))?;
        attributes.push((local(attribute.key.as_ref()), value.into_owned()));
    }
    Ok(Element::Start { name: local(start.name().as_ref()), attributes })
}

/// A name without its prefix.
fn local(name: impl AsRef<[u8]>) -> String {
    let name = String::from_utf8_lossy(name.as_ref()).into_owned();
    name.rsplit(':').next().unwrap_or_default().to_owned()
}
