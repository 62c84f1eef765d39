//! Fragments: what duplicates are found by. A second kind of facts, made only when a duplicates check asks.
//!
//! A text is a list of [`Print`]s, one per simple statement or header of a compound one, in source order, and a list of
//! [`Unit`]s (functions, methods, classes), each a run of prints. Comments, docstrings, formatting, quotes and trailing
//! commas leave no trace. Invariants: prints are independent of the path; a unit's prints are contiguous and lie inside
//! its parent's. Absent on purpose: texts and tokens; a print is numbers alone, so that a large tree fits in memory.

use super::Unread;
use crate::span::{LineIndex, LineRange, Span};
use bitcode::{Decode, Encode};

/// One simple statement, or the header of a compound one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Print {
    /// Hash of the tokens as they are.
    pub exact: u64,
    /// Hash with variables and literals blinded. Attributes, keywords, what is called and names of classes and constants stay, and so do all names
    /// and literals in the body of a class or module.
    pub shape: u64,
    /// The names that the shape keeps, a bit each (Bloom, "Space/Time Trade-offs in Hash Coding", 1970): what two statements
    /// have in common in them is a little more here than it is.
    pub names: u64,
    /// First and last line, 1-based.
    pub start: u32,
    pub end: u32,
    /// The innermost unit around it; [`Print::OUTSIDE`] at module level.
    pub unit: u32,
    /// Tokens, comments and layout left out.
    pub tokens: u16,
    /// Names and literals, and how many of these are literals.
    pub words: u16,
    pub literals: u16,
    pub depth: u8,
    /// An import, `pass`, `global` or another statement that says nothing by itself.
    pub is_trivial: bool,
    /// It stands around the work and does none: `try`, `except`, `raise`, `return None`, a guard, the head of a function, a
    /// line of a log. Told in Python alone.
    pub is_frame: bool,
}

impl Print {
    pub const OUTSIDE: u32 = u32::MAX;

    /// Whether it does something.
    pub fn is_work(&self) -> bool {
        !self.is_trivial && !self.is_frame
    }
}

/// A run of prints, by their places in [`Fragments::prints`]; half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct PrintRange {
    pub start: u32,
    pub end: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum UnitKind {
    Function,
    Method,
    /// Or a struct, an enum, a trait, an interface.
    Class,
    /// A block of methods, which is named for its type and is no definition of it.
    Implementation,
}

impl UnitKind {
    pub fn name(self) -> &'static str {
        match self {
            UnitKind::Function => "function",
            UnitKind::Method => "method",
            UnitKind::Class => "class",
            UnitKind::Implementation => "impl",
        }
    }
}

/// A function, method or class.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Unit {
    pub kind: UnitKind,
    /// Name path inside the module: `Class.method`.
    pub name: Box<str>,
    /// From the first decorator to the end of the body.
    pub lines: LineRange,
    /// Its header and everything below it.
    pub prints: PrintRange,
    pub parent: Option<u32>,
    /// Hash of header and body as they are, its own name left out.
    pub exact: u64,
    /// Hash in which every name is replaced by the rank of its first use, and literals by their kind: equal where one is
    /// the other with names replaced one for one (parameterised matching; Baker, "Parameterized Duplication in
    /// Strings", 1997).
    pub renamed: u64,
    /// Hash in which all names are one.
    pub blind: u64,
    /// Distinct blinded statements, capped at 255: how much the unit says beyond repeating itself.
    pub variety: u8,
    pub tokens: u32,
    pub words: u32,
    pub literals: u32,
    pub is_async: bool,
    /// The body is `...`, `pass`, a docstring or `raise NotImplementedError` alone.
    pub is_stub: bool,
    /// Under an `if`, in a `try` or an `except` of its scope.
    pub is_conditional: bool,
    /// Nobody outside sees it, where the language has a word for what others see.
    pub is_private: bool,
    /// It declares what others do: a trait.
    pub is_interface: bool,
    /// Names in the types of its fields, in a language that has them; each once.
    pub holds: Vec<Box<str>>,
    /// Last names of the base classes, and of the decorators.
    pub bases: Vec<Box<str>>,
    pub decorators: Vec<Box<str>>,
}

impl Unit {
    /// A unit of which only its place is known.
    pub fn new(kind: UnitKind, name: Box<str>, lines: LineRange, prints: PrintRange, parent: Option<u32>) -> Self {
        Self {
            kind,
            name,
            lines,
            prints,
            parent,
            exact: 0,
            renamed: 0,
            blind: 0,
            variety: 0,
            tokens: 0,
            words: 0,
            literals: 0,
            is_async: false,
            is_stub: false,
            is_conditional: false,
            is_private: false,
            is_interface: false,
            holds: Vec::new(),
            bases: Vec::new(),
            decorators: Vec::new(),
        }
    }

    /// The last part of its name.
    pub fn last_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }

    /// Whether functions directly in it are methods.
    pub fn has_methods(&self) -> bool {
        matches!(self.kind, UnitKind::Class | UnitKind::Implementation)
    }

    pub fn is_class(&self) -> bool {
        self.kind == UnitKind::Class
    }

    /// Whether it holds methods: a class, or a block of methods, whose base is the trait.
    pub fn holds_methods(&self) -> bool {
        matches!(self.kind, UnitKind::Class | UnitKind::Implementation)
    }

    /// Whether a class says by its bases that others do what it declares.
    pub fn has_abstract_base(&self) -> bool {
        self.bases.iter().any(|base| matches!(&**base, "Protocol" | "ABC"))
    }

    pub fn is_abstract_method(&self) -> bool {
        self.decorators.iter().any(|it| &**it == "abstractmethod")
    }
}

/// `NAME = value` at module level, in capitals.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Constant {
    pub name: Box<str>,
    pub lines: LineRange,
    /// Hash of the value's tokens.
    pub value: u64,
    /// The value as written, cut short.
    pub text: Box<str>,
    pub is_conditional: bool,
    /// The value is a literal, or a display of literals.
    pub is_literal: bool,
    /// Tokens of the value.
    pub tokens: u32,
}

/// A key of the environment read with a default: `os.getenv("KEY", default)`.
#[derive(Clone, Debug, Encode, Decode)]
pub struct EnvironmentDefault {
    pub key: Box<str>,
    pub line: u32,
    pub value: u64,
    /// The default as written, cut short.
    pub text: Box<str>,
    /// The default is one literal.
    pub is_literal: bool,
    /// The innermost unit around it.
    pub unit: u32,
}

/// How a set of values is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum SetForm {
    /// A class of members.
    Enumeration,
    /// `Literal["a", "b"]` under a name.
    Literal,
    /// Django's choices: a class, or pairs of a value and a label.
    Choices,
    /// A list, tuple or set of texts.
    Collection,
}

/// Values that are listed in one place, all of them written out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ValueSet {
    pub form: SetForm,
    /// Name path inside the module.
    pub name: Box<str>,
    pub lines: LineRange,
    pub is_class: bool,
    /// Sorted, each once.
    pub values: Vec<Box<str>>,
}

/// Everything that duplicates of one blob are found by.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct Fragments {
    pub prints: Vec<Print>,
    /// In source order, parents before children.
    pub units: Vec<Unit>,
    pub constants: Vec<Constant>,
    pub defaults: Vec<EnvironmentDefault>,
    pub sets: Vec<ValueSet>,
    /// A comment at its head says that a program wrote it.
    pub is_generated: bool,
    /// Lines of test code that stands among other code: `#[cfg(test)] mod tests`. Sorted.
    pub tests: Vec<LineRange>,
    /// What the parser could not read; the rest was recovered.
    pub unread: Vec<Unread>,
    /// The lines that each unread range touches, and their bytes.
    pub unread_lines: Vec<LineRange>,
    pub unread_spans: Vec<Span>,
}

impl Fragments {
    /// The fragments of a text that is not understood at all.
    pub fn unreadable(reason: &str, text: &str) -> Self {
        let span = Span::new(0, text.len() as u32);
        let mut fragments = Self { unread: vec![Unread { span, reason: reason.to_owned() }], ..Self::default() };
        fragments.place_unread(&LineIndex::new(text.as_bytes()));
        fragments
    }

    /// Works out the lines that the unread ranges touch.
    pub fn place_unread(&mut self, index: &LineIndex) {
        self.unread_lines = self.unread.iter().map(|unread| index.lines(unread.span)).collect();
        let whole = |lines: &LineRange| Span::new(index.span(lines.start).start, index.span(lines.end).end);
        self.unread_spans = self.unread_lines.iter().map(whole).collect();
    }

    /// Whether a line is test code among other code.
    pub fn is_test(&self, line: u32) -> bool {
        let next = self.tests.partition_point(|lines| lines.start <= line);
        next > 0 && self.tests[next - 1].contains(line)
    }

    /// The same without the test code in it.
    pub fn without_tests(&self) -> Self {
        let mut rest = Self { prints: Vec::new(), units: Vec::new(), tests: Vec::new(), ..self.clone() };
        let stays = |line: u32| !self.is_test(line);
        let prints = numbered(self.prints.iter().map(|print| stays(print.start)));
        let units = numbered(self.units.iter().map(|unit| stays(unit.lines.start)));
        for print in self.prints.iter().filter(|print| stays(print.start)) {
            let unit = units.get(print.unit as usize).copied().unwrap_or(Print::OUTSIDE);
            rest.prints.push(Print { unit, ..*print });
        }
        for unit in self.units.iter().filter(|unit| stays(unit.lines.start)) {
            let PrintRange { start, end } = unit.prints;
            let kept = PrintRange { start: prints[start as usize], end: prints[end as usize] };
            let parent = unit.parent.map(|parent| units[parent as usize]);
            rest.units.push(Unit { prints: kept, parent, ..unit.clone() });
        }
        rest.constants.retain(|it| stays(it.lines.start));
        rest.sets.retain(|it| stays(it.lines.start));
        rest
    }

    pub fn prints_of(&self, unit: &Unit) -> &[Print] {
        &self.prints[unit.prints.start as usize..unit.prints.end as usize]
    }
}

/// For each place of a list, and for its end, how many before it stay.
fn numbered(stays: impl Iterator<Item = bool>) -> Vec<u32> {
    let mut numbers = vec![0];
    for stays in stays {
        numbers.push(numbers[numbers.len() - 1] + u32::from(stays));
    }
    numbers
}
