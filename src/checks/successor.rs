//! Successors: which definition a versioned or legacy-named one should have gone for.
//!
//! A name is read as words: `_handle_message_v2_legacy` is the stem `handle message`, version 2, marked legacy.
//! Invariant: a successor stands in the same scope, is of the same kind, has the same stem and the same leading
//! underscores. Absent on purpose: what the bodies do.

/// A name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionedName {
    /// Leading underscores.
    underscores: usize,
    /// Words before the version, lower case, without the marks of legacy.
    stem: Vec<String>,
    /// Words behind the version.
    tail: Vec<String>,
    pub version: Option<u32>,
    pub is_legacy: bool,
    /// One of its words means a version and nothing else.
    is_surely_marked: bool,
}

const LEGACY_WORDS: &[&str] = &["legacy", "old", "deprecated", "obsolete"];

/// Adjectives of second implementations. They count at either end of a name alone: `get_original_price` says what is
/// got, `price_original` which implementation it is.
const VARIANT_WORDS: &[&str] = &[
    "new",
    "unified",
    "enhanced",
    "improved",
    "optimized",
    "refactored",
    "modern",
    "original",
    "temp",
    "tmp",
    "backup",
    "bak",
    "copy",
    "fixed",
    "corrected",
    "consolidated",
    "rewritten",
    "ssot",
    "orig",
];

/// Of these, the ones that mean something else in the name of a function.
const VERB_WORDS: &[&str] = &["copy", "backup", "temp", "tmp", "original", "orig", "fixed"];

/// And those that never do.
const SURE_WORDS: &[&str] = &["unified", "enhanced", "improved", "optimized", "refactored", "modern", "rewritten"];

/// Marks that tell a version in any name, behind an adjective or not.
const SURE_MARKS: &[&str] = &["legacy", "deprecated", "consolidated", "ssot"];

/// What the versions of one thing have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lineage {
    /// The words of the name without version and adjectives.
    pub words: Vec<String>,
    /// What in the name says which version it is.
    pub mark: Option<Mark>,
}

/// How surely a word in a name says which implementation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// A word that tells at times what the thing is about: `ZoneTemp` is a temperature, `save_copy` saves one.
    Doubtful,
    /// `_v2`, `legacy`, `unified`.
    Sure,
}

impl VersionedName {
    /// The name without what tells versions apart. A function's words are verbs at times: `new_session` makes one,
    /// `save_copy` saves one.
    pub fn lineage(&self, is_function: bool) -> Lineage {
        let mut words: Vec<String> = self.stem.iter().chain(&self.tail).cloned().collect();
        let whole = words.len();
        let is_variant = |word: &str, left: usize| {
            VARIANT_WORDS.contains(&word) && !(is_function && (left < 3 || VERB_WORDS.contains(&word)))
                || is_function && left > 1 && SURE_WORDS.contains(&word)
        };
        while words.len() > 1 && is_variant(&words[words.len() - 1], words.len()) {
            words.pop();
        }
        while words.len() > 1 && is_variant(&words[0], words.len()) {
            words.remove(0);
        }
        let is_marked = words.len() < whole || self.version.is_some() || self.is_legacy;
        let is_sure = self.version.is_some() || self.is_surely_marked;
        Lineage { words, mark: is_marked.then_some(if is_sure { Mark::Sure } else { Mark::Doubtful }) }
    }

    pub fn parse(name: &str) -> Self {
        let trimmed = name.trim_start_matches('_');
        let mut parsed = Self {
            underscores: name.len() - trimmed.len(),
            stem: Vec::new(),
            tail: Vec::new(),
            version: None,
            is_legacy: false,
            is_surely_marked: false,
        };
        for word in words(trimmed) {
            parsed.is_surely_marked |= SURE_WORDS.contains(&word.as_str()) || SURE_MARKS.contains(&word.as_str());
            let number = word.strip_prefix('v').and_then(|digits| digits.parse().ok());
            if LEGACY_WORDS.contains(&word.as_str()) {
                parsed.is_legacy = true;
            } else if let (Some(number), None) = (number, parsed.version) {
                parsed.version = Some(number);
            } else if parsed.version.is_some() {
                parsed.tail.push(word);
            } else {
                parsed.stem.push(word);
            }
        }
        parsed
    }

    /// Whether `other` is what this one was replaced by: a later version, or the one that is not legacy.
    pub fn is_succeeded_by(&self, other: &VersionedName) -> bool {
        if self.underscores != other.underscores || self.stem != other.stem || self.stem.is_empty() {
            return false;
        }
        match (self.version, other.version) {
            (Some(mine), Some(theirs)) => {
                // `load_v2_json` and `load_v3_yaml` do different things; `_v2_legacy` and `_v3_clean` do not.
                let same_tail = self.tail == other.tail || self.is_legacy;
                (theirs > mine && same_tail) || (theirs == mine && self.is_legacy && !other.is_legacy)
            }
            (None, Some(_)) => self.is_legacy || other.tail == self.tail,
            (Some(_), None) | (None, None) => self.is_legacy && !other.is_legacy && self.tail == other.tail,
        }
    }
}

/// Words of a snake-case or camel-case name, in lower case; a version keeps its `v`.
pub fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let mut word = String::new();
        let mut previous = ' ';
        for c in part.chars() {
            let begins = c.is_uppercase() && !previous.is_uppercase();
            if begins && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.extend(c.to_lowercase());
            previous = c;
        }
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn succeeds(old: &str, new: &str) -> bool {
        VersionedName::parse(old).is_succeeded_by(&VersionedName::parse(new))
    }

    #[test]
    fn later_versions_succeed_earlier_ones() {
        assert!(succeeds("route_v2", "route_v3"));
        assert!(succeeds("PriceSourceV2", "PriceSourceV3"));
        assert!(succeeds("_handle_message_v2_legacy", "_handle_message_v3_clean"));
        assert!(succeeds("run_agent", "run_agent_v2"));
        assert!(!succeeds("route_v3", "route_v2"));
        assert!(!succeeds("route_v2", "load_v3"));
        assert!(!succeeds("_handle_v2", "handle_v3"));
        assert!(!succeeds("load_v2_json", "load_v3_yaml"));
    }

    #[test]
    fn versions_of_one_thing_have_one_lineage() {
        let words = |name: &str| VersionedName::parse(name).lineage(false).words.join(" ");
        for name in ["PriceSource", "PriceSourceV2", "UnifiedPriceSource", "price_source_legacy", "new_price_source"] {
            assert_eq!(words(name), "price source", "{name}");
        }
        assert_eq!(words("get_original_price"), "get original price");
        assert_eq!(VersionedName::parse("new_session").lineage(true).words, ["new", "session"]);
        assert_eq!(VersionedName::parse("new_load_price").lineage(true).words, ["load", "price"]);
        assert_eq!(VersionedName::parse("save_new").lineage(true).words, ["save", "new"]);
        assert_eq!(VersionedName::parse("execute_modern").lineage(true).words, ["execute"]);
        let mark = |name: &str| VersionedName::parse(name).lineage(false).mark;
        assert_eq!(mark("PriceSource"), None);
        assert_eq!((mark("PriceSourceV2"), mark("UnifiedPriceSource")), (Some(Mark::Sure), Some(Mark::Sure)));
        assert_eq!((mark("PriceSourceTemp"), mark("OldPriceSource")), (Some(Mark::Doubtful), Some(Mark::Doubtful)));
    }

    #[test]
    fn plain_names_succeed_legacy_ones() {
        assert!(succeeds("render_old", "render"));
        assert!(succeeds("LegacySessionStore", "SessionStore"));
        assert!(succeeds("_get_legacy_stats", "_get_stats"));
        assert!(!succeeds("render", "render_old"));
        assert!(!succeeds("threshold", "thresh"));
        assert!(!succeeds("legacy", "old"));
        assert!(!succeeds("Household", "House"));
    }
}
