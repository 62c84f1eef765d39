; What JavaScript's grammar names in its own way.

(field_definition) @statement
(class_body (field_definition property: [(property_identifier) (private_property_identifier)] @name) @definition.constant)
(class_body (field_definition
  property: [(property_identifier) (private_property_identifier)] @name
  value: [(arrow_function) (function_expression)]) @definition.method)
(class_declaration name: (_) @name (class_heritage [(identifier) @base (member_expression property: (_) @base)]))
(method_definition decorator: (decorator) @decorator)
(formal_parameters (identifier) @local)
