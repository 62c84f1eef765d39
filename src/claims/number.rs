//! Numbers as people write them: `309`, `3,356`, `~200`, `400+`, `more than 12`.
//!
//! Invariant: a number holds for a value only within what its wording allows. An exact number holds for itself alone;
//! `~200` within a tenth; `400+` from 400 to half as much again, since a value far above it was hardly meant. Absent on
//! purpose: words (`three`), and what the number counts.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    Exact,
    /// `~200`, `about 200`, `roughly 200`.
    About,
    /// `400+`, `more than 400`, `over 400`, `at least 400`.
    AtLeast,
    /// `up to 30`, `at most 30`, `under 200`.
    AtMost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    pub value: u64,
    pub precision: Precision,
}

impl Number {
    pub fn exact(value: u64) -> Self {
        Self { value, precision: Precision::Exact }
    }

    /// Reads the digits with the words and signs around them; `None` where they are no number that fits.
    pub fn read(before: &str, digits: &str, after: &str) -> Option<Self> {
        let value: u64 = digits.replace([',', '_'], "").parse().ok()?;
        let before = before.trim();
        let precision = match before {
            _ if after.starts_with('+') => Precision::AtLeast,
            "" | "all" | "exactly" | "total of" | "a total of" => Precision::Exact,
            "~" | "≈" | "about" | "around" | "approximately" | "approx" | "approx." | "roughly" | "circa" | "some" => {
                Precision::About
            }
            "nearly" | "almost" => Precision::About,
            "over" | "more than" | "at least" | ">" | ">=" | "≥" => Precision::AtLeast,
            "up to" | "at most" | "under" | "less than" | "fewer than" | "<" | "<=" | "≤" => Precision::AtMost,
            _ => return None,
        };
        Some(Self { value, precision })
    }

    /// Whether a counted value makes the number true.
    pub fn holds(self, counted: u64) -> bool {
        match self.precision {
            Precision::Exact => counted == self.value,
            Precision::About => counted.abs_diff(self.value).saturating_mul(10) <= self.value,
            Precision::AtLeast => counted >= self.value && counted - self.value <= self.value / 2,
            Precision::AtMost => counted <= self.value && counted > 0,
        }
    }

    /// Whether the number is more than a total can give.
    pub fn exceeds(self, total: u64) -> bool {
        match self.precision {
            Precision::Exact | Precision::AtLeast => self.value > total,
            Precision::About => self.value.saturating_sub(self.value / 10) > total,
            Precision::AtMost => false,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.precision {
            Precision::Exact => write!(f, "{}", self.value),
            Precision::About => write!(f, "~{}", self.value),
            Precision::AtLeast => write!(f, "{}+", self.value),
            Precision::AtMost => write!(f, "at most {}", self.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_holds_within_its_wording() {
        let read = |before, digits, after| Number::read(before, digits, after).unwrap();
        assert!(read("", "3,356", "").holds(3356) && !read("", "309", "").holds(314));
        assert!(read("~", "200", "").holds(219) && !read("~", "200", "").holds(222));
        assert!(read("", "400", "+").holds(429) && !read("", "400", "+").holds(399));
        assert!(!read("", "400", "+").holds(5000), "so far above was hardly meant");
        assert!(read("more than", "12", "").holds(14) && read("under", "200", "").holds(150));
        assert_eq!(Number::read("version", "3", ""), None);
        assert_eq!(Number::read("", "99999999999999999999999", ""), None);
        assert!(Number::exact(400).exceeds(399) && !Number::exact(399).exceeds(399));
    }
}
