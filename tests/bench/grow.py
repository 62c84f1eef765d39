#!/usr/bin/env python3
"""Makes a tree several times as large: the Python files of a tree, and copies of them with their identifiers renamed.

    python3 tests/bench/grow.py TREE TARGET --times 10

Each copy stands in a folder of its own. Every word of four letters and more gets the number of its copy, in code, strings
and comments alike, so imports inside a copy still lead to each other; what Python gives a meaning to stays.
"""

import argparse
import builtins
import keyword
import re
from pathlib import Path

WORD = re.compile(r"\b[A-Za-z_][A-Za-z0-9_]{3,}\b")
KEPT = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "self", "annotations", "coding", "utf8", "print_function"}


def renamed(text, number):
    def rename(match):
        word = match.group()
        return word if word in KEPT or word.startswith("__") else f"{word}_{number}"

    return WORD.sub(rename, text)


def grow(tree, target, times):
    """Writes `times` trees into `target`: the first as it is."""
    tree, target = Path(tree), Path(target)
    for path in sorted(tree.rglob("*.py")):
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        for number in range(times):
            copy = target / f"copy_{number}" / path.relative_to(tree)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(renamed(text, number) if number else text, encoding="utf-8")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tree")
    arguments.add_argument("target")
    arguments.add_argument("--times", type=int, default=10)
    options = arguments.parse_args()
    grow(options.tree, options.target, options.times)
