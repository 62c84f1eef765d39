//! The outline of statements: the simple ones.
//!
//! Invariant: a simple statement holds no other statement. Absent on purpose: what it does.

use super::{Extractor, span_of};
use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

impl Extractor<'_> {
    pub(super) fn outline(&mut self, statement: &Stmt) {
        if !is_compound(statement) {
            self.facts.statements.push(span_of(statement.range()));
        }
    }
}

fn is_compound(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::With(_)
            | Stmt::Match(_)
            | Stmt::Try(_)
    )
}
