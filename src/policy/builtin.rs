//! The packs that are compiled in. They are files of `policies/` and load exactly like a user's file.
//!
//! A new pack is one file there and one row here.

/// A row of the registry.
pub struct PackSpec {
    /// What follows `builtin:`.
    pub name: &'static str,
    pub text: &'static str,
    /// Whether it applies where there is no policy.
    pub is_default: bool,
}

/// What stands before the name of a pack in `extends`.
pub(super) const PREFIX: &str = "builtin:";

/// Every pack, in the order in which the default ones apply.
pub const PACKS: &[PackSpec] = &[
    PackSpec { name: "legacy", text: include_str!("../../policies/legacy.toml"), is_default: true },
    PackSpec { name: "ssot", text: include_str!("../../policies/ssot.toml"), is_default: true },
    PackSpec { name: "references", text: include_str!("../../policies/references.toml"), is_default: true },
];

pub(super) fn find_pack(name: &str) -> Option<&'static PackSpec> {
    PACKS.iter().find(|pack| pack.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, RuleKind};

    #[test]
    fn every_pack_file_has_a_row() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).expect("the folder of packs") {
            let name = entry.expect("an entry").file_name().into_string().expect("a name in UTF-8");
            files.extend(name.strip_suffix(".toml").map(str::to_string));
        }
        files.sort();
        let mut names: Vec<_> = PACKS.iter().map(|pack| pack.name).collect();
        names.sort();
        assert_eq!(files, names);
    }

    #[test]
    fn every_rule_of_a_pack_has_examples_for_and_against() {
        let policy = Policy::builtin();
        assert!(!policy.rules.is_empty());
        for rule in &policy.rules {
            let against = rule.examples.iter().filter(|example| example.expect == Some(0)).count();
            assert!(against > 0, "`{}` has no example that must not match", rule.id);
            assert!(rule.examples.len() > against, "`{}` has no example that must match", rule.id);
            assert!(!matches!(rule.kind, RuleKind::Legacy(_)), "`{}` names symbols of one project", rule.id);
        }
    }
}
