; What a framework is told to call: routes, handlers, listeners, tasks, signals.
;
;     @router.websocket("/ws")
;     async def endpoint(socket): ...                  # defines `endpoint`
;     app.add_api_route("/items", list_items)          # refers to `list_items`
;     register_handler("start", self.on_start)         # refers to `on_start`
;     post_save.connect(index_document)                # refers to `index_document`
;     @mock.patch("os.remove")                         # no: a test double
;     connection = sqlite3.connect(path)               # no: no signal

; A decorator that is a call: `@app.get("/items")`.
(decorated_definition
  (decorator
    (call function: (attribute
      object: (_) @_object
      attribute: (identifier) @_verb))) @registration
  definition: [
    (function_definition name: (identifier) @name) @definition.function
    (class_definition name: (identifier) @name) @definition.class
  ]
  (#any-of? @_verb
    "get" "post" "put" "patch" "delete" "head" "options" "route" "api_route" "websocket" "websocket_route"
    "middleware" "exception_handler" "errorhandler" "on_event" "event" "on" "listen" "listener" "listens_for"
    "subscribe" "subscriber" "consumer" "handler" "event_handler" "message_handler" "callback_query_handler"
    "register" "command" "task" "shared_task" "before_request" "after_request" "receiver" "tool" "resource")
  (#not-any-of? @_object "mock" "patch" "mocker" "pytest" "pytest.mark"))

; A decorator without a call: `@app.task`.
(decorated_definition
  (decorator
    (attribute
      object: (_) @_object
      attribute: (identifier) @_verb)) @registration
  definition: [
    (function_definition name: (identifier) @name) @definition.function
    (class_definition name: (identifier) @name) @definition.class
  ]
  (#any-of? @_verb "task" "event" "listener" "command" "before_request" "after_request" "register" "middleware")
  (#not-any-of? @_object "pytest" "pytest.mark"))

; A plain name: `@receiver(post_save)`, `@shared_task`.
(decorated_definition
  (decorator [
    (identifier) @_verb
    (call function: (identifier) @_verb)
  ]) @registration
  definition: [
    (function_definition name: (identifier) @name) @definition.function
    (class_definition name: (identifier) @name) @definition.class
  ]
  (#match? @_verb "^(receiver|shared_task|api_view|route|listens_for|event_handler|message_handler)$|^register(_|$)"))

; A call that is given the handler: `app.add_api_route("/items", list_items)`.
((call
  function: [
    (identifier) @_verb
    (attribute attribute: (identifier) @_verb)
  ]
  arguments: (argument_list [
    (identifier) @reference
    (attribute attribute: (identifier) @reference)
    (keyword_argument value: (identifier) @reference)
    (keyword_argument value: (attribute attribute: (identifier) @reference))
  ])) @registration
  (#match? @_verb "^add_([a-z_]+_)?(route|handler|listener|callback|middleware|signal_handler|url_rule|view)$|^(register|subscribe)(_[a-z_]+)?$"))

; A signal: `post_save.connect(index_document)`.
((call
  function: (attribute
    object: (_) @_signal
    attribute: (identifier) @_verb)
  arguments: (argument_list [
    (identifier) @reference
    (attribute attribute: (identifier) @reference)
  ])) @registration
  (#eq? @_verb "connect")
  (#match? @_signal "signal|event|clicked|triggered|changed|(^|[.])(pre|post|m2m)_|_(finished|started|ready|created|updated|deleted|saved)$"))
