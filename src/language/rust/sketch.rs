//! The sketch of a Rust text: what its functions build, hand on and give, with its literals.
//!
//! A block or a closure inside an expression is taken to run where it stands, so its statements are those of the function
//! around it. What a macro makes is not looked into, but for `format!` and `concat!`; tests are left out. Invariant: what
//! cannot be an object or a text is `Unknown`, never left out, so that positions of arguments hold. Absent on purpose: names'
//! meanings; a path that is no local variable is one of the facts, known by the place of its last name.

use super::fragment::is_test;
use super::ident::bare;
use super::{Locator, Words, parsed};
use crate::facts::{
    Body, BodyId, Call, DefinitionKind, Expression, ExpressionId, MODULE_BODY, Parameter, Sketch, Statement, Target,
};
use crate::span::Span;
use syn::parse::Parser;
use syn::punctuated::Punctuated;

type List = Punctuated<syn::Expr, syn::Token![,]>;

/// Calls that give what they are given.
const WRAPPING: &[&str] = &["Ok", "Some"];

/// Attributes that say which route a function answers.
const ROUTING: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "route"];

/// The sketch of one Rust text. What cannot be parsed is missing in it; the facts of the text say so.
pub fn sketch(text: &str) -> Sketch {
    let words = Words::new(text);
    let empty = || Sketch { line_index: words.index.clone(), has_builders: true, ..Sketch::default() };
    let read = parsed(&words, |file, locator| {
        let mut walk = Walk { locator, sketch: empty(), body: MODULE_BODY };
        walk.sketch.open(None, None, "", Span::default());
        walk.items(&file.items);
        walk.sketch
    });
    read.unwrap_or_else(|_| {
        let mut sketch = empty();
        sketch.open(None, None, "", Span::default());
        sketch
    })
}

struct Walk<'a> {
    locator: &'a Locator<'a>,
    sketch: Sketch,
    body: BodyId,
}

impl Walk<'_> {
    fn here(&mut self) -> &mut Body {
        &mut self.sketch.bodies[self.body.0 as usize]
    }

    fn expressed(&mut self, expression: Expression, span: Span) -> ExpressionId {
        self.sketch.expressions.push(expression);
        self.sketch.spans.push(span);
        ExpressionId(self.sketch.expressions.len() as u32 - 1)
    }

    fn unknown(&mut self) -> ExpressionId {
        self.expressed(Expression::Unknown, Span::default())
    }

    fn items(&mut self, items: &[syn::Item]) {
        items.iter().for_each(|item| self.item(item));
    }

    fn item(&mut self, item: &syn::Item) {
        match item {
            syn::Item::Fn(it) if !is_test(&it.attrs) => self.function(&it.attrs, &it.sig, &it.block),
            syn::Item::Impl(it) if !is_test(&it.attrs) => {
                for item in &it.items {
                    if let syn::ImplItem::Fn(it) = item {
                        self.function(&it.attrs, &it.sig, &it.block);
                    }
                }
            }
            syn::Item::Mod(syn::ItemMod { content: Some((_, items)), attrs, .. }) if !is_test(attrs) => {
                self.items(items);
            }
            syn::Item::Const(it) => self.constant(&it.ident, &it.expr),
            syn::Item::Static(it) => self.constant(&it.ident, &it.expr),
            _ => {}
        }
    }

    fn constant(&mut self, ident: &syn::Ident, value: &syn::Expr) {
        let value = self.expression(value, &mut Vec::new());
        self.assigned(&bare(ident), value);
    }

    fn assigned(&mut self, name: &str, value: ExpressionId) {
        self.here().assigned.entry(name.into()).or_default().push((value, Vec::new()));
    }

    fn function(&mut self, attributes: &[syn::Attribute], signature: &syn::Signature, block: &syn::Block) {
        let decorators: Vec<ExpressionId> = attributes.iter().filter_map(|it| self.decorator(it)).collect();
        let (name, span) = (bare(&signature.ident), self.locator.name_span(&signature.ident));
        let id = self.sketch.open(Some(DefinitionKind::Function), Some(self.body), &name, span);
        let outer = std::mem::replace(&mut self.body, id);
        self.here().decorators = decorators;
        // A receiver is given by what the method is called on.
        for input in &signature.inputs {
            if let syn::FnArg::Typed(it) = input {
                let name = variable(&it.pat).unwrap_or_else(|| "_".to_owned());
                let parameter = Parameter { name: name.into(), default: None, annotation: None, is_rest: false };
                self.here().parameters.push(parameter);
            }
        }
        let mut statements = Vec::new();
        if let Some(last) = self.block(block, &mut statements) {
            statements.push(Statement::Run(last));
            self.here().returns.push(last);
        }
        self.here().statements = statements;
        self.body = outer;
        self.here().statements.push(Statement::Define(id));
    }

    /// `#[get("/orders")]`, `#[route("/orders", method = "GET")]`.
    fn decorator(&mut self, attribute: &syn::Attribute) -> Option<ExpressionId> {
        let syn::Meta::List(list) = &attribute.meta else { return None };
        let name = list.path.segments.last().filter(|it| ROUTING.iter().any(|word| it.ident == word))?;
        let given = List::parse_terminated.parse2(list.tokens.clone()).ok()?;
        let span = self.locator.name_span(&name.ident);
        let function = self.expressed(Expression::Path(span), span);
        let (mut positional, mut keywords) = (Vec::new(), Vec::new());
        for argument in &given {
            match argument {
                syn::Expr::Assign(it) => {
                    let key = local(&it.left).map(Box::from);
                    let value = self.expression(&it.right, &mut Vec::new());
                    keywords.push((key, value));
                }
                other => positional.push(self.expression(other, &mut Vec::new())),
            }
        }
        Some(self.expressed(Expression::Call(Call { function, positional, keywords }), span))
    }

    /// The statements of a block; what it gives.
    fn block(&mut self, block: &syn::Block, out: &mut Vec<Statement>) -> Option<ExpressionId> {
        // What asks for different things by `cfg` is taken for alternatives.
        let mut asked: Vec<String> = Vec::new();
        let start = self.locator.span(block.brace_token.span.open()).start;
        let mut last = None;
        for statement in &block.stmts {
            last = None;
            let mut own = Vec::new();
            let attributes = match statement {
                syn::Stmt::Local(it) => &it.attrs[..],
                syn::Stmt::Expr(it, _) => attributes_of(it),
                _ => &[],
            };
            match statement {
                syn::Stmt::Local(it) => self.local(it, &mut own),
                syn::Stmt::Item(item) => self.item(item),
                syn::Stmt::Expr(it, semi) => {
                    let value = self.expression(it, &mut own);
                    match semi {
                        None => last = Some(value),
                        Some(_) => own.push(Statement::Run(value)),
                    }
                }
                syn::Stmt::Macro(_) => {}
            }
            let condition = attributes.iter().find(|it| it.path().is_ident("cfg"));
            match condition {
                None => out.extend(own),
                Some(condition) => {
                    let said =
                        self.locator.span(condition.bracket_token.span.join()).slice(self.locator.text).to_owned();
                    let arm = asked.iter().position(|it| *it == said).unwrap_or_else(|| {
                        asked.push(said);
                        asked.len() - 1
                    });
                    let mut arms = vec![Vec::new(); arm];
                    arms.push(own);
                    out.push(Statement::Branch { start, arms });
                }
            }
        }
        last
    }

    fn local(&mut self, local: &syn::Local, out: &mut Vec<Statement>) {
        let Some(init) = &local.init else { return };
        let value = self.expression(&init.expr, out);
        if let Some((_, otherwise)) = &init.diverge {
            let value = self.expression(otherwise, out);
            out.push(Statement::Run(value));
        }
        match variable(&local.pat) {
            Some(name) => self.assign(&name, value, out),
            None => out.push(Statement::Run(value)),
        }
    }

    fn assign(&mut self, name: &str, value: ExpressionId, out: &mut Vec<Statement>) {
        self.assigned(name, value);
        out.push(Statement::Assign { target: Target::Name(name.into()), value });
    }

    /// What one expression leads to; the statements in its blocks are added to `out`.
    fn expression(&mut self, expression: &syn::Expr, out: &mut Vec<Statement>) -> ExpressionId {
        use syn::Expr;
        match expression {
            Expr::Lit(it) => match &it.lit {
                syn::Lit::Str(text) => {
                    let span = self.locator.span(text.span());
                    self.expressed(Expression::Text(text.value().into()), span)
                }
                _ => self.unknown(),
            },
            Expr::Path(it) => self.path(&it.path),
            Expr::Call(it) => {
                let wrapped = match &*it.func {
                    Expr::Path(path) => path.path.get_ident().is_some_and(|name| WRAPPING.iter().any(|it| name == it)),
                    _ => false,
                };
                if let (true, Some(inner)) = (wrapped, it.args.first()) {
                    return self.expression(inner, out);
                }
                let function = self.expression(&it.func, out);
                if let Expr::Path(path) = &*it.func
                    && let Some(last) = path.path.segments.last()
                {
                    let name = bare(&last.ident).into();
                    self.here().called.push(name);
                }
                let span = self.sketch.span(function);
                let positional = it.args.iter().map(|it| self.expression(it, out)).collect();
                self.expressed(Expression::Call(Call { function, positional, keywords: Vec::new() }), span)
            }
            Expr::MethodCall(it) => self.method_call(it, out),
            Expr::Reference(it) => self.expression(&it.expr, out),
            Expr::Paren(it) => self.expression(&it.expr, out),
            Expr::Group(it) => self.expression(&it.expr, out),
            Expr::Unary(it) => self.expression(&it.expr, out),
            Expr::Await(it) => self.expression(&it.base, out),
            Expr::Try(it) => self.expression(&it.expr, out),
            Expr::Cast(it) => self.expression(&it.expr, out),
            Expr::Let(it) => self.expression(&it.expr, out),
            Expr::Block(it) => self.inner(&it.block, out),
            Expr::Unsafe(it) => self.inner(&it.block, out),
            Expr::Async(it) => self.inner(&it.block, out),
            Expr::Closure(it) => self.expression(&it.body, out),
            Expr::If(it) => {
                let condition = self.expression(&it.cond, out);
                out.push(Statement::Run(condition));
                let start = self.locator.span(it.if_token.span).start;
                let mut arms = vec![self.arm(|walk, arm| walk.block(&it.then_branch, arm))];
                if let Some((_, otherwise)) = &it.else_branch {
                    arms.push(self.arm(|walk, arm| Some(walk.expression(otherwise, arm))));
                }
                self.choice(start, arms, out)
            }
            Expr::Match(it) => {
                let of = self.expression(&it.expr, out);
                out.push(Statement::Run(of));
                let start = self.locator.span(it.match_token.span).start;
                let arms: Vec<_> =
                    it.arms.iter().map(|arm| self.arm(|walk, own| Some(walk.expression(&arm.body, own)))).collect();
                self.choice(start, arms, out)
            }
            Expr::ForLoop(it) => self.repeated(&it.body, out),
            Expr::While(it) => self.repeated(&it.body, out),
            Expr::Loop(it) => self.repeated(&it.body, out),
            Expr::Return(it) => {
                if let Some(value) = &it.expr {
                    let value = self.expression(value, out);
                    self.here().returns.push(value);
                    out.push(Statement::Run(value));
                }
                self.unknown()
            }
            Expr::Assign(it) => {
                let value = self.expression(&it.right, out);
                match local(&it.left) {
                    Some(name) => self.assign(&name, value, out),
                    None => out.push(Statement::Run(value)),
                }
                self.unknown()
            }
            Expr::Tuple(it) => self.sequence(it.elems.iter(), out),
            Expr::Array(it) => self.sequence(it.elems.iter(), out),
            Expr::Struct(it) => self.sequence(it.fields.iter().map(|it| &it.expr), out),
            Expr::Macro(it) => self.text(&it.mac),
            _ => self.unknown(),
        }
    }

    fn sequence<'e>(&mut self, parts: impl Iterator<Item = &'e syn::Expr>, out: &mut Vec<Statement>) -> ExpressionId {
        let parts: Vec<ExpressionId> = parts.map(|it| self.expression(it, out)).collect();
        let span = parts.first().map_or(Span::default(), |&it| self.sketch.span(it));
        self.expressed(Expression::Sequence(parts), span)
    }

    fn inner(&mut self, block: &syn::Block, out: &mut Vec<Statement>) -> ExpressionId {
        self.block(block, out).unwrap_or_else(|| self.unknown())
    }

    /// The statements of one way, and what it gives.
    fn arm(
        &mut self,
        walk: impl FnOnce(&mut Self, &mut Vec<Statement>) -> Option<ExpressionId>,
    ) -> (Vec<Statement>, Option<ExpressionId>) {
        let mut own = Vec::new();
        let value = walk(self, &mut own);
        own.extend(value.map(Statement::Run));
        (own, value)
    }

    fn choice(
        &mut self,
        start: u32,
        arms: Vec<(Vec<Statement>, Option<ExpressionId>)>,
        out: &mut Vec<Statement>,
    ) -> ExpressionId {
        let (arms, values): (Vec<Vec<Statement>>, Vec<Option<ExpressionId>>) = arms.into_iter().unzip();
        out.push(Statement::Branch { start, arms });
        let span = Span::new(start, start);
        self.expressed(Expression::Either(values.into_iter().flatten().collect()), span)
    }

    fn repeated(&mut self, body: &syn::Block, out: &mut Vec<Statement>) -> ExpressionId {
        let last = self.block(body, out);
        out.extend(last.map(Statement::Run));
        self.unknown()
    }

    /// A variable of the function, or a path that the facts know.
    fn path(&mut self, path: &syn::Path) -> ExpressionId {
        let Some(last) = path.segments.last() else { return self.unknown() };
        let span = self.locator.name_span(&last.ident);
        let name = bare(&last.ident);
        let is_variable = path.segments.len() == 1 && {
            let here = self.here();
            here.assigned.contains_key(&*name) || here.parameters.iter().any(|it| *it.name == *name)
        };
        let expression = match is_variable && self.body != MODULE_BODY {
            true => Expression::Name(name.into()),
            false => Expression::Path(span),
        };
        self.expressed(expression, span)
    }

    fn method_call(&mut self, it: &syn::ExprMethodCall, out: &mut Vec<Statement>) -> ExpressionId {
        let base = self.expression(&it.receiver, out);
        let (name, span) = (bare(&it.method), self.locator.name_span(&it.method));
        // `configure(|config| { config.service(list); })`: the parameter is what is configured.
        if name == "configure"
            && let Some(syn::Expr::Closure(closure)) = it.args.first()
            && let Some(parameter) = closure.inputs.first().and_then(variable)
        {
            self.assigned(&parameter, base);
        }
        self.here().called.push(name.clone().into());
        let function = self.expressed(Expression::Attribute { base, name: name.into() }, span);
        let positional = it.args.iter().map(|it| self.expression(it, out)).collect();
        self.expressed(Expression::Call(Call { function, positional, keywords: Vec::new() }), span)
    }

    /// `format!("{BASE}/{}", name)` and `concat!("/a", "/b")`.
    fn text(&mut self, mac: &syn::Macro) -> ExpressionId {
        let is = |name: &str| mac.path.is_ident(name);
        let given = List::parse_terminated.parse2(mac.tokens.clone());
        let Ok(given) = given.map(Vec::from_iter) else { return self.unknown() };
        let parts: Vec<ExpressionId> = given.iter().map(|it| self.expression(it, &mut Vec::new())).collect();
        let span = parts.first().map_or(Span::default(), |&it| self.sketch.span(it));
        if is("concat") {
            return self.expressed(Expression::Joined(parts), span);
        }
        let (true, Some((&form, rest))) = (is("format"), parts.split_first()) else { return self.unknown() };
        let Expression::Text(form) = self.sketch.expression(form).clone() else { return self.unknown() };
        let mut rest = rest.iter().copied();
        let mut joined = Vec::new();
        let mut text = &*form;
        while let Some(open) = text.find('{') {
            // A brace that stands for itself is written twice.
            if text[open + 1..].starts_with('{') {
                joined.push(self.expressed(Expression::Text(text[..=open].replace("}}", "}").into()), span));
                text = &text[open + 2..];
                continue;
            }
            let Some(close) = text[open..].find('}').map(|at| open + at) else { break };
            joined.push(self.expressed(Expression::Text(text[..open].replace("}}", "}").into()), span));
            let name = text[open + 1..close].split(':').next().unwrap_or_default();
            let part = match name.is_empty() {
                true => rest.next().unwrap_or_else(|| self.unknown()),
                false if self.here().assigned.contains_key(name) => self.expressed(Expression::Name(name.into()), span),
                false => self.unknown(),
            };
            joined.push(part);
            text = &text[close + 1..];
        }
        joined.push(self.expressed(Expression::Text(text.replace("}}", "}").into()), span));
        self.expressed(Expression::Joined(joined), span)
    }
}

/// The variable that a pattern is.
fn variable(pattern: &syn::Pat) -> Option<String> {
    match pattern {
        syn::Pat::Ident(it) => Some(bare(&it.ident)),
        syn::Pat::Type(it) => variable(&it.pat),
        _ => None,
    }
}

/// The name that an expression is.
fn local(expression: &syn::Expr) -> Option<String> {
    match expression {
        syn::Expr::Path(it) => it.path.get_ident().map(bare),
        _ => None,
    }
}

fn attributes_of(expression: &syn::Expr) -> &[syn::Attribute] {
    match expression {
        syn::Expr::Assign(it) => &it.attrs,
        syn::Expr::Block(it) => &it.attrs,
        syn::Expr::Call(it) => &it.attrs,
        syn::Expr::If(it) => &it.attrs,
        syn::Expr::MethodCall(it) => &it.attrs,
        _ => &[],
    }
}
