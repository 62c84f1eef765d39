//! The walk over expressions: every name that is read, and what an expression leads to.
//!
//! Invariant: each name and attribute in an expression gives exactly one reference, by the span of its last name.
//! Absent on purpose: what the names mean.

use super::{Extractor, UNKNOWN, span_of};
use crate::facts::{
    Access, BindingKind, NameId, NamePattern, NameString, ReferenceKind, ScopeId, ScopeKind, Space, StringRole, Value,
    ValueId,
};
use crate::span::Span;
use ruff_python_ast as ast;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprContext, StringFlags};
use ruff_python_parser::parse_string_annotation;
use ruff_text_size::Ranged;

/// Displays with more elements than this are not followed; their elements are still visited.
const FOLLOWED_ELEMENTS: usize = 32;

/// Names of `typing` that are written with types in brackets.
#[rustfmt::skip]
const TYPES: &[&str] = &[
    "Annotated", "AsyncIterable", "AsyncIterator", "Awaitable", "Callable", "ClassVar", "Collection", "ContextManager",
    "Coroutine", "DefaultDict", "Dict", "Final", "FrozenSet", "Generator", "Iterable", "Iterator", "List", "Literal",
    "Mapping", "MutableMapping", "MutableSequence", "Optional", "OrderedDict", "Sequence", "Set", "Tuple", "Type",
    "Union",
];

impl Extractor<'_> {
    /// Visits an expression; `kind` is what the syntax around it makes of its last name.
    pub(super) fn expression(&mut self, expression: &Expr, kind: ReferenceKind) -> ValueId {
        stacker::maybe_grow(64 << 10, 1 << 20, || self.expression_on_stack(expression, kind))
    }

    fn expression_on_stack(&mut self, expression: &Expr, kind: ReferenceKind) -> ValueId {
        match expression {
            Expr::Name(name) => {
                let id = self.name(name.id.as_str());
                let value = self.read(id, name.range().start().to_u32());
                let access = if name.ctx == ExprContext::Del { Access::Delete } else { Access::Read };
                self.refer(name.range(), value, kind, access);
                value
            }
            Expr::Attribute(attribute) => {
                let inner = if kind == ReferenceKind::Annotation { kind } else { ReferenceKind::Name };
                let base = self.expression(&attribute.value, inner);
                let name = self.name(attribute.attr.as_str());
                let value = self.value(Value::Attribute { base, name, space: Space::One });
                let access = if attribute.ctx == ExprContext::Del { Access::Delete } else { Access::Read };
                let kind = if kind == ReferenceKind::Name { ReferenceKind::Attribute } else { kind };
                self.refer(attribute.attr.range(), value, kind, access);
                value
            }
            Expr::Call(call) => self.call(call, ReferenceKind::Call),
            Expr::Subscript(subscript) if kind == ReferenceKind::Annotation || is_type(&subscript.value) => {
                let base = self.expression(&subscript.value, kind);
                let is_literal = super::statement::last_name(&subscript.value) == Some("Literal");
                let index =
                    if is_literal { self.literals(&subscript.slice) } else { self.annotation(&subscript.slice) };
                self.value(Value::Item { base, index: Some(index) })
            }
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Await(it) => {
                let value = self.expression(&it.value, ReferenceKind::Name);
                self.unless_unknown(value, Value::Awaited { value })
            }
            Expr::If(it) => {
                self.conditional(it);
                self.expression(&it.test, ReferenceKind::Name);
                self.narrow_operands(expression);
                let left = self.expression(&it.body, kind);
                let right = self.expression(&it.orelse, kind);
                self.either(left, right)
            }
            Expr::BoolOp(it) => {
                self.narrow_operands(expression);
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
                if kind == ReferenceKind::Annotation || left == UNKNOWN {
                    return self.either(left, right);
                }
                let method = self.name(it.op.dunder());
                self.value(Value::Operation { left, right, method })
            }
            Expr::Named(it) => {
                let value = self.expression(&it.value, ReferenceKind::Name);
                let scope = self.holding_scope();
                if let Expr::Name(name) = &*it.target {
                    let id = self.name(name.id.as_str());
                    let outer = std::mem::replace(&mut self.holds_from, it.range().end().to_u32());
                    self.operand(span_of(it.range()));
                    self.bind(scope, id, name.range(), BindingKind::Assignment, Some(value), None);
                    self.holds_from = outer;
                }
                value
            }
            Expr::Starred(it) => {
                self.expression(&it.value, ReferenceKind::Name);
                UNKNOWN
            }
            Expr::Tuple(it) => self.display(&it.elts, kind),
            Expr::List(it) if kind == ReferenceKind::Annotation => self.display(&it.elts, kind),
            Expr::List(it) => self.many(&it.elts),
            Expr::Set(it) => self.many(&it.elts),
            Expr::Lambda(it) => self.lambda(it),
            Expr::ListComp(it) => self.comprehension(&it.generators, None, &it.elt, it.range()),
            Expr::SetComp(it) => self.comprehension(&it.generators, None, &it.elt, it.range()),
            Expr::Generator(it) => self.comprehension(&it.generators, None, &it.elt, it.range()),
            Expr::DictComp(it) => self.comprehension(&it.generators, it.key.as_deref(), &it.value, it.range()),
            Expr::Dict(it) => self.dictionary(it),
            Expr::Yield(it) => {
                let value = it.value.as_deref().map_or(UNKNOWN, |value| self.expression(value, ReferenceKind::Name));
                self.yields(value);
                UNKNOWN
            }
            Expr::YieldFrom(it) => {
                let value = self.expression(&it.value, ReferenceKind::Name);
                let element = self.unless_unknown(value, Value::Element { of: value });
                self.yields(element);
                UNKNOWN
            }
            Expr::Compare(it) => {
                self.compare(it);
                UNKNOWN
            }
            Expr::StringLiteral(literal) if kind == ReferenceKind::Annotation => self.string_annotation(literal),
            Expr::StringLiteral(literal) if self.exported.contains(&literal.range()) => {
                self.string(literal, StringRole::Export)
            }
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

    /// A name as it is read at an offset of the current scope.
    pub(super) fn read(&mut self, name: NameId, at: u32) -> ValueId {
        self.value(Value::Name { name, scope: self.scope, at, space: Space::One })
    }

    /// Notes that the function around the walk is a generator, and what it yields.
    fn yields(&mut self, value: ValueId) {
        let Some(id) = self.facts.scope(self.holding_scope()).definition else { return };
        let definition = &mut self.facts.definitions[id.index()];
        definition.traits.is_generator = true;
        if !definition.gives.contains(&value) {
            definition.gives.push(value);
        }
    }

    pub(super) fn unless_unknown(&mut self, inner: ValueId, value: Value) -> ValueId {
        if inner == UNKNOWN { UNKNOWN } else { self.value(value) }
    }

    pub(super) fn either(&mut self, left: ValueId, right: ValueId) -> ValueId {
        match (left, right) {
            (UNKNOWN, other) | (other, UNKNOWN) => other,
            (left, right) => self.value(Value::Either { left, right }),
        }
    }

    fn display(&mut self, elements: &[Expr], kind: ReferenceKind) -> ValueId {
        let inner = if kind == ReferenceKind::Annotation { kind } else { ReferenceKind::Name };
        let values: Vec<ValueId> = elements.iter().map(|element| self.expression(element, inner)).collect();
        self.pair(values)
    }

    pub(super) fn pair(&mut self, values: Vec<ValueId>) -> ValueId {
        if values.len() > FOLLOWED_ELEMENTS || values.iter().all(|&value| value == UNKNOWN) {
            return UNKNOWN;
        }
        let mut rest = None;
        for first in values.into_iter().rev() {
            rest = Some(self.value(Value::Pair { first, rest }));
        }
        rest.unwrap_or(UNKNOWN)
    }

    /// `Literal["on", Color.RED]`: the strings are values, the rest are names.
    fn literals(&mut self, slice: &Expr) -> ValueId {
        let parts = match slice {
            Expr::Tuple(tuple) => &tuple.elts[..],
            one => std::slice::from_ref(one),
        };
        self.expressions(parts.iter().filter(|part| !part.is_string_literal_expr()));
        UNKNOWN
    }

    /// A list or a set.
    fn many(&mut self, elements: &[Expr]) -> ValueId {
        let element = self.display(elements, ReferenceKind::Name);
        self.value(Value::Many { element })
    }

    fn dictionary(&mut self, dict: &ast::ExprDict) -> ValueId {
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for item in &dict.items {
            keys.extend(item.key.as_ref().map(|key| self.keyed(key, StringRole::Key)));
            values.push(self.expression(&item.value, ReferenceKind::Name));
        }
        keys.retain(|&key| !matches!(self.facts.value(key), Value::Text(_)));
        let (key, value) = (self.pair(keys), self.pair(values));
        self.value(Value::Table { key, value })
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

    /// A comprehension or a generator expression; with a key, a dictionary.
    fn comprehension(
        &mut self,
        generators: &[ast::Comprehension],
        key: Option<&Expr>,
        part: &Expr,
        range: ruff_text_size::TextRange,
    ) -> ValueId {
        // The first iterable is evaluated outside.
        let first = generators.first().map(|first| self.expression(&first.iter, ReferenceKind::Name));
        let (mut made_key, mut made) = (UNKNOWN, UNKNOWN);
        let outer = std::mem::replace(&mut self.holds_from, range.start().to_u32());
        self.in_scope(ScopeKind::Expression, None, range, |walk, _| {
            for (index, generator) in generators.iter().enumerate() {
                let iterated = match (index, first) {
                    (0, Some(first)) => first,
                    _ => walk.expression(&generator.iter, ReferenceKind::Name),
                };
                let element = walk.unless_unknown(iterated, Value::Element { of: iterated });
                walk.assign(&generator.target, BindingKind::Element, element, None);
                for test in &generator.ifs {
                    walk.expression(test, ReferenceKind::Name);
                    walk.narrow_in(test, span_of(range));
                }
            }
            made_key = key.map_or(UNKNOWN, |key| walk.expression(key, ReferenceKind::Name));
            made = walk.expression(part, ReferenceKind::Name);
        });
        self.holds_from = outer;
        // A tuple that is built again and again is one element, not several.
        (made_key, made) = (self.pair(vec![made_key]), self.pair(vec![made]));
        match key {
            Some(_) => self.value(Value::Table { key: made_key, value: made }),
            None => self.value(Value::Many { element: made }),
        }
    }

    /// A base class: the strings in its brackets are types.
    pub(super) fn base(&mut self, base: &Expr) -> ValueId {
        let Expr::Subscript(subscript) = base else { return self.expression(base, ReferenceKind::Subclass) };
        let base = self.expression(&subscript.value, ReferenceKind::Subclass);
        let index = Some(self.annotation(&subscript.slice));
        self.value(Value::Item { base, index })
    }

    fn string_annotation(&mut self, literal: &ast::ExprStringLiteral) -> ValueId {
        // Only a literal without escapes or prefixes has the offsets of the text.
        let Some(part) = literal.as_single_part_string() else { return UNKNOWN };
        match parse_string_annotation(self.text, part) {
            Ok(parsed) => self.expression(parsed.expr(), ReferenceKind::Annotation),
            Err(_) => self.string(literal, StringRole::Other),
        }
    }

    /// Records the f-string that names an attribute of the receiver.
    pub(super) fn name_pattern(&mut self, string: &ast::ExprFString, receiver: ValueId) {
        let Some((prefix, suffix)) = ends(string) else { return };
        let (prefix, suffix) = (self.name(prefix), self.name(suffix));
        let (span, guards) = (span_of(string.range()), self.guards);
        self.facts.patterns.push(NamePattern { span, prefix, suffix, receiver, guards });
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

/// The literal text before and behind the one value of an f-string; `None` for any other, and for what is no name.
fn ends(string: &ast::ExprFString) -> Option<(&str, &str)> {
    let [ast::FStringPart::FString(part)] = string.value.as_slice() else { return None };
    fn literal(element: &ast::InterpolatedStringElement) -> Option<&str> {
        element.as_literal().map(|it| &*it.value)
    }
    let (prefix, suffix) = match &*part.elements {
        [before, value, behind] if value.is_interpolation() => (literal(before)?, literal(behind)?),
        [before, value] if value.is_interpolation() => (literal(before)?, ""),
        [value, behind] if value.is_interpolation() => ("", literal(behind)?),
        _ => return None,
    };
    let is_part = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
    (is_part(prefix) && is_part(suffix)).then_some((prefix, suffix))
}

/// `Union["Order", None]`: the strings in it are types wherever it stands.
fn is_type(base: &Expr) -> bool {
    let Some(name) = super::statement::last_name(base) else { return false };
    !base.is_call_expr() && TYPES.contains(&name)
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
