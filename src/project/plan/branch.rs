//! What a condition takes with it: the branch in which dying code is used, and the reading of the flag that chose it.
//!
//! Invariant: one branch of a choice stays; where dying code is used on both sides nothing is cut, and the place has to
//! be rewritten. Absent on purpose: what a condition evaluates to. The side that uses what goes is the side that goes.

use crate::facts::{BindingKind, Branch, Facts, NameId, ScopeId, Value};
use crate::span::{LineRange, Span};

/// A branch that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    pub whole: Span,
    pub clause: Span,
    pub test: Span,
    /// The assignment of what the condition asks, if nothing else reads it.
    pub statement: Option<Span>,
}

impl Cut {
    /// The code that goes.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        [self.clause, self.test].into_iter().chain(self.statement)
    }

    /// The lines that go besides the reading: those of the branch, and those of the condition or of the `else` that has
    /// no meaning any more. None for a part of a line.
    pub fn lines(&self, facts: &Facts) -> Vec<LineRange> {
        if facts.statements.iter().any(|it| it.contains(self.whole)) {
            return Vec::new();
        }
        let clause = facts.line_index.lines(self.clause);
        let others: Vec<&Branch> =
            facts.branches.iter().filter(|it| it.whole == self.whole && it.clause != self.clause).collect();
        let mut lines = vec![clause];
        if let [other] = others[..] {
            // What chooses a neighbour stands in it: `#[cfg(not(feature = "legacy"))]`.
            let is_before = other.clause.start == self.whole.start && other.clause.contains(self.test);
            let head = match is_before {
                true => facts.line_index.lines(Span::new(self.whole.start, self.test.end)),
                _ if self.whole.contains(other.clause) => {
                    let line = facts.line_index.line(other.clause.start);
                    LineRange { start: line, end: line }
                }
                false => return lines,
            };
            lines.insert(0, head);
        }
        lines
    }
}

/// The branches that go because `read`, a reading of a flag or a use of what goes, stands in their condition, or goes
/// into a name that does, and one of the `uses` of dying code stands in their body.
pub fn cuts(facts: &Facts, read: Span, uses: &[Span]) -> Vec<Cut> {
    let set = names_set(facts, read);
    let is_dead = |branch: &Branch| {
        asks(facts, branch.test, read, &set)
            && uses.iter().any(|&it| branch.clause.contains(it) && !branch.test.contains(it))
    };
    let dead: Vec<&Branch> = facts.branches.iter().filter(|it| is_dead(it)).collect();
    let is_left = |branch: &&&Branch| {
        !branch.is_choice
            || facts
                .branches
                .iter()
                .any(|it| it.whole == branch.whole && !dead.iter().any(|one| one.clause == it.clause))
    };
    let dead: Vec<&&Branch> = dead.iter().filter(is_left).collect();
    let is_asked_here = |span: Span| dead.iter().any(|it| it.test.contains(span) || it.clause.contains(span));
    let reads = facts.references.iter().filter(|it| !is_write(it.access) && means(facts, it.value, &set));
    let statement = facts.statements.iter().copied().find(|it| it.contains(read));
    let statement = statement.filter(|_| !set.is_empty() && reads.map(|it| it.span).all(is_asked_here));
    dead.iter().map(|it| Cut { whole: it.whole, clause: it.clause, test: it.test, statement }).collect()
}

/// The keys of the environment that choose a branch in which one of the `uses` stands.
pub fn keys(facts: &Facts, uses: &[Span]) -> Vec<String> {
    let reads = facts.strings.iter().filter(|it| it.role.reads_flag());
    let chooses = |read: Span| {
        let set = names_set(facts, read);
        let holds = |branch: &Branch| uses.iter().any(|&it| branch.clause.contains(it) && !branch.test.contains(it));
        facts.branches.iter().any(|it| it.is_choice && holds(it) && asks(facts, it.test, read, &set))
    };
    reads.filter(|it| chooses(it.span)).map(|it| facts.name(it.text).to_owned()).collect()
}

/// A name that an assignment sets: in a scope, or as an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    Name(ScopeId, NameId),
    Attribute(NameId),
}

/// What the assignment around a reading sets.
fn names_set(facts: &Facts, read: Span) -> Vec<Set> {
    let Some(statement) = facts.statements.iter().copied().find(|it| it.contains(read)) else { return Vec::new() };
    let names = facts.bindings.iter().filter(|it| it.kind == BindingKind::Assignment && statement.contains(it.span));
    let attributes = facts.attributes.iter().filter(|it| statement.contains(it.span));
    let names = names.map(|it| Set::Name(it.scope, it.name));
    names.chain(attributes.map(|it| Set::Attribute(it.name))).collect()
}

fn asks(facts: &Facts, test: Span, read: Span, set: &[Set]) -> bool {
    test.contains(read)
        || facts
            .references
            .iter()
            .any(|it| test.contains(it.span) && !is_write(it.access) && means(facts, it.value, set))
}

fn is_write(access: crate::facts::Access) -> bool {
    access != crate::facts::Access::Read
}

/// Whether an expression is one of the names, read in the scope that sets it or in one that sees it.
fn means(facts: &Facts, value: crate::facts::ValueId, set: &[Set]) -> bool {
    set.iter().any(|it| match (*it, facts.value(value)) {
        (Set::Name(scope, name), Value::Name { name: read, scope: from, .. }) => {
            name == read && (scope == from || (sees(facts, from, scope) && facts.bindings_of(from, name).is_empty()))
        }
        (Set::Attribute(name), Value::Attribute { name: read, .. }) => name == read,
        _ => false,
    })
}

fn sees(facts: &Facts, from: ScopeId, scope: ScopeId) -> bool {
    let mut at = Some(from);
    while let Some(id) = at {
        if id == scope {
            return true;
        }
        at = facts.scope(id).parent;
    }
    false
}
