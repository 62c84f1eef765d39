; An element calls its component.

(jsx_opening_element name: (identifier) @reference.call)
(jsx_self_closing_element name: (identifier) @reference.call)
(jsx_opening_element name: (member_expression object: (_) @object property: (_) @property @reference.call) @value.attribute)
(jsx_self_closing_element name: (member_expression object: (_) @object property: (_) @property @reference.call) @value.attribute)

; `<div>` is none.
((jsx_opening_element name: (identifier) @reference.key) (#match? @reference.key "^[a-z]"))
((jsx_closing_element name: (identifier) @reference.key) (#match? @reference.key "^[a-z]"))
((jsx_self_closing_element name: (identifier) @reference.key) (#match? @reference.key "^[a-z]"))
