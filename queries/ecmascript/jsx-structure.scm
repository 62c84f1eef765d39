; Elements are statements of their own, so that markup is compared piece by piece.

(jsx_element) @statement
(jsx_self_closing_element) @statement
