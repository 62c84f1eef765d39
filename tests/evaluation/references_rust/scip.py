"""What `rust-analyzer scip` says of a tree: every occurrence of every symbol.

The index is a protobuf message of which a handful of fields is read here, so that nothing has to be installed.
Invariant: places are (path, line, column), 1-based, in characters. Absent on purpose: what a symbol is; its text is
compared and nothing else.
"""
import os

DOCUMENTS, PATH, OCCURRENCES, ENCODING = 2, 1, 2, 6
RANGE, SYMBOL, ROLES = 1, 2, 3
DEFINITION = 1
UTF8 = 1


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """(number, value) of a message; a value is a number or bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            at += 8 if key & 7 == 1 else 4
            continue
        yield key >> 3, value


def numbers(data):
    at, found = 0, []
    while at < len(data):
        value, at = varint(data, at)
        found.append(value)
    return found


class Index:
    """`places`: by symbol the places that refer to it; `definitions`: by place the symbol that is defined there;
    `at`: by place every symbol that stands there."""

    def __init__(self, file, root):
        self.places, self.definitions, self.at = {}, {}, {}
        for number, document in fields(open(file, "rb").read()):
            if number == DOCUMENTS:
                self.document(document, root)

    def document(self, data, root):
        path, encoding, occurrences = "", UTF8, []
        for number, value in fields(data):
            if number == PATH:
                path = value.decode()
            elif number == OCCURRENCES:
                occurrences.append(value)
            elif number == ENCODING:
                encoding = value
        lines = open(os.path.join(root, path), encoding="utf-8", newline="\n").read().split("\n")
        for occurrence in occurrences:
            self.occurrence(path, lines, encoding, occurrence)

    def occurrence(self, path, lines, encoding, data):
        where, symbol, roles = [], "", 0
        for number, value in fields(data):
            if number == RANGE:
                where = numbers(value)
            elif number == SYMBOL:
                symbol = value.decode()
            elif number == ROLES:
                roles = value
        line, column = where[0], where[1]
        if encoding == UTF8:
            column = len(lines[line].encode()[:column].decode())
        place = (path, line + 1, column + 1)
        self.at.setdefault(place, set()).add(symbol)
        if roles & DEFINITION:
            self.definitions.setdefault(place, symbol)
        else:
            self.places.setdefault(symbol, set()).add(place)
