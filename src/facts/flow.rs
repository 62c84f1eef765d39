//! Flow: which bindings of a name can reach a place, by the blocks around both.
//!
//! A block is a branch or a loop body, so a binding before a place reaches it surely where the block of the binding lies
//! around the place, and perhaps where it does not. Invariant: [`Facts::reaching`] leaves out no binding that can reach
//! the place inside its scope, so it may be a few too many and never too few. Absent on purpose: conditions; no branch
//! is taken for impossible.

use super::{Binding, BindingKind, Facts, NameId, ScopeId, ScopeKind, ValueId};
use crate::span::Span;
use bitcode::{Decode, Encode};

/// [`Binding::from`] of a binding that a function makes in a scope around it: it may hold at any time.
pub const AT_ANY_TIME: u32 = u32::MAX;

/// A stretch of statements that may be left out or repeated.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Block {
    pub span: Span,
    /// Index of the block around it.
    pub parent: Option<u32>,
    /// Index of the first arm of its statement.
    pub group: u32,
    /// Arms of the statement where one of them always runs, otherwise 0.
    pub arms: u16,
    pub is_loop: bool,
    /// It ends in `return` or `raise`.
    pub leaves: bool,
}

/// Where a name, or a dotted path of names, is known to be an instance of a class: `if isinstance(x, Order):`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Narrowing {
    pub scope: ScopeId,
    /// `x`, or `self.x` as it is written.
    pub path: NameId,
    pub region: Span,
    /// The class, or a tuple of classes.
    pub class: ValueId,
    /// The path is a subclass itself, not an instance: `issubclass(x, Order)`.
    pub is_class: bool,
}

impl Facts {
    /// The innermost block that holds the offset.
    fn block_at(&self, offset: u32) -> Option<u32> {
        let next = self.blocks.partition_point(|block| block.span.start <= offset);
        let mut at = next.checked_sub(1).map(|last| last as u32);
        while let Some(index) = at {
            let block = &self.blocks[index as usize];
            if offset < block.span.end {
                return at;
            }
            at = block.parent;
        }
        None
    }

    fn block(&self, index: u32) -> &Block {
        &self.blocks[index as usize]
    }

    /// Of all the bindings of a name in one scope, those that can hold at an offset inside that scope, last first. None
    /// where the name is bound later alone.
    pub fn reaching<'f>(&'f self, all: &'f [Binding], scope: ScopeId, at: u32) -> Vec<&'f Binding> {
        let in_class = self.scope(scope).kind == ScopeKind::Class;
        if all.len() == 1 && !in_class {
            return all.iter().collect();
        }
        let mut before: Vec<&Binding> = all.iter().filter(|it| it.from <= at).collect();
        before.sort_by_key(|it| std::cmp::Reverse((it.from, it.span.start)));
        let here = self.around(self.block_at(at));
        let mut reached: Vec<&Binding> = all.iter().filter(|it| it.from == AT_ANY_TIME).collect();
        let mut sure: Option<&Binding> = None;
        let mut covered: Vec<u32> = Vec::new();
        for binding in before {
            let path = self.around(self.block_at(binding.span.start));
            // The outermost block around the binding that is not around the place.
            let Some(&arm) = path.iter().rev().find(|block| !here.contains(block)) else {
                reached.push(binding);
                sure = Some(binding);
                break;
            };
            let inner = &path[..=path.iter().position(|&it| it == arm).unwrap_or(0)];
            if !inner.iter().any(|&it| self.block(it).leaves) {
                reached.push(binding);
            }
            if inner.len() == 1 {
                covered.push(arm);
            }
            if self.is_covered(arm, &covered, &here) {
                sure = Some(binding);
                break;
            }
        }
        // What a loop binds further down holds when it comes round again.
        for &block in here.iter().filter(|&&it| self.block(it).is_loop) {
            let span = self.block(block).span;
            if sure.is_none_or(|sure| !span.contains(sure.span)) {
                let later = |it: &&Binding| it.from > at && it.from != AT_ANY_TIME && span.contains(it.span);
                for binding in all.iter().filter(later) {
                    if !reached.iter().any(|it| it.span == binding.span) {
                        reached.push(binding);
                    }
                }
            }
        }
        // The overloads of a function hold together with the last of them.
        let is_overload = |it: &Binding| match it.kind {
            BindingKind::Definition(id) => self.definition(id).traits.is_overload,
            _ => false,
        };
        if reached.iter().any(|it| matches!(it.kind, BindingKind::Definition(_))) {
            let others = all.iter().filter(|it| is_overload(it));
            let missing: Vec<&Binding> = others.filter(|it| !reached.iter().any(|one| one.span == it.span)).collect();
            reached.splice(..0, missing);
        }
        let is_bound = reached.iter().any(|it| it.from != AT_ANY_TIME);
        if !is_bound && !in_class {
            return all.iter().collect();
        }
        reached
    }

    /// A block and the blocks around it, innermost first.
    fn around(&self, mut at: Option<u32>) -> Vec<u32> {
        let mut path = Vec::new();
        while let Some(index) = at {
            path.push(index);
            at = self.block(index).parent;
        }
        path
    }

    /// The other arms of the statements in whose first arm an offset lies, innermost statement first: the handlers of a
    /// `try` and the `else` of an `if`.
    pub fn other_arms(&self, offset: u32) -> Vec<Vec<Span>> {
        let around = self.around(self.block_at(offset)).into_iter().filter(|&it| self.block(it).group == it);
        let beside = |first: u32| {
            let parent = self.block(first).parent;
            let arms = self.blocks.iter().skip(first as usize + 1);
            arms.filter(|it| it.group == first && it.parent == parent).map(|it| it.span).collect()
        };
        around.map(beside).collect()
    }

    /// Whether every arm of a statement binds the name or leaves, so that nothing from before it is left.
    fn is_covered(&self, arm: u32, covered: &[u32], here: &[u32]) -> bool {
        let Block { group, arms, parent, .. } = *self.block(arm);
        if arms == 0 {
            return false;
        }
        let of_group = |&it: &u32| self.block(it).group == group && self.block(it).parent == parent;
        let siblings: Vec<u32> = (group..self.blocks.len() as u32).filter(of_group).take(arms as usize).collect();
        siblings.len() == arms as usize
            && siblings.iter().all(|it| !here.contains(it) && (covered.contains(it) || self.block(*it).leaves))
    }

    /// The narrowest test that a path has passed at an offset, if it was not bound again since.
    pub fn narrowed(&self, scope: ScopeId, path: NameId, at: u32) -> Option<&Narrowing> {
        let start = self.narrowings.partition_point(|it| (it.scope, it.path) < (scope, path));
        let own = self.narrowings[start..].iter().take_while(|it| (it.scope, it.path) == (scope, path));
        let found = own.filter(|it| it.region.start <= at && at < it.region.end).last()?;
        let root = self.name(path).split('.').next().and_then(|root| self.names.find(root))?;
        let is_rebound = self
            .bindings_of(scope, root)
            .iter()
            .any(|it| it.kind != BindingKind::Outer && it.span.start >= found.region.start && it.from <= at);
        (!is_rebound).then_some(found)
    }
}
