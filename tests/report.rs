//! Every format renders the canonical report.
//!
//! Terminal text is compared with the files of `tests/report/`; `SOLELY_BLESS=1 cargo test report` writes them anew,
//! to be read as pictures before they are committed. JSON is held to the contract field by field.

use crate::canonical;
use serde_json::Value;
use solely::evidence::Sources;
use solely::report::{FORMATS, FormatSpec, RenderOptions, Report, find_format};

const PLAIN: RenderOptions = RenderOptions { color: false, width: 100, max: Some(20) };

#[test]
fn the_terminal_shows_what_its_picture_shows() {
    let terminal = find_format("terminal").unwrap();
    let (check, refs, sources) = (canonical::check_report(), canonical::refs_report(), canonical::sources());
    expect_picture("check.txt", &show(terminal, &check, &sources, &PLAIN));
    expect_picture("check-max-1.txt", &show(terminal, &check, &sources, &RenderOptions { max: Some(1), ..PLAIN }));
    expect_picture("refs.txt", &show(terminal, &refs, &sources, &PLAIN));
    expect_picture("why-not.txt", &show(terminal, &canonical::why_report(), &sources, &PLAIN));
    expect_picture("plan.txt", &show(terminal, &canonical::plan_report(), &sources, &PLAIN));
    expect_picture("explain.txt", &show(terminal, &canonical::explain_report(), &sources, &PLAIN));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let terminal = find_format("terminal").unwrap();
    let (report, sources) = (canonical::check_report(), canonical::sources());
    let colored = show(terminal, &report, &sources, &RenderOptions { color: true, ..PLAIN });
    assert_ne!(colored, show(terminal, &report, &sources, &PLAIN));
    assert_eq!(without_styles(&colored), show(terminal, &report, &sources, &PLAIN));
}

#[test]
fn no_format_lets_an_escape_or_a_change_of_direction_through() {
    let (check, refs, sources) = (canonical::check_report(), canonical::refs_report(), canonical::sources());
    for format in FORMATS {
        let texts = [
            format.render(&check, &sources, &PLAIN),
            format.render(&refs, &sources, &PLAIN),
            format.render(&canonical::why_report(), &sources, &PLAIN),
            format.render(&canonical::plan_report(), &sources, &PLAIN),
            format.render(&canonical::explain_report(), &sources, &PLAIN),
        ];
        for text in texts.into_iter().flatten() {
            assert!(!text.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']), "{}: {text}", format.name);
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{} ends with one newline", format.name);
        }
    }
}

#[test]
fn a_report_without_sources_still_tells_every_place() {
    let terminal = find_format("terminal").unwrap();
    let text = show(terminal, &canonical::check_report(), &Default::default(), &PLAIN);
    for place in ["shop/orders.py:12:15", "shop/orders.py:7:27", "tests/test_orders.py:5:13", "docs/orders.md"] {
        assert!(text.contains(place), "{place}: {text}");
    }
}

#[test]
fn the_json_of_check_keeps_its_contract() {
    let document = json(&show(find_format("json").unwrap(), &canonical::check_report(), &canonical::sources(), &PLAIN));
    expect_fields(
        &document,
        "schema verdict snapshot counts rules findings gaps warnings policy tool contexts baseline comparison",
    );
    assert_eq!(document["schema"], "solely/check/1");
    assert_eq!(document["verdict"], "fail");
    expect_fields(&document["snapshot"], "kind commit tree");
    expect_fields(&document["counts"], "discovered analyzed gaps links excluded");
    let rule = &document["rules"][0];
    expect_fields(rule, "id kind verdict symbols summary conclusion contexts spoiled-by");
    let symbol = &rule["symbols"][0];
    expect_fields(symbol, "symbol state definitions references contexts occurrences");
    expect_fields(&symbol["definitions"][0], "path line column end-line");
    expect_fields(&symbol["references"], "proven likely name-only text");
    assert_eq!(document["findings"].as_array().unwrap().len(), 6);
    for finding in document["findings"].as_array().unwrap() {
        expect_fields(
            finding,
            "rule fingerprint severity context path line column end-line kind tier symbol message suppressed \
             baselined within access help via related inside suppression acceptance introduced",
        );
    }
    let call = document["findings"].as_array().unwrap().last().unwrap();
    assert_eq!((&call["kind"], &call["tier"], &call["context"]), (&"call".into(), &"likely".into(), &"tests".into()));
    expect_fields(&call["via"][0], "path line what");
    expect_fields(&document["gaps"][0], "path stage reason hides");
    expect_fields(&document["warnings"][0], "message help place");
    let hostile = document["findings"].as_array().unwrap().iter().map(|finding| finding["path"].as_str().unwrap());
    assert!(hostile.into_iter().any(|path| path == canonical::hostile_path().as_str()), "the exact path survives");
}

#[test]
fn the_json_of_refs_keeps_its_contract() {
    let document = json(&show(find_format("json").unwrap(), &canonical::refs_report(), &canonical::sources(), &PLAIN));
    expect_fields(&document, "schema snapshot counts symbols why-not gaps tool");
    assert_eq!(document["schema"], "solely/refs/1");
    let symbol = &document["symbols"][0];
    expect_fields(symbol, "symbol definitions references occurrences");
    expect_fields(&symbol["definitions"][0], "path line column end-line");
    expect_fields(&symbol["references"][0], "path line column end-line kind within access tier context via");
    assert_eq!(document["symbols"].as_array().unwrap().len(), 2, "one entry per symbol asked for");
}

#[test]
fn json_lines_say_the_same_as_the_document() {
    let (report, sources) = (canonical::check_report(), canonical::sources());
    let document = json(&show(find_format("json").unwrap(), &report, &sources, &PLAIN));
    let text = show(find_format("jsonl").unwrap(), &report, &sources, &PLAIN);
    let mut lines: Vec<Value> = text.lines().map(json).collect();
    assert_eq!(lines[0]["type"], "report");
    assert_eq!(lines[0]["schema"], "solely/check/1");
    for line in &mut lines {
        line.as_object_mut().unwrap().remove("type").expect("every line has a type");
    }
    for list in ["rules", "findings", "gaps", "warnings"] {
        for record in document[list].as_array().unwrap() {
            assert!(lines.contains(record), "{list}: {record}");
        }
    }
    assert_eq!(lines.len(), 1 + 3 + 6 + 2 + 1);
}

/// A report that the format is known to render.
fn show<R: Report>(format: &FormatSpec, report: &R, sources: &Sources, options: &RenderOptions) -> String {
    format.render(report, sources, options).expect("a format of this report")
}

/// The object has exactly these fields, in any order.
fn expect_fields(value: &Value, fields: &str) {
    let mut expected: Vec<&str> = fields.split_whitespace().collect();
    let mut actual: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    expected.sort_unstable();
    actual.sort_unstable();
    assert_eq!(actual, expected);
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("one JSON document")
}

fn without_styles(text: &str) -> String {
    regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap().replace_all(text, "").into_owned()
}

fn expect_picture(name: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report").join(name);
    if std::env::var_os("SOLELY_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{name} differs; the format now renders:\n{actual}");
}
