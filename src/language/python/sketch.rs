//! The sketch of a Python text: what it assigns, calls and returns, with its literals.
//!
//! One walk over the tree. Invariant: a statement is kept if an object may be made, handed on or registered by it; what
//! cannot be one is `Unknown`, never left out, so that positions of arguments and elements hold. Absent on purpose:
//! names' meanings.

use super::{module, parsed, span_of};
use crate::facts::{
    Addition, Body, BodyId, Call, DefinitionKind, Expression, ExpressionId, MODULE_BODY, Parameter, Sketch, Statement,
    Target,
};
use crate::span::{LineIndex, Span};
use ruff_python_ast as ast;
use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement, Stmt};
use ruff_text_size::{Ranged, TextRange};

/// Displays with more elements than this are not kept.
const ELEMENTS_KEPT: usize = 2000;

/// The sketch of one Python text. What cannot be parsed is missing in it; the facts of the text say so.
pub fn sketch(text: &str) -> Sketch {
    let sketch = Sketch { line_index: LineIndex::new(text.as_bytes()), ..Sketch::default() };
    let mut walk = Walk { sketch, body: MODULE_BODY };
    walk.open(None, "", Span::default());
    let statements = parsed(text, |tree| walk.statements(&module(tree).body));
    walk.here().statements = statements.unwrap_or_default();
    walk.sketch
}

struct Walk {
    sketch: Sketch,
    body: BodyId,
}

impl Walk {
    fn here(&mut self) -> &mut Body {
        &mut self.sketch.bodies[self.body.0 as usize]
    }

    fn open(&mut self, kind: Option<DefinitionKind>, name: &str, name_span: Span) -> BodyId {
        let parent = kind.map(|_| self.body);
        self.sketch.open(kind, parent, name, name_span)
    }

    fn statements(&mut self, body: &[Stmt]) -> Vec<Statement> {
        let mut out = Vec::new();
        for statement in body {
            stacker::maybe_grow(64 << 10, 1 << 20, || self.statement(statement, &mut out));
        }
        out
    }

    fn statement(&mut self, statement: &Stmt, out: &mut Vec<Statement>) {
        match statement {
            Stmt::FunctionDef(it) => out.push(self.function(it)),
            Stmt::ClassDef(it) => out.push(self.class(it)),
            Stmt::Assign(it) => {
                let value = self.expression(&it.value);
                for target in &it.targets {
                    self.assign(target, value, out);
                }
            }
            Stmt::AnnAssign(ast::StmtAnnAssign { target, value: Some(value), .. }) => {
                let value = self.expression(value);
                self.assign(target, value, out);
            }
            Stmt::AugAssign(it) => {
                let value = self.expression(&it.value);
                if let Expr::Name(name) = &*it.target {
                    self.add(name.id.as_str(), Addition::All(value));
                }
                out.push(Statement::Run(value));
            }
            Stmt::Expr(it) => {
                let value = self.expression(&it.value);
                self.addition(&it.value, value);
                out.push(Statement::Run(value));
            }
            Stmt::Return(it) => {
                if let Some(value) = it.value.as_deref() {
                    let value = self.expression(value);
                    self.here().returns.push(value);
                    out.push(Statement::Run(value));
                }
            }
            Stmt::For(it) => {
                let iterable = self.expression(&it.iter);
                let target = target_of(&it.target);
                self.bind_elements(&target, iterable);
                let mut body = self.statements(&it.body);
                body.extend(self.statements(&it.orelse));
                out.push(Statement::For { target, iterable, body });
            }
            Stmt::While(it) => {
                out.extend(self.statements(&it.body));
                out.extend(self.statements(&it.orelse));
            }
            Stmt::With(it) => {
                for item in &it.items {
                    let value = self.expression(&item.context_expr);
                    match &item.optional_vars {
                        Some(target) => self.assign(target, value, out),
                        None => out.push(Statement::Run(value)),
                    }
                }
                out.extend(self.statements(&it.body));
            }
            Stmt::If(it) => {
                let mut arms = vec![self.statements(&it.body)];
                for clause in &it.elif_else_clauses {
                    arms.push(self.statements(&clause.body));
                }
                out.push(Statement::Branch { start: it.range().start().to_u32(), arms });
            }
            Stmt::Try(it) => {
                let mut first = self.statements(&it.body);
                first.extend(self.statements(&it.orelse));
                let mut arms = vec![first];
                for handler in &it.handlers {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    arms.push(self.statements(&handler.body));
                }
                out.push(Statement::Branch { start: it.range().start().to_u32(), arms });
                out.extend(self.statements(&it.finalbody));
            }
            Stmt::Match(it) => {
                let arms = it.cases.iter().map(|case| self.statements(&case.body)).collect();
                out.push(Statement::Branch { start: it.range().start().to_u32(), arms });
            }
            _ => {}
        }
    }

    fn function(&mut self, function: &ast::StmtFunctionDef) -> Statement {
        let decorators = function.decorator_list.iter().map(|it| self.expression(&it.expression)).collect();
        let methods = function.decorator_list.iter().filter_map(|it| called_method(&it.expression));
        self.here().hands_over.extend(methods.map(Box::from));
        let is_method = self.here().kind == Some(DefinitionKind::Class);
        let kind = if is_method { DefinitionKind::Method } else { DefinitionKind::Function };
        let parameters = self.parameters(&function.parameters);
        let id = self.open(Some(kind), &function.name, span_of(function.name.range()));
        let outer = std::mem::replace(&mut self.body, id);
        let body = self.here();
        (body.decorators, body.parameters) = (decorators, parameters);
        let statements = self.statements(&function.body);
        self.here().statements = statements;
        self.body = outer;
        Statement::Define(id)
    }

    fn parameters(&mut self, parameters: &ast::Parameters) -> Vec<Parameter> {
        let mut kept = Vec::new();
        for it in parameters.iter_non_variadic_params() {
            let default = it.default.as_deref().map(|default| self.expression(default));
            let annotation = it.parameter.annotation.as_deref().map(|annotation| self.expression(annotation));
            let name = it.parameter.name.as_str().into();
            kept.push(Parameter { name, default, annotation, is_rest: false });
        }
        for it in [&parameters.vararg, &parameters.kwarg].into_iter().flatten() {
            kept.push(Parameter { name: it.name.as_str().into(), default: None, annotation: None, is_rest: true });
        }
        kept
    }

    fn class(&mut self, class: &ast::StmtClassDef) -> Statement {
        let decorators = class.decorator_list.iter().map(|it| self.expression(&it.expression)).collect();
        let bases = class.arguments.iter().flat_map(|it| &it.args).map(|base| self.expression(base)).collect();
        let id = self.open(Some(DefinitionKind::Class), &class.name, span_of(class.name.range()));
        let outer = std::mem::replace(&mut self.body, id);
        let body = self.here();
        (body.decorators, body.bases) = (decorators, bases);
        let statements = self.statements(&class.body);
        self.here().statements = statements;
        self.body = outer;
        Statement::Define(id)
    }

    fn assign(&mut self, target: &Expr, value: ExpressionId, out: &mut Vec<Statement>) {
        match target {
            Expr::Subscript(it) => {
                let key = self.expression(&it.slice);
                if let Expr::Name(name) = &*it.value {
                    self.add(name.id.as_str(), Addition::Entry(key, value));
                }
                out.push(Statement::Run(value));
            }
            Expr::Attribute(it) => {
                let first = self.here().parameters.first().map(|first| first.name.clone());
                if matches!(&*it.value, Expr::Name(name) if Some(name.id.as_str()) == first.as_deref()) {
                    self.here().attributes.entry(it.attr.as_str().into()).or_default().push(value);
                }
                out.push(Statement::Run(value));
            }
            _ => {
                let target = target_of(target);
                let mut names = Vec::new();
                names_of(&target, &mut Vec::new(), &mut names);
                for (name, way) in names {
                    self.here().assigned.entry(name).or_default().push((value, way));
                }
                out.push(Statement::Assign { target, value });
            }
        }
    }

    fn bind_elements(&mut self, target: &Target, iterable: ExpressionId) {
        let mut names = Vec::new();
        names_of(target, &mut Vec::new(), &mut names);
        for (name, way) in names {
            self.here().elements.entry(name).or_default().push((iterable, way));
        }
    }

    fn add(&mut self, name: &str, addition: Addition) {
        self.here().additions.entry(name.into()).or_default().push(addition);
    }

    /// `x.append(value)`, `x.extend(value)`, `x.update(value)`.
    fn addition(&mut self, expression: &Expr, value: ExpressionId) {
        let Expr::Call(call) = expression else { return };
        let Expr::Attribute(method) = &*call.func else { return };
        let Expr::Name(name) = &*method.value else { return };
        let Expression::Call(Call { positional, .. }) = self.sketch.expression(value) else { return };
        let Some(&argument) = positional.first() else { return };
        match method.attr.as_str() {
            "append" | "add" => self.add(name.id.as_str(), Addition::Element(argument)),
            "extend" | "update" => self.add(name.id.as_str(), Addition::All(argument)),
            _ => {}
        }
    }

    fn keep(&mut self, expression: Expression, range: TextRange) -> ExpressionId {
        self.sketch.expressions.push(expression);
        self.sketch.spans.push(span_of(range));
        ExpressionId(self.sketch.expressions.len() as u32 - 1)
    }

    fn expression(&mut self, expression: &Expr) -> ExpressionId {
        stacker::maybe_grow(64 << 10, 1 << 20, || self.expression_on_stack(expression))
    }

    fn expression_on_stack(&mut self, expression: &Expr) -> ExpressionId {
        let kept = match expression {
            Expr::Name(it) => Expression::Name(it.id.as_str().into()),
            Expr::Attribute(it) => {
                let base = self.expression(&it.value);
                Expression::Attribute { base, name: it.attr.as_str().into() }
            }
            Expr::Call(it) => {
                if let Some(name) = super::statement::last_name(&it.func) {
                    self.here().called.push(name.into());
                }
                self.here().hands_over.extend(called_method(&it.func).map(Box::from));
                let function = self.expression(&it.func);
                let positional = it.arguments.args.iter().map(|argument| self.expression(argument)).collect();
                let keywords = it.arguments.keywords.iter();
                let keywords = keywords
                    .map(|keyword| {
                        (keyword.arg.as_ref().map(|name| name.as_str().into()), self.expression(&keyword.value))
                    })
                    .collect();
                Expression::Call(Call { function, positional, keywords })
            }
            Expr::StringLiteral(it) => Expression::Text(it.value.to_str().into()),
            Expr::FString(it) => Expression::Joined(self.joined(it)),
            Expr::List(it) => self.sequence(&it.elts),
            Expr::Tuple(it) => self.sequence(&it.elts),
            Expr::Set(it) => self.sequence(&it.elts),
            Expr::Starred(it) => Expression::Starred(self.expression(&it.value)),
            Expr::Dict(it) if it.items.len() <= ELEMENTS_KEPT => {
                let entry = |item: &ast::DictItem| {
                    (item.key.as_ref().map(|key| self.expression(key)), self.expression(&item.value))
                };
                Expression::Mapping(it.items.iter().map(entry).collect())
            }
            Expr::Subscript(it) => {
                let base = self.expression(&it.value);
                Expression::Item { base, index: self.expression(&it.slice) }
            }
            Expr::NumberLiteral(it) => match &it.value {
                ast::Number::Int(number) => number.as_i64().map_or(Expression::Unknown, Expression::Number),
                _ => Expression::Unknown,
            },
            Expr::If(it) => Expression::Either(vec![self.expression(&it.body), self.expression(&it.orelse)]),
            Expr::BoolOp(it) => Expression::Either(it.values.iter().map(|value| self.expression(value)).collect()),
            Expr::BinOp(it) if it.op == ast::Operator::Add => {
                let left = self.expression(&it.left);
                Expression::Sum(left, self.expression(&it.right))
            }
            Expr::Named(it) => {
                let value = self.expression(&it.value);
                self.assign(&it.target, value, &mut Vec::new());
                return value;
            }
            Expr::Await(it) => return self.expression(&it.value),
            Expr::ListComp(it) => self.comprehension(&it.generators, &it.elt),
            Expr::SetComp(it) => self.comprehension(&it.generators, &it.elt),
            Expr::Generator(it) => self.comprehension(&it.generators, &it.elt),
            Expr::NoneLiteral(_) => Expression::None,
            _ => Expression::Unknown,
        };
        self.keep(kept, expression.range())
    }

    fn sequence(&mut self, elements: &[Expr]) -> Expression {
        if elements.len() > ELEMENTS_KEPT {
            return Expression::Unknown;
        }
        Expression::Sequence(elements.iter().map(|element| self.expression(element)).collect())
    }

    fn comprehension(&mut self, generators: &[ast::Comprehension], element: &Expr) -> Expression {
        let [only] = generators else { return Expression::Unknown };
        let iterable = self.expression(&only.iter);
        let target = target_of(&only.target);
        Expression::Each { element: self.expression(element), target, iterable }
    }

    fn joined(&mut self, string: &ast::ExprFString) -> Vec<ExpressionId> {
        let mut parts = Vec::new();
        for part in string.value.iter() {
            match part {
                FStringPart::Literal(it) => parts.push(self.keep(Expression::Text(it.value.clone()), it.range())),
                FStringPart::FString(it) => {
                    for element in it.elements.iter() {
                        parts.push(match element {
                            InterpolatedStringElement::Literal(it) => {
                                self.keep(Expression::Text(it.value.clone()), it.range())
                            }
                            InterpolatedStringElement::Interpolation(it) => self.expression(&it.expression),
                        });
                    }
                }
            }
        }
        parts
    }
}

/// `get` of `app.get("/")`.
fn called_method(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) => Some(method.attr.as_str()),
            _ => None,
        },
        _ => None,
    }
}

fn target_of(target: &Expr) -> Target {
    match target {
        Expr::Name(it) => Target::Name(it.id.as_str().into()),
        Expr::Tuple(it) => Target::Many(it.elts.iter().map(target_of).collect()),
        Expr::List(it) => Target::Many(it.elts.iter().map(target_of).collect()),
        _ => Target::Other,
    }
}

/// The names of a target, each with its way through the display.
fn names_of(target: &Target, way: &mut Vec<u16>, names: &mut Vec<(Box<str>, Vec<u16>)>) {
    match target {
        Target::Name(name) => names.push((name.clone(), way.clone())),
        Target::Many(targets) => {
            for (position, target) in targets.iter().enumerate() {
                way.push(position as u16);
                names_of(target, way, names);
                way.pop();
            }
        }
        Target::Other => {}
    }
}
