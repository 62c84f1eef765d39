; Definitions, statements and the names that functions bind. Of several patterns that capture a definition of one name,
; the last one says what it is, and the widest node where it is.

; Statements.
[
  (export_statement)
  (import_statement)
  (expression_statement)
  (variable_declaration)
  (lexical_declaration)
  (function_declaration)
  (generator_function_declaration)
  (class_declaration)
  (if_statement)
  (switch_statement)
  (switch_case)
  (switch_default)
  (for_statement)
  (for_in_statement)
  (while_statement)
  (do_statement)
  (try_statement)
  (with_statement)
  (break_statement)
  (continue_statement)
  (debugger_statement)
  (return_statement)
  (throw_statement)
  (labeled_statement)
  (class_static_block)
] @statement
(import_statement) @statement.trivial
(export_statement source: (string)) @statement.trivial
(export_statement (export_clause)) @statement.trivial
(expression_statement (string)) @statement.trivial
(empty_statement) @statement.trivial

; `else if` is one header.
(else_clause (if_statement) @statement.part)

; Members of an object that are functions.
(object (method_definition) @statement)
(object (pair value: [(arrow_function) (function_expression)]) @statement)

; Where a definition is all that a node holds, the definition is that node.
(export_statement declaration: (_) @part) @whole
(export_statement value: (_) @part) @whole
(lexical_declaration . (variable_declarator) @part .) @whole
(variable_declaration . (variable_declarator) @part .) @whole

; Constants: any value that is given a name outside functions.
(variable_declarator name: (identifier) @name) @definition.constant
(export_statement (_ (variable_declarator name: (object_pattern [
  (shorthand_property_identifier_pattern) @name
  (pair_pattern value: (identifier) @name)
])) @definition.constant))
((variable_declarator name: (identifier) @name value: (_) @value) (#match? @name "^[A-Z][A-Z0-9_]*$"))

; A module that is taken whole is an import.
((variable_declarator name: (identifier) @name value: (call_expression function: (identifier) @_require)) @definition.none
  (#eq? @_require "require"))
(variable_declarator
  name: (identifier) @name
  value: (await_expression (call_expression function: (import)))) @definition.none

; Functions.
(function_declaration name: (identifier) @name) @definition.function
(generator_function_declaration name: (identifier) @name) @definition.function
(function_declaration "async" @async name: (identifier) @name)
(variable_declarator
  name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(variable_declarator name: (identifier) @name value: (_ "async" @async))

; `memo(() => …)`: a function that is wrapped and keeps its name.
((variable_declarator name: (identifier) @name value: (call_expression
  function: [(identifier) @_wrapper (member_expression property: (property_identifier) @_wrapper)]
  arguments: (arguments . [(arrow_function) (function_expression)]))) @definition.function
  (#any-of? @_wrapper "memo" "forwardRef" "observer" "useCallback"))

; `exports.load = function () {…}`
((expression_statement (assignment_expression
  left: (member_expression
    object: [(identifier) @_exports (member_expression property: (property_identifier) @_exports)]
    property: (property_identifier) @name)
  right: [(arrow_function) (function_expression) (generator_function)])) @definition.function
  (#eq? @_exports "exports"))
((assignment_expression
  left: (member_expression
    object: [(identifier) @_exports (member_expression property: (property_identifier) @_exports)]
    property: (property_identifier) @name)
  right: (_ "async" @async))
  (#eq? @_exports "exports"))

; What is exported without a name has that of the export.
(export_statement "default" @name value: [(arrow_function) (function_expression)]) @definition.function
(export_statement "default" @name value: (class)) @definition.class

; Classes and their members.
(class_declaration name: (_) @name) @definition.class
(variable_declarator name: (identifier) @name value: (class)) @definition.class
(class_body (method_definition
  name: [(property_identifier) (private_property_identifier)] @name) @definition.method)
(class_body (method_definition "async" @async name: (_) @name))
(class_body (method_definition "static" @static name: (_) @name))
(class_body (method_definition "get" @property name: (_) @name))
(class_declaration decorator: (decorator) @decorator)
(export_statement decorator: (decorator) @decorator)

; What a name in a function may be bound by.
[
  (function_declaration)
  (generator_function_declaration)
  (function_expression)
  (generator_function)
  (arrow_function)
  (method_definition)
] @function
(variable_declarator name: (identifier) @local)
(arrow_function parameter: (identifier) @local)
(catch_clause parameter: (identifier) @local)
(for_in_statement left: (identifier) @local)
(shorthand_property_identifier_pattern) @local
(pair_pattern value: (identifier) @local)
(array_pattern (identifier) @local)
(assignment_pattern left: (identifier) @local)
(rest_pattern (identifier) @local)
(function_declaration name: (identifier) @local)
