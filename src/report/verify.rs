//! Records of `verify`: its JSON contract, field by field.
//!
//! Invariant: names and meanings of fields only grow within `solely/verify/1`. Absent on purpose: the layout for people.

use super::record::{TOOL, ToolRecord};
use crate::evidence::VerifyReport;
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

#[derive(Serialize, JsonSchema)]
struct ProblemRecord<'a> {
    kind: &'static str,
    #[schemars(schema_with = "super::schema::verdict")]
    verdict: &'static str,
    message: &'a str,
}

impl<'a> VerifyDocument<'a> {
    pub fn of(report: &'a VerifyReport) -> Self {
        let problems = report.problems.iter().map(|problem| ProblemRecord {
            kind: problem.kind.name(),
            verdict: problem.verdict.name(),
            message: &problem.message,
        });
        Self {
            schema: VERIFY_SCHEMA,
            tool: TOOL,
            verdict: report.verdict.name(),
            commit: &report.commit,
            signed_by: report.signed_by.as_deref(),
            summary: &report.summary,
            problems: problems.collect(),
        }
    }
}
