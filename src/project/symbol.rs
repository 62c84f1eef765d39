//! Symbols: names that a whole project agrees on.
//!
//! Invariant: a symbol is text, so it can name what no longer exists. Absent on purpose: where it is defined.

use std::fmt;

/// `package.module:Class.method`; without a name it is the module itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol {
    pub module: String,
    pub name: Option<String>,
}

impl Symbol {
    pub fn new(module: impl Into<String>, name: impl Into<String>) -> Self {
        Self { module: module.into(), name: Some(name.into()) }
    }

    pub fn module(module: impl Into<String>) -> Self {
        Self { module: module.into(), name: None }
    }

    /// The name that code uses: the last part of the path.
    pub fn last_name(&self) -> &str {
        let path = self.name.as_deref().unwrap_or(&self.module);
        path.rsplit('.').next().unwrap_or(path)
    }

    /// What holds it: the class of a method, the module of a function.
    pub fn owner(&self) -> Option<Symbol> {
        match &self.name {
            Some(name) => Some(match name.rsplit_once('.') {
                Some((owner, _)) => Symbol::new(&*self.module, owner),
                None => Symbol::module(&*self.module),
            }),
            None => self.module.rsplit_once('.').map(|(package, _)| Symbol::module(package)),
        }
    }

    pub fn member(&self, name: &str) -> Symbol {
        match &self.name {
            Some(path) => Symbol::new(&*self.module, format!("{path}.{name}")),
            None => Symbol::new(&*self.module, name),
        }
    }

    /// The way an import or a string writes it: `package.module.Class.method`.
    pub fn dotted(&self) -> String {
        match &self.name {
            Some(name) => format!("{}.{name}", self.module),
            None => self.module.clone(),
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}:{name}", self.module),
            None => f.write_str(&self.module),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_know_their_parts() {
        let method = Symbol::new("a.b", "C.m");
        assert_eq!((method.last_name(), method.dotted().as_str()), ("m", "a.b.C.m"));
        assert_eq!(method.owner(), Some(Symbol::new("a.b", "C")));
        assert_eq!(Symbol::new("a.b", "f").owner(), Some(Symbol::module("a.b")));
        assert_eq!(Symbol::module("a.b").last_name(), "b");
        assert_eq!(method.to_string(), "a.b:C.m");
    }
}
