//! Facts: what one blob says, independent of the path it stands at.
//!
//! A language adapter ([`crate::language`]) turns text into [`Facts`] once; every later stage reads them. An
//! expression that leads to a name is kept as a [`Value`], a small tree in an arena, so that resolution can be asked
//! later, on demand, by the project model: `self.store.save()` is `Call(Attribute(Attribute(Name self, store), save))`.
//!
//! Invariants: `definitions` are in source order with parents before children; `references` and `strings` are sorted
//! by span; `lines` has one class per line of the text, as git counts lines. Absent on purpose: paths, module names,
//! and anything that needs a second file.

mod flow;
mod fragment;
mod line;
mod names;
mod sketch;
mod string;
mod value;

pub use flow::{AT_ANY_TIME, Block, Narrowing};
pub use fragment::{Constant, EnvironmentDefault, Fragments, Print, PrintRange, SetForm, Unit, UnitKind, ValueSet};
pub use line::{LineClass, LineTally};
pub use names::{Interner, NameId, Names};
pub use sketch::{
    Addition, Body, BodyId, Call, Expression, ExpressionId, MODULE_BODY, Parameter, Sketch, Statement, Target,
};
pub use string::{NameString, StringRole};
pub use value::{Space, Value};

use crate::span::{LineIndex, Span};
use bitcode::{Decode, Encode};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        pub struct $name(pub u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// Index into [`Facts::definitions`].
    DefinitionId
);
id!(
    /// Index into [`Facts::scopes`].
    ScopeId
);
id!(
    /// Index into [`Facts::imports`].
    ImportId
);
id!(
    /// Index into [`Facts::values`].
    ValueId
);

/// The scope of a whole module, which every blob has.
pub const MODULE_SCOPE: ScopeId = ScopeId(0);

/// The name of what a module gives without a name: `export default`.
pub const UNNAMED: &str = "default";

/// The name of what a module is where it is taken whole, if it is something else than its names: `module.exports = Store`.
pub const WHOLE: &str = "module.exports";

/// Everything that one blob says.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct Facts {
    pub names: Names,
    pub definitions: Vec<Definition>,
    pub scopes: Vec<Scope>,
    /// Sorted by `(scope, name)`, then in source order; see [`Facts::bindings_of`].
    pub bindings: Vec<Binding>,
    pub imports: Vec<Import>,
    pub values: Vec<Value>,
    /// Every name and attribute that is read, written or deleted, by the span of its last name.
    pub references: Vec<Reference>,
    /// String literals that are one identifier or one dotted path, with what they are used for.
    pub strings: Vec<NameString>,
    /// Names of attributes that a program puts together: `getattr(self, f"handle_{kind}")`.
    pub patterns: Vec<NamePattern>,
    /// Names that the module's `__getattr__` looks up in a table of literals.
    pub lazy: Vec<LazyName>,
    /// Definitions with the name under which a decorator registers them: `@app.task(name="orders.save")`.
    pub registered: Vec<(DefinitionId, NameId)>,
    /// Names in `__all__`, or `None` where the module does not say.
    pub exports: Option<Vec<NameId>>,
    /// `__all__` takes names from elsewhere too: `__all__ = fields_all + ["save"]`.
    pub has_open_exports: bool,
    pub markers: Vec<Marker>,
    /// Assignments to an attribute of the first parameter of a method: `self.x = …`.
    pub attributes: Vec<AttributeAssignment>,
    /// Branches and loop bodies, in source order; see [`Facts::reaching`].
    pub blocks: Vec<Block>,
    /// Sorted by `(scope, path)`, then by the start of the region.
    pub narrowings: Vec<Narrowing>,
    /// Comments, each from its `#` to the end of its line.
    pub comments: Vec<Span>,
    /// Docstrings, quotes included.
    pub docstrings: Vec<Span>,
    /// Statements that hold no others, sorted.
    pub statements: Vec<Span>,
    /// Bodies of `if __name__ == "__main__":`, which run only where the file is run and not imported.
    pub main_blocks: Vec<Span>,
    /// Definitions that are there for tests alone, in a file that is not: `#[cfg(test)]`, `#[test]`. Sorted, none in another.
    pub tests: Vec<Span>,
    /// What conditions choose: the clauses of `if`, what follows one whose body leaves, both sides of `a if c else b`.
    pub branches: Vec<Branch>,
    pub line_index: LineIndex,
    pub lines: Vec<LineClass>,
    /// What the parser could not read, with its reason; the rest was recovered.
    pub unread: Vec<Unread>,
}

/// What kind of thing a definition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum DefinitionKind {
    Function,
    Method,
    Class,
    /// An assignment at module or class level.
    Constant,
    TypeAlias,
    Struct,
    Enum,
    Trait,
    /// What objects of a kind have, in languages that match it by shape.
    Interface,
    /// A block of methods of a type, named for the type.
    Implementation,
    Macro,
    /// A module inside a file.
    Module,
}

impl DefinitionKind {
    pub const ALL: [DefinitionKind; 12] = {
        use DefinitionKind::{
            Class, Constant, Enum, Function, Implementation, Interface, Macro, Method, Module, Struct, Trait, TypeAlias,
        };
        [Function, Method, Class, Constant, TypeAlias, Struct, Enum, Interface, Trait, Implementation, Macro, Module]
    };

    /// Whether it has members, which go where it goes.
    pub fn has_members(self) -> bool {
        use DefinitionKind::{Class, Enum, Implementation, Interface, Module, Struct, Trait};
        matches!(self, Class | Struct | Enum | Trait | Interface | Implementation | Module)
    }

    pub fn name(self) -> &'static str {
        match self {
            DefinitionKind::Function => "function",
            DefinitionKind::Method => "method",
            DefinitionKind::Class => "class",
            DefinitionKind::Constant => "constant",
            DefinitionKind::TypeAlias => "type alias",
            DefinitionKind::Struct => "struct",
            DefinitionKind::Enum => "enum",
            DefinitionKind::Trait => "trait",
            DefinitionKind::Interface => "interface",
            DefinitionKind::Implementation => "impl",
            DefinitionKind::Macro => "macro",
            DefinitionKind::Module => "inline module",
        }
    }
}

/// What is said about a definition by its keywords and decorators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Traits {
    pub is_async: bool,
    pub is_overload: bool,
    pub is_abstract: bool,
    pub is_property: bool,
    pub is_static: bool,
    pub is_class_method: bool,
    /// Its body yields, so a call gives an iterator.
    pub is_generator: bool,
    /// `@contextmanager`: what it yields is what `with … as` binds.
    pub is_context_manager: bool,
    /// The body is `...`, `pass`, a docstring or `raise NotImplementedError` alone.
    pub is_stub: bool,
    /// A class whose metaclass or decorators may give it members that its body does not show.
    pub is_extended: bool,
    /// It says itself that it is seen outside its module; of a language in which it has to.
    pub is_public: bool,
}

#[derive(Clone, Debug, Encode, Decode)]
pub struct Definition {
    pub kind: DefinitionKind,
    pub name: NameId,
    pub name_span: Span,
    /// From the first decorator to the end of the body.
    pub span: Span,
    /// The definition that this one stands in.
    pub parent: Option<DefinitionId>,
    /// The scope that this definition binds its name in.
    pub scope: ScopeId,
    /// The scope that its body opens, for functions and classes.
    pub body_scope: Option<ScopeId>,
    pub traits: Traits,
    /// Base classes of a class, in order, keywords left out.
    pub bases: Vec<ValueId>,
    pub decorators: Vec<ValueId>,
    /// The return annotation of a function.
    pub returns: Option<ValueId>,
    /// The type that a block of methods is of, or that an alias stands for, where the language has these.
    pub subject: Option<ValueId>,
    /// What the `return` statements of a function give, or its `yield`s where it is a generator; each value once.
    pub gives: Vec<ValueId>,
    pub guards: Guards,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
    /// Lambdas and comprehensions: they bind names, but hold no definitions.
    Expression,
}

#[derive(Clone, Debug, Encode, Decode)]
pub struct Scope {
    pub kind: ScopeKind,
    pub parent: Option<ScopeId>,
    /// The function or class whose body this is.
    pub definition: Option<DefinitionId>,
    pub span: Span,
}

/// How a name came to be bound in a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum BindingKind {
    Import(ImportId),
    Definition(DefinitionId),
    /// A parameter, by its 0-based position; the value of the binding is its default.
    Parameter(u16),
    Assignment,
    /// `for x in …`: the binding's value is [`Value::Element`].
    Element,
    /// `with … as x`: the binding's value is [`Value::Entered`].
    Entered,
    /// `except Kind as x`, `case Kind() as x`, type parameters: all that is known is the binding's annotation.
    Other,
    /// `global x` or `nonlocal x`: the name belongs to an outer scope.
    Outer,
}

#[derive(Clone, Debug, Encode, Decode)]
pub struct Binding {
    pub scope: ScopeId,
    pub name: NameId,
    pub span: Span,
    /// The offset from which it holds: behind the value, since `x = x.next` reads the old one.
    pub from: u32,
    pub kind: BindingKind,
    pub value: Option<ValueId>,
    pub annotation: Option<ValueId>,
}

/// The conditions under which a line runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Guards(u8);

impl Guards {
    pub const NONE: Guards = Guards(0);
    /// Under `if TYPE_CHECKING:`.
    pub const TYPE_CHECKING: Guards = Guards(1);
    /// In a `try` whose handlers catch `ImportError` or `ModuleNotFoundError`.
    pub const IMPORT_ERROR: Guards = Guards(2);
    /// In a `try` with a handler for every exception (`except:`, `except Exception:`).
    pub const ANY_EXCEPTION: Guards = Guards(4);
    /// In the body of a function, so it runs only when the function is called.
    pub const FUNCTION: Guards = Guards(8);
    /// Under another `if`, or in an `except` handler.
    pub const CONDITIONAL: Guards = Guards(16);
    /// In a `try` whose handlers catch `AttributeError`.
    pub const ATTRIBUTE_ERROR: Guards = Guards(32);

    pub fn with(self, other: Guards) -> Guards {
        Guards(self.0 | other.0)
    }

    pub fn has(self, other: Guards) -> bool {
        self.0 & other.0 == other.0
    }
}

/// One name that an import statement binds: `from a import b, c` makes two.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Import {
    /// Leading dots of a relative import.
    pub level: u32,
    /// The dotted module as written; `None` for `from . import x`.
    pub module: Option<NameId>,
    pub module_span: Span,
    /// What is taken from the module; `None` for `import a.b`.
    pub target: ImportTarget,
    pub alias: Option<NameId>,
    /// What is taken, or the module that everything is taken from, where the language names both by one path.
    pub path: Option<ValueId>,
    /// Others may take it from here; of a language in which an import has to say so.
    pub is_public: bool,
    /// The name that becomes bound, as written: the alias, the imported name, or the module.
    pub bound_span: Span,
    pub scope: ScopeId,
    pub guards: Guards,
    /// The whole statement.
    pub statement: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ImportTarget {
    /// `import a.b.c`: binds `a`, or the whole path to the alias.
    Module,
    /// `from a import name`, and where that name stands.
    Name(NameId, Span),
    /// `from a import *`.
    Star,
}

/// What a reference is, by the syntax around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum ReferenceKind {
    Import,
    Call,
    Attribute,
    Name,
    Subclass,
    Decorator,
    Annotation,
    /// Named by a string: `getattr(x, "name")`, `patch("a.b.name")`.
    String,
    /// Listed in `__all__`.
    Export,
    /// The name of a keyword argument.
    Keyword,
    /// In a comment, a docstring, a longer string, or a file that is not code.
    Text,
}

impl ReferenceKind {
    pub fn name(self) -> &'static str {
        match self {
            ReferenceKind::Import => "import",
            ReferenceKind::Call => "call",
            ReferenceKind::Attribute => "attribute",
            ReferenceKind::Name => "name",
            ReferenceKind::Subclass => "subclass",
            ReferenceKind::Decorator => "decorator",
            ReferenceKind::Annotation => "annotation",
            ReferenceKind::String => "string",
            ReferenceKind::Export => "export",
            ReferenceKind::Keyword => "keyword",
            ReferenceKind::Text => "text",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Access {
    Read,
    Write,
    Delete,
}

#[derive(Clone, Copy, Debug, Encode, Decode)]
pub struct Reference {
    /// The last name of the expression: `b` in `a.b`.
    pub span: Span,
    pub value: ValueId,
    pub kind: ReferenceKind,
    pub access: Access,
    pub scope: ScopeId,
    pub guards: Guards,
}

/// An attribute whose name begins and ends with a literal: `getattr(self, f"handle_{kind}")`. One of them may be empty.
#[derive(Clone, Copy, Debug, Encode, Decode)]
pub struct NamePattern {
    /// The whole f-string.
    pub span: Span,
    pub prefix: NameId,
    pub suffix: NameId,
    pub receiver: ValueId,
    pub guards: Guards,
}

/// A name that a module gives when it is asked for, with the path it is loaded from: `save` from `shop.orders`, from
/// `shop.orders.save`, or from `.orders`, where dots lead up from the module as in an import.
#[derive(Clone, Copy, Debug, Encode, Decode)]
pub struct LazyName {
    pub name: NameId,
    /// The text that names it, between its quotes.
    pub span: Span,
    pub path: NameId,
}

/// How a definition is declared deprecated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum MarkerKind {
    /// `@deprecated`, PEP 702 or any decorator of that name.
    Decorator,
    /// `warnings.warn(…, category)` as a statement of the body itself, not under a condition.
    Warning { category: Option<ValueId> },
    /// The docstring begins with "DEPRECATED" or holds `.. deprecated::`.
    Docstring,
}

#[derive(Clone, Debug, Encode, Decode)]
pub struct Marker {
    pub kind: MarkerKind,
    /// The definition that is deprecated; `None` is the module itself.
    pub definition: Option<DefinitionId>,
    pub span: Span,
    /// The message, where it is a literal.
    pub message: Option<String>,
}

#[derive(Clone, Debug, Encode, Decode)]
pub struct AttributeAssignment {
    /// The class whose instances get the attribute.
    pub class: DefinitionId,
    pub name: NameId,
    pub span: Span,
    pub value: Option<ValueId>,
    pub annotation: Option<ValueId>,
}

/// What runs where a condition chooses so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Branch {
    /// The `if` statement, with all its clauses, or the conditional expression.
    pub whole: Span,
    /// The condition; of an `else`, that of the clause before it.
    pub test: Span,
    /// From the keyword to the end of the body; what follows an `if` whose body leaves, to the end of the block.
    pub clause: Span,
    /// Whether there is another path where this one is not taken.
    pub is_choice: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Unread {
    pub span: Span,
    pub reason: String,
}

impl Facts {
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id)
    }

    pub fn definition(&self, id: DefinitionId) -> &Definition {
        &self.definitions[id.index()]
    }

    /// The ids of all definitions, in source order.
    pub fn definition_ids(&self) -> impl Iterator<Item = DefinitionId> + use<> {
        (0..self.definitions.len() as u32).map(DefinitionId)
    }

    /// The definition whose name is exactly this span.
    pub fn definition_named_at(&self, name: Span) -> Option<DefinitionId> {
        self.definition_ids().find(|&id| self.definition(id).name_span == name)
    }

    /// A value, or what a macro may take for it.
    pub fn named(&self, value: ValueId) -> Value {
        match self.value(value) {
            Value::Perhaps { value } => self.value(value),
            value => value,
        }
    }

    /// The last name of an expression: `b` of `a.b`; none of a call.
    pub fn last_name(&self, value: ValueId) -> Option<NameId> {
        match self.named(value) {
            Value::Name { name, .. } | Value::Attribute { name, .. } => Some(name),
            _ => None,
        }
    }

    pub fn value(&self, id: ValueId) -> Value {
        self.values[id.index()]
    }

    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.index()]
    }

    /// The name path of a definition inside its module: `Class.method`, `outer.inner`.
    pub fn qualified_name(&self, id: DefinitionId) -> String {
        let mut parts = vec![self.name(self.definition(id).name)];
        let mut at = self.definition(id).parent;
        while let Some(parent) = at {
            parts.push(self.name(self.definition(parent).name));
            at = self.definition(parent).parent;
        }
        parts.reverse();
        parts.join(".")
    }

    /// The bindings of a name in one scope, in source order.
    pub fn bindings_of(&self, scope: ScopeId, name: NameId) -> &[Binding] {
        let key = (scope, name);
        let start = self.bindings.partition_point(|b| (b.scope, b.name) < key);
        let length = self.bindings[start..].partition_point(|b| (b.scope, b.name) == key);
        &self.bindings[start..start + length]
    }

    /// The innermost definition whose span holds the offset.
    pub fn definition_at(&self, offset: u32) -> Option<DefinitionId> {
        let mut found = None;
        for (index, definition) in self.definitions.iter().enumerate() {
            if definition.span.start > offset {
                break;
            }
            if offset < definition.span.end {
                found = Some(DefinitionId(index as u32));
            }
        }
        found
    }

    /// The reference whose last name is exactly this span.
    pub fn reference_at(&self, span: Span) -> Option<&Reference> {
        let start = self.references.partition_point(|it| it.span.start < span.start);
        self.references[start..].iter().take_while(|it| it.span.start == span.start).find(|it| it.span == span)
    }

    pub fn in_comment(&self, offset: u32) -> bool {
        holds(&self.comments, offset)
    }

    pub fn in_docstring(&self, offset: u32) -> bool {
        holds(&self.docstrings, offset)
    }

    pub fn in_main_block(&self, offset: u32) -> bool {
        holds(&self.main_blocks, offset)
    }

    /// Whether an offset lies in a definition that is there for tests alone.
    pub fn in_tests(&self, offset: u32) -> bool {
        holds(&self.tests, offset)
    }

    /// The function or method in whose body a scope lies, the innermost one; `None` is code that runs with the module.
    pub fn function_of(&self, scope: ScopeId) -> Option<DefinitionId> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let here = self.scope(id);
            if here.kind == ScopeKind::Function && here.definition.is_some() {
                return here.definition;
            }
            at = here.parent;
        }
        None
    }

    /// The guards of a scope's own position: whether it lies in the body of a function.
    pub fn is_in_function(&self, scope: ScopeId) -> bool {
        let mut at = Some(scope);
        while let Some(id) = at {
            if self.scope(id).kind == ScopeKind::Function {
                return true;
            }
            at = self.scope(id).parent;
        }
        false
    }
}

fn holds(spans: &[Span], offset: u32) -> bool {
    let next = spans.partition_point(|span| span.start <= offset);
    next > 0 && offset < spans[next - 1].end
}
