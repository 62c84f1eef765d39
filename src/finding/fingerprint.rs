//! The identity of a finding: what it is about, not where its line happens to be.
//!
//! A finding is the same as another one if these are equal:
//!
//! 1. the rule, the symbol, and the kind (`call`, `definition`, …);
//! 2. the path, and the definition around it;
//! 3. the words of the code around it, its [`Identity`]: letters, digits and underscores alone, so that layout, quotes,
//!    commas and parentheses do not count. Of a statement up to four words on either side, of a text up to three, and
//!    never beyond the statement, the comment or the paragraph. A definition, an import and an entry of `__all__` have
//!    none: sorting a list of imports changes nothing;
//! 4. its number among those that are equal in all of this, in the order of the file.
//!
//! So a finding survives moved lines, reformatting and edits around it, and `old(1)` that goes while `old(2)` comes is
//! two findings. A renamed file or definition changes 2; the stage `triage` pairs those. A statement whose own words
//! change is another finding: whoever edits it has looked at it.
//!
//! Invariant: equal inputs give equal fingerprints on every machine; no line number, no clock and no absolute path goes
//! in. Absent on purpose: how the words are found; that is `checks::identity`.

use crate::words::hex;
use std::fmt;

/// What tells a finding from others of its rule, symbol, kind and path.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The qualified name of the definition around it; empty at the top of a file.
    pub inside: String,
    /// The words of the code around it, with one blank between them.
    pub code: String,
    /// Its number among findings that are otherwise the same, from 1.
    pub ordinal: u32,
}

impl Identity {
    /// The identity inside a definition, before the code around it is read.
    pub fn within(inside: Option<&str>) -> Self {
        Self { inside: inside.unwrap_or_default().to_owned(), ..Self::default() }
    }
}

/// 128 bits of BLAKE3 over the parts of a finding's identity, printed as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Each part is hashed with its length, so `["ab", "c"]` and `["a", "bc"]` differ.
    pub fn of(parts: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut short = [0; 16];
        short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(short)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(Fingerprint::of(&["ab", "c"]), Fingerprint::of(&["a", "bc"]));
        assert_eq!(Fingerprint::of(&["ab"]).to_string().len(), 32);
    }
}
