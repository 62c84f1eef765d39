; What TypeScript adds: types, parameters with types, its own forms of import and export.

(import_statement (import_require_clause (identifier) @import.module source: (string) @source)) @import
(import_statement "type" @import.type source: (string) @source) @import

; `export = shop`
(export_statement "=" @export.whole (_) @bound)

[
  (interface_declaration)
  (type_alias_declaration)
  (function_signature)
  (method_signature)
  (abstract_method_signature)
  (call_signature)
  (construct_signature)
  (function_type)
  (constructor_type)
  (conditional_type)
  (mapped_type_clause)
  (internal_module)
  (module)
] @scope
(interface_body) @scope.class
(public_field_definition value: (_) @scope.value)

(required_parameter pattern: (identifier) @bind)
(required_parameter pattern: (identifier) @bind type: (type_annotation (_) @annotation))
(optional_parameter pattern: (identifier) @bind)
(optional_parameter pattern: (identifier) @bind type: (type_annotation (_) @annotation))
(variable_declarator name: (identifier) @bind type: (type_annotation (_) @annotation))
(required_parameter (accessibility_modifier) pattern: (identifier) @attribute type: (type_annotation (_) @annotation))
(public_field_definition name: (_) @bind type: (type_annotation (_) @annotation))
(public_field_definition name: (_) @bind value: (_) @bound)
(type_parameter name: (type_identifier) @bind)
(infer_type (type_identifier) @bind)
(mapped_type_clause name: (type_identifier) @bind)
(index_signature name: (identifier) @bind)
(class name: (type_identifier) @bind)

(as_expression . (_) @of) @value.same
(satisfies_expression . (_) @of) @value.same
(non_null_expression . (_) @of) @value.same
(generic_type name: (_) @of) @value.same
(nested_type_identifier module: (_) @object name: (_) @property) @value.attribute
(nested_identifier object: (_) @object property: (_) @property) @value.attribute

(type_identifier) @reference.annotation
(nested_type_identifier name: (_) @reference.annotation)
(nested_identifier property: (_) @reference.attribute)
(extends_clause value: (identifier) @reference.subclass)
(extends_clause value: (member_expression property: (_) @reference.subclass))
(extends_type_clause type: (type_identifier) @reference.subclass)
(extends_type_clause type: (generic_type name: (type_identifier) @reference.subclass))
(implements_clause (type_identifier) @reference.subclass)
(implements_clause (generic_type name: (type_identifier) @reference.subclass))
