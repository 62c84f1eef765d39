; Functions, methods and classes that say of themselves that they are deprecated.
;
;     @deprecated("use load")
;     def fetch(): ...                                       # yes
;     def get():
;         warnings.warn("use load", DeprecationWarning)      # yes
;     class Old:
;         """DEPRECATED: use Store."""                       # yes
;     def load(flag):
;         """Deprecated arguments are refused."""            # yes: a docstring that begins so
;         warnings.warn("slow", RuntimeWarning)              # no by itself

; `@deprecated`, `@deprecated("…")`, `@typing_extensions.deprecated("…")`
((decorated_definition
  (decorator [
    (identifier) @_mark
    (attribute attribute: (identifier) @_mark)
    (call function: (identifier) @_mark)
    (call function: (attribute attribute: (identifier) @_mark))
  ])
  definition: [
    (function_definition name: (identifier) @name) @definition.function
    (class_definition name: (identifier) @name) @definition.class
  ])
  (#match? @_mark "^deprecate"))

; A warning as a statement of the body itself.
((function_definition
  name: (identifier) @name
  body: (block
    (expression_statement
      (call
        function: [
          (identifier) @_warn
          (attribute attribute: (identifier) @_warn)
        ]
        arguments: (argument_list [
          (identifier) @_category
          (keyword_argument value: (identifier) @_category)
        ]))))) @definition.function
  (#eq? @_warn "warn")
  (#match? @_category "^(Pending)?DeprecationWarning$|^RemovedIn[A-Za-z0-9]+Warning$"))

; A docstring that begins with "Deprecated", or holds the directive of Sphinx.
([
  (function_definition
    name: (identifier) @name
    body: (block . (expression_statement (string (string_content) @_text)))) @definition.function
  (class_definition
    name: (identifier) @name
    body: (block . (expression_statement (string (string_content) @_text)))) @definition.class
 ]
 (#match? @_text "^[^A-Za-z0-9]*(DEPRECATED|Deprecated|deprecated)|[.][.] deprecated::"))
