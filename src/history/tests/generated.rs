//! Generated definitions that are moved, re-indented, reformatted, renamed and deleted: each gets its disposition.

use crate::facts::LineTally;
use crate::history::changes::{Change, FileMode, FileState, Status};
use crate::history::diff::{FileDiff, Text, TextDiff, hunks};
use crate::history::git::Content;
use crate::history::ledger::{DefinitionLedger, Depth, Ledger, Threads, of_changes};
use crate::history::process::Forced;
use crate::history::{Fate, Readings, disposition::Balance};
use crate::span::RepoPath;
use gix::ObjectId;
use proptest::prelude::*;

/// The ledger of files given as path, base text, head text.
fn ledger(files: &[(&str, &str, &str)]) -> Ledger {
    let mut list = Vec::new();
    let mut diffs = Vec::new();
    for (path, base, head) in files {
        let state = |text: &str| {
            let content = Content::Blob(ObjectId::null(gix::hash::Kind::Sha1));
            (!text.is_empty()).then(|| FileState { path: RepoPath::new(path), mode: FileMode::Regular, content })
        };
        let (base_state, head_state) = (state(base), state(head));
        list.push(Change { base: base_state, head: head_state, status: Status::Modified, forced: Forced::No });
        let hunks = hunks(base.as_bytes(), head.as_bytes());
        let (base, head) = (Text::new(base.as_bytes().into()), Text::new(head.as_bytes().into()));
        diffs.push(FileDiff::Text(TextDiff { base, head, hunks }));
    }
    of_changes(&list, diffs, &Readings::default(), Depth::Definitions, Threads::ByFile)
}

/// A function of its own words, so that no two definitions are alike.
#[derive(Clone, Debug)]
struct Function {
    name: String,
    words: Vec<String>,
}

impl Function {
    /// `indent` spaces before every line; calls on one line or wrapped.
    fn text(&self, indent: usize, wrapped: bool) -> String {
        let pad = " ".repeat(indent);
        let mut text = format!("{pad}def {}(first, second):\n{pad}    \"\"\"Do {}.\"\"\"\n", self.name, self.words[0]);
        for (number, word) in self.words.iter().enumerate() {
            text += &match wrapped {
                false => format!("{pad}    {word}_{number} = {word}(first, \"{word}\", key=second)\n"),
                true => format!(
                    "{pad}    {word}_{number} = {word}(\n{pad}        first,\n{pad}        '{word}',\n\
                     {pad}        key=second,\n{pad}    )\n"
                ),
            };
        }
        text + &format!("{pad}    return {}\n", self.words.join(" + "))
    }

    fn lines(&self) -> u64 {
        self.words.len() as u64 + 3
    }
}

fn module(functions: &[Function]) -> String {
    functions.iter().map(|function| function.text(0, false)).collect::<Vec<_>>().join("\n\n")
}

/// Three to six functions of different names and words, and which of them the change is about.
fn functions() -> impl Strategy<Value = (Vec<Function>, usize)> {
    (3usize..7, 0usize..100, prop::collection::vec(2usize..7, 6)).prop_map(|(count, pick, sizes)| {
        let functions: Vec<Function> = (0..count)
            .map(|index| {
                let word = |number: usize| format!("word{}x{}", (b'a' + index as u8) as char, number * 7 + pick);
                Function { name: format!("job_{index}_{pick}"), words: (0..sizes[index]).map(word).collect() }
            })
            .collect();
        (functions, pick % count)
    })
}

/// Lines that are neither kept nor explained, blank ones aside.
fn unexplained(ledger: &Ledger) -> (u64, u64) {
    let blanks = |tally: LineTally| tally.blank;
    let rest = |balance: Balance, tally: LineTally| balance.rest.saturating_sub(blanks(tally));
    (rest(ledger.base, ledger.removed_classes), rest(ledger.head, ledger.added_classes))
}

fn one<'a>(ledger: &'a Ledger, name: &str) -> &'a DefinitionLedger {
    let mut found = ledger.definitions.iter().filter(|definition| definition.place().name == name);
    let first = found.next().unwrap_or_else(|| panic!("`{name}` is not in {:?}", ledger.definitions));
    assert!(found.next().is_none(), "`{name}` occurs twice in {:?}", ledger.definitions);
    first
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_deleted_definition_is_removed((functions, pick) in functions()) {
        let mut rest = functions.clone();
        let gone = rest.remove(pick);
        let ledger = ledger(&[("a.py", &module(&functions), &module(&rest))]);
        prop_assert_eq!(ledger.definitions.len(), 1);
        let entry = one(&ledger, &gone.name);
        prop_assert_eq!((entry.fate, entry.deleted.total(), entry.gone), (Fate::Removed, gone.lines(), gone.lines()));
        prop_assert_eq!((entry.deleted.code, entry.deleted.docstring), (gone.lines() - 1, 1));
        prop_assert_eq!((ledger.base.moved, ledger.added), (0, 0));
        prop_assert_eq!(ledger.outside.total(), ledger.deleted - gone.lines());
    }

    #[test]
    fn a_definition_that_changes_place_moves((functions, pick) in functions()) {
        let mut order = functions.clone();
        let moved = order.remove(pick);
        order.insert((pick + 1) % functions.len(), moved);
        let ledger = ledger(&[("a.py", &module(&functions), &module(&order))]);
        prop_assert_eq!(unexplained(&ledger), (0, 0));
        prop_assert!(ledger.base.moved > 0 && ledger.base.moved == ledger.head.moved);
        prop_assert!(ledger.definitions.iter().all(|definition| definition.fate == Fate::Modified));
    }

    #[test]
    fn a_definition_that_changes_file_is_relocated((functions, pick) in functions(), indent in 0usize..2) {
        let mut rest = functions.clone();
        let moved = rest.remove(pick);
        let there = format!("class Other:\n{}", moved.text(4, false));
        let there = if indent == 0 { moved.text(0, false) } else { there };
        let ledger = ledger(&[("a.py", &module(&functions), &module(&rest)), ("b.py", "", &there)]);
        let entry = one(&ledger, &moved.name);
        prop_assert_eq!((entry.fate, entry.gone), (Fate::Relocated, 0));
        prop_assert_eq!(entry.head.as_ref().map(|place| place.path.as_str()), Some("b.py"));
        prop_assert_eq!(ledger.base.moved, moved.lines());
        prop_assert_eq!(unexplained(&ledger).0, 0);
    }

    #[test]
    fn a_definition_that_is_wrapped_or_indented_is_reformatted((functions, pick) in functions(), wrapped in any::<bool>()) {
        let mut parts: Vec<String> = functions.iter().map(|function| function.text(0, false)).collect();
        parts[pick] = match wrapped {
            true => functions[pick].text(0, true),
            false => format!("if True:\n{}", functions[pick].text(4, false)),
        };
        let ledger = ledger(&[("a.py", &module(&functions), &parts.join("\n\n"))]);
        prop_assert_eq!(unexplained(&ledger), (0, u64::from(!wrapped)));
        prop_assert_eq!(ledger.base.moved, 0);
        let touched = functions[pick].lines() - if wrapped { 3 } else { 0 };
        prop_assert_eq!(ledger.base.reformatted, touched);
    }

    #[test]
    fn a_renamed_definition_keeps_its_body((functions, pick) in functions()) {
        let mut renamed = functions.clone();
        renamed[pick].name = "another_name".into();
        let ledger = ledger(&[("a.py", &module(&functions), &module(&renamed))]);
        let entry = one(&ledger, &functions[pick].name);
        prop_assert!(matches!(entry.fate, Fate::Renamed(1000)), "{:?}", entry.fate);
        prop_assert_eq!((ledger.deleted, ledger.added, ledger.base.changed), (1, 1, 1));
    }

    #[test]
    fn a_change_and_its_revert_net_to_zero(
        (functions, pick) in functions(),
        (others, _) in functions(),
    ) {
        let mut head = functions.clone();
        head.remove(pick);
        head.extend(others);
        let (base, head) = (module(&functions), module(&head));
        let there = ledger(&[("a.py", &base, &head)]);
        let back = ledger(&[("a.py", &head, &base)]);
        prop_assert_eq!(there.net() + back.net(), 0);
        let net = |ledger: &Ledger| {
            let (gone, come) = (ledger.removed_classes, ledger.added_classes);
            [gone.code as i64 - come.code as i64, gone.docstring as i64 - come.docstring as i64,
             gone.blank as i64 - come.blank as i64]
        };
        for (one, two) in net(&there).into_iter().zip(net(&back)) {
            prop_assert_eq!(one + two, 0);
        }
    }
}

#[test]
fn a_line_deleted_twice_and_added_once_moved_once() {
    let line = "value = compute_something_long(argument)\n";
    let base = format!("a = 1\n{line}b = 2\n{line}c = 3\n");
    let ledger = ledger(&[("a.py", &base, "a = 1\nb = 2\nc = 3\n"), ("b.py", "", line)]);
    assert_eq!((ledger.base.moved, ledger.head.moved), (1, 1));
    assert_eq!((ledger.base.rest, ledger.head.rest), (1, 0));
}

#[test]
fn short_blocks_do_not_move() {
    let ledger = ledger(&[("a.py", "x = 1\nreturn\n", "x = 1\n"), ("b.py", "y\n", "y\nreturn\n")]);
    assert_eq!(ledger.base.moved, 0);
}

#[test]
fn line_ends_are_layout_in_any_file() {
    let ledger = ledger(&[("a.txt", "one\r\n\r\ntwo\r\n", "one\n\ntwo\n")]);
    assert_eq!((ledger.deleted, ledger.added), (3, 3));
    assert_eq!((ledger.base.reformatted, ledger.head.reformatted), (3, 3));
}

#[test]
fn prose_that_is_wrapped_anew_is_reformatted() {
    let ledger = ledger(&[("a.md", "one two three\nfour\n", "one two\nthree four\n")]);
    assert_eq!((ledger.base.reformatted, ledger.head.reformatted), (2, 2));
}

#[test]
fn members_follow_their_class_to_another_file() {
    let class = "class Store:\n    size = 3\n\n    def load(self, path):\n        return open(path).read()\n";
    let ledger = ledger(&[("a.py", class, "x = 1\n"), ("b.py", "", class)]);
    for name in ["Store", "Store.size", "Store.load"] {
        assert_eq!(one(&ledger, name).fate, Fate::Relocated, "{name}");
    }
}

#[test]
fn a_definition_that_falls_away_beside_a_homonym_is_removed() {
    let base =
        "class A:\n    def run(self):\n        return self.fetch(1, 2, 3) or self.other(4)\n\nclass B:\n    pass\n";
    let head =
        "class A:\n    pass\n\nclass B:\n    def run(self):\n        raise RuntimeError(\"nothing alike\") from None\n";
    let ledger = ledger(&[("a.py", base, head)]);
    assert_eq!(one(&ledger, "A.run").fate, Fate::Removed);
    assert_eq!(one(&ledger, "B.run").fate, Fate::Added);
}
