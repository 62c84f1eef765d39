//! Broken references: what names something that is not there.
//!
//! `change` finds what a change left broken, by comparing two trees; `tree` finds what is broken in one tree, whoever
//! broke it. Both say what keeps a reference from failing as soon as its module is loaded. Invariant: a name that may
//! come from where nobody can see is not called broken. Absent on purpose: whether it matters.

mod change;
mod tree;

pub(super) use change::exists;
pub use change::{ChangedFile, Dangling, broken};
pub use tree::{BrokenReference, broken_references};

use crate::facts::Guards;

/// What keeps a reference from failing as soon as its module is loaded.
pub fn guard_name(guards: Guards) -> Option<&'static str> {
    [
        (Guards::TYPE_CHECKING, "type-checking"),
        (Guards::IMPORT_ERROR, "import-error"),
        (Guards::ATTRIBUTE_ERROR, "attribute-error"),
        (Guards::ANY_EXCEPTION, "exception"),
        (Guards::FUNCTION, "function"),
        (Guards::CONDITIONAL, "conditional"),
    ]
    .into_iter()
    .find_map(|(guard, name)| guards.has(guard).then_some(name))
}
