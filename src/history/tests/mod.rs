//! Tests of the whole stage: generated changes with a known answer, and repositories counted by real `git`.

mod generated;
mod repository;
