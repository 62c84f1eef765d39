//! The `terminal` format: for people, in a terminal or a log.
//!
//! Order: what is wrong, then what could not be seen, then the summary, because a terminal is read from the bottom.
//! Invariant: whatever is left out to be short is counted where it is left out. Absent on purpose: anything that the
//! machine formats do not also say.

mod audit;
mod check;
mod doctor;
mod duplicates;
mod explain;
mod plan;
mod refs;
mod removed;
mod sight;
mod trend;
mod verify;

use super::FormatSpec;
use crate::words::{counted, grouped};

pub const SPEC: FormatSpec = FormatSpec {
    check: Some(check::render),
    refs: Some(refs::render),
    plan: Some(plan::render),
    explain: Some(explain::render),
    removed: Some(removed::render),
    duplicates: Some(duplicates::render),
    audit: Some(audit::render),
    verify: Some(verify::render),
    trend: Some(trend::render),
    doctor: Some(doctor::render),
    ..FormatSpec::new("terminal", "for people: code frames and a summary")
};

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
    fn room_is_shared_and_not_wasted() {
        assert_eq!(shares(Some(20), &[100, 3, 100]), [9, 3, 8]);
        assert_eq!(shares(Some(2), &[5, 5, 5]), [1, 1, 0]);
        assert_eq!(shares(None, &[5, 0]), [5, 0]);
        assert_eq!(shares(Some(20), &[]), [0; 0]);
    }
}
