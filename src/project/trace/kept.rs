//! The form in which what files say about goals is kept between runs, and the text that stands for the goals.
//!
//! Invariant: decoding gives what was encoded, or nothing. A definition is named by its path, its name and its number
//! among those of that name, not by its place: whoever looked at it is asked again when its file changes. Absent on
//! purpose: when a result still holds; see `project::memo`.

use super::alias::{Alias, Part};
use super::{DefinitionSite, FilePart, Goal, Occurrences, TracedReference, UseAccess};
use crate::facts::{DefinitionKind, Guards, ReferenceKind};
use crate::finding::{Hop, Tier};
use crate::project::Project;
use crate::project::entity::DefinitionRef;
use crate::project::memo::Codec;
use crate::project::module::ModuleRef;
use crate::span::{LineRange, Location, Position, RepoPath, Span};
use crate::workspace::EntryId;
use bitcode::{Decode, Encode};
use std::collections::BTreeSet;
use std::fmt::Write;

pub const PARTS: Codec<Vec<FilePart>> = Codec { encode: |parts| encode_parts(parts), decode: decode_parts };
pub const ALIASES: Codec<Vec<Part>> = Codec { encode: |parts| encode_aliases(parts), decode: decode_aliases };

/// Everything about the goals that an answer may depend on, with no number that another tree gives otherwise.
pub fn question(project: &Project<'_>, goals: &[Goal]) -> String {
    let mut text = String::new();
    for goal in goals {
        let Goal { target, names, dotted, definitions, overridden, module, is_detached } = goal;
        let _ = write!(text, "{target:?} {names:?} {dotted:?} {is_detached}");
        for (what, set) in [("defined", definitions), ("overrides", overridden)] {
            let _ = write!(text, " {what}");
            set.iter().for_each(|definition| name(project, *definition, &mut text));
        }
        match module {
            Some(ModuleRef::File(file)) => drop(write!(text, " {}", project.sources.path(*file))),
            Some(ModuleRef::Namespace(folder)) => drop(write!(text, " {folder}/")),
            None => {}
        }
        text.push('\n');
    }
    text
}

fn name(project: &Project<'_>, at: DefinitionRef, text: &mut String) {
    let Some(facts) = project.sources.facts(at.file) else { return };
    let own = facts.definition(at.id);
    let is_before = |it: &crate::facts::DefinitionId| {
        let other = facts.definition(*it);
        *it < at.id && other.name == own.name && other.parent == own.parent
    };
    let number = facts.definition_ids().filter(is_before).count();
    let _ = write!(text, " {}:{}#{number}", project.sources.path(at.file), facts.qualified_name(at.id));
}

/// Words that stand in results, which are a few known ones.
const WORDS: &[&str] = &["comment", "docstring", "string", "document", "binary", "module"];

fn word(text: &str) -> Option<&'static str> {
    let kinds = DefinitionKind::ALL.map(DefinitionKind::name);
    WORDS.iter().copied().chain(kinds).find(|it| *it == text)
}

/// A place in the file that the result is about.
#[derive(Encode, Decode)]
struct RawPlace {
    line: u32,
    column: u32,
    end_line: u32,
}

impl RawPlace {
    fn of(location: &Location) -> Self {
        let Position { line, column } = location.start;
        Self { line, column, end_line: location.end_line }
    }

    fn at(&self, path: &RepoPath) -> Location {
        let start = Position { line: self.line, column: self.column };
        Location { path: path.clone(), start, end_line: self.end_line }
    }
}

#[derive(Encode, Decode)]
struct RawReference {
    place: RawPlace,
    span: Span,
    kind: ReferenceKind,
    within: Option<String>,
    access: Option<UseAccess>,
    tier: Tier,
    hops: Vec<(String, u32, String)>,
    guards: Guards,
    inside: Option<String>,
    is_own: bool,
    in_tests: bool,
}

#[derive(Encode, Decode)]
struct RawPart {
    goal: u32,
    definitions: Vec<(RawPlace, LineRange, String, bool)>,
    references: Vec<RawReference>,
    homonyms: Vec<RawPlace>,
    occurrences: Occurrences,
    aliases: Vec<Alias>,
}

/// A file's results name the file in every place; its path is kept once.
#[derive(Encode, Decode)]
struct RawFile<P> {
    path: String,
    parts: Vec<P>,
}

fn raw_reference(it: &TracedReference) -> RawReference {
    let hop = |hop: &Hop| (hop.path.to_string(), hop.line, hop.what.clone());
    RawReference {
        place: RawPlace::of(&it.location),
        span: it.span,
        kind: it.kind,
        within: it.within.map(str::to_owned),
        access: it.access,
        tier: it.tier,
        hops: it.hops.iter().map(hop).collect(),
        guards: it.guards,
        inside: it.inside.clone(),
        is_own: it.is_own,
        in_tests: it.in_tests,
    }
}

fn reference(it: RawReference, file: EntryId, path: &RepoPath) -> Option<TracedReference> {
    let within = match it.within {
        Some(within) => Some(word(&within)?),
        None => None,
    };
    let hop = |(path, line, what): (String, u32, String)| Hop { path: RepoPath::new(&path), line, what };
    Some(TracedReference {
        file,
        location: it.place.at(path),
        span: it.span,
        kind: it.kind,
        within,
        access: it.access,
        tier: it.tier,
        hops: it.hops.into_iter().map(hop).collect(),
        guards: it.guards,
        inside: it.inside,
        is_own: it.is_own,
        in_tests: it.in_tests,
    })
}

/// The path of the file that some places are in; they are all in one.
fn path_of<'l>(mut places: impl Iterator<Item = &'l Location>) -> String {
    places.next().map(|place| place.path.to_string()).unwrap_or_default()
}

fn encode_parts(parts: &[FilePart]) -> Vec<u8> {
    let places = parts.iter().flat_map(|part| {
        let definitions = part.definitions.iter().map(|it| &it.location);
        definitions.chain(part.references.iter().map(|it| &it.location)).chain(&part.homonyms)
    });
    let raw = |part: &FilePart| RawPart {
        goal: part.goal as u32,
        definitions: part
            .definitions
            .iter()
            .map(|site| (RawPlace::of(&site.location), site.lines, site.kind.to_owned(), site.in_tests))
            .collect(),
        references: part.references.iter().map(raw_reference).collect(),
        homonyms: part.homonyms.iter().map(RawPlace::of).collect(),
        occurrences: part.occurrences,
        aliases: part.aliases.iter().cloned().collect(),
    };
    bitcode::encode(&RawFile { path: path_of(places), parts: parts.iter().map(raw).collect() })
}

fn decode_parts(file: EntryId, bytes: &[u8]) -> Option<Vec<FilePart>> {
    let raw: RawFile<RawPart> = bitcode::decode(bytes).ok()?;
    let path = RepoPath::new(&raw.path);
    let site = |(place, lines, kind, in_tests): (RawPlace, LineRange, String, bool)| {
        Some(DefinitionSite { file, location: place.at(&path), lines, kind: word(&kind)?, in_tests })
    };
    let part = |part: RawPart| {
        Some(FilePart {
            goal: part.goal as usize,
            file,
            definitions: part.definitions.into_iter().map(site).collect::<Option<_>>()?,
            references: part.references.into_iter().map(|it| reference(it, file, &path)).collect::<Option<_>>()?,
            homonyms: part.homonyms.iter().map(|it| it.at(&path)).collect(),
            occurrences: part.occurrences,
            aliases: part.aliases.into_iter().collect(),
        })
    };
    raw.parts.into_iter().map(part).collect()
}

/// The references to one goal, and the names it gets.
type RawAliases = (u32, Vec<RawReference>, Vec<Alias>);

fn encode_aliases(parts: &[Part]) -> Vec<u8> {
    let path = path_of(parts.iter().flat_map(|(_, references, _)| references).map(|it| &it.location));
    let raw = |(goal, references, further): &Part| -> RawAliases {
        (*goal as u32, references.iter().map(raw_reference).collect(), further.iter().cloned().collect())
    };
    bitcode::encode(&RawFile { path, parts: parts.iter().map(raw).collect() })
}

fn decode_aliases(file: EntryId, bytes: &[u8]) -> Option<Vec<Part>> {
    let raw: RawFile<RawAliases> = bitcode::decode(bytes).ok()?;
    let path = RepoPath::new(&raw.path);
    let part = |(goal, references, further): RawAliases| -> Option<Part> {
        let references = references.into_iter().map(|it| reference(it, file, &path)).collect::<Option<_>>()?;
        Some((goal as usize, references, further.into_iter().collect::<BTreeSet<Alias>>()))
    };
    raw.parts.into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let place = |line| Location {
            path: RepoPath::new("shop/a.py"),
            start: Position { line, column: 3 },
            end_line: line + 1,
        };
        let reference = TracedReference {
            file: EntryId(7),
            location: place(4),
            span: Span::new(10, 12),
            kind: ReferenceKind::Call,
            within: Some("docstring"),
            access: Some(UseAccess::Write),
            tier: Tier::Likely,
            hops: vec![Hop { path: RepoPath::new("b.py"), line: 2, what: "imports it".into() }],
            guards: Guards::FUNCTION,
            inside: Some("f".into()),
            is_own: true,
            in_tests: true,
        };
        let part = FilePart {
            goal: 3,
            file: EntryId(7),
            definitions: vec![DefinitionSite {
                file: EntryId(7),
                location: place(1),
                lines: LineRange { start: 1, end: 2 },
                kind: "type alias",
                in_tests: true,
            }],
            references: vec![reference.clone()],
            homonyms: vec![place(9)],
            occurrences: Occurrences { found: 3, definitions: 1, references: 1, others: 1, ..Occurrences::default() },
            aliases: [("old".to_owned(), Some("Class".to_owned()))].into(),
        };
        let parts = vec![part];
        let back = decode_parts(EntryId(7), &encode_parts(&parts)).unwrap();
        assert_eq!(format!("{back:?}"), format!("{parts:?}"));
        let aliases: Vec<Part> = vec![(2, vec![reference], [("x".to_owned(), None)].into()), (1, vec![], [].into())];
        let back = decode_aliases(EntryId(7), &encode_aliases(&aliases)).unwrap();
        assert_eq!(format!("{back:?}"), format!("{aliases:?}"));
        assert!(decode_parts(EntryId(7), b"no").is_none());
    }
}
