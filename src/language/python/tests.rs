//! Cases for the extraction: one shape of Python each.

use super::extract;
use crate::facts::{
    BindingKind, DefinitionKind, Facts, LineClass, LineTally, MarkerKind, ReferenceKind, StringRole, Value,
};

fn definitions(facts: &Facts) -> Vec<String> {
    (0..facts.definitions.len())
        .map(|index| {
            let id = crate::facts::DefinitionId(index as u32);
            let definition = facts.definition(id);
            let lines = facts.line_index.lines(definition.span);
            format!("{} {} {}-{}", definition.kind.name(), facts.qualified_name(id), lines.start, lines.end)
        })
        .collect()
}

fn references(facts: &Facts, text: &str) -> Vec<String> {
    facts.references.iter().map(|it| format!("{} {}", it.kind.name(), it.span.slice(text))).collect()
}

#[test]
fn definitions_have_exact_spans_and_names() {
    let text = "\
X = 1
@cache
def f(a):
    def inner():
        pass
    return a

class C(Base):
    y: int = 0

    async def m(self):
        self.z = 1

type A = int
";
    let facts = extract(text);
    assert_eq!(
        definitions(&facts),
        [
            "constant X 1-1",
            "function f 2-6",
            "function f.inner 4-5",
            "class C 8-12",
            "constant C.y 9-9",
            "method C.m 11-12",
            "type alias A 14-14",
        ]
    );
    assert_eq!(facts.name(facts.attributes[0].name), "z");
    assert_eq!(facts.definitions[5].kind, DefinitionKind::Method);
    assert!(facts.definitions[5].traits.is_async);
}

#[test]
fn each_name_is_one_reference_with_its_kind() {
    let text = "@route.get('/x')\ndef f(a: Model = default) -> 'Out | None':\n    return a.b.c(d=e)[k]\n";
    let facts = extract(text);
    let found = references(&facts, text);
    let expected = [
        "name route",
        "decorator get",
        "annotation Model",
        "name default",
        "annotation Out",
        "name a",
        "attribute b",
        "call c",
        "keyword d",
        "name e",
        "name k",
    ];
    assert_eq!(found, expected);
}

#[test]
fn strings_that_name_things_have_a_role() {
    let text = "\
getattr(x, 'legacy')
hasattr(x, 'legacy')
patch('a.b.legacy')
patch.object(x, 'legacy')
os.environ['KEY'] = '1'
os.environ.get('KEY')
os.getenv('KEY', 'no')
'a sentence, not a name'
patch.dict(os.environ, {'KEY': 'v'})
";
    let facts = extract(text);
    let roles: Vec<(String, &str)> = facts
        .strings
        .iter()
        .map(|string| {
            let role = match string.role {
                StringRole::Attribute { .. } => "attribute",
                StringRole::HasAttribute { .. } => "has",
                StringRole::Patch => "patch",
                StringRole::PatchObject { .. } => "patch object",
                StringRole::EnvironmentRead { .. } => "read",
                StringRole::EnvironmentWrite { .. } => "write",
                _ => "other",
            };
            (facts.name(string.text).to_owned(), role)
        })
        .collect();
    let roles: Vec<(&str, &str)> = roles.iter().map(|(name, role)| (name.as_str(), *role)).collect();
    assert_eq!(
        roles,
        [
            ("legacy", "attribute"),
            ("legacy", "has"),
            ("a.b.legacy", "patch"),
            ("legacy", "patch object"),
            ("KEY", "write"),
            ("KEY", "read"),
            ("KEY", "read"),
            ("no", "other"),
            ("KEY", "write"),
            ("v", "other"),
        ]
    );
}

#[test]
fn line_classes_cover_every_line() {
    let text = "\"\"\"Module.\n\nMore.\"\"\"\n\n# note\nx = 1  # why\ny = '''a\n\nb'''\nz = 1 + \\\n  2\n";
    let facts = extract(text);
    let mut tally = LineTally::default();
    facts.lines.iter().for_each(|&class| tally.add(class));
    let expected = LineTally { code: 6, comment: 1, docstring: 2, docstring_blank: 1, blank: 1, other: 0 };
    assert_eq!(tally, expected);
    assert_eq!(facts.lines[7], LineClass::Code, "a blank line in a string is code");
    assert_eq!(facts.lines.len() as u32, facts.line_index.count());
}

#[test]
fn crlf_bom_and_missing_newline_keep_the_line_count() {
    for text in ["\u{feff}x = 1\r\ny = 2\r\n", "x = 1\ny = 2", "", "\n", "x = 1\r\n# end"] {
        let facts = extract(text);
        assert_eq!(facts.lines.len() as u32, facts.line_index.count(), "{text:?}");
        assert!(facts.unread.is_empty(), "{text:?}: {:?}", facts.unread);
    }
}

#[test]
fn a_syntax_error_leaves_the_rest_readable() {
    let facts = extract("def f(:\n    pass\n\ndef g():\n    pass\n");
    assert!(!facts.unread.is_empty());
    assert!(definitions(&facts).iter().any(|it| it.starts_with("function g")));
}

#[test]
fn only_unconditional_warnings_deprecate_a_definition() {
    let text = "\
import warnings
def old():
    \"\"\"Deprecated: use new.\"\"\"
    warnings.warn('gone soon', DeprecationWarning)

def half(x=None):
    if x:
        warnings.warn('no x', DeprecationWarning)

@deprecated('use new')
def older(): ...
";
    let facts = extract(text);
    let found: Vec<(bool, &str)> = facts
        .markers
        .iter()
        .map(|marker| {
            let name = facts.name(facts.definition(marker.definition.unwrap()).name);
            (matches!(marker.kind, MarkerKind::Warning { .. }), name)
        })
        .collect();
    assert_eq!(found, [(false, "old"), (true, "old"), (false, "older")]);
}

#[test]
fn bindings_say_how_a_name_came_to_be() {
    let text = "import a.b\nfrom c import d as e\nx = y = d\nfor i in xs: pass\nwith open(p) as f: pass\na, b = 1, e\n";
    let facts = extract(text);
    let kind = |name: &str| {
        let id = facts.names.find(name).unwrap();
        facts.bindings_of(crate::facts::MODULE_SCOPE, id).iter().map(|it| it.kind).collect::<Vec<_>>()
    };
    assert!(matches!(kind("a")[..], [BindingKind::Import(_), BindingKind::Assignment]));
    assert!(matches!(kind("e")[..], [BindingKind::Import(_)]));
    assert!(matches!(kind("i")[..], [BindingKind::Element]));
    assert!(matches!(kind("f")[..], [BindingKind::Entered]));
    let id = facts.names.find("b").unwrap();
    let value = facts.bindings_of(crate::facts::MODULE_SCOPE, id)[0].value.unwrap();
    assert!(matches!(facts.value(value), Value::Name { name, .. } if facts.name(name) == "e"));
}

#[test]
fn exports_are_read_in_all_their_forms() {
    let facts = extract("__all__ = ['a'] + ['b']\n__all__ += ('c',)\n__all__.extend(['d'])\n__all__.append('e')\n");
    let names: Vec<&str> = facts.exports.as_ref().unwrap().iter().map(|&id| facts.name(id)).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    assert!(extract("x = 1").exports.is_none());
}

#[test]
fn hostile_nesting_ends_in_an_unread_range() {
    for deep in ["[".repeat(100_000), "-".repeat(1_000_000), "a.".repeat(500_000), "f(".repeat(5_000)] {
        let text = format!("x = {deep}\ndef after(): pass\n");
        let facts = extract(&text);
        assert!(!facts.unread.is_empty());
        assert_eq!(facts.lines.len() as u32, facts.line_index.count());
    }
}

#[test]
fn five_thousand_balanced_brackets_are_read() {
    let text = format!("x = {}legacy{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let facts = extract(&text);
    assert!(facts.unread.is_empty(), "{:?}", facts.unread);
    assert_eq!(facts.references.iter().filter(|it| it.kind == ReferenceKind::Name).count(), 1);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_extractor_panic(text in "(def |class |x|=|\\(|\\)|\\[|:|\n|    |'|\"|\"\"\"|#|@|f'|\\{|\\}|\\\\|é|import |from |\\.|,|\\*|lambda |await |\r\n){0,60}") {
        let facts = extract(&text);
        proptest::prop_assert_eq!(facts.lines.len() as u32, facts.line_index.count());
    }
}
