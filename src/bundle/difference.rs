//! Differences: what a record says and what was derived again, place by place.
//!
//! Invariant: two values without a difference are equal. Lists of different lengths are compared as sets first, so that
//! one entry taken out is told as that entry and not as a shift of all behind it. Absent on purpose: a limit; whoever
//! shows differences decides how many.

use crate::words;
use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// A JSON pointer into the record.
    pub pointer: String,
    /// What the record says; `None` where it says nothing.
    pub recorded: Option<String>,
    /// What was derived; `None` where there is nothing.
    pub derived: Option<String>,
}

/// Every difference between a record and what was derived.
pub fn differences(recorded: &Value, derived: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(recorded, derived, &mut String::new(), &mut found);
    found
}

fn compare(recorded: &Value, derived: &Value, pointer: &mut String, found: &mut Vec<Difference>) {
    if recorded == derived {
        return;
    }
    match (recorded, derived) {
        (Value::Object(one), Value::Object(two)) => {
            for key in one.keys().chain(two.keys().filter(|key| !one.contains_key(*key))) {
                let key_text = key.replace('~', "~0").replace('/', "~1");
                within(pointer, &key_text, |pointer| match (one.get(key), two.get(key)) {
                    (Some(one), Some(two)) => compare(one, two, pointer, found),
                    (one, two) => found.push(difference(pointer, one, two)),
                });
            }
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            for (at, (one, two)) in one.iter().zip(two).enumerate() {
                within(pointer, &at.to_string(), |pointer| compare(one, two, pointer, found));
            }
        }
        (Value::Array(one), Value::Array(two)) => {
            let added = one.iter().enumerate().filter(|(_, it)| !two.contains(it));
            let missing = two.iter().enumerate().filter(|(_, it)| !one.contains(it));
            let before = found.len();
            for (at, value) in added {
                within(pointer, &at.to_string(), |pointer| found.push(difference(pointer, Some(value), None)));
            }
            for (at, value) in missing {
                within(pointer, &at.to_string(), |pointer| found.push(difference(pointer, None, Some(value))));
            }
            if found.len() == before {
                // the same entries, some of them more than once
                let count = |list: &Vec<Value>| Value::String(format!("{} entries", list.len()));
                found.push(difference(pointer, Some(&count(one)), Some(&count(two))));
            }
        }
        (one, two) => found.push(difference(pointer, Some(one), Some(two))),
    }
}

fn within(pointer: &mut String, part: &str, act: impl FnOnce(&mut String)) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(part);
    act(pointer);
    pointer.truncate(length);
}

fn difference(pointer: &str, recorded: Option<&Value>, derived: Option<&Value>) -> Difference {
    Difference { pointer: pointer.to_owned(), recorded: recorded.map(short), derived: derived.map(short) }
}

fn short(value: &Value) -> String {
    words::shortened(&value.to_string(), 200).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_entry_taken_out_is_that_entry() {
        let found = differences(&json!({"gaps": [1, 3], "a/b": 1}), &json!({"gaps": [1, 2, 3], "a/b": 2}));
        let pointers: Vec<&str> = found.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a~1b", "/gaps/1"]);
        assert_eq!((&found[1].recorded, &found[1].derived), (&None, &Some("2".into())));
        assert!(differences(&json!([1, 1]), &json!([1])).len() == 1);
        assert!(differences(&json!({"x": null}), &json!({})).len() == 1);
    }
}
