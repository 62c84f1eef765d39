; Methods whose names say that they handle something: messages, events, requests, routes.
;
;     class Agent:
;         def _handle_message_v2(self, message): ...   # yes
;         def on_connect(self): ...                    # yes
;         def error_handler(self): ...                 # yes
;         def save(self): ...                          # no

(class_definition
  body: (block [
    (function_definition
      name: (identifier) @name) @definition.method
    (decorated_definition
      definition: (function_definition
        name: (identifier) @name) @definition.method)
  ])
  (#match? @name "^_{0,2}(handle|process|route|dispatch)(_|$|[A-Z])|^_{0,2}on_|_(handler|callback|listener)(_|$)"))
