//! The run: module bodies in order, and the functions that they call where these register something.
//!
//! Invariant: what registers is reached from a module's own statements where it can be, and by itself, with parameters
//! that nobody gives, where nothing was seen to call it. Absent on purpose: time; a body that is reached twice is run
//! twice, and registrations of one place and one chain of calls are one.

use super::builder::BUILDING;
use super::evaluate::{STATEMENT_STEPS, STEPS_ALLOWED};
use super::framework::{NEEDLES, REGISTERING, VERBS};
use super::value::{Arguments, Closure, Element, Frame, Instance, Place, Value};
use super::{HostId, Routes};
use crate::facts::{
    BodyId, Call, DefinitionId, DefinitionKind, Expression, ExpressionId, Facts, Guards, MODULE_BODY, MODULE_SCOPE,
    ScopeId, Sketch, Statement, Target,
};
use crate::project::{Project, Resolver};
use crate::source::Needles;
use crate::workspace::EntryId;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Rounds in which callers of what registers are looked for in files that name no framework.
const ROUNDS: usize = 2;

/// A name that more files than this hold says too little to read them all.
const FILES_OF_A_NAME: usize = 40;

/// A body that registered nothing new so many times in a row is not run again.
const BARREN_RUNS: u32 = 6;

/// The function, the instance it is called on, and the arguments as text.
pub(super) type CallKey = (EntryId, BodyId, String);

/// A sketch beside the facts of its file.
pub(super) struct FileSketch {
    pub sketch: Sketch,
    pub facts: Arc<Facts>,
    definitions: Vec<Option<DefinitionId>>,
    bodies: FxHashMap<DefinitionId, BodyId>,
}

impl FileSketch {
    fn new(sketch: Sketch, facts: Arc<Facts>) -> Self {
        let by_name: FxHashMap<u32, DefinitionId> = facts
            .definition_ids()
            .filter(|&id| facts.definition(id).body_scope.is_some())
            .map(|id| (facts.definition(id).name_span.start, id))
            .collect();
        let definition = |id: BodyId| match id {
            MODULE_BODY => None,
            _ => by_name.get(&sketch.body(id).name_span.start).copied(),
        };
        let definitions: Vec<Option<DefinitionId>> = sketch.body_ids().map(definition).collect();
        let bodies = sketch.body_ids().filter_map(|id| Some((definitions[id.0 as usize]?, id))).collect();
        Self { sketch, facts, definitions, bodies }
    }

    pub fn definition_of(&self, body: BodyId) -> Option<DefinitionId> {
        self.definitions[body.0 as usize]
    }

    pub fn body_of(&self, definition: DefinitionId) -> Option<BodyId> {
        self.bodies.get(&definition).copied()
    }

    pub fn scope_of(&self, body: BodyId) -> ScopeId {
        self.definition_of(body).and_then(|id| self.facts.definition(id).body_scope).unwrap_or(MODULE_SCOPE)
    }
}

pub(super) struct Run<'p, 's> {
    pub project: &'p Project<'s>,
    pub resolver: Resolver<'p, 's>,
    pub out: Routes,
    pub steps: u64,
    pub depth: u32,
    /// The step at which the evaluation that goes on is given up.
    pub until: u64,
    /// What calls with plain arguments give, where that is plain too: objects are told apart by their calls.
    pub returned: FxHashMap<CallKey, Vec<Value>>,
    files: FxHashMap<EntryId, Option<Rc<FileSketch>>>,
    frames: FxHashMap<EntryId, Rc<Frame>>,
    /// Bodies that register something, or call what does.
    marked: FxHashSet<(EntryId, BodyId)>,
    reached: FxHashSet<(EntryId, BodyId)>,
    running: Vec<(EntryId, BodyId)>,
    /// How often in a row a body registered nothing new.
    barren: FxHashMap<(EntryId, BodyId), u32>,
    /// Hosts by where they are made and the call that made them.
    pub host_at: FxHashMap<(Place, Option<Place>), HostId>,
    /// Registrations that were made, so that the same one is made once.
    pub made: FxHashSet<(HostId, Place, Vec<Place>, String)>,
}

impl<'p, 's> Run<'p, 's> {
    pub fn new(project: &'p Project<'s>, resolver: Resolver<'p, 's>) -> Self {
        Self {
            project,
            resolver,
            out: Routes::default(),
            steps: 0,
            depth: 0,
            until: u64::MAX,
            returned: FxHashMap::default(),
            files: FxHashMap::default(),
            frames: FxHashMap::default(),
            marked: FxHashSet::default(),
            reached: FxHashSet::default(),
            running: Vec::new(),
            barren: FxHashMap::default(),
            host_at: FxHashMap::default(),
            made: FxHashSet::default(),
        }
    }

    pub fn finish(mut self) -> Routes {
        self.out.is_cut_short |= self.steps > STEPS_ALLOWED;
        self.out
    }

    pub fn all(&mut self, ids: &[EntryId]) {
        let ids: Vec<EntryId> = ids.iter().copied().filter(|&id| self.project.sources.language(id).is_some()).collect();
        let mut files: BTreeSet<EntryId> =
            self.holding(&ids, NEEDLES.iter().map(|it| (*it).to_owned())).into_iter().flatten().collect();
        let mut searched: BTreeSet<String> = BTreeSet::new();
        for round in 0..=ROUNDS {
            self.load(&files);
            let names = self.mark(&files);
            let fresh: Vec<String> = names.difference(&searched).cloned().collect();
            if fresh.is_empty() || round == ROUNDS {
                break;
            }
            let before = files.len();
            for found in self.holding(&ids, fresh.iter().cloned()) {
                if found.len() <= FILES_OF_A_NAME {
                    files.extend(found);
                }
            }
            searched.extend(fresh);
            if files.len() == before {
                break;
            }
        }
        for &file in &files {
            let frame = self.module_frame(file);
            self.run_body(&frame);
            self.url_patterns(file);
        }
        self.run_the_rest(&files);
    }

    /// For each text, the files that hold it.
    fn holding(&self, ids: &[EntryId], texts: impl IntoIterator<Item = String>) -> Vec<Vec<EntryId>> {
        let needles = Needles::new(texts);
        let sources = self.project.sources;
        let absence = sources.absence_of(&needles);
        let found: Vec<(EntryId, Vec<usize>)> = ids
            .par_iter()
            .filter_map(|&id| {
                let file = sources.search_file(id, &needles, &absence)?;
                let mut hits: Vec<usize> = file.hits.iter().map(|hit| hit.needle).collect();
                hits.sort_unstable();
                hits.dedup();
                Some((id, hits))
            })
            .collect();
        absence.keep();
        let mut files = vec![Vec::new(); needles.names().len()];
        for (id, hits) in found {
            hits.into_iter().for_each(|hit| files[hit].push(id));
        }
        files
    }

    /// Reads files, several at a time.
    fn load(&mut self, files: &BTreeSet<EntryId>) {
        let wanted: Vec<EntryId> = files.iter().copied().filter(|id| !self.files.contains_key(id)).collect();
        let sources = self.project.sources;
        let read: Vec<Option<(Sketch, Arc<Facts>)>> =
            wanted.par_iter().map(|&id| sources.sketch(id).zip(sources.facts(id))).collect();
        for (id, found) in wanted.into_iter().zip(read) {
            self.files.insert(id, found.map(|(sketch, facts)| Rc::new(FileSketch::new(sketch, facts))));
        }
    }

    pub fn file(&mut self, id: EntryId) -> Option<Rc<FileSketch>> {
        if !self.files.contains_key(&id) {
            self.load(&BTreeSet::from([id]));
        }
        self.known(id).cloned()
    }

    pub fn known(&self, id: EntryId) -> Option<&Rc<FileSketch>> {
        self.files.get(&id)?.as_ref()
    }

    /// Marks what registers, and what calls it by name; returns the names of marked functions that take something.
    fn mark(&mut self, files: &BTreeSet<EntryId>) -> BTreeSet<String> {
        let mut names: FxHashSet<Box<str>> = FxHashSet::default();
        let mut taking = BTreeSet::new();
        loop {
            let before = self.marked.len();
            for &id in files {
                let Some(file) = self.known(id).cloned() else { continue };
                for body in file.sketch.body_ids().filter(|&body| body != MODULE_BODY) {
                    let it = file.sketch.body(body);
                    let calls = |names: &[&str]| it.called.iter().any(|name| names.contains(&&**name));
                    let registering = if file.sketch.has_builders { BUILDING } else { REGISTERING };
                    let hands_over = it.hands_over.iter().any(|name| VERBS.contains(&&**name));
                    let registers = hands_over || calls(registering);
                    let is_function = it.kind != Some(DefinitionKind::Class);
                    if !is_function || !(registers || it.called.iter().any(|name| names.contains(name))) {
                        continue;
                    }
                    if !self.marked.insert((id, body)) {
                        continue;
                    }
                    let owner = it.parent.map(|parent| file.sketch.body(parent));
                    match owner.filter(|_| &*it.name == "__init__") {
                        Some(class) => drop(names.insert(class.name.clone())),
                        None if VERBS.contains(&&*it.name) => {}
                        None => {
                            names.insert(it.name.clone());
                            let takes = it.parameters.iter().any(|it| &*it.name != "self");
                            if takes && calls(registering) && it.parent == Some(MODULE_BODY) {
                                taking.insert(it.name.to_string());
                            }
                        }
                    }
                }
            }
            if self.marked.len() == before {
                return taking;
            }
        }
    }

    pub fn module_frame(&mut self, file: EntryId) -> Rc<Frame> {
        self.frames.entry(file).or_insert_with(|| Rc::new(frame(file, MODULE_BODY, None, Vec::new()))).clone()
    }

    /// The frame around a body, where nobody ran what is around it.
    pub fn frame_around(&mut self, file: EntryId, body: BodyId) -> Rc<Frame> {
        let parent = self.known(file).and_then(|it| it.sketch.body(body).parent);
        self.frame_of(file, parent.unwrap_or(MODULE_BODY))
    }

    pub fn frame_of(&mut self, file: EntryId, body: BodyId) -> Rc<Frame> {
        if body == MODULE_BODY {
            return self.module_frame(file);
        }
        let outer = self.frame_around(file, body);
        Rc::new(frame(file, body, Some(outer), Vec::new()))
    }

    /// The frame of a call: parameters are bound to what is given; what is not given keeps its default.
    pub fn called_frame(&mut self, closure: &Closure, arguments: &Arguments, chain: Vec<Place>) -> Rc<Frame> {
        let outer = closure.outer.clone().unwrap_or_else(|| self.frame_around(closure.file, closure.body));
        let made = frame(closure.file, closure.body, Some(outer), chain);
        if let Some(file) = self.known(closure.file) {
            let parameters = &file.sketch.body(closure.body).parameters;
            let mut bound = made.bound.borrow_mut();
            let mut given =
                closure.receiver.iter().map(|it| Rc::from([it.clone()])).chain(arguments.positional.iter().cloned());
            for parameter in parameters {
                let keyword = arguments.keywords.iter().find(|(name, _)| *name == parameter.name);
                let values: Option<Rc<[Value]>> = match keyword {
                    Some((_, values)) => Some(values.clone()),
                    None if parameter.is_rest => {
                        let place = (closure.file, 0);
                        let rest: Vec<Element> = given.by_ref().map(|values| Element { values, place }).collect();
                        Some(Rc::from([Value::Sequence(rest.into())]))
                    }
                    None => given.next(),
                };
                if let Some(values) = values.filter(|values| !values.is_empty()) {
                    bound.insert(parameter.name.clone(), values.to_vec());
                }
            }
        }
        Rc::new(made)
    }

    /// Functions that register and that nothing ran, callers first.
    fn run_the_rest(&mut self, files: &BTreeSet<EntryId>) {
        let mut called: FxHashSet<Box<str>> = FxHashSet::default();
        for &(id, body) in &self.marked {
            let Some(file) = self.known(id) else { continue };
            called.extend(file.sketch.body(body).called.iter().cloned());
        }
        for is_called in [false, true] {
            for &id in files {
                let Some(file) = self.known(id).cloned() else { continue };
                for body in file.sketch.body_ids().filter(|&body| body != MODULE_BODY) {
                    let it = file.sketch.body(body);
                    let name = match (&*it.name, it.parent) {
                        ("__init__", Some(class)) => &file.sketch.body(class).name,
                        _ => &it.name,
                    };
                    if self.marked.contains(&(id, body))
                        && !self.reached.contains(&(id, body))
                        && called.contains(name) == is_called
                    {
                        self.run_alone(id, body);
                    }
                }
            }
        }
    }

    fn run_alone(&mut self, id: EntryId, body: BodyId) {
        let Some(file) = self.known(id).cloned() else { return };
        let outer = self.frame_around(id, body);
        let class =
            file.sketch.body(body).parent.filter(|&it| file.sketch.body(it).kind == Some(DefinitionKind::Class));
        let receiver = class.map(|class| {
            let (chain, arguments) = (Rc::from([]), Arguments::default());
            Value::Instance(Rc::new(Instance { file: id, class, chain, arguments }))
        });
        let closure = Closure { file: id, body, outer: Some(outer), receiver };
        let frame = self.called_frame(&closure, &Arguments::default(), Vec::new());
        self.run_body(&frame);
    }

    fn run_body(&mut self, frame: &Rc<Frame>) {
        let here = (frame.file, frame.body);
        if self.running.contains(&here) || self.steps > STEPS_ALLOWED || self.running.len() > 40 {
            return;
        }
        if self.barren.get(&here).is_some_and(|&runs| runs >= BARREN_RUNS) {
            return;
        }
        let Some(file) = self.file(frame.file) else { return };
        self.reached.insert(here);
        self.running.push(here);
        let before = self.made.len();
        self.run_statements(frame, &file.sketch.body(frame.body).statements);
        self.running.pop();
        let runs = self.barren.entry(here).or_default();
        *runs = if self.made.len() == before { *runs + 1 } else { 0 };
    }

    fn run_statements(&mut self, frame: &Rc<Frame>, statements: &[Statement]) {
        for statement in statements {
            self.steps += 1;
            self.until = self.steps + STATEMENT_STEPS;
            match statement {
                Statement::Assign { value, .. } | Statement::Run(value) => self.run_expression(frame, *value),
                Statement::For { target, iterable, body } => {
                    self.run_expression(frame, *iterable);
                    let elements = match self.registers(frame, body) {
                        true => self.elements_of(frame, *iterable),
                        false => Vec::new(),
                    };
                    if elements.is_empty() {
                        self.run_statements(frame, body);
                    }
                    let mut names = Vec::new();
                    assigned_in(body, &mut names);
                    for element in elements {
                        let bound = self.bind(frame, target, &element);
                        names.iter().for_each(|name| drop(frame.known.borrow_mut().remove(*name)));
                        frame.chain.borrow_mut().push(element.place);
                        self.run_statements(frame, body);
                        frame.chain.borrow_mut().pop();
                        self.unbind(frame, bound);
                    }
                    names.iter().for_each(|name| drop(frame.known.borrow_mut().remove(*name)));
                }
                Statement::Branch { start, arms } => {
                    for (number, arm) in arms.iter().enumerate() {
                        frame.arms.borrow_mut().push(((frame.file, *start), number as u32));
                        self.run_statements(frame, arm);
                        frame.arms.borrow_mut().pop();
                    }
                }
                Statement::Define(body) => self.define(frame, *body),
            }
        }
    }

    /// Whether a loop's body calls or decorates anything; others need not be gone through.
    fn registers(&self, frame: &Rc<Frame>, body: &[Statement]) -> bool {
        let Some(file) = self.known(frame.file) else { return false };
        body.iter().any(|statement| match statement {
            Statement::Assign { value, .. } | Statement::Run(value) => {
                matches!(file.sketch.expression(*value), Expression::Call(_))
            }
            Statement::For { body, .. } => self.registers(frame, body),
            Statement::Branch { arms, .. } => arms.iter().any(|arm| self.registers(frame, arm)),
            Statement::Define(_) => true,
        })
    }

    fn define(&mut self, frame: &Rc<Frame>, body: BodyId) {
        let Some(file) = self.file(frame.file) else { return };
        let defined = file.sketch.body(body);
        for &decorator in &defined.decorators {
            self.run_expression(frame, decorator);
            for value in self.evaluate(frame, decorator) {
                if let Value::Decorator(it) = value {
                    self.register(frame, &it, &[(frame.file, body)]);
                }
            }
        }
        if defined.kind == Some(DefinitionKind::Class) {
            let inner = frame_in(frame, body);
            self.run_statements(&inner, &defined.statements);
        }
    }

    /// Runs the calls in an expression, arguments first.
    pub(super) fn run_expression(&mut self, frame: &Rc<Frame>, id: ExpressionId) {
        let Some(file) = self.file(frame.file) else { return };
        match file.sketch.expression(id) {
            Expression::Call(call)
                if file.sketch.has_builders
                    && matches!(file.sketch.expression(call.function), Expression::Attribute { .. }) =>
            {
                self.chain(frame, id, true);
            }
            Expression::Call(call) => {
                for &argument in call.positional.iter().chain(call.keywords.iter().map(|(_, value)| value)) {
                    self.run_expression(frame, argument);
                }
                if let Expression::Call(_) = file.sketch.expression(call.function) {
                    self.run_expression(frame, call.function);
                }
                self.run_call(frame, id, call);
            }
            Expression::Sequence(parts) | Expression::Either(parts) => {
                parts.iter().for_each(|&part| self.run_expression(frame, part));
            }
            Expression::Mapping(entries) => entries.iter().for_each(|&(_, value)| self.run_expression(frame, value)),
            Expression::Each { element, target, iterable } => {
                for each in self.elements_of(frame, *iterable) {
                    let bound = self.bind(frame, target, &each);
                    frame.chain.borrow_mut().push(each.place);
                    self.run_expression(frame, *element);
                    frame.chain.borrow_mut().pop();
                    self.unbind(frame, bound);
                }
            }
            Expression::Attribute { base, .. } => self.run_expression(frame, *base),
            _ => {}
        }
    }

    fn run_call(&mut self, frame: &Rc<Frame>, id: ExpressionId, call: &Call) {
        let place = self.place(frame, id);
        for function in self.evaluate(frame, call.function) {
            match &function {
                Value::Member(member) => self.apply(frame, id, call, &member.0, &member.1),
                Value::Decorator(it) => {
                    let handlers = call.positional.first().map_or(Vec::new(), |&it| self.handler(frame, it));
                    let handlers: Vec<(EntryId, BodyId)> = handlers.iter().filter_map(body_of).collect();
                    self.register(frame, it, &handlers);
                }
                Value::Function(closure) if self.marked.contains(&(closure.file, closure.body)) => {
                    self.run_function(frame, place, call, closure);
                }
                Value::Class(file, class) => {
                    let found = self.evaluate(frame, id);
                    for made in found.iter().filter(|it| matches!(it, Value::Instance(_))) {
                        let constructors = self.attribute(made, "__init__");
                        for constructor in constructors {
                            if let Value::Function(closure) = constructor
                                && self.marked.contains(&(closure.file, closure.body))
                            {
                                self.run_function(frame, place, call, &closure);
                            }
                        }
                    }
                    self.reached.insert((*file, *class));
                }
                Value::External(path) if self.is_built(frame) => self.served(frame, call, path),
                _ => {}
            }
        }
    }

    fn run_function(&mut self, frame: &Rc<Frame>, place: Place, call: &Call, closure: &Closure) {
        let arguments = self.arguments(frame, call);
        self.run_with(frame, place, closure, &arguments);
    }

    /// Runs a function with what it is given, if it registers something.
    pub(super) fn run_with(&mut self, frame: &Rc<Frame>, place: Place, closure: &Closure, arguments: &Arguments) {
        let here = (closure.file, closure.body);
        if !self.marked.contains(&here) {
            return;
        }
        let mut chain = frame.chain.borrow().clone();
        chain.push(place);
        let inner = self.called_frame(closure, arguments, chain);
        inner.arms.borrow_mut().extend(frame.arms.borrow().iter().copied());
        // Of definitions behind `cfg`, one is compiled.
        let is_conditional = self.known(closure.file).is_some_and(|file| {
            let definition = file.definition_of(closure.body).filter(|_| file.sketch.has_builders);
            definition.is_some_and(|id| file.facts.definition(id).guards.has(Guards::CONDITIONAL))
        });
        if is_conditional {
            inner.arms.borrow_mut().push(((closure.file, 0), closure.body.0));
        }
        self.run_body(&inner);
    }

    /// Binds the target of a loop; gives back what was bound before.
    pub fn bind(
        &mut self,
        frame: &Rc<Frame>,
        target: &Target,
        element: &Element,
    ) -> Vec<(Box<str>, Option<Vec<Value>>)> {
        let mut before = Vec::new();
        self.bind_into(frame, target, element.values.to_vec(), &mut before);
        before
    }

    fn bind_into(
        &mut self,
        frame: &Rc<Frame>,
        target: &Target,
        values: Vec<Value>,
        before: &mut Vec<(Box<str>, Option<Vec<Value>>)>,
    ) {
        match target {
            Target::Name(name) => {
                let known = frame.bound.borrow_mut().insert(name.clone(), values);
                before.push((name.clone(), known));
            }
            Target::Many(targets) => {
                for (position, target) in targets.iter().enumerate() {
                    let part = self.along(values.clone(), &[position as u16]);
                    self.bind_into(frame, target, part, before);
                }
            }
            Target::Other => {}
        }
    }

    pub fn unbind(&mut self, frame: &Rc<Frame>, before: Vec<(Box<str>, Option<Vec<Value>>)>) {
        let mut bound = frame.bound.borrow_mut();
        // what was looked up meanwhile held for this element alone
        for (name, _) in &before {
            frame.known.borrow_mut().remove(name);
        }
        for (name, known) in before.into_iter().rev() {
            match known {
                Some(values) => drop(bound.insert(name, values)),
                None => drop(bound.remove(&name)),
            }
        }
    }
}

/// The names that statements assign, which hold for one element of a loop alone.
fn assigned_in<'b>(statements: &'b [Statement], names: &mut Vec<&'b str>) {
    for statement in statements {
        match statement {
            Statement::Assign { target, .. } => names_in(target, names),
            Statement::For { target, body, .. } => {
                names_in(target, names);
                assigned_in(body, names);
            }
            Statement::Branch { arms, .. } => arms.iter().for_each(|arm| assigned_in(arm, names)),
            Statement::Run(_) | Statement::Define(_) => {}
        }
    }
}

fn names_in<'b>(target: &'b Target, names: &mut Vec<&'b str>) {
    match target {
        Target::Name(name) => names.push(name),
        Target::Many(targets) => targets.iter().for_each(|it| names_in(it, names)),
        Target::Other => {}
    }
}

/// The function or class that a value is.
pub(super) fn body_of(value: &Value) -> Option<(EntryId, BodyId)> {
    match value {
        Value::Function(it) => Some((it.file, it.body)),
        Value::Class(file, body) => Some((*file, *body)),
        _ => None,
    }
}

fn frame(file: EntryId, body: BodyId, outer: Option<Rc<Frame>>, chain: Vec<Place>) -> Frame {
    Frame {
        file,
        body,
        outer,
        bound: Default::default(),
        known: Default::default(),
        chain: chain.into(),
        arms: Default::default(),
    }
}

/// The frame of a class body that stands in a running one.
fn frame_in(outer: &Rc<Frame>, body: BodyId) -> Rc<Frame> {
    let made = frame(outer.file, body, Some(outer.clone()), outer.chain.borrow().clone());
    made.arms.borrow_mut().extend(outer.arms.borrow().iter().copied());
    Rc::new(made)
}
