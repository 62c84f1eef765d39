//! Words: numbers and nouns as people read them, in conclusions and in reports.
//!
//! Absent on purpose: whole sentences; those belong to the stage that concludes.

/// `1,234`: a number for people.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `2 files`.
pub fn counted(number: u64, noun: &str) -> String {
    let plural = match noun {
        _ if number == 1 => "",
        _ if noun.ends_with('s') => "es",
        _ => "s",
    };
    format!("{} {noun}{plural}", grouped(number))
}

/// `5 more files`.
pub fn more(number: u64, noun: &str) -> String {
    counted(number, &format!("more {noun}"))
}

/// When a reference behind a guard fails.
pub fn guarded(guard: &'static str) -> &'static str {
    match guard {
        "function" => "when its function runs",
        "import-error" => "guarded against an import error",
        "attribute-error" => "guarded against an attribute error",
        "exception" => "inside a handler for every exception",
        "type-checking" => "for type checkers alone",
        _ => "under a condition",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(14_352), "14,352");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!((counted(1, "file"), counted(2, "file")), ("1 file".into(), "2 files".into()));
        assert_eq!((more(1, "class"), more(2_000, "class")), ("1 more class".into(), "2,000 more classes".into()));
    }
}
