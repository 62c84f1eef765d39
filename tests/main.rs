//! The integration tests, one binary.

/// The cache through the binary: the same bytes with and without it, many runs at once, killed ones, full disks.
mod cache;
/// Audits from end to end: claims, evidence, the bytes of the bundle, and bundles that somebody changed.
mod audit;
/// Claims as people write them, against changes made for it: what is true, what is false, what nobody can see.
mod claims;
/// One report that holds every kind of thing a report can hold, for every format to render.
mod canonical;
/// Changes in real repositories: bases, the index, hooks, shallow clones, the baseline and the choice of a policy.
mod change;
/// Random edits of a tree, with what the cache remembers of it and without.
mod edits;
/// The HTML pages: what they hold, and what a browser makes of them.
mod page;
/// The command line: that arguments reach the right place and the exit status says the truth.
mod cli;
/// Explanations of findings and rules, through the binary.
mod explain;
/// Formats with a reader of their own: valid, inert, the same bytes again.
mod formats;
/// What `doctor` says of repositories of every make.
mod doctor;
/// Duplicates as a whole: the order of files, renamed copies, two runs.
mod duplicates;
/// The README: its example is what the command prints, its policy is one.
mod readme;
/// Input that nobody wishes for, through the binary, and the examples of the built-in packs.
mod hostile;
/// Forty commits with a baseline, and what the report says after each.
mod month;
/// A policy proposed from the code.
mod init;
/// What the tool does to the machine it runs on.
mod confined;
/// The laws of the fuzz targets, over their seeds.
mod laws;
/// Trends: every sample against `check` and `duplicates`, and what cannot be seen.
mod trend;
/// The ledger of a range, from a repository to every format.
mod removed;
/// Every format over the canonical report: the terminal against a picture, JSON against its contract.
mod report;
/// The scripts of the GitHub action and the GitLab job, as their runners start them.
mod services;
/// The Markdown documents in `tests/spec` and `src/checks`, executed: the main body of tests.
mod spec;
/// The published schemas: equal to the code, and true of what is printed.
mod schemas;
/// Rules about the code itself: layering, registries, who may print.
mod tidy;
