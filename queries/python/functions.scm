; Every function and every method, nested ones too.
;
;     def load(): ...              # function `load`
;     class Store:
;         @cached
;         async def save(self):    # method `save`
;             def inner(): ...     # function `inner`

(function_definition
  name: (identifier) @name) @definition.function

; Of two patterns that define one name, the later one says what it is.
(class_definition
  body: (block [
    (function_definition
      name: (identifier) @name) @definition.method
    (decorated_definition
      definition: (function_definition
        name: (identifier) @name) @definition.method)
  ]))
