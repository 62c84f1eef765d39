//! Failures: why a command could not run, said on the standard error.

use super::output::{self, Color};
use crate::finding::Severity;
use crate::pipeline::{Error, PolicyError};
use crate::report::frame::{self, Frame, Place};
use crate::span::LineIndex;
use std::io::{self, Write};

/// How many legal choices are listed.
const CHOICES_LISTED: usize = 24;

pub enum Failure {
    /// The faults of a policy, each with its place.
    Policy(Vec<PolicyError>),
    Message {
        message: String,
        help: Option<String>,
    },
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Failure::Message { message: message.into(), help: None }
    }

    pub fn with_help(self, help: impl Into<String>) -> Self {
        match self {
            Failure::Message { message, .. } => Failure::Message { message, help: Some(help.into()) },
            policy => policy,
        }
    }

    pub fn print(&self, color: Color) {
        let stderr = io::stderr();
        let text = self.render(color.is_wanted_on(&stderr), output::width(&stderr));
        let _ = stderr.lock().write_all(text.as_bytes());
    }

    fn render(&self, color: bool, width: usize) -> String {
        match self {
            Failure::Message { message, help } => {
                let (notes, related, id, place) = (vec![], vec![], None, None);
                let help = help.as_deref();
                let frame = Frame { severity: Severity::Error, id, message, place, notes, help, related };
                frame::render(&frame, color, width)
            }
            Failure::Policy(faults) => {
                faults.iter().map(|fault| render_fault(fault, color, width)).collect::<Vec<_>>().join("\n")
            }
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Policy(faults) | Error::Baseline(faults) => Failure::Policy(faults),
            other => Failure::Message { message: other.to_string(), help: other.help() },
        }
    }
}

fn render_fault(fault: &PolicyError, color: bool, width: usize) -> String {
    let place = fault.frame.as_ref().map(|at| {
        let line = LineIndex::new(at.text.as_bytes()).span(at.place.line).slice(&at.text);
        let mark = at.text[at.span.clone()].lines().next().unwrap_or_default();
        Place {
            path: &fault.file,
            line: at.place.line,
            column: at.place.column,
            text: Some(line.trim_end_matches(['\n', '\r'])),
            mark,
            label: None,
        }
    });
    // a fault without a place still names its file
    let message = match place {
        Some(_) => fault.message.clone(),
        None if fault.message.contains(&fault.file) => fault.message.clone(),
        None => format!("{}: {}", fault.file, fault.message),
    };
    let notes = if fault.legal.is_empty() { vec![] } else { vec![choices(&fault.legal)] };
    let (help, related) = (fault.help.as_deref(), vec![]);
    let frame = Frame { severity: Severity::Error, id: None, message: &message, place, notes, help, related };
    frame::render(&frame, color, width)
}

fn choices(legal: &[String]) -> String {
    let listed: Vec<String> = legal.iter().take(CHOICES_LISTED).map(|choice| format!("`{choice}`")).collect();
    let rest = legal.len().saturating_sub(CHOICES_LISTED);
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("legal here: {}{rest}", listed.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::PolicyFrame;
    use crate::policy::PolicyPlace;

    #[test]
    fn a_policy_fault_is_shown_where_it_stands() {
        let text = "[[legacy]]\nid = \"x\"\nsymbol = [\"a:b\"]\n";
        let start = text.find("symbol").unwrap();
        let fault = PolicyError {
            message: "unknown key `symbol`".to_owned(),
            file: "solely.toml".to_owned(),
            frame: Some(PolicyFrame {
                place: PolicyPlace { file: "solely.toml".to_owned(), line: 3, column: 1 },
                span: start..start + 6,
                text: text.into(),
            }),
            help: Some("did you mean `symbols`?".to_owned()),
            legal: vec!["id".to_owned(), "symbols".to_owned()],
        };
        let expected = "\
error: unknown key `symbol`
 --> solely.toml:3:1
  |
3 | symbol = [\"a:b\"]
  | ^^^^^^
  |
  = note: legal here: `id`, `symbols`
  = help: did you mean `symbols`?
";
        assert_eq!(Failure::Policy(vec![fault]).render(false, 80), expected);
    }

    #[test]
    fn a_message_has_its_hint_on_a_line_of_its_own() {
        let failure = Failure::new("`nowhere` is not a git repository").with_help("name one with `--repo`");
        let expected = "error: `nowhere` is not a git repository\nhelp: name one with `--repo`\n";
        assert_eq!(failure.render(false, 80), expected);
    }
}
