//! Records of `verify`: its JSON contract, field by field.
//!
//! Invariant: names and meanings of fields only grow within `solely/verify/1`. Absent on purpose: the layout for people.

use super::record::{TOOL, ToolRecord};
use crate::evidence::{Problem, VerifyReport};
use schemars::JsonSchema;
use serde::Serialize;

pub const VERIFY_SCHEMA: &str = "solely/verify/1";

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VerifyDocument<'a> {
    #[schemars(extend("const" = VERIFY_SCHEMA))]
    schema: &'static str,
    tool: ToolRecord,
    #[schemars(schema_with = "super::schema::verdict")]
    verdict: &'static str,
    /// The commit that the bundle is about.
    commit: &'a str,
    signed_by: Option<&'a str>,
    /// What the bundle says in one sentence.
    summary: &'a str,
    problems: Vec<ProblemRecord<'a>>,
}

/// The first line in `jsonl`: all but the problems.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct VerifyHead<'a> {
    schema: &'static str,
    tool: ToolRecord,
    verdict: &'static str,
    commit: &'a str,
    signed_by: Option<&'a str>,
    summary: &'a str,
}

impl<'a> VerifyHead<'a> {
    pub fn of(report: &'a VerifyReport) -> Self {
        let VerifyDocument { schema, tool, verdict, commit, signed_by, summary, .. } = VerifyDocument::of(report);
        Self { schema, tool, verdict, commit, signed_by, summary }
    }
}

/// One problem.
pub(super) fn problem(problem: &Problem) -> ProblemRecord<'_> {
    ProblemRecord { kind: problem.kind.name(), verdict: problem.verdict.name(), message: &problem.message }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ProblemRecord<'a> {
    kind: &'static str,
    #[schemars(schema_with = "super::schema::verdict")]
    verdict: &'static str,
    message: &'a str,
}

impl<'a> VerifyDocument<'a> {
    pub fn of(report: &'a VerifyReport) -> Self {
        Self {
            schema: VERIFY_SCHEMA,
            tool: TOOL,
            verdict: report.verdict.name(),
            commit: &report.commit,
            signed_by: report.signed_by.as_deref(),
            summary: &report.summary,
            problems: report.problems.iter().map(problem).collect(),
        }
    }
}
