//! Strings: those that may name something, with what is done with them.
//!
//! Absent on purpose: what they name; see `project`.

use super::{Guards, NameId, ScopeId, ValueId};
use crate::span::Span;
use bitcode::{Decode, Encode};

/// What a string that looks like a name is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum StringRole {
    /// `getattr`, `setattr`, `delattr` and `monkeypatch.setattr(x, "name", …)`, with the object.
    Attribute {
        receiver: ValueId,
    },
    /// `hasattr(x, "name")`.
    HasAttribute {
        receiver: ValueId,
    },
    /// `patch("a.b.c")`, `monkeypatch.setattr("a.b.c", …)`.
    Patch,
    /// `patch.object(x, "name")`.
    PatchObject {
        receiver: ValueId,
    },
    /// `import_module("a.b")`, `__import__("a.b")`.
    ImportModule,
    /// A key of the environment, through the callee or container given.
    EnvironmentRead {
        via: ValueId,
    },
    /// A key of the environment that is set or removed (`os.environ["X"] = …`, `setenv`, `patch.dict`).
    EnvironmentWrite {
        via: ValueId,
    },
    /// A feature of a crate that a condition asks for: `#[cfg(feature = "legacy")]`.
    Feature,
    /// An entry of `__all__`.
    Export,
    /// A key of a dictionary display or of a subscript.
    Key,
    Other,
}

impl StringRole {
    /// Whether the string is the key of a flag that is read: of the environment, or a feature.
    pub fn reads_flag(self) -> bool {
        matches!(self, StringRole::EnvironmentRead { .. } | StringRole::Feature)
    }

    /// The object whose attribute the string names.
    pub fn receiver(self) -> Option<ValueId> {
        match self {
            StringRole::Attribute { receiver }
            | StringRole::HasAttribute { receiver }
            | StringRole::PatchObject { receiver } => Some(receiver),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, Encode, Decode)]
pub struct NameString {
    /// The text between the quotes.
    pub span: Span,
    pub text: NameId,
    pub role: StringRole,
    pub scope: ScopeId,
    pub guards: Guards,
}
