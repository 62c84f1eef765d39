//! Kinds of duplicates: what makes several copies one group.
//!
//! A policy names them, `checks::duplicates` finds them. Invariant: a kind has one name in policies, on the command line
//! and in JSON. Absent on purpose: how each is found.

/// What makes the members of a group duplicates, the strongest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DuplicateKind {
    DuplicateRoute,
    VersionFamily,
    DuplicateDefinition,
    DuplicateEnum,
    ParallelImplementation,
    Clone,
    DuplicateConstant,
    DuplicateEnvDefault,
    ShadowedModule,
}

impl DuplicateKind {
    /// Every kind, the strongest reason first.
    pub const ALL: &'static [DuplicateKind] = &[
        DuplicateKind::DuplicateRoute,
        DuplicateKind::VersionFamily,
        DuplicateKind::DuplicateDefinition,
        DuplicateKind::DuplicateEnum,
        DuplicateKind::ParallelImplementation,
        DuplicateKind::Clone,
        DuplicateKind::DuplicateConstant,
        DuplicateKind::DuplicateEnvDefault,
        DuplicateKind::ShadowedModule,
    ];

    pub fn name(self) -> &'static str {
        match self {
            DuplicateKind::DuplicateRoute => "duplicate-route",
            DuplicateKind::VersionFamily => "version-family",
            DuplicateKind::DuplicateDefinition => "duplicate-definition",
            DuplicateKind::DuplicateEnum => "duplicate-enum",
            DuplicateKind::ParallelImplementation => "parallel-implementation",
            DuplicateKind::Clone => "clone",
            DuplicateKind::DuplicateConstant => "duplicate-constant",
            DuplicateKind::DuplicateEnvDefault => "duplicate-env-default",
            DuplicateKind::ShadowedModule => "shadowed-module",
        }
    }
}
