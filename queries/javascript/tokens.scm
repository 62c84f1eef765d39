; What only JavaScript's grammar says of tokens.

; `x => x` is `(x) => x`.
(arrow_function parameters: (formal_parameters . "(" @optional . (identifier) . ")" @optional))
