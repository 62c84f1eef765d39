; What the tokens of JavaScript and TypeScript are. Of several patterns that capture one node, the last one counts.

(comment) @comment
((comment) @comment.doc (#match? @comment.doc "^/[*][*][^/]"))
(hash_bang_line) @comment

(string) @text
(regex) @text
(template_string (string_fragment) @text)
(number) @number

(identifier) @name
((identifier) @attribute (#match? @attribute "^[A-Z]"))
(shorthand_property_identifier) @name
(shorthand_property_identifier_pattern) @name
(property_identifier) @attribute
(private_property_identifier) @attribute
(statement_identifier) @attribute
(pair key: (property_identifier) @field)

; Semicolons may be left out at the end of a statement, but not between the clauses of `for`.
";" @optional
(for_statement ";" @mark)

(parenthesized_expression ["(" ")"] @group)
["export" "default"] @modifier
(switch_default "default" @mark)
