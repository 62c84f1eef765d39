//! Paths: every name of `shop::orders::Order<T>` with what leads to it, and the imports that are made of paths.
//!
//! Invariant: each name of a path is a reference of its own, of which all but the last stand for a module or a type; the
//! last has the kind of what surrounds the path. Absent on purpose: what a name means; `crate`, `self`, `super` and `Self`
//! are names like others here, and are told apart where they are resolved.

use super::ident::{bare, is_reserved};
use super::item::{Walk, is_public};
use crate::facts::{
    BindingKind, Guards, Import, ImportId, ImportTarget, NameId, ReferenceKind, ScopeKind, Space, Value, ValueId,
};
use crate::span::Span;
use syn::visit;

#[rustfmt::skip]
/// Types that lead to what they hold wherever a method is called on them.
const POINTERS: &[&str] = &[
    "Arc", "Box", "Cow", "LazyCell", "LazyLock", "ManuallyDrop", "MutexGuard", "Pin", "Rc", "Ref", "RefMut",
    "RwLockReadGuard", "RwLockWriteGuard",
];

impl Walk<'_> {
    /// A name behind a base, or the first of a path; told as a reference.
    pub fn segment(&mut self, base: Option<ValueId>, ident: &syn::Ident, space: Space, kind: ReferenceKind) -> ValueId {
        let (text, span) = (bare(ident), self.span_of(ident));
        let name = self.name(&text);
        let (scope, at) = (self.scope, span.start);
        let value = self.value(match base {
            Some(base) => Value::Attribute { base, name, space },
            None => Value::Name { name, scope, at, space },
        });
        if !is_reserved(&text) {
            self.refer(span, value, kind);
        }
        value
    }

    /// A whole path, with the types in its angle brackets.
    pub fn path(&mut self, path: &syn::Path, space: Space, kind: ReferenceKind) -> ValueId {
        self.path_behind(None, path.segments.iter(), space, kind).0
    }

    /// Names behind a base, or a path of its own, with the types in the angle brackets of the last.
    fn path_behind<'s>(
        &mut self,
        base: Option<ValueId>,
        segments: impl ExactSizeIterator<Item = &'s syn::PathSegment>,
        space: Space,
        kind: ReferenceKind,
    ) -> (ValueId, Vec<ValueId>) {
        let count = segments.len();
        let (mut base, mut last) = (base, Vec::new());
        for (position, segment) in segments.enumerate() {
            let (space, kind) = match (position + 1 == count, base) {
                (true, _) => (space, kind),
                (false, None) => (Space::Type, ReferenceKind::Name),
                (false, Some(_)) => (Space::Type, ReferenceKind::Attribute),
            };
            base = Some(self.segment(base, &segment.ident, space, kind));
            last = self.arguments(&segment.arguments);
        }
        (base.unwrap_or(ValueId(0)), last)
    }

    /// `<Order as Store>::save`, or a path without the brackets.
    pub fn qualified(
        &mut self,
        qself: Option<&syn::QSelf>,
        path: &syn::Path,
        space: Space,
        kind: ReferenceKind,
    ) -> ValueId {
        let Some(qself) = qself else { return self.path(path, space, kind) };
        let of = self.type_value(&qself.ty);
        let mut base = Some(of);
        if qself.position > 0 {
            let of_trait = path.segments.iter().take(qself.position).collect::<Vec<_>>().into_iter();
            base = Some(self.path_behind(None, of_trait, Space::Type, ReferenceKind::Name).0);
        }
        let rest = path.segments.iter().skip(qself.position).collect::<Vec<_>>().into_iter();
        self.path_behind(base, rest, space, kind).0
    }

    /// The types in angle brackets, in order.
    fn arguments(&mut self, arguments: &syn::PathArguments) -> Vec<ValueId> {
        match arguments {
            syn::PathArguments::None => Vec::new(),
            syn::PathArguments::AngleBracketed(list) => self.generic_arguments(list),
            syn::PathArguments::Parenthesized(list) => {
                list.inputs.iter().for_each(|it| {
                    self.type_value(&it.ty);
                });
                if let syn::ReturnType::Type(_, returns) = &list.output {
                    self.type_value(returns);
                }
                Vec::new()
            }
        }
    }

    pub fn generic_arguments(&mut self, list: &syn::AngleBracketedGenericArguments) -> Vec<ValueId> {
        let mut found = Vec::new();
        for argument in &list.args {
            match argument {
                syn::GenericArgument::Type(of) => found.push(self.type_value(of)),
                syn::GenericArgument::Const(value) => {
                    self.expression(value);
                }
                syn::GenericArgument::AssocType(it) => {
                    self.type_value(&it.ty);
                }
                syn::GenericArgument::AssocConst(it) => {
                    self.expression(&it.value);
                }
                syn::GenericArgument::Constraint(it) => {
                    it.bounds.iter().for_each(|it| {
                        self.bound(it, ReferenceKind::Annotation);
                    });
                }
                _ => {}
            }
        }
        found
    }

    /// A type as an annotation: references and pointers stand for what they lead to, `dyn Store` for the trait.
    pub fn type_value(&mut self, of: &syn::Type) -> ValueId {
        match of {
            syn::Type::Path(it) => self.type_path(it),
            syn::Type::Reference(it) => self.type_value(&it.elem),
            syn::Type::Ptr(it) => self.type_value(&it.elem),
            syn::Type::Group(it) => self.type_value(&it.elem),
            syn::Type::Paren(it) => self.type_value(&it.elem),
            syn::Type::TraitObject(it) => self.first_bound(it.bounds.iter()),
            syn::Type::ImplTrait(it) => self.first_bound(it.bounds.iter()),
            other => {
                visit::visit_type(self, other);
                ValueId(0)
            }
        }
    }

    fn type_path(&mut self, of: &syn::TypePath) -> ValueId {
        let (kind, segments) = (ReferenceKind::Annotation, &of.path.segments);
        let (Some(last), None) = (segments.last(), &of.qself) else {
            return self.qualified(of.qself.as_ref(), &of.path, Space::Type, kind);
        };
        let (named, arguments) = self.path_behind(None, segments.iter(), Space::Type, kind);
        match &arguments[..] {
            [] => named,
            [.., held] if POINTERS.iter().any(|it| last.ident == it) => *held,
            all => {
                let index = all.iter().rev().fold(None, |rest, &first| Some(self.value(Value::Pair { first, rest })));
                self.value(Value::Item { base: named, index })
            }
        }
    }

    /// A bound of a type, if it is a trait.
    pub fn bound(&mut self, bound: &syn::TypeParamBound, kind: ReferenceKind) -> Option<ValueId> {
        match bound {
            syn::TypeParamBound::Trait(it) => Some(self.path(&it.path, Space::Type, kind)),
            _ => None,
        }
    }

    fn first_bound<'b>(&mut self, bounds: impl Iterator<Item = &'b syn::TypeParamBound>) -> ValueId {
        let mut found = Vec::new();
        for bound in bounds {
            found.extend(self.bound(bound, ReferenceKind::Annotation));
        }
        found.first().copied().unwrap_or(ValueId(0))
    }

    /// Binds the parameters of a type or a function, each with its first bound.
    pub fn generics(&mut self, generics: &syn::Generics) {
        for parameter in &generics.params {
            let (ident, annotation) = match parameter {
                syn::GenericParam::Type(it) => {
                    it.attrs.iter().for_each(|it| {
                        self.attribute(it);
                    });
                    if let Some((_, default)) = &it.default {
                        self.type_value(default);
                    }
                    (&it.ident, (!it.bounds.is_empty()).then(|| self.first_bound(it.bounds.iter())))
                }
                syn::GenericParam::Const(it) => {
                    self.type_value(&it.ty);
                    (&it.ident, None)
                }
                syn::GenericParam::Lifetime(_) => continue,
            };
            let (name, span) = (self.name(&bare(ident)), self.span_of(ident));
            self.bind(name, span, 0, BindingKind::Other, None, annotation);
        }
        for predicate in generics.where_clause.iter().flat_map(|it| &it.predicates) {
            let syn::WherePredicate::Type(it) = predicate else { continue };
            self.type_value(&it.bounded_ty);
            it.bounds.iter().for_each(|it| {
                self.bound(it, ReferenceKind::Annotation);
            });
        }
    }

    /// `pub(in shop::orders)`.
    pub fn visibility(&mut self, visibility: &syn::Visibility) {
        if let syn::Visibility::Restricted(it) = visibility {
            self.path(&it.path, Space::Type, ReferenceKind::Name);
        }
    }

    /// The attribute's own path, where it is none of the language's; of `derive` the macros that it names.
    pub fn attribute(&mut self, attribute: &syn::Attribute) -> Vec<ValueId> {
        let path = attribute.path();
        let mut found = Vec::new();
        if path.is_ident("derive") {
            let parts = syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
            for path in attribute.parse_args_with(parts).into_iter().flatten() {
                found.push(self.path(&path, Space::Macro, ReferenceKind::Decorator));
            }
            return found;
        }
        let is_own = |name: &&&str| path.is_ident(name);
        if !ATTRIBUTES.iter().any(|name| is_own(&name)) {
            found.push(self.path(path, Space::Macro, ReferenceKind::Decorator));
            match &attribute.meta {
                syn::Meta::List(list) => self.words(list.tokens.clone()),
                syn::Meta::NameValue(pair) => {
                    self.expression(&pair.value);
                }
                syn::Meta::Path(_) => {}
            }
        }
        found
    }

    /// `mod orders;`, which leads to a file: `orders`, behind the names of the inline modules around it, or `./` and the
    /// path that `#[path]` gives.
    pub fn module_file(&mut self, item: &syn::ItemMod) {
        item.attrs.iter().for_each(|it| {
            self.attribute(it);
        });
        self.visibility(&item.vis);
        let (text, span) = (bare(&item.ident), self.span_of(&item.ident));
        let path = item.attrs.iter().find(|it| it.path().is_ident("path")).and_then(super::item::literal);
        let around: String = self.modules.iter().map(|it| format!("{it}/")).collect();
        let module = match path {
            Some(path) if around.is_empty() => format!("./{path}"),
            Some(path) => format!("{around}{path}"),
            None => format!("{around}{text}"),
        };
        let (name, module) = (self.name(&text), self.name(&module));
        self.import(
            Import {
                level: 0,
                module: Some(module),
                module_span: span,
                target: ImportTarget::Module,
                alias: Some(name),
                path: None,
                is_public: is_public(&item.vis),
                bound_span: span,
                scope: self.scope,
                guards: self.guarded_by(&item.attrs),
                statement: span,
            },
            Some(name),
        );
    }

    fn import(&mut self, import: Import, bound: Option<NameId>) {
        let id = ImportId(self.found.imports.len() as u32);
        let span = import.bound_span;
        self.found.imports.push(import);
        if let Some(name) = bound {
            self.bind(name, span, span.start, BindingKind::Import(id), None, None);
        }
    }

    pub fn imports(&mut self, item: &syn::ItemUse) {
        item.attrs.iter().for_each(|it| {
            self.attribute(it);
        });
        self.visibility(&item.vis);
        let statement = self.locator.span(item.use_token.span);
        let end = self.locator.offset(item.semi_token.span.end());
        let statement = Span::new(statement.start, end);
        let guards = self.guarded_by(&item.attrs);
        let leaf = Leaf { statement, is_public: is_public(&item.vis), guards };
        self.tree(&item.tree, None, "", leaf);
    }

    fn tree(&mut self, tree: &syn::UseTree, base: Option<ValueId>, dotted: &str, leaf: Leaf) {
        let kind = ReferenceKind::Import;
        match tree {
            syn::UseTree::Path(it) => {
                let next = self.segment(base, &it.ident, Space::Type, kind);
                let dotted = if dotted.is_empty() { bare(&it.ident) } else { format!("{dotted}::{}", bare(&it.ident)) };
                self.tree(&it.tree, Some(next), &dotted, leaf);
            }
            syn::UseTree::Group(it) => it.items.iter().for_each(|tree| self.tree(tree, base, dotted, leaf)),
            syn::UseTree::Name(it) => {
                // `use shop::orders::{self}` binds `orders`.
                let is_self = it.ident == "self" && base.is_some();
                let last = dotted.rsplit("::").next().unwrap_or(dotted);
                let bound = if is_self { last.to_owned() } else { bare(&it.ident) };
                self.leaf(&it.ident, &bound, &it.ident, base, dotted, leaf);
            }
            syn::UseTree::Rename(it) => self.leaf(&it.ident, &bare(&it.rename), &it.rename, base, dotted, leaf),
            syn::UseTree::Glob(it) => {
                let span = self.locator.span(it.star_token.span);
                let path = Some(base.unwrap_or(ValueId(0)));
                self.take(ImportTarget::Star, None, path, span, dotted, leaf);
            }
        }
    }

    /// One name that is taken, as `bound`, which `at` writes.
    fn leaf(
        &mut self,
        ident: &syn::Ident,
        bound: &str,
        at: &syn::Ident,
        base: Option<ValueId>,
        dotted: &str,
        leaf: Leaf,
    ) {
        let is_self = ident == "self" && base.is_some();
        let span = self.span_of(ident);
        let taken = if is_self { dotted.rsplit("::").next().unwrap_or(dotted).to_owned() } else { bare(ident) };
        let value = match base.filter(|_| is_self) {
            Some(base) => base,
            None => self.segment(base, ident, Space::Any, ReferenceKind::Import),
        };
        let (taken, bound) = (self.name(&taken), self.name(bound));
        let target = ImportTarget::Name(taken, span);
        let bound = (at != "_").then_some(bound);
        self.take(target, bound, Some(value), self.span_of(at), dotted, leaf);
    }

    fn take(
        &mut self,
        target: ImportTarget,
        bound: Option<NameId>,
        path: Option<ValueId>,
        bound_span: Span,
        dotted: &str,
        leaf: Leaf,
    ) {
        let module = (!dotted.is_empty()).then(|| self.name(dotted));
        let import = Import {
            level: 0,
            module,
            module_span: Span::default(),
            target,
            alias: bound,
            path,
            is_public: leaf.is_public,
            bound_span,
            scope: self.scope,
            guards: leaf.guards,
            statement: leaf.statement,
        };
        self.import(import, bound);
    }

    /// `extern crate shop as store;`
    pub fn extern_crate(&mut self, item: &syn::ItemExternCrate) {
        let at = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
        let statement = Span::new(self.locator.span(item.extern_token.span).start, self.span_of(at).end);
        let guards = self.guarded_by(&item.attrs);
        let leaf = Leaf { statement, is_public: is_public(&item.vis), guards };
        self.leaf(&item.ident, &bare(at), at, None, "", leaf);
    }

    /// What a block binds is seen in it alone.
    pub fn in_block<T>(&mut self, span: Span, walk: impl FnOnce(&mut Self) -> T) -> T {
        self.within(ScopeKind::Expression, span, walk)
    }
}

/// What all names of one `use` have in common.
#[derive(Clone, Copy)]
struct Leaf {
    statement: Span,
    is_public: bool,
    guards: Guards,
}

/// Attributes of the language itself, and of its tools.
#[rustfmt::skip]
const ATTRIBUTES: &[&str] = &[
    "allow", "automatically_derived", "cfg", "cfg_attr", "cold", "crate_name", "crate_type", "default", "deny",
    "deprecated", "diagnostic", "doc", "expect", "export_name", "feature", "forbid", "global_allocator", "ignore",
    "inline", "instruction_set", "link", "link_name", "link_section", "macro_export", "macro_use", "must_use",
    "no_builtins", "no_implicit_prelude", "no_link", "no_main", "no_mangle", "no_std", "non_exhaustive",
    "panic_handler", "path", "proc_macro", "proc_macro_attribute", "proc_macro_derive", "recursion_limit", "repr",
    "rustfmt", "should_panic", "target_feature", "test", "track_caller", "type_length_limit", "unsafe", "used", "warn",
    "windows_subsystem",
];
