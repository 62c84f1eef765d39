//! The walk over statements: definitions, scopes, bindings, imports, guards, deprecation markers.
//!
//! Invariant: a statement is visited once, in source order. Absent on purpose: what an expression leads to; see
//! `expression`.

use super::{Extractor, UNKNOWN, span_of};
use crate::facts::{
    Access, AttributeAssignment, BindingKind, Definition, DefinitionId, DefinitionKind, Guards, Import, ImportId,
    ImportTarget, Marker, MarkerKind, ReferenceKind, ScopeKind, Space, Traits, Value, ValueId,
};
use crate::span::Span;
use ruff_python_ast as ast;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

impl Extractor<'_> {
    pub(super) fn module(&mut self, module: &ast::ModModule) {
        self.docstring(&module.body, None);
        self.markers(&module.body, None);
        self.lazy_names(&module.body);
        self.body(&module.body);
    }

    pub(super) fn body(&mut self, body: &[Stmt]) {
        for (position, statement) in body.iter().enumerate() {
            self.holds_from = statement.range().end().to_u32();
            stacker::maybe_grow(64 << 10, 1 << 20, || self.statement(statement));
            if position + 1 < body.len() {
                self.narrow_after(statement, body[body.len() - 1].range().end().to_u32());
                self.branch_after(statement, &body[position + 1..]);
            }
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        self.outline(statement);
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Return(it) => {
                let value = it.value.as_deref().map_or(UNKNOWN, |value| self.expression(value, ReferenceKind::Name));
                let is_none = it.value.as_deref().is_none_or(Expr::is_none_literal_expr);
                if !is_none && !self.gives.contains(&value) {
                    self.gives.push(value);
                }
            }
            Stmt::Delete(it) => self.expressions(&it.targets),
            Stmt::TypeAlias(it) => self.type_alias(it),
            Stmt::Assign(it) => self.assign_statement(it),
            Stmt::AugAssign(it) => {
                if matches!(&*it.target, Expr::Name(name) if name.id.as_str() == "__all__") {
                    self.exports(&it.value);
                }
                let value = self.expression(&it.value, ReferenceKind::Name);
                if matches!(&*it.target, Expr::Name(_)) {
                    // `x += 1` reads x before it writes it.
                    self.expression(&it.target, ReferenceKind::Name);
                } else {
                    self.assign(&it.target, BindingKind::Assignment, value, None);
                }
            }
            Stmt::AnnAssign(it) => self.annotated_assignment(it),
            Stmt::For(it) => {
                let iterated = self.expression(&it.iter, ReferenceKind::Name);
                let element = self.unless_unknown(iterated, Value::Element { of: iterated });
                self.holds_from = it.iter.range().end().to_u32();
                self.assign(&it.target, BindingKind::Element, element, None);
                self.repeated(&it.body);
                self.body(&it.orelse);
            }
            Stmt::While(it) => {
                self.expression(&it.test, ReferenceKind::Name);
                self.narrow(&it.test, &it.body);
                self.repeated(&it.body);
                self.body(&it.orelse);
            }
            Stmt::If(it) => self.if_statement(it),
            Stmt::With(it) => {
                for item in &it.items {
                    let value = self.expression(&item.context_expr, ReferenceKind::Name);
                    if let Some(target) = &item.optional_vars {
                        let entered = self.unless_unknown(value, Value::Entered { of: value });
                        self.holds_from = item.range().end().to_u32();
                        self.assign(target, BindingKind::Entered, entered, None);
                    }
                }
                // A context manager may swallow what is raised.
                let outer = std::mem::replace(&mut self.is_caught, true);
                self.body(&it.body);
                self.is_caught = outer;
            }
            Stmt::Match(it) => self.match_statement(it),
            Stmt::Raise(it) => {
                self.expressions(it.exc.as_deref());
                self.expressions(it.cause.as_deref());
            }
            Stmt::Try(it) => self.try_statement(it),
            Stmt::Assert(it) => {
                self.expression(&it.test, ReferenceKind::Name);
                self.expressions(it.msg.as_deref());
            }
            Stmt::Import(it) => self.import(it),
            Stmt::ImportFrom(it) => self.import_from(it),
            Stmt::Global(it) => {
                self.outer(&it.names);
                let names: Vec<_> = it.names.iter().map(|name| (self.scope, self.name(name.as_str()))).collect();
                self.globals.extend(names);
            }
            Stmt::Nonlocal(it) => self.outer(&it.names),
            Stmt::Expr(it) => {
                self.extend_exports(&it.value);
                self.expression(&it.value, ReferenceKind::Name);
            }
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn function(&mut self, function: &ast::StmtFunctionDef) {
        let decorators = self.decorators(&function.decorator_list);
        let values = self.parameter_values(&function.parameters);
        let returns = function.returns.as_deref().map(|returns| self.annotation(returns));
        let is_method = self.facts.scope(self.scope).kind == ScopeKind::Class;
        let mut traits = self.traits(&function.decorator_list, &function.body);
        traits.is_async = function.is_async;
        let kind = if is_method { DefinitionKind::Method } else { DefinitionKind::Function };
        let id = self.define(kind, &function.name, function.range(), traits);
        self.facts.definitions[id.index()].decorators = decorators;
        self.facts.definitions[id.index()].returns = returns;
        self.docstring(&function.body, Some(id));
        self.decorator_markers(&function.decorator_list, id);
        self.registered_name(&function.decorator_list, id);

        let outer = self.definition.replace(id);
        let guards = std::mem::replace(&mut self.guards, Guards::FUNCTION);
        let gives = std::mem::take(&mut self.gives);
        let is_caught = std::mem::replace(&mut self.is_caught, false);
        let scope = self.in_scope(ScopeKind::Function, Some(id), function.range(), |walk, _| {
            walk.type_parameters(function.type_params.as_deref());
            walk.parameters(&function.parameters, &values);
            walk.markers(&function.body, Some(id));
            walk.body(&function.body);
        });
        self.guards = guards;
        self.is_caught = is_caught;
        self.definition = outer;
        let gives = std::mem::replace(&mut self.gives, gives);
        let definition = &mut self.facts.definitions[id.index()];
        definition.body_scope = Some(scope);
        if !definition.traits.is_generator {
            definition.gives = gives;
        }
    }

    fn class(&mut self, class: &ast::StmtClassDef) {
        let decorators = self.decorators(&class.decorator_list);
        let mut bases = Vec::new();
        if let Some(arguments) = &class.arguments {
            for base in &arguments.args {
                bases.push(self.base(base));
            }
            for keyword in &arguments.keywords {
                self.expression(&keyword.value, ReferenceKind::Name);
            }
        }
        let mut traits = self.traits(&class.decorator_list, &class.body);
        traits.is_extended = is_extended(class);
        let id = self.define(DefinitionKind::Class, &class.name, class.range(), traits);
        self.facts.definitions[id.index()].decorators = decorators;
        self.facts.definitions[id.index()].bases = bases;
        self.docstring(&class.body, Some(id));
        self.decorator_markers(&class.decorator_list, id);

        let outer = self.definition.replace(id);
        let scope = self.in_scope(ScopeKind::Class, Some(id), class.range(), |walk, _| {
            walk.type_parameters(class.type_params.as_deref());
            walk.body(&class.body);
        });
        self.definition = outer;
        self.facts.definitions[id.index()].body_scope = Some(scope);
    }

    /// Adds a definition in the current scope and binds its name there.
    fn define(
        &mut self,
        kind: DefinitionKind,
        name: &ast::Identifier,
        range: TextRange,
        traits: Traits,
    ) -> DefinitionId {
        let id = DefinitionId(self.facts.definitions.len() as u32);
        let name_id = self.name(name.as_str());
        self.facts.definitions.push(Definition {
            kind,
            name: name_id,
            name_span: span_of(name.range()),
            span: span_of(range),
            parent: self.definition,
            scope: self.scope,
            body_scope: None,
            traits,
            bases: Vec::new(),
            decorators: Vec::new(),
            returns: None,
            subject: None,
            gives: Vec::new(),
            guards: self.guards,
        });
        if matches!(kind, DefinitionKind::Function | DefinitionKind::Method | DefinitionKind::Class) {
            self.bind(self.scope, name_id, name.range(), BindingKind::Definition(id), None, None);
        }
        id
    }

    fn decorators(&mut self, decorators: &[ast::Decorator]) -> Vec<ValueId> {
        decorators
            .iter()
            .map(|decorator| match &decorator.expression {
                // `@app.get("/x")`: the callee is the decorator.
                Expr::Call(call) => self.call(call, ReferenceKind::Decorator),
                expression => self.expression(expression, ReferenceKind::Decorator),
            })
            .collect()
    }

    fn traits(&self, decorators: &[ast::Decorator], body: &[Stmt]) -> Traits {
        let mut traits = Traits { is_stub: is_stub(body), ..Traits::default() };
        for decorator in decorators {
            match last_name(&decorator.expression) {
                Some("overload") => traits.is_overload = true,
                Some("abstractmethod" | "abstractproperty") => traits.is_abstract = true,
                Some("property" | "cached_property" | "setter" | "getter" | "deleter") => traits.is_property = true,
                Some("staticmethod") => traits.is_static = true,
                Some("classmethod") => traits.is_class_method = true,
                Some("contextmanager" | "asynccontextmanager") => traits.is_context_manager = true,
                _ => {}
            }
        }
        traits
    }

    /// Defaults and annotations belong to the scope around the function. One pair per parameter, in order.
    pub(super) fn parameter_values(&mut self, parameters: &ast::Parameters) -> Vec<ParameterValues> {
        let mut values = Vec::new();
        for parameter in parameters.iter() {
            values.push(ParameterValues {
                default: parameter.default().map(|default| self.expression(default, ReferenceKind::Name)),
                annotation: parameter.annotation().map(|annotation| self.annotation(annotation)),
            });
        }
        values
    }

    /// Binds the parameters in the current scope.
    pub(super) fn parameters(&mut self, parameters: &ast::Parameters, values: &[ParameterValues]) {
        for (position, (parameter, values)) in parameters.iter().zip(values).enumerate() {
            let name = self.name(parameter.name().as_str());
            let kind = match &parameter {
                ast::AnyParameterRef::NonVariadic(_) => BindingKind::Parameter(position.min(u16::MAX as usize) as u16),
                // `*args` and `**kwargs` hold many values; nothing is known of the name itself.
                ast::AnyParameterRef::Variadic(_) => BindingKind::Other,
            };
            self.bind(self.scope, name, parameter.name().range(), kind, values.default, values.annotation);
        }
    }

    /// Makes the values of an expression without recording its references a second time.
    pub(super) fn silently<T>(&mut self, walk: impl FnOnce(&mut Self) -> T) -> T {
        let (references, strings) = (self.facts.references.len(), self.facts.strings.len());
        let bindings = self.facts.bindings.len();
        let result = walk(self);
        self.facts.references.truncate(references);
        self.facts.strings.truncate(strings);
        self.facts.bindings.truncate(bindings);
        result
    }

    pub(super) fn type_parameters(&mut self, parameters: Option<&ast::TypeParams>) {
        for parameter in parameters.iter().flat_map(|it| it.iter()) {
            let name = self.name(parameter.name().as_str());
            let bound = match parameter {
                ast::TypeParam::TypeVar(variable) => variable.bound.as_deref(),
                _ => None,
            };
            let bound = bound.map(|bound| self.annotation(bound));
            self.bind(self.scope, name, parameter.name().range(), BindingKind::Other, None, bound);
            if let Some(default) = parameter.default() {
                self.annotation(default);
            }
        }
    }

    fn type_alias(&mut self, alias: &ast::StmtTypeAlias) {
        let Expr::Name(name) = &*alias.name else { return };
        let mut value = UNKNOWN;
        self.in_scope(ScopeKind::Expression, None, alias.range(), |walk, _| {
            walk.type_parameters(alias.type_params.as_deref());
            value = walk.annotation(&alias.value);
        });
        self.constant(DefinitionKind::TypeAlias, name, alias.range());
        let id = self.name(name.id.as_str());
        self.bind(self.scope, id, name.range(), BindingKind::Assignment, Some(value), None);
    }

    fn assign_statement(&mut self, assign: &ast::StmtAssign) {
        for target in &assign.targets {
            let Expr::Name(name) = target else { continue };
            if name.id.as_str() == "__all__" {
                self.exports(&assign.value);
            }
            self.constant(DefinitionKind::Constant, name, assign.range());
        }
        // `a, b = x, y` pairs the names with the values; anything else assigns the whole.
        if let [target] = &*assign.targets
            && let (Some(targets), Some(sources)) = (elements(target), elements(&assign.value))
            && targets.len() == sources.len()
            && !targets.iter().chain(sources).any(Expr::is_starred_expr)
        {
            for (target, source) in targets.iter().zip(sources) {
                let value = self.expression(source, ReferenceKind::Name);
                self.assign(target, BindingKind::Assignment, value, None);
            }
            return;
        }
        let value = self.expression(&assign.value, ReferenceKind::Name);
        for target in &assign.targets {
            self.assign(target, BindingKind::Assignment, value, None);
        }
    }

    fn annotated_assignment(&mut self, assign: &ast::StmtAnnAssign) {
        let annotation = self.annotation(&assign.annotation);
        // `Thing: TypeAlias = "Order"`
        let is_alias = last_name(&assign.annotation) == Some("TypeAlias");
        let kind = if is_alias { ReferenceKind::Annotation } else { ReferenceKind::Name };
        let value = assign.value.as_deref().map_or(UNKNOWN, |value| self.expression(value, kind));
        if let Expr::Name(name) = &*assign.target {
            if name.id.as_str() == "__all__"
                && let Some(value) = &assign.value
            {
                self.exports(value);
            }
            self.constant(DefinitionKind::Constant, name, assign.range());
        }
        self.assign(&assign.target, BindingKind::Assignment, value, Some(annotation));
    }

    /// A name assigned at module or class level is a definition of its own.
    fn constant(&mut self, kind: DefinitionKind, name: &ast::ExprName, range: TextRange) {
        let level = self.facts.scope(self.scope).kind;
        if !matches!(level, ScopeKind::Module | ScopeKind::Class) {
            return;
        }
        let identifier = ast::Identifier::new(name.id.clone(), name.range());
        self.define(kind, &identifier, range, Traits::default());
    }

    /// Binds what a target names, and records what it touches.
    pub(super) fn assign(&mut self, target: &Expr, kind: BindingKind, value: ValueId, annotation: Option<ValueId>) {
        match target {
            Expr::Name(name) => {
                let id = self.name(name.id.as_str());
                if self.globals.contains(&(self.scope, id)) {
                    let target = self.read(id, name.range().start().to_u32());
                    self.refer(name.range(), target, ReferenceKind::Name, Access::Write);
                }
                self.bind(self.scope, id, name.range(), kind, Some(value), annotation);
            }
            Expr::Attribute(attribute) => {
                let base = self.expression(&attribute.value, ReferenceKind::Name);
                let name = self.name(attribute.attr.as_str());
                let target = self.value(Value::Attribute { base, name, space: Space::One });
                self.refer(attribute.attr.range(), target, ReferenceKind::Attribute, Access::Write);
                if let Some(class) = self.class_of_self(&attribute.value) {
                    let value = Some(value).filter(|&value| value != UNKNOWN);
                    let span = span_of(attribute.attr.range());
                    self.facts.attributes.push(AttributeAssignment { class, name, span, value, annotation });
                }
            }
            Expr::Subscript(subscript) => {
                self.subscript(subscript);
            }
            Expr::Starred(starred) => self.assign(&starred.value, BindingKind::Other, UNKNOWN, None),
            Expr::Tuple(_) | Expr::List(_) => {
                for (index, element) in elements(target).unwrap_or_default().iter().enumerate() {
                    let index = index.min(u16::MAX as usize) as u16;
                    let part = self.unless_unknown(value, Value::Part { of: value, index });
                    self.assign(element, BindingKind::Assignment, part, None);
                }
            }
            other => {
                self.expression(other, ReferenceKind::Name);
            }
        }
    }

    /// The class whose method's first parameter this expression is.
    fn class_of_self(&self, expression: &Expr) -> Option<DefinitionId> {
        let Expr::Name(name) = expression else { return None };
        let method = self.facts.scope(self.scope).definition?;
        let definition = self.facts.definition(method);
        if definition.kind != DefinitionKind::Method || definition.traits.is_static {
            return None;
        }
        let is_first = self.facts.bindings.iter().rev().any(|binding| {
            binding.scope == self.scope
                && binding.kind == BindingKind::Parameter(0)
                && self.facts.name(binding.name) == name.id.as_str()
        });
        if is_first { definition.parent } else { None }
    }

    fn import(&mut self, import: &ast::StmtImport) {
        for alias in &import.names {
            let module = self.name(alias.name.as_str());
            let first = alias.name.as_str().split('.').next().unwrap_or_default().to_owned();
            let bound_name = alias.asname.as_ref().map_or(first.as_str(), |name| name.as_str());
            let bound = self.name(bound_name);
            let bound_range = alias.asname.as_ref().map_or(alias.name.range(), |name| name.range());
            self.add_import(
                Import {
                    level: 0,
                    module: Some(module),
                    module_span: span_of(alias.name.range()),
                    target: ImportTarget::Module,
                    alias: alias.asname.as_ref().map(|_| bound),
                    path: None,
                    is_public: true,
                    bound_span: span_of(bound_range),
                    scope: self.scope,
                    guards: self.guards,
                    statement: span_of(import.range()),
                },
                Some((bound, bound_range)),
            );
        }
    }

    fn import_from(&mut self, import: &ast::StmtImportFrom) {
        let module = import.module.as_ref().map(|module| self.name(module.as_str()));
        let module_span = import.module.as_ref().map_or(Span::default(), |module| span_of(module.range()));
        for alias in &import.names {
            let is_star = alias.name.as_str() == "*";
            let name = self.name(alias.name.as_str());
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            let (bound_id, bound_range) = (self.name(bound.as_str()), bound.range());
            let target =
                if is_star { ImportTarget::Star } else { ImportTarget::Name(name, span_of(alias.name.range())) };
            self.add_import(
                Import {
                    level: import.level,
                    module,
                    module_span,
                    target,
                    alias: alias.asname.as_ref().map(|_| bound_id),
                    path: None,
                    is_public: true,
                    bound_span: span_of(bound_range),
                    scope: self.scope,
                    guards: self.guards,
                    statement: span_of(import.range()),
                },
                (!is_star).then_some((bound_id, bound_range)),
            );
        }
    }

    fn add_import(&mut self, import: Import, bound: Option<(crate::facts::NameId, TextRange)>) {
        let id = ImportId(self.facts.imports.len() as u32);
        self.facts.imports.push(import);
        if let Some((name, range)) = bound {
            self.bind(self.scope, name, range, BindingKind::Import(id), None, None);
        }
    }

    fn outer(&mut self, names: &[ast::Identifier]) {
        for name in names {
            let id = self.name(name.as_str());
            // It says that the function sets it.
            let value = self.read(id, name.range().start().to_u32());
            self.refer(name.range(), value, ReferenceKind::Name, Access::Write);
            self.bind(self.scope, id, name.range(), BindingKind::Outer, None, None);
        }
    }

    fn docstring(&mut self, body: &[Stmt], definition: Option<DefinitionId>) {
        let Some(Stmt::Expr(first)) = body.first() else { return };
        let Expr::StringLiteral(literal) = &*first.value else { return };
        let span = span_of(literal.range());
        self.facts.docstrings.push(span);
        let text = literal.value.to_str();
        let trimmed = text.trim_start();
        let says_so = trimmed.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("deprecated"))
            && !trimmed[10..].starts_with(|next: char| next.is_alphanumeric() || next == '_');
        if says_so || text.contains(".. deprecated::") {
            let message = trimmed.lines().next().map(|line| line.trim().to_owned());
            self.facts.markers.push(Marker { kind: MarkerKind::Docstring, definition, span, message });
        }
    }

    fn decorator_markers(&mut self, decorators: &[ast::Decorator], id: DefinitionId) {
        for decorator in decorators {
            if last_name(&decorator.expression) != Some("deprecated") {
                continue;
            }
            let message = match &decorator.expression {
                Expr::Call(call) => call.arguments.args.first().and_then(literal_text),
                _ => None,
            };
            let span = span_of(decorator.range());
            self.facts.markers.push(Marker { kind: MarkerKind::Decorator, definition: Some(id), span, message });
        }
    }

    /// `warnings.warn(…)` as a statement of the body itself: the whole definition is deprecated. Under a condition,
    /// only one way of calling it is.
    fn markers(&mut self, body: &[Stmt], definition: Option<DefinitionId>) {
        for statement in body {
            let Stmt::Expr(statement) = statement else { continue };
            let Expr::Call(call) = &*statement.value else { continue };
            if last_name(&call.func) != Some("warn") {
                continue;
            }
            let keyword = call.arguments.find_keyword("category").map(|keyword| &keyword.value);
            let category = keyword.or_else(|| call.arguments.args.get(1));
            let category = category.map(|it| self.silently(|walk| walk.expression(it, ReferenceKind::Name)));
            let message = call.arguments.args.first().and_then(literal_text);
            let span = span_of(call.range());
            self.facts.markers.push(Marker { kind: MarkerKind::Warning { category }, definition, span, message });
        }
    }
}

/// What is said about a parameter outside the function's own scope.
pub(super) struct ParameterValues {
    default: Option<ValueId>,
    annotation: Option<ValueId>,
}

/// The elements of a tuple or list display.
fn elements(expression: &Expr) -> Option<&[Expr]> {
    match expression {
        Expr::Tuple(tuple) => Some(&tuple.elts),
        Expr::List(list) => Some(&list.elts),
        _ => None,
    }
}

/// The last name of a dotted expression, looking through a call: `a.b.c(…)` gives `c`.
pub(super) fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Call(call) => last_name(&call.func),
        _ => None,
    }
}

fn literal_text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        _ => None,
    }
}

pub(super) fn is_stub(body: &[Stmt]) -> bool {
    body.iter().all(|statement| match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(it) => matches!(&*it.value, Expr::EllipsisLiteral(_) | Expr::StringLiteral(_)),
        Stmt::Raise(it) => it.exc.as_deref().and_then(last_name) == Some("NotImplementedError"),
        _ => false,
    })
}

/// Whether something other than its body and bases may give a class members.
fn is_extended(class: &ast::StmtClassDef) -> bool {
    let is_plain = |it: &ast::Decorator| {
        matches!(
            last_name(&it.expression),
            Some("dataclass" | "final" | "total_ordering" | "runtime_checkable" | "unique" | "deprecated")
        )
    };
    let metaclass = class.arguments.as_ref().and_then(|arguments| arguments.find_keyword("metaclass"));
    let is_plain_metaclass = |value: &Expr| matches!(last_name(value), Some("ABCMeta" | "EnumMeta" | "EnumType"));
    !class.decorator_list.iter().all(is_plain) || metaclass.is_some_and(|it| !is_plain_metaclass(&it.value))
}
