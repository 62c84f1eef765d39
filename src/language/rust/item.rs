//! Items: what a Rust text defines, and the scopes around it.
//!
//! A block of methods is a definition of its own, `impl Display for Order {…}`, named for its type, so a method is called
//! `Order.fmt` whether its type stands above it or in another file. Invariant: a definition begins with its doc comments
//! and attributes, and is made once, in source order, those around it first. Every identifier that is neither defined nor
//! named by anything else is a word, so that no place of a name is passed over. Absent on purpose: definitions of fields
//! and variants, which are attributes of their type, and what a macro makes of its tokens, unless they are items.

use super::Locator;
use super::end::End;
use super::feature::{Features, features};
use super::fragment::is_test;
use super::ident::{bare, is_keyword, type_name};
use super::invocation::{Item, macro_items};
use super::token::{Token, TokenKind, item_start};
use crate::facts::{
    Access, AttributeAssignment, Binding, BindingKind, Definition, DefinitionId, DefinitionKind, Facts, Guards,
    Interner, MODULE_SCOPE, Marker, MarkerKind, NameId, NameString, Reference, ReferenceKind, Scope, ScopeId,
    ScopeKind, Space, StringRole, Traits, Value, ValueId,
};
use crate::span::Span;
use rustc_hash::FxHashSet;
use syn::visit::Visit;

/// What the tree of a text says: all but what tokens and lines say.
pub fn items(file: &syn::File, locator: &Locator<'_>, tokens: &[Token]) -> Facts {
    let span = Span::new(0, locator.text.len() as u32);
    let found = Facts {
        values: vec![Value::Unknown],
        scopes: vec![Scope { kind: ScopeKind::Module, parent: None, definition: None, span }],
        ..Facts::default()
    };
    debug_assert_eq!(MODULE_SCOPE.index(), 0);
    let mut walk = Walk {
        locator,
        tokens,
        found,
        interner: Interner::default(),
        scope: MODULE_SCOPE,
        definition: None,
        guards: Guards::NONE,
        modules: Vec::new(),
        in_tests: false,
    };
    walk.visit_file(file);
    walk.rest();
    walk.features();
    let mut found = walk.found;
    found.names.seal();
    found.bindings.sort_by_key(|binding| (binding.scope, binding.name, binding.span));
    // A place counts once, and as a name of something rather than as a word.
    let rank = |it: &Reference| (it.span, it.kind == ReferenceKind::Keyword);
    found.references.sort_by_key(rank);
    found.references.dedup_by_key(|it| it.span);
    found
}

pub struct Walk<'a> {
    pub locator: &'a Locator<'a>,
    pub tokens: &'a [Token],
    pub found: Facts,
    pub interner: Interner,
    pub scope: ScopeId,
    pub definition: Option<DefinitionId>,
    pub guards: Guards,
    /// Inline modules around the walk.
    pub modules: Vec<String>,
    in_tests: bool,
}

/// What is said of an item before its body is walked.
struct Head<'s> {
    kind: DefinitionKind,
    name: String,
    /// Where its name stands; of an `impl`, where that word does.
    name_span: Span,
    end: proc_macro2::Span,
    attributes: &'s [syn::Attribute],
    traits: Traits,
}

impl Walk<'_> {
    pub fn name(&mut self, text: &str) -> NameId {
        self.interner.intern(&mut self.found.names, text)
    }

    pub fn value(&mut self, value: Value) -> ValueId {
        let id = ValueId(self.found.values.len() as u32);
        self.found.values.push(value);
        id
    }

    /// Where a name stands, without `r#`.
    pub fn span_of(&self, ident: &syn::Ident) -> Span {
        self.locator.name_span(ident)
    }

    pub fn refer(&mut self, span: Span, value: ValueId, kind: ReferenceKind) {
        let (scope, guards) = (self.scope, self.guards);
        self.found.references.push(Reference { span, value, kind, access: Access::Read, scope, guards });
    }

    pub fn bind(
        &mut self,
        name: NameId,
        span: Span,
        from: u32,
        kind: BindingKind,
        value: Option<ValueId>,
        annotation: Option<ValueId>,
    ) {
        let scope = self.scope;
        self.found.bindings.push(Binding { scope, name, span, from, kind, value, annotation });
    }

    /// Walks in a scope of its own.
    pub fn within<T>(&mut self, kind: ScopeKind, span: Span, walk: impl FnOnce(&mut Self) -> T) -> T {
        let scope = ScopeId(self.found.scopes.len() as u32);
        self.found.scopes.push(Scope { kind, parent: Some(self.scope), definition: None, span });
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = walk(self);
        self.scope = outer;
        result
    }

    /// The conditions under which what has these attributes is compiled.
    pub fn guarded_by(&self, attributes: &[syn::Attribute]) -> Guards {
        let is_conditional = attributes.iter().any(|it| it.path().is_ident("cfg"));
        if is_conditional { self.guards.with(Guards::CONDITIONAL) } else { self.guards }
    }

    /// Adds a definition.
    fn define(&mut self, head: Head<'_>) -> DefinitionId {
        let Head { kind, name, name_span, end, attributes, traits } = head;
        let id = DefinitionId(self.found.definitions.len() as u32);
        let start = item_start(self.locator.text, self.tokens, name_span.start);
        let name = self.name(&name);
        let guards = self.guarded_by(attributes);
        let span = Span::new(start, self.locator.offset(end.end()).max(name_span.end));
        self.found.definitions.push(Definition {
            kind,
            name,
            name_span,
            span,
            parent: self.definition,
            scope: self.scope,
            body_scope: None,
            traits,
            bases: Vec::new(),
            decorators: Vec::new(),
            returns: None,
            subject: None,
            gives: Vec::new(),
            guards,
        });
        if kind != DefinitionKind::Implementation {
            self.bind(name, name_span, name_span.start, BindingKind::Definition(id), None, None);
        }
        if !self.in_tests && is_test(attributes) {
            self.found.tests.push(span);
        }
        let deprecated = attributes.iter().find(|it| it.path().is_ident("deprecated"));
        if let Some(attribute) = deprecated {
            let span = self.locator.span(attribute.pound_token.span);
            let kind = MarkerKind::Decorator;
            self.found.markers.push(Marker { kind, definition: Some(id), span, message: note(attribute) });
        }
        for attribute in attributes {
            let found = self.attribute(attribute);
            self.found.definitions[id.index()].decorators.extend(found);
        }
        id
    }

    /// Adds a definition that has a body, and walks it.
    fn enclose(&mut self, head: Head<'_>, kind: ScopeKind, walk: impl FnOnce(&mut Self, DefinitionId)) {
        let is_test = is_test(head.attributes);
        let id = self.define(head);
        let definition = &self.found.definitions[id.index()];
        let (span, guards) = (definition.span, definition.guards);
        let scope = ScopeId(self.found.scopes.len() as u32);
        self.found.scopes.push(Scope { kind, parent: Some(self.scope), definition: Some(id), span });
        self.found.definitions[id.index()].body_scope = Some(scope);
        let guards = if kind == ScopeKind::Function { Guards::FUNCTION } else { guards };
        let outer = (self.scope, self.definition, self.guards, self.in_tests);
        (self.scope, self.definition, self.guards) = (scope, Some(id), guards);
        self.in_tests |= is_test;
        walk(self, id);
        (self.scope, self.definition, self.guards, self.in_tests) = outer;
    }

    fn function(
        &mut self,
        attributes: &[syn::Attribute],
        visibility: &syn::Visibility,
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
            is_public: is_public(visibility),
            ..Traits::default()
        };
        let kind = if is_member { DefinitionKind::Method } else { DefinitionKind::Function };
        let (name, name_span) = (bare(&signature.ident), self.span_of(&signature.ident));
        let head = Head { kind, name, name_span, end, attributes, traits };
        self.visibility(visibility);
        self.enclose(head, ScopeKind::Function, |walk, id| {
            walk.generics(&signature.generics);
            walk.parameters(&signature.inputs);
            if let syn::ReturnType::Type(_, returns) = &signature.output {
                let returns = walk.type_value(returns);
                walk.found.definitions[id.index()].returns = Some(returns);
            }
            if let Some(body) = body {
                walk.block(body);
            }
        });
    }

    fn plain(
        &mut self,
        kind: DefinitionKind,
        ident: &syn::Ident,
        attributes: &[syn::Attribute],
        visibility: &syn::Visibility,
        end: proc_macro2::Span,
    ) -> DefinitionId {
        let (name, name_span) = (bare(ident), self.span_of(ident));
        let traits = Traits { is_public: is_public(visibility), ..Traits::default() };
        self.visibility(visibility);
        self.define(Head { kind, name, name_span, end, attributes, traits })
    }

    /// A type whose fields or variants are walked where its parameters are known.
    fn record(
        &mut self,
        kind: DefinitionKind,
        ident: &syn::Ident,
        attributes: &[syn::Attribute],
        visibility: &syn::Visibility,
        end: proc_macro2::Span,
        walk: impl FnOnce(&mut Self, DefinitionId),
    ) {
        let id = self.plain(kind, ident, attributes, visibility, end);
        let span = self.found.definitions[id.index()].span;
        self.within(ScopeKind::Expression, span, |inner| walk(inner, id));
    }

    fn fields(&mut self, class: DefinitionId, fields: &syn::Fields) {
        for (position, field) in fields.iter().enumerate() {
            field.attrs.iter().for_each(|it| {
                self.attribute(it);
            });
            self.visibility(&field.vis);
            let annotation = self.type_value(&field.ty);
            let (name, span) = match &field.ident {
                Some(ident) => (bare(ident), self.span_of(ident)),
                None => (position.to_string(), Span::default()),
            };
            self.member(class, &name, span, annotation);
        }
    }

    /// A field, or a variant, which is of its own type.
    fn member(&mut self, class: DefinitionId, name: &str, span: Span, annotation: ValueId) {
        let name = self.name(name);
        let annotation = Some(annotation);
        self.found.attributes.push(AttributeAssignment { class, name, span, value: None, annotation });
    }

    fn variants<'v>(&mut self, class: DefinitionId, variants: impl Iterator<Item = &'v syn::Variant>) {
        let definition = &self.found.definitions[class.index()];
        let (name, scope, at) = (definition.name, definition.scope, definition.name_span.start);
        for variant in variants {
            variant.attrs.iter().for_each(|it| {
                self.attribute(it);
            });
            let own = self.value(Value::Name { name, scope, at, space: Space::Type });
            self.member(class, &bare(&variant.ident), self.span_of(&variant.ident), own);
            for field in &variant.fields {
                field.attrs.iter().for_each(|it| {
                    self.attribute(it);
                });
                self.type_value(&field.ty);
            }
            if let Some((_, value)) = &variant.discriminant {
                self.expression(value);
            }
        }
    }

    /// What an alias of a type stands for.
    fn alias(&mut self, id: DefinitionId, generics: &syn::Generics, of: &syn::Type) {
        self.generics(generics);
        self.found.definitions[id.index()].subject = Some(self.type_value(of));
    }

    /// Walks what stands in the brackets of a macro among items, as far as it is items.
    fn macro_items<T: Item>(&mut self, mac: &syn::Macro, visit: impl Fn(&mut Self, &T)) {
        self.callee(mac);
        match macro_items::<T>(self.locator, mac) {
            Ok(lists) => {
                if lists.is_empty() {
                    self.words(mac.tokens.clone());
                }
                lists.iter().flatten().for_each(|item| visit(self, item));
            }
            Err(unread) => self.found.unread.push(unread),
        }
        // What it expands to may define any name.
        self.found.has_open_exports = true;
    }

    /// The features that `cfg` asks of, and what they choose.
    fn features(&mut self) {
        let Features { reads, branches } = features(self.locator.text, self.tokens);
        self.found.branches.extend(branches);
        for span in reads {
            let text = self.name(span.slice(self.locator.text));
            let (scope, guards) = (MODULE_SCOPE, Guards::NONE);
            self.found.strings.push(NameString { span, text, role: StringRole::Feature, scope, guards });
        }
    }

    /// Identifiers that are nothing so far: fields that are set, lifetimes, what stands in attributes.
    fn rest(&mut self) {
        let mut taken: FxHashSet<u32> = self.found.references.iter().map(|it| it.span.start).collect();
        taken.extend(self.found.definitions.iter().map(|it| it.name_span.start));
        taken.extend(self.found.bindings.iter().map(|it| it.span.start));
        taken.extend(self.found.imports.iter().map(|it| it.module_span.start));
        for token in self.tokens {
            let skipped = match token.kind {
                TokenKind::Ident => 0,
                TokenKind::RawIdent => 2,
                TokenKind::Lifetime { .. } => 1,
                _ => continue,
            };
            let span = Span::new(token.span.start + skipped, token.span.end);
            if !taken.contains(&span.start) && !is_keyword(span.slice(self.locator.text)) {
                self.refer(span, ValueId(0), ReferenceKind::Keyword);
            }
        }
    }
}

/// Whether others see it: `pub`, also where it says how far.
pub fn is_public(visibility: &syn::Visibility) -> bool {
    !matches!(visibility, syn::Visibility::Inherited)
}

const INHERITED: syn::Visibility = syn::Visibility::Inherited;

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let end = item.block.brace_token.span.close();
        self.function(&item.attrs, &item.vis, &item.sig, Some(&item.block), end);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let end = item.block.brace_token.span.close();
        self.function(&item.attrs, &item.vis, &item.sig, Some(&item.block), end);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(&item.attrs, &INHERITED, &item.sig, item.default.as_ref(), item.end());
    }

    fn visit_foreign_item_fn(&mut self, item: &'ast syn::ForeignItemFn) {
        self.function(&item.attrs, &item.vis, &item.sig, None, item.semi_token.span);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.record(DefinitionKind::Struct, &item.ident, &item.attrs, &item.vis, item.end(), |walk, id| {
            walk.generics(&item.generics);
            walk.fields(id, &item.fields);
        });
    }

    fn visit_item_union(&mut self, item: &'ast syn::ItemUnion) {
        let end = item.fields.brace_token.span.close();
        self.record(DefinitionKind::Struct, &item.ident, &item.attrs, &item.vis, end, |walk, id| {
            walk.generics(&item.generics);
            walk.fields(id, &syn::Fields::Named(item.fields.clone()));
        });
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let end = item.brace_token.span.close();
        self.record(DefinitionKind::Enum, &item.ident, &item.attrs, &item.vis, end, |walk, id| {
            walk.generics(&item.generics);
            walk.variants(id, item.variants.iter());
        });
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let (name, name_span) = (bare(&item.ident), self.span_of(&item.ident));
        let traits = Traits { is_abstract: true, is_public: is_public(&item.vis), ..Traits::default() };
        let end = item.brace_token.span.close();
        let head = Head { kind: DefinitionKind::Trait, name, name_span, end, attributes: &item.attrs, traits };
        self.visibility(&item.vis);
        self.enclose(head, ScopeKind::Class, |walk, id| {
            walk.generics(&item.generics);
            let bases: Vec<ValueId> =
                item.supertraits.iter().filter_map(|it| walk.bound(it, ReferenceKind::Subclass)).collect();
            walk.found.definitions[id.index()].bases = bases;
            item.items.iter().for_each(|item| walk.visit_trait_item(item));
        });
    }

    fn visit_item_trait_alias(&mut self, item: &'ast syn::ItemTraitAlias) {
        let end = item.semi_token.span;
        self.record(DefinitionKind::Trait, &item.ident, &item.attrs, &item.vis, end, |walk, _| {
            walk.generics(&item.generics);
            item.bounds.iter().for_each(|it| {
                walk.bound(it, ReferenceKind::Subclass);
            });
        });
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let (name, name_span) = (type_name(&item.self_ty), self.locator.span(item.impl_token.span));
        let (end, traits) = (item.brace_token.span.close(), Traits::default());
        let head = Head { kind: DefinitionKind::Implementation, name, name_span, end, attributes: &item.attrs, traits };
        self.enclose(head, ScopeKind::Class, |walk, id| {
            walk.generics(&item.generics);
            let of = item.trait_.as_ref().map(|(path, _)| walk.path(path, Space::Type, ReferenceKind::Subclass));
            let subject = walk.type_value(&item.self_ty);
            let definition = &mut walk.found.definitions[id.index()];
            definition.bases = of.into_iter().collect();
            definition.subject = Some(subject);
            item.items.iter().for_each(|item| walk.visit_impl_item(item));
        });
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let Some((brace, items)) = &item.content else { return self.module_file(item) };
        let (name, name_span) = (bare(&item.ident), self.span_of(&item.ident));
        let traits = Traits { is_public: is_public(&item.vis), ..Traits::default() };
        let end = brace.span.close();
        let head = Head { kind: DefinitionKind::Module, name, name_span, end, attributes: &item.attrs, traits };
        self.visibility(&item.vis);
        self.modules.push(bare(&item.ident));
        self.enclose(head, ScopeKind::Module, |walk, _| items.iter().for_each(|item| walk.visit_item(item)));
        self.modules.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.imports(item);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.extern_crate(item);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        // `const _: () = …;` names nothing.
        if item.ident != "_" {
            let end = item.semi_token.span;
            let id = self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, &item.vis, end);
            self.found.definitions[id.index()].returns = Some(self.type_value(&item.ty));
        } else {
            self.type_value(&item.ty);
        }
        self.expression(&item.expr);
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        let id = self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, &item.vis, item.semi_token.span);
        self.found.definitions[id.index()].returns = Some(self.type_value(&item.ty));
        self.expression(&item.expr);
    }

    fn visit_foreign_item_static(&mut self, item: &'ast syn::ForeignItemStatic) {
        self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, &item.vis, item.semi_token.span);
        self.type_value(&item.ty);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        let syn::ItemType { ident, attrs, vis, generics, ty, semi_token, .. } = item;
        self.record(DefinitionKind::TypeAlias, ident, attrs, vis, semi_token.span, |walk, id| {
            walk.alias(id, generics, ty);
        });
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, &INHERITED, item.semi_token.span);
        self.type_value(&item.ty);
        if let Some((_, value)) = &item.default {
            self.expression(value);
        }
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.plain(DefinitionKind::Constant, &item.ident, &item.attrs, &item.vis, item.semi_token.span);
        self.type_value(&item.ty);
        self.expression(&item.expr);
    }

    fn visit_trait_item_type(&mut self, item: &'ast syn::TraitItemType) {
        let end = item.semi_token.span;
        self.record(DefinitionKind::TypeAlias, &item.ident, &item.attrs, &INHERITED, end, |walk, _| {
            walk.generics(&item.generics);
            item.bounds.iter().for_each(|it| {
                walk.bound(it, ReferenceKind::Annotation);
            });
            if let Some((_, of)) = &item.default {
                walk.type_value(of);
            }
        });
    }

    fn visit_impl_item_type(&mut self, item: &'ast syn::ImplItemType) {
        let syn::ImplItemType { ident, attrs, vis, generics, ty, semi_token, .. } = item;
        self.record(DefinitionKind::TypeAlias, ident, attrs, vis, semi_token.span, |walk, id| {
            walk.alias(id, generics, ty);
        });
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        match &item.ident {
            Some(name) => {
                let id = self.plain(DefinitionKind::Macro, name, &item.attrs, &INHERITED, item.end());
                let is_exported = item.attrs.iter().any(|it| it.path().is_ident("macro_export"));
                self.found.definitions[id.index()].traits.is_public = is_exported;
                self.words(item.mac.tokens.clone());
            }
            None => self.macro_items(&item.mac, |walk, item: &syn::Item| walk.visit_item(item)),
        }
    }

    fn visit_impl_item_macro(&mut self, item: &'ast syn::ImplItemMacro) {
        self.macro_items(&item.mac, |walk, item: &syn::ImplItem| walk.visit_impl_item(item));
    }

    fn visit_trait_item_macro(&mut self, item: &'ast syn::TraitItemMacro) {
        self.macro_items(&item.mac, |walk, item: &syn::TraitItem| walk.visit_trait_item(item));
    }

    fn visit_expr(&mut self, expression: &'ast syn::Expr) {
        self.expression(expression);
    }

    fn visit_type(&mut self, of: &'ast syn::Type) {
        self.type_value(of);
    }

    fn visit_pat(&mut self, pattern: &'ast syn::Pat) {
        self.pattern(pattern, None, None);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.path(path, Space::Type, ReferenceKind::Name);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.block(block);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        self.attribute(attribute);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        self.invocation(mac);
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

/// The text of `#[path = "…"]`.
pub fn literal(attribute: &syn::Attribute) -> Option<String> {
    match &attribute.meta {
        syn::Meta::NameValue(pair) => text_of(&pair.value),
        _ => None,
    }
}

fn text_of(value: &syn::Expr) -> Option<String> {
    match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// What `#[deprecated = "…"]` or `#[deprecated(note = "…")]` says.
fn note(attribute: &syn::Attribute) -> Option<String> {
    if let syn::Meta::NameValue(_) = &attribute.meta {
        return literal(attribute);
    }
    let mut note = None;
    // What cannot be read leaves the marker without a message.
    let _ = attribute.parse_nested_meta(|meta| {
        let value: syn::Expr = meta.value()?.parse()?;
        if meta.path.is_ident("note") {
            note = text_of(&value);
        }
        Ok(())
    });
    note
}
