//! What the adapter makes of Rust texts.

use super::extract;
use crate::facts::LineClass::{self, *};
use crate::facts::{DefinitionKind, Facts};

fn definitions(facts: &Facts) -> Vec<String> {
    let index = &facts.line_index;
    let shown = |id| {
        let definition = facts.definition(id);
        let lines = index.lines(definition.span);
        format!("{}-{} {} {}", lines.start, lines.end, definition.kind.name(), facts.qualified_name(id))
    };
    facts.definition_ids().map(shown).collect()
}

#[test]
fn every_kind_of_item_is_a_definition() {
    let text = "\
#![allow(dead_code)]
//! The module.

/// What is ordered.
#[derive(Debug)]
pub(crate) struct Order<T> {
    id: T,
}

impl<T> Order<T> {
    const LIMIT: u8 = 1;

    /// Saves it.
    pub async fn save(&self) {
        fn inner() {}
        inner()
    }
}

impl<T> std::fmt::Display for &mut shop::Order<T> {
    type X = u8;
    fn fmt(&self) {}
}
pub enum State { Open, Closed }
trait Store { fn put(&self); fn get(&self) {} type Key; }
union Bits { a: u8 }
static NAME: &str = \"a\";
const _: () = ();
type Orders = Vec<Order<u8>>;
macro_rules! order { () => { fn no() {} } }
mod tests {
    use super::*;
    fn test() {}
}
mod elsewhere;
extern \"C\" { fn puts(); static errno: i32; }
fn r#type() {}
";
    let found = definitions(&extract(text));
    let expected = [
        "4-8 struct Order",
        "10-18 impl Order",
        "11-11 constant Order.LIMIT",
        "13-17 method Order.save",
        "15-15 function Order.save.inner",
        "20-23 impl Order",
        "21-21 type alias Order.X",
        "22-22 method Order.fmt",
        "24-24 enum State",
        "25-25 trait Store",
        "25-25 method Store.put",
        "25-25 method Store.get",
        "25-25 type alias Store.Key",
        "26-26 struct Bits",
        "27-27 constant NAME",
        "29-29 type alias Orders",
        "30-30 macro order",
        "31-34 inline module tests",
        "33-33 function tests.test",
        "36-36 function puts",
        "36-36 constant errno",
        "37-37 function type",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_definition_begins_with_its_docs_and_attributes() {
    let text = "fn a() {}\n// of nobody\n\n/// b\n// aside\n#[x(y)]\n/** more */\npub fn b() {}\n";
    assert_eq!(definitions(&extract(text)), ["1-1 function a", "4-8 function b"]);
    assert_eq!(definitions(&extract("#!/usr/bin/env run\n#![x]\nfn main() {}")), ["3-3 function main"]);
    assert_eq!(definitions(&extract("\u{feff}fn é() {} fn b() {}")), ["1-1 function é", "1-1 function b"]);
    let facts = extract("\u{feff}/* é */ fn è() {}");
    let name = facts.definitions[0].name_span;
    assert_eq!(name.slice("\u{feff}/* é */ fn è() {}"), "è");
}

#[test]
fn items_in_the_brackets_of_a_macro_are_read() {
    let text = "cfg_rt! {\n    /// Docs.\n    pub fn spawn() {}\n}\ncfg_if::cfg_if! {\n    if #[cfg(unix)] {\n        struct A;\n    } else {\n        struct B;\n    }\n}\nlazy! { static ref A: u8 = 1; }\n";
    assert_eq!(definitions(&extract(text)), ["2-3 function spawn", "7-7 struct A", "9-9 struct B"]);
    let members = "impl A {\n    cfg_io! {\n        /// Docs.\n        fn b(&self) {}\n    }\n}\ntrait C {\n    cfg_io! { fn d(); }\n}\n";
    let expected = ["1-6 impl A", "3-4 method A.b", "7-9 trait C", "8-8 method C.d"];
    assert_eq!(definitions(&extract(members)), expected);
    let units: Vec<_> = super::fragment::fragments(members).units.iter().map(|it| it.name.to_string()).collect();
    assert_eq!(units, ["A", "A.b", "C", "C.d"]);
}

#[test]
fn lines_have_the_classes_of_their_tokens() {
    let classes = |text: &str| -> Vec<LineClass> { extract(text).lines };
    assert_eq!(classes("//! a\n\n// b\n/* c\n\n*/ fn d() {}\n"), [Docstring, Blank, Comment, Comment, Blank, Code]);
    assert_eq!(classes("/** a\n\n b */\nfn c() {} // d\n"), [Docstring, DocstringBlank, Docstring, Code]);
    assert_eq!(classes("const A: &str = \"\n\n// no\";\n"), [Code, Code, Code]);
    assert_eq!(classes("////// a\n/***/\n/* /* */ */\n"), [Comment, Comment, Comment]);
    // What does not parse has lines all the same.
    assert_eq!(classes("fn ( // a\n// b\n\n/// c\n"), [Code, Comment, Blank, Docstring]);
    assert_eq!(classes(""), []);
}

#[test]
fn what_syn_refuses_is_unread() {
    let facts = extract("fn a() {}\nfn b( {}\n");
    assert!(facts.definitions.is_empty());
    assert_eq!(facts.unread.len(), 2);
    assert_eq!(facts.line_index.line(facts.unread[0].span.start), 2);
    let covered: u32 = facts.unread.iter().map(|it| it.span.end - it.span.start).sum();
    assert_eq!(covered, facts.line_index.length());
}

#[test]
fn hostile_depth_is_a_gap() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{", "}"), ("-", ""), ("&", ""), ("Vec<", ""), ("a.b().", ""), ("if a {} else ", "")]
    {
        for count in [190, 100_000] {
            let text = format!("fn f() {{ {}a{} }}", open.repeat(count), close.repeat(count));
            let facts = extract(&text);
            assert!(facts.unread.is_empty() || facts.lines == [Code], "{open}");
            assert!(count < 1_000 || !facts.unread.is_empty(), "{open}");
        }
    }
}

#[test]
fn nesting_up_to_the_bound_is_read() {
    for (open, close) in [("(", ")"), ("{", "}"), ("-", ""), ("!(", ")"), ("|| {", "}"), ("m(&[", "])")] {
        let most = (super::depth::LIMIT as usize - 20) / (2 * open.len());
        for count in [0, 1, 4, 16, 64, 256, most] {
            let text = format!("fn f() {{ {}a{} }}", open.repeat(count), close.repeat(count));
            assert_eq!(definitions(&extract(&text)), ["1-1 function f"], "{open} {:?}", extract(&text).unread);
            let inside = format!("m! {{ {text} }}");
            assert_eq!(definitions(&extract(&inside)), ["1-1 function f"], "{open}");
        }
    }
    let deep = extract(&format!("m! {{ fn f() {{ {}a }} }}\nfn g() {{}}", "-".repeat(100_000)));
    assert_eq!((definitions(&deep), deep.unread.len()), (vec!["2-2 function g".to_owned()], 1));
    let chain = format!("fn f() {{ a{} }}", ".b()".repeat(super::depth::LIMIT as usize / 2 - 20));
    assert_eq!(definitions(&extract(&chain)), ["1-1 function f"]);
    let types = format!("type A = {}u8{};", "V<".repeat(900), ">".repeat(900));
    assert_eq!(definitions(&extract(&types)), ["1-1 type alias A"]);
}

#[test]
fn a_deprecated_item_is_marked() {
    let facts = extract(
        "#[deprecated(since = \"1\", note = \"use b\")]\nfn a() {}\n#[deprecated = \"old\"]\nstruct B;\n#[deprecated]\nfn c() {}\n",
    );
    let said: Vec<_> = facts.markers.iter().map(|it| it.message.as_deref()).collect();
    assert_eq!(said, [Some("use b"), Some("old"), None]);
    assert!(facts.definitions.iter().all(|it| it.kind != DefinitionKind::Constant));
}
