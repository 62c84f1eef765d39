//! Progress: how a long run tells that it is alive.
//!
//! Invariant: progress is told, never asked; no result depends on it. Absent on purpose: the terminal, which `cli`
//! alone knows.

/// Is told what a run is doing. Called from many threads.
pub trait Progress: Sync {
    /// A stage begins. `total` is the number of steps to expect, 0 where that is not known.
    fn stage(&self, name: &str, total: u64);

    /// So many more steps of the present stage are done.
    fn advance(&self, steps: u64);
}

/// Tells nobody.
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _total: u64) {}

    fn advance(&self, _steps: u64) {}
}
