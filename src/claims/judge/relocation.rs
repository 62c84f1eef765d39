//! Claims that something was moved or renamed.

use super::{Answer, Judge, Known, Side, is_named, is_path, is_within};
use crate::claims::{Name, NameKind, Status};
use crate::history::Fate;
use crate::history::changes::Status as FileStatus;
use crate::span::RepoPath;

impl Judge<'_, '_> {
    pub(super) fn moved(&self, what: &Name, to: &Name) -> Answer {
        if what.kind == NameKind::Path {
            return self.file_renamed(what, to);
        }
        for (definition, (symbol, at_head)) in self.case.ledger.definitions.iter().zip(self.case.symbols) {
            if !is_named(symbol, what) || definition.fate != Fate::Relocated {
                continue;
            }
            let Some(place) = &definition.head else { continue };
            let head_symbol = at_head.as_deref().unwrap_or(symbol);
            let lines = place.lines;
            let known = Known {
                symbol: head_symbol.to_owned(),
                qualified: place.name.clone(),
                kind: definition.kind,
                path: place.path.clone(),
                lines,
            };
            return match is_within(&known, Some(to)) {
                true => Answer::verified(format!("`{symbol}` is `{head_symbol}` at head")).at([known.location()]),
                false => Answer::refuted(format!("`{symbol}` went to {}", place.path)).at([known.location()]),
            };
        }
        let head = self.known(Side::Head, what, None);
        let base = self.known(Side::Base, what, None);
        let is_there = head.iter().any(|known| is_within(known, Some(to)));
        match (base.is_empty(), is_there) {
            (true, _) => self.never_defined(what, None),
            (false, true) => Answer::unprovable(
                format!("`{to}` holds a `{what}` at head, and the ledger did not see it move there"),
                "a body that stayed alike",
            ),
            (false, false) => Answer::refuted(format!("`{to}` holds no `{what}` at head")),
        }
    }

    pub(super) fn renamed(&self, from: &Name, to: &Name) -> Answer {
        if from.kind == NameKind::Path {
            return self.file_renamed(from, to);
        }
        for (definition, (symbol, at_head)) in self.case.ledger.definitions.iter().zip(self.case.symbols) {
            if !is_named(symbol, from) || !matches!(definition.fate, Fate::Renamed(_)) {
                continue;
            }
            let now = at_head.as_deref().unwrap_or(symbol);
            return match is_named(now, to) {
                true => Answer::verified(format!("`{symbol}` is `{now}` at head")),
                false => Answer::refuted(format!("`{symbol}` became `{now}`")),
            };
        }
        if self.known(Side::Base, from, None).is_empty() {
            return self.never_defined(from, None);
        }
        if self.known(Side::Head, to, None).is_empty() {
            return Answer::refuted(format!("head defines no `{to}`"));
        }
        Answer::unprovable("the ledger saw no such renaming", "a body that stayed alike")
    }

    fn file_renamed(&self, from: &Name, to: &Name) -> Answer {
        let is_to =
            |path: &RepoPath| is_path(path, &to.text) || (to.kind != NameKind::Path && is_module(path, &to.text));
        for file in &self.case.ledger.files {
            let (FileStatus::Renamed(_), Some(old)) = (file.status, &file.old_path) else { continue };
            if is_path(old, &from.text) {
                return match is_to(&file.path) {
                    true => Answer::verified(format!("`{old}` is `{}` at head", file.path)),
                    false => Answer::refuted(format!("`{old}` became `{}`", file.path)),
                };
            }
        }
        if self.files(Side::Base, from).is_empty() {
            return Answer::refuted(format!("base has no file `{from}`"));
        }
        if !self.files(Side::Head, from).is_empty() {
            return match self.file_removed(from) {
                // one file of that name goes and another stays
                open if open.status == Status::Unprovable => open,
                _ => Answer::refuted(format!("`{from}` is still there at head")),
            };
        }
        Answer::unprovable(format!("`{from}` is gone, and git sees no renaming of it"), "a file that stayed alike")
    }
}

/// Whether a path is that of a module, or lies in a package, that a dotted name says.
fn is_module(path: &RepoPath, dotted: &str) -> bool {
    let said = dotted.replace(['.', ':'], "/");
    format!("/{}", path.as_str()).contains(&format!("/{said}/"))
        || [".py", "/__init__.py", ".pyi"].iter().any(|ending| is_path(path, &format!("{said}{ending}")))
}
