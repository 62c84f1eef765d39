; Definitions and statements of Go.

[
  (import_declaration)
  (const_spec)
  (var_spec)
  (type_spec)
  (type_alias)
  (function_declaration)
  (method_declaration)
  (field_declaration)
  (method_elem)
  (expression_statement)
  (send_statement)
  (inc_statement)
  (dec_statement)
  (assignment_statement)
  (short_var_declaration)
  (if_statement)
  (for_statement)
  (expression_switch_statement)
  (type_switch_statement)
  (select_statement)
  (expression_case)
  (type_case)
  (default_case)
  (communication_case)
  (labeled_statement)
  (fallthrough_statement)
  (break_statement)
  (continue_statement)
  (goto_statement)
  (return_statement)
  (go_statement)
  (defer_statement)
] @statement
(package_clause) @statement.trivial
(import_declaration) @statement.trivial

; What stands in the header of another statement is part of it.
(if_statement initializer: (_) @statement.part)
(if_statement alternative: (if_statement) @statement.part)
(for_clause initializer: (_) @statement.part)
(for_clause update: (_) @statement.part)
(expression_switch_statement initializer: (_) @statement.part)
(type_switch_statement initializer: (_) @statement.part)

(const_declaration . (const_spec) @part .) @whole
(var_declaration . (var_spec) @part .) @whole
(type_declaration . (type_spec) @part .) @whole
(type_declaration . (type_alias) @part .) @whole

(const_spec name: (identifier) @name) @definition.constant
(var_spec name: (identifier) @name) @definition.constant
((const_spec name: (identifier) @name value: (_) @value) @_spec)

(type_spec name: (_) @name) @definition.type
(type_spec name: (_) @name type: (struct_type)) @definition.struct
(type_spec name: (_) @name type: (interface_type)) @definition.interface
(type_alias name: (_) @name) @definition.type

(function_declaration name: (_) @name) @definition.function
(method_declaration receiver: (parameter_list (parameter_declaration type: [
  (type_identifier) @name
  (generic_type type: (type_identifier) @name)
  (pointer_type (type_identifier) @name)
  (pointer_type (generic_type type: (type_identifier) @name))
]))) @definition.implementation
(method_declaration name: (_) @name) @definition.method
(method_elem name: (_) @name) @definition.signature.method

[
  (function_declaration)
  (method_declaration)
  (func_literal)
] @function
(parameter_declaration name: (identifier) @local)
(variadic_parameter_declaration name: (identifier) @local)
(short_var_declaration left: (expression_list (identifier) @local))
(var_spec name: (identifier) @local)
(range_clause left: (expression_list (identifier) @local))
