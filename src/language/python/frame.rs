//! Frames: statements that stand around the work of a function and do none.

use ruff_python_ast::{Expr, Number, Stmt, UnaryOp};

/// What loggers call their levels.
const LEVELS: &[&str] = &["debug", "info", "warning", "warn", "error", "exception", "critical", "trace", "log"];

/// Whether a statement without a body of its own does none of the work.
pub fn is_frame(statement: &Stmt) -> bool {
    match statement {
        Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_) => true,
        Stmt::Return(it) => it.value.as_deref().is_none_or(says_nothing),
        Stmt::Assign(it) => it.targets.iter().all(Expr::is_name_expr) && says_nothing(&it.value),
        Stmt::AnnAssign(it) => it.target.is_name_expr() && it.value.as_deref().is_none_or(says_nothing),
        Stmt::Expr(it) => is_logged(&it.value),
        _ => false,
    }
}

/// Whether the header of one body of a statement does none of the work.
pub fn is_frame_at(statement: &Stmt, body: usize) -> bool {
    match statement {
        Stmt::Try(_) => true,
        Stmt::If(it) if body == 0 => is_guard(&it.test),
        Stmt::If(it) => it.elif_else_clauses.get(body - 1).is_some_and(|it| it.test.as_ref().is_none_or(is_guard)),
        Stmt::For(it) => body > 0 || it.iter.is_name_expr(),
        Stmt::While(it) => body > 0 || is_guard(&it.test),
        _ => false,
    }
}

/// A name, or a value that stands for nothing.
fn says_nothing(value: &Expr) -> bool {
    match value {
        Expr::Name(_) | Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) => true,
        Expr::NumberLiteral(it) => matches!(&it.value, Number::Int(it) if it.as_u8() == Some(0)),
        Expr::StringLiteral(it) => it.value.is_empty(),
        Expr::List(it) => it.elts.iter().all(says_nothing),
        Expr::Tuple(it) => it.elts.iter().all(says_nothing),
        Expr::Dict(it) => it.items.is_empty(),
        _ => false,
    }
}

/// Whether a condition asks only whether something is there.
fn is_guard(test: &Expr) -> bool {
    match test {
        Expr::Attribute(it) => is_guard(&it.value),
        Expr::UnaryOp(it) => it.op == UnaryOp::Not && is_guard(&it.operand),
        Expr::BoolOp(it) => it.values.iter().all(is_guard),
        Expr::Compare(it) => is_guard(&it.left) && it.comparators.iter().all(Expr::is_none_literal_expr),
        other => says_nothing(other),
    }
}

fn is_logged(value: &Expr) -> bool {
    match value {
        Expr::Await(it) => is_logged(&it.value),
        Expr::Call(it) => matches!(&*it.func, Expr::Attribute(it) if LEVELS.contains(&it.attr.as_str())),
        _ => false,
    }
}
