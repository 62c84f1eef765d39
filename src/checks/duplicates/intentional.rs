//! Duplicates that the policy says are there on purpose.
//!
//! A group is registered where every copy of it is one of an entry's copies, so a copy more is told again. Invariant: a
//! registered group stays in the list, marked. Absent on purpose: whether the entry is still in time; its rule says so.

use super::{Group, Instance};
use crate::checks::CheckInput;
use crate::finding::Context;
use crate::policy::{CopyPattern, IntentionalDuplicate, RuleKind};

/// Who says that a group is there on purpose, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The id of the entry.
    pub id: String,
    pub reason: String,
    pub owner: Option<String>,
    pub until: Option<jiff::civil::Date>,
}

/// Marks the groups that an entry covers; of several entries the first.
pub fn register(input: &CheckInput<'_, '_>, groups: &mut [Group]) {
    for rule in &input.policy.rules {
        let RuleKind::IntentionalDuplicate(entry) = &rule.kind else { continue };
        for group in groups.iter_mut().filter(|group| group.details.registration.is_none()) {
            if group.instances.iter().all(|instance| covers(entry, instance)) {
                let (id, reason) = (rule.id.0.clone(), entry.reason.clone());
                group.details.registration =
                    Some(Registration { id, reason, owner: entry.owner.clone(), until: entry.until });
            }
        }
    }
}

fn covers(entry: &IntentionalDuplicate, instance: &Instance) -> bool {
    entry.copies.iter().any(|copy| match &copy.pattern {
        CopyPattern::Path(globs) => globs.matches(instance.path.as_str()),
        CopyPattern::Symbol(pattern) => {
            let (module, name) = match instance.symbol.split_once(':') {
                Some((module, name)) => (module, Some(name)),
                None => (instance.symbol.as_str(), None),
            };
            // a method is covered by its class, a function by its module
            let owners = std::iter::successors(name, |name| name.rsplit_once('.').map(|(owner, _)| owner));
            pattern.matches(module, None) || owners.into_iter().any(|owner| pattern.matches(module, Some(owner)))
        }
    })
}

/// Whether a copy of the entry stands in test code, which is searched only where somebody asks for it.
pub fn names_tests(input: &CheckInput<'_, '_>, entry: &IntentionalDuplicate) -> bool {
    let project = input.project;
    let is_test = |path| input.context(path) == Context::Tests;
    entry.copies.iter().any(|copy| {
        project.modules.files().any(|(id, module)| {
            is_test(input.path(id))
                && match &copy.pattern {
                    CopyPattern::Path(globs) => globs.matches(input.path(id).as_str()),
                    CopyPattern::Symbol(pattern) => crate::policy::matches_dotted(&pattern.module, module),
                }
        })
    })
}
