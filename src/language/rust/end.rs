//! Where pieces of syntax end.
//!
//! Invariant: the place is that of the last token, of which syn keeps the span. Absent on purpose: where they begin, which
//! the tokens say (`token::item_start`); syn's own way to a whole span makes all tokens anew.

use proc_macro2::Span;

pub trait End {
    /// The last token.
    fn end(&self) -> Span;
}

impl End for syn::Macro {
    fn end(&self) -> Span {
        self.delimiter.span().close()
    }
}

impl End for syn::Fields {
    fn end(&self) -> Span {
        match self {
            syn::Fields::Named(fields) => fields.brace_token.span.close(),
            syn::Fields::Unnamed(fields) => fields.paren_token.span.close(),
            syn::Fields::Unit => Span::call_site(),
        }
    }
}

impl End for syn::ItemStruct {
    fn end(&self) -> Span {
        self.semi_token.map_or_else(|| self.fields.end(), |semi| semi.span)
    }
}

impl End for syn::ItemMacro {
    fn end(&self) -> Span {
        self.semi_token.map_or_else(|| self.mac.end(), |semi| semi.span)
    }
}

impl End for syn::StmtMacro {
    fn end(&self) -> Span {
        self.semi_token.map_or_else(|| self.mac.end(), |semi| semi.span)
    }
}

impl End for syn::ItemMod {
    fn end(&self) -> Span {
        match (&self.content, &self.semi) {
            (Some((brace, _)), _) => brace.span.close(),
            (None, Some(semi)) => semi.span,
            (None, None) => self.ident.span(),
        }
    }
}

impl End for syn::TraitItemFn {
    fn end(&self) -> Span {
        match (&self.default, &self.semi_token) {
            (Some(body), _) => body.brace_token.span.close(),
            (None, Some(semi)) => semi.span,
            (None, None) => self.sig.ident.span(),
        }
    }
}

/// What syn keeps as tokens ends with the last of them.
fn last(tokens: &proc_macro2::TokenStream) -> Span {
    tokens.clone().into_iter().last().map_or_else(Span::call_site, |tree| match tree {
        proc_macro2::TokenTree::Group(group) => group.span_close(),
        tree => tree.span(),
    })
}

impl End for syn::Item {
    fn end(&self) -> Span {
        match self {
            syn::Item::Const(it) => it.semi_token.span,
            syn::Item::Enum(it) => it.brace_token.span.close(),
            syn::Item::ExternCrate(it) => it.semi_token.span,
            syn::Item::Fn(it) => it.block.brace_token.span.close(),
            syn::Item::ForeignMod(it) => it.brace_token.span.close(),
            syn::Item::Impl(it) => it.brace_token.span.close(),
            syn::Item::Macro(it) => it.end(),
            syn::Item::Mod(it) => it.end(),
            syn::Item::Static(it) => it.semi_token.span,
            syn::Item::Struct(it) => it.end(),
            syn::Item::Trait(it) => it.brace_token.span.close(),
            syn::Item::TraitAlias(it) => it.semi_token.span,
            syn::Item::Type(it) => it.semi_token.span,
            syn::Item::Union(it) => it.fields.brace_token.span.close(),
            syn::Item::Use(it) => it.semi_token.span,
            syn::Item::Verbatim(tokens) => last(tokens),
            _ => Span::call_site(),
        }
    }
}

impl End for syn::ImplItem {
    fn end(&self) -> Span {
        match self {
            syn::ImplItem::Const(it) => it.semi_token.span,
            syn::ImplItem::Fn(it) => it.block.brace_token.span.close(),
            syn::ImplItem::Type(it) => it.semi_token.span,
            syn::ImplItem::Macro(it) => it.semi_token.map_or_else(|| it.mac.end(), |semi| semi.span),
            syn::ImplItem::Verbatim(tokens) => last(tokens),
            _ => Span::call_site(),
        }
    }
}

impl End for syn::TraitItem {
    fn end(&self) -> Span {
        match self {
            syn::TraitItem::Const(it) => it.semi_token.span,
            syn::TraitItem::Fn(it) => it.end(),
            syn::TraitItem::Type(it) => it.semi_token.span,
            syn::TraitItem::Macro(it) => it.semi_token.map_or_else(|| it.mac.end(), |semi| semi.span),
            syn::TraitItem::Verbatim(tokens) => last(tokens),
            _ => Span::call_site(),
        }
    }
}
