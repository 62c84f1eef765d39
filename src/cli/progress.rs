//! Progress on the standard error, for people who wait, and how long each stage took, for those who ask.
//!
//! Invariant: nothing is drawn in the first half second, nor where the standard error is no terminal, and nothing is
//! left behind.

use crate::cache::CacheUse;
use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a run may take without a word.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often the spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// A bar that shows itself once the run takes long, and goes when it is dropped.
pub struct Bar {
    clock: Timings,
    bar: ProgressBar,
    waiting: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl Bar {
    pub fn new(clock: Timings) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let waiting = std::io::stderr().is_terminal().then(|| {
            let (end, ended) = mpsc::channel();
            let bar = bar.clone();
            let show = move || {
                if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(TICK);
                }
            };
            (end, std::thread::spawn(show))
        });
        Self { clock, bar, waiting }
    }
}

impl Progress for Bar {
    fn stage(&self, name: &str, total: u64) {
        self.clock.stage(name);
        let template = match total {
            0 => "{spinner} {msg} {elapsed}",
            _ => "{spinner} {msg} [{wide_bar}] {human_pos}/{human_len} {elapsed}",
        };
        let style = ProgressStyle::with_template(template).expect("a constant template");
        self.bar.set_style(style.progress_chars("=> "));
        self.bar.set_length(total);
        self.bar.set_position(0);
        self.bar.set_message(name.to_owned());
    }

    fn advance(&self, steps: u64) {
        self.bar.inc(steps);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.waiting.take() {
            drop(end);
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
        self.clock.stage("writing the report");
    }
}

/// When each stage began. Clones are one list.
#[derive(Clone)]
pub struct Timings(Arc<Mutex<Vec<(String, Instant)>>>);

impl Default for Timings {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(vec![("starting".to_owned(), Instant::now())])))
    }
}

impl Timings {
    pub fn stage(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), Instant::now()));
    }

    /// Prints a line per stage, in milliseconds.
    pub fn print(&self, usage: CacheUse) {
        let stages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = stages[1..].iter().map(|(_, start)| *start).chain([Instant::now()]);
        let mut text = String::new();
        for ((name, start), end) in stages.iter().zip(ends) {
            let _ = writeln!(text, "{:>9.1} ms  {name}", (end - *start).as_secs_f64() * 1e3);
        }
        let _ = writeln!(text, "{:>9.1} ms  in all", stages[0].1.elapsed().as_secs_f64() * 1e3);
        let _ = writeln!(text, "cache: {} records found, {} not", usage.hits, usage.misses);
        eprint!("{text}");
    }
}
