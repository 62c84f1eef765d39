//! Mojibake: UTF-8 that was once read in a code page, put right.
//!
//! `✅` written as UTF-8 and read as Windows-1252 is `âœ…`, as code page 437 `Γ£à`. A run of characters that, taken
//! back to bytes of one page, is UTF-8 again was such a text. Invariant: text that is not mojibake comes back as it is;
//! plain ASCII is never touched. Absent on purpose: text that went through two pages.

use std::borrow::Cow;

/// Windows-1252 from 0x80 to 0x9F; the five bytes that it leaves undefined stand for themselves.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Code page 437 from 0x80.
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The text with every run of mojibake put right.
pub fn repair(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| !c.is_ascii()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len());
        let run = &rest[..end];
        match repaired(run) {
            Some(right) => out.push_str(&right),
            None => out.push_str(run),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn repaired(run: &str) -> Option<String> {
    [windows_1252, code_page_437].into_iter().find_map(|page: fn(char) -> Option<u8>| {
        let bytes: Vec<u8> = run.chars().map(page).collect::<Option<_>>()?;
        String::from_utf8(bytes).ok()
    })
}

fn windows_1252(char: char) -> Option<u8> {
    if let Some(at) = WINDOWS_1252.iter().position(|&it| it == char) {
        return Some(0x80 + at as u8);
    }
    matches!(char as u32, 0xA0..=0xFF).then_some(char as u32 as u8)
}

fn code_page_437(char: char) -> Option<u8> {
    let at = CODE_PAGE_437.chars().position(|it| it == char)?;
    Some(0x80 + at as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_in_a_code_page_is_put_right() {
        for (broken, right) in [
            ("âœ… done", "✅ done"),
            ("Γ£à done", "✅ done"),
            ("478 â†’ 36", "478 → 36"),
            ("ðŸŽ¯ aim", "🎯 aim"),
            ("a â€“ b", "a – b"),
        ] {
            assert_eq!(repair(broken), right);
        }
    }

    #[test]
    fn what_is_right_stays() {
        for text in ["plain", "✅ done", "café, naïve", "Größe → 3", "日本語", "é"] {
            assert_eq!(repair(text), text);
        }
    }
}
