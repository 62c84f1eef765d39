//! Logs: plain lines, or one JSON object per line.
//!
//! A line's time is that of its `timestamp` (or a key like it), or the first time among its first 120 characters; a
//! line without one, as in a traceback, has that of the line before. Invariant: a window without lines is incomplete,
//! and so is a window over a log without times. Absent on purpose: levels; a pattern says what is an error.

use super::{OutsideCheck, instant, met, missing};
use crate::policy::LogDemand;
use serde_json::Value;

/// Keys under which JSON lines carry their time.
const TIME_KEYS: &[&str] = &["timestamp", "time", "@timestamp", "ts", "asctime", "datetime", "date"];

/// The lines inside the window.
#[derive(Clone, Debug, Default)]
pub struct Log {
    pub lines: Vec<String>,
    /// The latest time in the whole log, in seconds since 1970.
    pub latest: Option<i64>,
}

pub(super) fn judge(demand: &LogDemand, texts: &[(String, Vec<u8>)], checks: &mut Vec<OutsideCheck>) -> Log {
    let mut log = Log::default();
    let is_window = demand.from.is_some() || demand.to.is_some();
    let mut has_times = false;
    for (_, bytes) in texts {
        let mut time = None;
        for line in String::from_utf8_lossy(bytes).lines() {
            if line.trim().is_empty() {
                continue;
            }
            if let Some(own) = time_of(line) {
                time = Some(own);
                has_times = true;
                log.latest = log.latest.max(time);
            }
            let is_inside =
                |time: i64| demand.from.is_none_or(|from| from <= time) && demand.to.is_none_or(|to| time <= to);
            if !is_window || time.is_some_and(is_inside) {
                log.lines.push(text_of(line));
            }
        }
    }
    if texts.is_empty() {
        return log;
    }
    let what = if is_window { "holds lines inside the window" } else { "holds lines" };
    if log.lines.is_empty() {
        let why = match (is_window, has_times) {
            (true, false) => "no line has a time, so none is known to lie in the window",
            (true, true) => "no line lies in the window, and nothing seen is nothing proved",
            (false, _) => "it is empty, and nothing seen is nothing proved",
        };
        checks.push(missing(what.into(), why.into()));
        return log;
    }
    let count = log.lines.len();
    checks.push(met(what.into(), true, format!("{count} lines")));
    for pattern in &demand.forbid {
        let found: Vec<&String> = log.lines.iter().filter(|line| pattern.is_match(line)).collect();
        let detail = match found.first() {
            Some(first) => {
                format!("{} lines match, first: {}", found.len(), first.chars().take(160).collect::<String>())
            }
            None => format!("none of {count} lines matches"),
        };
        checks.push(met(format!("forbids `{pattern}`"), found.is_empty(), detail));
    }
    for pattern in &demand.require {
        let found = log.lines.iter().filter(|line| pattern.is_match(line)).count();
        checks.push(met(format!("requires `{pattern}`"), found > 0, format!("{found} of {count} lines match")));
    }
    log
}

fn time_of(line: &str) -> Option<i64> {
    if let Some(Value::Object(object)) = json(line) {
        return TIME_KEYS.iter().find_map(|key| match object.get(*key)? {
            Value::String(text) => instant::find(text),
            Value::Number(number) => {
                let number = number.as_f64()?;
                // milliseconds since 1970 are twelve digits and more
                Some(if number > 1e11 { number / 1000.0 } else { number } as i64)
            }
            _ => None,
        });
    }
    instant::find(&line.chars().take(120).collect::<String>())
}

/// What patterns are held against: a JSON line with its escapes read, so that `\u001b[36mname` is no other name.
fn text_of(line: &str) -> String {
    let plain = match json(line) {
        Some(Value::Object(object)) => {
            let texts = object.values().filter_map(Value::as_str);
            let joined = texts.collect::<Vec<_>>().join(" ");
            format!("{line} {joined}")
        }
        _ => line.to_owned(),
    };
    without_styles(&plain)
}

fn json(line: &str) -> Option<Value> {
    line.trim_start().starts_with('{').then(|| serde_json::from_str(line).ok()).flatten()
}

/// Without the escape sequences that colour a terminal.
fn without_styles(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '\u{1b}' && chars.peek() == Some(&'[') {
            for inner in chars.by_ref() {
                if inner.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            out.push(char);
        }
    }
    out
}
