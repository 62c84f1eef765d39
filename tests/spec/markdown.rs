//! Markdown to cases: headings, and the fenced blocks that stand under them.

/// A leaf heading with its blocks, those of the headings around it first.
pub struct Case {
    pub name: String,
    /// 1-based line of the heading.
    pub line: usize,
    pub blocks: Vec<Block>,
}

#[derive(Clone)]
pub struct Block {
    /// The first word of the info string.
    pub language: String,
    /// The words behind it.
    pub words: Vec<String>,
    pub text: String,
}

impl Block {
    /// The file that the block is, if it is one: the word behind the language.
    pub fn path(&self) -> Option<&str> {
        match self.language.as_str() {
            "toml" if self.words.is_empty() => Some("solely.toml"),
            "findings" | "verdict" | "refs" | "plan" | "why-not" | "duplicates" | "options" => None,
            _ => self.words.first().map(String::as_str),
        }
    }
}

/// The cases of a document: headings without headings below them that hold at least one file besides a policy.
pub fn cases(markdown: &str) -> Vec<Case> {
    let sections = sections(markdown);
    let mut cases = Vec::new();
    let mut around: Vec<&Section> = Vec::new();
    for (at, section) in sections.iter().enumerate() {
        around.retain(|outer| outer.level < section.level);
        let is_leaf = sections.get(at + 1).is_none_or(|next| next.level <= section.level);
        if is_leaf && section.blocks.iter().any(|block| block.path().is_some_and(|path| path != "solely.toml")) {
            let mut blocks = Vec::new();
            for outer in &around {
                add(&mut blocks, &outer.blocks);
            }
            add(&mut blocks, &section.blocks);
            cases.push(Case { name: section.title.clone(), line: section.line, blocks });
        }
        around.push(section);
    }
    cases
}

/// A file replaces one of the same path that an outer heading shares.
fn add(blocks: &mut Vec<Block>, inner: &[Block]) {
    let replaced = |block: &Block| inner.iter().any(|it| it.path().is_some() && it.path() == block.path());
    blocks.retain(|block| !replaced(block));
    blocks.extend_from_slice(inner);
}

struct Section {
    level: usize,
    title: String,
    line: usize,
    blocks: Vec<Block>,
}

fn sections(markdown: &str) -> Vec<Section> {
    let mut sections = vec![Section { level: 0, title: String::new(), line: 1, blocks: Vec::new() }];
    let mut open: Option<(String, Block)> = None;
    for (at, line) in markdown.lines().enumerate() {
        let trimmed = line.trim_end();
        if let Some((fence, mut block)) = open.take() {
            let closes = trimmed.starts_with(&fence) && trimmed.chars().all(|c| fence.starts_with(c));
            if closes {
                sections.last_mut().unwrap().blocks.push(block);
            } else {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some((fence, block));
            }
            continue;
        }
        let mark = trimmed.chars().next().filter(|c| matches!(c, '`' | '~'));
        let length = mark.map_or(0, |mark| trimmed.chars().take_while(|&c| c == mark).count());
        if length >= 3 {
            let mut words = trimmed[length..].split_whitespace().map(str::to_owned);
            let language = words.next().unwrap_or_default();
            let block = Block { language, words: words.collect(), text: String::new() };
            open = Some((trimmed[..length].to_owned(), block));
            continue;
        }
        let level = trimmed.chars().take_while(|&c| c == '#').count();
        if level > 0 && trimmed[level..].starts_with(' ') {
            let title = trimmed[level..].trim().to_owned();
            sections.push(Section { level, title, line: at + 1, blocks: Vec::new() });
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    sections
}

#[test]
fn headings_share_their_files_with_those_below() {
    let text = "# a\n```toml\nx\n```\n## b\n```py m.py\n1\n```\n### c\n````md r.md\n```py\n# no heading\n```\n````\n## d\ntext\n## e\n```toml\ny\n```\n```py n.py\n2\n```\n";
    let cases = cases(text);
    let told: Vec<(&str, Vec<&str>)> =
        cases.iter().map(|case| (&*case.name, case.blocks.iter().map(|block| block.text.as_str()).collect())).collect();
    assert_eq!(told, [("c", vec!["x\n", "1\n", "```py\n# no heading\n```\n"]), ("e", vec!["y\n", "2\n"])]);
}
