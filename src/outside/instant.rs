//! Times inside evidence.
//!
//! Invariant: a time without a zone counts as UTC, which is said in the documentation. Absent on purpose: the clock.

use regex::Regex;
use std::sync::LazyLock;

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,]\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})?")
        .expect("a constant pattern")
});

/// The first time in a text, in seconds since 1970.
pub fn find(text: &str) -> Option<i64> {
    let captures = TIME.captures(text)?;
    let zone = match captures.get(3).map_or("Z", |zone| zone.as_str()) {
        "Z" => "Z".to_owned(),
        zone if zone.contains(':') => zone.to_owned(),
        zone => format!("{}:{}", &zone[..3], &zone[3..]),
    };
    let text = format!("{}T{}{zone}", &captures[1], &captures[2]);
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// `2025-09-11T22:23:19Z`.
pub fn show(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_in_lines() {
        let at = |text| find(text).map(show);
        assert_eq!(at("2025-09-11 22:23:19,123 INFO x").as_deref(), Some("2025-09-11T22:23:19Z"));
        assert_eq!(at("[2025-09-11T15:23:19.5-0700] x").as_deref(), Some("2025-09-11T22:23:19Z"));
        assert_eq!(at("22:23:19 x"), None);
        assert_eq!(at("2025-99-11T22:23:19Z"), None);
    }
}
