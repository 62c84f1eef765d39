//! Names that a program looks up by text: tables that a module's `__getattr__` reads, and tasks with a name of their own.
//!
//! `_LAZY = {"save": "shop.orders"}`, `{"save": ("shop.orders", "save")}`, `{"orders": ["save"]}`, and the arguments of
//! `lazy.attach`. Invariant: only literals count, and only in a module that has a `__getattr__`; whether a path leads
//! somewhere is decided by the project model. Absent on purpose: tables that are put together.

use super::statement::last_name;
use super::{Extractor, span_of};
use crate::facts::{DefinitionId, LazyName};
use crate::span::Span;
use ruff_python_ast as ast;
use ruff_python_ast::{Expr, Stmt, StringFlags};

impl Extractor<'_> {
    /// Records the tables of a module that has a `__getattr__`.
    pub(super) fn lazy_names(&mut self, body: &[Stmt]) {
        if !body.iter().any(makes_getattr) {
            return;
        }
        for statement in body {
            let value = match statement {
                Stmt::Assign(it) => &it.value,
                Stmt::AnnAssign(ast::StmtAnnAssign { value: Some(value), .. }) => value,
                _ => continue,
            };
            match &**value {
                Expr::Dict(table) => self.lazy_table(table, ""),
                // `lazy.attach(__name__, submod_attrs={"orders": ["save"]})`: paths from the package on.
                Expr::Call(call) => {
                    let given = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|it| &it.value));
                    given.filter_map(Expr::as_dict_expr).for_each(|table| self.lazy_table(table, "."));
                }
                _ => {}
            }
        }
    }

    fn lazy_table(&mut self, table: &ast::ExprDict, dots: &str) {
        for item in &table.items {
            let Some((key, span)) = item.key.as_ref().and_then(literal) else { continue };
            match &item.value {
                Expr::List(ast::ExprList { elts, .. }) => {
                    for (name, at) in elts.iter().filter_map(literal) {
                        self.lazy_name(name, at, &format!("{dots}{key}.{name}"));
                    }
                }
                Expr::Tuple(ast::ExprTuple { elts, .. }) => {
                    let [module, name] = &elts[..] else { continue };
                    let (Some((module, _)), Some((name, at))) = (literal(module), literal(name)) else { continue };
                    let path = format!("{dots}{module}.{name}");
                    self.lazy_name(key, span, &path);
                    self.lazy_name(key, at, &path);
                }
                value => {
                    if let Some((path, _)) = literal(value) {
                        self.lazy_name(key, span, &format!("{dots}{path}"));
                    }
                }
            }
        }
    }

    fn lazy_name(&mut self, name: &str, span: Span, path: &str) {
        let (name, path) = (self.name(name), self.name(&path.replace(':', ".")));
        self.facts.lazy.push(LazyName { name, span, path });
    }

    /// `@app.task(name="orders.save")`: the name that callers send.
    pub(super) fn registered_name(&mut self, decorators: &[ast::Decorator], id: DefinitionId) {
        for decorator in decorators {
            let Expr::Call(call) = &decorator.expression else { continue };
            let keyword = match last_name(&call.func) {
                Some("task" | "shared_task" | "periodic_task") => "name",
                Some("actor") => "actor_name",
                _ => continue,
            };
            let given = call.arguments.find_keyword(keyword).and_then(|it| literal(&it.value));
            if let Some((name, _)) = given.filter(|(name, _)| name.contains('.')) {
                let name = self.name(name);
                self.facts.registered.push((id, name));
            }
        }
    }
}

/// `def __getattr__(name)`, `__getattr__ = …`, `__getattr__, __dir__, __all__ = …`.
fn makes_getattr(statement: &Stmt) -> bool {
    let is_it = |it: &Expr| matches!(it, Expr::Name(name) if name.id.as_str() == "__getattr__");
    match statement {
        Stmt::FunctionDef(it) => it.name.as_str() == "__getattr__",
        Stmt::Assign(it) => it.targets.iter().any(|target| match target {
            Expr::Tuple(parts) => parts.elts.iter().any(is_it),
            target => is_it(target),
        }),
        _ => false,
    }
}

/// A string without escapes, with the range between its quotes.
fn literal(expression: &Expr) -> Option<(&str, Span)> {
    let part = expression.as_string_literal_expr()?.as_single_part_string()?;
    let content = part.range.add_start(part.flags.opener_len()).sub_end(part.flags.closer_len());
    (content.len().to_usize() == part.value.len()).then_some((&*part.value, span_of(content)))
}
