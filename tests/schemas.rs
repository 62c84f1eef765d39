//! The published schemas: equal to the code, and true of what is printed.
//!
//! `SOLELY_BLESS=1 cargo test schemas` writes the files of `schemas/` anew; an addition is reviewed there, and anything
//! else needs a new version of the document.

use crate::canonical;
use crate::cli::{solely, stdout};
use crate::formats::{hostile_audit, hostile_check, hostile_duplicates, hostile_removed, hostile_trend, show};
use serde_json::Value;
use solely::report::SCHEMAS;
use std::path::{Path, PathBuf};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(format!("{name}-1.json"))
}

fn schema(name: &str) -> Value {
    let schema = SCHEMAS.iter().find(|schema| schema.name == name).unwrap();
    serde_json::from_str(&schema.text()).unwrap()
}

fn faults(schema: &Value, document: &Value) -> Vec<String> {
    let validator = jsonschema::draft202012::new(schema).unwrap();
    validator.iter_errors(document).map(|it| format!("{}: {it}", it.instance_path())).collect()
}

#[test]
fn the_files_are_what_the_code_says() {
    for schema in SCHEMAS {
        let file = file(schema.name);
        if std::env::var_os("SOLELY_BLESS").is_some() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, schema.text()).unwrap();
        }
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(text == schema.text(), "{} differs; SOLELY_BLESS=1 writes it anew", file.display());
    }
    let files = std::fs::read_dir(file("check").parent().unwrap()).unwrap().count();
    assert_eq!(files, SCHEMAS.len(), "a file without a schema, or the other way round");
}

#[test]
fn what_is_printed_is_valid() {
    let documents = [
        ("check", show("json", &canonical::check_report())),
        ("check", show("json", &hostile_check())),
        ("refs", show("json", &canonical::refs_report())),
        ("refs", show("json", &canonical::why_report())),
        ("plan", show("json", &canonical::plan_report())),
        ("explain", show("json", &canonical::explain_report())),
        ("duplicates", show("json", &hostile_duplicates())),
        ("removed", show("json", &hostile_removed())),
        ("audit", show("json", &hostile_audit())),
        ("trend", show("json", &hostile_trend())),
    ];
    for (name, text) in documents {
        let document: Value = serde_json::from_str(&text).unwrap();
        let (schema, all) = (schema(name), document.as_object().unwrap().len());
        assert_eq!(faults(&schema, &document), [""; 0], "{name}");
        // every field that is printed is described, and without any of them the document is not valid
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), all, "{name}");
        for field in document.as_object().unwrap().keys() {
            assert!(properties.contains_key(field), "{name}: {field}");
            let mut lacking = document.clone();
            lacking.as_object_mut().unwrap().remove(field);
            assert!(!faults(&schema, &lacking).is_empty(), "{name} without {field}");
        }
    }
}

#[test]
fn what_is_wrong_is_not_valid() {
    let schema = schema("check");
    let document: Value = serde_json::from_str(&show("json", &hostile_check())).unwrap();
    for (pointer, wrong) in [
        ("/counts/discovered", Value::from("many")),
        ("/findings/0/line", Value::from(-1)),
        ("/findings/0/path", Value::Null),
        ("/verdict", Value::from("perhaps")),
        ("/schema", Value::from("solely/check/2")),
        ("/findings/0/severity", Value::from("fatal")),
        ("/findings/0/context", Value::from("elsewhere")),
    ] {
        let mut changed = document.clone();
        *changed.pointer_mut(pointer).expect(pointer) = wrong;
        assert!(!faults(&schema, &changed).is_empty(), "{pointer}");
    }
}

#[test]
fn the_command_prints_the_file() {
    let output = solely(&["schema", "removed"]);
    assert_eq!(stdout(&output), std::fs::read_to_string(file("removed")).unwrap());
    assert_eq!(solely(&["schema", "nothing"]).status.code(), Some(2));
}
