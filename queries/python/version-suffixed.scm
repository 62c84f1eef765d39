; Functions, methods and classes whose names carry a version, or say that they are of yesterday.
;
;     def load_v2(): ...           # yes
;     def _legacy_load(): ...      # yes
;     class HandlerV3: ...         # yes
;     def parse_csv2(): ...        # no: no boundary before the number
;     class CSV2Reader: ...        # no: `CSV` is a word of its own

((function_definition
  name: (identifier) @name) @definition.function
  (#match? @name "(^|_)(v[0-9]+|legacy|old|deprecated|obsolete)(_|$)"))

((function_definition
  name: (identifier) @name) @definition.function
  (#match? @name "(^|[a-z0-9_])(V[0-9]+|Legacy|Deprecated|Obsolete)([A-Z_]|$)"))

((class_definition
  body: (block [
    (function_definition
      name: (identifier) @name) @definition.method
    (decorated_definition
      definition: (function_definition
        name: (identifier) @name) @definition.method)
  ]))
  (#match? @name "(^|_)(v[0-9]+|legacy|old|deprecated|obsolete)(_|$)"))

((class_definition
  name: (identifier) @name) @definition.class
  (#match? @name "(^|_)(v[0-9]+|legacy|old|deprecated|obsolete)(_|$)"))

((class_definition
  name: (identifier) @name) @definition.class
  (#match? @name "(^|[a-z0-9_])(V[0-9]+|Legacy|Deprecated|Obsolete)([A-Z_]|$)|^_{0,2}Old[A-Z]"))
