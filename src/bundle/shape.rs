//! The shape of a record: whether it keeps to the published JSON Schema.
//!
//! Only the words that the schema of the record uses are understood (`type`, `enum`, `const`, `minimum`, `maximum`,
//! `properties`, `additionalProperties`, `required`, `items`, `anyOf`, `allOf`); a test holds that it uses no other, and
//! another that an independent validator finds the same faults.
//! Invariant: nesting is bounded by the schema, not by the record. Absent on purpose: a general validator.

use serde_json::Value;

/// Every place at which a value does not keep to a schema: pointer and reason.
pub fn faults(value: &Value, schema: &Value) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    check(value, schema, &mut String::new(), &mut faults);
    faults
}

fn check(value: &Value, schema: &Value, pointer: &mut String, faults: &mut Vec<(String, String)>) {
    if *schema == Value::Bool(false) {
        faults.push((pointer.clone(), "has no place here".into()));
        return;
    }
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
        let fits = |choice: &Value| {
            let mut inner = Vec::new();
            check(value, choice, &mut pointer.clone(), &mut inner);
            inner.is_empty()
        };
        if !choices.iter().any(fits) {
            faults.push((pointer.clone(), "fits none of the forms that are legal here".into()));
        }
        return;
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        check(value, part, pointer, faults);
    }
    if let Some(kind) = schema.get("type")
        && !has_type(value, kind)
    {
        faults.push((pointer.clone(), format!("is not {kind}")));
        return;
    }
    let is_listed = |key: &str| schema.get(key).and_then(Value::as_array).is_none_or(|legal| legal.contains(value));
    if !is_listed("enum") || schema.get("const").is_some_and(|only| only != value) {
        faults.push((pointer.clone(), "is none of the values that are legal here".into()));
    }
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    if let Some(number) = value.as_f64()
        && (bound("minimum").is_some_and(|least| number < least) || bound("maximum").is_some_and(|most| number > most))
    {
        faults.push((pointer.clone(), "is outside of the bounds that are legal here".into()));
    }
    match value {
        Value::Object(object) => {
            for key in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
            {
                if !object.contains_key(key) {
                    faults.push((pointer.clone(), format!("`{key}` is missing")));
                }
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            let others = schema.get("additionalProperties");
            for (key, inner) in object {
                let schema = properties.and_then(|properties| properties.get(key)).or(others);
                if let Some(schema) = schema {
                    let length = pointer.len();
                    pointer.push('/');
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    check(inner, schema, pointer, faults);
                    pointer.truncate(length);
                }
            }
        }
        Value::Array(items) => {
            let Some(schema) = schema.get("items") else { return };
            for (at, inner) in items.iter().enumerate() {
                let length = pointer.len();
                pointer.push_str(&format!("/{at}"));
                check(inner, schema, pointer, faults);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

fn has_type(value: &Value, kind: &Value) -> bool {
    let is = |name: &str| match (name, value) {
        ("null", Value::Null) | ("boolean", Value::Bool(_)) | ("string", Value::String(_)) => true,
        ("array", Value::Array(_)) | ("object", Value::Object(_)) | ("number", Value::Number(_)) => true,
        // 1.0 is an integer too
        ("integer", Value::Number(number)) => number.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => false,
    };
    match kind {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::SCHEMAS;
    use proptest::prelude::*;
    use serde_json::json;

    fn audit_schema() -> Value {
        let published = SCHEMAS.iter().find(|schema| schema.name == "audit").unwrap();
        serde_json::from_str(&published.text()).unwrap()
    }

    /// Every word of a schema that stands where a validator looks for one.
    fn words(schema: &Value, found: &mut std::collections::BTreeSet<String>) {
        let Value::Object(object) = schema else { return };
        for (word, inner) in object {
            found.insert(word.clone());
            match (word.as_str(), inner) {
                ("properties", Value::Object(inner)) => inner.values().for_each(|inner| words(inner, found)),
                ("anyOf" | "allOf", Value::Array(inner)) => inner.iter().for_each(|inner| words(inner, found)),
                ("enum" | "const", _) => {}
                (_, inner) => words(inner, found),
            }
        }
    }

    #[test]
    fn the_schema_of_the_record_uses_no_word_that_is_not_understood() {
        let mut found = Default::default();
        words(&audit_schema(), &mut found);
        let understood = "type enum const minimum maximum properties additionalProperties required items anyOf allOf";
        let silent = "$id $schema title description format default";
        for word in found {
            assert!(understood.split(' ').chain(silent.split(' ')).any(|known| known == word), "{word}");
        }
    }

    /// A schema of every word that is understood.
    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["kind"],
            "properties": {
                "kind": {"const": "audit"},
                "verdict": {"type": "string", "enum": ["pass", "fail", "incomplete"]},
                "count": {"type": "integer", "minimum": 0, "maximum": 100},
                "list": {"type": "array", "items": {"anyOf": [{"type": "null"}, {"type": "string"}]}},
                "closed": {"type": "object", "properties": {"a": {}}, "additionalProperties": false},
                "both": {"allOf": [{"type": ["integer", "null"]}, {"minimum": 3}]},
                "map": {"type": "object", "additionalProperties": {"type": "boolean"}},
            },
        })
    }

    fn leaf() -> impl Strategy<Value = Value> {
        prop_oneof![
            prop::sample::select(vec![
                json!(null),
                json!(true),
                json!("audit"),
                json!("pass"),
                json!("none"),
                json!(0),
                json!(-1),
                json!(100),
                json!(101),
                json!(3.0),
                json!(2.5),
                json!({}),
                json!({"a": 1}),
                json!({"b": 1}),
                json!({"a/b": true}),
            ]),
            prop::collection::vec(prop::sample::select(vec![json!(null), json!("x"), json!(1)]), 0..3)
                .prop_map(Value::from),
        ]
    }

    proptest! {
        #[test]
        fn another_validator_finds_the_same(
            fields in prop::collection::btree_map(
                prop::sample::select(vec!["kind", "verdict", "count", "list", "closed", "both", "map", "more"]), leaf(), 0..8,
            ),
        ) {
            let schema = schema();
            let value: Value = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<serde_json::Map<_, _>>().into();
            let independent = jsonschema::draft202012::new(&schema).unwrap();
            let own = faults(&value, &schema);
            prop_assert_eq!(own.is_empty(), independent.is_valid(&value), "{} {:?}", value, own);
        }
    }
}
