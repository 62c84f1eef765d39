; Functions, methods and classes whose names carry a version, or say that they are of yesterday.
;
;     def load_v2(): ...           # yes
;     def _legacy_load(): ...      # yes
;     class HandlerV3: ...         # yes
;     def parse_csv2(): ...        # no: no boundary before the number
;     class CSV2Reader: ...        # no: `CSV` is a word of its own
;     def purge_old_rows(): ...    # no: it is the rows that are old

((function_definition
  name: (identifier) @name) @definition.function
  (#match? @name "(^|_)v[0-9]+(_|$)|^_*(legacy|old|deprecated|obsolete)(_|$)|_(legacy|old|deprecated|obsolete)$"))

((function_definition
  name: (identifier) @name) @definition.function
  (#match? @name "(^|[a-z0-9_])V[0-9]+([A-Z_]|$)|^_*(Legacy|Old|Deprecated|Obsolete)[A-Z]|[a-z0-9](Legacy|Old|Deprecated|Obsolete)$"))

((class_definition
  body: (block [
    (function_definition
      name: (identifier) @name) @definition.method
    (decorated_definition
      definition: (function_definition
        name: (identifier) @name) @definition.method)
  ]))
  (#match? @name "(^|_)v[0-9]+(_|$)|^_*(legacy|old|deprecated|obsolete)(_|$)|_(legacy|old|deprecated|obsolete)$"))

((class_definition
  name: (identifier) @name) @definition.class
  (#match? @name "(^|_)v[0-9]+(_|$)|^_*(legacy|old|deprecated|obsolete)(_|$)|_(legacy|old|deprecated|obsolete)$"))

((class_definition
  name: (identifier) @name) @definition.class
  (#match? @name "(^|[a-z0-9_])V[0-9]+([A-Z_]|$)|^_*(Legacy|Old|Deprecated|Obsolete)[A-Z]|[a-z0-9](Legacy|Old|Deprecated|Obsolete)$"))
