; What the tokens of Go are.

(comment) @comment
(interpreted_string_literal) @text
(raw_string_literal) @text
(rune_literal) @text
[(int_literal) (float_literal) (imaginary_literal)] @number
(identifier) @name
((identifier) @attribute (#match? @attribute "^[A-Z]"))
[(field_identifier) (package_identifier) (type_identifier) (label_name)] @attribute
(keyed_element key: (literal_element (identifier) @field))
";" @optional
(for_clause ";" @mark)
(parenthesized_expression ["(" ")"] @group)
