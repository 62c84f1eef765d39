//! The child processes that answer what only git answers exactly: which files are renames, what differs on disk.
//!
//! One `git diff-tree --stdin` serves any number of tree pairs, so no commit costs a process. Git pairs renames by
//! hashed chunks of content; no library gives the same pairs, hence the process. Invariant: records come back in the
//! order of the pairs asked; a child that dies leaves the remaining pairs unanswered, never half answered. Absent on
//! purpose: the meaning of a record, which is [`super::changes`].

use super::{Error, Git};
use gix::ObjectId;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Child;

/// One record of git's raw format, as git prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRecord {
    pub base_mode: u32,
    pub head_mode: u32,
    /// Null where git has not hashed the content: a file on disk.
    pub base_id: ObjectId,
    pub head_id: ObjectId,
    /// `A`, `D`, `M`, `T`, `R`, `U`, …
    pub status: u8,
    /// Similarity of a rename, in percent.
    pub score: Option<u8>,
    pub base_path: Vec<u8>,
    pub head_path: Vec<u8>,
}

/// How renames are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenameSettings {
    /// Percent of content that must be shared; git's default is 50.
    pub similarity: u8,
    /// Git compares every removed path with every added one only while their product does not exceed the square of
    /// this; git's default is 1000. Exact renames are found beyond it too.
    pub limit: u32,
}

impl Default for RenameSettings {
    fn default() -> Self {
        Self { similarity: 50, limit: 1000 }
    }
}

/// The arguments that every raw comparison is given.
fn raw_arguments(renames: Option<RenameSettings>) -> Vec<String> {
    let mut arguments: Vec<String> =
        ["-r", "-z", "--raw", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative"]
            .map(String::from)
            .into();
    match renames {
        Some(RenameSettings { similarity, limit }) => {
            arguments.push(format!("-M{similarity}%"));
            arguments.push(format!("-l{limit}"));
        }
        None => arguments.push("--no-renames".into()),
    }
    arguments
}

/// The raw records of each pair of trees, in order; `None` from the pair on at which git gave up.
///
/// `paths` are literal prefixes, as git takes them; none means everything.
pub fn diff_trees(
    git: &Git,
    pairs: &[(ObjectId, ObjectId)],
    renames: RenameSettings,
    paths: &[String],
) -> Vec<Option<Vec<RawRecord>>> {
    let mut answers = Vec::with_capacity(pairs.len());
    while answers.len() < pairs.len() {
        let rest = &pairs[answers.len()..];
        let answered = run_diff_trees(git, rest, renames, paths).unwrap_or_default();
        let died_at_once = answered.is_empty();
        answers.extend(answered.into_iter().map(Some));
        if answers.len() < pairs.len() {
            // The pair that stopped git stays unanswered; the next process begins behind it.
            answers.push(None);
        }
        if died_at_once && answers.len() == 1 && !answers_at_all(git, pairs[0].0, renames) {
            // Not this pair but git itself fails, or there is no git: do not start a process per pair.
            answers.resize(pairs.len(), None);
        }
    }
    answers
}

/// Whether git compares a tree with itself, which needs no blob.
fn answers_at_all(git: &Git, tree: ObjectId, renames: RenameSettings) -> bool {
    run_diff_trees(git, &[(tree, tree)], renames, &[]).is_some_and(|answers| answers.len() == 1)
}

fn run_diff_trees(
    git: &Git,
    pairs: &[(ObjectId, ObjectId)],
    renames: RenameSettings,
    paths: &[String],
) -> Option<Vec<Vec<RawRecord>>> {
    let mut command = git.command()?;
    command.arg("diff-tree").arg("--stdin").args(raw_arguments(Some(renames)));
    command.arg("--").args(paths).stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut input = child.stdin.take()?;
    let mut output = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for (base, head) in pairs {
                if writeln!(input, "{base} {head}").is_err() {
                    return;
                }
            }
        });
        read_all(&mut child, &mut output)
    })?;
    let finished = child.wait().ok()?.success();
    let mut answers = parse_answers(&output)?;
    if !finished {
        // The last answer may be cut off in the middle.
        answers.pop();
    }
    Some(answers)
}

fn read_all(child: &mut Child, output: &mut Vec<u8>) -> Option<()> {
    child.stdout.take()?.read_to_end(output).ok()?;
    Some(())
}

/// Splits the output of `--stdin` at its headers: `<tree> <tree>\n`, then records that begin with a colon.
fn parse_answers(output: &[u8]) -> Option<Vec<Vec<RawRecord>>> {
    let mut answers = Vec::new();
    let mut rest = output;
    while !rest.is_empty() {
        let Some(end) = memchr::memchr(b'\n', rest) else { return Some(answers) };
        rest = &rest[end + 1..];
        let mut records = Vec::new();
        while rest.first() == Some(&b':') {
            let Some((record, after)) = parse_record(rest) else {
                answers.push(records);
                return Some(answers);
            };
            records.push(record);
            rest = after;
        }
        answers.push(records);
    }
    Some(answers)
}

/// `:100644 100644 <id> <id> R075\0base\0head\0`; only renames and copies have two paths.
fn parse_record(text: &[u8]) -> Option<(RawRecord, &[u8])> {
    let (meta, rest) = split_at_nul(text.strip_prefix(b":")?)?;
    let meta = std::str::from_utf8(meta).ok()?;
    let mut words = meta.split(' ');
    let base_mode = u32::from_str_radix(words.next()?, 8).ok()?;
    let head_mode = u32::from_str_radix(words.next()?, 8).ok()?;
    let base_id = ObjectId::from_hex(words.next()?.as_bytes()).ok()?;
    let head_id = ObjectId::from_hex(words.next()?.as_bytes()).ok()?;
    let status = words.next()?;
    let letter = *status.as_bytes().first()?;
    let score = status[1..].parse().ok();
    let (base_path, rest) = split_at_nul(rest)?;
    let (head_path, rest) = if matches!(letter, b'R' | b'C') { split_at_nul(rest)? } else { (base_path, rest) };
    let (base_path, head_path) = (base_path.to_vec(), head_path.to_vec());
    let record = RawRecord { base_mode, head_mode, base_id, head_id, status: letter, score, base_path, head_path };
    Some((record, rest))
}

fn split_at_nul(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(0, text)?;
    Some((&text[..end], &text[end + 1..]))
}

/// What a tree is compared with by [`diff_index`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// The index; another file than the repository's own where one is named.
    Index(Option<PathBuf>),
    /// The tracked files on disk.
    WorkTree,
}

/// The raw records of a tree against the index or against the tracked files on disk.
pub fn diff_index(
    git: &Git,
    tree: ObjectId,
    against: &Against,
    renames: Option<RenameSettings>,
    paths: &[String],
) -> Result<Vec<RawRecord>, Error> {
    let failed = |why: String| Error::GitProgram { why };
    let mut command = git.command().ok_or_else(|| failed("no program was given".into()))?;
    if let Some(work_tree) = git.work_tree() {
        command.current_dir(work_tree);
    }
    command.arg("diff-index").args(raw_arguments(renames)).arg("--ignore-submodules=dirty");
    if let Against::Index(file) = against {
        command.arg("--cached");
        command.envs(file.iter().map(|file| ("GIT_INDEX_FILE", file)));
    }
    command.arg(tree.to_string()).arg("--").args(paths);
    let output = command.output().map_err(|why| failed(why.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let mut records = Vec::new();
    let mut rest = &output.stdout[..];
    while !rest.is_empty() {
        let (record, after) = parse_record(rest).ok_or_else(|| failed("its raw output could not be read".into()))?;
        records.push(record);
        rest = after;
    }
    Ok(records)
}

/// The paths that the attributes of the work tree call binary (`-diff`) or text (`diff`), whatever their content.
///
/// Git reads attributes from the work tree, also when it compares two commits; a bare repository has none.
pub fn forced_kinds(git: &Git, paths: &[&[u8]]) -> Vec<Forced> {
    let values = attributes(git, &["diff"], paths).unwrap_or_default();
    let mut kinds: Vec<Forced> = values
        .iter()
        .map(|value| match &value[0][..] {
            b"unset" => Forced::Binary,
            b"set" => Forced::Text,
            _ => Forced::No,
        })
        .collect();
    kinds.resize(paths.len(), Forced::No);
    kinds
}

/// How git changes the bytes of each path when it adds them from disk. Where git does not answer, it may.
pub fn conversions(git: &Git, paths: &[&[u8]]) -> Vec<Conversion> {
    let names = ["filter", "ident", "working-tree-encoding", "text", "eol"];
    let Some(values) = attributes(git, &names, paths) else { return vec![Conversion::Always; paths.len()] };
    let converts_ends = git.local().config_snapshot().string("core.autocrlf").is_some_and(|it| **it != *b"false");
    let is_given = |value: &[u8]| !matches!(value, b"unspecified" | b"unset");
    values
        .iter()
        .map(|value| {
            if value[..3].iter().any(|it| is_given(it)) {
                Conversion::Always
            } else if value[3..].iter().any(|it| is_given(it)) || (converts_ends && value[3] != b"unset") {
                Conversion::LineEnds
            } else {
                Conversion::Never
            }
        })
        .collect()
}

/// What git does to a file on disk before it counts its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    Never,
    /// `\r\n` becomes `\n`.
    LineEnds,
    /// A filter, an identifier or another encoding.
    Always,
}

/// The values of some attributes for each path, in the order of the names.
fn attributes(git: &Git, names: &[&str], paths: &[&[u8]]) -> Option<Vec<Vec<Vec<u8>>>> {
    let work_tree = git.work_tree()?;
    let mut command = git.command()?;
    command.current_dir(work_tree).arg("--work-tree").arg(work_tree);
    command.args(["check-attr", "--stdin", "-z"]).args(names).stdin(std::process::Stdio::piped());
    command.stderr(std::process::Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut input = child.stdin.take()?;
    let mut output = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for path in paths {
                if input.write_all(path).and_then(|()| input.write_all(b"\0")).is_err() {
                    return;
                }
            }
        });
        read_all(&mut child, &mut output)
    })?;
    child.wait().ok()?;
    let fields: Vec<&[u8]> = output.split(|&byte| byte == 0).collect();
    // Path, name, value.
    let values: Vec<Vec<u8>> = fields.chunks_exact(3).map(|field| field[2].to_vec()).collect();
    let values: Vec<Vec<Vec<u8>>> = values.chunks_exact(names.len()).map(<[_]>::to_vec).collect();
    (values.len() == paths.len()).then_some(values)
}

/// What attributes say of a path's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forced {
    No,
    Binary,
    Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "2295b457255939f82515d7d5193695c34ff5e3ff";

    #[test]
    fn answers_are_split_at_their_headers() {
        let output = format!(
            "{ID} {ID}\n:100644 100644 {ID} {ID} R075\0a b.py\0c.py\0:000000 100755 {ID} {ID} A\0d\0{ID} {ID}\n"
        );
        let answers = parse_answers(output.as_bytes()).unwrap();
        assert_eq!(answers.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(answers[0][0].score, Some(75));
        assert_eq!((&answers[0][0].base_path[..], &answers[0][0].head_path[..]), (&b"a b.py"[..], &b"c.py"[..]));
        assert_eq!(answers[0][1].head_mode, 0o100755);
    }
}
