//! Values: expressions that lead to a name, as a small tree in an arena.
//!
//! Absent on purpose: what they mean; see `project`.

use super::{NameId, ScopeId, ValueId};
use bitcode::{Decode, Encode};

/// Where a name stands, in a language that gives one name to several things and tells them apart by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Space {
    /// The language has one thing for a name.
    One,
    /// In an import, which takes all of them.
    Any,
    /// A type, a trait or a module.
    Type,
    /// A function, a constant or a variable.
    Value,
    Macro,
    /// Called on a receiver.
    Method,
    /// Read from a receiver.
    Field,
}

/// An expression that leads to a name. Resolution walks it from the outside in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Value {
    /// A name as it is read at an offset.
    Name {
        name: NameId,
        scope: ScopeId,
        at: u32,
        space: Space,
    },
    Attribute {
        base: ValueId,
        name: NameId,
        space: Space,
    },
    /// A call; `argument` is its first positional argument (`partial(f)`), or all of them as [`Value::Arguments`].
    Call {
        function: ValueId,
        argument: Option<ValueId>,
    },
    /// `base[index]`: an element at run time, a parametrised type in an annotation.
    Item {
        base: ValueId,
        index: Option<ValueId>,
    },
    /// `super()` inside the given scope.
    Super {
        scope: ScopeId,
    },
    /// Either of two: `a if c else b`, `a or b`, `A | B` in an annotation.
    Either {
        left: ValueId,
        right: ValueId,
    },
    /// `left op right`, with the name of the method behind the operator: `__or__`.
    Operation {
        left: ValueId,
        right: ValueId,
        method: NameId,
    },
    /// What a macro may make of its tokens: perhaps the value.
    Perhaps {
        value: ValueId,
    },
    /// `await value`.
    Awaited {
        value: ValueId,
    },
    /// A tuple display, or a list in an annotation: the first and the rest.
    Pair {
        first: ValueId,
        rest: Option<ValueId>,
    },
    /// Several positional arguments of a call whose meaning depends on them (`zip`, `getattr`): a `Pair`.
    Arguments {
        pair: ValueId,
    },
    /// A list, a set or a generator of such elements; the element of a display is a `Pair` of all.
    Many {
        element: ValueId,
    },
    /// A dictionary of such keys and values; each may be a `Pair` of all.
    Table {
        key: ValueId,
        value: ValueId,
    },
    /// What a loop over a value gives.
    Element {
        of: ValueId,
    },
    /// What `with value as x` binds.
    Entered {
        of: ValueId,
    },
    /// One part of an unpacked value: `b` of `a, b = value` is part 1.
    Part {
        of: ValueId,
        index: u16,
    },
    /// A string literal that is one identifier or dotted path.
    Text(NameId),
    Unknown,
}
