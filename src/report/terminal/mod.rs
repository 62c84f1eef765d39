//! The `terminal` format: for people, in a terminal or a log.
//!
//! Order: what is wrong, then what could not be seen, then the summary, because a terminal is read from the bottom.
//! Invariant: whatever is left out to be short is counted where it is left out. Absent on purpose: anything that the
//! machine formats do not also say.

mod check;
mod duplicates;
mod refs;
mod removed;
mod sight;

use super::FormatSpec;

pub const SPEC: FormatSpec = FormatSpec {
    check: Some(check::render),
    refs: Some(refs::render),
    removed: Some(removed::render),
    duplicates: Some(duplicates::render),
    ..FormatSpec::new("terminal", "for people: code frames and a summary")
};

/// `1,234`: a number for people.
fn grouped(number: u64) -> String {
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
fn counted(number: u64, noun: &str) -> String {
    let plural = match noun {
        _ if number == 1 => "",
        _ if noun.ends_with('s') => "es",
        _ => "s",
    };
    format!("{} {noun}{plural}", grouped(number))
}

/// The last name of a symbol: `run` of `pkg.mod:Class.run`.
fn last_name(symbol: &str) -> &str {
    symbol.rsplit(['.', ':']).next().unwrap_or(symbol)
}

/// Divides room among askers: nobody gets more than they ask for, and what some leave the others share.
fn shares(room: Option<usize>, asked: &[usize]) -> Vec<usize> {
    let Some(mut room) = room else { return asked.to_vec() };
    let mut given = vec![0; asked.len()];
    loop {
        let hungry: Vec<usize> = (0..asked.len()).filter(|&i| given[i] < asked[i]).collect();
        if hungry.is_empty() || room == 0 {
            return given;
        }
        let each = (room / hungry.len()).max(1);
        for i in hungry {
            let more = each.min(asked[i] - given[i]).min(room);
            given[i] += more;
            room -= more;
        }
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
    }

    #[test]
    fn room_is_shared_and_not_wasted() {
        assert_eq!(shares(Some(20), &[100, 3, 100]), [9, 3, 8]);
        assert_eq!(shares(Some(2), &[5, 5, 5]), [1, 1, 0]);
        assert_eq!(shares(None, &[5, 0]), [5, 0]);
        assert_eq!(shares(Some(20), &[]), [0; 0]);
    }
}
