//! Items: what a Rust text defines, and the scopes around it.
//!
//! A block of methods is a definition of its own, `impl Display for Order {…}`, named for its type, so a method is called
//! `Order.fmt` whether its type stands above it or in another file. Invariant: a definition begins with its doc comments
//! and attributes, and is made once, in source order, those around it first. Absent on purpose: fields, variants,
//! and what a macro makes of its tokens, unless they are items.

use super::Locator;
use super::end::End;
use super::token::{Token, item_start};
use crate::facts::{
    Binding, BindingKind, Definition, DefinitionId, DefinitionKind, Facts, Guards, Interner, MODULE_SCOPE, Marker,
    MarkerKind, Scope, ScopeId, ScopeKind, Traits, Unread,
};
use crate::span::Span;
use proc_macro2::{Delimiter, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::visit::{self, Visit};

/// What the items of a text add to its facts.
pub struct Items {
    definitions: Vec<Definition>,
    /// All but the module's own, which comes first.
    scopes: Vec<Scope>,
    bindings: Vec<Binding>,
    markers: Vec<Marker>,
    unread: Vec<Unread>,
    names: crate::facts::Names,
}

impl Items {
    /// Joins the items with what the tokens say.
    pub fn into_facts(self, mut facts: Facts) -> Facts {
        facts.scopes.extend(self.scopes);
        facts.definitions = self.definitions;
        facts.bindings = self.bindings;
        facts.markers = self.markers;
        facts.names = self.names;
        facts.unread = self.unread;
        facts
    }
}

/// The items of a file.
pub fn items(file: &syn::File, locator: &Locator<'_>, tokens: &[Token]) -> Items {
    let found = Items {
        definitions: Vec::new(),
        scopes: Vec::new(),
        bindings: Vec::new(),
        markers: Vec::new(),
        unread: Vec::new(),
        names: crate::facts::Names::default(),
    };
    let mut walk = Walk {
        locator,
        tokens,
        found,
        interner: Interner::default(),
        scope: MODULE_SCOPE,
        definition: None,
        guards: Guards::NONE,
    };
    walk.visit_file(file);
    let mut found = walk.found;
    found.names.seal();
    found.bindings.sort_by_key(|binding| (binding.scope, binding.name, binding.span));
    found
}

struct Walk<'a> {
    locator: &'a Locator<'a>,
    tokens: &'a [Token],
    found: Items,
    interner: Interner,
    scope: ScopeId,
    definition: Option<DefinitionId>,
    guards: Guards,
}

/// What is said of an item before its body is walked.
struct Head<'s> {
    kind: DefinitionKind,
    name: String,
    /// Where its name stands; of an `impl`, where that word does.
    name_span: proc_macro2::Span,
    end: proc_macro2::Span,
    attributes: &'s [syn::Attribute],
    traits: Traits,
}

impl Walk<'_> {
    /// Adds a definition.
    fn define(&mut self, head: Head<'_>) -> DefinitionId {
        let Head { kind, name, name_span, end, attributes, traits } = head;
        let id = DefinitionId(self.found.definitions.len() as u32);
        let name_span = self.locator.span(name_span);
        let start = item_start(self.locator.text, self.tokens, name_span.start);
        let name = self.interner.intern(&mut self.found.names, &name);
        let is_conditional = attributes.iter().any(|it| it.path().is_ident("cfg"));
        let guards = if is_conditional { self.guards.with(Guards::CONDITIONAL) } else { self.guards };
        self.found.definitions.push(Definition {
            kind,
            name,
            name_span,
            span: Span::new(start, self.locator.offset(end.end()).max(name_span.end)),
            parent: self.definition,
            scope: self.scope,
            body_scope: None,
            traits,
            bases: Vec::new(),
            decorators: Vec::new(),
            returns: None,
            gives: Vec::new(),
            guards,
        });
        if kind != DefinitionKind::Implementation {
            let kind = BindingKind::Definition(id);
            let from = name_span.start;
            self.found.bindings.push(Binding {
                scope: self.scope,
                name,
                span: name_span,
                from,
                kind,
                value: None,
                annotation: None,
            });
        }
        let deprecated = attributes.iter().find(|it| it.path().is_ident("deprecated"));
        if let Some(attribute) = deprecated {
            let span = self.locator.span(attribute.pound_token.span);
            let kind = MarkerKind::Decorator;
            self.found.markers.push(Marker { kind, definition: Some(id), span, message: note(attribute) });
        }
        id
    }

    /// Adds a definition that has a body, and walks it.
    fn enclose(&mut self, head: Head<'_>, kind: ScopeKind, walk: impl FnOnce(&mut Self)) {
        let id = self.define(head);
        let definition = &self.found.definitions[id.index()];
        let (span, guards) = (definition.span, definition.guards);
        let scope = ScopeId(self.found.scopes.len() as u32 + 1);
        self.found.scopes.push(Scope { kind, parent: Some(self.scope), definition: Some(id), span });
        self.found.definitions[id.index()].body_scope = Some(scope);
        let guards = if kind == ScopeKind::Function { Guards::FUNCTION } else { guards };
        let outer = (self.scope, self.definition, self.guards);
        (self.scope, self.definition, self.guards) = (scope, Some(id), guards);
        walk(self);
        (self.scope, self.definition, self.guards) = outer;
    }

    fn function(
        &mut self,
        attributes: &[syn::Attribute],
        signature: &syn::Signature,
        body: Option<&syn::Block>,
        end: proc_macro2::Span,
    ) {
        let is_member = self.definition.is_some_and(|id| {
            matches!(self.found.definitions[id.index()].kind, DefinitionKind::Implementation | DefinitionKind::Trait)
        });
        let traits = Traits {
            is_async: signature.asyncness.is_some(),
            is_abstract: body.is_none(),
            is_static: is_member && signature.receiver().is_none(),
            is_stub: body.is_none_or(is_stub),
            ..Traits::default()
        };
        let kind = if is_member { DefinitionKind::Method } else { DefinitionKind::Function };
        let (name, name_span) = (bare(&signature.ident), signature.ident.span());
        let head = Head { kind, name, name_span, end, attributes, traits };
        self.enclose(head, ScopeKind::Function, |walk| {
            if let Some(body) = body {
                walk.visit_block(body);
            }
        });
    }

    fn plain(
        &mut self,
        kind: DefinitionKind,
        ident: &syn::Ident,
        attributes: &[syn::Attribute],
        end: proc_macro2::Span,
    ) {
        let (name, name_span, traits) = (bare(ident), ident.span(), Traits::default());
        self.define(Head { kind, name, name_span, end, attributes, traits });
    }

    /// Walks what stands in the brackets of a macro, as far as it is items.
    fn macro_items<T: Item>(&mut self, mac: &syn::Macro, visit: impl Fn(&mut Self, &T)) {
        match macro_items(self.locator, mac) {
            Ok(lists) => lists.iter().flatten().for_each(|item| visit(self, item)),
            Err(unread) => self.found.unread.push(unread),
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.sig, Some(&item.block), item.block.brace_token.span.close());
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.attrs, &item.sig, Some(&item.block), item.block.brace_token.span.close());
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(&item.attrs, &item.sig, item.default.as_ref(), item.end());
    }

    fn visit_foreign_item_fn(&mut self, item: &'ast syn::ForeignItemFn) {
        self.function(&item.attrs, &item.sig, None, item.semi_token.span);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.plain(DefinitionKind::Struct, &item.ident, &item.attrs, item.end());
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        self.plain(DefinitionKind::Struct, &item.ident, &item.attrs, item.fields.brace_token.span.close());
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.plain(DefinitionKind::Enum, &item.ident, &item.attrs, item.brace_token.span.close());
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let (name, name_span) = (bare(&item.ident), item.ident.span());
        let (end, traits) = (item.brace_token.span.close(), Traits { is_abstract: true, ..Traits::default() });
        let head = Head { kind: DefinitionKind::Trait, name, name_span, end, attributes: &item.attrs, traits };
        self.enclose(head, ScopeKind::Class, |walk| item.items.iter().for_each(|item| walk.visit_trait_item(item)));
    }

    fn visit_item_trait_alias(&mut self, item: &'ast syn::ItemTraitAlias) {
        self.plain(DefinitionKind::Trait, &item.ident, &item.attrs, item.semi_token.span);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let (name, name_span) = (type_name(&item.self_ty), item.impl_token.span);
        let (end, traits) = (item.brace_token.span.close(), Traits::default());
        let head = Head { kind: DefinitionKind::Implementation, name, name_span, end, attributes: &item.attrs, traits };
        self.enclose(head, ScopeKind::Class, |walk| item.items.iter().for_each(|item| walk.visit_impl_item(item)));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        // `mod orders;` is the way to a file, which is the definition.
        let Some((brace, items)) = &item.content else { return };
        let (name, name_span) = (bare(&item.ident), item.ident.span());
        let (end, traits) = (brace.span.close(), Traits::default());
        let head = Head { kind: DefinitionKind::Module, name, name_span, end, attributes: &item.attrs, traits };
        self.enclose(head, ScopeKind::Class, |walk| items.iter().for_each(|item| walk.visit_item(item)));
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        // `const _: () = …;` names nothing.
        if item.ident != "_" {
            self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, item.semi_token.span);
        }
        visit::visit_item_const(self, item);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, item.semi_token.span);
        visit::visit_item_static(self, item);
    }

    fn visit_foreign_item_static(&mut self, item: &'ast syn::ForeignItemStatic) {
        self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, item.semi_token.span);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.plain(DefinitionKind::TypeAlias, &item.ident, &item.attrs, item.semi_token.span);
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, item.semi_token.span);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, item.semi_token.span);
        visit::visit_impl_item_const(self, item);
    }

    fn visit_trait_item_type(&mut self, item: &'ast syn::TraitItemType) {
        self.plain(DefinitionKind::TypeAlias, &item.ident, &item.attrs, item.semi_token.span);
    }

    fn visit_impl_item_type(&mut self, item: &'ast syn::ImplItemType) {
        self.plain(DefinitionKind::TypeAlias, &item.ident, &item.attrs, item.semi_token.span);
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        match &item.ident {
            Some(name) => self.plain(DefinitionKind::Macro, name, &item.attrs, item.end()),
            None => self.macro_items(&item.mac, |walk, item: &syn::Item| walk.visit_item(item)),
        }
    }

    fn visit_impl_item_macro(&mut self, item: &'ast syn::ImplItemMacro) {
        self.macro_items(&item.mac, |walk, item: &syn::ImplItem| walk.visit_impl_item(item));
    }

    fn visit_trait_item_macro(&mut self, item: &'ast syn::TraitItemMacro) {
        self.macro_items(&item.mac, |walk, item: &syn::TraitItem| walk.visit_trait_item(item));
    }

    fn visit_stmt_macro(&mut self, item: &'ast syn::StmtMacro) {
        if matches!(item.mac.delimiter, syn::MacroDelimiter::Brace(_)) {
            self.macro_items(&item.mac, |walk, item: &syn::Item| walk.visit_item(item));
        }
    }
}

/// The tokens of a macro as items, or as members of a type, where they are some: all of them, or what stands in each pair
/// of braces behind `cfg_if!`.
pub fn macro_items<T: Item>(locator: &Locator<'_>, mac: &syn::Macro) -> Result<Vec<Vec<T>>, Unread> {
    if !locator.reads_macros {
        let (open, close) = (mac.delimiter.span().open(), mac.delimiter.span().close());
        let span = Span::new(locator.offset(open.start()), locator.offset(close.end()));
        return Err(Unread { span, reason: "a macro nested too deep to be read".to_owned() });
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

/// A name without `r#`.
pub fn bare(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// The last name of a type: `Order` of `&'a mut shop::Order<T>`.
pub fn type_ident(of: &syn::Type) -> Option<&syn::Ident> {
    match of {
        syn::Type::Path(path) => path.path.segments.last().map(|it| &it.ident),
        syn::Type::Reference(it) => type_ident(&it.elem),
        syn::Type::Ptr(it) => type_ident(&it.elem),
        syn::Type::Group(it) => type_ident(&it.elem),
        syn::Type::Paren(it) => type_ident(&it.elem),
        syn::Type::TraitObject(it) => it.bounds.iter().find_map(|bound| match bound {
            syn::TypeParamBound::Trait(bound) => bound.path.segments.last().map(|it| &it.ident),
            _ => None,
        }),
        _ => None,
    }
}

/// What a block of methods is called: for its type, or for the kind of a type that has no name.
pub fn type_name(of: &syn::Type) -> String {
    match (type_ident(of), of) {
        (Some(ident), _) => bare(ident),
        (None, syn::Type::Slice(_) | syn::Type::Array(_)) => "[]".to_owned(),
        (None, syn::Type::Tuple(_)) => "()".to_owned(),
        (None, syn::Type::Never(_)) => "!".to_owned(),
        (None, _) => "impl".to_owned(),
    }
}

/// The body is empty, or nothing but `todo!()` or `unimplemented!()`.
pub fn is_stub(body: &syn::Block) -> bool {
    body.stmts.iter().all(|statement| {
        let mac = match statement {
            syn::Stmt::Macro(it) => &it.mac,
            syn::Stmt::Expr(syn::Expr::Macro(it), _) => &it.mac,
            _ => return false,
        };
        mac.path.is_ident("todo") || mac.path.is_ident("unimplemented")
    })
}

/// What `#[deprecated = "…"]` or `#[deprecated(note = "…")]` says.
fn note(attribute: &syn::Attribute) -> Option<String> {
    let text = |value: &syn::Expr| match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    };
    if let syn::Meta::NameValue(pair) = &attribute.meta {
        return text(&pair.value);
    }
    let mut note = None;
    // What cannot be read leaves the marker without a message.
    let _ = attribute.parse_nested_meta(|meta| {
        let value: syn::Expr = meta.value()?.parse()?;
        if meta.path.is_ident("note") {
            note = text(&value);
        }
        Ok(())
    });
    note
}
