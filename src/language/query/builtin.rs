//! The queries of `queries/`, compiled into the binary: one row per file.

use crate::language::BuiltinQuery;

/// Every file of `queries/python/`, by name.
pub const PYTHON_QUERIES: &[BuiltinQuery] = &[
    BuiltinQuery { name: "deprecation-idioms", text: include_str!("../../../queries/python/deprecation-idioms.scm") },
    BuiltinQuery { name: "functions", text: include_str!("../../../queries/python/functions.scm") },
    BuiltinQuery { name: "handler-methods", text: include_str!("../../../queries/python/handler-methods.scm") },
    BuiltinQuery { name: "registrations", text: include_str!("../../../queries/python/registrations.scm") },
    BuiltinQuery { name: "version-suffixed", text: include_str!("../../../queries/python/version-suffixed.scm") },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::python;
    use crate::language::query::{CompiledQuery, QueryEngine, QuerySource};

    /// Query, code, and the names that it must find there, in order.
    const CASES: &[(&str, &str, &[&str])] = &[
        (
            "functions",
            "def load(): ...\nclass Store:\n    @cached\n    async def save(self):\n        def inner(): ...\n    if X:\n        def late(self): ...\n",
            &["function load", "method save", "function inner", "function late"],
        ),
        ("functions", "class Store:\n    load = 1\nf = lambda: 1\n", &[]),
        (
            "handler-methods",
            "class A:\n    def _handle_message_v2(self): ...\n    def on_connect(self): ...\n    @x\n    def error_handler(self): ...\n    def handle(self): ...\n    def route_to(self): ...\n",
            &[
                "method _handle_message_v2",
                "method on_connect",
                "method error_handler",
                "method handle",
                "method route_to",
            ],
        ),
        (
            "handler-methods",
            "def handle_all(): ...\nclass A:\n    def save(self): ...\n    def once(self): ...\n    def reprocess(self): ...\n    def handles(self): ...\n",
            &[],
        ),
        (
            "version-suffixed",
            "def load_v2(): ...\ndef _legacy_load(): ...\nclass HandlerV3: ...\nclass A:\n    def run_v2_now(self): ...\nclass OldStore: ...\nclass LegacyStore: ...\nclass StoreLegacy: ...\ndef v1(): ...\ndef save_v2_legacy(): ...\ndef loadV2(): ...\n",
            &[
                "function load_v2",
                "function _legacy_load",
                "class HandlerV3",
                "method run_v2_now",
                "class OldStore",
                "class LegacyStore",
                "class StoreLegacy",
                "function v1",
                "function save_v2_legacy",
                "function loadV2",
            ],
        ),
        (
            "version-suffixed",
            "def parse_csv2(): ...\nclass CSV2Reader: ...\nclass IPv4Address: ...\ndef threshold(): ...\ndef fold_v(): ...\nclass Older: ...\ndef purge_old_rows(): ...\ndef household(): ...\n",
            &[],
        ),
        (
            "registrations",
            "@router.websocket('/ws')\nasync def endpoint(s): ...\n@app.task\ndef job(): ...\n@receiver(post_save)\ndef saved(**k): ...\napp.add_api_route('/items', list_items)\nregister_handler('start', self.on_start)\npost_save.connect(index_document)\napp.add_url_rule('/x', view_func=show)\n",
            &[
                "function endpoint",
                "function job",
                "function saved",
                "refers list_items",
                "refers on_start",
                "refers index_document",
                "refers show",
            ],
        ),
        (
            "registrations",
            "@mock.patch('os.remove')\ndef test_a(m): ...\nc = sqlite3.connect(path)\n@property\ndef x(self): ...\nd.get(key)\nitems.add(item)\n@pytest.mark.task\ndef test_b(): ...\n",
            &[],
        ),
        (
            "deprecation-idioms",
            "@deprecated('use load')\ndef fetch(): ...\ndef get():\n    warnings.warn('x', DeprecationWarning, stacklevel=2)\nclass Old:\n    '''DEPRECATED: use Store.'''\n@te.deprecated\nclass Older: ...\ndef purge_old_rows(): ...\ndef household(): ...\ndef f():\n    \"\"\"Do.\n\n    .. deprecated:: 2.0\n    \"\"\"\n",
            &["function fetch", "function get", "class Old", "class Older", "function f"],
        ),
        (
            "deprecation-idioms",
            "def load(flag):\n    '''Loads. Not deprecated.'''\n    warnings.warn('slow', RuntimeWarning)\n    if flag:\n        warnings.warn('x', DeprecationWarning)\n@cached\ndef g(): ...\n",
            &[],
        ),
    ];

    fn engine_and_query(row: &BuiltinQuery) -> (QueryEngine, CompiledQuery) {
        let source = QuerySource { name: row.name.into(), text: row.text.into(), file: format!("{}.scm", row.name) };
        let query =
            CompiledQuery::compile(&python::SPEC, &source).unwrap_or_else(|error| panic!("{error} {:?}", error.help));
        (QueryEngine::new(&python::SPEC), query)
    }

    #[test]
    fn every_query_finds_what_it_says_and_no_more() {
        for (name, code, expected) in CASES {
            let row = PYTHON_QUERIES.iter().find(|row| row.name == *name).expect("a row");
            let (mut engine, query) = engine_and_query(row);
            let found = engine.run(code, &[], &[&query]).unwrap();
            let found: Vec<String> = found[0]
                .iter()
                .map(|found| match (found.definition, found.name, found.reference) {
                    (Some((role, _)), Some(name), _) => format!("{} {}", role.name(), name.slice(code)),
                    (_, _, Some((_, span))) => format!("refers {}", span.slice(code)),
                    _ => panic!("{found:?}"),
                })
                .collect();
            assert_eq!(found, *expected, "{name}:\n{code}");
            assert!(found.is_empty() || query.may_match(code.as_bytes()), "{name}: {:?}", query.literals());
        }
    }

    #[test]
    fn every_file_is_a_row_and_has_a_case_that_matches_and_one_that_does_not() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/queries/python");
        let mut files: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        let rows: Vec<String> = PYTHON_QUERIES.iter().map(|row| format!("{}.scm", row.name)).collect();
        assert_eq!(files, rows);
        for row in PYTHON_QUERIES {
            assert!(row.text.starts_with("; ") && row.text.contains(";     "), "{}: no head with an example", row.name);
            for positive in [true, false] {
                let is_case =
                    |(name, _, expected): &&(&str, &str, &[&str])| *name == row.name && expected.is_empty() != positive;
                assert!(CASES.iter().any(|case| is_case(&case)), "{}: positive {positive}", row.name);
            }
        }
    }
}
