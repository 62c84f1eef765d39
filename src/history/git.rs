//! The repository: opening it, reading blobs, and running `git` where only git is exact.
//!
//! Invariants: no configuration outside the repository is read, by gix or by a child process, so a user's settings
//! never change a count; no object is fetched; nothing is written. A child runs with an emptied environment and fixed
//! `-c` options. Absent on purpose: the environment of this process; the caller passes the search path for `git`.

use super::{Endpoint, Error};
use crate::workspace::Repository;
use gix::ObjectId;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where a child process finds `git` when the caller does not say.
const DEFAULT_SEARCH_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Blobs this large are binary for git (`core.bigFileThreshold`), in bytes.
pub const BIG_FILE: u64 = 512 * 1024 * 1024;

/// Bytes of decoded objects that each thread keeps, because a commit's head is the next commit's base.
const OBJECT_CACHE: usize = 48 * 1024 * 1024;

/// How to reach `git`, and whether to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program; `None` runs no child process at all.
    pub program: Option<OsString>,
    /// The value of `PATH` for the child.
    pub search_path: OsString,
}

impl Default for Settings {
    fn default() -> Self {
        Self { program: Some("git".into()), search_path: DEFAULT_SEARCH_PATH.into() }
    }
}

/// A repository whose history is read. Threads share it; each takes its own [`Git::local`].
pub struct Git {
    repository: Repository,
    settings: Settings,
}

/// What stands behind a path on one side of a change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    Blob(ObjectId),
    /// A submodule, whose text for git is one line, `Subproject commit <id>`.
    Submodule(ObjectId),
    /// A file of the work tree, by its absolute path.
    File(PathBuf),
    /// A symbolic link of the work tree, whose text is its target.
    Link(PathBuf),
    /// A file of the work tree that git changes before it counts: by a filter, or its line ends.
    Converted,
}

/// Bytes of a [`Content`], or why there are none.
pub enum Read {
    Bytes(Vec<u8>),
    /// The object store does not hold the blob.
    Missing,
    Failed(String),
}

/// What `git --version` says, where there is a `git`.
pub fn version(settings: &Settings) -> Option<String> {
    let mut command = Command::new(settings.program.as_ref()?);
    command.env_clear().env("PATH", &settings.search_path).arg("--version").stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    let said = String::from_utf8_lossy(&output.stdout);
    Some(said.trim().trim_start_matches("git version ").to_owned())
}

impl Git {
    /// Opens the repository that holds `folder`: bare, a work tree, a folder inside one, or a linked work tree.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(folder: &Path, settings: Settings) -> Result<Self, Error> {
        let nowhere = |why: String| Error::NoRepository { path: folder.to_owned(), why };
        match Repository::find(folder) {
            Ok(Some(repository)) => Ok(Self { repository, settings }),
            Ok(None) => Err(nowhere("it is a plain folder".into())),
            Err(why) => Err(nowhere(why.to_string())),
        }
    }

    /// A handle for one thread, with a cache of its own.
    pub fn local(&self) -> gix::Repository {
        let mut local = self.repository.git.to_thread_local();
        local.object_cache_size_if_unset(OBJECT_CACHE);
        local
    }

    /// Whether the history ends where the clone was cut off.
    pub fn is_shallow(&self) -> bool {
        self.repository.git.to_thread_local().is_shallow().unwrap_or_default()
    }

    pub fn directory(&self) -> &Path {
        self.repository.git.git_dir()
    }

    pub fn work_tree(&self) -> Option<&Path> {
        self.repository.root.as_deref()
    }

    /// The folder asked for, relative to the root of the work tree; paths that a user gives are relative to it.
    pub fn prefix(&self) -> &str {
        &self.repository.prefix
    }

    /// A `git` command on this repository that no user configuration reaches, or `None` where `git` is not to be run.
    pub fn command(&self) -> Option<Command> {
        let program = self.settings.program.as_ref()?;
        let mut command = Command::new(program);
        command.env_clear().env("PATH", &self.settings.search_path);
        for (name, value) in ENVIRONMENT {
            command.env(name, value);
        }
        command.arg("--no-pager").arg("--git-dir").arg(self.directory());
        for option in OPTIONS {
            command.args(["-c", option]);
        }
        command.stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::piped());
        Some(command)
    }
}

/// The whole environment of a child, besides `PATH`.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("LC_ALL", "C"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_LITERAL_PATHSPECS", "1"),
];

/// Settings that a repository's own configuration could change, and that would change an answer.
const OPTIONS: &[&str] = &[
    "safe.directory=*",
    "core.quotePath=false",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.bigFileThreshold=512m",
    "diff.algorithm=myers",
    "diff.context=3",
    "diff.external=",
    "diff.ignoreSubmodules=none",
    "diff.indentHeuristic=true",
    "diff.interHunkContext=0",
    "diff.mnemonicPrefix=false",
    "diff.noPrefix=false",
    "diff.orderFile=/dev/null",
    "diff.renames=true",
    "diff.submodule=short",
];

/// Reads one content through a thread's own handle.
pub fn read(repository: &gix::Repository, content: &Content) -> Read {
    match content {
        Content::Blob(id) => match repository.try_find_object(*id) {
            // The object's own buffer goes back to the pool: it may be far larger than this blob.
            Ok(Some(object)) => Read::Bytes(object.data.as_slice().to_vec()),
            Ok(None) => Read::Missing,
            Err(why) => Read::Failed(why.to_string()),
        },
        Content::Submodule(id) => Read::Bytes(format!("Subproject commit {id}\n").into_bytes()),
        Content::File(path) => std::fs::read(path).map_or_else(|why| Read::Failed(why.to_string()), Read::Bytes),
        Content::Converted => {
            Read::Failed("git converts it when it is added, so its lines on disk are not those that git counts".into())
        }
        Content::Link(path) => match std::fs::read_link(path) {
            Ok(target) => Read::Bytes(target.into_os_string().into_encoded_bytes()),
            Err(why) => Read::Failed(why.to_string()),
        },
    }
}

/// The file at a path of one state, for the few files that are asked for by name.
pub fn find(repository: &gix::Repository, end: &Endpoint, path: &str) -> Option<Vec<u8>> {
    let content = match end {
        Endpoint::Index(None) => {
            let index = repository.index_or_empty().ok()?;
            Content::Blob(index.entry_by_path(path.into())?.id)
        }
        Endpoint::Index(Some(file)) => {
            let index = gix::index::File::at(file, repository.object_hash(), false, Default::default()).ok()?;
            Content::Blob(index.entry_by_path(path.into())?.id)
        }
        Endpoint::WorkTree => Content::File(repository.workdir()?.join(path)),
        _ => {
            let tree = repository.find_tree(end.tree()?).ok()?;
            let entry = tree.lookup_entry_by_path(path).ok()??;
            Content::Blob(entry.object_id())
        }
    };
    match read(repository, &content) {
        Read::Bytes(bytes) => Some(bytes),
        Read::Missing | Read::Failed(_) => None,
    }
}

/// The size of a content in bytes, without reading it whole where that is possible.
pub fn size(repository: &gix::Repository, content: &Content) -> Option<u64> {
    match content {
        Content::Blob(id) => repository.try_find_header(*id).ok().flatten().map(|header| header.size()),
        Content::File(path) => std::fs::symlink_metadata(path).ok().map(|data| data.len()),
        Content::Submodule(_) | Content::Link(_) | Content::Converted => None,
    }
}
