//! Expressions and patterns: what is read where, and the variables that are bound.
//!
//! Invariant: every name of an expression is a reference, and what a block, an arm or a closure binds is bound in a scope of
//! its own from behind its value on, so that a later `let` shadows an earlier one. Absent on purpose: which branch is
//! taken, and types that nothing writes down: of a value that a pattern takes apart nothing is known.

use super::feature::of_condition;
use super::ident::bare;
use super::item::Walk;
use crate::facts::{BindingKind, ReferenceKind, Space, Value, ValueId};
use crate::span::Span;
use syn::visit::{self, Visit};

/// Methods that give what they are called on, or a view of it.
const TRANSPARENT: &[&str] = &["as_deref", "as_mut", "as_ref", "borrow", "borrow_mut", "clone", "to_owned"];

/// Methods that give what an option or a result holds.
const UNWRAPPING: &[&str] =
    &["expect", "unwrap", "unwrap_or", "unwrap_or_default", "unwrap_or_else", "unwrap_unchecked"];

const UNKNOWN: ValueId = ValueId(0);

impl Walk<'_> {
    /// Walks an expression, and says what it leads to.
    pub fn expression(&mut self, expression: &syn::Expr) -> ValueId {
        use syn::Expr;
        match expression {
            Expr::Path(it) => self.qualified(it.qself.as_ref(), &it.path, Space::Value, ReferenceKind::Name),
            Expr::Call(it) => {
                let function = match &*it.func {
                    Expr::Path(path) => {
                        self.qualified(path.qself.as_ref(), &path.path, Space::Value, ReferenceKind::Call)
                    }
                    other => self.expression(other),
                };
                it.args.iter().for_each(|it| {
                    self.expression(it);
                });
                self.value(Value::Call { function, argument: None })
            }
            Expr::MethodCall(it) => self.method_call(it),
            Expr::Field(it) => {
                let base = self.expression(&it.base);
                let (name, span) = match &it.member {
                    syn::Member::Named(ident) => (bare(ident), Some(self.span_of(ident))),
                    syn::Member::Unnamed(index) => (index.index.to_string(), None),
                };
                let name = self.name(&name);
                let value = self.value(Value::Attribute { base, name, space: Space::Field });
                if let Some(span) = span {
                    self.refer(span, value, ReferenceKind::Keyword);
                }
                value
            }
            Expr::Struct(it) => {
                let function = self.qualified(it.qself.as_ref(), &it.path, Space::Type, ReferenceKind::Call);
                for field in &it.fields {
                    self.expression(&field.expr);
                }
                if let Some(rest) = &it.rest {
                    self.expression(rest);
                }
                self.value(Value::Call { function, argument: None })
            }
            Expr::Paren(it) => self.expression(&it.expr),
            Expr::Group(it) => self.expression(&it.expr),
            Expr::Reference(it) => self.expression(&it.expr),
            Expr::Unary(it) => {
                let value = self.expression(&it.expr);
                if matches!(it.op, syn::UnOp::Deref(_)) { value } else { UNKNOWN }
            }
            Expr::Await(it) => {
                let value = self.expression(&it.base);
                self.value(Value::Awaited { value })
            }
            Expr::Try(it) => {
                let of = self.expression(&it.expr);
                self.value(Value::Entered { of })
            }
            Expr::Block(it) => self.block(&it.block),
            Expr::Unsafe(it) => self.block(&it.block),
            Expr::Closure(it) => {
                self.closure(it);
                UNKNOWN
            }
            Expr::If(it) => self.condition(it),
            Expr::While(it) => {
                let span = self.whole(it.while_token.span, it.body.brace_token.span.close());
                self.in_block(span, |walk| {
                    walk.expression(&it.cond);
                    walk.block(&it.body);
                });
                UNKNOWN
            }
            Expr::ForLoop(it) => {
                let of = self.expression(&it.expr);
                let element = self.value(Value::Element { of });
                let span = self.whole(it.for_token.span, it.body.brace_token.span.close());
                self.in_block(span, |walk| {
                    walk.pattern(&it.pat, Some(element), None);
                    walk.block(&it.body);
                });
                UNKNOWN
            }
            Expr::Match(it) => {
                let value = self.expression(&it.expr);
                for arm in &it.arms {
                    let span = self.whole(it.match_token.span, it.brace_token.span.close());
                    self.in_block(span, |walk| {
                        walk.pattern(&arm.pat, Some(value), None);
                        walk.expression(&arm.body);
                    });
                }
                UNKNOWN
            }
            Expr::Let(it) => {
                let value = self.expression(&it.expr);
                self.pattern(&it.pat, Some(value), None);
                UNKNOWN
            }
            Expr::Macro(it) => {
                self.invocation(&it.mac);
                UNKNOWN
            }
            Expr::Cast(it) => {
                self.expression(&it.expr);
                self.type_value(&it.ty);
                UNKNOWN
            }
            Expr::Verbatim(tokens) => {
                self.words(tokens.clone());
                UNKNOWN
            }
            other => {
                visit::visit_expr(self, other);
                UNKNOWN
            }
        }
    }

    fn method_call(&mut self, call: &syn::ExprMethodCall) -> ValueId {
        let base = self.expression(&call.receiver);
        let function = self.segment(Some(base), &call.method, Space::Method, ReferenceKind::Call);
        if let Some(turbofish) = &call.turbofish {
            self.generic_arguments(turbofish);
        }
        call.args.iter().for_each(|it| {
            self.expression(it);
        });
        let is_one = |names: &[&str]| names.iter().any(|name| call.method == name);
        if call.args.is_empty() && is_one(TRANSPARENT) {
            return base;
        }
        match is_one(UNWRAPPING) {
            true => self.value(Value::Entered { of: base }),
            false => self.value(Value::Call { function, argument: None }),
        }
    }

    fn whole(&self, start: proc_macro2::Span, end: proc_macro2::Span) -> Span {
        Span::new(self.locator.offset(start.start()), self.locator.offset(end.end()))
    }

    fn condition(&mut self, it: &syn::ExprIf) -> ValueId {
        let scope = self.found.scopes[self.scope.index()].span;
        let is_block = scope.slice(self.locator.text).starts_with('{');
        let end = if is_block { scope.end.saturating_sub(1) } else { 0 };
        let branches = of_condition(|span| self.locator.span(span), self.tokens, it, end);
        self.found.branches.extend(branches);
        self.clause(it)
    }

    /// One `if` of a chain.
    fn clause(&mut self, it: &syn::ExprIf) -> ValueId {
        let span = self.whole(it.if_token.span, it.then_branch.brace_token.span.close());
        self.in_block(span, |walk| {
            walk.expression(&it.cond);
            walk.block(&it.then_branch);
        });
        match it.else_branch.as_ref().map(|(_, otherwise)| &**otherwise) {
            Some(syn::Expr::If(next)) => self.clause(next),
            Some(otherwise) => self.expression(otherwise),
            None => UNKNOWN,
        };
        UNKNOWN
    }

    fn closure(&mut self, it: &syn::ExprClosure) {
        let span = self.locator.span(it.inputs_begin.span);
        self.in_block(span, |walk| {
            for input in &it.inputs {
                walk.pattern(input, None, None);
            }
            if let syn::ReturnType::Type(_, returns) = &it.output {
                walk.type_value(returns);
            }
            walk.expression(&it.body);
        });
    }

    /// The statements of a block; what its last expression leads to.
    pub fn block(&mut self, block: &syn::Block) -> ValueId {
        let span = self.whole(block.brace_token.span.open(), block.brace_token.span.close());
        self.in_block(span, |walk| walk.statements(&block.stmts))
    }

    pub fn statements(&mut self, statements: &[syn::Stmt]) -> ValueId {
        let mut last = UNKNOWN;
        for statement in statements {
            last = match statement {
                syn::Stmt::Local(it) => {
                    it.attrs.iter().for_each(|it| {
                        self.attribute(it);
                    });
                    self.local(it);
                    UNKNOWN
                }
                syn::Stmt::Item(item) => {
                    self.visit_item(item);
                    UNKNOWN
                }
                syn::Stmt::Expr(expression, semi) => {
                    let value = self.expression(expression);
                    if semi.is_none() { value } else { UNKNOWN }
                }
                syn::Stmt::Macro(it) => {
                    self.invocation(&it.mac);
                    UNKNOWN
                }
            };
        }
        last
    }

    fn local(&mut self, local: &syn::Local) {
        let value = local.init.as_ref().map(|init| {
            let value = self.expression(&init.expr);
            if let Some((_, otherwise)) = &init.diverge {
                self.expression(otherwise);
            }
            value
        });
        let end = self.locator.offset(local.semi_token.span.end());
        match &local.pat {
            syn::Pat::Type(typed) => {
                let annotation = self.type_value(&typed.ty);
                self.bound_from(&typed.pat, value, Some(annotation), Some(end));
            }
            pattern => self.bound_from(pattern, value, None, Some(end)),
        }
    }

    /// The parameters of a function.
    pub fn parameters<'p>(&mut self, inputs: impl IntoIterator<Item = &'p syn::FnArg>) {
        for (position, input) in inputs.into_iter().enumerate() {
            match input {
                syn::FnArg::Receiver(it) => {
                    let name = self.name("self");
                    let span = self.locator.span(it.self_token.span);
                    self.bind(name, span, 0, BindingKind::Parameter(0), None, None);
                    if let syn::ReceiverKind::Typed(_, of) = &it.kind {
                        self.type_value(of);
                    }
                }
                syn::FnArg::Typed(it) => {
                    it.attrs.iter().for_each(|it| {
                        self.attribute(it);
                    });
                    let annotation = self.type_value(&it.ty);
                    match &*it.pat {
                        syn::Pat::Ident(ident) if ident.subpat.is_none() => {
                            let (name, span) = (self.name(&bare(&ident.ident)), self.span_of(&ident.ident));
                            let kind = BindingKind::Parameter(position as u16);
                            self.bind(name, span, 0, kind, None, Some(annotation));
                        }
                        pattern => self.bound_from(pattern, None, None, Some(0)),
                    }
                }
            }
        }
    }

    /// Binds the variables of a pattern, which hold from where they stand on.
    pub fn pattern(&mut self, pattern: &syn::Pat, value: Option<ValueId>, annotation: Option<ValueId>) {
        self.bound_from(pattern, value, annotation, None);
    }

    /// Binds the variables of a pattern, which hold from an offset on. Of a value that is taken apart nothing is known.
    fn bound_from(
        &mut self,
        pattern: &syn::Pat,
        value: Option<ValueId>,
        annotation: Option<ValueId>,
        from: Option<u32>,
    ) {
        use syn::Pat;
        let kind = ReferenceKind::Name;
        match pattern {
            Pat::Ident(it) => {
                // `LIMIT` is no variable, nor is `None`.
                let is_variable = it.by_ref.is_some()
                    || it.mutability.is_some()
                    || it.subpat.is_some()
                    || !it.ident.to_string().starts_with(char::is_uppercase);
                if !is_variable {
                    self.segment(None, &it.ident, Space::Value, kind);
                    return;
                }
                let (name, span) = (self.name(&bare(&it.ident)), self.span_of(&it.ident));
                self.bind(name, span, from.unwrap_or(span.end), BindingKind::Assignment, value, annotation);
                if let Some((_, inner)) = &it.subpat {
                    self.bound_from(inner, None, None, from);
                }
            }
            Pat::Path(it) => {
                self.qualified(it.qself.as_ref(), &it.path, Space::Value, kind);
            }
            Pat::TupleStruct(it) => {
                self.qualified(it.qself.as_ref(), &it.path, Space::Value, kind);
                it.elems.iter().for_each(|it| self.bound_from(it, None, None, from));
            }
            Pat::Struct(it) => {
                self.qualified(it.qself.as_ref(), &it.path, Space::Type, kind);
                it.fields.iter().for_each(|it| self.bound_from(&it.pat, None, None, from));
            }
            Pat::Tuple(it) => it.elems.iter().for_each(|it| self.bound_from(it, None, None, from)),
            Pat::Slice(it) => it.elems.iter().for_each(|it| self.bound_from(it, None, None, from)),
            Pat::Or(it) => it.cases.iter().for_each(|it| self.bound_from(it, None, None, from)),
            Pat::Paren(it) => self.bound_from(&it.pat, value, annotation, from),
            Pat::Reference(it) => self.bound_from(&it.pat, value, annotation, from),
            Pat::Type(it) => {
                let annotation = self.type_value(&it.ty);
                self.bound_from(&it.pat, value, Some(annotation), from);
            }
            Pat::Lit(it) => {
                self.expression(&syn::Expr::Lit(it.clone()));
            }
            Pat::Range(it) => {
                for side in [&it.start, &it.end].into_iter().flatten() {
                    self.expression(side);
                }
            }
            Pat::Guard(it) => {
                self.bound_from(&it.pat, value, annotation, from);
                self.expression(&it.guard);
            }
            Pat::Macro(it) => self.invocation(&it.mac),
            Pat::Verbatim(tokens) => self.words(tokens.clone()),
            _ => {}
        }
    }
}
