; What TypeScript adds: types, signatures, namespaces.

[
  (interface_declaration)
  (type_alias_declaration)
  (enum_declaration)
  (abstract_class_declaration)
  (ambient_declaration)
  (function_signature)
  (public_field_definition)
  (method_signature)
  (abstract_method_signature)
  (index_signature)
] @statement
(interface_body (_) @statement)
(enum_body (_) @statement)
(type_alias_declaration value: (object_type (_) @statement))
(import_alias) @statement.trivial

(ambient_declaration (declaration) @part) @whole
(expression_statement . (internal_module) @part .) @whole

(interface_declaration name: (_) @name) @definition.interface
(interface_declaration name: (_) @name (extends_type_clause type: [
  (type_identifier) @base
  (generic_type name: (type_identifier) @base)
]))

(type_alias_declaration name: (_) @name) @definition.type
(type_alias_declaration name: (_) @name value: (object_type)) @definition.record

(enum_declaration name: (_) @name) @definition.enum

(abstract_class_declaration name: (_) @name) @definition.class
(class_declaration name: (_) @name (class_heritage (extends_clause value: [
  (identifier) @base
  (member_expression property: (_) @base)
])))
(class_declaration name: (_) @name (class_heritage (implements_clause [
  (type_identifier) @base
  (generic_type name: (type_identifier) @base)
])))
(abstract_class_declaration name: (_) @name (class_heritage (extends_clause value: (identifier) @base)))
(abstract_class_declaration decorator: (decorator) @decorator)
(class_body (decorator) @decorator)

(class_body (public_field_definition name: [(property_identifier) (private_property_identifier)] @name) @definition.constant)
(class_body (public_field_definition
  name: [(property_identifier) (private_property_identifier)] @name
  value: [(arrow_function) (function_expression)]) @definition.method)

; What is declared and has no body.
(function_signature name: (_) @name) @definition.signature
(class_body (method_signature name: (property_identifier) @name) @definition.signature.method)
(class_body (abstract_method_signature name: (property_identifier) @name) @definition.signature.method)
(interface_body (method_signature name: (property_identifier) @name) @definition.signature.method)

(internal_module name: (_) @name) @definition.module
(module name: (identifier) @name) @definition.module

; Values that are listed.
(enum_declaration name: (_) @name body: (_) @set.enumeration)
(type_alias_declaration name: (_) @name value: (union_type) @set.literal)

(required_parameter pattern: (identifier) @local)
(optional_parameter pattern: (identifier) @local)
