//! Answers: what a command wrote, kept as long as everything is as it was.
//!
//! A key holds all that the answer depends on, the build of solely among it (see [`crate::cache`]), so an answer that is
//! found is the one that the run would give. Invariant: an answer is kept only if the key is still the same when the run
//! has ended; a file that was read after it had changed spoils it. Absent on purpose: answers of runs that met a bug of
//! ours.

use super::output::Output;
use super::{ExitStatus, Failure, Global};
use crate::cache::{Cache, Key};
use crate::pipeline::{Error, Question};
use crate::progress::Progress;
use crate::report::Report;
use bitcode::{Decode, Encode};

/// Texts of more bytes than this are not kept.
const KEPT_BYTES: usize = 16 << 20;

/// What one command wrote, and its exit status.
#[derive(Debug, Encode, Decode)]
struct Answer {
    status: u8,
    /// One text for each place that was asked for.
    texts: Vec<String>,
}

/// Answers a question and writes the answer: as an earlier run gave it, if that is the same question still.
pub fn answer<Q: Question<Report: Report + 'static>>(
    global: &Global,
    output: &Output<Q::Report>,
    prepare: impl FnOnce(&dyn Progress) -> Result<Q, Error>,
    status: impl Fn(&Q::Report) -> ExitStatus,
) -> Result<ExitStatus, Failure> {
    let (progress, cache) = (global.progress(), global.cache());
    let question = prepare(&progress)?;
    let asked = if cache.is_on() { question.key() } else { None };
    let key = asked.map(|key| output.key(key, global.color));
    if let Some((answer, status)) = key.and_then(|key| find(&cache, key)) {
        drop(progress);
        output.deliver(&answer.texts)?;
        return Ok(status);
    }
    let (report, sources) = question.run(&progress)?;
    let status = status(&report);
    let answer = Answer { status: status as u8, texts: output.render(&report, &sources, global.color) };
    drop(progress);
    output.deliver(&answer.texts)?;
    if let Some(key) = key
        && status != ExitStatus::Internal
        && answer.texts.iter().map(String::len).sum::<usize>() <= KEPT_BYTES
        && question.key() == asked
    {
        cache.put(key, &bitcode::encode(&answer));
    }
    Ok(status)
}

fn find(cache: &Cache, key: Key) -> Option<(Answer, ExitStatus)> {
    use ExitStatus::{Fail, Incomplete, Pass};
    let answer: Answer = bitcode::decode(&cache.get(key)?).ok()?;
    let status = [Pass, Fail, Incomplete].into_iter().find(|status| *status as u8 == answer.status)?;
    Some((answer, status))
}
