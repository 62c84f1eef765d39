//! Sets of values: what an enumeration, a `Literal` alias, or a display of texts lists.
//!
//! Invariant: a set is read only where every value is written out; one that spreads or names another is its user, not
//! its copy. Absent on purpose: sets that are written inside an expression and have no name.

use super::statement::last_name;
use crate::facts::SetForm;
use ruff_python_ast as ast;
use ruff_python_ast::{Expr, Stmt};

/// Values that a set has at least, and at most.
const VALUES: std::ops::RangeInclusive<usize> = 3..=200;

/// The members of an enumeration, by their texts, or by their names where the values are not texts.
pub(super) fn of_class(class: &ast::StmtClassDef) -> Option<(SetForm, Vec<Box<str>>)> {
    let bases = class.arguments.iter().flat_map(|it| &it.args).filter_map(last_name);
    let form = bases.filter_map(form_of_base).next()?;
    let mut values = Vec::new();
    for statement in &class.body {
        let Stmt::Assign(ast::StmtAssign { targets, value, .. }) = statement else { continue };
        let [Expr::Name(name)] = &targets[..] else { continue };
        if name.id.starts_with('_') {
            continue;
        }
        // `PAID = "paid", _("Paid")`
        let value = match &**value {
            Expr::Tuple(it) if !it.elts.is_empty() => &it.elts[0],
            other => other,
        };
        match value {
            Expr::StringLiteral(it) => values.push(it.value.to_str().into()),
            Expr::NumberLiteral(_) => values.push(name.id.as_str().into()),
            Expr::Call(it) if last_name(&it.func) == Some("auto") => values.push(name.id.as_str().into()),
            _ => return None,
        }
    }
    bounded(values).map(|values| (form, values))
}

fn form_of_base(base: &str) -> Option<SetForm> {
    match base {
        "Enum" | "StrEnum" | "IntEnum" => Some(SetForm::Enumeration),
        "TextChoices" | "IntegerChoices" => Some(SetForm::Choices),
        _ => None,
    }
}

/// The values of an assigned display, `Literal[…]`, or call of `frozenset` and the like.
pub(super) fn of_value(value: &Expr) -> Option<(SetForm, Vec<Box<str>>)> {
    let (form, values) = match value {
        Expr::List(it) => display(&it.elts)?,
        Expr::Tuple(it) => display(&it.elts)?,
        Expr::Set(it) => display(&it.elts)?,
        Expr::Call(it) if matches!(last_name(&it.func), Some("frozenset" | "set" | "tuple" | "list")) => {
            match &*it.arguments.args {
                [only] => return of_value(only),
                _ => return None,
            }
        }
        Expr::Subscript(it) if last_name(&it.value) == Some("Literal") => match &*it.slice {
            Expr::Tuple(it) => (SetForm::Literal, texts(&it.elts)?),
            _ => return None,
        },
        _ => return None,
    };
    bounded(values).map(|values| (form, values))
}

fn display(elements: &[Expr]) -> Option<(SetForm, Vec<Box<str>>)> {
    let pair = |element: &Expr| match element {
        Expr::Tuple(it) if it.elts.len() == 2 => text(&it.elts[0]),
        _ => None,
    };
    match texts(elements) {
        Some(values) => Some((SetForm::Collection, values)),
        // `[("paid", "Paid"), …]`
        None => elements.iter().map(pair).collect::<Option<Vec<_>>>().map(|values| (SetForm::Choices, values)),
    }
}

fn texts(elements: &[Expr]) -> Option<Vec<Box<str>>> {
    elements.iter().map(text).collect()
}

fn text(expression: &Expr) -> Option<Box<str>> {
    match expression {
        Expr::StringLiteral(it) => Some(it.value.to_str().into()),
        _ => None,
    }
}

/// Sorted, each once; `None` if they are too few or too many.
fn bounded(mut values: Vec<Box<str>>) -> Option<Vec<Box<str>>> {
    values.sort();
    values.dedup();
    VALUES.contains(&values.len()).then_some(values)
}
