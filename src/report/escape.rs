//! Escaping: text from a repository made safe to show.
//!
//! Invariant: what [`safe`] returns holds no character that moves the cursor, starts an escape sequence, reverses the
//! direction of text, or is invisible; each is spelled out instead (`\x1b`, `\u{202e}`). Absent on purpose: a way back;
//! machine formats carry the exact text.

use std::borrow::Cow;

/// Text for one line of a terminal. A newline becomes `\n`, a tab stays.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            _ if !is_unsafe(char) => out.push(char),
            _ if (char as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", char as u32)),
            _ => out.push_str(&format!("\\u{{{:x}}}", char as u32)),
        }
    }
    Cow::Owned(out)
}

/// Text inside an element or an attribute of HTML or Markdown.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in safe(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(char),
        }
    }
    out
}

/// A page of HTML in which what is unsafe to show is spelled out. Outside of its texts a page of ours is plain.
pub fn safe_page(page: String) -> String {
    let lines = page.split('\n').map(safe);
    lines.collect::<Vec<_>>().join("\n")
}

/// JSON text in which the characters that are unsafe to show are written `\uXXXX`. It parses to the same value:
/// outside of its strings JSON is plain ASCII, and inside them serde_json has escaped what lies below U+0020.
pub fn safe_json(json: String) -> String {
    let needs_escape = |char: char| is_unsafe(char) && char != '\n';
    if !json.chars().any(needs_escape) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 64);
    for char in json.chars() {
        if needs_escape(char) {
            for unit in char.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(char);
        }
    }
    out
}

fn is_unsafe(char: char) -> bool {
    match char {
        '\t' => false,
        // C0, DEL and C1, which holds a one-character form of "escape ["
        _ if char.is_control() => true,
        // bidirectional controls: text that reads differently from what it is
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        // invisible characters and separators of lines
        '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_escapes_and_direction_changes_are_spelled_out() {
        assert_eq!(safe("plain é \t日本"), "plain é \t日本");
        assert_eq!(safe("\u{1b}[31mred\u{7f}"), "\\x1b[31mred\\x7f");
        assert_eq!(safe("\u{9b}31m"), "\\x9b31m");
        assert_eq!(safe("a\u{202e}b\nc\r"), "a\\u{202e}b\\nc\\r");
    }

    #[test]
    fn escaped_json_parses_to_the_same_value() {
        let value = serde_json::json!({"k": "\u{1b}[0m \u{9b} \u{202e} \u{e0041} é \\ \""});
        let text = safe_json(serde_json::to_string_pretty(&value).unwrap());
        assert!(!text.contains(['\u{9b}', '\u{202e}', '\u{e0041}']), "{text:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
