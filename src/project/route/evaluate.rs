//! Expressions: what they may give.
//!
//! Invariant: evaluating registers nothing, so it may be done as often as it is asked for. Absent on purpose: arithmetic,
//! comparisons, and everything that a value of `value` cannot say.

use super::framework::{VERBS, constructor};
use super::lookup::distinct;
use super::run::{CallKey, Run};
use super::value::{Arguments, COMPUTED, Closure, Element, Frame, Instance, Pattern, Place, Registration, Value};
use crate::facts::{Call, Expression, ExpressionId, MODULE_BODY};
use crate::project::ModuleRef;
use std::rc::Rc;

/// Calls inside calls that are followed.
const CALLS_FOLLOWED: usize = 24;

/// Elements of a sequence or mapping that are kept.
const ELEMENTS_KEPT: usize = 2000;

/// Steps after which nothing more is evaluated.
pub(super) const STEPS_ALLOWED: u64 = 6_000_000;

/// Steps that one statement may take.
pub(super) const STATEMENT_STEPS: u64 = 60_000;

impl<'p, 's> Run<'p, 's> {
    pub(super) fn place(&self, frame: &Rc<Frame>, id: ExpressionId) -> Place {
        let start = self.known(frame.file).map_or(0, |file| file.sketch.span(id).start);
        (frame.file, start)
    }

    /// What an expression may give. Empty is nothing known.
    pub(super) fn evaluate(&mut self, frame: &Rc<Frame>, id: ExpressionId) -> Vec<Value> {
        self.steps += 1;
        if self.steps > STEPS_ALLOWED.min(self.until) || self.depth > 200 {
            self.out.is_cut_short = true;
            return Vec::new();
        }
        self.depth += 1;
        let found = stacker::maybe_grow(256 << 10, 4 << 20, || self.evaluate_on_stack(frame, id));
        self.depth -= 1;
        found
    }

    fn evaluate_on_stack(&mut self, frame: &Rc<Frame>, id: ExpressionId) -> Vec<Value> {
        let Some(file) = self.file(frame.file) else { return Vec::new() };
        match file.sketch.expression(id) {
            Expression::Name(name) => self.name(frame, name),
            Expression::Attribute { base, name } => {
                let bases = self.evaluate(frame, *base);
                distinct(bases.iter().flat_map(|base| self.attribute(base, name)).collect())
            }
            Expression::Path(name) => self.linked(frame.file, *name),
            Expression::Call(call) => {
                let is_member = matches!(file.sketch.expression(call.function), Expression::Attribute { .. });
                match is_member && file.sketch.has_builders {
                    true => self.chain(frame, id, false),
                    false => self.call(frame, id, call),
                }
            }
            Expression::Text(text) => vec![Value::Text((&**text).into())],
            Expression::Number(number) => vec![Value::Number(*number)],
            Expression::None => vec![Value::None],
            Expression::Joined(parts) => {
                let texts: Vec<Rc<str>> = parts.iter().map(|&part| self.text_of(frame, part)).collect();
                vec![Value::Text(texts.concat().into())]
            }
            Expression::Sum(left, right) => {
                let (a, b) = (self.evaluate(frame, *left), self.evaluate(frame, *right));
                let is_text = |values: &[Value]| values.iter().any(|it| matches!(it, Value::Text(_)));
                if is_text(&a) || is_text(&b) {
                    let text = format!("{}{}", self.text_of(frame, *left), self.text_of(frame, *right));
                    return vec![Value::Text(text.into())];
                }
                let mut elements = self.elements(&a);
                elements.extend(self.elements(&b));
                vec![Value::Sequence(elements.into())]
            }
            Expression::Sequence(parts) => {
                let mut elements = Vec::with_capacity(parts.len());
                for &part in parts {
                    match file.sketch.expression(part) {
                        Expression::Starred(inner) => elements.extend(self.elements_of(frame, *inner)),
                        _ => {
                            let values = self.evaluate(frame, part).into();
                            elements.push(Element { values, place: self.place(frame, part) });
                        }
                    }
                }
                vec![Value::Sequence(elements.into())]
            }
            Expression::Mapping(entries) => {
                let mut kept: Vec<(Option<Rc<str>>, Element)> = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    match key {
                        Some(key) => {
                            let key = self.evaluate(frame, *key).into_iter().find_map(|it| match it {
                                Value::Text(text) => Some(text),
                                _ => None,
                            });
                            let element = Element {
                                values: self.evaluate(frame, *value).into(),
                                place: self.place(frame, *value),
                            };
                            put(&mut kept, key, element);
                        }
                        None => {
                            for unpacked in self.evaluate(frame, *value) {
                                let Value::Mapping(others) = unpacked else { continue };
                                others.iter().cloned().for_each(|(key, element)| put(&mut kept, key, element));
                            }
                        }
                    }
                }
                kept.truncate(ELEMENTS_KEPT);
                vec![Value::Mapping(kept.into())]
            }
            Expression::Item { base, index } => self.item(frame, *base, *index),
            Expression::Either(parts) => distinct(parts.iter().flat_map(|&part| self.evaluate(frame, part)).collect()),
            Expression::Each { element, target, iterable } => {
                let mut found = Vec::new();
                for each in self.elements_of(frame, *iterable) {
                    let bound = self.bind(frame, target, &each);
                    let values = self.evaluate(frame, *element).into();
                    found.push(Element { values, place: each.place });
                    self.unbind(frame, bound);
                }
                vec![Value::Sequence(found.into())]
            }
            Expression::Starred(_) | Expression::Unknown => Vec::new(),
        }
    }

    /// The text that an expression gives; what is not one text is a computed part, equal to itself alone.
    pub(super) fn text_of(&mut self, frame: &Rc<Frame>, id: ExpressionId) -> Rc<str> {
        let values = self.evaluate(frame, id);
        let texts: Vec<&Rc<str>> = values
            .iter()
            .filter_map(|it| match it {
                Value::Text(text) => Some(text),
                _ => None,
            })
            .collect();
        if let ([only], true) = (&texts[..], values.len() == texts.len()) {
            return (*only).clone();
        }
        let label = self.label(frame, id);
        let [open, middle, close] = COMPUTED;
        // a name of a module holds one value, wherever it is read
        if frame.body == MODULE_BODY && frame.chain.borrow().is_empty() && !label.contains(['(', ' ']) {
            return format!("{open}{}.{label}{middle}{label}{close}", frame.file.0).into();
        }
        let chain: Vec<String> = frame.chain.borrow().iter().map(|(file, at)| format!("{}.{at}", file.0)).collect();
        let (file, at) = self.place(frame, id);
        format!("{open}{}.{at}/{}{middle}{label}{close}", file.0, chain.join("/")).into()
    }

    fn label(&self, frame: &Rc<Frame>, id: ExpressionId) -> String {
        let Some(file) = self.known(frame.file) else { return String::new() };
        match file.sketch.expression(id) {
            Expression::Name(name) => name.to_string(),
            Expression::Path(name) => {
                let named = file.facts.reference_at(*name).and_then(|it| file.facts.last_name(it.value));
                named.map_or_else(String::new, |name| file.facts.name(name).to_owned())
            }
            Expression::Attribute { base, name } => format!("{}.{name}", self.label(frame, *base)),
            Expression::Call(call) => format!("{}()", self.label(frame, call.function)),
            _ => "computed value".to_owned(),
        }
    }

    fn item(&mut self, frame: &Rc<Frame>, base: ExpressionId, index: ExpressionId) -> Vec<Value> {
        let bases = self.evaluate(frame, base);
        let index = self.evaluate(frame, index);
        let mut found = Vec::new();
        for base in bases {
            match (base, &index[..]) {
                (Value::Mapping(entries), [Value::Text(key)]) => found.extend(get(&entries, key)),
                (Value::Mapping(entries), _) => found.extend(entries.iter().flat_map(|(_, it)| it.values.to_vec())),
                (Value::Sequence(elements), [Value::Number(at)]) => {
                    let at = if *at < 0 { *at + elements.len() as i64 } else { *at };
                    found.extend(
                        usize::try_from(at)
                            .ok()
                            .and_then(|at| elements.get(at))
                            .into_iter()
                            .flat_map(|element| element.values.to_vec()),
                    );
                }
                (Value::Sequence(elements), _) => found.extend(elements.iter().flat_map(|it| it.values.to_vec())),
                _ => {}
            }
        }
        distinct(found)
    }

    pub(super) fn elements_of(&mut self, frame: &Rc<Frame>, id: ExpressionId) -> Vec<Element> {
        let values = self.evaluate(frame, id);
        self.elements(&values)
    }

    /// What iterating gives, once for each place.
    pub(super) fn elements(&mut self, values: &[Value]) -> Vec<Element> {
        let mut found: Vec<Element> = Vec::new();
        for value in values {
            match value {
                Value::Sequence(elements) => {
                    for element in elements.iter() {
                        if values.len() == 1 || !found.contains(element) {
                            found.push(element.clone());
                        }
                    }
                }
                Value::Mapping(entries) => found.extend(entries.iter().map(|(key, element)| Element {
                    values: key.iter().map(|key| Value::Text(key.clone())).collect(),
                    place: element.place,
                })),
                _ => {}
            }
        }
        found.truncate(ELEMENTS_KEPT);
        found
    }

    pub(super) fn arguments(&mut self, frame: &Rc<Frame>, call: &Call) -> Arguments {
        let Some(file) = self.file(frame.file) else { return Arguments::default() };
        let mut arguments = Arguments::default();
        for &argument in &call.positional {
            match file.sketch.expression(argument) {
                Expression::Starred(inner) => {
                    let elements = self.elements_of(frame, *inner);
                    arguments.positional.extend(elements.into_iter().map(|it| it.values));
                }
                _ => arguments.positional.push(self.evaluate(frame, argument).into()),
            }
        }
        for (name, value) in &call.keywords {
            let values = self.evaluate(frame, *value);
            match name {
                Some(name) => arguments.keywords.push((name.clone(), values.into())),
                None => {
                    for value in values {
                        let Value::Mapping(entries) = value else { continue };
                        let named =
                            entries.iter().filter_map(|(key, it)| Some((key.as_deref()?.into(), it.values.clone())));
                        arguments.keywords.extend(named);
                    }
                }
            }
        }
        arguments
    }

    fn call(&mut self, frame: &Rc<Frame>, id: ExpressionId, call: &Call) -> Vec<Value> {
        let functions = self.evaluate(frame, call.function);
        let mut found = Vec::new();
        for function in functions {
            found.extend(self.call_one(frame, id, call, &function));
        }
        distinct(found)
    }

    pub(super) fn call_one(
        &mut self,
        frame: &Rc<Frame>,
        id: ExpressionId,
        call: &Call,
        function: &Value,
    ) -> Vec<Value> {
        let place = self.place(frame, id);
        match function {
            Value::External(path) => self.call_outside(frame, id, call, path),
            Value::Class(file, body) => {
                if let Some(made) = self.outside_bases(*file, *body).iter().find_map(|it| constructor(it)) {
                    return vec![self.host(frame, id, call, made)];
                }
                if let Some(made) = self.own_name(*file, *body).and_then(|it| constructor(&it)) {
                    return vec![self.host(frame, id, call, made)];
                }
                let mut chain = frame.chain.borrow().clone();
                chain.push(place);
                let arguments = self.arguments(frame, call);
                vec![Value::Instance(Rc::new(Instance { file: *file, class: *body, chain: chain.into(), arguments }))]
            }
            Value::Function(closure) => {
                if let Some(path) = self.own_name(closure.file, closure.body)
                    && (path.starts_with("django.") || path.starts_with("aiohttp."))
                {
                    return self.call_outside(frame, id, call, &path);
                }
                self.call_function(frame, place, call, closure)
            }
            Value::Member(member) => self.call_member(frame, call, place, &member.0, &member.1),
            Value::Decorator(_) => call.positional.first().map_or(Vec::new(), |&handler| self.evaluate(frame, handler)),
            _ => Vec::new(),
        }
    }

    /// What a function of the project returns.
    fn call_function(&mut self, frame: &Rc<Frame>, place: Place, call: &Call, closure: &Closure) -> Vec<Value> {
        let mut chain = frame.chain.borrow().clone();
        if chain.len() > CALLS_FOLLOWED || chain.contains(&place) {
            return Vec::new();
        }
        let Some(file) = self.file(closure.file) else { return Vec::new() };
        let returns = file.sketch.body(closure.body).returns.clone();
        if returns.is_empty() {
            return Vec::new();
        }
        let length = chain.len();
        chain.push(place);
        let arguments = self.arguments(frame, call);
        let key = call_key(closure, &arguments);
        if let Some(known) = key.as_ref().and_then(|key| self.returned.get(key)) {
            return known.clone();
        }
        let inner = self.called_frame(closure, &arguments, chain);
        let found = returns.into_iter().flat_map(|value| self.evaluate(&inner, value)).collect();
        let clamp = |value: Value| match value {
            Value::Host(id, made) => Value::Host(id, made.min(length)),
            other => other,
        };
        let found: Vec<Value> = distinct(found).into_iter().map(clamp).collect();
        if let Some(key) = key.filter(|_| found.iter().all(|it| plain(it).is_some())) {
            self.returned.insert(key, found.clone());
        }
        found
    }

    fn call_outside(&mut self, frame: &Rc<Frame>, id: ExpressionId, call: &Call, path: &str) -> Vec<Value> {
        if let Some(made) = constructor(path) {
            return vec![self.host(frame, id, call, made)];
        }
        let first = |run: &mut Self| call.positional.first().map_or(Vec::new(), |&it| run.evaluate(frame, it));
        match path {
            "builtins.list"
            | "builtins.tuple"
            | "builtins.set"
            | "builtins.sorted"
            | "builtins.reversed"
            | "builtins.frozenset"
            | "builtins.iter"
            | "copy.copy"
            | "copy.deepcopy"
            | "functools.partial"
            | "django.conf.urls.i18n.i18n_patterns" => first(self),
            "builtins.dict" => {
                let entries = call.keywords.iter().filter_map(|(key, value)| {
                    let element =
                        Element { values: self.evaluate(frame, *value).into(), place: self.place(frame, *value) };
                    Some((Some(Rc::from(&**key.as_ref()?)), element))
                });
                let entries: Vec<_> = entries.collect();
                let mut found = first(self);
                found.push(Value::Mapping(entries.into()));
                found
            }
            "builtins.enumerate" => {
                let values = first(self);
                let counted = self.elements(&values).into_iter().map(|it| {
                    let number = Element { values: Rc::from([]), place: it.place };
                    let place = it.place;
                    Element { values: Rc::from([Value::Sequence(Rc::from([number, it]))]), place }
                });
                let counted: Vec<Element> = counted.collect();
                vec![Value::Sequence(counted.into())]
            }
            "builtins.getattr" => {
                let name = call.positional.get(1).map(|&it| self.evaluate(frame, it));
                let Some([Value::Text(name)]) = name.as_deref() else { return Vec::new() };
                first(self).iter().flat_map(|value| self.attribute(value, name)).collect()
            }
            "importlib.import_module" => match &first(self)[..] {
                [Value::Text(path)] => self.module_named(path, frame.file).into_iter().map(Value::Module).collect(),
                _ => Vec::new(),
            },
            _ if self.is_built(frame) => self.outside_built(frame, id, call, path),
            _ => self.pattern(frame, id, call, path).into_iter().map(|it| Value::Pattern(Rc::new(it))).collect(),
        }
    }

    /// `path("x/", view)`, `include("shop.urls")`, `Route("/x", view)`, `web.get("/x", view)`.
    fn pattern(&mut self, frame: &Rc<Frame>, id: ExpressionId, call: &Call, path: &str) -> Option<Pattern> {
        let (package, name) = (path.split('.').next()?, path.rsplit('.').next()?);
        let place = self.place(frame, id);
        let mut pattern = Pattern {
            methods: vec!["*".into()],
            path: "".into(),
            is_regex: false,
            target: Rc::from([]),
            is_mount: false,
            name: None,
            place,
        };
        let route = match (package, name) {
            ("django", "path" | "re_path" | "url") => {
                pattern.is_regex = name != "path";
                call.argument(0, if name == "path" { "route" } else { "regex" })?
            }
            ("django", "include") => {
                let target = call.argument(0, "arg")?;
                pattern.is_mount = true;
                pattern.target = self.include(frame, target).into();
                pattern.name = call.argument(1, "namespace").map(|it| self.text_of(frame, it));
                return Some(pattern);
            }
            ("starlette" | "fastapi", "Route" | "APIRoute") => {
                pattern.methods = self.methods(frame, call, &["GET"]);
                call.argument(0, "path")?
            }
            ("starlette" | "fastapi", "WebSocketRoute" | "APIWebSocketRoute") => {
                pattern.methods = vec!["WEBSOCKET".into()];
                call.argument(0, "path")?
            }
            ("starlette" | "fastapi", "Mount") => {
                pattern.is_mount = true;
                pattern.path = call.argument(0, "path").map(|it| self.text_of(frame, it))?;
                let target = call.argument(1, "app").or_else(|| call.keyword("routes"))?;
                pattern.target = self.evaluate(frame, target).into();
                return Some(pattern);
            }
            ("aiohttp", "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "view") => {
                pattern.methods = vec![method_of(name)];
                call.argument(0, "path")?
            }
            ("aiohttp", "route") => {
                let method = call.argument(0, "method")?;
                pattern.methods = vec![(&*self.text_of(frame, method)).into()];
                pattern.path = call.argument(1, "path").map(|it| self.text_of(frame, it))?;
                pattern.target = call.argument(2, "handler").map(|it| self.handler(frame, it))?.into();
                return Some(pattern);
            }
            _ => return None,
        };
        pattern.path = self.text_of(frame, route);
        let target = call
            .positional
            .get(1)
            .copied()
            .or_else(|| ["view", "endpoint", "handler"].iter().find_map(|name| call.keyword(name)))?;
        let values = self.handler(frame, target);
        if let [Value::Pattern(inner)] = &values[..]
            && inner.is_mount
        {
            pattern.is_mount = true;
            (pattern.target, pattern.name) = (inner.target.clone(), inner.name.clone());
            return Some(pattern);
        }
        pattern.target = values.into();
        Some(pattern)
    }

    /// What `include` is given: a module by its name, a module, or a list, alone or in a tuple with a namespace.
    fn include(&mut self, frame: &Rc<Frame>, target: ExpressionId) -> Vec<Value> {
        let mut found = Vec::new();
        for value in self.evaluate(frame, target) {
            match value {
                Value::Text(path) => {
                    found.extend(self.module_named(&path, frame.file).into_iter().map(Value::Module));
                }
                // `(patterns, "app")`
                Value::Sequence(parts) => match &parts[..] {
                    [patterns, name] if matches!(&name.values[..], [Value::Text(_)]) => {
                        found.extend(patterns.values.iter().cloned());
                    }
                    _ => found.push(Value::Sequence(parts)),
                },
                other => found.push(other),
            }
        }
        found
    }

    fn module_named(&mut self, path: &str, file: crate::workspace::EntryId) -> Option<ModuleRef> {
        self.resolver.path(path, file).into_iter().find_map(|it| match it.entity {
            crate::project::Entity::Module(module) => Some(module),
            _ => None,
        })
    }

    /// What handles a route. A view behind decorators that are called (`login_required(view)`) is the view.
    pub(super) fn handler(&mut self, frame: &Rc<Frame>, id: ExpressionId) -> Vec<Value> {
        let is_handler = |value: &Value| matches!(value, Value::Function(_) | Value::Class(..) | Value::Pattern(_));
        let found: Vec<Value> = self.evaluate(frame, id).into_iter().filter(is_handler).collect();
        if !found.is_empty() {
            return found;
        }
        let Some(file) = self.file(frame.file) else { return Vec::new() };
        match file.sketch.expression(id) {
            Expression::Call(call) => match call.positional.first() {
                Some(&inner) => self.handler(frame, inner),
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    pub(super) fn methods(&mut self, frame: &Rc<Frame>, call: &Call, default: &[&str]) -> Vec<Box<str>> {
        let Some(given) = call.keyword("methods") else { return default.iter().map(|&it| it.into()).collect() };
        let mut methods: Vec<Box<str>> = Vec::new();
        for element in self.elements_of(frame, given) {
            for value in element.values.iter() {
                if let Value::Text(text) = value {
                    methods.push(text.to_ascii_uppercase().into());
                }
            }
        }
        if methods.is_empty() {
            let (file, at) = self.place(frame, given);
            methods.push(format!("{}{}.{at}{}methods{}", COMPUTED[0], file.0, COMPUTED[1], COMPUTED[2]).into());
        }
        methods.sort();
        methods.dedup();
        methods
    }

    fn call_member(&mut self, frame: &Rc<Frame>, call: &Call, place: Place, base: &Value, name: &str) -> Vec<Value> {
        match (base, name) {
            (Value::Mapping(entries), "items") => {
                let pair = |(key, element): &(Option<Rc<str>>, Element)| {
                    let key = Element {
                        values: key.iter().map(|key| Value::Text(key.clone())).collect(),
                        place: element.place,
                    };
                    Element {
                        values: Rc::from([Value::Sequence(Rc::from([key, element.clone()]))]),
                        place: element.place,
                    }
                };
                vec![Value::Sequence(entries.iter().map(pair).collect())]
            }
            (Value::Mapping(entries), "values") => {
                vec![Value::Sequence(entries.iter().map(|it| it.1.clone()).collect())]
            }
            (Value::Mapping(_), "keys" | "copy") | (Value::Sequence(_), "copy") => vec![base.clone()],
            (Value::Mapping(entries), "get" | "pop") => {
                match call.positional.first().map(|&it| self.evaluate(frame, it)) {
                    Some(key) => match &key[..] {
                        [Value::Text(key)] => get(entries, key),
                        _ => Vec::new(),
                    },
                    None => Vec::new(),
                }
            }
            (Value::Text(text), "strip" | "rstrip" | "lstrip") => {
                let cut = match call.positional.first().map(|&it| self.evaluate(frame, it)).as_deref() {
                    Some([Value::Text(cut)]) => cut.chars().collect::<Vec<char>>(),
                    _ => vec![' '],
                };
                let kept = match name {
                    "rstrip" => text.trim_end_matches(&cut[..]),
                    "lstrip" => text.trim_start_matches(&cut[..]),
                    _ => text.trim_matches(&cut[..]),
                };
                vec![Value::Text(kept.into())]
            }
            (Value::Class(..), "as_view") => vec![base.clone()],
            (Value::Host(..) | Value::Parameter(..), verb) if VERBS.contains(&verb) => {
                let Some(path) = self.route_path(frame, call, base, verb) else { return Vec::new() };
                let methods = match verb {
                    "route" if self.is_aiohttp(base) => {
                        let method = call.argument(0, "method").map(|it| self.text_of(frame, it));
                        vec![method.as_deref().unwrap_or("*").into()]
                    }
                    "route" | "api_route" => self.methods(frame, call, &["GET"]),
                    "websocket" | "websocket_route" => vec!["WEBSOCKET".into()],
                    other => vec![method_of(other)],
                };
                vec![Value::Decorator(Rc::new(Registration { host: base.clone(), methods, path, place }))]
            }
            _ => Vec::new(),
        }
    }

    /// The path that a decorator of a route is given. A parameter is a host only if it looks like one.
    fn route_path(&mut self, frame: &Rc<Frame>, call: &Call, base: &Value, verb: &str) -> Option<Rc<str>> {
        let position = usize::from(verb == "route" && self.is_aiohttp(base));
        let path =
            call.argument(position, if position == 0 && call.keyword("rule").is_some() { "rule" } else { "path" })?;
        let text = self.text_of(frame, path);
        let is_path = text.starts_with(['/', COMPUTED[0]]) || text.is_empty();
        (is_path && (matches!(base, Value::Host(..)) || text.starts_with('/'))).then_some(text)
    }
}

/// The method of HTTP that a function or a method is called for.
pub(super) fn method_of(verb: &str) -> Box<str> {
    if matches!(verb, "view" | "any") { "*".into() } else { verb.to_ascii_uppercase().into() }
}

/// What tells a call whose arguments are plain; `None` for others.
fn call_key(closure: &Closure, arguments: &Arguments) -> Option<CallKey> {
    let mut key = String::new();
    match &closure.receiver {
        None => {}
        Some(Value::Instance(it)) => key.push_str(&format!("{:?}{:?}{:?}", it.file, it.class, it.chain)),
        Some(_) => return None,
    }
    let named = arguments.keywords.iter().map(|(name, values)| (&**name, values));
    for (name, values) in arguments.positional.iter().map(|values| ("", values)).chain(named) {
        key.push_str(&format!("|{name}="));
        for value in values.iter() {
            key.push_str(&plain(value)?);
        }
    }
    Some((closure.file, closure.body, key))
}

/// A value that is the same whoever made it, as text.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) if text.contains(COMPUTED[0]) => None,
        Value::Text(_)
        | Value::Number(_)
        | Value::None
        | Value::External(_)
        | Value::Parameter(..)
        | Value::Class(..) => Some(format!("{value:?}")),
        Value::Module(_) => Some(format!("{value:?}")),
        _ => None,
    }
}

/// Sets a key, as a display does: the last one counts.
fn put(entries: &mut Vec<(Option<Rc<str>>, Element)>, key: Option<Rc<str>>, element: Element) {
    match entries.iter_mut().find(|(known, _)| key.is_some() && *known == key) {
        Some((_, known)) => *known = element,
        None => entries.push((key, element)),
    }
}

/// The values of a key: the last that was set, and those of keys that are not known.
fn get(entries: &[(Option<Rc<str>>, Element)], key: &str) -> Vec<Value> {
    let known = entries.iter().rev().find(|(it, _)| it.as_deref() == Some(key));
    match known {
        Some((_, element)) => element.values.to_vec(),
        None => entries.iter().filter(|(it, _)| it.is_none()).flat_map(|(_, it)| it.values.to_vec()).collect(),
    }
}
