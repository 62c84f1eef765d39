//! The shape of a record: whether it keeps to the published JSON Schema.
//!
//! Only the words that the schema of the record uses are understood (`type`, `enum`, `const`, `properties`, `required`,
//! `items`, `anyOf`, `allOf`).
//! Invariant: nesting is bounded by the schema, not by the record. Absent on purpose: a general validator.

use serde_json::Value;

/// Every place at which a value does not keep to a schema: pointer and reason.
pub fn faults(value: &Value, schema: &Value) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    check(value, schema, &mut String::new(), &mut faults);
    faults
}

fn check(value: &Value, schema: &Value, pointer: &mut String, faults: &mut Vec<(String, String)>) {
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
                    pointer.push_str(key);
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
        ("integer", Value::Number(number)) => number.is_i64() || number.is_u64(),
        _ => false,
    };
    match kind {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}
