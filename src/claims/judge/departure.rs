//! Claims about what was gone before: whose commit it was.

use super::{Answer, Judge, Side, is_copy, is_named, is_path};
use crate::claims::{Name, NameKind};
use crate::history::departure::{Sought, SoughtDefinition};
use crate::span::RepoPath;

impl Judge<'_, '_> {
    /// What base has no more, another commit took away.
    pub(super) fn departed_before(&self, name: &Name, from: Option<&Name>) -> Option<Answer> {
        let is_path_itself = name.kind == NameKind::Path;
        let is_left = match is_path_itself {
            true => self.files(Side::Base, name).into_iter().any(|(_, path)| !is_copy(path)),
            false => self.known(Side::Base, name, None).into_iter().any(|known| !is_copy(&known.path)),
        };
        if is_left {
            return None;
        }
        let file = if is_path_itself { Some(name) } else { from.filter(|from| from.kind == NameKind::Path) };
        let is_there = |path: &RepoPath| !is_copy(path) && file.is_none_or(|file| is_path(path, &file.text));
        let is_it = |path: &RepoPath, qualified: &str| {
            is_named(&format!("{}:{qualified}", path.as_str().replace('/', ".")), name)
        };
        let definition = (!is_path_itself).then(|| SoughtDefinition { last: name.last(), is_it: &is_it });
        let departed = (self.case.departed)(&Sought { is_there: &is_there, definition })?;
        let short = departed.commit.get(..12).unwrap_or(&departed.commit);
        let what = departed.name.map_or(String::new(), |name| format!("`{name}` of "));
        let because = format!(
            "misattributed: commit {short} (\"{}\") took {what}`{}` away, and base has none",
            departed.title, departed.path
        );
        Some(Answer { belongs_to: Some(departed.commit), ..Answer::refuted(because) })
    }
}
