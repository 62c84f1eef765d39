; Imports, exports, bindings, values and references. Every identifier that is neither the name of a definition nor bound
; nor part of an import is a reference; of several patterns that say what it is, the last one counts.

; Imports.
(import_statement source: (string) @source) @import
(import_statement (import_clause (identifier) @import.default) source: (string) @source) @import
(import_statement (import_clause (namespace_import (identifier) @import.module)) source: (string) @source) @import
(import_statement
  (import_clause (named_imports (import_specifier name: (_) @import.name !alias)))
  source: (string) @source) @import
(import_statement
  (import_clause (named_imports (import_specifier name: (_) @import.name alias: (_) @import.alias)))
  source: (string) @source) @import

; Exports from elsewhere.
(export_statement (export_clause (export_specifier name: (_) @import.name !alias)) source: (string) @source) @import
(export_statement
  (export_clause (export_specifier name: (_) @import.name alias: (_) @import.alias))
  source: (string) @source) @import
(export_statement "*" @import.all source: (string) @source) @import
(export_statement (namespace_export (_) @import.module) source: (string) @source) @import

; `require("./orders")` and `import("./orders")` are the module.
((call_expression
  function: [(identifier) @_require (member_expression property: (property_identifier) @_require)]
  arguments: (arguments . (string) @source)) @value.module
  (#any-of? @_require "require" "requireActual" "requireMock" "importActual"))
(call_expression function: (import) arguments: (arguments . (string) @source)) @value.module

; Exports of what is defined here.
(export_statement declaration: (_ name: (_) @export))
(export_statement declaration: (_ (variable_declarator name: (identifier) @export)))
(export_statement declaration: (_ (variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @export))))
(export_statement !source (export_clause (export_specifier name: (_) @export @reference.export !alias)))
(export_statement !source (export_clause (export_specifier name: (_) @bound @reference.export alias: (_) @export.bind)))
(export_statement "default" @export.default declaration: (_ name: (_) @bound))
(export_statement "default" @export.default value: (_) @bound)
(export_statement "default" value: (identifier) @reference.export)
((assignment_expression
  left: (member_expression
    object: [(identifier) @_exports (member_expression object: (identifier) @_module property: (property_identifier) @_exports)]
    property: (property_identifier) @export.bind)
  right: (_) @bound)
  (#eq? @_exports "exports"))
((assignment_expression
  left: (member_expression object: (identifier) @_module property: (property_identifier) @export.whole)
  right: [(identifier) (member_expression) (call_expression) (new_expression) (assignment_expression)] @bound)
  (#eq? @_module "module") (#eq? @export.whole "exports"))
((assignment_expression
  left: (member_expression object: (identifier) @_module property: (property_identifier) @_exports)
  right: (object [
    (shorthand_property_identifier) @export
    (pair key: (property_identifier) @export.bind value: (_) @bound)
  ]))
  (#eq? @_module "module") (#eq? @_exports "exports"))

; Scopes.
[
  (statement_block)
  (for_statement)
  (for_in_statement)
  (catch_clause)
  (switch_body)
] @scope
(class_body) @scope.class
(arrow_function) @scope.arrow
[
  (function_declaration)
  (function_expression)
  (generator_function_declaration)
  (generator_function)
  (method_definition)
  (class_static_block)
] @scope.function

; Names that are bound.
(variable_declarator name: (identifier) @bind)
(variable_declarator name: (identifier) @bind value: (_) @bound)
(variable_declaration (variable_declarator name: (identifier) @bind.function))
(arrow_function parameter: (identifier) @bind)
(function_expression name: (identifier) @bind)
(catch_clause parameter: (identifier) @bind)
(for_in_statement kind: _ left: (identifier) @bind)
(array_pattern (identifier) @bind)
(assignment_pattern left: (identifier) @bind)
(rest_pattern (identifier) @bind)
(shorthand_property_identifier_pattern) @bind @member
(pair_pattern key: (property_identifier) @member)
(pair_pattern value: (identifier) @bind)
(pair_pattern key: (property_identifier) @member value: (identifier) @bind)
(variable_declarator
  name: (object_pattern [
    (shorthand_property_identifier_pattern) @bind @member
    (pair_pattern key: (property_identifier) @member value: (identifier) @bind)
    (object_assignment_pattern left: (shorthand_property_identifier_pattern) @bind @member)
  ])
  value: (_) @of)
(assignment_expression left: (identifier) @rebind right: (_) @bound)
(augmented_assignment_expression left: (identifier) @rebind)

(assignment_expression left: (member_expression object: (this) property: (_) @attribute) right: (_) @bound)

; Values that lead to a name.
(member_expression object: (_) @object property: (_) @property) @value.attribute
(call_expression function: (_) @function) @value.call
(new_expression constructor: (_) @function) @value.call
(parenthesized_expression . (_) @of .) @value.same
(await_expression (_) @of) @value.same
(ternary_expression consequence: (_) @left alternative: (_) @right) @value.either
(binary_expression left: (_) @left operator: ["||" "??"] right: (_) @right) @value.either
(this) @value.this
(super) @value.super

; References.
(identifier) @reference
(shorthand_property_identifier) @reference
(property_identifier) @reference.key
(private_property_identifier) @reference.key
(member_expression property: (_) @reference.attribute)
(call_expression function: (identifier) @reference.call)
(call_expression function: (member_expression property: (_) @reference.call))
(new_expression constructor: (identifier) @reference.call)
(new_expression constructor: (member_expression property: (_) @reference.call))
(decorator (identifier) @reference.decorator)
(decorator (call_expression function: (identifier) @reference.decorator))
(assignment_expression left: (identifier) @write)
(assignment_expression left: (member_expression property: (_) @write))
(augmented_assignment_expression left: (identifier) @write)
(augmented_assignment_expression left: (member_expression property: (_) @write))
