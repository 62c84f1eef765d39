//! The names that every Rust file sees without an import: of the prelude, of types of the language, of macros of `std`.
//!
//! Invariant: sorted, so that a look-up is a binary search. Absent on purpose: what they mean, and editions.

/// Whether a name that nothing binds is always there.
pub fn is_builtin(name: &str) -> bool {
    BUILTINS.binary_search(&name).is_ok()
}

#[rustfmt::skip]
const BUILTINS: &[&str] = &[
    "AsMut", "AsRef", "AsyncFn", "AsyncFnMut", "AsyncFnOnce", "Box", "Clone", "Copy", "Debug", "Default",
    "DoubleEndedIterator", "Drop", "Eq", "Err", "ExactSizeIterator", "Extend", "Fn", "FnMut", "FnOnce", "From",
    "FromIterator", "Future", "Hash", "Into", "IntoFuture", "IntoIterator", "Iterator", "None", "Ok", "Option", "Ord",
    "PartialEq", "PartialOrd", "Result", "Send", "Sized", "Some", "String", "Sync", "ToOwned", "ToString", "TryFrom",
    "TryInto", "Unpin", "Vec", "align_of", "align_of_val", "alloc", "asm", "assert", "assert_eq", "assert_ne",
    "bench", "bool", "cfg", "cfg_eval", "char", "column", "compile_error", "concat", "concat_idents", "core", "dbg",
    "debug_assert", "debug_assert_eq", "debug_assert_ne", "derive", "drop", "env", "eprint", "eprintln", "f32", "f64",
    "file", "format", "format_args", "global_allocator", "global_asm", "i128", "i16", "i32", "i64", "i8", "include",
    "include_bytes", "include_str", "isize", "line", "macro_rules", "matches", "module_path", "option_env", "panic",
    "print", "println", "proc_macro", "size_of", "size_of_val", "std", "str", "stringify", "test", "test_case",
    "thread_local", "todo", "try", "u128", "u16", "u32", "u64", "u8", "unimplemented", "unreachable", "usize", "vec",
    "write", "writeln",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builtins_are_sorted() {
        assert!(BUILTINS.is_sorted());
        assert!(is_builtin("Vec") && is_builtin("u8") && is_builtin("println") && !is_builtin("Order"));
    }
}
