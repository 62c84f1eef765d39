//! Which base a CI compares with, by the variables that it sets.

use super::Failure;

/// What `--base` takes to mean: look at the variables.
pub const AUTO: &str = "auto";

pub const HELP: &str = "\
Variables that name the base in CI, for `--base` without REV; the first one set counts:
  CI_MERGE_REQUEST_DIFF_BASE_SHA, CI_MERGE_REQUEST_TARGET_BRANCH_NAME, GITHUB_BASE_REF,
  BITBUCKET_PR_DESTINATION_BRANCH, SYSTEM_PULLREQUEST_TARGETBRANCH,
  BUILDKITE_PULL_REQUEST_BASE_BRANCH, CHANGE_TARGET";

/// How a variable names the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    /// A commit.
    Commit,
    /// A branch of the remote.
    Branch,
}

/// The variables, in the order in which they count; the help of `check` and the README list them.
const VARIABLES: &[(&str, Names)] = &[
    ("CI_MERGE_REQUEST_DIFF_BASE_SHA", Names::Commit),
    ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", Names::Branch),
    ("GITHUB_BASE_REF", Names::Branch),
    ("BITBUCKET_PR_DESTINATION_BRANCH", Names::Branch),
    ("SYSTEM_PULLREQUEST_TARGETBRANCH", Names::Branch),
    ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", Names::Branch),
    ("CHANGE_TARGET", Names::Branch),
];

/// The names of the variables.
pub fn variables() -> impl Iterator<Item = &'static str> {
    VARIABLES.iter().map(|(name, _)| *name)
}

/// The revisions that a base may be called, the likeliest first.
pub fn names(base: &str, read: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, Failure> {
    if base != AUTO {
        return Ok(vec![base.to_owned()]);
    }
    let mut found = Vec::new();
    for (variable, names) in VARIABLES {
        // A build that is for no pull request has them empty, or `false`.
        let Some(value) = read(variable).filter(|value| !value.is_empty() && value != "false") else { continue };
        match names {
            Names::Commit => found.push(value),
            Names::Branch => {
                let branch = value.strip_prefix("refs/heads/").unwrap_or(&value);
                found.extend([format!("origin/{branch}"), branch.to_owned()]);
            }
        }
        return Ok(found);
    }
    let variables: Vec<String> = VARIABLES.iter().map(|(variable, _)| format!("`{variable}`")).collect();
    let message = "no base to compare with: this is no pull request of a CI that is known";
    Err(Failure::new(message).with_help(format!("name it, `--base main`, or set one of {}", variables.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(base: &str, variables: &[(&str, &str)]) -> Option<Vec<String>> {
        let read = |name: &str| variables.iter().find(|(it, _)| *it == name).map(|(_, value)| (*value).to_owned());
        names(base, read).ok()
    }

    #[test]
    fn every_variable_is_documented() {
        let readme = include_str!("../../README.md");
        for (variable, _) in VARIABLES {
            assert!(readme.contains(variable), "{variable} is not in the README");
            assert!(HELP.contains(variable), "{variable} is not in the help");
        }
    }

    #[test]
    fn each_ci_names_its_base() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(given("main", &[("GITHUB_BASE_REF", "dev")]), names(&["main"]));
        assert_eq!(given("auto", &[("GITHUB_BASE_REF", "dev")]), names(&["origin/dev", "dev"]));
        let gitlab = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", "2295b457"), ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "dev")];
        assert_eq!(given("auto", &gitlab), names(&["2295b457"]));
        assert_eq!(given("auto", &gitlab[1..]), names(&["origin/dev", "dev"]));
        assert_eq!(
            given("auto", &[("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/a/b")]),
            names(&["origin/a/b", "a/b"])
        );
        assert_eq!(given("auto", &[("BITBUCKET_PR_DESTINATION_BRANCH", "dev")]), names(&["origin/dev", "dev"]));
        assert_eq!(given("auto", &[("CHANGE_TARGET", "dev")]), names(&["origin/dev", "dev"]));
        assert_eq!(given("auto", &[("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "")]), None);
        assert_eq!(given("auto", &[("GITHUB_BASE_REF", "")]), None);
    }
}
