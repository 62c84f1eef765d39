//! Pages: what reachability needs of one file, made at once and kept between runs.
//!
//! A page holds what each node of the file reaches, and an outline of its definitions, so that an exploration of a tree
//! that was explored before needs no facts. Invariant: a page equals the one that would be made now; which files it
//! looked at is noted by [`memo`](crate::project::memo). Absent on purpose: how a step is found; see `edge`.

use super::edge::{Edge, How, Steps};
use super::{Node, Project};
use crate::facts::{DefinitionId, DefinitionKind, Facts};
use crate::project::entity::DefinitionRef;
use crate::project::memo::{Codec, Memory, Question};
use crate::project::resolve::Resolver;
use crate::span::RepoPath;
use crate::workspace::EntryId;
use bitcode::{Decode, Encode};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The pages of a project; they depend on nothing else.
pub(super) type Pages<'p, 's> = Memory<'p, 's, RawPage>;

pub(super) fn open<'p, 's>(project: &'p Project<'s>) -> Pages<'p, 's> {
    let codec =
        Codec { encode: |page: &RawPage| bitcode::encode(page), decode: |_, bytes| bitcode::decode(bytes).ok() };
    Memory::open(project, &Question { kind: "reach-steps", parts: &[] }, codec)
}

pub(super) struct Page {
    pub steps: FxHashMap<Node, Steps>,
    pub outline: Arc<Outline>,
}

impl Page {
    /// The page of a file, from an earlier run where it still holds. `None` where the file cannot be understood.
    pub fn of(pages: &Pages<'_, '_>, project: &Project<'_>, file: EntryId) -> Option<Self> {
        let make = || RawPage::of(&mut Resolver::new(project), file);
        let raw = pages.get(file, make)?;
        raw.into_page(project).or_else(|| make()?.into_page(project))
    }
}

/// The definitions of a file, by id.
#[derive(Clone, Debug, Encode, Decode)]
pub(super) struct Outline(pub Vec<Outlined>);

#[derive(Clone, Debug, Encode, Decode)]
pub(super) struct Outlined {
    pub name: String,
    /// Where the name stands.
    pub line: u32,
    pub parent: Option<u32>,
    pub is_class: bool,
    /// No function is around it.
    pub is_member: bool,
}

impl Outline {
    pub fn of(facts: &Facts) -> Self {
        let outlined = |id: DefinitionId| {
            let own = facts.definition(id);
            Outlined {
                name: facts.name(own.name).to_owned(),
                line: facts.line_index.line(own.name_span.start),
                parent: own.parent.map(|id| id.0),
                is_class: own.kind == DefinitionKind::Class,
                is_member: facts.function_of(own.scope).is_none(),
            }
        };
        Self(facts.definition_ids().map(outlined).collect())
    }

    pub fn all(&self) -> impl Iterator<Item = (DefinitionId, &Outlined)> {
        (0..).map(DefinitionId).zip(&self.0)
    }

    pub fn get(&self, id: DefinitionId) -> Option<&Outlined> {
        self.0.get(id.index())
    }

    /// The class around a definition.
    pub fn class_of(&self, id: DefinitionId) -> Option<DefinitionId> {
        let parent = self.get(id)?.parent?;
        self.0.get(parent as usize)?.is_class.then_some(DefinitionId(parent))
    }
}

/// A page as it is kept: files are numbers of paths.
#[derive(Encode, Decode)]
pub(super) struct RawPage {
    paths: Vec<String>,
    nodes: Vec<(RawNode, RawSteps)>,
    outline: Outline,
}

/// A node whose file is a number of a list of paths.
#[derive(Clone, Copy, Encode, Decode)]
pub(super) enum RawNode {
    Module(u32),
    Main(u32),
    Definition(u32, u32),
}

#[derive(Encode, Decode)]
struct RawSteps {
    edges: Vec<(RawNode, u32, How, bool)>,
    loose: Vec<(String, u32)>,
    overrides: Vec<(RawNode, RawNode)>,
}

impl RawPage {
    fn of(resolver: &mut Resolver<'_, '_>, file: EntryId) -> Option<Self> {
        let facts = resolver.facts(file)?;
        let definitions = facts.definition_ids().map(|id| Node::Definition(DefinitionRef { file, id }));
        let nodes: Vec<Node> = [Node::Module(file), Node::Main(file)].into_iter().chain(definitions).collect();
        let steps = resolver.steps(file, &nodes);
        let mut paths = Paths::new(resolver.project);
        let nodes = steps
            .into_iter()
            .map(|(node, steps)| {
                let edges = steps.edges.iter().map(|it| (paths.node(it.to), it.line, it.how, it.is_sure)).collect();
                let overrides = steps.overrides.iter().map(|&(a, b)| (paths.node(a.into()), paths.node(b.into())));
                let overrides = overrides.collect();
                let loose = steps.loose.into_iter().map(|(name, line)| (name.into(), line)).collect();
                (paths.node(node), RawSteps { edges, loose, overrides })
            })
            .collect();
        Some(Self { paths: paths.paths, nodes, outline: Outline::of(&facts) })
    }

    /// `None` where a file of it is not there.
    fn into_page(self, project: &Project<'_>) -> Option<Page> {
        let files = files(&self.paths, project)?;
        let node = |raw: RawNode| raw.into_node(&files);
        let definition = |raw: RawNode| match node(raw)? {
            Node::Definition(definition) => Some(definition),
            Node::Module(_) | Node::Main(_) => None,
        };
        let steps = self.nodes.into_iter().map(|(own, steps)| {
            let edge = |(to, line, how, is_sure)| Some(Edge { to: node(to)?, line, how, is_sure });
            let overrides = steps.overrides.into_iter().map(|(a, b)| Some((definition(a)?, definition(b)?)));
            let found = Steps {
                edges: steps.edges.into_iter().map(edge).collect::<Option<_>>()?,
                loose: steps.loose.into_iter().map(|(name, line)| (name.into(), line)).collect(),
                overrides: overrides.collect::<Option<_>>()?,
            };
            Some((node(own)?, found))
        });
        Some(Page { steps: steps.collect::<Option<_>>()?, outline: Arc::new(self.outline) })
    }
}

/// The files of a list of paths; `None` where one is not there.
pub(super) fn files(paths: &[String], project: &Project<'_>) -> Option<Vec<EntryId>> {
    let snapshot = project.sources.snapshot();
    paths.iter().map(|path| snapshot.find(&RepoPath::new(path))).collect()
}

impl RawNode {
    pub fn into_node(self, files: &[EntryId]) -> Option<Node> {
        Some(match self {
            RawNode::Module(at) => Node::Module(*files.get(at as usize)?),
            RawNode::Main(at) => Node::Main(*files.get(at as usize)?),
            RawNode::Definition(at, id) => {
                Node::Definition(DefinitionRef { file: *files.get(at as usize)?, id: DefinitionId(id) })
            }
        })
    }
}

/// The paths of what is kept, each with its number.
pub(super) struct Paths<'p, 's> {
    project: &'p Project<'s>,
    numbers: FxHashMap<EntryId, u32>,
    pub paths: Vec<String>,
}

impl<'p, 's> Paths<'p, 's> {
    pub fn new(project: &'p Project<'s>) -> Self {
        Self { project, numbers: FxHashMap::default(), paths: Vec::new() }
    }

    fn number(&mut self, file: EntryId) -> u32 {
        *self.numbers.entry(file).or_insert_with(|| {
            self.paths.push(self.project.sources.path(file).to_string());
            self.paths.len() as u32 - 1
        })
    }

    pub fn node(&mut self, node: Node) -> RawNode {
        match node {
            Node::Module(file) => RawNode::Module(self.number(file)),
            Node::Main(file) => RawNode::Main(self.number(file)),
            Node::Definition(definition) => RawNode::Definition(self.number(definition.file), definition.id.0),
        }
    }
}
