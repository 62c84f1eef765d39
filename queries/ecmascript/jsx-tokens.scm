; The tokens of JSX, for the grammars that have it.

(jsx_text) @prose
(jsx_opening_element name: (identifier) @attribute)
(jsx_closing_element name: (identifier) @attribute)
(jsx_self_closing_element name: (identifier) @attribute)
(jsx_attribute (property_identifier) @field)
; What an element looks like tells one from another.
(jsx_attribute (string) @text.label)
(parenthesized_expression . "(" @optional . [(jsx_element) (jsx_self_closing_element)] . ")" @optional)
