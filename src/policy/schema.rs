//! The JSON Schema of a policy, derived from the raw types.
//!
//! Invariant: the schema that is printed is the one that `shape` checks a file against, so the two cannot disagree.
//! Absent on purpose: what a schema cannot say (globs, symbols, unique ids); that is `validate`.

use super::raw::RawPolicy;
use serde_json::Value;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let settings =
        schemars::generate::SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<RawPolicy>().to_value();
    simplify(&mut schema);
    schema
});

/// The schema, in draft 2020-12, without references.
pub fn schema() -> &'static Value {
    &SCHEMA
}

/// The schema as text for editors.
pub fn schema_text() -> String {
    format!("{:#}\n", *SCHEMA)
}

/// Makes plain what the generator derives from Rust.
///
/// TOML has no null: an optional key is absent. So `["string", "null"]` is `"string"`, and a choice between
/// something and null is that something. The line breaks of a doc comment mean nothing in a description.
fn simplify(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(simplify),
        Value::Object(object) => {
            object.retain(|key, value| key != "default" || is_said(value));
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_string(), only);
                }
            }
            if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
                choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
                if choices.len() == 1
                    && let Some(Value::Object(only)) = choices.pop()
                {
                    object.remove("anyOf");
                    for (key, value) in only {
                        object.entry(key).or_insert(value);
                    }
                }
            }
            if let Some(Value::Array(values)) = object.get_mut("enum") {
                values.retain(|value| !value.is_null());
            }
            if let Some(Value::String(description)) = object.get_mut("description") {
                *description = description.replace('\n', " ");
            }
            object.values_mut().for_each(simplify);
        }
        _ => {}
    }
}

/// Whether a default says something: neither null nor a table of nulls.
fn is_said(default: &Value) -> bool {
    match default {
        Value::Object(object) => object.values().any(is_said),
        default => !default.is_null(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of a table of the schema, by the path of keys that leads to it.
    fn keys(path: &[&str]) -> Vec<String> {
        let mut at = schema();
        for key in path {
            at = &at["properties"][key];
            at = at.get("items").unwrap_or(at);
        }
        assert_eq!(at["additionalProperties"], false, "{path:?} accepts unknown keys");
        at["properties"].as_object().expect("a table").keys().cloned().collect()
    }

    #[test]
    fn the_schema_names_every_key() {
        let common = ["examples", "id", "issue", "severity", "summary"];
        let with = |own: &[&str]| {
            let mut all: Vec<_> = common.iter().chain(own).map(|key| key.to_string()).collect();
            all.sort();
            all
        };
        assert_eq!(
            keys(&[]),
            [
                "dangling-reference",
                "disable",
                "duplicates",
                "evidence",
                "extends",
                "family",
                "intentional-duplicate",
                "legacy",
                "only-through",
                "project",
                "removal",
                "single-source"
            ]
        );
        assert_eq!(keys(&["project"]), ["entry-points", "exclude", "include", "roots", "tests"]);
        assert_eq!(keys(&["legacy"]), with(&["flags", "remove-by", "require", "successor", "symbols", "unwired"]));
        assert_eq!(keys(&["family"]), with(&["beside-successor", "deprecated", "except", "names", "query"]));
        assert_eq!(keys(&["dangling-reference"]), with(&[]));
        assert_eq!(keys(&["only-through"]), with(&["allow", "calls", "through", "within"]));
        assert_eq!(keys(&["only-through", "allow"]), ["path", "reason"]);
        let own = ["allow", "contexts", "disagreeing", "kinds", "min-lines", "paths"];
        assert_eq!(keys(&["duplicates"]), with(&own));
        assert_eq!(keys(&["single-source"]), with(&["allow", "canonical", "rivals"]));
        assert_eq!(keys(&["intentional-duplicate"]), ["copies", "id", "owner", "reason", "until"]);
        assert_eq!(keys(&["legacy", "examples"]), ["findings", "match", "no-match"]);
    }

    #[test]
    fn the_schema_is_2020_12_and_knows_no_null() {
        let text = schema_text();
        assert!(text.contains("https://json-schema.org/draft/2020-12/schema"), "{text}");
        assert!(!text.contains("null"), "{text}");
        assert!(!text.contains("Raw"), "{text}");
    }

    #[test]
    fn every_key_is_explained() {
        fn walk(schema: &Value, path: &str) {
            for (key, property) in schema["properties"].as_object().into_iter().flatten() {
                // The contexts of `require` and the lists themselves say enough by their names.
                let explained = property.get("description").is_some() || path.ends_with("require") || key == "project";
                assert!(explained, "{path}.{key} has no description");
                walk(property, &format!("{path}.{key}"));
                walk(&property["items"], &format!("{path}.{key}"));
            }
        }
        walk(schema(), "");
    }
}
