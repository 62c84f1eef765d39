"""The comparison of two sets of places, place by place.

A place is (path, line, column) of a name. What counts on both sides: import statements and re-exports (each name in an
import is a place), entries of `__all__`, reads, writes, calls, annotations, decorators, bases. What counts on neither:
the names of definitions, and so an override, which pyright does not take for a reference to what it overrides;
comments and docstrings; the second name of `import b as b`. What only one of the two follows by design is counted
apart:

  alias        `b = a.b` makes a variable of the same name, and pyright goes no further than that
  other name   the symbol under an alias (`from a import b as c`, then `c`): pyright stops at the import
  string       a name in a string (`getattr(x, "b")`, `patch("a.b")`): pyright reads `__all__` alone
"""
import ast, collections, os, re

COMPARED = ("import", "call", "attribute", "name", "subclass", "decorator", "annotation", "export")


class Tree:
    """The texts of a tree, for what stands at a place."""

    def __init__(self, root):
        self.root, self.lines, self.declared = root, {}, {}

    def text(self, path):
        if path not in self.lines:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
                # Lines as editors count them, not as `str.splitlines` does.
                self.lines[path] = re.split(r"\r\n|\r|\n", file.read())
        return self.lines[path]

    def word(self, place):
        path, line, column = place
        return re.match(r"\w*", self.text(path)[line - 1][column - 1 :]).group()

    def is_repeated(self, place):
        """Whether the name is the second of `import b as b`."""
        path, line, column = place
        return re.search(r"\b" + self.word(place) + r"\s+as\s+$", self.text(path)[line - 1][: column - 1]) is not None

    def is_declaration(self, place):
        """Whether the name at a place is that of a `def` or `class`."""
        path, line, column = place
        return re.search(r"\b(def|class)\s+$", self.text(path)[line - 1][: column - 1]) is not None

    def in_comment(self, place):
        """Whether a `#` stands before a place that no quote opens: pyright reads the types in comments."""
        path, line, column = place
        return re.match(r"""([^#'"]|'[^']*'|"[^"]*")*#""", self.text(path)[line - 1][: column - 1]) is not None


def oracle_places(tree, definition, found, own):
    """pyright's places that count: Python files, no declarations; a string of `__all__` begins behind its quote."""
    places = set()
    for path, line, column in found:
        if not path.endswith((".py", ".pyi")) or path.startswith(".."):
            continue
        if tree.text(path)[line - 1][column - 1 : column] in "\"'":
            column += 1
        place = (path, line, column)
        if place not in own and not tree.is_declaration(place) and not tree.is_repeated(place):
            places.add(place)
    return places


def is_alias(tree, definition, there, truth):
    """Whether pyright's definition is a name that is given the symbol itself: `b = a.b`, `def f(b=b)`."""
    for path, line, column in there:
        if path.startswith(".."):
            continue
        text = "\n".join(tree.text(path)[line - 1 : line + 4])[column - 1 :]
        given = re.match(re.escape(definition.name) + r"\s*(:[^=\n]*)?=\s*\(?\s*[\w.()]*?\b" + re.escape(definition.name) + r"\b", text)
        if given and any(it[0] == path and line <= it[1] <= line + 4 for it in truth):
            return True
    return False


def solely_places(tree, definition, record):
    """(places by tier, the symbol under other names, in strings), of one entry of `solely refs --format json`."""
    own = {(it["path"], it["line"], it["column"]) for it in record["definitions"]} | {definition.place}
    tiers = {"proven": set(), "likely": set(), "name-only": set()}
    other, strings = collections.Counter(), []
    for it in record["references"]:
        place = (it["path"], it["line"], it["column"])
        if not it["path"].endswith((".py", ".pyi")) or it["tier"] not in tiers:
            continue
        if it["kind"] == "string":
            strings.append((place, it["tier"]))
        elif it["kind"] in COMPARED and place not in own and not tree.is_repeated(place):
            if tree.word(place) != definition.name:
                other[it["tier"]] += 1
            else:
                tiers[it["tier"]].add(place)
    return own, tiers, other, strings


def ratio(part, whole):
    return part / whole if whole else None


def shown(value):
    return "-" if value is None else f"{value:.3f}"
