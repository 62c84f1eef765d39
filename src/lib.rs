//! `solely`: one implementation, and proof that the others are gone.
//!
//! A static analyzer for teams that replace one implementation with another. It reads the source of a Python backend,
//! never runs it, and says per symbol that a policy names: is its definition gone, are its uses gone, is only residue
//! left, or could something not be seen? "Could not see" is never a pass. Of Rust, TypeScript
//! and JavaScript it says the same, but not what a program runs, and of Go as far as one file tells.
//!
//! # Bird's-eye view
//!
//! A run is a straight line ([`pipeline`]): a policy says what must be gone, a snapshot says which files there are, each
//! blob becomes facts once, the project model joins the facts, checks turn both into findings, triage weighs them, and a
//! report becomes bytes. Three ideas carry it:
//!
//! - **Every occurrence is accounted for.** A symbol can only be used where its name stands (or an alias that a file with
//!   its name made). So the bytes of the name are searched in every file, and each place found is proved to be a
//!   definition, a reference, a homonym, part of a longer name, or unseen; the numbers balance ([`project::trace`]).
//!   Files without the name are not parsed, which is why it is fast; nothing is skipped, which is why it is a proof.
//! - **Resolution is asked, not precomputed.** Facts keep an expression as a small tree of names ([`facts::Value`]); what
//!   it means is worked out only for the places that a rule asks about, through scopes, imports, re-exports, classes and
//!   annotations ([`project::Resolver`]). A file is parsed when something leads there.
//! - **An edit costs what it can concern.** What is worked out of one content is kept by its blob ([`cache`]). What is
//!   worked out of a file and its surroundings is kept with a note of everything that was looked at, and made again only
//!   where one of these things differs ([`source::watch`], `project::memo`; from commit to commit of one run
//!   [`project::Series`]). Duplicates and routes are joined anew.
//! - **Absence of a way is searched forward.** Whether production uses a definition is answered from the entry points on,
//!   in two rounds: what is surely reached, then what may be ([`project::Reach`]).
//! - **What dies is a greatest fixed point.** A removal plan takes everything that dying code refers to for dead, and takes
//!   out what living code refers to until nothing changes, so rings go as one ([`project::plan`](fn@project::plan)).
//!
//! Receivers are inferred by our own rules and not by those of ty, Astral's type checker, whose crates were tried
//! (`ty_python_semantic` 0.0.10, 2026-11-22, on the scorecard of `tests/evaluation/references`): its recall of method
//! references was 0.67 in Celery and 0.75 in Django, where ours was 0.86 and 0.98 on that day (above 0.97 in both since),
//! for four to eight times the CPU time, 223 and 516 MB where ours takes 88 and 192, and three times the build; its crates
//! declare their interface unstable, and a compatible `salsa` had to be pinned by hand before they compiled at all.
//!
//! What a program *means* comes from a real parser behind a language adapter (ruff's for Python, syn for Rust,
//! tree-sitter's with queries over it for the others). What a rule
//! *looks for* may be a tree-sitter query; its captures are joined with the facts by span, so no fact is extracted twice.
//! A row of [`language::LANGUAGES`] says what a language has: names are resolved across the files of one
//! that is linked ([`language::Linking`]), and the others are searched as text. How an import leads to a file, and whether
//! one name may be a type and a value at once ([`facts::Space`]), is said there; the resolver is one.
//!
//! # Stages
//!
//! The modules stand in flow order, and each uses only those above it; a test holds that.
//!
//! | module | from | to |
//! |---|---|---|
//! | [`span`] [`gap`] [`progress`] [`words`] [`facts`] [`finding`] | | vocabulary: used by every stage, uses none |
//! | [`language`] | text | the facts of one blob; matches of queries |
//! | [`policy`] | TOML | validated rules, every error with its place |
//! | [`cache`] | a key made of contents | what an earlier run worked out of them |
//! | [`workspace`] | a work tree, the index, a revision | a snapshot: paths and bytes |
//! | [`source`] | snapshot | texts, occurrences of names, facts; each blob parsed once |
//! | [`project`] | facts | modules, classes, meanings, traces, routes, what is reached, what dies |
//! | [`history`] | two revisions, or a range | changed lines and what became of each; the samples of a range |
//! | [`checks`] | policy, project | findings, and what each does to the verdict of its rule |
//! | [`proposal`] | project | what a policy could say |
//! | [`triage`] | findings, comments, baseline, base | marked findings, and a verdict per rule and context |
//! | [`outside`] | logs, test results, JSON, coverage | what they say, and whether a policy is content |
//! | [`claims`] | reports and commit messages, and all of the above | a status per claim |
//! | [`evidence`] | all of it | one record |
//! | [`report`] | the record | bytes, one file per format |
//! | [`bundle`] | an audit | a folder that anyone can derive again, signed or not |
//! | [`pipeline`] | options | the stages, one after the other |
//! | [`cli`] | arguments | exit status; the only place that prints |
//!
//! Facts are types here, above the adapters that make them, so that a language depends on the vocabulary and not the
//! other way round.
//!
//! # Invariants
//!
//! - Files discovered = analyzed + not seen. Occurrences of a name = definitions + references + others + longer + unseen.
//!   Both are asserted while running.
//! - Findings raised = findings that count + suppressed + accepted + those that a base had. Triage marks, it drops none.
//! - The same input gives the same bytes: lists are sorted, no clock and no environment below [`cli`].
//! - Bad input is a value, not an error: a file that cannot be read or parsed becomes a [`gap::Gap`] that says what it can
//!   hide, and a gap spoils a verdict only where it may hold the name asked for.
//! - Nothing of the project is executed, nothing is fetched, nothing is written but the output asked for and the
//!   cache, which changes no answer.
//! - Three kinds of failure, never mixed: an `Error` (the run cannot go on), a gap (something could not be seen), a panic
//!   (our bug; caught per file and told as a gap).
//!
//! # Glossary
//!
//! - **definition**: where a function, method, class (in Rust a struct, enum or trait), constant, type alias, interface or macro is made,
//!   or a block of methods. A re-export is not one.
//! - **reference**: a place that means a symbol, of a kind (import, call, attribute, name, subclass, decorator,
//!   annotation, string, export, keyword, text) and a **tier** ([`finding::Tier`]): *proven*, resolved to the symbol;
//!   *likely*, the receiver's class was inferred; *name-only*, the same attribute on an unknown receiver; *text*, in a
//!   comment, a docstring, a longer string or a document.
//! - **override**: a method of the same name in a subclass, in Rust in a block that implements a trait. It is no reference to what it overrides, and a call is a
//!   reference to the method that the receiver's declared or inferred class gives. A call through a base class is
//!   *name-only* for the methods that override it, since it may reach them; a call through a subclass that has its own is
//!   none to the base. This is also what editors find.
//! - **context** ([`finding::Context`]): code, tests, docs or config; a policy gates each on its own.
//! - **state** ([`checks::State`]): *present*, *unused*, *removed* (no definition, uses remain), *residue* (only text or
//!   tests name it), *gone*. Derived, never typed in.
//! - **suppression**: a comment that takes findings out of the verdict, with its reason. **baseline**: a file of findings
//!   that were accepted, each with who, when and why. **base**: the state that a change is compared with.
//! - **gap**: something that could not be seen, where, at which stage, and why.
//! - **verdict**: pass, fail, or incomplete.

#![forbid(unsafe_code)]

// Vocabulary: used by every stage, uses none.
pub mod span;
pub mod words;
pub mod gap;
pub mod progress;
pub mod facts;
pub mod finding;

// Stages, in flow order.
pub mod language;
pub mod policy;
pub mod cache;
pub mod workspace;
pub mod source;
pub mod project;
pub mod history;
pub mod checks;
pub mod proposal;
pub mod triage;
pub mod outside;
pub mod claims;
pub mod evidence;
pub mod report;
pub mod bundle;
pub mod pipeline;
pub mod cli;
