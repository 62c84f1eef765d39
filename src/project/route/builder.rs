//! Routers of Rust, which chains of calls build: `Router::new().route("/orders", get(list)).nest("/v2", v2::router())`.
//!
//! axum's routers and method routers; actix's applications, scopes, resources and configured services, and functions whose
//! attribute says their route. What a method that is not known gives is the router it is called on, as in every builder.
//! Invariant: a chain is gone through once, from its root on. Absent on purpose: fallbacks, guards and layers, which
//! register no path.

use super::evaluate::method_of;
use super::run::{Run, body_of};
use super::value::{Arguments, COMPUTED, Closure, Frame, Pattern, Registration, Value};
use super::{Framework, HostKind, RoutePath};
use crate::facts::{BodyId, Call, Expression, ExpressionId};
use crate::workspace::EntryId;
use std::rc::Rc;

/// Methods of a router that register something.
pub(super) const BUILDING: &[&str] =
    &["route", "route_service", "nest", "nest_service", "merge", "service", "configure"];

/// Methods of HTTP, as functions and methods are called for them.
const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "any"];

impl<'p, 's> Run<'p, 's> {
    /// Whether a frame is of a language whose routers are built by chains.
    pub(super) fn is_built(&self, frame: &Rc<Frame>) -> bool {
        self.known(frame.file).is_some_and(|it| it.sketch.has_builders)
    }

    /// What a chain of calls gives. Where it runs, each call registers in turn.
    pub(super) fn chain(&mut self, frame: &Rc<Frame>, id: ExpressionId, runs: bool) -> Vec<Value> {
        let Some(file) = self.file(frame.file) else { return Vec::new() };
        let mut calls = Vec::new();
        let mut root = id;
        while let Expression::Call(call) = file.sketch.expression(root)
            && let Expression::Attribute { base, name } = file.sketch.expression(call.function)
        {
            calls.push((root, call, &**name));
            root = *base;
        }
        if runs {
            self.run_expression(frame, root);
        }
        let mut values = self.evaluate(frame, root);
        for (id, call, name) in calls.into_iter().rev() {
            self.steps += 1;
            if runs {
                call.positional.iter().for_each(|&it| self.run_expression(frame, it));
                values.iter().for_each(|value| self.build(frame, id, call, value, name));
            }
            let mut next: Vec<Value> = values.iter().flat_map(|value| self.built(frame, call, value, name)).collect();
            if next.is_empty() {
                // A method of the project, where the facts know which.
                for function in self.linked(frame.file, file.sketch.span(call.function)) {
                    let Value::Function(closure) = &function else { continue };
                    if runs {
                        self.run_marked(frame, id, call, closure);
                    }
                    next.extend(self.call_one(frame, id, call, &function));
                }
            }
            values = super::lookup::distinct(next);
        }
        values
    }

    /// What a method of a builder gives.
    fn built(&mut self, frame: &Rc<Frame>, call: &Call, base: &Value, name: &str) -> Vec<Value> {
        let first = call.positional.first().copied();
        match base {
            Value::Host(..) | Value::Parameter(..) => vec![base.clone()],
            Value::Text(_) if matches!(name, "to_string" | "to_owned" | "into" | "as_str" | "clone") => {
                vec![base.clone()]
            }
            Value::Pattern(pattern) => {
                let mut made = Pattern::clone(pattern);
                match (name, first) {
                    ("to", Some(handler)) => made.target = self.handler(frame, handler).into(),
                    ("method", Some(method)) => made.methods = vec![self.method_named(frame, method)],
                    ("merge", Some(other)) => {
                        let others = self.evaluate(frame, other).into_iter();
                        return [base.clone()].into_iter().chain(others).collect();
                    }
                    (verb, Some(handler)) if METHODS.contains(&verb) => {
                        made.methods = vec![method_of(verb)];
                        made.target = self.handler(frame, handler).into();
                        return vec![base.clone(), Value::Pattern(Rc::new(made))];
                    }
                    _ => {}
                }
                vec![Value::Pattern(Rc::new(made))]
            }
            _ => Vec::new(),
        }
    }

    /// What a method of a router adds to it.
    fn build(&mut self, frame: &Rc<Frame>, id: ExpressionId, call: &Call, base: &Value, name: &str) {
        let Value::Host(host, _) = base else {
            if matches!(base, Value::Parameter(..)) && BUILDING.contains(&name) {
                self.build_on(frame, id, call, base, name);
            }
            return;
        };
        let is_actix = self.out.host(*host).framework == Framework::Actix;
        match name {
            "into_make_service" | "into_make_service_with_connect_info" => self.serve(base),
            // `web::resource("/orders").get(list)`
            "to" => self.add_routes(frame, id, base, "", vec!["*".into()], call.positional.first().copied()),
            verb if is_actix && METHODS.contains(&verb) && call.positional.len() == 1 => {
                self.add_routes(frame, id, base, "", vec![method_of(verb)], call.positional.first().copied());
            }
            _ if BUILDING.contains(&name) => self.build_on(frame, id, call, base, name),
            _ => {}
        }
    }

    fn build_on(&mut self, frame: &Rc<Frame>, id: ExpressionId, call: &Call, base: &Value, name: &str) {
        let is_known = matches!(base, Value::Host(..));
        let place = self.place(frame, id);
        let given = |at: usize| call.positional.get(at).copied();
        let placed = match (name, given(0), given(1)) {
            ("route", Some(pattern), None) => self.add_patterns_of(frame, id, base, "", pattern),
            ("route", Some(path), Some(pattern)) => {
                let path = self.text_of(frame, path);
                if !is_known && !path.starts_with('/') {
                    return;
                }
                self.add_patterns_of(frame, id, base, &path, pattern)
            }
            ("route_service", Some(path), Some(_)) if is_known => {
                let path = self.text_of(frame, path);
                self.add_routes(frame, id, base, &path, vec!["*".into()], None);
                true
            }
            ("nest" | "nest_service", Some(path), Some(child)) => {
                let path = self.text_of(frame, path);
                let prefix = RoutePath::new(&written(&path), false);
                let children = self.evaluate(frame, child);
                self.mount(frame, place, (base, name), &children, Some(prefix), None) || name == "nest_service"
            }
            ("merge", Some(child), _) => {
                let children = self.evaluate(frame, child);
                self.mount(frame, place, (base, name), &children, None, None)
            }
            ("service", Some(service), _) => {
                let services = self.evaluate(frame, service);
                let mounted = self.mount(frame, place, (base, name), &services, None, None);
                let functions: Vec<(EntryId, BodyId)> = services.iter().filter_map(body_of).collect();
                let attributed: Vec<bool> =
                    functions.into_iter().map(|it| self.add_attributed(frame, id, base, it)).collect();
                mounted || attributed.contains(&true)
            }
            ("configure", Some(function), _) => {
                let functions = self.evaluate(frame, function);
                let mut is_found = matches!(
                    self.known(frame.file).map(|it| it.sketch.expression(function)),
                    Some(Expression::Unknown | Expression::Either(_))
                );
                for value in &functions {
                    let Value::Function(closure) = value else { continue };
                    let arguments = Arguments { positional: vec![Rc::from([base.clone()])], keywords: Vec::new() };
                    self.run_with(frame, place, closure, &arguments);
                    is_found = true;
                }
                is_found
            }
            _ => return,
        };
        self.out.unplaced += u64::from(is_known && !placed);
    }

    /// The routes that a method router stands for.
    fn add_patterns_of(
        &mut self,
        frame: &Rc<Frame>,
        id: ExpressionId,
        base: &Value,
        path: &str,
        pattern: ExpressionId,
    ) -> bool {
        let place = self.place(frame, id);
        let mut is_found = false;
        for value in self.evaluate(frame, pattern) {
            let Value::Pattern(pattern) = value else { continue };
            let handlers: Vec<(EntryId, BodyId)> = pattern.target.iter().filter_map(body_of).take(1).collect();
            let path = written(path).into();
            let registration = Registration { host: base.clone(), methods: pattern.methods.clone(), path, place };
            self.register(frame, &registration, &handlers);
            is_found = true;
        }
        is_found
    }

    fn add_routes(
        &mut self,
        frame: &Rc<Frame>,
        id: ExpressionId,
        base: &Value,
        path: &str,
        methods: Vec<Box<str>>,
        handler: Option<ExpressionId>,
    ) {
        let handlers = handler.map_or(Vec::new(), |it| self.handler(frame, it));
        let handlers: Vec<(EntryId, BodyId)> = handlers.iter().filter_map(body_of).take(1).collect();
        let place = self.place(frame, id);
        let registration = Registration { host: base.clone(), methods, path: written(path).into(), place };
        self.register(frame, &registration, &handlers);
    }

    /// A function with `#[get("/orders")]`.
    fn add_attributed(
        &mut self,
        frame: &Rc<Frame>,
        id: ExpressionId,
        base: &Value,
        function: (EntryId, BodyId),
    ) -> bool {
        let Some(file) = self.file(function.0) else { return false };
        let place = self.place(frame, id);
        let around = self.frame_around(function.0, function.1);
        let mut is_found = false;
        for &decorator in &file.sketch.body(function.1).decorators {
            for value in self.evaluate(&around, decorator) {
                let Value::Pattern(pattern) = value else { continue };
                let methods = pattern.methods.clone();
                let path = written(&pattern.path).into();
                let registration = Registration { host: base.clone(), methods, path, place };
                self.register(frame, &registration, &[function]);
                is_found = true;
            }
        }
        is_found
    }

    /// What a function of a framework gives: `get(list)`, `web::get()`, `#[get("/orders")]`.
    pub(super) fn outside_built(&mut self, frame: &Rc<Frame>, id: ExpressionId, call: &Call, path: &str) -> Vec<Value> {
        let (package, name) = (path.split('.').next().unwrap_or_default(), path.rsplit('.').next().unwrap_or_default());
        let mut pattern = Pattern {
            methods: vec![method_of(name)],
            path: "".into(),
            is_regex: false,
            target: Rc::from([]),
            is_mount: false,
            name: None,
            place: self.place(frame, id),
        };
        let first = call.positional.first().copied();
        match (package, path.contains(".web."), name) {
            ("axum", _, _) if path.contains(".routing.") => {
                let verb = name.strip_suffix("_service");
                match (verb.unwrap_or(name), first) {
                    ("on", Some(method)) => {
                        pattern.methods = vec![self.method_named(frame, method)];
                        pattern.target =
                            call.positional.get(1).map_or(Vec::new(), |&it| self.handler(frame, it)).into();
                    }
                    (method, Some(handler)) if METHODS.contains(&method) => {
                        pattern.methods = vec![method_of(method)];
                        if verb.is_none() {
                            pattern.target = self.handler(frame, handler).into();
                        }
                    }
                    _ => return Vec::new(),
                }
            }
            ("actix_web", true, "route") => pattern.methods = vec!["*".into()],
            ("actix_web", true, "to") => {
                pattern.methods = vec!["*".into()];
                pattern.target = first.map_or(Vec::new(), |it| self.handler(frame, it)).into();
            }
            ("actix_web", true, "method") => {
                let Some(method) = first else { return Vec::new() };
                pattern.methods = vec![self.method_named(frame, method)];
            }
            ("actix_web", true, verb) if METHODS.contains(&verb) => {}
            ("actix_web", false, "route") if path == "actix_web.route" => {
                let Some(first) = first else { return Vec::new() };
                pattern.path = self.text_of(frame, first);
                let given = call.keywords.iter().filter(|(key, _)| key.as_deref() == Some("method"));
                pattern.methods = given.map(|(_, it)| self.text_of(frame, *it).to_uppercase().into()).collect();
            }
            ("actix_web", false, verb) if METHODS.contains(&verb) => {
                let Some(first) = first else { return Vec::new() };
                pattern.path = self.text_of(frame, first);
            }
            _ => return Vec::new(),
        }
        vec![Value::Pattern(Rc::new(pattern))]
    }

    /// `axum::serve(listener, app)`.
    pub(super) fn served(&mut self, frame: &Rc<Frame>, call: &Call, path: &str) {
        if let (true, Some(&app)) = (path == "axum.serve", call.positional.get(1)) {
            self.evaluate(frame, app).iter().for_each(|it| self.serve(it));
        }
    }

    fn serve(&mut self, value: &Value) {
        if let Value::Host(host, _) = value {
            self.out.hosts[host.0 as usize].kind = HostKind::Application;
        }
    }

    /// The method that `Method::GET` or `MethodFilter::GET` names.
    fn method_named(&mut self, frame: &Rc<Frame>, id: ExpressionId) -> Box<str> {
        let named = self.evaluate(frame, id).into_iter().find_map(|it| match it {
            Value::External(path) => path.rsplit('.').next().map(Box::from),
            _ => None,
        });
        let (file, at) = self.place(frame, id);
        let [open, middle, close] = COMPUTED;
        named.unwrap_or_else(|| format!("{open}{}.{at}{middle}method{close}", file.0).into())
    }

    /// Runs a function of the project that registers something.
    fn run_marked(&mut self, frame: &Rc<Frame>, id: ExpressionId, call: &Call, closure: &Closure) {
        let place = self.place(frame, id);
        let arguments = self.arguments(frame, call);
        self.run_with(frame, place, closure, &arguments);
    }
}

/// A path in the form of the others: `/{id}` for `/:id`, `/{rest:path}` for `/*rest`, `/{*rest}` and `/{rest:.*}`.
pub(super) fn written(path: &str) -> String {
    let part = |part: &str| {
        let inner = part.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        match (part.strip_prefix(':'), part.strip_prefix('*'), inner.and_then(|it| it.strip_prefix('*'))) {
            (Some(name), ..) => format!("{{{name}}}"),
            (_, Some(name), _) | (.., Some(name)) => format!("{{{name}:path}}"),
            _ => match inner.and_then(|it| it.strip_suffix(":.*")) {
                Some(name) => format!("{{{name}:path}}"),
                None => part.to_owned(),
            },
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
