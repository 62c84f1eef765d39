; What JavaScript's grammar names in its own way.

(formal_parameters (identifier) @bind)
(class_heritage (identifier) @reference.subclass)
(class_heritage (member_expression property: (_) @reference.subclass))
(field_definition value: (_) @scope.value)
(class name: (identifier) @bind)

(import_statement
  (import_clause (named_imports (import_specifier name: "default" @import.name alias: (_) @import.alias)))
  source: (string) @source) @import
(export_statement (export_clause (export_specifier name: "default" @import.name !alias)) source: (string) @source) @import
(export_statement
  (export_clause (export_specifier name: "default" @import.name alias: (_) @import.alias))
  source: (string) @source) @import
(export_statement !source (export_clause (export_specifier name: (_) @bound @reference.export alias: "default" @export.bind)))
