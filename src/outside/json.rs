//! JSON documents: values by pointer (RFC 6901), equal or compared.
//!
//! Invariant: a pointer that leads nowhere is no pass and no fail but incomplete, since nothing was measured. Absent on
//! purpose: expressions; a pointer and a value say enough to check a health endpoint.

use super::{OutsideCheck, instant, met, missing};
use crate::policy::{Expected, JsonDemand};
use serde_json::Value;

pub(super) fn judge(demand: &JsonDemand, texts: &[(String, Vec<u8>)], checks: &mut Vec<OutsideCheck>) -> Vec<Value> {
    let mut documents = Vec::new();
    for (path, bytes) in texts {
        match serde_json::from_slice::<Value>(bytes) {
            Ok(document) => documents.push(document),
            Err(why) => {
                checks.push(missing(format!("`{path}` is JSON"), why.to_string()));
                continue;
            }
        }
        let Some(document) = documents.last() else { continue };
        for (pointer, expected) in &demand.expect {
            let what = format!("`{pointer}` of `{path}` is {expected}");
            let Some(value) = document.pointer(pointer) else {
                checks.push(missing(what, "the document has no such value".into()));
                continue;
            };
            let is_met = match expected {
                Expected::Text(text) => value.as_str() == Some(text),
                Expected::Truth(truth) => value.as_bool() == Some(*truth),
                Expected::Number(number) => value.as_f64() == Some(*number),
                Expected::Compare(operator, number) => match value.as_f64() {
                    Some(value) => operator.holds(value, *number),
                    None => false,
                },
            };
            let shown: String = value.to_string().chars().take(120).collect();
            checks.push(met(what, is_met, format!("it is {shown}")));
        }
    }
    documents
}

/// The latest time under a key that names one, near the top of a document.
pub(super) fn latest(document: &Value) -> Option<i64> {
    let is_time = |key: &str| {
        let key = key.to_ascii_lowercase();
        ["timestamp", "time", "date", "datetime", "created_at", "updated_at", "checked_at", "generated_at"]
            .contains(&key.as_str())
    };
    let Value::Object(object) = document else { return None };
    let own = object.iter().filter(|(key, _)| is_time(key)).filter_map(|(_, value)| match value {
        Value::String(text) => instant::find(text),
        Value::Number(number) => number.as_f64().map(|it| if it > 1e11 { it / 1000.0 } else { it } as i64),
        _ => None,
    });
    let inner = object.values().filter_map(|value| match value {
        Value::Object(inner) => {
            let times = inner
                .iter()
                .filter(|(key, _)| is_time(key))
                .filter_map(|(_, value)| value.as_str().and_then(instant::find));
            times.max()
        }
        _ => None,
    });
    own.chain(inner).max()
}
