//! Claims about what was gone before: whose commit it was.

use super::{Answer, Judge, Side, is_copy, is_named, is_path};
use crate::claims::{Name, NameKind};
use crate::history::departure::Sought;
use crate::span::RepoPath;

impl Judge<'_, '_> {
    /// What base has no more, another commit took away.
    pub(super) fn departed_before(&self, name: &Name, from: Option<&Name>) -> Option<Answer> {
        let departed = match name.kind {
            NameKind::Path => {
                let is_left = self.files(Side::Base, name).into_iter().any(|(_, path)| !is_copy(path));
                let is_it = |path: &RepoPath| is_path(path, &name.text) && !is_copy(path);
                if is_left { None } else { (self.case.departed)(&Sought::File(&is_it)) }
            }
            _ => {
                let is_left = self.known(Side::Base, name, None).into_iter().any(|known| !is_copy(&known.path));
                let file = from.filter(|from| from.kind == NameKind::Path);
                let is_it = |path: &RepoPath, qualified: &str| {
                    !is_copy(path)
                        && file.is_none_or(|file| is_path(path, &file.text))
                        && is_named(&format!("{}:{qualified}", path.as_str().replace('/', ".")), name)
                };
                let sought = Sought::Definition { last: name.last(), is_it: &is_it };
                if is_left { None } else { (self.case.departed)(&sought) }
            }
        }?;
        let short = departed.commit.get(..12).unwrap_or(&departed.commit);
        let what = departed.name.map_or(String::new(), |name| format!("`{name}` of "));
        let because = format!(
            "misattributed: commit {short} (\"{}\") took {what}`{}` away, and base has none",
            departed.title, departed.path
        );
        Some(Answer { belongs_to: Some(departed.commit), ..Answer::refuted(because) })
    }
}
