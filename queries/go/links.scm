; Names of Go: what a file binds and reads. What another file of the package gives is not followed.

(import_spec name: (package_identifier) @import.module path: (interpreted_string_literal) @source) @import

[
  (if_statement)
  (for_statement)
  (block)
  (expression_switch_statement)
  (type_switch_statement)
  (expression_case)
  (type_case)
  (default_case)
  (communication_case)
  (type_spec)
  (method_elem)
  (function_type)
] @scope
(interface_type) @scope.class
[
  (function_declaration)
  (method_declaration)
] @scope.function
(func_literal) @scope.arrow

(parameter_declaration name: (identifier) @bind)
(variadic_parameter_declaration name: (identifier) @bind)
(type_parameter_declaration name: (identifier) @bind)
(short_var_declaration left: (expression_list (identifier) @bind))
(var_spec name: (identifier) @bind)
(const_spec name: (identifier) @bind)
(range_clause left: (expression_list (identifier) @bind))
(type_switch_statement alias: (expression_list (identifier) @bind))

(selector_expression operand: (_) @object field: (_) @property) @value.attribute
(qualified_type package: (_) @object name: (_) @property) @value.attribute
(call_expression function: (_) @function) @value.call
(parenthesized_expression . (_) @of .) @value.same

(identifier) @reference
(package_identifier) @reference
(field_identifier) @reference.key
(selector_expression field: (_) @reference.attribute)
(type_identifier) @reference.annotation
(call_expression function: (identifier) @reference.call)
(call_expression function: (selector_expression field: (_) @reference.call))
(composite_literal type: (type_identifier) @reference.call)
(package_clause (package_identifier) @reference.key)
(import_spec name: (package_identifier) @reference.key)
(keyed_element key: (literal_element (identifier) @reference.key))
(assignment_statement left: (expression_list (identifier) @write))
(assignment_statement left: (expression_list (selector_expression field: (_) @write)))
