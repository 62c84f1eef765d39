//! Text of a repository as Markdown that says just that.
//!
//! Invariant: what comes out holds no link, mention, reference, image, element or formatting that the text wished for,
//! and breaks no table. Words that could mean something to a reader of Markdown are written as code, where GitHub and
//! GitLab take everything as it is. Absent on purpose: escaping by backslashes, which does not stop a mention.

use crate::report::escape::safe;
use crate::report::sentence::lead;
use crate::words;

/// Characters of one piece of text; what is longer is cut, since a comment has a limit.
const TEXT_CHARS: usize = 400;

/// Characters of the rest of a long reason, which names what it rests on.
const LONG_CHARS: usize = 1_200;

/// A sentence. What stands between backquotes stays code.
pub fn text(sentence: &str) -> String {
    plain(&shortened(sentence, TEXT_CHARS))
}

/// A reason: what it says first, and the rest of a long one for whom opens it.
pub fn reason(sentence: &str) -> String {
    match lead(sentence) {
        (all, None) => plain(&shortened(all, LONG_CHARS)),
        (first, Some(rest)) => {
            let [first, rest] = [first, rest].map(|part| plain(&shortened(part, LONG_CHARS)));
            format!("{first}<details><summary>more</summary>{rest}</details>")
        }
    }
}

fn plain(sentence: &str) -> String {
    let mut out = String::with_capacity(sentence.len() + 16);
    for (at, part) in sentence.split('`').enumerate() {
        if at % 2 == 1 {
            out.push_str(&code(part));
        } else {
            out.push_str(&words(part));
        }
    }
    out
}

/// Text outside of backquotes, word by word.
fn words(part: &str) -> String {
    part.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A word as it is, or as code between the punctuation around it.
fn word(word: &str) -> String {
    if is_plain(word) {
        return word.to_owned();
    }
    let mut core = word.trim_start_matches('(').trim_end_matches([',', '.', ';', ':']);
    if core.matches(')').count() > core.matches('(').count() {
        core = core.trim_end_matches(')');
    }
    let at = word.find(core).unwrap_or(0);
    if core.is_empty() { code(word) } else { format!("{}{}{}", &word[..at], code(core), &word[at + core.len()..]) }
}

/// Whether a word means nothing else to Markdown, GitHub or GitLab.
fn is_plain(word: &str) -> bool {
    let bare = word.trim_end_matches([':', ',', '.', ';']);
    let is_commit = bare.len() >= 7 && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_reference = bare.to_ascii_uppercase().starts_with("GH-") || bare.to_ascii_lowercase().starts_with("www.");
    let allowed = |char: char| char.is_alphanumeric() || " ,.;'()%!?-…".contains(char);
    bare.chars().all(allowed) && !is_commit && !is_reference
}

/// A code span.
pub fn code(content: &str) -> String {
    let content = shortened(content, TEXT_CHARS).replace("\\|", "\\\\x7c").replace('|', "\\|");
    if content.is_empty() {
        return String::new();
    }
    let longest = content.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if content.starts_with(['`', ' ']) || content.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{content}{pad}{fence}")
}

/// A fenced block of one line, whole, to be copied.
pub fn block(language: &str, line: &str) -> String {
    let line = safe(line).replace(['\t', '\n'], " ");
    let longest = line.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{line}\n{fence}\n")
}

fn shortened(text: &str, most: usize) -> String {
    words::shortened(&safe(text).replace('\t', " "), most).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sentences_keep_their_words_and_names_become_code() {
        assert_eq!(text("1 of 3 symbols is still defined; see `a.b`."), "1 of 3 symbols is still defined; see `a.b`.");
        assert_eq!(text("ask @octocat about #12, GH-12"), "ask `@octocat` about `#12`, `GH-12`");
        assert_eq!(text("[x](y) <b> a_b https://e.org www.e.org"), "`[x](y)` `<b>` `a_b` `https://e.org` `www.e.org`");
        assert_eq!(text("(a/b.py:1-2, c_d);"), "(`a/b.py:1-2`, `c_d`);");
        assert_eq!(text("fixed in 2295b457, 12 lines"), "fixed in `2295b457`, 12 lines");
    }

    #[test]
    fn a_code_span_ends_where_it_should() {
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a|b\\|c"), "`a\\|b\\\\x7cc`");
        assert_eq!(code("a\nb"), "`a\\nb`");
        assert_eq!(code(""), "");
    }

    proptest! {
        /// Outside of code spans nothing is left that Markdown could take for its own.
        #[test]
        fn whatever_is_said_stays_text(sentence in "[a-z`@#<>\\[\\]()!|*_~$&:/\\\\ \n.-]{0,60}") {
            let mut rest = text(&sentence);
            while let Some(at) = rest.find('`') {
                let fence = rest[at..].chars().take_while(|c| *c == '`').count();
                let (plain, after) = (rest[..at].to_owned(), rest[at + fence..].to_owned());
                prop_assert!(!plain.contains(['@', '#', '<', '>', '[', ']', '|', '*', '_', '~', '$', '&', '/', '\\', '\n']));
                let end = closing(&after, fence);
                prop_assert!(end.is_some(), "an open code span in {:?} of {:?}", rest, sentence);
                rest = after[end.unwrap() + fence..].to_owned();
            }
            prop_assert!(!rest.contains(['@', '#', '<', '>', '[', ']', '|', '*', '_', '~', '$', '&', '/', '\\', '\n']));
        }
    }

    /// Where a run of exactly so many backquotes begins.
    fn closing(text: &str, fence: usize) -> Option<usize> {
        let mut at = 0;
        while let Some(next) = text[at..].find('`') {
            let run = text[at + next..].chars().take_while(|c| *c == '`').count();
            if run == fence {
                return Some(at + next);
            }
            at += next + run;
        }
        None
    }
}
