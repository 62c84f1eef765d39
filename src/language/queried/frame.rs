//! Frames: the statements of a text, nested, and the pieces of text that belong to each.
//!
//! A statement that holds others is several pieces: its header, and what stands between two blocks (`} else {`). A
//! definition that has a body is a frame too. Frames that hold the same tokens, words like `export` left out, are one. Invariant: every
//! token belongs to the innermost frame around it. Absent on purpose: hashes.

use super::structure::Defined;
use super::token::{Role, Token};
use crate::span::Span;
use rustc_hash::FxHashMap;
use std::ops::Range;

#[derive(Clone, Debug)]
pub struct Frame {
    pub span: Span,
    pub parent: Option<u32>,
    /// The definition that this is, by its position.
    pub definition: Option<u32>,
    pub depth: u8,
    pub is_trivial: bool,
}

pub struct Frames {
    /// Sorted by their beginning, those around others first.
    list: Vec<Frame>,
}

/// Tokens that stand together in one frame; comments between them included.
#[derive(Clone, Debug)]
pub struct Piece {
    pub frame: Option<u32>,
    pub tokens: Range<usize>,
}

/// Tokens that say what they say: neither comments nor layout nor decorators of definitions.
fn said(tokens: &[Token], decorators: &[Span]) -> Vec<Span> {
    let counts = |token: &&Token| {
        let next = decorators.partition_point(|it| it.start <= token.span.start);
        let is_decorator = decorators[..next].last().is_some_and(|it| it.contains(token.span));
        !is_decorator && !token.is_comment() && !matches!(token.role, Role::Modifier | Role::Optional)
    };
    tokens.iter().filter(counts).map(|token| token.span).collect()
}

impl Frames {
    /// `statements` come with whether they are trivial.
    pub fn new(
        tokens: &[Token],
        decorators: &[Span],
        statements: impl Iterator<Item = (Span, bool)>,
        definitions: &[Defined],
    ) -> Self {
        let said = said(tokens, decorators);
        let key = |span: Span| {
            let start = said.partition_point(|it| it.start < span.start);
            (start, said.partition_point(|it| it.start < span.end))
        };
        let mut merged: FxHashMap<(usize, usize), Frame> = FxHashMap::default();
        let mut add = |span: Span, is_trivial: bool, definition: Option<u32>| {
            let fresh = Frame { span, parent: None, definition: None, depth: 0, is_trivial };
            let frame = merged.entry(key(span)).or_insert(fresh);
            frame.span = Span::new(frame.span.start.min(span.start), frame.span.end.max(span.end));
            frame.is_trivial |= is_trivial;
            // the innermost, of those that hold the same
            frame.definition = definition.or(frame.definition);
        };
        for (span, is_trivial) in statements {
            add(span, is_trivial, None);
        }
        for (at, it) in definitions.iter().enumerate() {
            if it.kind.unit.is_some() || it.kind.definition.has_members() {
                add(it.code, false, Some(at as u32));
            }
        }
        let mut list: Vec<Frame> = merged.into_values().collect();
        list.sort_by_key(|it| (it.span.start, std::cmp::Reverse(it.span.end)));
        let mut open: Vec<usize> = Vec::new();
        for at in 0..list.len() {
            let start = list[at].span.start;
            while open.last().is_some_and(|&top| list[top].span.end <= start) {
                open.pop();
            }
            list[at].parent = open.last().map(|&top| top as u32);
            list[at].depth = open.len().min(u8::MAX as usize) as u8;
            open.push(at);
        }
        Self { list }
    }

    pub fn frame(&self, at: u32) -> &Frame {
        &self.list[at as usize]
    }

    /// The innermost definition that a frame is or stands in, of those that are frames.
    pub fn definition_of(&self, frame: Option<u32>) -> Option<u32> {
        let mut at = frame;
        while let Some(frame) = at {
            let frame = self.frame(frame);
            if frame.definition.is_some() {
                return frame.definition;
            }
            at = frame.parent;
        }
        None
    }

    /// Whether a definition stands in no other statement than those that hold definitions.
    pub fn is_outermost(&self, definition: &Defined, definitions: &[Defined]) -> bool {
        let has_members =
            |frame: &Frame| frame.definition.is_some_and(|it| definitions[it as usize].kind.definition.has_members());
        let next = self.list.partition_point(|it| it.span.start <= definition.code.start);
        let mut at = next.checked_sub(1).map(|at| at as u32);
        while let Some(frame) = at.map(|at| self.frame(at)).filter(|it| it.span.end < definition.code.end) {
            at = frame.parent;
        }
        let parent = at.and_then(|at| self.frame(at).parent);
        parent.is_none_or(|parent| has_members(self.frame(parent)))
    }

    /// Gives definitions their new positions, where some are left out.
    pub fn renumber(&mut self, is_kept: &[bool]) {
        let mut position = 0;
        let mut new = Vec::with_capacity(is_kept.len());
        for &is_kept in is_kept {
            new.push(position);
            position += u32::from(is_kept);
        }
        for frame in &mut self.list {
            frame.definition = frame.definition.map(|it| new[it as usize]);
        }
    }

    /// The text in pieces, in order. Comments between two pieces are in none.
    pub fn pieces(&self, tokens: &[Token]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut next = 0;
        let mut top: Option<u32> = None;
        let mut is_fresh = true;
        for (at, token) in tokens.iter().enumerate() {
            if token.is_comment() {
                is_fresh |= top.is_some_and(|top| self.frame(top).span.end <= token.span.start);
                continue;
            }
            while let Some(frame) = top.map(|top| self.frame(top)).filter(|it| it.span.end <= token.span.start) {
                (top, is_fresh) = (frame.parent, true);
            }
            while self.list.get(next).is_some_and(|frame| frame.span.start <= token.span.start) {
                (top, is_fresh) = (Some(next as u32), true);
                next += 1;
            }
            match pieces.last_mut().filter(|_| !is_fresh) {
                Some(piece) => piece.tokens.end = at + 1,
                None => pieces.push(Piece { frame: top, tokens: at..at + 1 }),
            }
            is_fresh = false;
        }
        pieces
    }
}
