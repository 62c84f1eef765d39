//! Bytes to text.
//!
//! UTF-8 is text as it stands (a byte order mark stays, so that offsets are those of the file). UTF-16 with a byte
//! order mark is converted; offsets are then those of the converted text. Anything else with a NUL byte is binary, as
//! git decides it. Invariant: nothing is replaced in silence; bytes that are not text are told apart.

/// Bytes, as far as they are text.
#[derive(Debug)]
pub enum Text {
    Utf8(String),
    /// Converted from UTF-16.
    Converted(String),
    Binary(Vec<u8>),
    /// Not UTF-8, with the reason.
    Invalid(Vec<u8>, String),
}

impl Text {
    /// What of the bytes is text, with `\u{FFFD}` for the rest.
    pub fn into_lossy(self) -> String {
        match self {
            Text::Utf8(text) | Text::Converted(text) => text,
            Text::Binary(bytes) | Text::Invalid(bytes, _) => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

/// Byte order marks of UTF-16.
const LITTLE_ENDIAN: &[u8] = &[0xFF, 0xFE];
const BIG_ENDIAN: &[u8] = &[0xFE, 0xFF];

/// git looks for a NUL in this many bytes.
const BINARY_WINDOW: usize = 8_000;

pub fn decode(bytes: Vec<u8>) -> Text {
    match bytes.get(..2) {
        Some(LITTLE_ENDIAN) => return convert(bytes, u16::from_le_bytes),
        Some(BIG_ENDIAN) => return convert(bytes, u16::from_be_bytes),
        _ => {}
    }
    if memchr::memchr(0, &bytes[..bytes.len().min(BINARY_WINDOW)]).is_some() {
        return Text::Binary(bytes);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Text::Utf8(text),
        Err(error) => {
            let why = format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to());
            Text::Invalid(error.into_bytes(), why)
        }
    }
}

/// Whether a byte order mark says that the text is UTF-16.
pub fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes.get(..2), Some(LITTLE_ENDIAN | BIG_ENDIAN))
}

fn convert(bytes: Vec<u8>, join: fn([u8; 2]) -> u16) -> Text {
    let units = bytes[2..].chunks_exact(2).map(|pair| join([pair[0], pair[1]]));
    match char::decode_utf16(units).collect::<Result<String, _>>() {
        Ok(text) if bytes.len().is_multiple_of(2) => Text::Converted(text),
        _ => Text::Binary(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        assert!(matches!(decode(b"\xEF\xBB\xBFx = 1".to_vec()), Text::Utf8(text) if text.starts_with('\u{feff}')));
        assert!(matches!(decode(b"\xFF\xFEa\0b\0".to_vec()), Text::Converted(text) if text == "ab"));
        assert!(matches!(decode(b"\xFE\xFF\0a".to_vec()), Text::Converted(text) if text == "a"));
        assert!(matches!(decode(b"a\0b".to_vec()), Text::Binary(_)));
        assert!(matches!(decode(b"caf\xE9".to_vec()), Text::Invalid(_, why) if why == "not UTF-8 at byte 3"));
        assert!(matches!(decode(b"\xFF\xFEa".to_vec()), Text::Binary(_)));
    }
}
