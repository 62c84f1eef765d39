; The tokens that TypeScript adds.

(type_identifier) @attribute
(predefined_type) @attribute
(template_literal_type (string_fragment) @text)
(accessibility_modifier) @modifier
["declare" "override"] @modifier

; `x => x` is `(x) => x`.
(arrow_function parameters: (formal_parameters . "(" @optional .
  (required_parameter pattern: (identifier) !type !value !decorator) . ")" @optional))
