//! Sentences: what a sentence of a report or of a commit message claims.
//!
//! The code in a sentence is replaced by numbered marks (`@0@`), so that a pattern sees its grammar alone. A pattern
//! must fit the whole phrase: "removed `x`" is a claim about `x`, "removed the fallback of `x`" is not, and what no
//! pattern fits is unread. Sentences that hedge, that tell of plans, or that speak of another commit make no claim.
//!
//! Invariant: every pattern runs in linear time (`regex` has no other). Absent on purpose: any look at the code.

use super::markdown::{Mark, Sentence};
use super::name::{Name, NameKind};
use super::number::Number;
use super::pattern::*;
use super::topic::{describing_words, outside};
use super::{Assertion, Claim, Counted, Document, DocumentKind, OutsideClaim, Reading, Scope, Source, Subject, Topic};
use crate::finding::Context;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// What became of a sentence.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Their sources are filled in by the reader.
    pub claims: Vec<Claim>,
    /// It looks like a claim, and not all of it was understood.
    pub is_unread: bool,
}

pub(super) fn interpret(sentence: &Sentence, document: &Document) -> Outcome {
    let is_plan_section = sentence.trail.iter().any(|heading| PLAN_HEADING.is_match(heading));
    if sentence.mark == Mark::Open || (is_plan_section && sentence.mark != Mark::Done) {
        return Outcome::default();
    }
    let phrase = Phrase::new(&sentence.text);
    let said = WITHOUT_PARENTHESES.replace_all(&phrase.shape, " ");
    if PLAN.is_match(&said) && !said.contains('\u{2713}') {
        return Outcome::default();
    }
    let looks_like_claim =
        |text: &str| CLAIM_LIKE.is_match(text) && (!sentence.is_heading || STRONG_HEADING.is_match(text));
    let is_hedged = HEDGE.is_match(&said) && !ABSENT.is_match(&said);
    let is_about_another = OTHER_COMMIT.find_iter(&phrase.shape).any(|word| is_commit(word.as_str(), document));
    if is_about_another
        && !is_hedged
        && let Some((topic @ Topic::Run, says)) = outside(&phrase.shape, &sentence.trail)
    {
        // the id of a build or of an image, which looks like a commit's
        return Outcome {
            claims: vec![claim(&sentence.text, Assertion::Outside(OutsideClaim { topic, says }), &phrase)],
            is_unread: false,
        };
    }
    if is_hedged || is_about_another || sentence.mark == Mark::Failed {
        return Outcome { claims: Vec::new(), is_unread: looks_like_claim(&phrase.shape) || phrase.has_number() };
    }
    let mut reader = Reader {
        sentence,
        phrase: &phrase,
        is_message: document.commit().is_some(),
        found: Vec::new(),
        covered: Vec::new(),
    };
    reader.read();
    let rest = reader.rest();
    let rest = without_label(&rest, !reader.found.is_empty());
    // "34 files deleted, 9 others remain": what stands beside an understood part may be false
    let is_partial = !reader.found.is_empty() && (OTHER_NUMBER.is_match(rest) || AND_OTHERS.is_match(rest));
    let is_unread = looks_like_claim(rest) || is_partial;
    // "Removed unused modules:" says it of each item
    let lead = reader.lead().filter(|_| reader.is_removal_lead()).map(Phrase::new);
    let mut claims: Vec<Claim> =
        reader.found.into_iter().map(|assertion| claim(&sentence.text, assertion, &phrase)).collect();
    for claim in claims.iter_mut().filter(|claim| matches!(claim.assertion, Assertion::Removed { .. })) {
        claim.unjudged.extend(lead.iter().flat_map(Phrase::unjudged));
        claim.unjudged.sort();
        claim.unjudged.dedup();
    }
    if is_unread {
        claims.iter_mut().for_each(|claim| claim.is_partial = true);
    }
    Outcome { claims, is_unread }
}

/// What is left of a sentence without its label, "Lines removed: ", where what stands behind it was understood.
fn without_label(rest: &str, is_understood: bool) -> &str {
    match LABEL.find(rest).filter(|label| is_understood && !STRONG_HEADING.is_match(label.as_str())) {
        Some(label) => &rest[label.end()..],
        None => rest,
    }
}

/// Seven hexadecimal digits and more with both digits and letters, unless they are the commit itself.
fn is_commit(word: &str, document: &Document) -> bool {
    let own = match &document.kind {
        DocumentKind::Message { commit } => commit.starts_with(&word.to_ascii_lowercase()),
        DocumentKind::Report => false,
    };
    (7..=40).contains(&word.len()) && !own
}

fn claim(text: &str, assertion: Assertion, phrase: &Phrase) -> Claim {
    let unjudged = match assertion {
        Assertion::Outside(_) => Vec::new(),
        _ => phrase.unjudged(),
    };
    let source = Source { document: String::new(), line: 0, commit: None };
    Claim { text: text.replace('\u{2713}', "").trim().to_owned(), source, assertion, unjudged, is_partial: false }
}

/// A sentence with its code taken out.
pub(super) struct Phrase {
    pub shape: String,
    names: Vec<Name>,
}

impl Phrase {
    pub fn new(text: &str) -> Self {
        let mut phrase = Self { shape: String::with_capacity(text.len()), names: Vec::new() };
        let mut rest = text;
        while let Some(start) = rest.find('`') {
            phrase.words(&rest[..start]);
            let Some(length) = rest[start + 1..].find('`') else {
                rest = &rest[start + 1..];
                continue;
            };
            let code = &rest[start + 1..start + 1 + length];
            match Name::of_code(code.trim()) {
                Some(name) => phrase.name(name),
                None => phrase.words(code),
            }
            rest = &rest[start + 2 + length..];
        }
        phrase.words(rest);
        phrase
    }

    fn name(&mut self, name: Name) {
        self.shape.push_str(&format!("@{}@", self.names.len()));
        self.names.push(name);
    }

    fn words(&mut self, text: &str) {
        for word in text.split_inclusive(char::is_whitespace) {
            let body = word.trim_end();
            let space = &word[body.len()..];
            let inner = body.trim_start_matches(['(', '[', '{', '"', '\'', '*', '<']);
            let opening = &body[..body.len() - inner.len()];
            let core = match inner.find("()") {
                Some(at) => &inner[..at + 2],
                None => inner.trim_end_matches([')', ']', '}', '"', '\'', '*', '>', ',', ';', ':', '.', '!', '?']),
            };
            let closing = &inner[core.len()..];
            self.shape.push_str(&opening.replace('@', " "));
            match Name::find(core) {
                Some(name) => self.name(name),
                None => self.shape.push_str(&core.replace('@', " ")),
            }
            self.shape.push_str(&closing.replace('@', " "));
            if !space.is_empty() {
                self.shape.push(' ');
            }
        }
    }

    /// The names whose marks stand in a part of the shape.
    pub fn names_in(&self, part: &str) -> Vec<Name> {
        let mut found = Vec::new();
        for mark in part.split('@').filter(|mark| !mark.is_empty() && mark.len() < 6) {
            found.extend(mark.parse::<usize>().ok().and_then(|at| self.names.get(at)).cloned());
        }
        found
    }

    fn one(&self, captures: &Captures<'_>, group: &str) -> Option<Name> {
        self.names_in(captures.name(group)?.as_str()).into_iter().next()
    }

    fn has_number(&self) -> bool {
        self.shape.split(' ').any(|word| word.chars().filter(char::is_ascii_digit).count() > 1)
    }

    /// Words that say more than is looked into.
    fn unjudged(&self) -> Vec<String> {
        const WORDS: &[&str] =
            &["unused", "duplicate", "duplicated", "redundant", "dead", "orphaned", "obsolete", "safe", "safely"];
        let lower = self.shape.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric());
        let mut found: Vec<String> = words.filter(|word| WORDS.contains(word)).map(str::to_owned).collect();
        found.sort();
        found.dedup();
        found
    }
}

struct Reader<'a> {
    sentence: &'a Sentence,
    phrase: &'a Phrase,
    is_message: bool,
    found: Vec<Assertion>,
    /// Ranges of the shape that a pattern understood.
    covered: Vec<std::ops::Range<usize>>,
}

impl<'a> Reader<'a> {
    fn read(&mut self) {
        self.counts();
        self.imports();
        self.removals();
        self.states();
        self.wholes();
        if self.found.is_empty() && !self.sentence.is_heading {
            self.outside();
        }
    }

    fn shape(&self) -> &'a str {
        &self.phrase.shape
    }

    fn add(&mut self, assertion: Assertion, range: std::ops::Range<usize>) {
        if !self.found.contains(&assertion) {
            self.found.push(assertion);
        }
        self.covered.push(range);
    }

    /// What of the shape no pattern understood.
    fn rest(&self) -> String {
        let mut rest = String::new();
        for (at, char) in self.shape().char_indices() {
            rest.push(if self.covered.iter().any(|range| range.contains(&at)) { ' ' } else { char });
        }
        rest
    }

    /// What introduces the sentence: the words before its list, or the heading above it.
    fn lead(&self) -> Option<&'a str> {
        self.sentence.lead.as_deref().or(self.sentence.trail.last().map(String::as_str))
    }

    fn is_removal_lead(&self) -> bool {
        let pattern = if self.is_message { &*REMOVAL_LEAD_MESSAGE } else { &*REMOVAL_LEAD };
        self.lead().is_some_and(|lead| {
            let label = lead.rsplit(". ").next().unwrap_or(lead);
            pattern.is_match(label)
                && !NO_REMOVAL_LEAD.is_match(label)
                && !PLAN.is_match(label)
                && !HEDGE.is_match(label)
        })
    }

    fn says_removal(&self) -> bool {
        static PAST_VERB: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b{PAST}\b")));
        static ANY_VERB: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b(?:{PAST}|{PRESENT})\b")));
        let verb = if self.is_message { &*ANY_VERB } else { &*PAST_VERB };
        verb.is_match(self.shape()) || self.is_removal_lead()
    }

    fn removals(&mut self) {
        let active: &[&Regex] = if self.is_message { &[&REMOVED_PAST, &REMOVED_PRESENT] } else { &[&REMOVED_PAST] };
        let mut any = false;
        for pattern in active.iter().copied().chain([&*REMOVED_PASSIVE]) {
            for captures in pattern.captures_iter(self.shape()) {
                any |= self.removal(&captures, None);
            }
        }
        if any || !self.found.is_empty() && !self.is_removal_lead() {
            return;
        }
        if self.is_removal_lead() {
            let lead = Phrase::new(self.lead().unwrap_or_default());
            let from = LEAD_FROM.captures(&lead.shape).and_then(|captures| lead.names_in(&captures[1]).pop());
            if let Some(captures) = ITEM.captures(self.shape()) {
                let label = captures.name("label").map_or("", |label| label.as_str());
                let is_plain = !CLAIM_LIKE.is_match(label)
                    && !label.to_lowercase().contains("import")
                    && !NO_REMOVAL_LEAD.is_match(label);
                if is_plain {
                    self.removal(&captures, from);
                }
            } else if let Some(captures) = FLAG_ITEM.captures(self.shape()) {
                let range = captures.get(0).map_or(0..0, |whole| whole.range());
                for name in
                    self.phrase.names_in(&captures["names"]).into_iter().filter(|name| name.kind == NameKind::Flag)
                {
                    self.add(Assertion::Removed { what: name, from: None, place: None }, range.clone());
                }
            }
        }
    }

    /// Enters a removal that a pattern found. `from` is what the lead says.
    fn removal(&mut self, captures: &Captures<'_>, from: Option<Name>) -> bool {
        static NO_PLACE: LazyLock<Regex> = LazyLock::new(|| {
            pattern(
                r"\b(?:exports?|imports?|__all__|calls?|usages?|uses|tests?|comments?|docs?|documentation|logs?|list|registry|registrations?|routes?|param\w*|signature|public|interface|history)\b",
            )
        });
        let elsewhere = captures.name("elsewhere").map(|it| it.as_str());
        if elsewhere.is_some_and(|place| NO_PLACE.is_match(place)) {
            return false;
        }
        let place = self.phrase.one(captures, "from").or(from);
        if place.as_ref().is_some_and(|place| place.text.starts_with("__")) {
            return false;
        }
        let range = captures.get(0).map_or(0..0, |whole| whole.range());
        let is_wholly = captures.name("everywhere").is_some()
            || captures.get(0).is_some_and(|whole| {
                let text = whole.as_str().to_lowercase();
                ["completely", "fully", "entirely", "permanently"].iter().any(|word| text.contains(word))
            });
        for name in self.phrase.names_in(&captures["names"]) {
            let assertion = match (&place, is_wholly) {
                (None, true) => Assertion::Gone(name),
                _ => Assertion::Removed {
                    what: name,
                    from: place.clone(),
                    place: elsewhere.map(|words| words.trim().to_owned()),
                },
            };
            self.add(assertion, range.clone());
        }
        true
    }

    fn states(&mut self) {
        let shape = self.shape();
        for captures in ABSENT.captures_iter(shape) {
            let range = captures.get(0).map_or(0..0, |whole| whole.range());
            for name in self.phrase.names_in(&captures["names"]) {
                self.add(Assertion::Absent(Subject::Named(name)), range.clone());
            }
        }
        for pattern in [&*KEPT, &*KEPT_PASSIVE] {
            for captures in pattern.captures_iter(shape) {
                let range = captures.get(0).map_or(0..0, |whole| whole.range());
                for name in self.phrase.names_in(&captures["names"]) {
                    self.add(Assertion::Exists(Subject::Named(name)), range.clone());
                }
            }
        }
        for captures in ADDED.captures_iter(shape) {
            let range = captures.get(0).map_or(0..0, |whole| whole.range());
            let to = self.phrase.one(&captures, "within");
            for name in self.phrase.names_in(&captures["names"]) {
                self.add(Assertion::Added { what: name, to: to.clone() }, range.clone());
            }
        }
        for pattern in [&*MOVED, &*MOVED_PASSIVE] {
            for captures in pattern.captures_iter(shape) {
                if let (Some(what), Some(to)) = (self.phrase.one(&captures, "what"), self.phrase.one(&captures, "to")) {
                    self.add(Assertion::Moved { what, to }, captures.get(0).map_or(0..0, |whole| whole.range()));
                }
            }
        }
        for pattern in [&*RENAMED, &*RENAMED_PASSIVE] {
            for captures in pattern.captures_iter(shape) {
                if let (Some(from), Some(to)) = (self.phrase.one(&captures, "what"), self.phrase.one(&captures, "to")) {
                    self.add(Assertion::Renamed { from, to }, captures.get(0).map_or(0..0, |whole| whole.range()));
                }
            }
        }
        if self.found.is_empty()
            && let Some(captures) = ITEM.captures(shape)
            && let Some(lead) = self.lead()
        {
            let is_added = ADDED_LEAD.is_match(lead) && !PLAN.is_match(lead) && !HEDGE.is_match(lead);
            let is_kept = KEPT_LEAD.is_match(lead) && !PLAN.is_match(lead) && !HEDGE.is_match(lead);
            let range = captures.get(0).map_or(0..0, |whole| whole.range());
            if is_added != is_kept && !REMOVAL_LEAD.is_match(lead) && captures.name("label").is_none() {
                for name in self.phrase.names_in(&captures["names"]) {
                    let subject = Subject::Named(name.clone());
                    let added = Assertion::Added { what: name, to: None };
                    self.add(if is_added { added } else { Assertion::Exists(subject) }, range.clone());
                }
            }
        }
    }

    fn imports(&mut self) {
        let shape = self.shape();
        for captures in IMPORT_LIST.captures_iter(shape) {
            let range = captures.get(0).map_or(0..0, |whole| whole.range());
            for word in captures["list"].split(',') {
                let word = word.trim().trim_start_matches("and ").trim();
                let name = self.phrase.names_in(word).pop().or_else(|| Name::of_code(word));
                if let Some(name) = name {
                    self.add(Assertion::ImportRemoved(name), range.clone());
                }
            }
        }
        for captures in NAME_USES.captures_iter(shape) {
            if !self.is_message && !is_past(&captures["verb"]) {
                continue;
            }
            let range = captures.get(0).map_or(0..0, |whole| whole.range());
            for name in self.phrase.names_in(&captures["names"]) {
                self.add(Assertion::UsesRemoved(name), range.clone());
            }
        }
    }

    fn counts(&mut self) {
        let shape = self.shape();
        for captures in SPAN.captures_iter(shape) {
            let (Ok(start), Ok(end)) = (captures["start"].parse(), captures["end"].parse()) else { continue };
            if let Some(what) = self.phrase.one(&captures, "name")
                && self.says_removal()
                && start <= end
            {
                let range = captures.get(0).map_or(0..0, |whole| whole.range());
                // the name itself is for the other patterns to understand
                let inner = range.start + captures["name"].len()..range.end;
                self.add(Assertion::Span { what, start, end }, inner);
            }
        }
        for captures in NAME_LINES.captures_iter(shape) {
            let Some(name) = self.phrase.one(&captures, "name") else { continue };
            let Some(number) = number(&captures) else { continue };
            if self.says_removal() {
                let scope = Scope { names: vec![name], ..Scope::default() };
                let range = captures.get(0).map_or(0..0, |whole| whole.range());
                let inner = range.start + captures["name"].len()..range.end;
                self.add(Assertion::Count { of: Counted::Lines, number, scope }, inner);
            }
        }
        self.shrinks();
        if let Some(captures) = DIFFSTAT.captures(shape)
            && shape.to_lowercase().contains("line")
        {
            let range = captures.get(0).map_or(0..0, |whole| whole.range());
            let names = self.phrase.names.clone();
            let gross = Scope { names, reading: Some(Reading::Gross), ..Scope::default() };
            if let (Some(added), Some(deleted)) =
                (Number::read("", &captures["added"], ""), Number::read("", &captures["number"], ""))
            {
                self.add(
                    Assertion::Count { of: Counted::AddedLines, number: added, scope: gross.clone() },
                    range.clone(),
                );
                self.add(Assertion::Count { of: Counted::Lines, number: deleted, scope: gross }, range);
            }
            return;
        }
        for (pattern, reading) in [(&*NET, Some(Reading::Net)), (&*REDUCED_BY, None)] {
            for captures in pattern.captures_iter(shape) {
                self.count(&captures, reading);
            }
        }
        if !self.found.is_empty() {
            return;
        }
        for pattern in [&*COUNT_PASSIVE, &*COUNT_VERB, &*COUNT_LABEL, &*COUNT_MINUS] {
            for captures in pattern.captures_iter(shape) {
                let is_done = self.is_message || captures.name("verb").is_none_or(|verb| is_past(verb.as_str()));
                let overlaps = captures.get(0).is_some_and(|whole| self.is_covered(whole.range()));
                if is_done && !overlaps {
                    self.count(&captures, None);
                }
            }
        }
    }

    fn is_covered(&self, range: std::ops::Range<usize>) -> bool {
        self.covered.iter().any(|other| other.start < range.end && range.start < other.end)
    }

    fn count(&mut self, captures: &Captures<'_>, reading: Option<Reading>) {
        let Some(number) = number(captures) else { return };
        let Some(of) = counted(&captures["noun"]) else { return };
        let words =
            ["words", "of"].map(|group| captures.name(group).map_or("", |it| it.as_str())).join(" ").to_lowercase();
        // other things than the noun names: "400 lines of logs", "3 duplicate import lines"
        if ["import", "log", "config", "yaml", "json"].iter().any(|word| words.contains(word)) && of == Counted::Lines {
            return;
        }
        let is_first_word = |word: &str| words.split_whitespace().any(|it| it == word);
        let context = match () {
            () if ["test", "tests"].into_iter().any(is_first_word) => Some(Context::Tests),
            () if ["documentation", "docs", "markdown", "md"].into_iter().any(is_first_word) => Some(Context::Docs),
            () => None,
        };
        let kind = (of == Counted::Files).then(|| FILE_KINDS.iter().find(|(word, _)| is_first_word(word))).flatten();
        let plain = [
            "of",
            "code",
            "codebase",
            "size",
            "total",
            "python",
            "test",
            "tests",
            "documentation",
            "docs",
            "markdown",
            "md",
        ];
        let narrowing = words
            .split([' ', '/', '-'])
            .filter(|word| !word.is_empty() && !plain.contains(word))
            .filter(|word| kind.is_none_or(|(known, _)| known != word))
            .map(str::to_owned)
            .collect();
        let whole = captures.get(0).map_or(0..0, |whole| whole.range());
        let behind = &self.shape()[whole.end..];
        let behind = ASIDE.find(behind).map_or(behind, |aside| &behind[..aside.start()]);
        let names = self.phrase.names_in(&self.shape()[..whole.end + behind.len()]);
        let endings = kind.map_or(&[][..], |(_, endings)| endings);
        let behind = captures.get(0).map_or("", |whole| &self.shape()[whole.end()..]);
        let place = COUNT_PLACE.captures(behind);
        let is_root = place.as_ref().is_some_and(|place| place.name("root").is_some());
        let place = place.and_then(|place| place.name("place").map(|words| words.as_str().trim().to_owned()));
        let scope = Scope { names, context, reading, endings, is_root, place, narrowing };
        self.add(Assertion::Count { of, number, scope }, captures.get(0).map_or(0..0, |whole| whole.range()));
    }

    fn shrinks(&mut self) {
        let shape = self.shape();
        let lower = shape.to_lowercase();
        if let Some(captures) = SHRUNK.captures(shape) {
            let part = |one: &str, two: &str| {
                let digits = captures.name(one).or(captures.name(two))?.as_str().replace(',', "");
                digits.parse::<u64>().ok()
            };
            let is_reduction = shape.contains("->") || lower.contains("from") || lower.contains("reduc");
            if let (Some(from), Some(to)) = (part("from", "from2"), part("to", "to2"))
                && from > to
                && is_reduction
            {
                let scope = Scope { names: self.phrase.names.clone(), ..Scope::default() };
                self.add(Assertion::Shrunk { from, to, scope }, captures.get(0).map_or(0..0, |whole| whole.range()));
            }
        }
        if let Some(captures) = PERCENT.captures(shape)
            && ABOUT_CODE.is_match(shape)
            && !ABOUT_QUALITY.is_match(shape)
        {
            let part = |one: &str, two: &str| {
                let digits = captures.name(one).or(captures.name(two))?;
                digits.as_str().parse::<u32>().ok()
            };
            let whole = part("whole", "whole2").unwrap_or(0);
            let tenths = whole * 10 + part("tenth", "tenth2").unwrap_or(0);
            let scope = Scope { names: self.phrase.names.clone(), ..Scope::default() };
            if tenths > 0 && tenths <= 1000 {
                self.add(Assertion::Percent { tenths, scope }, captures.get(0).map_or(0..0, |whole| whole.range()));
            }
        }
    }

    fn wholes(&mut self) {
        let shape = self.shape();
        if let Some(captures) = NO_DUPLICATES.captures(shape) {
            let name = self.phrase.one(&captures, "name");
            self.add(Assertion::NoDuplicates(name), captures.get(0).map_or(0..0, |whole| whole.range()));
        }
        if let Some(found) = SINGLE_SOURCE.find(shape) {
            let named = SOURCE_NAME.captures(shape);
            let name = named.and_then(|it| self.phrase.one(&it, "name").or(self.phrase.one(&it, "name2")));
            self.add(Assertion::SingleSource(name), found.range());
        }
        // "no broken imports" names nothing
        let named = || NO_REFERENCES_TO.captures(shape).or_else(|| NO_REFERENCES.captures(shape));
        if let Some(captures) = named().filter(|_| !IMPORTS_RESOLVE.is_match(shape)) {
            let range = captures.get(0).map_or(0..0, |whole| whole.range());
            let words = captures.name("words").map_or("", |words| words.as_str());
            let named = self.phrase.one(&captures, "to").or_else(|| self.phrase.names_in(words).pop());
            let subject = match named {
                Some(name) => Some(Subject::Named(name)),
                None => Some(describing_words(words)).filter(|words| !words.is_empty()).map(Subject::Described),
            };
            if let Some(subject) = subject {
                self.add(Assertion::NoReferences(subject), range);
            }
        }
        // "all imports updated" is about what the change took away, "all imports work" about every import there is
        for (pattern, whole) in [(&*IMPORTS_FOLLOW, false), (&*IMPORTS_RESOLVE, true)] {
            if let Some(found) = pattern.find(shape) {
                let of = self.narrowed(found.end());
                self.add(Assertion::ImportsResolve { whole, of }, found.range());
            }
        }
        if let Some(captures) = IMPORTS_UPDATED.captures(shape)
            && (self.is_message || is_past(&captures["verb"]))
        {
            let range = captures.get(0).map_or(0..0, |whole| whole.range());
            let of = self.narrowed(range.end);
            self.add(Assertion::ImportsResolve { whole: false, of }, range);
        }
        if let Some(found) = NO_BREAKING.find(shape) {
            self.add(Assertion::NoBreakingChanges, found.range());
        }
    }

    /// What follows "all imports" and says which: "to use the new module", "of `legacy`".
    fn narrowed(&self, at: usize) -> Option<String> {
        let captures = IMPORTS_OF.captures(&self.shape()[at..])?;
        let names = self.phrase.names_in(&captures["of"]);
        let mut words = captures["of"].to_owned();
        for (at, name) in names.iter().enumerate() {
            words = words.replace(&format!("@{at}@"), &name.text);
        }
        Some(words.trim().to_owned())
    }

    /// What only something outside of the repository can show.
    fn outside(&mut self) {
        if let Some((topic, says)) = outside(self.shape(), &self.sentence.trail) {
            self.add(Assertion::Outside(OutsideClaim { topic, says }), 0..self.shape().len());
        }
    }
}

fn is_past(verb: &str) -> bool {
    verb.to_lowercase().ends_with("ed")
}

fn number(captures: &Captures<'_>) -> Option<Number> {
    let group = |name: &str| captures.name(name).map_or("", |it| it.as_str());
    let about = group("about").to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    Number::read(&about, group("number"), group("plus"))
}

fn counted(noun: &str) -> Option<Counted> {
    Some(match noun.to_lowercase().as_str() {
        "line" | "lines" | "loc" | "deletion" | "deletions" => Counted::Lines,
        "file" | "files" => Counted::Files,
        "module" | "modules" => Counted::Modules,
        "method" | "methods" => Counted::Methods,
        "function" | "functions" => Counted::Functions,
        "class" | "classes" => Counted::Classes,
        "test" | "tests" => Counted::Tests,
        noun if noun.starts_with("import") => Counted::Imports,
        _ => return None,
    })
}
