//! What the reader makes of texts in the languages that have queries alone.

use crate::facts::LineClass::{self, *};
use crate::facts::{Facts, Fragments, Unit};
use crate::language::{LanguageSpec, ecmascript, go};

const TYPESCRIPT: &LanguageSpec = &ecmascript::TYPESCRIPT;
const TSX: &LanguageSpec = &ecmascript::TSX;
const JAVASCRIPT: &LanguageSpec = &ecmascript::JAVASCRIPT;

fn definitions(language: &LanguageSpec, text: &str) -> Vec<String> {
    let facts: Facts = (language.extract)(text);
    assert_eq!(facts.unread, [], "{text}");
    let shown = |id| {
        let definition = facts.definition(id);
        let lines = facts.line_index.lines(definition.span);
        format!("{}-{} {} {}", lines.start, lines.end, definition.kind.name(), facts.qualified_name(id))
    };
    facts.definition_ids().map(shown).collect()
}

fn classes(language: &LanguageSpec, text: &str) -> Vec<LineClass> {
    let classes = (language.extract)(text).lines;
    assert_eq!(classes, (language.layout)(text).classes);
    classes
}

fn fragments(language: &LanguageSpec, text: &str) -> Fragments {
    let found = (language.fragments)(text);
    assert_eq!(found.unread, [], "{text}");
    let inside = |unit: &Unit| unit.prints.start < unit.prints.end;
    assert!(found.units.iter().all(inside), "{:?}", found.units);
    found
}

fn unit(text: &str) -> Unit {
    fragments(TYPESCRIPT, text).units.remove(0)
}

#[test]
fn what_typescript_defines() {
    let text = "\
/** What is ordered. */
@Entity()
export class Order<T> extends Base implements Saved {
  private id: T;
  @Input() static limit = 1;

  /** Saves it. */
  @Log('save')
  public async save(): Promise<void> {
    const local = 1;
    function inner() {}
    const arrow = () => local;
  }
  handler = async () => {};
  load(a: string): void;
  load(a: unknown) {}
}
export interface Saved { key: string; save(): void }
type Key = string | number;
export type Row = { id: Key };
export enum State { Open = 'open', Closed = 'closed' }
export const LIMIT = 1, NAME = 'a';
export const total = (a: number) => a, half = function () {};
export default function main() {}
declare function puts(a: string): void;
declare module 'x' { export function y(): void; }
namespace Shop { export const z = 1; export function sell() {} }
abstract class Store { abstract put(): void }
export const { useOrders, useStates: useAll } = api;
if (LIMIT) { const hidden = 1; }
for (const i of []) {}
const View = React.memo(() => null);
";
    let expected = [
        "1-17 class Order",
        "4-4 constant Order.id",
        "5-5 constant Order.limit",
        "7-13 method Order.save",
        "11-11 function Order.save.inner",
        "12-12 function Order.save.arrow",
        "14-14 method Order.handler",
        "15-15 method Order.load",
        "16-16 method Order.load",
        "18-18 interface Saved",
        "18-18 method Saved.save",
        "19-19 type alias Key",
        "20-20 type alias Row",
        "21-21 enum State",
        "22-22 constant LIMIT",
        "22-22 constant NAME",
        "23-23 function total",
        "23-23 function half",
        "24-24 function main",
        "25-25 function puts",
        "26-26 function y",
        "27-27 inline module Shop",
        "27-27 constant Shop.z",
        "27-27 function Shop.sell",
        "28-28 class Store",
        "28-28 method Store.put",
        "29-29 constant useOrders",
        "29-29 constant useAll",
        "32-32 function View",
    ];
    assert_eq!(definitions(TYPESCRIPT, text), expected);
}

#[test]
fn what_javascript_defines() {
    let text = "\
#!/usr/bin/env node
'use strict';
const shop = require('./shop');
exports.load = async function (id) { return shop.find(id); };
module.exports.save = (order) => order;
var Order = class { #secret = 1; run() {} };
function* each() {}
const Card = forwardRef((props, ref) => <b ref={ref}>{props.name}</b>);
(function () { var inner = 1; function hidden() {} })();
";
    let expected = [
        "4-4 function load",
        "5-5 function save",
        "6-6 class Order",
        "6-6 constant Order.#secret",
        "6-6 method Order.run",
        "7-7 function each",
        "8-8 function Card",
        "9-9 function hidden",
    ];
    assert_eq!(definitions(JAVASCRIPT, text), expected);
}

#[test]
fn what_go_defines() {
    let text = "\
package shop // why

import \"fmt\"

// Store keeps orders.
// All of them.
type Store struct {
\tName string
}

// Not of the next.

type Saver interface{ Save(id string) error }
type Key = string
const (
\tLimit = 1
\tOther
)
var x, y = 1, 2

/* Save saves. */
func (s *Store) Save(id string) error {
\tlocal := func() {}
\tconst inner = 1
\treturn nil
}
func Make[T any]() *Store { return &Store{} } // made
func put() {}
";
    let expected = [
        "5-9 struct Store",
        "13-13 interface Saver",
        "13-13 method Saver.Save",
        "14-14 type alias Key",
        "16-16 constant Limit",
        "17-17 constant Other",
        "19-19 constant x",
        "19-19 constant y",
        "21-26 impl Store",
        "21-26 method Store.Save",
        "27-27 function Make",
        "28-28 function put",
    ];
    assert_eq!(definitions(&go::SPEC, text), expected);
    let lines = classes(&go::SPEC, text);
    assert_eq!(lines[4..12], [Docstring, Docstring, Code, Code, Code, Blank, Comment, Blank]);
    assert_eq!(lines[20..23], [Docstring, Code, Code]);
    assert_eq!(lines[0], Code);
}

#[test]
fn gofmt_changes_layout_only_and_copies_are_found_in_go() {
    let one = "func f(a int, b int) int { x := g(a, \"one\"); if x > 1 { return b }; return x }";
    let two = "// F says it.\nfunc h(a int,\n\tb int,\n) int {\n\tx := g(\n\t\ta,\n\t\t\"one\",\n\t)\n\tif x > 1 {\n\t\treturn b\n\t}\n\treturn x\n}\n";
    let unit = |text: &str| fragments(&go::SPEC, text).units.remove(0);
    assert_eq!(unit(one).exact, unit(two).exact);
    assert_ne!(unit(one).exact, unit(&one.replace("x > 1", "x > 2")).exact);
    let statements =
        |text: &str| (go::SPEC.layout)(text).statements.into_iter().map(|it| it.fingerprint).collect::<Vec<_>>();
    assert_eq!(statements("func f() { g(a,\n b,\n) }"), statements("func f() {\n\tg(a, b)\n}"));
    assert_ne!(statements("func f() { g(a) }"), statements("func f() { g(b) }"));
}

#[test]
fn a_line_is_what_its_strongest_token_is() {
    let text = "\
/**
 * Doc.

 */
// plain
const a = `one

two`; // why
/* block

   end */ f();
/** doc */ const b = 1;
/**/
'// no comment';
return <p>
  // text, no comment

  {/* comment */}
</p>;
";
    let expected = [
        Docstring,
        Docstring,
        DocstringBlank,
        Docstring,
        Comment,
        Code,
        Code,
        Code,
        Comment,
        Blank,
        Code,
        Code,
        Comment,
        Code,
        Code,
        Code,
        Blank,
        Code,
        Code,
    ];
    assert_eq!(classes(TSX, text), expected);
}

#[test]
fn layout_comments_docs_decorators_and_modifiers_leave_no_trace() {
    let plain = unit("function f(a: number, b: number) { const x = g(a, 'one'); if (x) return b; return x }");
    let dressed = unit(
        "/** Says it. */\nexport default function h(\n  a: number,\n  b: number,\n) {\n  // why\n  const x = g(\n    a,\n    \"one\",\n  );\n  if (x) {\n    return b;\n  }\n  return x;\n}\n",
    );
    assert_eq!(plain.exact, dressed.exact);
    assert_eq!((dressed.lines.start, dressed.lines.end), (1, 15));
    let two = unit("function f(a: number, b: number) { const x = g(a, 'two'); if (x) return b; return x }");
    assert_ne!(plain.exact, two.exact);
    let method = |head: &str| fragments(TYPESCRIPT, &format!("class A {{ {head} run() {{ f(1) }} }}")).units.remove(1);
    assert_eq!(method("").exact, method("@Log('a') private").exact);
    assert_ne!(method("").exact, method("static").exact);
}

#[test]
fn names_replaced_one_for_one_are_a_renaming() {
    let one = unit("const f = (a, b) => { const x = a + b; return x * a };");
    let renamed = unit("const g = (p, q) => { const y = p + q; return y * p };");
    let mixed = unit("const g = (p, q) => { const y = p + q; return y * q };");
    assert_ne!(one.exact, renamed.exact);
    assert_eq!(one.renamed, renamed.renamed);
    assert_ne!(one.renamed, mixed.renamed);
    assert_eq!(one.blind, mixed.blind);
}

#[test]
fn a_shape_keeps_calls_types_and_fields_and_forgets_variables() {
    let shapes = |text: &str| fragments(TYPESCRIPT, text).prints.iter().map(|it| it.shape).collect::<Vec<_>>();
    let of = |call: &str, name: &str| shapes(&format!("function f({name}: Order) {{ const b = {call}; }}"));
    let one = of("send(a.id, Kind.Late)", "a");
    assert_eq!(one, of("send(z.id, Kind.Late)", "z"));
    for other in ["take(a.id, Kind.Late)", "send(a.key, Kind.Late)", "send(a.id, Other.Late)"] {
        assert_ne!(one, of(other, "a"), "{other}");
    }
}

#[test]
fn blocks_and_elements_are_prints_of_their_own() {
    let text = "\
function f() {
  if (a) {
    b();
  } else if (c) {
    d();
  } else {
  }
  useEffect(() => {
    e();
  }, [g]);
  switch (h) {
    case 1:
      i();
  }
  return (
    <p className={j}>
      <b>k</b>
      {l.map((m) => <i key={m} />)}
    </p>
  );
}
";
    let found = fragments(TSX, text);
    let placed: Vec<_> = found.prints.iter().map(|it| (it.start, it.end, it.depth)).collect();
    let expected = [
        (1, 1, 1),
        (2, 2, 2),
        (3, 3, 3),
        (4, 4, 2),
        (5, 5, 3),
        (6, 6, 2),
        (8, 8, 2),
        (9, 9, 3),
        (10, 10, 2),
        (11, 11, 2),
        (12, 12, 3),
        (13, 13, 4),
        (15, 15, 2),
        (16, 16, 3),
        (17, 17, 4),
        (18, 18, 3),
        (18, 18, 4),
        (18, 19, 3),
    ];
    assert_eq!(placed, expected);
    assert_eq!((found.units[0].prints.start, found.units[0].prints.end), (0, 18));
}

#[test]
fn units_have_kinds_and_what_is_around_them() {
    let text = "\
@Entity class A extends B.C implements D<E> { run() { f() } stop() {} }
interface G extends H { a: string }
namespace N { export const i = async () => { f() } }
type R = { a: string }
function outer() { const inner = function () { f() } }
";
    let found = fragments(TYPESCRIPT, text);
    let told: Vec<_> = found.units.iter().map(|it| (it.kind.name(), &*it.name, it.parent, it.is_stub)).collect();
    let expected = [
        ("class", "A", None, false),
        ("method", "A.run", Some(0), false),
        ("method", "A.stop", Some(0), true),
        ("class", "G", None, false),
        ("function", "N.i", None, false),
        ("class", "R", None, false),
        ("function", "outer", None, false),
        ("function", "outer.inner", Some(6), false),
    ];
    assert_eq!(told, expected);
    assert_eq!(found.units[0].bases, ["C".into(), "D".into()]);
    assert_eq!(found.units[0].decorators, ["Entity".into()]);
    assert!(found.units[4].is_async && !found.units[6].is_async);
}

#[test]
fn constants_and_listed_values_are_known() {
    let found = fragments(
        TYPESCRIPT,
        "export const LIMIT = 5;\nconst NAMES = ['a', 'b'], TOTAL = LIMIT + 1;\nenum State { Open = 'open', Closed = \"closed\" }\ntype Kind = 'late' | \"soon\";\ntype Other = 'late' | number;\nenum Number { One = 1, Two }\n",
    );
    let told: Vec<_> = found.constants.iter().map(|it| (&*it.name, &*it.text, it.is_literal)).collect();
    assert_eq!(told, [("LIMIT", "5", true), ("NAMES", "['a', 'b']", true), ("TOTAL", "LIMIT + 1", false)]);
    let told: Vec<_> = found.sets.iter().map(|it| (&*it.name, it.values.join(" "))).collect();
    assert_eq!(told, [("State", "closed open".to_owned()), ("Kind", "late soon".to_owned())]);
}

#[test]
fn a_formatter_changes_layout_only() {
    let statements =
        |text: &str| -> Vec<u64> { (TSX.layout)(text).statements.into_iter().map(|it| it.fingerprint).collect() };
    for (one, two) in [
        ("f(a, b)", "f(\n  a,\n  b,\n);"),
        ("const a = 'b'", "const a = \"b\";"),
        ("xs.map(x => x.id)", "xs.map((x) => x.id);"),
        ("if (a) { b(); }", "if (a) {\n  b()\n}"),
        ("const a = <p>One two\n three</p>", "const a = (\n  <p>\n    One two three\n  </p>\n);"),
        ("import { a, b } from 'c'", "import {\n  a,\n  b,\n} from \"c\";"),
    ] {
        assert_eq!(statements(one), statements(two), "{one}");
    }
    for (one, two) in [
        ("f(a)", "f(a, b)"),
        ("const a = [,]", "const a = []"),
        ("const a = 'b  c'", "const a = 'b c'"),
        ("const a = `b\n  c`", "const a = `b\nc`"),
        ("const a = <p>One two</p>", "const a = <p>One three</p>"),
        ("for (a; b;) {}", "for (a;; b) {}"),
        ("export const a = 1", "const a = 1"),
        ("f(a); // one", "f(a, b);"),
    ] {
        assert_ne!(statements(one), statements(two), "{one}");
    }
}

#[test]
fn statements_are_found_by_line() {
    let text = "const a = 1;\nif (b) {\n  c(\n    d,\n  );\n} else {\n  e(); // why\n}\n";
    let found = (TYPESCRIPT.layout)(text).statements;
    assert_eq!(found.iter().map(|it| it.lines.clone()).collect::<Vec<_>>(), [0..1, 1..2, 2..5, 5..6, 6..7, 7..8]);
}

#[test]
fn what_does_not_parse_is_unread_and_the_rest_is_known() {
    let text = "function f() {}\nfunction g( {{{ ]\nfunction h() {}\n";
    let facts = (TYPESCRIPT.extract)(text);
    assert!(!facts.unread.is_empty());
    assert_eq!(facts.lines, [Code, Code, Code]);
    assert_eq!((TYPESCRIPT.fragments)(text).unread, facts.unread);
    assert_eq!((TYPESCRIPT.layout)(text).unread, facts.unread);
    let missing = (TYPESCRIPT.extract)("const a = ;\n");
    assert!(!missing.unread.is_empty(), "what is missing is told as well");
}

#[test]
fn what_the_grammar_refuses_and_the_language_has_is_read() {
    for (language, text) in [
        (TSX, "const a = <p>Cost & Tax</p>;"),
        (JAVASCRIPT, "const a = <p>{x} & Tax</p>;"),
        (TYPESCRIPT, "export type * from './b';"),
    ] {
        assert_eq!((language.extract)(text).unread, [], "{text}");
    }
    let words = |text: &str| (TSX.layout)(text).tokens;
    assert_ne!(words("const a = <p>Cost & Tax</p>;"), words("const a = <p>Cost | Tax</p>;"));
}

#[test]
fn copies_are_found_within_a_family_alone() {
    let shapes = |language: &LanguageSpec, text: &str| (language.fragments)(text).prints[0].shape;
    assert_eq!(shapes(TYPESCRIPT, "f(a, b);"), shapes(JAVASCRIPT, "f(a, b)"));
    assert_ne!(shapes(JAVASCRIPT, "f(a, b)"), shapes(&crate::language::python::SPEC, "f(a, b)\n"));
}

#[test]
fn hostile_shapes_end_in_facts_or_a_gap() {
    for text in [
        "(".repeat(10_000),
        "[".repeat(10_000),
        "{".repeat(10_000),
        "`${".repeat(10_000),
        "<a>".repeat(10_000),
        "a.".repeat(10_000),
        "x => ".repeat(10_000),
        "/* ".repeat(10_000),
        "/** */ @a ".repeat(10_000),
        "class A { m() { ".repeat(3_000),
        "const a = 1, ".repeat(10_000),
        "if (a) {} else ".repeat(10_000),
        "\"".repeat(20_001),
        "\u{feff}\0\t\r\x0c".repeat(5_000),
    ] {
        for language in [TYPESCRIPT, TSX, JAVASCRIPT, &go::SPEC] {
            let facts = (language.extract)(&text);
            assert_eq!(facts.lines.len(), facts.line_index.count() as usize);
            (language.fragments)(&text);
            (language.layout)(&text);
        }
    }
}
