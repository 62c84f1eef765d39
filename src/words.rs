//! Words: numbers and nouns as people read them, in conclusions and in reports, and verbs that undo one another.
//!
//! Absent on purpose: whole sentences; those belong to the stage that concludes.

use std::borrow::Cow;

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

/// A text of at most so many characters, and `…` where some are left out.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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

/// Words of which one undoes or mirrors the other, as they stand in names.
const OPPOSITES: &[(&str, &str)] = &[
    ("add", "remove"),
    ("add", "delete"),
    ("add", "subtract"),
    ("insert", "delete"),
    ("insert", "remove"),
    ("create", "delete"),
    ("create", "destroy"),
    ("create", "drop"),
    ("create", "remove"),
    ("put", "delete"),
    ("post", "delete"),
    ("get", "delete"),
    ("get", "post"),
    ("get", "put"),
    ("get", "set"),
    ("set", "unset"),
    ("set", "clear"),
    ("set", "reset"),
    ("load", "save"),
    ("load", "dump"),
    ("load", "unload"),
    ("load", "store"),
    ("read", "write"),
    ("open", "close"),
    ("start", "stop"),
    ("start", "end"),
    ("begin", "end"),
    ("start", "finish"),
    ("pause", "resume"),
    ("suspend", "resume"),
    ("enable", "disable"),
    ("activate", "deactivate"),
    ("lock", "unlock"),
    ("acquire", "release"),
    ("allocate", "deallocate"),
    ("push", "pop"),
    ("push", "pull"),
    ("send", "receive"),
    ("encode", "decode"),
    ("encrypt", "decrypt"),
    ("pack", "unpack"),
    ("compress", "decompress"),
    ("serialize", "deserialize"),
    ("marshal", "unmarshal"),
    ("attach", "detach"),
    ("bind", "unbind"),
    ("connect", "disconnect"),
    ("join", "leave"),
    ("join", "split"),
    ("mount", "unmount"),
    ("register", "unregister"),
    ("register", "deregister"),
    ("subscribe", "unsubscribe"),
    ("install", "uninstall"),
    ("publish", "unpublish"),
    ("archive", "unarchive"),
    ("archive", "restore"),
    ("backup", "restore"),
    ("import", "export"),
    ("upload", "download"),
    ("upgrade", "downgrade"),
    ("apply", "revert"),
    ("commit", "rollback"),
    ("grant", "revoke"),
    ("allow", "deny"),
    ("accept", "reject"),
    ("approve", "reject"),
    ("include", "exclude"),
    ("show", "hide"),
    ("expand", "collapse"),
    ("increment", "decrement"),
    ("increase", "decrease"),
    ("forward", "backward"),
    ("forwards", "backwards"),
    ("next", "previous"),
    ("next", "prev"),
    ("before", "after"),
    ("pre", "post"),
    ("first", "last"),
    ("up", "down"),
    ("left", "right"),
    ("forward", "reverse"),
    ("in", "out"),
    ("input", "output"),
    ("on", "off"),
    ("min", "max"),
    ("minimum", "maximum"),
    ("lower", "upper"),
    ("source", "target"),
    ("source", "destination"),
    ("request", "response"),
    ("success", "failure"),
    ("client", "server"),
    ("agent", "head"),
    ("worker", "scheduler"),
    ("worker", "master"),
    ("publisher", "subscriber"),
    ("producer", "consumer"),
    ("sender", "receiver"),
    ("reader", "writer"),
    ("frontend", "backend"),
    ("parent", "child"),
    ("and", "or"),
];

/// Whether one of two words, in lower case, undoes or mirrors the other: `add` and `remove`, `min` and `max`.
pub fn are_opposite(a: &str, b: &str) -> bool {
    OPPOSITES.iter().any(|pair| *pair == (a, b) || *pair == (b, a))
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

    #[test]
    fn opposites_have_no_order() {
        assert!(are_opposite("add", "remove") && are_opposite("remove", "add"));
        assert!(!are_opposite("add", "add") && !are_opposite("add", "append"));
        assert!(OPPOSITES.iter().all(|(a, b)| a != b && *a == a.to_lowercase() && *b == b.to_lowercase()));
    }
}
