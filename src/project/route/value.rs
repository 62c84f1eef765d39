//! What an expression may give, as far as routes need to know it.
//!
//! Invariant: a value that is not certain is one of several; what is not known at all is left out, so an empty list
//! says nothing. Absent on purpose: numbers beyond indices, and objects that can hold no router.

use super::HostId;
use crate::facts::BodyId;
use crate::project::ModuleRef;
use crate::workspace::EntryId;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A place in a file, by byte offset.
pub(super) type Place = (EntryId, u32);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A text; what of it is computed stands between [`COMPUTED`] marks.
    Text(Rc<str>),
    Number(i64),
    None,
    Sequence(Rc<[Element]>),
    /// Keys, where they are known.
    Mapping(Rc<[(Option<Rc<str>>, Element)]>),
    /// An application, router or blueprint; and how long the chain of calls was where it was made.
    Host(HostId, usize),
    Module(ModuleRef),
    Function(Rc<Closure>),
    Class(EntryId, BodyId),
    Instance(Rc<Instance>),
    External(Rc<str>),
    /// A parameter that nobody was seen to give a value to.
    Parameter(EntryId, BodyId, Box<str>),
    /// `value.name`, to be called.
    Member(Rc<(Value, Box<str>)>),
    /// `router.get("/x")`: what registers the function that it is called with.
    Decorator(Rc<Registration>),
    /// `path("x/", view)`, `Route("/x", view)`: a route or a mount that is not registered yet.
    Pattern(Rc<Pattern>),
}

/// Around the place and the label of a computed part of a text.
pub(super) const COMPUTED: [char; 3] = ['\u{1}', '\u{2}', '\u{3}'];

/// What stands at one place of a display.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Element {
    pub values: Rc<[Value]>,
    pub place: Place,
}

#[derive(Debug)]
pub(super) struct Closure {
    pub file: EntryId,
    pub body: BodyId,
    /// What its free names mean.
    pub outer: Option<Rc<Frame>>,
    pub receiver: Option<Value>,
}

impl PartialEq for Closure {
    fn eq(&self, other: &Self) -> bool {
        (self.file, self.body, &self.receiver) == (other.file, other.body, &other.receiver)
    }
}

#[derive(Debug)]
pub(super) struct Instance {
    pub file: EntryId,
    pub class: BodyId,
    /// The calls that led to its construction, the last of them its own.
    pub chain: Rc<[Place]>,
    pub arguments: Arguments,
}

impl PartialEq for Instance {
    fn eq(&self, other: &Self) -> bool {
        (self.file, self.class, &self.chain) == (other.file, other.class, &other.chain)
    }
}

/// What a call is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Arguments {
    pub positional: Vec<Rc<[Value]>>,
    pub keywords: Vec<(Box<str>, Rc<[Value]>)>,
}

/// A route before its handler is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Registration {
    pub host: Value,
    pub methods: Vec<Box<str>>,
    pub path: Rc<str>,
    pub place: Place,
}

/// A route or mount as a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    pub methods: Vec<Box<str>>,
    pub path: Rc<str>,
    pub is_regex: bool,
    /// What handles it: values, and the expression where these say nothing.
    pub target: Rc<[Value]>,
    /// `include(…)`, `Mount(…)`: the target is a table of its own.
    pub is_mount: bool,
    /// The instance namespace that an `include` gives.
    pub name: Option<Rc<str>>,
    pub place: Place,
}

/// A body that runs, or that names are looked up in.
#[derive(Debug)]
pub(super) struct Frame {
    pub file: EntryId,
    pub body: BodyId,
    pub outer: Option<Rc<Frame>>,
    /// Parameters, and targets of loops that run.
    pub bound: RefCell<FxHashMap<Box<str>, Vec<Value>>>,
    /// Names that were looked up; an empty entry while one is.
    pub known: RefCell<FxHashMap<Box<str>, Vec<Value>>>,
    /// Calls and loop elements that led here.
    pub chain: RefCell<Vec<Place>>,
    /// Branches around the statement that runs: where, and which arm.
    pub arms: RefCell<Vec<(Place, u32)>>,
}
