//! The walk over expressions: every name that is read, and what an expression leads to.
//!
//! Invariant: each name and attribute in an expression gives exactly one reference, by the span of its last name.
//! Absent on purpose: what the names mean.

use super::{Extractor, UNKNOWN, span_of};
use crate::facts::{Access, BindingKind, NameString, ReferenceKind, ScopeId, ScopeKind, StringRole, Value, ValueId};
use crate::span::Span;
use ruff_python_ast as ast;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprContext, StringFlags};
use ruff_python_parser::parse_string_annotation;
use ruff_text_size::Ranged;

/// Displays with more elements than this are not followed; their elements are still visited.
const FOLLOWED_ELEMENTS: usize = 32;

impl Extractor<'_> {
    /// Visits an expression; `kind` is what the syntax around it makes of its last name.
    pub(super) fn expression(&mut self, expression: &Expr, kind: ReferenceKind) -> ValueId {
        stacker::maybe_grow(64 << 10, 1 << 20, || self.expression_on_stack(expression, kind))
    }

    fn expression_on_stack(&mut self, expression: &Expr, kind: ReferenceKind) -> ValueId {
        match expression {
            Expr::Name(name) => {
                let id = self.name(name.id.as_str());
                let value = self.value(Value::Name { name: id, scope: self.scope });
                let access = if name.ctx == ExprContext::Del { Access::Delete } else { Access::Read };
                self.refer(name.range(), value, kind, access);
                value
            }
            Expr::Attribute(attribute) => {
                let inner = if kind == ReferenceKind::Annotation { kind } else { ReferenceKind::Name };
                let base = self.expression(&attribute.value, inner);
                let name = self.name(attribute.attr.as_str());
                let value = self.value(Value::Attribute { base, name });
                let access = if attribute.ctx == ExprContext::Del { Access::Delete } else { Access::Read };
                let kind = if kind == ReferenceKind::Name { ReferenceKind::Attribute } else { kind };
                self.refer(attribute.attr.range(), value, kind, access);
                value
            }
            Expr::Call(call) => self.call(call, ReferenceKind::Call),
            Expr::Subscript(subscript) if kind == ReferenceKind::Annotation => {
                let base = self.expression(&subscript.value, kind);
                let is_literal = super::statement::last_name(&subscript.value) == Some("Literal");
                let index = if is_literal { UNKNOWN } else { self.annotation(&subscript.slice) };
                self.value(Value::Item { base, index: Some(index) })
            }
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Await(it) => {
                let value = self.expression(&it.value, ReferenceKind::Name);
                self.unless_unknown(value, Value::Awaited { value })
            }
            Expr::If(it) => {
                self.facts.branches.push(span_of(it.test.range()));
                self.expression(&it.test, ReferenceKind::Name);
                let left = self.expression(&it.body, kind);
                let right = self.expression(&it.orelse, kind);
                self.either(left, right)
            }
            Expr::BoolOp(it) => {
                let mut value = UNKNOWN;
                for operand in &it.values {
                    let operand = self.expression(operand, ReferenceKind::Name);
                    value = self.either(value, operand);
                }
                value
            }
            Expr::BinOp(it) => {
                let inner = if kind == ReferenceKind::Annotation { kind } else { ReferenceKind::Name };
                let left = self.expression(&it.left, inner);
                let right = self.expression(&it.right, inner);
                if it.op == ast::Operator::BitOr { self.either(left, right) } else { UNKNOWN }
            }
            Expr::Named(it) => {
                let value = self.expression(&it.value, ReferenceKind::Name);
                let scope = self.holding_scope();
                if let Expr::Name(name) = &*it.target {
                    let id = self.name(name.id.as_str());
                    self.bind(scope, id, name.range(), BindingKind::Assignment, Some(value), None);
                }
                value
            }
            Expr::Starred(it) => {
                self.expression(&it.value, ReferenceKind::Name);
                UNKNOWN
            }
            Expr::Tuple(it) => self.display(&it.elts, kind),
            Expr::List(it) => self.display(&it.elts, kind),
            Expr::Set(it) => self.display(&it.elts, kind),
            Expr::Lambda(it) => self.lambda(it),
            Expr::ListComp(it) => self.comprehension(&it.generators, &[&it.elt], it.range()),
            Expr::SetComp(it) => self.comprehension(&it.generators, &[&it.elt], it.range()),
            Expr::Generator(it) => self.comprehension(&it.generators, &[&it.elt], it.range()),
            Expr::DictComp(it) => {
                let mut parts: Vec<&Expr> = it.key.as_deref().into_iter().collect();
                parts.push(&it.value);
                self.comprehension(&it.generators, &parts, it.range())
            }
            Expr::Dict(it) => {
                for item in &it.items {
                    if let Some(key) = &item.key {
                        self.keyed(key, StringRole::Key);
                    }
                    self.expression(&item.value, ReferenceKind::Name);
                }
                UNKNOWN
            }
            Expr::Compare(it) => {
                self.compare(it);
                UNKNOWN
            }
            Expr::StringLiteral(literal) if kind == ReferenceKind::Annotation => self.string_annotation(literal),
            Expr::StringLiteral(literal) => self.string(literal, StringRole::Other),
            other => {
                walk_expr(&mut Children(self), other);
                UNKNOWN
            }
        }
    }

    pub(super) fn annotation(&mut self, expression: &Expr) -> ValueId {
        self.expression(expression, ReferenceKind::Annotation)
    }

    /// Visits expressions for their references alone.
    pub(super) fn expressions<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>) {
        for expression in expressions {
            self.expression(expression, ReferenceKind::Name);
        }
    }

    fn unless_unknown(&mut self, inner: ValueId, value: Value) -> ValueId {
        if inner == UNKNOWN { UNKNOWN } else { self.value(value) }
    }

    fn either(&mut self, left: ValueId, right: ValueId) -> ValueId {
        match (left, right) {
            (UNKNOWN, other) | (other, UNKNOWN) => other,
            (left, right) => self.value(Value::Either { left, right }),
        }
    }

    fn display(&mut self, elements: &[Expr], kind: ReferenceKind) -> ValueId {
        let inner = if kind == ReferenceKind::Annotation { kind } else { ReferenceKind::Name };
        let values: Vec<ValueId> = elements.iter().map(|element| self.expression(element, inner)).collect();
        if values.len() > FOLLOWED_ELEMENTS || values.iter().all(|&value| value == UNKNOWN) {
            return UNKNOWN;
        }
        let mut rest = None;
        for first in values.into_iter().rev() {
            rest = Some(self.value(Value::Pair { first, rest }));
        }
        rest.unwrap_or(UNKNOWN)
    }

    /// The innermost scope that is not a comprehension or a lambda: where `:=` binds.
    fn holding_scope(&self) -> ScopeId {
        let mut at = self.scope;
        while self.facts.scope(at).kind == ScopeKind::Expression
            && let Some(parent) = self.facts.scope(at).parent
        {
            at = parent;
        }
        at
    }

    fn lambda(&mut self, lambda: &ast::ExprLambda) -> ValueId {
        let values = lambda.parameters.as_ref().map(|parameters| self.parameter_values(parameters));
        self.in_scope(ScopeKind::Expression, None, lambda.range(), |walk, _| {
            if let (Some(parameters), Some(values)) = (&lambda.parameters, values) {
                walk.parameters(parameters, &values);
            }
            walk.expression(&lambda.body, ReferenceKind::Name);
        });
        UNKNOWN
    }

    fn comprehension(
        &mut self,
        generators: &[ast::Comprehension],
        parts: &[&Expr],
        range: ruff_text_size::TextRange,
    ) -> ValueId {
        // The first iterable is evaluated outside.
        let first = generators.first().map(|first| self.expression(&first.iter, ReferenceKind::Name));
        self.in_scope(ScopeKind::Expression, None, range, |walk, _| {
            for (index, generator) in generators.iter().enumerate() {
                let iterated = match (index, first) {
                    (0, Some(first)) => first,
                    _ => walk.expression(&generator.iter, ReferenceKind::Name),
                };
                walk.assign(&generator.target, BindingKind::Element, iterated, None);
                walk.expressions(&generator.ifs);
            }
            walk.expressions(parts.iter().copied());
        });
        UNKNOWN
    }

    fn string_annotation(&mut self, literal: &ast::ExprStringLiteral) -> ValueId {
        // Only a literal without escapes or prefixes has the offsets of the text.
        let Some(part) = literal.as_single_part_string() else { return UNKNOWN };
        match parse_string_annotation(self.text, part) {
            Ok(parsed) => self.expression(parsed.expr(), ReferenceKind::Annotation),
            Err(_) => self.string(literal, StringRole::Other),
        }
    }

    /// Records a string literal that is one identifier or dotted path.
    pub(super) fn string(&mut self, literal: &ast::ExprStringLiteral, role: StringRole) -> ValueId {
        let Some(part) = literal.as_single_part_string() else { return UNKNOWN };
        let text = &*part.value;
        let content = part.range().add_start(part.flags.opener_len()).sub_end(part.flags.closer_len());
        // An escape would make the text longer than what it stands for.
        if !is_name_path(text) || content.len().to_usize() != text.len() {
            return UNKNOWN;
        }
        let id = self.name(text);
        let span: Span = span_of(content);
        let (scope, guards) = (self.scope, self.guards);
        self.facts.strings.push(NameString { span, text: id, role, scope, guards });
        self.value(Value::Text(id))
    }
}

/// Whether the text is one identifier, or identifiers joined by `.` with at most one `:`.
fn is_name_path(text: &str) -> bool {
    if text.is_empty() || text.len() > 250 {
        return false;
    }
    text.split([':', '.']).all(|part| {
        let mut chars = part.chars();
        chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && chars.all(|next| next.is_alphanumeric() || next == '_')
    })
}

/// Visits the children of an expression that leads to no name itself.
struct Children<'w, 'a>(&'w mut Extractor<'a>);

impl<'e> Visitor<'e> for Children<'_, '_> {
    fn visit_expr(&mut self, expression: &'e Expr) {
        self.0.expression(expression, ReferenceKind::Name);
    }
}
