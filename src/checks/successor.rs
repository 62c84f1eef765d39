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
}

const LEGACY_WORDS: &[&str] = &["legacy", "old", "deprecated", "obsolete"];

impl VersionedName {
    pub fn parse(name: &str) -> Self {
        let trimmed = name.trim_start_matches('_');
        let mut parsed = Self {
            underscores: name.len() - trimmed.len(),
            stem: Vec::new(),
            tail: Vec::new(),
            version: None,
            is_legacy: false,
        };
        for word in words(trimmed) {
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
fn words(name: &str) -> Vec<String> {
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
