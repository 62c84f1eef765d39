//! Registrations: what a call on a host adds to it.
//!
//! Invariant: one registration of one place, host and chain of calls is added once. Absent on purpose: registrations on
//! what is not known to be a host; they are counted.

use super::builder::written;
use super::framework::{REGISTERING, framework_of};
use super::run::{Run, body_of};
use super::value::{Frame, Place, Registration, Value};
use super::{Framework, Host, HostId, HostKind, Mount, Route, RoutePath, Site};
use crate::facts::{BindingKind, BodyId, Call, ExpressionId, MODULE_BODY};
use crate::finding::Tier;
use crate::project::{DefinitionRef, ModuleRef, Symbol};
use crate::span::{LineRange, Span};
use crate::workspace::EntryId;
use std::rc::Rc;

impl<'p, 's> Run<'p, 's> {
    /// The host that a constructor's call makes, with the routes that it is given.
    pub(super) fn host(
        &mut self,
        frame: &Rc<Frame>,
        id: ExpressionId,
        call: &Call,
        (framework, kind): (Framework, HostKind),
    ) -> Value {
        let place = self.place(frame, id);
        let (last, length) = (frame.chain.borrow().last().copied(), frame.chain.borrow().len());
        if let Some(&known) = self.host_at.get(&(place, last)) {
            return Value::Host(known, length);
        }
        let host = self.add_host(place, last, framework, kind);
        let prefix = match framework {
            Framework::Starlette if kind == HostKind::Router => call.keyword("prefix"),
            Framework::Flask if kind == HostKind::Router => call.keyword("url_prefix"),
            Framework::Actix if kind == HostKind::Router => call.positional.first().copied(),
            _ => None,
        };
        if let Some(prefix) = prefix {
            let text = self.optional_text(frame, prefix).unwrap_or_default();
            let text = if framework == Framework::Actix { written(&text) } else { text.to_string() };
            self.out.hosts[host.0 as usize].prefix = RoutePath::new(&text, false);
        }
        if let Some(routes) = call.keyword("routes").filter(|_| framework == Framework::Starlette) {
            let routes = self.elements_of(frame, routes);
            let values: Vec<Value> = routes.iter().flat_map(|it| it.values.to_vec()).collect();
            self.add_patterns(frame, host, &values);
        }
        Value::Host(host, length)
    }

    fn add_host(&mut self, place: Place, last: Option<Place>, framework: Framework, kind: HostKind) -> HostId {
        let id = HostId(self.out.hosts.len() as u32);
        self.host_at.insert((place, last), id);
        let symbol = self.symbol_at(place);
        let host =
            Host { framework, kind, file: place.0, lines: self.lines(place), symbol, prefix: RoutePath::default() };
        self.out.hosts.push(host);
        id
    }

    /// The name that the statement at a place binds, or the definition around it.
    fn symbol_at(&mut self, (file, start): Place) -> Symbol {
        let module = self.project.module_name(file).to_owned();
        let Some(it) = self.file(file) else { return Symbol::module(module) };
        let facts = &it.facts;
        let line = facts.line_index.line(start);
        let around = facts.definition_ids().filter(|&id| facts.definition(id).span.contains(Span::new(start, start)));
        let is_here = |span: &Span| facts.line_index.line(span.start) == line;
        let around = around.last();
        if let Some(attribute) = facts.attributes.iter().find(|it| is_here(&it.span)) {
            let class = facts.qualified_name(attribute.class);
            return Symbol::new(module, class).member(facts.name(attribute.name));
        }
        match around {
            Some(id) => {
                let bound = facts.bindings.iter().find(|it| is_here(&it.span) && it.kind == BindingKind::Assignment);
                let around = Symbol::new(module, facts.qualified_name(id));
                bound.map_or(around.clone(), |it| around.member(facts.name(it.name)))
            }
            None => {
                let bound = facts.bindings.iter().find(|it| is_here(&it.span));
                bound.map_or_else(|| Symbol::module(&*module), |it| Symbol::new(&*module, facts.name(it.name)))
            }
        }
    }

    fn lines(&mut self, (file, start): Place) -> LineRange {
        let Some(it) = self.file(file) else { return LineRange { start: 1, end: 1 } };
        let line = it.sketch.line_index.line(start);
        LineRange { start: line, end: line }
    }

    fn site(&mut self, frame: &Rc<Frame>, place: Place, made: usize) -> (Site, Vec<Place>) {
        let chain: Vec<Place> = frame.chain.borrow().iter().skip(made).copied().collect();
        let lines = self.lines(place);
        let steps = chain.iter().map(|&step| (step.0, self.lines(step))).collect();
        let arms = frame.arms.borrow().iter().map(|&((file, start), arm)| (file, start, arm)).collect();
        (Site { file: place.0, lines, chain: steps, arms }, chain)
    }

    /// `None` gives no text, and neither does nothing.
    fn optional_text(&mut self, frame: &Rc<Frame>, id: ExpressionId) -> Option<Rc<str>> {
        let values = self.evaluate(frame, id);
        (values != [Value::None]).then(|| self.text_of(frame, id))
    }

    pub(super) fn is_aiohttp(&self, value: &Value) -> bool {
        matches!(value, Value::Host(id, _) if self.out.host(*id).framework == Framework::Aiohttp)
    }

    /// The host that a value is. A parameter becomes one when something is registered on it.
    fn host_of(&mut self, value: &Value, method: &str) -> Option<(HostId, usize)> {
        match value {
            Value::Host(id, made) => Some((*id, *made)),
            Value::Parameter(file, body, name) => {
                let sketch = self.file(*file)?;
                let position = sketch.sketch.body(*body).parameters.iter().position(|it| it.name == *name)? as u32;
                let place = (*file, sketch.sketch.body(*body).name_span.start);
                let key = (place, Some((*file, position)));
                if let Some(&known) = self.host_at.get(&key) {
                    return Some((known, 0));
                }
                // A function that configures is given actix's configuration.
                let framework = if sketch.sketch.has_builders { Framework::Actix } else { framework_of(method) };
                let host = self.add_host(place, key.1, framework, HostKind::Parameter);
                Some((host, 0))
            }
            _ => None,
        }
    }

    /// A method called on something that may be a host.
    pub(super) fn apply(&mut self, frame: &Rc<Frame>, id: ExpressionId, call: &Call, base: &Value, name: &str) {
        if !REGISTERING.contains(&name) || !matches!(base, Value::Host(..) | Value::Parameter(..)) {
            return;
        }
        let place = self.place(frame, id);
        match name {
            "include_router" | "register_blueprint" | "mount" | "add_subapp" => {
                let (child, prefix) = match name {
                    "include_router" => (call.argument(0, "router"), call.keyword("prefix")),
                    "register_blueprint" => (call.argument(0, "blueprint"), call.keyword("url_prefix")),
                    "mount" => (call.argument(1, "app"), call.argument(0, "path")),
                    _ => (call.argument(1, "subapp"), call.argument(0, "prefix")),
                };
                let Some(child) = child else { return };
                let children = self.evaluate(frame, child);
                let prefix = prefix.and_then(|it| self.optional_text(frame, it));
                let prefix = prefix.map(|text| RoutePath::new(&text, false));
                let label = call.keyword("name").map(|it| self.text_of(frame, it));
                let placed = self.mount(frame, place, (base, name), &children, prefix, label);
                self.out.unplaced += u64::from(!placed && name != "mount");
            }
            "add_routes" => {
                let Some(&table) = call.positional.first() else { return };
                let values = self.evaluate(frame, table);
                let Some((parent, made)) = self.host_of(base, name) else { return };
                for value in &values {
                    if let Value::Host(child, _) = value {
                        let (site, chain) = self.site(frame, place, made);
                        if self.made.insert((parent, place, chain, child.0.to_string())) {
                            let tier = Tier::Proven;
                            self.out.mounts.push(Mount { parent, child: *child, prefix: None, name: None, site, tier });
                        }
                    }
                }
                let values: Vec<Value> = self.elements(&values).iter().flat_map(|it| it.values.to_vec()).collect();
                self.add_patterns(frame, parent, &values);
            }
            _ => self.add_by_call(frame, place, call, base, name),
        }
    }

    /// Adds the hosts among some values below another one; `by` is that and the method that does so. Whether any was.
    pub(super) fn mount(
        &mut self,
        frame: &Rc<Frame>,
        place: Place,
        by: (&Value, &str),
        children: &[Value],
        prefix: Option<RoutePath>,
        label: Option<Rc<str>>,
    ) -> bool {
        let is_certain = children.iter().filter(|it| **it != Value::None).count() == 1;
        let mut placed = false;
        for value in children {
            let Value::Host(child, _) = value else { continue };
            let Some((parent, made)) = self.host_of(by.0, by.1) else { continue };
            let (site, chain) = self.site(frame, place, made);
            let key = format!("{} {:?}", child.0, prefix);
            let tier = if is_certain { Tier::Proven } else { Tier::Likely };
            if self.made.insert((parent, place, chain, key)) {
                let (prefix, name) = (prefix.clone(), label.as_deref().map(Into::into));
                self.out.mounts.push(Mount { parent, child: *child, prefix, name, site, tier });
            }
            placed = true;
        }
        placed
    }

    /// `add_api_route("/x", view)`, `add_url_rule("/x", view_func=view)`, `router.add_get("/x", view)`.
    fn add_by_call(&mut self, frame: &Rc<Frame>, place: Place, call: &Call, base: &Value, name: &str) {
        let is_aiohttp = self.is_aiohttp(base) || framework_of(name) == Framework::Aiohttp;
        let at = usize::from(is_aiohttp && name == "add_route");
        let path = call.argument(at, if name == "add_url_rule" { "rule" } else { "path" });
        let handler = match name {
            "add_url_rule" => call.argument(2, "view_func"),
            _ => ["endpoint", "route", "handler"]
                .iter()
                .find_map(|it| call.keyword(it))
                .or_else(|| call.positional.get(at + 1).copied()),
        };
        let (Some(path), Some(handler)) = (path, handler) else { return };
        let path = self.text_of(frame, path);
        if matches!(base, Value::Parameter(..)) && !path.starts_with('/') {
            return;
        }
        let methods = match name {
            "add_websocket_route" | "add_api_websocket_route" => vec!["WEBSOCKET".into()],
            "add_route" if is_aiohttp => {
                let method = call.argument(0, "method").map(|it| self.text_of(frame, it));
                vec![method.as_deref().unwrap_or("*").into()]
            }
            "add_get" | "add_post" | "add_put" | "add_patch" | "add_delete" => {
                vec![name[4..].to_ascii_uppercase().into()]
            }
            "add_view" => vec!["*".into()],
            _ => self.methods(frame, call, &["GET"]),
        };
        let handlers = self.handler(frame, handler);
        let mut handlers: Vec<(EntryId, BodyId)> = handlers.iter().filter_map(body_of).collect();
        let mut methods = methods;
        if let ([view], true, true) = (&handlers[..], name == "add_url_rule", call.keyword("methods").is_none()) {
            methods = self.methods_of_view(*view).unwrap_or(methods);
        }
        handlers.truncate(1);
        let registration = Registration { host: base.clone(), methods, path, place };
        self.register(frame, &registration, &handlers);
    }

    /// The HTTP methods that a class-based view defines.
    fn methods_of_view(&mut self, (file, body): (EntryId, BodyId)) -> Option<Vec<Box<str>>> {
        let it = self.file(file)?;
        let named = it.sketch.body_ids().filter(|&id| id != MODULE_BODY && it.sketch.body(id).parent == Some(body));
        let names = named.map(|id| it.sketch.body(id).name.to_ascii_uppercase());
        let methods: Vec<Box<str>> = names
            .filter(|name| matches!(name.as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS"))
            .map(Into::into)
            .collect();
        (!methods.is_empty()).then_some(methods)
    }

    /// Adds a route whose handler is known now.
    pub(super) fn register(&mut self, frame: &Rc<Frame>, route: &Registration, handlers: &[(EntryId, BodyId)]) {
        let Some((host, made)) = self.host_of(&route.host, if route.methods.len() > 1 { "route" } else { "" }) else {
            self.out.unplaced += 1;
            return;
        };
        let (site, chain) = self.site(frame, route.place, made);
        let handler = handlers.first().and_then(|&it| self.definition_ref(it));
        let key = format!("{} {:?}", route.path, route.methods);
        if self.made.insert((host, route.place, chain, key)) {
            self.out.routes.push(Route {
                host,
                methods: route.methods.clone(),
                path: RoutePath::new(&route.path, false),
                handler,
                site,
                tier: Tier::Proven,
            });
        }
    }

    fn definition_ref(&mut self, (file, body): (EntryId, BodyId)) -> Option<DefinitionRef> {
        Some(DefinitionRef { file, id: self.file(file)?.definition_of(body)? })
    }

    /// The patterns of a Django module.
    pub(super) fn url_patterns(&mut self, file: EntryId) -> Option<HostId> {
        let sketch = self.file(file)?;
        sketch.sketch.body(MODULE_BODY).assigned.get("urlpatterns")?;
        let key = ((file, 0), None);
        if let Some(&known) = self.host_at.get(&key) {
            return Some(known);
        }
        let host = self.add_host(key.0, None, Framework::Django, HostKind::UrlConf);
        self.out.hosts[host.0 as usize].symbol = Symbol::module(self.project.module_name(file));
        let frame = self.module_frame(file);
        let values = self.name(&frame, "urlpatterns");
        let values: Vec<Value> = self.elements(&values).iter().flat_map(|it| it.values.to_vec()).collect();
        self.add_patterns(&frame, host, &values);
        Some(host)
    }

    /// Adds routes and mounts that were written as values.
    fn add_patterns(&mut self, frame: &Rc<Frame>, host: HostId, values: &[Value]) {
        for value in values {
            let Value::Pattern(pattern) = value else { continue };
            let (site, chain) = self.site(frame, pattern.place, 0);
            let path = RoutePath::new(&pattern.path, pattern.is_regex);
            if !self.made.insert((host, pattern.place, chain, pattern.path.to_string())) {
                continue;
            }
            if !pattern.is_mount {
                let handler = pattern.target.first().and_then(body_of).and_then(|it| self.definition_ref(it));
                let methods = pattern.methods.clone();
                self.out.routes.push(Route { host, methods, path, handler, site, tier: Tier::Proven });
                continue;
            }
            for target in pattern.target.iter() {
                let child = match target {
                    Value::Host(id, _) => Some(*id),
                    Value::Module(ModuleRef::File(file)) => self.url_patterns(*file),
                    Value::Sequence(elements) => {
                        let framework = self.out.host(host).framework;
                        let place = elements.first().map_or(pattern.place, |it| it.place);
                        let known = self.host_at.get(&(place, Some(place))).copied();
                        let child =
                            known.unwrap_or_else(|| self.add_host(place, Some(place), framework, HostKind::Router));
                        if known.is_none() {
                            let values: Vec<Value> = elements.iter().flat_map(|it| it.values.to_vec()).collect();
                            self.add_patterns(frame, child, &values);
                        }
                        Some(child)
                    }
                    _ => None,
                };
                let Some(child) = child else {
                    self.out.unplaced += 1;
                    continue;
                };
                let (prefix, name) = (Some(path.clone()), pattern.name.as_deref().map(Into::into));
                self.out.mounts.push(Mount {
                    parent: host,
                    child,
                    prefix,
                    name,
                    site: site.clone(),
                    tier: Tier::Proven,
                });
            }
        }
    }

    /// The dotted name of a definition of the project, so that a framework's own source is known too.
    pub(super) fn own_name(&mut self, file: EntryId, body: BodyId) -> Option<String> {
        let it = self.file(file)?;
        let definition = it.definition_of(body)?;
        Some(Symbol::new(self.project.module_name(file), it.facts.qualified_name(definition)).dotted())
    }
}
