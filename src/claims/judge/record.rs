//! What a report says of a run behind a label, held against JSON documents: `Build status: build 1b15e3db SUCCESS`.
//!
//! Invariant: it holds only where every word of it is accounted for beside the label, as a value, a key or a unit.
//! Absent on purpose: guesses about keys of another name.

use super::outside::{Held, plain_text, scalars};
use serde_json::Value;

/// Words that tell no value: units, and what joins.
const PLAIN: &[&str] = &["s", "ms", "sec", "seconds", "second", "of", "the", "in", "at", "is", "was", "and", "with"];

/// A value of a document whose key is the label.
struct Labelled<'v> {
    pointer: String,
    value: &'v Value,
    /// The value itself, or, of a single one, the object that it stands in.
    around: &'v Value,
}

/// Whether what is said holds, and why; `None` where no document has the label.
pub(super) fn compare(label: &[String], said: &[String], documents: &[Value]) -> Option<(Held, String)> {
    let mut found = Vec::new();
    for document in documents {
        find(document, document, &mut Vec::new(), label, &mut found);
    }
    let it = found.into_iter().min_by_key(|it| it.pointer.matches('/').count())?;
    let mut values: Vec<(String, String)> = Vec::new();
    scalars(it.around, &mut String::new(), 0, &mut |pointer, text| values.push((pointer.to_owned(), text)));
    let is_value = |word: &&String| values.iter().any(|(_, text)| is_same(word, text));
    let is_plain = |word: &&String| {
        let is_key = values.iter().any(|(pointer, _)| words(pointer).contains(*word));
        label.contains(word) || PLAIN.contains(&word.as_str()) || is_key
    };
    let pointer = &it.pointer;
    if !it.value.is_object() && !it.value.is_array() {
        let own = plain_text(it.value);
        if !said.iter().any(|word| is_same(word, &own)) {
            let is_part = said.iter().any(|word| !is_plain(&word) && own.to_lowercase().contains(word.as_str()));
            let held = if is_part { Held::Open } else { Held::No };
            return Some((held, format!("`{pointer}` is `{own}`")));
        }
    }
    let has_numbers = values.iter().any(|(_, text)| text.parse::<f64>().is_ok());
    let is_number = |word: &&String| word.parse::<f64>().is_ok();
    if let Some(other) = said.iter().filter(is_number).find(|word| !is_value(word)).filter(|_| has_numbers) {
        return Some((Held::No, format!("`{pointer}` does not hold {other}")));
    }
    match said.iter().find(|word| !is_value(word) && !is_plain(word)) {
        Some(word) => Some((Held::Open, format!("`{pointer}` says nothing of `{word}`"))),
        None if said.iter().any(|word| is_value(&word)) => {
            let told: Vec<String> = said.iter().filter(is_value).map(|word| format!("`{word}`")).collect();
            Some((Held::Yes, format!("`{pointer}` holds {}", told.join(" and "))))
        }
        None => None,
    }
}

fn find<'v>(
    value: &'v Value,
    around: &'v Value,
    path: &mut Vec<String>,
    label: &[String],
    found: &mut Vec<Labelled<'v>>,
) {
    if path.len() > crate::outside::DEPTH_LIMIT {
        return;
    }
    let is_label = (0..path.len()).any(|from| path[from..].iter().flat_map(|key| words(key)).eq(label.iter().cloned()));
    if is_label {
        let is_whole = value.is_object() || value.is_array();
        let pointer = format!("/{}", path.join("/"));
        found.push(Labelled { pointer, value, around: if is_whole { value } else { around } });
    }
    let mut inner = |key: String, inner: &'v Value| {
        path.push(key);
        find(inner, value, path, label, found);
        path.pop();
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| inner(key.clone(), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| inner(at.to_string(), value)),
        _ => {}
    }
}

/// The words of a key or a pointer, in small letters: `build` and `status` of `/build_status` and `buildStatus`.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in key.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is a first word").extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_same(word: &str, text: &str) -> bool {
    match (word.parse::<f64>(), text.parse::<f64>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => word.eq_ignore_ascii_case(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_word_is_accounted_for() {
        let documents = [json!({
            "build": {"id": "1b15e3db", "status": "SUCCESS"},
            "service": {"revision": "shop-00447-9ms"},
            "orderInitialization": {"seconds": 0.536, "percent_of_startup": 10.7},
            "handler_instantiation": "SUCCESS",
        })];
        let held = |text: &str| {
            let (label, value) = text.split_once(':').unwrap();
            let value: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
            compare(&words(label), &value, &documents).map(|(held, _)| held)
        };
        assert_eq!(held("build status: build 1b15e3db success"), Some(Held::Yes));
        assert_eq!(held("build status: build 99 success"), Some(Held::Open));
        assert_eq!(held("build status: failure"), Some(Held::No));
        assert_eq!(held("service revision: shop-00447-9ms"), Some(Held::Yes));
        assert_eq!(held("service revision: shop-00447-9ms serving"), Some(Held::Open));
        assert_eq!(held("service revision: shop-00446"), Some(Held::No));
        assert_eq!(held("order initialization: 0.536 s 10.7 of startup"), Some(Held::Yes));
        assert_eq!(held("order initialization: 0.4 s"), Some(Held::No));
        assert_eq!(held("handler instantiation: success"), Some(Held::Yes));
        assert_eq!(held("message support: functional"), None);
    }
}
