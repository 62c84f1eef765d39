//! How alike two bags are: the Sørensen–Dice coefficient, in thousandths.
//!
//! Invariant: symmetric, 1000 for equal bags that are not empty, 0 for bags that share nothing. Absent on purpose:
//! what is in the bags.

/// Twice the number of elements that both hold, counted with repetition, over the elements of both. Sorted bags.
pub fn dice(one: &[u64], two: &[u64]) -> u32 {
    let (mut left, mut right, mut shared) = (0, 0, 0usize);
    while left < one.len() && right < two.len() {
        match one[left].cmp(&two[right]) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                left += 1;
                right += 1;
            }
        }
    }
    (2000 * shared).checked_div(one.len() + two.len()).unwrap_or(0) as u32
}

/// The most that [`dice`] can give for bags of these sizes.
pub fn ceiling(one: usize, two: usize) -> u32 {
    (2000 * one.min(two)).checked_div(one + two).unwrap_or(0) as u32
}
