"""What other tools find of the same definitions, as their users would ask them.

  ruff      `banned-api` (TID251): every definition is banned by its qualified name. A method can be named through its
            class alone (`a.b.Order.save`); there is no way to say "on an instance".
  semgrep   a rule for each definition: the qualified name as pattern, which semgrep follows through import aliases, and
            the import statements that take it. For a method also `$X.save`, the pattern that people write, since a
            receiver has no type in the rules for Python; counted apart as `semgrep $X`.
  vulture   its own visitor, by its API: each place that makes it hold a name for used, and imports, which it reports by
            their own. It knows bare names, so all definitions of a name share its places.

None of them is told anything that `solely` is not, and none is asked to leave out a file. What they say is turned into
places of a name, as in `compare.py`. Answers are remembered in a JSON file per tool and project.
"""
import ast, collections, importlib, json, os, re, subprocess, sys, time

TOOLS = ("ruff", "semgrep", "semgrep $X", "vulture")


class Found:
    """Places by symbol, and what the run cost."""

    def __init__(self, places, seconds, version):
        self.places, self.seconds, self.version = places, seconds, version


def ask(tool, tree, drawn, roots, scratch, project, say):
    """The answer of a tool; `None` where it is not installed."""
    name = tool.split()[0]
    ran = {"ruff": ruff, "semgrep": semgrep, "vulture": vulture}[name]
    version = version_of(name)
    if version is None:
        say(f"{project}: {name} is not installed, left out")
        return None
    store = os.path.join(scratch, f"{project}.{name}-{version}.json")
    symbols = [it.symbol for it in drawn]
    kept = json.load(open(store)) if os.path.exists(store) else {}
    if kept.get("symbols") != symbols:
        begin = os.times()
        places = ran(tree, drawn, [os.path.join(tree.root, it) for it in roots], scratch)
        after = os.times()
        seconds = (after.children_user + after.children_system + after.user + after.system
                   - begin.children_user - begin.children_system - begin.user - begin.system)
        kept = {"symbols": symbols, "seconds": seconds, "places": {key: sorted(it) for key, it in places.items()}}
        with open(store, "w") as out:
            json.dump(kept, out)
        say(f"{project}: {name} {version}, {seconds:.0f} s of CPU")
    prefix = "$X " if tool.endswith("$X") else ""
    places = {it: {tuple(at) for at in kept["places"].get(prefix + it, [])} for it in symbols}
    return Found(places, kept["seconds"], version)


def version_of(tool):
    try:
        if tool == "vulture":
            return importlib.import_module("vulture").__version__
        environment = os.environ | {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
        said = subprocess.run([tool, "--version"], capture_output=True, text=True, env=environment)
        return re.search(r"\d+(\.\d+)+", said.stdout).group()
    except (ImportError, FileNotFoundError, AttributeError):
        return None


def low(command, **options):
    """One process at low priority, since the others that run beside it matter more."""
    return subprocess.run(["nice", *command], capture_output=True, text=True, **options)


# ruff

def ruff(tree, drawn, roots, scratch):
    config = os.path.join(scratch, "ruff-rivals.toml")
    with open(config, "w") as out:
        # Without the defaults that leave files out.
        out.write(f"src = {json.dumps(roots)}\nexclude = []\nrespect-gitignore = false\n"
                  'builtins = []\n[lint]\nselect = ["TID251"]\n[lint.flake8-tidy-imports.banned-api]\n')
        for it in drawn:
            out.write(f'"{it.dotted}".msg = "{it.symbol}"\n')
    said = low(["ruff", "check", "--config", config, "--no-cache", "--ignore-noqa", "--output-format", "json", "--exit-zero",
                tree.root])
    places = collections.defaultdict(set)
    names = {it.symbol: it.name for it in drawn}
    for it in json.loads(said.stdout):
        if it["code"] != "TID251":
            continue
        symbol = it["message"].rsplit(" is banned: ", 1)[1]
        path = os.path.relpath(it["filename"], tree.root)
        begin = (it["location"]["row"], it["location"]["column"])
        end = (it["end_location"]["row"], it["end_location"]["column"])
        places[symbol].update(named(tree, path, begin, end, names[symbol]))
    return places


def named(tree, path, begin, end, name):
    """Places of a name in a range of a file, 1-based, the end not in it; of several in an expression the last."""
    lines, found = tree.text(path), []
    for row in range(begin[0], end[0] + 1):
        text = lines[row - 1]
        first = begin[1] - 1 if row == begin[0] else 0
        last = end[1] - 1 if row == end[0] else len(text)
        found += [(path, row, it.start() + 1) for it in re.finditer(rf"\b{re.escape(name)}\b", text) if first <= it.start() < last]
    if not found:
        return []
    words = lines[begin[0] - 1][begin[1] - 1 :]
    return found if re.match(r"(from|import)\b", words) else [found[0] if first_is_meant(words, name) else found[-1]]


def first_is_meant(words, name):
    """`save as store` and `save` begin with the name; `orders.save` ends with it."""
    return re.match(rf"{re.escape(name)}(\s+as\b|\s*$|\s*[,)(])", words) is not None


# semgrep

def semgrep(tree, drawn, roots, scratch):
    rules = []
    rule = lambda id, patterns: {
        "id": id, "message": "x", "severity": "INFO", "languages": ["python"],
        "pattern-either": [{"pattern": it} for it in patterns]}
    for number, it in enumerate(drawn):
        above, _, last = it.dotted.rpartition(".")
        patterns = [it.dotted]
        if it.kind != "method":
            patterns += [f"from {above} import {last}", f"from {above} import {last} as $Y"]
        rules.append(rule(f"q{number}", patterns))
        if it.kind == "method":
            rules.append(rule(f"n{number}", [f"$X.{last}"]))
    config = os.path.join(scratch, "semgrep-rivals.json")
    json.dump({"rules": rules}, open(config, "w"))
    environment = os.environ | {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    said = low(["semgrep", "scan", "--metrics", "off", "--disable-version-check", "--config", config, "--json", "--quiet",
                "--jobs", "1", "--timeout", "0", "--max-target-bytes", "0", "--no-git-ignore",
                "--disable-nosem", "--x-ignore-semgrepignore-files", "."], cwd=tree.root, env=environment)
    places = collections.defaultdict(set)
    for it in json.loads(said.stdout)["results"]:
        key = it["check_id"].rsplit(".", 1)[-1]
        of = drawn[int(key[1:])]
        path = os.path.normpath(it["path"])
        begin, end = (it["start"]["line"], it["start"]["col"]), (it["end"]["line"], it["end"]["col"])
        found = named(tree, path, begin, end, of.name)
        if key[0] == "q":
            places[of.symbol].update(found)
        if of.kind == "method":
            places["$X " + of.symbol].update(found)
    return places


# vulture

def vulture(tree, drawn, roots, scratch):
    """Runs in this process: vulture tells the names that are used, and its visitor where it learnt that."""
    from vulture.core import Vulture

    class Used(set):
        """vulture's set of names, noting where each is added."""

        def __init__(self, visitor):
            super().__init__()
            self.visitor = visitor

        def add(self, name):
            self.visitor.note(name)

        def __ior__(self, names):
            return self

    class Recorder(Vulture):
        def __init__(self):
            super().__init__()
            self.used_names, self.stack, self.places = Used(self), [], collections.defaultdict(set)
            self.shift = (0, 0)

        def visit(self, node):
            outer = self.shift
            if isinstance(node, (ast.Expression, ast.FunctionType)) and self.stack:
                self.shift = self.comment_of(self.stack[-1])
            self.stack.append(node)
            super().visit(node)
            self.stack.pop()
            self.shift = outer

        def comment_of(self, owner):
            """Lines and bytes between a type comment and its place in the file."""
            for row in range(owner.lineno, min(len(tree.text(self.path)), getattr(owner, "end_lineno", owner.lineno) + 3) + 1):
                at = tree.text(self.path)[row - 1].find(owner.type_comment)
                if at >= 0:
                    return (row - 1, len(tree.text(self.path)[row - 1][:at].encode()))
            return (0, 0)

        def note(self, name):
            node = self.stack[-1]
            if name not in wanted:
                return
            if isinstance(node, ast.Attribute):
                self.put(name, node.end_lineno, node.end_col_offset - len(name.encode()))
            elif isinstance(node, ast.Name):
                self.put(name, node.lineno, node.col_offset)
            elif isinstance(node, ast.Assign):
                for it in node.value.elts:
                    if isinstance(it, ast.Constant) and it.value == name:
                        self.put(name, it.lineno, it.col_offset + 1)

        def _add_aliases(self, node):
            for it in node.names:
                last = it.name.split(".")[-1]
                if last in wanted:
                    self.put(last, it.lineno, it.col_offset + len(it.name.encode()) - len(last.encode()))
            super()._add_aliases(node)

        def put(self, name, row, offset):
            row, offset = row + self.shift[0], offset + self.shift[1]
            text = tree.text(self.path)[row - 1].encode()
            self.places[name].add((self.path, row, len(text[:offset].decode(errors="replace")) + 1))

    wanted = {it.name for it in drawn}
    recorder = Recorder()
    for folder, folders, files in os.walk(tree.root):
        folders.sort()
        for file in sorted(files):
            if not file.endswith(".py"):
                continue
            recorder.path = os.path.relpath(os.path.join(folder, file), tree.root)
            try:
                text = open(os.path.join(folder, file), encoding="utf-8").read()
            except UnicodeDecodeError:
                continue
            recorder.scan(text, recorder.path)
    return {it.symbol: recorder.places[it.name] for it in drawn}
