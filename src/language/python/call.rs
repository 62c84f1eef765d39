//! Calls, subscripts and comparisons: where a string names something.
//!
//! `getattr(x, "name")`, `patch("a.b.c")`, `os.environ["KEY"]`: the string is a reference, and its role says of what
//! kind. Invariant: every argument is visited once, whatever its role. Absent on purpose: whether `getattr` is the
//! builtin; a role is a syntactic guess, and the project model decides what the string leads to.

use super::statement::last_name;
use super::{Extractor, UNKNOWN};
use crate::facts::{Access, ReferenceKind, StringRole, Value, ValueId};
use ruff_python_ast as ast;
use ruff_python_ast::{Expr, ExprContext};
use ruff_text_size::Ranged;

/// What the strings among the arguments of a call are for.
enum Strings {
    Plain,
    /// `getattr(x, "name")`, `setattr`, `delattr`, `monkeypatch.setattr`.
    Attribute,
    HasAttribute,
    /// `patch("a.b.c")`.
    Patch,
    PatchObject,
    ImportModule,
    /// `os.getenv("KEY")`, `os.environ.get("KEY")`.
    EnvironmentRead,
    /// `monkeypatch.setenv("KEY", …)`, `os.environ.pop("KEY")`.
    EnvironmentWrite,
    /// `patch.dict(os.environ, {"KEY": …})`: the keys of the display.
    EnvironmentDict,
    /// `cast("Type", x)`.
    Type,
}

/// Callees whose meaning depends on more than their first argument.
const ALL_ARGUMENTS: &[&str] =
    &["zip", "zip_longest", "filter", "map", "getattr", "setdefault", "pop", "get", "reduce"];

impl Extractor<'_> {
    pub(super) fn call(&mut self, call: &ast::ExprCall, kind: ReferenceKind) -> ValueId {
        if let (Expr::Name(name), true) = (&*call.func, call.arguments.is_empty())
            && name.id.as_str() == "super"
        {
            let id = self.name("super");
            let value = self.read(id, name.range().start().to_u32());
            self.refer(name.range(), value, kind, Access::Read);
            return self.value(Value::Super { scope: self.scope });
        }
        let function = self.expression(&call.func, kind);
        let strings = strings_of(call);
        let mut argument = None;
        let mut values = Vec::new();
        for (position, expression) in call.arguments.args.iter().enumerate() {
            let role = self.role(&strings, position, function, argument);
            let value = match (expression, role) {
                (Expr::StringLiteral(literal), Some(role)) => self.string(literal, role),
                (
                    Expr::FString(string),
                    Some(StringRole::Attribute { receiver } | StringRole::HasAttribute { receiver }),
                ) => {
                    self.name_pattern(string, receiver);
                    self.expression(expression, ReferenceKind::Name)
                }
                (Expr::StringLiteral(_), None) if matches!(strings, Strings::Type) && position == 0 => {
                    self.annotation(expression)
                }
                (Expr::Dict(dict), _) if matches!(strings, Strings::EnvironmentDict) => {
                    self.environment_display(dict, function);
                    UNKNOWN
                }
                _ => self.expression(expression, ReferenceKind::Name),
            };
            if position == 0 {
                argument = Some(value).filter(|&value| value != UNKNOWN);
            }
            values.push(value);
        }
        let callee = last_name(&call.func).unwrap_or_default();
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg {
                self.refer(name.range(), UNKNOWN, ReferenceKind::Keyword, Access::Read);
            }
            if callee == "TypeVar" && keyword.arg.as_deref() == Some("bound") {
                // `T = TypeVar("T", bound="Order")`: the bound is all that is known of a T.
                argument = Some(self.annotation(&keyword.value));
            } else {
                self.expression(&keyword.value, ReferenceKind::Name);
            }
        }
        if values.len() > 1 && ALL_ARGUMENTS.contains(&callee) {
            let pair = self.pair(values);
            argument = Some(self.value(Value::Arguments { pair }));
        }
        if function == UNKNOWN { UNKNOWN } else { self.value(Value::Call { function, argument }) }
    }

    fn role(
        &self,
        strings: &Strings,
        position: usize,
        function: ValueId,
        first: Option<ValueId>,
    ) -> Option<StringRole> {
        let receiver = first.unwrap_or(UNKNOWN);
        match (strings, position) {
            (Strings::Attribute, 0) => Some(StringRole::Patch),
            (Strings::Attribute, 1) => Some(StringRole::Attribute { receiver }),
            (Strings::HasAttribute, 1) => Some(StringRole::HasAttribute { receiver }),
            (Strings::Patch, 0) => Some(StringRole::Patch),
            (Strings::PatchObject, 0) => Some(StringRole::Patch),
            (Strings::PatchObject, 1) => Some(StringRole::PatchObject { receiver }),
            (Strings::ImportModule, 0) => Some(StringRole::ImportModule),
            (Strings::EnvironmentRead, 0) => Some(StringRole::EnvironmentRead { via: function }),
            (Strings::EnvironmentWrite, 0) => Some(StringRole::EnvironmentWrite { via: function }),
            _ => None,
        }
    }

    fn environment_display(&mut self, dict: &ast::ExprDict, via: ValueId) {
        for item in &dict.items {
            if let Some(key) = &item.key {
                self.keyed(key, StringRole::EnvironmentWrite { via });
            }
            self.expression(&item.value, ReferenceKind::Name);
        }
    }

    /// A key: a string gets the role, anything else is an ordinary expression.
    pub(super) fn keyed(&mut self, key: &Expr, role: StringRole) -> ValueId {
        match key {
            Expr::StringLiteral(literal) => self.string(literal, role),
            other => self.expression(other, ReferenceKind::Name),
        }
    }

    pub(super) fn subscript(&mut self, subscript: &ast::ExprSubscript) -> ValueId {
        let base = self.expression(&subscript.value, ReferenceKind::Name);
        // A slice is of the kind of the whole.
        if let Expr::Slice(_) = &*subscript.slice {
            self.expression(&subscript.slice, ReferenceKind::Name);
            return base;
        }
        let is_environment = last_name(&subscript.value) == Some("environ");
        let role = match (is_environment, subscript.ctx) {
            // `globals()["save"]`, `vars(order)["save"]`, `module.__dict__["save"]`
            (false, _) if is_namespace(&subscript.value) => StringRole::Attribute { receiver: base },
            (false, _) if last_name(&subscript.value) == Some("modules") => StringRole::ImportModule,
            (false, _) => StringRole::Key,
            (true, ExprContext::Load) => StringRole::EnvironmentRead { via: base },
            (true, _) => StringRole::EnvironmentWrite { via: base },
        };
        let index = self.keyed(&subscript.slice, role);
        let index = Some(index).filter(|&index| index != UNKNOWN);
        if base == UNKNOWN { UNKNOWN } else { self.value(Value::Item { base, index }) }
    }

    /// `"KEY" in os.environ` reads the environment.
    pub(super) fn compare(&mut self, compare: &ast::ExprCompare) {
        let container = compare.comparators.first().and_then(last_name);
        let is_membership = matches!(compare.ops.first(), Some(ast::CmpOp::In | ast::CmpOp::NotIn));
        match &*compare.left {
            Expr::StringLiteral(literal) if is_membership && container == Some("environ") => {
                self.string(literal, StringRole::EnvironmentRead { via: UNKNOWN });
            }
            left => {
                self.expression(left, ReferenceKind::Name);
            }
        }
        self.expressions(&compare.comparators);
    }

    /// `__all__ = [...]`, also concatenated with `+`.
    pub(super) fn exports(&mut self, value: &Expr) {
        match value {
            Expr::List(ast::ExprList { elts, .. }) | Expr::Tuple(ast::ExprTuple { elts, .. }) => {
                self.facts.exports.get_or_insert_default();
                elts.iter().for_each(|element| self.export(element));
            }
            Expr::BinOp(sum) => {
                self.exports(&sum.left);
                self.exports(&sum.right);
            }
            _ => {
                self.facts.exports.get_or_insert_default();
                self.facts.has_open_exports = true;
            }
        }
    }

    fn export(&mut self, element: &Expr) {
        let Expr::StringLiteral(literal) = element else {
            self.facts.has_open_exports = true;
            return;
        };
        let name = self.name(literal.value.to_str());
        self.facts.exports.get_or_insert_default().push(name);
        self.exported.push(literal.range());
    }

    /// `__all__.extend([...])` and `__all__.append("x")`.
    pub(super) fn extend_exports(&mut self, expression: &Expr) {
        let Expr::Call(call) = expression else { return };
        let Expr::Attribute(method) = &*call.func else { return };
        if !matches!(&*method.value, Expr::Name(name) if name.id.as_str() == "__all__") {
            return;
        }
        match (method.attr.as_str(), call.arguments.args.first()) {
            ("extend", Some(list)) => self.exports(list),
            ("append", Some(element)) => self.export(element),
            _ => {}
        }
    }
}

/// What is looked up in it is a name: `globals()`, `vars(x)`, `x.__dict__`.
fn is_namespace(expression: &Expr) -> bool {
    match expression {
        Expr::Call(call) => matches!(&*call.func, Expr::Name(name) if matches!(name.id.as_str(), "globals" | "vars")),
        Expr::Attribute(attribute) => attribute.attr.as_str() == "__dict__",
        _ => false,
    }
}

/// What the strings of a call are for, by the callee's name.
fn strings_of(call: &ast::ExprCall) -> Strings {
    let owner = match &*call.func {
        Expr::Attribute(attribute) => last_name(&attribute.value),
        _ => None,
    };
    match (owner, last_name(&call.func).unwrap_or_default()) {
        (_, "getattr" | "setattr" | "delattr") => Strings::Attribute,
        (_, "hasattr") => Strings::HasAttribute,
        (_, "patch") => Strings::Patch,
        (Some("patch"), "object") => Strings::PatchObject,
        (Some("patch"), "dict") if is_environment(call.arguments.args.first()) => Strings::EnvironmentDict,
        (Some("patch"), "dict" | "multiple") => Strings::Patch,
        (_, "import_module" | "__import__" | "find_spec") => Strings::ImportModule,
        (_, "getenv") => Strings::EnvironmentRead,
        (Some(owner), "get" | "__getitem__" | "get_bool" | "get_int") if is_environment_name(owner) => {
            Strings::EnvironmentRead
        }
        (Some(owner), "set" | "pop" | "setdefault" | "delete" | "unset") if is_environment_name(owner) => {
            Strings::EnvironmentWrite
        }
        (Some("environ"), "update") => Strings::EnvironmentDict,
        (_, "setenv" | "delenv" | "putenv" | "unsetenv") => Strings::EnvironmentWrite,
        (_, "cast") => Strings::Type,
        _ => Strings::Plain,
    }
}

/// `environ`, and the wrappers that projects put around it: `env`, `get_env()`, `isolated_environment`.
fn is_environment_name(owner: &str) -> bool {
    let owner = owner.to_lowercase();
    owner == "env" || owner.ends_with("_env") || owner.contains("environ")
}

fn is_environment(expression: Option<&Expr>) -> bool {
    match expression {
        Some(Expr::StringLiteral(literal)) => literal.value.to_str() == "os.environ",
        Some(other) => last_name(other) == Some("environ"),
        None => false,
    }
}
