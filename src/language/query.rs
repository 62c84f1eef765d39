//! Queries: what a rule looks for, in tree-sitter's query language.

/// A query by name, with its text: built in, or a file beside the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuerySource {
    pub name: String,
    pub text: String,
    /// The file it came from, for messages.
    pub file: String,
}
