#!/usr/bin/env python3
"""Recall of clone detection, measured by mutation.

Copies a Python source tree, picks functions at random, and writes a mutated copy of each into a file of its own:

  exact         printed again: comments, docstring and layout are gone, quotes are others
  renamed       parameters, local variables and the name replaced one for one, literals changed
  near-10 … 40  that share of the statements deleted, inserted before, or changed
  both-20       renamed, and a fifth of the statements changed

Then runs the tool over the tree. A copy counts as found if one group holds a fragment that covers at least 70 % of its
lines and a fragment that covers at least 70 % of the original's. The seed is fixed, so a run can be repeated.

    python3 tests/evaluation/clones.py SOURCES --solely target/release/solely [--jscpd PATH] [--pylint] [--each 100]

SOURCES is the package folder of an unpacked source archive (Django 5.0: `Django-5.0/django`).
"""
import argparse, ast, builtins, copy, json, os, random, shutil, subprocess, sys, tempfile, time

KINDS = ["exact", "renamed", "near-10", "near-20", "near-30", "near-40", "both-20"]
STATEMENTS = 8  # that a function has at least, nested ones counted


def functions(root):
    """Every function that is large enough: (path, node), in order."""
    found = []
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(folder, name)
            if not name.endswith(".py") or "/tests/" in path:
                continue
            try:
                tree = ast.parse(open(path, encoding="utf-8").read())
            except (SyntaxError, UnicodeDecodeError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and len(statements(node)) >= STATEMENTS:
                    found.append((path, node))
    return found


def bodies(node):
    """The lists of statements below a node, docstrings left out."""
    for child in ast.walk(node):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(child, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def statements(node):
    return [(block, s) for block in bodies(node) for s in block if not is_docstring(s)]


def is_docstring(s):
    return isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) and isinstance(s.value.value, str)


def without_docstrings(node):
    for block in list(bodies(node)):
        kept = [s for s in block if not is_docstring(s)] or [ast.Pass()]
        block[:] = kept
    return node


class Rename(ast.NodeTransformer):
    def __init__(self, names, random):
        self.names, self.random = names, random

    def visit_Name(self, node):
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node):
        node.arg = self.names.get(node.arg, node.arg)
        if node.annotation:
            node.annotation = self.visit(node.annotation)
        return node

    def visit_Nonlocal(self, node):
        node.names = [self.names.get(name, name) for name in node.names]
        return node

    visit_Global = visit_Nonlocal

    def visit_ExceptHandler(self, node):
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_Constant(self, node):
        if type(node.value) is int:
            node.value += self.random.randint(1, 9)
        elif type(node.value) is str:
            node.value = "changed " + node.value[:20]
        return node

    def visit_JoinedStr(self, node):
        node.values = [self.visit(v) if isinstance(v, ast.FormattedValue) else v for v in node.values]
        return node


def renamed(node, rng):
    names = {a.arg for f in ast.walk(node) if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) for a in ast.walk(f.args) if isinstance(a, ast.arg)}
    names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {h.name for h in ast.walk(node) if isinstance(h, ast.ExceptHandler) and h.name}
    names = sorted(names - {"self", "cls"} - set(dir(builtins)))
    mapping = {name: f"{rng.choice(['val', 'item', 'obj', 'tmp', 'res'])}_{at}" for at, name in enumerate(names)}
    node.name = f"renamed_{rng.randint(0, 10**6)}"
    return Rename(mapping, rng).visit(node)


def fresh(rng):
    name = rng.choice(["trace", "audit", "measure", "notify", "record", "verify"])
    return ast.parse(f"{name}_{rng.randint(0, 10**6)}.{rng.choice(['push', 'emit', 'mark'])}({rng.randint(0, 99)}, state=current)").body[0]


def changed(node, share, rng):
    """Deletes, inserts or changes a share of the statements, a third each."""
    everything = [(block, s) for block, s in statements(node) if s is not node]
    count = max(1, round(len(everything) * share))
    simple = [(b, s) for b, s in everything if not hasattr(s, "body")]
    for block, s in rng.sample(simple, min(count, len(simple))):
        at = next(i for i, other in enumerate(block) if other is s)
        how = rng.choice(["delete", "insert", "change"])
        if how == "insert":
            block.insert(at, fresh(rng))
        elif how == "delete" and len(block) > 1:
            del block[at]
        else:
            block[at] = fresh(rng)
    return node


def mutate(node, kind, rng):
    node = without_docstrings(copy.deepcopy(node))
    node.decorator_list = []
    if kind == "renamed" or kind.startswith("both"):
        node = renamed(node, rng)
    if "-" in kind:
        node = changed(node, int(kind.split("-")[1]) / 100, rng)
    return ast.unparse(ast.fix_missing_locations(node)) + "\n"


def inject(root, each, rng):
    candidates = functions(root)
    rng.shuffle(candidates)
    picked, spans = [], set()
    for path, node in candidates:
        if len(picked) == each * len(KINDS):
            break
        # no function inside a picked one
        if any(p == path and not (node.end_lineno < a or b < node.lineno) for p, a, b in spans):
            continue
        spans.add((path, node.lineno, node.end_lineno))
        picked.append((path, node))
    cases = []
    for at, (path, node) in enumerate(picked[: each * len(KINDS)]):
        kind = KINDS[at % len(KINDS)]
        text = mutate(node, kind, rng)
        copy_path = os.path.join(root, "injected", kind.replace("-", "_"), f"f{at}.py")
        os.makedirs(os.path.dirname(copy_path), exist_ok=True)
        for folder in (os.path.dirname(copy_path), os.path.join(root, "injected")):
            open(os.path.join(folder, "__init__.py"), "a").close()  # pylint reads packages alone
        open(copy_path, "w", encoding="utf-8").write(text)
        cases.append((kind, path, node.lineno, node.end_lineno, copy_path, 1, text.count("\n")))
    return cases


def recall(cases, groups, root):
    by_path = {}
    for number, group in enumerate(groups):
        for where, first, last in group:
            by_path.setdefault(os.path.normpath(os.path.join(root, where)), []).append((number, first, last))
    hits = lambda path, start, end: {n for n, a, b in by_path.get(os.path.normpath(path), []) if max(0, min(b, end) - max(a, start) + 1) >= 0.7 * (end - start + 1)}
    found, missed = {kind: [0, 0] for kind in KINDS}, []
    for kind, path, start, end, copied, first, last in cases:
        is_found = bool(hits(path, start, end) & hits(copied, first, last))
        found[kind][0] += is_found
        found[kind][1] += 1
        if not is_found:
            missed.append((kind, path, start, end, copied))
    return found, missed


def run_solely(binary, root):
    out = subprocess.run([binary, "duplicates", "--repo", root, "--format", "json", "--references", "1"], capture_output=True, text=True)
    return [[(i["path"], i["start"], i["end"]) for i in g["instances"]] for g in json.loads(out.stdout)["groups"]]


def run_jscpd(binary, root):
    with tempfile.TemporaryDirectory() as out:
        subprocess.run([binary, "-k", "50", "-l", "5", "-f", "python", "-r", "json", "-o", out, "--silent", root], capture_output=True)
        pairs = json.load(open(os.path.join(out, "jscpd-report.json")))["duplicates"]
    side = lambda f: (os.path.join(root, f["name"]) if not os.path.isabs(f["name"]) and not os.path.exists(f["name"]) else os.path.abspath(f["name"]), f["start"], f["end"])
    return [[side(p["firstFile"]), side(p["secondFile"])] for p in pairs]


def run_pylint(root):
    out = subprocess.run([sys.executable, "-m", "pylint", "--disable=all", "--enable=duplicate-code", "--min-similarity-lines=5", "-f", "json", "--recursive=y", root], capture_output=True, text=True, cwd=root)
    groups = []
    for message in json.loads(out.stdout or "[]"):
        sides = []
        for line in message["message"].splitlines():
            if line.startswith("==") and ":[" in line:
                module, span = line[2:].split(":[")
                first, last = span.rstrip("]").split(":")
                name = os.path.basename(root)
                module = module[len(name) + 1 :] if module.startswith(name + ".") else module
                path = os.path.join(root, module.replace(".", "/"))
                sides.append((path + ".py" if os.path.exists(path + ".py") else path + "/__init__.py", int(first) + 1, int(last)))
        groups.append(sides)
    return groups


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources")
    parser.add_argument("--solely", required=True)
    parser.add_argument("--jscpd")
    parser.add_argument("--pylint", action="store_true")
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--missed", action="store_true", help="list what was not found")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.join(folder, os.path.basename(os.path.normpath(arguments.sources)))
        shutil.copytree(arguments.sources, root)
        cases = inject(root, arguments.each, random.Random(arguments.seed))
        tools = [("solely", lambda: run_solely(os.path.abspath(arguments.solely), root))]
        if arguments.jscpd:
            tools.append(("jscpd", lambda: run_jscpd(arguments.jscpd, root)))
        if arguments.pylint:
            tools.append(("pylint", lambda: run_pylint(root)))
        print(f"{len(cases)} clones injected into {arguments.sources}")
        print(f"{'tool':8} {'seconds':>8} " + " ".join(f"{kind:>9}" for kind in KINDS))
        for name, run in tools:
            begin = time.time()
            groups = run()
            seconds = time.time() - begin
            found, missed = recall(cases, groups, root)
            print(f"{name:8} {seconds:8.1f} " + " ".join(f"{found[kind][0] / max(1, found[kind][1]):9.3f}" for kind in KINDS))
            if arguments.missed and name == "solely":
                for kind, path, start, end, copied in missed:
                    print(f"  missed {kind}: {os.path.relpath(path, root)}:{start}-{end}")
                    if os.environ.get("SHOW") == kind:
                        print(open(copied).read())


if __name__ == "__main__":
    main()
