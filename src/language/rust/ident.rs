//! Identifiers: what pieces of syntax are called.
//!
//! Invariant: a name is told without `r#`. Absent on purpose: where it stands.

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

/// Words of the language itself.
pub const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "Self",
    "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while", "yield",
];

/// Words that name nothing.
pub fn is_keyword(word: &str) -> bool {
    word == "_" || KEYWORDS.contains(&word)
}

/// Names of a path that the language has, and nobody defines.
pub fn is_reserved(name: &str) -> bool {
    matches!(name, "crate" | "self" | "super" | "Self")
}
