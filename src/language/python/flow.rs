//! Branches, loops and tests: the blocks around statements, and what a test says of a name.
//!
//! Invariant: every branch and loop body has one block, and blocks nest as the text does. Absent on purpose: what a
//! condition evaluates to; see [`crate::facts::Block`].

use super::statement::last_name;
use super::{Extractor, UNKNOWN, span_of};
use crate::facts::{BindingKind, Block, Branch, Guards, Narrowing, ReferenceKind, ValueId};
use crate::span::Span;
use ruff_python_ast as ast;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

/// Which outcome of a test is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    True,
    False,
}

impl Outcome {
    fn opposite(self) -> Self {
        match self {
            Outcome::True => Outcome::False,
            Outcome::False => Outcome::True,
        }
    }
}

impl Extractor<'_> {
    /// Walks statements that may not run, as one arm of a statement; `first` is the statement's first arm.
    fn arm(&mut self, body: &[Stmt], first: Option<u32>, arms: u16, is_loop: bool) -> Option<u32> {
        let span = lines_of(body)?;
        let index = self.facts.blocks.len() as u32;
        let leaves = leaves(body) && !self.is_caught;
        let block = Block { span, parent: self.block, group: first.unwrap_or(index), arms, is_loop, leaves };
        self.facts.blocks.push(block);
        let outer = self.block.replace(index);
        self.body(body);
        self.block = outer;
        first.or(Some(index))
    }

    /// The body of a loop.
    pub(super) fn repeated(&mut self, body: &[Stmt]) {
        self.arm(body, None, 0, true);
    }

    /// A block for `x := …`, which may be an operand that is not evaluated. One in a comprehension is visited out of
    /// order, and is left out.
    pub(super) fn operand(&mut self, span: Span) {
        let index = self.facts.blocks.len() as u32;
        if self.facts.blocks.last().is_none_or(|last| last.span.start <= span.start) {
            let block = Block { span, parent: self.block, group: index, arms: 0, is_loop: false, leaves: false };
            self.facts.blocks.push(block);
        }
    }

    pub(super) fn if_statement(&mut self, statement: &ast::StmtIf) {
        self.expression(&statement.test, ReferenceKind::Name);
        self.branches(statement);
        let guard = match last_name(&statement.test) {
            Some("TYPE_CHECKING") => Guards::TYPE_CHECKING,
            _ if is_main_guard(&statement.test) => {
                self.facts.main_blocks.extend(lines_of(&statement.body));
                Guards::NONE
            }
            _ => Guards::CONDITIONAL,
        };
        let clauses = &statement.elif_else_clauses;
        let has_else = clauses.last().is_some_and(|last| last.test.is_none());
        let arms = if has_else { (1 + clauses.len()).min(u16::MAX as usize) as u16 } else { 0 };
        self.narrow(&statement.test, &statement.body);
        let mut first = None;
        self.guarded(guard, |walk| first = walk.arm(&statement.body, None, arms, false));
        for (position, clause) in clauses.iter().enumerate() {
            // What failed before is known from here on.
            let region = Span::new(clause.range().start().to_u32(), clause.range().end().to_u32());
            self.narrowed(&statement.test, Outcome::False, region);
            for earlier in clauses[..position].iter().filter_map(|it| it.test.as_ref()) {
                self.narrowed(earlier, Outcome::False, region);
            }
            if let Some(test) = &clause.test {
                self.expression(test, ReferenceKind::Name);
                self.narrow(test, &clause.body);
            }
            self.guarded(Guards::CONDITIONAL, |walk| {
                walk.arm(&clause.body, first, arms, false);
            });
        }
    }

    fn branches(&mut self, statement: &ast::StmtIf) {
        let whole = span_of(statement.range());
        let is_choice = departs(&statement.body) || !statement.elif_else_clauses.is_empty();
        let mut test = span_of(statement.test.range());
        let end = statement.body.last().map_or(whole.end, |last| last.range().end().to_u32());
        self.facts.branches.push(Branch { whole, test, clause: Span::new(whole.start, end), is_choice });
        for clause in &statement.elif_else_clauses {
            test = clause.test.as_ref().map_or(test, |test| span_of(test.range()));
            self.facts.branches.push(Branch { whole, test, clause: span_of(clause.range()), is_choice });
        }
    }

    pub(super) fn conditional(&mut self, expression: &ast::ExprIf) {
        let (whole, test) = (span_of(expression.range()), span_of(expression.test.range()));
        for side in [&expression.body, &expression.orelse] {
            self.facts.branches.push(Branch { whole, test, clause: span_of(side.range()), is_choice: true });
        }
    }

    /// What follows an `if` whose body leaves is its other branch.
    pub(super) fn branch_after(&mut self, statement: &Stmt, rest: &[Stmt]) {
        if let (Stmt::If(it), Some(clause)) = (statement, lines_of(rest))
            && it.elif_else_clauses.is_empty()
            && departs(&it.body)
        {
            let (whole, test) = (span_of(it.range()), span_of(it.test.range()));
            self.facts.branches.push(Branch { whole, test, clause, is_choice: true });
        }
    }

    pub(super) fn try_statement(&mut self, statement: &ast::StmtTry) {
        let mut guard = Guards::NONE;
        for ast::ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            guard = guard.with(caught(handler.type_.as_deref()));
        }
        let arms = (1 + statement.handlers.len()).min(u16::MAX as usize) as u16;
        let mut first = None;
        self.guarded(guard, |walk| match statement.handlers.is_empty() {
            true => walk.body(&statement.body),
            // What is bound before an exception still holds behind it.
            false => {
                let outer = std::mem::replace(&mut walk.is_caught, true);
                first = walk.arm(&statement.body, None, arms, false);
                walk.is_caught = outer;
            }
        });
        for ast::ExceptHandler::ExceptHandler(handler) in &statement.handlers {
            let class = handler.type_.as_deref().map(|class| self.expression(class, ReferenceKind::Name));
            if let Some(name) = &handler.name {
                let id = self.name(name.as_str());
                self.bind(self.scope, id, name.range(), BindingKind::Other, None, class);
            }
            self.guarded(Guards::CONDITIONAL, |walk| {
                walk.arm(&handler.body, first, arms, false);
            });
        }
        self.body(&statement.orelse);
        self.body(&statement.finalbody);
    }

    pub(super) fn match_statement(&mut self, statement: &ast::StmtMatch) {
        self.expression(&statement.subject, ReferenceKind::Name);
        let is_whole = statement.cases.last().is_some_and(|last| last.pattern.is_irrefutable() && last.guard.is_none());
        let arms = if is_whole { statement.cases.len().min(u16::MAX as usize) as u16 } else { 0 };
        let mut first = None;
        for case in &statement.cases {
            let class = self.pattern(&case.pattern);
            if let (Some(class), Some(region)) = (class, lines_of(&case.body)) {
                self.narrowing(&statement.subject, class, region, false);
            }
            self.expressions(case.guard.as_deref());
            self.guarded(Guards::CONDITIONAL, |walk| {
                let index = walk.arm(&case.body, first, arms, false);
                first = first.or(index);
            });
        }
    }

    fn patterns<'p>(&mut self, patterns: impl IntoIterator<Item = &'p ast::Pattern>) {
        for pattern in patterns {
            self.pattern(pattern);
        }
    }

    /// Binds what a pattern captures; gives the class that it asks for, if it is a class pattern.
    fn pattern(&mut self, pattern: &ast::Pattern) -> Option<ValueId> {
        let mut class = None;
        let mut captured = None;
        match pattern {
            ast::Pattern::MatchValue(it) => self.expressions(Some(&*it.value)),
            ast::Pattern::MatchSingleton(_) => {}
            ast::Pattern::MatchSequence(it) => self.patterns(&it.patterns),
            ast::Pattern::MatchMapping(it) => {
                self.expressions(&it.keys);
                self.patterns(&it.patterns);
                captured = it.rest.as_ref();
            }
            ast::Pattern::MatchClass(it) => {
                class = Some(self.expression(&it.cls, ReferenceKind::Name));
                self.patterns(&it.arguments.patterns);
                self.patterns(it.arguments.keywords.iter().map(|keyword| &keyword.pattern));
            }
            ast::Pattern::MatchStar(it) => captured = it.name.as_ref(),
            ast::Pattern::MatchAs(it) => {
                class = it.pattern.as_ref().and_then(|inner| self.pattern(inner));
                captured = it.name.as_ref();
            }
            ast::Pattern::MatchOr(it) => {
                for inner in &it.patterns {
                    let either = self.pattern(inner);
                    class = match (class, either) {
                        (Some(left), Some(right)) => Some(self.either(left, right)),
                        (left, right) => left.or(right),
                    };
                }
            }
        }
        if let Some(name) = captured {
            let id = self.name(name.as_str());
            self.bind(self.scope, id, name.range(), BindingKind::Other, None, class);
        }
        class
    }

    /// What holds in a body because its test passed.
    pub(super) fn narrow(&mut self, test: &Expr, body: &[Stmt]) {
        if let Some(region) = lines_of(body) {
            self.narrowed(test, Outcome::True, region);
        }
    }

    /// What holds behind `assert …` and behind a branch that leaves, to the end of the body around them.
    pub(super) fn narrow_after(&mut self, statement: &Stmt, end: u32) {
        let region = Span::new(statement.range().end().to_u32(), end);
        match statement {
            Stmt::Assert(it) => self.narrowed(&it.test, Outcome::True, region),
            Stmt::If(it) if it.elif_else_clauses.is_empty() && departs(&it.body) => {
                self.narrowed(&it.test, Outcome::False, region);
            }
            _ => {}
        }
    }

    /// What the operands of `a and b`, `a or b` say about those behind them, and a condition about its branches.
    pub(super) fn narrow_operands(&mut self, expression: &Expr) {
        let end = expression.range().end().to_u32();
        match expression {
            Expr::BoolOp(it) => {
                let outcome = if it.op == ast::BoolOp::And { Outcome::True } else { Outcome::False };
                for operand in &it.values[..it.values.len() - 1] {
                    let region = Span::new(operand.range().end().to_u32(), end);
                    self.narrowed(operand, outcome, region);
                }
            }
            Expr::If(it) => {
                self.narrowed(&it.test, Outcome::True, span_of(it.body.range()));
                self.narrowed(&it.test, Outcome::False, span_of(it.orelse.range()));
            }
            _ => {}
        }
    }

    /// What a condition of a comprehension says in all of it.
    pub(super) fn narrow_in(&mut self, test: &Expr, region: Span) {
        self.narrowed(test, Outcome::True, region);
    }

    fn narrowed(&mut self, test: &Expr, outcome: Outcome, region: Span) {
        match (test, outcome) {
            (Expr::UnaryOp(it), _) if it.op == ast::UnaryOp::Not => {
                self.narrowed(&it.operand, outcome.opposite(), region);
            }
            (Expr::BoolOp(it), Outcome::True) if it.op == ast::BoolOp::And => {
                it.values.iter().for_each(|operand| self.narrowed(operand, outcome, region));
            }
            (Expr::BoolOp(it), Outcome::False) if it.op == ast::BoolOp::Or => {
                it.values.iter().for_each(|operand| self.narrowed(operand, outcome, region));
            }
            (Expr::Call(it), Outcome::True) => {
                let is_class = match &*it.func {
                    Expr::Name(name) if name.id.as_str() == "isinstance" => false,
                    Expr::Name(name) if name.id.as_str() == "issubclass" => true,
                    _ => return,
                };
                let [subject, class] = &*it.arguments.args else { return };
                let class = self.silently(|walk| walk.expression(class, ReferenceKind::Name));
                self.narrowing(subject, class, region, is_class);
            }
            _ => {}
        }
    }

    fn narrowing(&mut self, subject: &Expr, class: ValueId, region: Span, is_class: bool) {
        let subject = match subject {
            Expr::Named(named) => &named.target,
            other => other,
        };
        if class == UNKNOWN || region.is_empty() {
            return;
        }
        let Some(path) = dotted(subject) else { return };
        let path = self.name(&path);
        self.facts.narrowings.push(Narrowing { scope: self.scope, path, region, class, is_class });
    }
}

/// `a.b.c` as text; `None` for anything but names.
fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(it) => Some(format!("{}.{}", dotted(&it.value)?, it.attr)),
        _ => None,
    }
}

fn lines_of(body: &[Stmt]) -> Option<Span> {
    let (first, last) = (body.first()?, body.last()?);
    Some(Span::new(first.range().start().to_u32(), last.range().end().to_u32()))
}

/// Whether nothing runs behind these statements inside their function.
fn leaves(body: &[Stmt]) -> bool {
    match body.last() {
        Some(Stmt::Return(_) | Stmt::Raise(_)) => true,
        Some(Stmt::If(it)) => {
            leaves(&it.body)
                && it.elif_else_clauses.last().is_some_and(|last| last.test.is_none())
                && it.elif_else_clauses.iter().all(|clause| leaves(&clause.body))
        }
        _ => false,
    }
}

/// Whether what stands behind these statements in the same body does not run after them.
fn departs(body: &[Stmt]) -> bool {
    leaves(body) || matches!(body.last(), Some(Stmt::Continue(_) | Stmt::Break(_)))
}

fn is_main_guard(test: &Expr) -> bool {
    matches!(test, Expr::Compare(compare) if last_name(&compare.left) == Some("__name__"))
}

fn caught(kind: Option<&Expr>) -> Guards {
    let Some(kind) = kind else { return Guards::ANY_EXCEPTION };
    if let Expr::Tuple(tuple) = kind {
        return tuple.elts.iter().fold(Guards::NONE, |guards, it| guards.with(caught(Some(it))));
    }
    match last_name(kind) {
        Some("ImportError" | "ModuleNotFoundError") => Guards::IMPORT_ERROR,
        Some("Exception" | "BaseException") => Guards::ANY_EXCEPTION,
        Some("AttributeError") => Guards::ATTRIBUTE_ERROR,
        _ => Guards::NONE,
    }
}
