//! Trees of tree-sitter, and what queries find in them, under budgets.
//!
//! Invariants: budgets count what the parser and the cursor do and what they read, not time, so that the same text gives
//! the same answer on every machine; nothing here descends by recursion, so that no nesting is too deep. Absent on
//! purpose: what a capture means.

use std::cell::Cell;
use std::ops::ControlFlow;
use streaming_iterator::StreamingIterator;
use tree_sitter::{
    Node, ParseOptions, ParseState, Parser, Query, QueryCursor, QueryCursorOptions, QueryCursorState, QueryMatch, Tree,
};

/// The parser sees the text in pieces of this many bytes, so that what its scanner reads can be counted.
const PIECE: usize = 4096;

// Budgets are a base for any text and a rate for its length. The comments say what was measured on 11,200 files of
// two large Python projects, so that a budget is about ten times what real code needs.

/// Pieces that the parser may read: so many, and so many for each piece of the text. Real code needs up to 40 and 12;
/// a scanner that reads the rest of the file again and again (comments, line continuations) needs thousands.
const READS: (u64, u64) = (2_000, 100);

/// Progress reports, one per 100 operations of the parser, per 100 bytes. Real code needs up to 1.1, a table of small
/// numbers 3.4.
const PARSE_STEPS: (u64, u64) = (10_000, 10);

/// Progress reports of one query's cursor, per 100 bytes. Real code needs up to 0.1 for a pattern that takes all.
const QUERY_STEPS: (u64, u64) = (10_000, 10);

/// The sum, over the nodes that hold what does not parse, of their children squared. The cursor looks through all the
/// siblings of each child there, which no progress report shows; everywhere else the grammar bounds the children.
const ERROR_BREADTH: u64 = 1_000_000_000;

/// A larger text is not given to tree-sitter, whose work per byte is a hundred times that of a search.
pub const TEXT_LIMIT: u64 = 4 << 20;

/// Matches of one query that may be in progress at once.
const OPEN_MATCHES: u32 = 4096;

/// A cursor whose matches in progress are bounded.
pub fn query_cursor() -> QueryCursor {
    let mut cursor = QueryCursor::new();
    cursor.set_match_limit(OPEN_MATCHES);
    cursor
}

/// The tree of a text; `None` where that takes too many steps.
pub fn parse(parser: &mut Parser, bytes: &[u8]) -> Option<Tree> {
    let reads = Budget::new(READS, bytes.len() / PIECE);
    let steps = Budget::new(PARSE_STEPS, bytes.len() / 100);
    // An empty piece reads as the end of the text, which ends a scan that would otherwise go on.
    let mut read = |at: usize, _| match reads.spend() {
        ControlFlow::Continue(()) if at < bytes.len() => &bytes[at..bytes.len().min(at + PIECE)],
        _ => &[],
    };
    let mut progress = |_: &ParseState| if reads.is_spent() { ControlFlow::Break(()) } else { steps.spend() };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut read, None, Some(options));
    let tree = tree.filter(|tree| !reads.is_spent() && has_narrow_errors(tree));
    if tree.is_none() {
        parser.reset();
    }
    tree
}

/// Takes every match of a query; `false` where that takes too many steps, and so some are missing.
pub fn each_match(
    cursor: &mut QueryCursor,
    query: &Query,
    tree: &Tree,
    bytes: &[u8],
    mut take: impl FnMut(&QueryMatch<'_, '_>),
) -> bool {
    let steps = Budget::new(QUERY_STEPS, bytes.len() / 100);
    let mut progress = |_: &QueryCursorState| steps.spend();
    let options = QueryCursorOptions::new().progress_callback(&mut progress);
    let mut matches = cursor.matches_with_options(query, tree.root_node(), bytes, options);
    while let Some(matched) = matches.next() {
        take(matched);
    }
    drop(matches);
    !steps.is_spent() && !cursor.did_exceed_match_limit()
}

/// Visits the nodes of a tree in order, a node before its children, which are left out where `visit` says `false`.
pub fn walk<'t>(tree: &'t Tree, mut visit: impl FnMut(Node<'t>) -> bool) {
    let mut cursor = tree.walk();
    loop {
        if visit(cursor.node()) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// Whether the cursor can afford the nodes that hold what does not parse; see [`ERROR_BREADTH`].
fn has_narrow_errors(tree: &Tree) -> bool {
    let mut breadth = 0u64;
    walk(tree, |node| {
        if node.is_error() {
            breadth = breadth.saturating_add((node.child_count() as u64).saturating_pow(2));
        }
        node.has_error() && breadth <= ERROR_BREADTH
    });
    breadth <= ERROR_BREADTH
}

/// Counts down; the callbacks of one run share it.
struct Budget(Cell<u64>);

impl Budget {
    /// `(base, per_unit)` for a text of so many units.
    fn new((base, per_unit): (u64, u64), units: usize) -> Budget {
        Budget(Cell::new(base + per_unit * units as u64))
    }

    fn spend(&self) -> ControlFlow<()> {
        self.0.set(self.0.get().saturating_sub(1));
        if self.is_spent() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}
