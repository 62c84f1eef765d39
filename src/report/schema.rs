//! The JSON Schemas of the documents that the `json` format prints, in draft 2020-12.
//!
//! Invariant: a schema is derived from the very types that are printed, so it cannot say another thing; `schemas/` holds
//! the same texts, and a test keeps them equal. Absent on purpose: `additionalProperties: false`, since a document may
//! gain fields within its version, and a reader must not break on that.

use super::audit::{PREDICATE_TYPE, Statement};
use super::doctor::{DOCTOR_SCHEMA, DoctorDocument};
use super::duplicates::{DUPLICATES_SCHEMA, DuplicatesDocument};
use super::explain::{EXPLAIN_SCHEMA, ExplainDocument};
use super::json::{CheckDocument, RefsDocument};
use super::plan::{PLAN_SCHEMA, PlanDocument};
use super::record::{CHECK_SCHEMA, REFS_SCHEMA};
use super::removed::{REMOVED_SCHEMA, RemovedDocument};
use super::trend::{TREND_SCHEMA, TrendDocument};
use super::verify::{VERIFY_SCHEMA, VerifyDocument};
use crate::finding::{Context, Severity, Tier, Verdict};
use crate::project::TestFate;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

/// A document with a schema.
pub struct SchemaSpec {
    /// The command that prints it.
    pub name: &'static str,
    /// Its version, as the documents name it.
    pub id: &'static str,
    root: fn(SchemaGenerator) -> Schema,
}

/// Every document.
pub const SCHEMAS: &[SchemaSpec] = &[
    SchemaSpec { name: "audit", id: PREDICATE_TYPE, root: root::<Statement<'_>> },
    SchemaSpec { name: "check", id: CHECK_SCHEMA, root: root::<CheckDocument<'_>> },
    SchemaSpec { name: "doctor", id: DOCTOR_SCHEMA, root: root::<DoctorDocument<'_>> },
    SchemaSpec { name: "duplicates", id: DUPLICATES_SCHEMA, root: root::<DuplicatesDocument<'_>> },
    SchemaSpec { name: "explain", id: EXPLAIN_SCHEMA, root: root::<ExplainDocument<'_>> },
    SchemaSpec { name: "plan", id: PLAN_SCHEMA, root: root::<PlanDocument<'_>> },
    SchemaSpec { name: "refs", id: REFS_SCHEMA, root: root::<RefsDocument<'_>> },
    SchemaSpec { name: "removed", id: REMOVED_SCHEMA, root: root::<RemovedDocument<'_>> },
    SchemaSpec { name: "trend", id: TREND_SCHEMA, root: root::<TrendDocument<'_>> },
    SchemaSpec { name: "verify", id: VERIFY_SCHEMA, root: root::<VerifyDocument<'_>> },
];

fn root<T: JsonSchema>(generator: SchemaGenerator) -> Schema {
    generator.into_root_schema_for::<T>()
}

impl SchemaSpec {
    /// The schema as text, with a newline at its end.
    pub fn text(&self) -> String {
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        let settings = settings.with(|settings| settings.inline_subschemas = true);
        let mut schema = (self.root)(settings.into_generator()).to_value();
        schema["$id"] = format!("urn:solely:schema:{}:1", self.name).into();
        schema["title"] = self.id.into();
        join_lines(&mut schema);
        format!("{schema:#}\n")
    }
}

/// A verdict.
pub fn verdict(_: &mut SchemaGenerator) -> Schema {
    one_of(&[Verdict::Pass, Verdict::Incomplete, Verdict::Fail].map(Verdict::name))
}

/// A severity.
pub fn severity(_: &mut SchemaGenerator) -> Schema {
    one_of(&[Severity::Error, Severity::Warning, Severity::Note].map(Severity::name))
}

/// A context.
pub fn context(_: &mut SchemaGenerator) -> Schema {
    one_of(&Context::ALL.map(Context::name))
}

/// What becomes of a test.
pub fn test_fate(_: &mut SchemaGenerator) -> Schema {
    one_of(&TestFate::ALL.map(TestFate::name))
}

/// A tier of proof.
pub fn tier(_: &mut SchemaGenerator) -> Schema {
    one_of(&TIERS.map(Tier::name))
}

/// A tier of proof, or null for what is no reference.
pub fn optional_tier(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<Value> = TIERS.iter().map(|tier| tier.name().into()).chain([Value::Null]).collect();
    json_schema!({ "type": ["string", "null"], "enum": names })
}

const TIERS: [Tier; 4] = [Tier::Proven, Tier::Likely, Tier::NameOnly, Tier::Text];

fn one_of(names: &[&str]) -> Schema {
    json_schema!({ "type": "string", "enum": names })
}

/// The line breaks of a doc comment mean nothing in a description.
fn join_lines(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(join_lines),
        Value::Object(object) => {
            if let Some(Value::String(text)) = object.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            object.values_mut().for_each(join_lines);
        }
        _ => {}
    }
}
