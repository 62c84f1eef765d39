//! Macros: what stands in their brackets.
//!
//! What a macro makes of its tokens is not known, but what they are often is: items, arguments, statements. Where they can
//! be read as one of these, they are, and their names mean what they would mean outside the brackets. Where they cannot,
//! each path in them is a reference that perhaps means what it says. Invariant: no name in brackets is passed over. Absent
//! on purpose: expansion; a name that a macro makes is nowhere.

use super::Locator;
use super::ident::{bare, is_keyword, is_reserved};
use super::item::Walk;
use crate::facts::{ReferenceKind, Space, Unread, Value, ValueId};
use crate::span::Span;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit::Visit;

/// Macros whose brackets hold a value and a pattern.
const MATCHING: &[&str] = &["assert_matches", "debug_assert_matches", "matches"];

/// What the tokens of a macro can be read as.
enum Content {
    Items(Vec<syn::Item>),
    Arguments(Vec<syn::Expr>),
    Statements(Vec<syn::Stmt>),
    Match(Box<Matched>),
}

/// `value, pattern if guard, …`
struct Matched {
    value: syn::Expr,
    pattern: syn::Pat,
    guard: Option<syn::Expr>,
    rest: Vec<syn::Expr>,
}

impl Parse for Matched {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let value = input.parse()?;
        input.parse::<syn::Token![,]>()?;
        let pattern = syn::Pat::parse_multi_with_leading_vert(input)?;
        let guard = match input.parse::<Option<syn::Token![if]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        let mut rest = Vec::new();
        if input.parse::<Option<syn::Token![,]>>()?.is_some() {
            rest = Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated(input)?.into_iter().collect();
        }
        Ok(Self { value, pattern, guard, rest })
    }
}

/// `[value; count]`, `a, b`, `a; b`: what most macros take.
struct Arguments(Vec<syn::Expr>);

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut all = Vec::new();
        while !input.is_empty() {
            let next: syn::Expr = input.parse()?;
            if matches!(next, syn::Expr::Verbatim(_)) {
                return Err(input.error("no expression"));
            }
            all.push(next);
            if input.is_empty() {
                break;
            }
            match input.parse::<Option<syn::Token![,]>>()? {
                Some(_) => {}
                None => drop(input.parse::<syn::Token![;]>()?),
            }
        }
        Ok(Self(all))
    }
}

fn content(mac: &syn::Macro) -> Option<Content> {
    let tokens = || mac.tokens.clone();
    let is_braced = matches!(mac.delimiter, syn::MacroDelimiter::Brace(_));
    if mac.path.segments.last().is_some_and(|it| MATCHING.iter().any(|name| it.ident == name)) {
        return syn::parse2::<Matched>(tokens()).ok().map(|it| Content::Match(Box::new(it)));
    }
    if is_braced && let Ok(List(items)) = syn::parse2::<List<syn::Item>>(tokens()) {
        return Some(Content::Items(items));
    }
    if let Ok(Arguments(all)) = syn::parse2::<Arguments>(tokens()) {
        return Some(Content::Arguments(all));
    }
    let statements = Parser::parse2(syn::Block::parse_within, tokens()).ok()?;
    let is_plain = !statements.iter().any(|it| matches!(it, syn::Stmt::Item(syn::Item::Verbatim(_))));
    is_plain.then_some(Content::Statements(statements))
}

impl Walk<'_> {
    /// The macro that is called.
    pub fn callee(&mut self, mac: &syn::Macro) {
        self.path(&mac.path, Space::Macro, ReferenceKind::Call);
    }

    /// A macro among expressions or statements.
    pub fn invocation(&mut self, mac: &syn::Macro) {
        self.callee(mac);
        if !self.locator.reads_macros {
            self.found.unread.push(too_deep(self.locator, mac));
            return;
        }
        let (open, close) = (mac.delimiter.span().open(), mac.delimiter.span().close());
        let span = Span::new(self.locator.offset(open.start()), self.locator.offset(close.end()));
        match content(mac) {
            Some(Content::Items(items)) => items.iter().for_each(|item| self.visit_item(item)),
            Some(Content::Arguments(all)) => all.iter().for_each(|it| self.argument(it)),
            Some(Content::Statements(statements)) => {
                self.in_block(span, |walk| walk.statements(&statements));
            }
            Some(Content::Match(it)) => {
                let Matched { value, pattern, guard, rest } = *it;
                self.expression(&value);
                self.in_block(span, |walk| {
                    walk.pattern(&pattern, None, None);
                    guard.iter().for_each(|it| {
                        walk.expression(it);
                    });
                });
                rest.iter().for_each(|it| {
                    self.expression(it);
                });
            }
            None => self.words(mac.tokens.clone()),
        }
    }

    /// `count = orders.len()` names an argument, which is nothing of the program.
    fn argument(&mut self, argument: &syn::Expr) {
        match argument {
            syn::Expr::Assign(it) if matches!(&*it.left, syn::Expr::Path(path) if path.path.get_ident().is_some()) => {
                self.expression(&it.right);
            }
            other => {
                self.expression(other);
            }
        }
    }

    /// Tokens that can be read as nothing more: each path in them is perhaps what it says.
    pub fn words(&mut self, tokens: TokenStream) {
        let mut base: Option<ValueId> = None;
        let mut trees = tokens.into_iter().peekable();
        let mut colons = 0;
        let mut is_member = false;
        while let Some(tree) = trees.next() {
            match tree {
                TokenTree::Ident(ident) => {
                    let is_path = colons == 2;
                    if !is_path {
                        base = None;
                    }
                    base = self.word(base, &ident, is_member, trees.peek());
                    (colons, is_member) = (0, false);
                }
                TokenTree::Punct(punct) => {
                    colons = if punct.as_char() == ':' { colons + 1 } else { 0 };
                    is_member = punct.as_char() == '.';
                    // `$crate` is a word of its own, `$name` is a place for tokens.
                    if punct.as_char() == '$'
                        && let Some(TokenTree::Ident(ident)) = trees.peek()
                    {
                        let is_crate = ident == "crate";
                        if !is_crate {
                            trees.next();
                        }
                    }
                    // Behind `Store<u8>::` stands a member of something that is not known here.
                    if colons == 0 {
                        base = (punct.as_char() == '>').then_some(ValueId(0));
                    }
                }
                TokenTree::Group(group) => {
                    self.words(group.stream());
                    (base, colons, is_member) = (None, 0, false);
                }
                TokenTree::Literal(_) => (base, colons, is_member) = (None, 0, false),
            }
        }
    }

    /// One identifier among tokens; what stands behind it says what it could be.
    fn word(
        &mut self,
        base: Option<ValueId>,
        ident: &proc_macro2::Ident,
        is_member: bool,
        next: Option<&TokenTree>,
    ) -> Option<ValueId> {
        let text = bare(ident);
        if is_keyword(&text) && !is_reserved(&text) {
            return None;
        }
        let (name, span) = (self.name(&text), self.span_of(ident));
        let is_called = matches!(next, Some(TokenTree::Group(it)) if it.delimiter() == Delimiter::Parenthesis);
        let is_macro = matches!(next, Some(TokenTree::Punct(it)) if it.as_char() == '!');
        let (scope, at) = (self.scope, span.start);
        let value = match base {
            _ if is_member => {
                let space = if is_called { Space::Method } else { Space::Field };
                Value::Attribute { base: ValueId(0), name, space }
            }
            Some(base) => Value::Attribute { base, name, space: Space::Any },
            None if is_macro => Value::Name { name, scope, at, space: Space::Macro },
            None => Value::Name { name, scope, at, space: Space::Any },
        };
        let value = self.value(value);
        if !is_reserved(&text) {
            let kind = match (is_member, is_called) {
                (true, false) => ReferenceKind::Keyword,
                (_, true) => ReferenceKind::Call,
                (false, false) => ReferenceKind::Name,
            };
            let perhaps = self.value(Value::Perhaps { value });
            self.refer(span, perhaps, kind);
        }
        Some(value)
    }
}

fn too_deep(locator: &Locator<'_>, mac: &syn::Macro) -> Unread {
    let (open, close) = (mac.delimiter.span().open(), mac.delimiter.span().close());
    let span = Span::new(locator.offset(open.start()), locator.offset(close.end()));
    Unread { span, reason: "a macro nested too deep to be read".to_owned() }
}

/// The tokens of a macro as items, or as members of a type, where they are some: all of them, or what stands in each pair
/// of braces behind `cfg_if!`.
pub fn macro_items<T: Item>(locator: &Locator<'_>, mac: &syn::Macro) -> Result<Vec<Vec<T>>, Unread> {
    if !locator.reads_macros {
        return Err(too_deep(locator, mac));
    }
    let is_choice = mac.path.segments.last().is_some_and(|it| it.ident == "cfg_if");
    let lists: Vec<proc_macro2::TokenStream> = match is_choice {
        true => {
            let braced = mac.tokens.clone().into_iter().filter_map(|tree| match tree {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
                _ => None,
            });
            braced.collect()
        }
        false => vec![mac.tokens.clone()],
    };
    Ok(lists.into_iter().filter_map(|tokens| Some(syn::parse2::<List<T>>(tokens).ok()?.0)).collect())
}

/// What may stand in a list.
pub trait Item: Parse {
    /// Whether syn keeps it as tokens, so that it may be anything.
    fn is_verbatim(&self) -> bool;
}

impl Item for syn::Item {
    fn is_verbatim(&self) -> bool {
        matches!(self, syn::Item::Verbatim(_))
    }
}

impl Item for syn::ImplItem {
    fn is_verbatim(&self) -> bool {
        matches!(self, syn::ImplItem::Verbatim(_))
    }
}

impl Item for syn::TraitItem {
    fn is_verbatim(&self) -> bool {
        matches!(self, syn::TraitItem::Verbatim(_))
    }
}

/// Items, and nothing else.
struct List<T>(Vec<T>);

impl<T: Item> Parse for List<T> {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut items = Vec::new();
        while !input.is_empty() {
            let item: T = input.parse()?;
            if item.is_verbatim() {
                return Err(input.error("no item"));
            }
            items.push(item);
        }
        Ok(Self(items))
    }
}
