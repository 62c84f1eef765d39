//! Fragments of a Rust text: statements and units as hashes.
//!
//! The tree says where statements and bodies begin and end, the words say what they are. A statement that holds blocks is
//! several prints: its header, what stands in each block one level deeper, and what stands between two blocks (`else if
//! late`). An arm of a `match` is a statement. Types, `impl` blocks and functions are units; `mod` is none, so what stands
//! in it is named `tests.order_is_kept` and counts as outermost. Invariant: comments, line breaks, attributes of items,
//! visibility and trailing commas change no hash. Absent on purpose: code in the brackets of a macro, which is part of one
//! print unless it is items.

use super::end::End;
use super::ident::{bare, type_ident, type_name};
use super::invocation::{Item, macro_items};
use super::item::{is_public, is_stub};
use super::token::{Token, item_start, without_attributes};
use super::word::read_words;
use super::{Locator, Words, parsed};
use crate::facts::{Constant, Fragments, PrintRange, Unit, UnitKind};
use crate::language::print::{self, CallableWord, RawPrint, WordKind, cut, fold};
use crate::span::{LineRange, Span};
use syn::visit::{self, Visit};

/// Attributes that leave it to the program who calls a function.
const PLAIN_ATTRIBUTES: &[&str] = &[
    "allow",
    "cfg",
    "cfg_attr",
    "cold",
    "deny",
    "deprecated",
    "derive",
    "doc",
    "expect",
    "inline",
    "must_use",
    "rustfmt",
    "track_caller",
    "warn",
];

/// Never fails: what cannot be read is listed in [`Fragments::unread`].
pub fn fragments(text: &str) -> Fragments {
    let words = Words::new(text);
    words.fragments(parsed(&words, |file, locator| walk(file, locator, &words.tokens)))
}

/// The fragments of a tree, without what the text alone says.
pub fn walk(file: &syn::File, locator: &Locator<'_>, tokens: &[Token]) -> Fragments {
    let words = read_words(locator.text, tokens);
    let mut walk = Walk::new(locator, tokens, &words);
    walk.items(&file.items);
    walk.finish()
}

struct Walk<'a> {
    locator: &'a Locator<'a>,
    tokens: &'a [Token],
    words: &'a [CallableWord],
    out: Fragments,
    raw: Vec<RawPrint>,
    /// For each unit, the position of its own name in `words`.
    owns: Vec<usize>,
    unit: Option<u32>,
    function: Option<u32>,
    depth: u8,
    /// Inline modules around the walk.
    modules: Vec<String>,
    is_conditional: bool,
    is_test: bool,
}

/// Where statements stand inside another one.
enum Body<'t> {
    Block(&'t syn::Block),
    Arms(&'t syn::ExprMatch),
}

/// The outermost bodies of a piece of syntax, in order.
#[derive(Default)]
struct Bodies<'t>(Vec<Body<'t>>);

impl<'t> Visit<'t> for Bodies<'t> {
    fn visit_block(&mut self, block: &'t syn::Block) {
        self.0.push(Body::Block(block));
    }

    fn visit_expr_match(&mut self, expression: &'t syn::ExprMatch) {
        self.visit_expr(&expression.expr);
        self.0.push(Body::Arms(expression));
    }

    fn visit_item(&mut self, _: &'t syn::Item) {}
}

/// What is said of a unit before its body is walked.
struct Head<'t> {
    kind: UnitKind,
    name: String,
    /// Where its name stands; of a block of methods of a type without a name, that of `impl`.
    ident: &'t syn::Ident,
    attributes: &'t [syn::Attribute],
    /// Offset behind its last token.
    end: u32,
    bases: Vec<Box<str>>,
    is_async: bool,
    is_stub: bool,
    is_private: bool,
    is_interface: bool,
    holds: Vec<Box<str>>,
}

impl<'a> Walk<'a> {
    fn new(locator: &'a Locator<'a>, tokens: &'a [Token], words: &'a [CallableWord]) -> Self {
        Self {
            locator,
            tokens,
            words,
            out: Fragments::default(),
            raw: Vec::new(),
            owns: Vec::new(),
            unit: None,
            function: None,
            depth: 0,
            modules: Vec::new(),
            is_conditional: false,
            is_test: false,
        }
    }

    fn at(&self, offset: u32) -> usize {
        self.words.partition_point(|word| word.span.start < offset)
    }

    /// The offset behind a piece of syntax.
    fn end(&self, of: &impl End) -> u32 {
        self.locator.offset(of.end().end())
    }

    fn lines(&self, span: Span) -> LineRange {
        self.locator.index.lines(span)
    }

    fn items(&mut self, items: &[syn::Item]) {
        self.depth = self.depth.saturating_add(1);
        items.iter().for_each(|item| self.item(item));
        self.depth -= 1;
    }

    fn item(&mut self, item: &syn::Item) {
        let end = self.end(item);
        match item {
            syn::Item::Fn(it) => self.function(&it.attrs, Some(&it.vis), &it.sig, Some(&it.block), end),
            syn::Item::Struct(it) => self.record(&it.ident, &it.attrs, &it.fields, end),
            syn::Item::Union(it) => {
                let head = Head::of_type(&it.ident, &it.attrs, end);
                let brace = it.fields.brace_token.span;
                let ends = it.fields.named.pairs().map(|pair| pair.punct().map(|comma| comma.span));
                self.members(head, brace, ends.collect());
            }
            syn::Item::Enum(it) => {
                let head = Head::of_type(&it.ident, &it.attrs, end);
                let ends = it.variants.pairs().map(|pair| pair.punct().map(|comma| comma.span));
                self.members(head, it.brace_token.span, ends.collect());
            }
            syn::Item::Trait(it) => {
                let head = Head { is_interface: true, ..Head::of_type(&it.ident, &it.attrs, end) };
                self.unit(head, it.brace_token.span.open(), |walk| walk.trait_items(&it.items));
            }
            syn::Item::Impl(it) => self.implementation(it, end),
            syn::Item::Mod(syn::ItemMod { content: Some((_, items)), ident, attrs, .. }) => {
                let outer = (self.is_conditional, self.is_test, self.depth);
                self.is_conditional |= is_conditional(attrs);
                self.enter_tests(attrs, ident, end);
                self.modules.push(bare(ident));
                self.depth = self.depth.saturating_sub(1);
                self.items(items);
                self.modules.pop();
                (self.is_conditional, self.is_test, self.depth) = outer;
            }
            syn::Item::Const(it) => {
                self.constant(&it.ident, &it.attrs, &it.expr, end);
                self.pieces(self.start_of(it.ident.span()), end, Bodies::of_expression(&it.expr));
            }
            syn::Item::Static(it) => {
                self.constant(&it.ident, &it.attrs, &it.expr, end);
                self.pieces(self.start_of(it.ident.span()), end, Bodies::of_expression(&it.expr));
            }
            syn::Item::Macro(it) if it.ident.is_none() => self.macro_items(&it.mac, end, |walk, items| {
                walk.depth = walk.depth.saturating_sub(1);
                walk.items(items);
                walk.depth = walk.depth.saturating_add(1);
            }),
            syn::Item::Macro(it) => self.print(self.start_of(it.mac.bang_token.span), end, None, false),
            syn::Item::Type(it) => self.print(self.start_of(it.ident.span()), end, None, false),
            syn::Item::TraitAlias(it) => self.print(self.start_of(it.ident.span()), end, None, false),
            syn::Item::ForeignMod(it) => self.print(self.start_of(it.abi.extern_token.span), end, None, false),
            // Imports and the ways to other files say nothing by themselves.
            syn::Item::Use(it) => self.print(self.start_of(it.use_token.span), end, None, true),
            syn::Item::ExternCrate(it) => self.print(self.start_of(it.extern_token.span), end, None, true),
            syn::Item::Mod(it) => self.print(self.start_of(it.mod_token.span), end, None, true),
            _ => {}
        }
    }

    /// What stands in the brackets of a macro: items, or one print.
    fn macro_items<T: Item>(&mut self, mac: &syn::Macro, end: u32, walk: impl Fn(&mut Self, &[T])) {
        match macro_items(self.locator, mac) {
            Ok(lists) if lists.iter().any(|items| !items.is_empty()) => {
                lists.iter().for_each(|items| walk(self, items))
            }
            Ok(_) => self.print(self.start_of(mac.bang_token.span), end, None, false),
            Err(unread) => self.out.unread.push(unread),
        }
    }

    /// Where an item begins, its doc comments and attributes included.
    fn whole_start(&self, name: proc_macro2::Span) -> u32 {
        item_start(self.locator.text, self.tokens, self.locator.offset(name.start()))
    }

    /// The same without them.
    fn start_of(&self, name: proc_macro2::Span) -> u32 {
        without_attributes(self.tokens, self.whole_start(name))
    }

    /// A function; what a trait declares is seen wherever that is, and says nothing of it.
    fn function(
        &mut self,
        attributes: &[syn::Attribute],
        visibility: Option<&syn::Visibility>,
        signature: &syn::Signature,
        body: Option<&syn::Block>,
        end: u32,
    ) {
        let in_type = self.unit.is_some_and(|unit| self.out.units[unit as usize].has_methods());
        let head = Head {
            kind: if in_type { UnitKind::Method } else { UnitKind::Function },
            name: bare(&signature.ident),
            ident: &signature.ident,
            attributes,
            end,
            bases: Vec::new(),
            is_async: signature.asyncness.is_some(),
            is_stub: body.is_none_or(is_stub),
            is_private: visibility.is_some_and(|it| !is_public(it)),
            is_interface: false,
            holds: Vec::new(),
        };
        let Some(body) = body else { return self.bare_unit(head) };
        let outer = self.function;
        let next = self.out.units.len() as u32;
        self.function = outer.or(Some(next));
        self.unit(head, body.brace_token.span.open(), |walk| walk.block(body));
        self.function = outer;
    }

    fn implementation(&mut self, item: &syn::ItemImpl, end: u32) {
        let ident =
            type_ident(&item.self_ty).cloned().unwrap_or_else(|| syn::Ident::new("impl_", item.impl_token.span));
        let bases = item.trait_.iter().filter_map(|(path, _)| path.segments.last());
        let head = Head {
            kind: UnitKind::Implementation,
            name: type_name(&item.self_ty),
            bases: bases.map(|it| it.ident.to_string().into()).collect(),
            ..Head::of_type(&ident, &item.attrs, end)
        };
        self.unit(head, item.brace_token.span.open(), |walk| {
            walk.impl_items(&item.items);
        });
    }

    fn impl_items(&mut self, items: &[syn::ImplItem]) {
        for item in items {
            let end = self.end(item);
            match item {
                syn::ImplItem::Fn(it) => self.function(&it.attrs, Some(&it.vis), &it.sig, Some(&it.block), end),
                syn::ImplItem::Const(it) => self.print(self.start_of(it.ident.span()), end, None, false),
                syn::ImplItem::Type(it) => self.print(self.start_of(it.ident.span()), end, None, false),
                syn::ImplItem::Macro(it) => self.macro_items(&it.mac, end, |walk, items| walk.impl_items(items)),
                _ => {}
            }
        }
    }

    fn trait_items(&mut self, items: &[syn::TraitItem]) {
        for item in items {
            let end = self.end(item);
            match item {
                syn::TraitItem::Macro(it) => self.macro_items(&it.mac, end, |walk, items| walk.trait_items(items)),
                syn::TraitItem::Fn(it) => self.function(&it.attrs, None, &it.sig, it.default.as_ref(), end),
                syn::TraitItem::Const(it) => self.print(self.start_of(it.ident.span()), end, None, false),
                syn::TraitItem::Type(it) => self.print(self.start_of(it.ident.span()), end, None, false),
                _ => {}
            }
        }
    }

    fn record(&mut self, ident: &syn::Ident, attributes: &[syn::Attribute], fields: &syn::Fields, end: u32) {
        let head = Head { holds: held(fields), ..Head::of_type(ident, attributes, end) };
        match fields {
            syn::Fields::Named(fields) => {
                let ends = fields.named.pairs().map(|pair| pair.punct().map(|comma| comma.span));
                self.members(head, fields.brace_token.span, ends.collect());
            }
            syn::Fields::Unnamed(_) | syn::Fields::Unit => self.bare_unit(head),
        }
    }

    /// A type whose members end with these commas, the last one perhaps with none.
    fn members(&mut self, head: Head<'_>, brace: proc_macro2::extra::DelimSpan, ends: Vec<Option<proc_macro2::Span>>) {
        self.unit(head, brace.open(), |walk| {
            let mut from = walk.locator.offset(brace.open().end());
            for comma in ends {
                let end = match comma {
                    Some(comma) => walk.locator.offset(comma.start()),
                    None => walk.locator.offset(brace.close().start()),
                };
                walk.print(without_attributes(walk.tokens, from), end, None, false);
                from = end + u32::from(comma.is_some());
            }
        });
    }

    /// A unit whose body begins with a bracket.
    fn unit(&mut self, head: Head<'_>, open: proc_macro2::Span, walk: impl FnOnce(&mut Self)) {
        let is_test = self.is_test;
        let unit = self.open(&head);
        let outer = (self.unit.replace(unit), self.is_conditional);
        self.header(&head, self.locator.offset(open.start()));
        self.is_conditional = false;
        self.depth = self.depth.saturating_add(1);
        walk(self);
        self.depth -= 1;
        (self.unit, self.is_conditional) = outer;
        self.close(unit);
        self.is_test = is_test;
    }

    /// A unit that is nothing but a header.
    fn bare_unit(&mut self, head: Head<'_>) {
        let is_test = self.is_test;
        let unit = self.open(&head);
        let outer = self.unit.replace(unit);
        self.header(&head, head.end);
        self.unit = outer;
        self.close(unit);
        self.is_test = is_test;
    }

    fn open(&mut self, head: &Head<'_>) -> u32 {
        let mut path = match self.unit {
            Some(parent) => format!("{}.", self.out.units[parent as usize].name),
            None => self.modules.iter().flat_map(|module| [module.as_str(), "."]).collect(),
        };
        path.push_str(&head.name);
        self.enter_tests(head.attributes, head.ident, head.end);
        let at = self.out.prints.len() as u32;
        let decorators = head.attributes.iter().filter_map(|it| it.path().segments.last());
        let decorators =
            decorators.map(|it| it.ident.to_string()).filter(|it| !PLAIN_ATTRIBUTES.contains(&it.as_str()));
        let span = Span::new(self.whole_start(head.ident.span()), head.end);
        self.out.units.push(Unit {
            is_async: head.is_async,
            is_stub: head.is_stub,
            is_private: head.is_private,
            is_interface: head.is_interface,
            holds: head.holds.clone(),
            is_conditional: self.is_conditional || is_conditional(head.attributes),
            bases: head.bases.clone(),
            decorators: decorators.map(Box::from).collect(),
            ..Unit::new(head.kind, path.into(), self.lines(span), PrintRange { start: at, end: at }, self.unit)
        });
        self.owns.push(0);
        self.out.units.len() as u32 - 1
    }

    /// Prints the header of the innermost unit, up to an offset.
    fn header(&mut self, head: &Head<'_>, until: u32) {
        let own = self.at(self.locator.offset(head.ident.span().start()));
        if let Some(unit) = self.unit {
            self.owns[unit as usize] = own;
        }
        self.print(self.start_of(head.ident.span()), until, Some(own), false);
    }

    fn close(&mut self, unit: u32) {
        self.out.units[unit as usize].prints.end = self.out.prints.len() as u32;
    }

    /// Notes that an item is of tests, where it says so and nothing around it does.
    fn enter_tests(&mut self, attributes: &[syn::Attribute], ident: &syn::Ident, end: u32) {
        if !self.is_test && is_test(attributes) {
            self.is_test = true;
            let lines = self.lines(Span::new(self.whole_start(ident.span()), end));
            self.out.tests.push(lines);
        }
    }

    fn constant(&mut self, ident: &syn::Ident, attributes: &[syn::Attribute], value: &syn::Expr, end: u32) {
        let is_outermost = self.unit.is_none() && self.modules.is_empty();
        if !is_outermost || *ident == "_" {
            return;
        }
        let start = self.locator.offset(ident.span().end());
        let equals = |word: &CallableWord| word.span.slice(self.locator.text) == "=";
        let after = self.words[self.at(start)..].iter().find(|word| equals(word)).map_or(end, |word| word.span.end);
        let words = &self.words[self.at(after)..self.at(end.saturating_sub(1))];
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        let span = Span::new(self.whole_start(ident.span()), end);
        self.out.constants.push(Constant {
            name: ident.to_string().into(),
            lines: self.lines(span),
            value: words.iter().fold(0, |hash, word| fold(hash, print::Word::hash(*word))),
            text: cut(Span::new(first.span.start, last.span.end).slice(self.locator.text)),
            is_conditional: self.is_conditional || is_conditional(attributes),
            is_literal: is_literal(value),
            tokens: words.len() as u32,
        });
    }

    /// The statements of a block, one level deeper.
    fn block(&mut self, block: &syn::Block) {
        let mut from = self.locator.offset(block.brace_token.span.open().end());
        let close = self.locator.offset(block.brace_token.span.close().start());
        for (position, statement) in block.stmts.iter().enumerate() {
            let bodies = Bodies::of_statement(statement);
            let is_last = position + 1 == block.stmts.len();
            let end = match statement {
                syn::Stmt::Local(it) => self.locator.offset(it.semi_token.span.end()),
                syn::Stmt::Item(item) => {
                    self.item(item);
                    from = self.end(item).max(from);
                    continue;
                }
                syn::Stmt::Expr(_, Some(semi)) => self.locator.offset(semi.span.end()),
                syn::Stmt::Macro(it) => self.end(it),
                syn::Stmt::Expr(syn::Expr::Macro(it), None) => self.end(&it.mac),
                // What needs no semicolon ends with its last block.
                syn::Stmt::Expr(..) if is_last => close,
                syn::Stmt::Expr(..) => bodies.end(self.locator).unwrap_or(close),
            };
            self.pieces(from, end, bodies);
            from = end;
        }
    }

    /// A statement from one offset to another: its words outside its bodies, and its bodies.
    fn pieces(&mut self, mut from: u32, end: u32, bodies: Bodies<'_>) {
        for body in bodies.0 {
            let brace = body.brace();
            if body.is_empty() {
                continue;
            }
            self.print(from, self.locator.offset(brace.open().start()), None, false);
            self.depth = self.depth.saturating_add(1);
            match body {
                Body::Block(block) => self.block(block),
                Body::Arms(arms) => self.arms(arms),
            }
            self.depth -= 1;
            from = self.locator.offset(brace.close().end());
        }
        // A semicolon behind a block says nothing.
        let rest = &self.words[self.at(from)..self.at(end).max(self.at(from))];
        if !rest.iter().all(|word| word.span.slice(self.locator.text) == ";") {
            self.print(from, end, None, false);
        }
    }

    fn arms(&mut self, expression: &syn::ExprMatch) {
        let brace = expression.brace_token.span;
        let mut from = self.locator.offset(brace.open().end());
        let close = self.locator.offset(brace.close().start());
        for (position, arm) in expression.arms.iter().enumerate() {
            let mut bodies = Bodies::default();
            bodies.visit_pat(&arm.pat);
            bodies.visit_expr(&arm.body);
            let is_last = position + 1 == expression.arms.len();
            let (end, next) = match arm.comma {
                Some(comma) => (self.locator.offset(comma.span.start()), self.locator.offset(comma.span.end())),
                None if is_last => (close, close),
                None => {
                    let end = bodies.end(self.locator).unwrap_or(close);
                    (end, end)
                }
            };
            self.pieces(from, end, bodies);
            from = next;
        }
    }

    fn print(&mut self, from: u32, until: u32, own: Option<usize>, is_trivial: bool) {
        let words = self.at(from)..self.at(until);
        let Some(tokens) = self.words.get(words.clone()).filter(|it| !it.is_empty()) else { return };
        let lines = self.lines(Span::new(tokens[0].span.start, tokens[tokens.len() - 1].span.end));
        self.out.prints.push(print::unhashed(tokens, lines, self.unit, self.depth, is_trivial));
        self.raw.push(RawPrint { words, own, function: self.function });
    }

    fn finish(mut self) -> Fragments {
        // what stands behind `let`, and parameters
        let locals = print::locals(&self.raw, self.words, |raw, words, names| {
            let mut binds = false;
            for (word, next) in words.iter().zip(words.iter().skip(1).map(Some).chain([None])) {
                let text = word.span.slice(self.locator.text);
                binds = match text {
                    "let" | "|" => true,
                    "=" | ":" | "in" => false,
                    _ => binds,
                };
                let is_parameter =
                    raw.own.is_some() && next.is_some_and(|next| next.span.slice(self.locator.text) == ":");
                if word.kind == WordKind::Name && (binds || is_parameter) {
                    names.insert(print::Word::hash(*word));
                }
            }
        });
        print::hash(&mut self.out, &self.raw, &self.owns, self.words, &locals);
        self.out
    }
}

impl<'t> Bodies<'t> {
    fn of_statement(statement: &'t syn::Stmt) -> Self {
        let mut bodies = Self::default();
        bodies.visit_stmt(statement);
        bodies
    }

    fn of_expression(expression: &'t syn::Expr) -> Self {
        let mut bodies = Self::default();
        visit::visit_expr(&mut bodies, expression);
        bodies
    }

    /// The offset behind the last body.
    fn end(&self, locator: &Locator<'_>) -> Option<u32> {
        self.0.last().map(|body| locator.offset(body.brace().close().end()))
    }
}

impl Body<'_> {
    fn brace(&self) -> proc_macro2::extra::DelimSpan {
        match self {
            Body::Block(block) => block.brace_token.span,
            Body::Arms(arms) => arms.brace_token.span,
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Body::Block(block) => block.stmts.is_empty(),
            Body::Arms(arms) => arms.arms.is_empty(),
        }
    }
}

impl<'t> Head<'t> {
    fn of_type(ident: &'t syn::Ident, attributes: &'t [syn::Attribute], end: u32) -> Self {
        let bases = Vec::new();
        Self {
            kind: UnitKind::Class,
            name: bare(ident),
            ident,
            attributes,
            end,
            bases,
            is_async: false,
            is_stub: false,
            is_private: false,
            is_interface: false,
            holds: Vec::new(),
        }
    }
}

/// The names in the types of fields, each once.
fn held(fields: &syn::Fields) -> Vec<Box<str>> {
    struct Names(Vec<Box<str>>);
    impl<'t> Visit<'t> for Names {
        fn visit_path_segment(&mut self, segment: &'t syn::PathSegment) {
            self.0.push(bare(&segment.ident).into());
            visit::visit_path_segment(self, segment);
        }
    }
    let mut names = Names(Vec::new());
    fields.iter().for_each(|field| names.visit_type(&field.ty));
    names.0.sort();
    names.0.dedup();
    names.0
}

fn is_conditional(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|it| it.path().is_ident("cfg")) && !is_test(attributes)
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, unix))]`.
pub fn is_test(attributes: &[syn::Attribute]) -> bool {
    fn asks_for_test(meta: &syn::Meta) -> bool {
        match meta {
            syn::Meta::Path(path) => path.is_ident("test"),
            syn::Meta::List(list) if list.path.is_ident("all") || list.path.is_ident("cfg") => {
                let parts = syn::punctuated::Punctuated::<syn::Meta, syn::Token![,]>::parse_terminated;
                list.parse_args_with(parts).is_ok_and(|parts| parts.iter().any(asks_for_test))
            }
            _ => false,
        }
    }
    attributes.iter().any(|it| {
        let is_runner = it.path().segments.last().is_some_and(|it| it.ident == "test" || it.ident == "bench");
        is_runner || it.path().is_ident("cfg") && asks_for_test(&it.meta)
    })
}

fn is_literal(value: &syn::Expr) -> bool {
    match value {
        syn::Expr::Lit(_) => true,
        syn::Expr::Unary(it) => is_literal(&it.expr),
        syn::Expr::Reference(it) => is_literal(&it.expr),
        syn::Expr::Array(it) => it.elems.iter().all(is_literal),
        syn::Expr::Tuple(it) => it.elems.iter().all(is_literal),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        fragments(text).units.remove(0)
    }

    #[test]
    fn layout_comments_docs_and_attributes_leave_no_trace() {
        let plain = unit("fn f(a: u8, b: u8) -> u8 { let x = g(a, \"one\"); if x { b } else { x } }");
        let dressed = unit(
            "/// Says it.\n#[inline]\npub(crate) fn h(\n    a: u8,\n    b: u8,\n) -> u8 {\n    // why\n    let x = g(\n        a,\n        \"one\",\n    );\n    if x {\n        b\n    } else {\n        x\n    }\n}\n",
        );
        assert_eq!(plain.exact, dressed.exact);
        assert_eq!((dressed.lines.start, dressed.lines.end), (1, 17));
        assert_ne!(
            plain.exact,
            unit("fn f(a: u8, b: u8) -> u8 { let x = g(a, \"two\"); if x { b } else { x } }").exact
        );
        assert_ne!(unit("fn f() { (a) }").exact, unit("fn f() { (a,) }").exact);
    }

    #[test]
    fn names_replaced_one_for_one_are_a_renaming() {
        let one = unit("fn f(a: u8, b: u8) -> u8 { let x = a + b; x * a }");
        let renamed = unit("fn g(p: u8, q: u8) -> u8 { let y = p + q; y * p }");
        let mixed = unit("fn g(p: u8, q: u8) -> u8 { let y = p + q; y * q }");
        assert_ne!(one.exact, renamed.exact);
        assert_eq!(one.renamed, renamed.renamed);
        assert_ne!(one.renamed, mixed.renamed);
        assert_eq!(one.blind, mixed.blind);
    }

    #[test]
    fn a_shape_keeps_calls_types_and_fields_and_forgets_variables() {
        let shapes = |text: &str| fragments(text).prints.iter().map(|it| it.shape).collect::<Vec<_>>();
        let one = shapes("fn f(a: Order) { let b = send(a.id, Kind::Late); }");
        assert_eq!(one, shapes("fn f(z: Order) { let y = send(z.id, Kind::Late); }"));
        for other in ["take(a.id, Kind::Late)", "send(a.key, Kind::Late)", "send(a.id, Kind::Soon)", "send(a.id, Late)"]
        {
            assert_ne!(one, shapes(&format!("fn f(a: Order) {{ let b = {other}; }}")), "{other}");
        }
    }

    #[test]
    fn blocks_and_arms_are_prints_of_their_own() {
        let text = "fn f() {\n    let a = match b {\n        C => 1,\n        D => {\n            e();\n            2\n        }\n    };\n    if g {\n        h()\n    } else {\n    }\n    i(|j| { k(); });\n    l!(m, n);\n    loop { break; }\n    o\n}\n";
        let found = fragments(text);
        let placed: Vec<_> = found.prints.iter().map(|it| (it.start, it.end, it.depth)).collect();
        let expected = [
            (1, 1, 1),
            (2, 2, 2),
            (3, 3, 3),
            (4, 4, 3),
            (5, 5, 4),
            (6, 6, 4),
            (9, 9, 2),
            (10, 10, 3),
            (11, 12, 2),
            (13, 13, 2),
            (13, 13, 3),
            (13, 13, 2),
            (14, 14, 2),
            (15, 15, 2),
            (15, 15, 3),
            (16, 16, 2),
        ];
        assert_eq!(placed, expected);
        assert_eq!(found.units[0].prints, PrintRange { start: 0, end: 16 });
    }

    #[test]
    fn units_have_kinds_and_what_is_around_them() {
        let found = fragments(
            "mod m {\n    struct A { b: u8, c: u8 }\n    impl Show for A {\n        fn d(&self) {}\n    }\n}\ntrait T { fn e(); }\ncfg_rt! { #[cfg(unix)] async fn g() { h() } }\nstruct U(u8);\nimpl Show for [u8] { const A: u8 = 1; }\n",
        );
        let told: Vec<_> = found.units.iter().map(|it| (it.kind.name(), &*it.name, it.parent, it.is_stub)).collect();
        let expected = [
            ("class", "m.A", None, false),
            ("impl", "m.A", None, false),
            ("method", "m.A.d", Some(1), true),
            ("class", "T", None, false),
            ("method", "T.e", Some(3), true),
            ("function", "g", None, false),
            ("class", "U", None, false),
            ("impl", "[]", None, false),
        ];
        assert_eq!(told, expected);
        assert_eq!(&*found.units[1].bases[0], "Show");
        assert!(found.units[5].is_conditional && found.units[5].is_async);
        let inside = |unit: &Unit| unit.prints.start < unit.prints.end;
        assert!(found.units.iter().all(inside));
    }

    #[test]
    fn test_code_is_known_and_can_be_left_out() {
        let text = "const A: u8 = 1;\nfn f() { g() }\n#[cfg(test)]\nmod tests {\n    const B: u8 = 2;\n    #[test]\n    fn h() { f() }\n}\n#[tokio::test]\nasync fn i() { f() }\n#[cfg(all(test, unix))]\nfn j() {}\n#[cfg(not(test))]\nfn k() { f(); }\n";
        let found = fragments(text);
        let lines: Vec<_> = found.tests.iter().map(|it| (it.start, it.end)).collect();
        assert_eq!(lines, [(3, 8), (9, 10), (11, 12)]);
        let rest = found.without_tests();
        let names: Vec<&str> = rest.units.iter().map(|it| &*it.name).collect();
        assert_eq!(names, ["f", "k"]);
        let alone =
            fragments("const A: u8 = 1;\nfn f() { g() }\n\n\n\n\n\n\n\n\n\n\n#[cfg(not(test))]\nfn k() { f(); }\n");
        assert_eq!(rest.prints, alone.prints);
        assert_eq!(rest.units[1].prints, alone.units[1].prints);
    }

    #[test]
    fn constants_have_their_value() {
        let found =
            fragments("pub const LIMIT: u32 = 5;\nstatic NAMES: &[&str] = &[\"a\", \"b\"];\nconst _: () = ();\n");
        let told: Vec<_> = found.constants.iter().map(|it| (&*it.name, &*it.text, it.is_literal)).collect();
        assert_eq!(told, [("LIMIT", "5", true), ("NAMES", "&[\"a\", \"b\"]", true)]);
    }

    #[test]
    fn what_syn_refuses_has_no_fragments_and_says_so() {
        let found = fragments("fn f() {}\nfn g( {}\n");
        assert!(found.units.is_empty() && !found.unread.is_empty());
        assert_eq!(found.unread.len(), found.unread_lines.len());
    }
}
