//! The shape of a policy file: keys, types and fixed choices, checked against the schema.
//!
//! serde stops at the first thing it does not like. This walk reports all of them, each with its span, and takes out
//! what is wrong, so that the rest of the file can still be validated: a wrong optional key costs that key, a wrong or
//! missing required one the table that it stands in. Absent on purpose: a general JSON Schema
//! validator; only the words that the raw types produce are understood.

use super::error::{PolicyError, PolicyText};
use serde_json::Value;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Checks a table against the schema. Keys and list entries that are wrong are reported and taken out.
///
/// `prefix` is what stands before the names of tables: empty, or `tool.solely.` in a `pyproject.toml`.
pub(super) fn check(table: &mut Spanned<DeTable>, schema: &Value, prefix: &str, text: &PolicyText) -> Vec<PolicyError> {
    let mut shape = Shape { text, prefix, errors: Vec::new() };
    let span = table.span();
    shape.table(table.get_mut(), span, schema, Owner::Top);
    shape.errors
}

/// What a key or a value belongs to, for messages.
#[derive(Clone, Copy)]
enum Owner<'a> {
    Top,
    Table(&'a str),
    /// An entry of an array.
    Entry(&'a str),
}

struct Shape<'a> {
    text: &'a PolicyText,
    prefix: &'a str,
    errors: Vec<PolicyError>,
}

impl Shape<'_> {
    /// Whether every required key is there and right.
    fn table(&mut self, table: &mut DeTable, span: Range<usize>, schema: &Value, owner: Owner) -> bool {
        let legal: Vec<&str> = properties(schema).map(|(key, _)| key).collect();
        let entries = schema.get("additionalProperties").filter(|entries| entries.is_object());
        let mut written = Vec::new();
        let mut kept = Vec::new();
        for (key, mut value) in std::mem::take(table) {
            let name = key.get_ref().to_string();
            match property(schema, &name).or(entries) {
                Some(schema) if self.value(&mut value, schema, &name, Owner::Table(&name)) => kept.push((key, value)),
                Some(_) => {}
                None => {
                    let message = format!("unknown key `{name}` {}", self.inside(owner));
                    self.errors.push(self.text.error(key.span(), message).with_choices(&name, &legal));
                }
            }
            written.push(name);
        }
        table.extend(kept);
        let mut is_whole = true;
        for key in required(schema) {
            if !written.iter().any(|name| name == key) {
                self.errors.push(self.missing(key, span.clone(), schema, owner));
            }
            is_whole &= table.contains_key(key);
        }
        is_whole
    }

    /// Whether the value may stay.
    fn value(&mut self, value: &mut Spanned<DeValue>, schema: &Value, key: &str, owner: Owner) -> bool {
        let Some(schema) = alternatives(schema).into_iter().find(|schema| has_type(value.get_ref(), schema)) else {
            self.errors.push(self.wrong_type(value, schema, key, owner));
            return false;
        };
        let span = value.span();
        match value.get_mut() {
            DeValue::Array(items) => {
                let mut kept = Vec::new();
                for mut item in std::mem::replace(items, DeArray::new()) {
                    if self.value(&mut item, &schema["items"], key, Owner::Entry(key)) {
                        kept.push(item);
                    }
                }
                *items = kept.into_iter().collect();
                true
            }
            DeValue::Table(table) => self.table(table, span, schema, owner),
            DeValue::String(text) => {
                let choices = choices(schema);
                let is_legal = choices.is_empty() || choices.contains(&text.as_ref());
                if !is_legal {
                    let message = format!("unknown value `{text}` for `{key}`");
                    self.errors.push(self.text.error(span, message).with_choices(text, &choices));
                }
                is_legal
            }
            DeValue::Integer(number) => {
                let text = number.to_string();
                let is_legal = schema.get("minimum").is_none() || text.parse::<u32>().is_ok();
                if !is_legal {
                    let error = self.text.error(span, format!("`{text}` is out of range for `{key}`"));
                    self.errors.push(error.with_help(format!("write a whole number from 0 to {}", u32::MAX)));
                }
                is_legal
            }
            _ => true,
        }
    }

    fn missing(&self, key: &str, span: Range<usize>, schema: &Value, owner: Owner) -> PolicyError {
        let error = self.text.error(span, format!("missing key `{key}` {}", self.inside(owner)));
        let property = property(schema, key).unwrap_or(&Value::Null);
        let value = if has_items(property) { "[\"…\"]" } else { "\"…\"" };
        let Some(description) = property["description"].as_str() else {
            return error.with_help(format!("add `{key} = {value}`"));
        };
        error.with_help(format!("add `{key} = {value}`: {}", as_clause(description)))
    }

    fn wrong_type(&self, value: &Spanned<DeValue>, schema: &Value, key: &str, owner: Owner) -> PolicyError {
        let expected = describe(schema);
        let found = found(value.get_ref());
        let message = match owner {
            Owner::Entry(_) => format!("expected {expected} in `{key}`, found {found}"),
            _ => format!("expected {expected} for `{key}`, found {found}"),
        };
        let error = self.text.error(value.span(), message);
        let written = self.text.excerpt(&value.span()).unwrap_or("…");
        let name = format!("{}{key}", self.prefix);
        match (value.get_ref(), schema) {
            (DeValue::Table(_), schema) if has_items(schema) && is_table(&schema["items"]) => {
                error.with_help(format!("write the header with two brackets: `[[{name}]]`"))
            }
            (DeValue::Array(_), schema) if is_table(schema) && matches!(owner, Owner::Table(_)) => {
                error.with_help(format!("write the header with one pair of brackets: `[{name}]`"))
            }
            (single, schema) if has_items(schema) && has_type(single, &schema["items"]) => {
                error.with_help(format!("write it as a list: `{key} = [{written}]`"))
            }
            (DeValue::Array(_), schema) if schema["type"] == "string" => {
                error.with_help(format!("write one text: `{key} = \"…\"`"))
            }
            (_, schema) if matches!(owner, Owner::Entry(_)) && required(schema).next().is_some() => {
                let keys: Vec<_> = required(schema).map(|key| format!("{key} = …")).collect();
                error.with_help(format!("write a table: `{{ {} }}`", keys.join(", ")))
            }
            (_, schema) if alternatives(schema).into_iter().any(|schema| !choices(schema).is_empty()) => {
                let choices: Vec<_> = alternatives(schema).into_iter().flat_map(choices).collect();
                error.with_choices(written, &choices)
            }
            (DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_), schema) if schema["type"] == "string" => {
                error.with_help(format!("put it in quotes: `\"{written}\"`"))
            }
            (DeValue::String(text), schema) if schema["type"] == "boolean" && matches!(&**text, "true" | "false") => {
                error.with_help(format!("write it without quotes: `{key} = {text}`"))
            }
            _ => error,
        }
    }

    fn inside(&self, owner: Owner) -> String {
        match owner {
            Owner::Top if self.prefix.is_empty() => "at the top level".to_string(),
            Owner::Top => format!("in `[{}]`", self.prefix.trim_end_matches('.')),
            Owner::Table(name @ ("project" | "removal")) => format!("in `[{}{name}]`", self.prefix),
            Owner::Table(name) => format!("in `{name}`"),
            Owner::Entry(name @ ("allow" | "examples")) => format!("in an entry of `{name}`"),
            Owner::Entry(name) => format!("in `[[{}{name}]]`", self.prefix),
        }
    }
}

fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    schema["properties"].as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn property<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    schema["properties"].get(key)
}

fn required(schema: &Value) -> impl Iterator<Item = &str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn has_items(schema: &Value) -> bool {
    schema["type"] == "array"
}

fn is_table(schema: &Value) -> bool {
    schema["type"] == "object"
}

/// The schemas of which one must hold: those of an `anyOf`, else the schema itself.
fn alternatives(schema: &Value) -> Vec<&Value> {
    schema["anyOf"].as_array().map_or_else(|| vec![schema], |choices| choices.iter().collect())
}

/// The texts that are legal, if they are a fixed list.
fn choices(schema: &Value) -> Vec<&str> {
    let mut texts = Vec::new();
    for choice in schema["oneOf"].as_array().into_iter().flatten() {
        texts.extend(choice["const"].as_str());
        texts.extend(choice["enum"].as_array().into_iter().flatten().filter_map(Value::as_str));
    }
    texts.extend(schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str));
    texts
}

fn type_name(schema: &Value) -> &str {
    if choices(schema).is_empty() { schema["type"].as_str().unwrap_or("") } else { "string" }
}

fn has_type(value: &DeValue, schema: &Value) -> bool {
    match (value, type_name(schema)) {
        (DeValue::Datetime(_), "string") => schema["format"] == "date",
        (DeValue::String(_), "string")
        | (DeValue::Integer(_), "integer" | "number")
        | (DeValue::Float(_), "number")
        | (DeValue::Boolean(_), "boolean")
        | (DeValue::Array(_), "array")
        | (DeValue::Table(_), "object") => true,
        _ => false,
    }
}

/// "a string", "an array of tables", "a string or a table".
fn describe(schema: &Value) -> String {
    let mut words = Vec::new();
    for schema in alternatives(schema) {
        words.push(match type_name(schema) {
            "string" if schema["format"] == "date" => "a date".to_string(),
            "string" => "a string".to_string(),
            "integer" => "a whole number".to_string(),
            "number" => "a number".to_string(),
            "boolean" => "`true` or `false`".to_string(),
            "array" if is_table(&schema["items"]) => "an array of tables".to_string(),
            "array" => "an array of strings".to_string(),
            _ => "a table".to_string(),
        });
    }
    words.join(" or ")
}

fn found(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

/// A sentence as the end of another: no capital, no final dot.
fn as_clause(sentence: &str) -> String {
    let mut chars = sentence.trim_end_matches('.').chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
