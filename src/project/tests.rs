//! Two states of a small project: what a change breaks, and what it leaves without a use.

use super::{ChangedFile, Project, broken, orphans};
use crate::progress::Silent;
use crate::source::SourceSet;
use crate::span::RepoPath;
use crate::workspace::Snapshot;

type Files<'f> = &'f [(&'f str, &'f str)];

fn snapshot(files: Files<'_>) -> Snapshot {
    Snapshot::in_memory(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())))
}

/// `path:line symbol` of each broken reference, with a `!` where a module cannot be imported any more, and of each
/// orphan with its kind.
fn compare(before: Files<'_>, after: Files<'_>) -> (Vec<String>, Vec<String>) {
    let (before, after) = (snapshot(before), snapshot(after));
    let (base_sources, head_sources) = (SourceSet::new(&before), SourceSet::new(&after));
    let base = Project::new(&base_sources, before.ids().map(|(id, _)| id).collect(), &[]);
    let head = Project::new(&head_sources, after.ids().map(|(id, _)| id).collect(), &[]);
    let mut paths: Vec<RepoPath> = before.entries.iter().chain(&after.entries).map(|it| it.path.clone()).collect();
    paths.sort();
    paths.dedup();
    let changed: Vec<ChangedFile> = paths
        .iter()
        .map(|path| ChangedFile { base: before.find(path), head: after.find(path) })
        .filter(|file| match (file.base, file.head) {
            (Some(old), Some(new)) => base_sources.text(old) != head_sources.text(new),
            _ => true,
        })
        .collect();
    let broken = broken(&base, &head, &changed, &Silent)
        .into_iter()
        .map(|it| {
            let at = &it.reference.location;
            let mark = if it.breaks_module() { "!" } else { "" };
            format!("{}:{} {}{mark}", at.path, at.start.line, it.symbol)
        })
        .collect();
    let is_production = |path: &RepoPath| !path.as_str().starts_with("tests/");
    let orphans = orphans(&base, &head, &changed, &is_production, &Silent)
        .into_iter()
        .map(|it| format!("{} {}", it.kind, it.symbol))
        .collect();
    (broken, orphans)
}

#[test]
fn imports_calls_and_patch_strings_of_a_removed_function_are_broken() {
    let users = "\
from shop.orders import legacy, kept
from unittest.mock import patch
def go():
    legacy()
    with patch('shop.orders.os'):
        kept()
try:
    from shop.orders import legacy as maybe
except ImportError:
    maybe = None
";
    let before = [
        ("shop/orders.py", "import os\ndef legacy():\n    return os.sep\ndef kept():\n    return 1\n"),
        ("use.py", users),
    ];
    let after = [("shop/orders.py", "def kept():\n    return 1\n"), ("use.py", users)];
    let (broken, _) = compare(&before, &after);
    assert_eq!(
        broken,
        [
            "use.py:1 shop.orders:legacy!",
            "use.py:4 shop.orders:legacy",
            "use.py:5 shop.orders:os",
            "use.py:8 shop.orders:legacy",
        ]
    );
}

#[test]
fn a_removed_module_breaks_its_importers_once_each() {
    let users = "from shop.old import a, b\nimport shop.old\n";
    let before = [("shop/__init__.py", ""), ("shop/old.py", "a = 1\nb = 2\n"), ("use.py", users)];
    let after = [("shop/__init__.py", ""), ("use.py", users)];
    let (broken, _) = compare(&before, &after);
    assert_eq!(broken, ["use.py:1 shop.old!", "use.py:2 shop.old!"]);
}

#[test]
fn a_name_that_still_resolves_is_not_broken() {
    // The method is inherited now, the function comes by a star import, the module became a package.
    let users = "from a import f, C\nC().m()\nf()\n";
    let before = [
        ("a.py", "class B:\n    def m(self): pass\nclass C(B):\n    def m(self): pass\ndef f(): pass\n"),
        ("use.py", users),
    ];
    let after = [
        ("a/__init__.py", "from a.parts import *\nclass B:\n    def m(self): pass\nclass C(B):\n    pass\n"),
        ("a/parts.py", "def f(): pass\n"),
        ("use.py", users),
    ];
    assert_eq!(compare(&before, &after).0, Vec::<String>::new());
}

#[test]
fn what_dangled_before_is_not_blamed_on_the_change() {
    let app = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.types import Order\ndef f(x: 'Order'): pass\n";
    let changed = format!("{app}y = 1\n");
    let before = [("shop/__init__.py", ""), ("app.py", app)];
    let after = [("shop/__init__.py", ""), ("app.py", changed.as_str())];
    assert_eq!(compare(&before, &after).0, Vec::<String>::new());
}

#[test]
fn only_what_lost_its_last_user_is_an_orphan() {
    let helpers = "def lost(): pass\ndef shared(): pass\ndef never(): pass\n";
    let before = [
        ("helpers.py", helpers),
        (
            "app.py",
            "import os\nimport re\nimport sys\nfrom helpers import lost, shared\nclass A:\n    def __init__(self):\n        self.x = 1\n        self.y = 2\n    def old(self):\n        lost()\n        return os.sep, self.x\n    def new(self):\n        return shared(), re, self.y\n",
        ),
        ("other.py", "from helpers import shared\nshared()\n"),
    ];
    let after = [
        ("helpers.py", helpers),
        (
            "app.py",
            "import os\nimport re\nimport sys\nfrom helpers import shared\nclass A:\n    def __init__(self):\n        self.x = 1\n        self.y = 2\n    def new(self):\n        return shared(), re, self.y\n",
        ),
        ("other.py", "from helpers import shared\nshared()\n"),
    ];
    // `sys` and `never` were unused before.
    let (broken, orphans) = compare(&before, &after);
    assert_eq!(broken, Vec::<String>::new());
    assert_eq!(orphans, ["import app:os", "attribute app:A.x", "definition helpers:lost"]);
}

#[test]
fn a_homonym_without_users_is_no_orphan() {
    let other = "class Other:\n    def handle(self): pass\n";
    let before = [
        ("other.py", other),
        ("app.py", "class A:\n    def handle(self): pass\n    def go(self):\n        self.handle()\n"),
    ];
    let after = [("other.py", other), ("app.py", "class A:\n    pass\n")];
    assert_eq!(compare(&before, &after).1, Vec::<String>::new());
}
