"""The code bases, and the definitions drawn from them.

A source archive is fetched from PyPI by pip and unpacked in a scratch folder. Definitions are drawn from the package
itself, not from its tests, the same number of functions, classes, methods and module constants. Left out: a name with
two underscores at both ends, since nobody writes it where it is called, and a constant whose module also imports its
name, since pyright takes it for both things at once.
"""
import ast, json, os, random, re, subprocess, sys, tarfile, glob

KINDS = ["function", "class", "method", "constant"]

# name: (requirement on PyPI, folder of the package, further import roots)
PROJECTS = {
    "django": ("Django==5.1.4", "django", ["tests"]),
    "celery": ("celery==5.7.0", "celery", []),
    "sqlalchemy": ("SQLAlchemy==2.0.44", "lib/sqlalchemy", ["lib"]),
    "homeassistant": ("homeassistant==2024.3.3", "homeassistant", []),
}


def fetch(name, folder):
    """The root of the unpacked archive."""
    requirement = PROJECTS[name][0]
    distribution, _, version = requirement.partition("==")
    at = os.path.join(folder, name)
    if not os.path.isdir(at):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", distribution,
                        requirement, "-d", folder], check=True)
        archives = [it for it in glob.glob(os.path.join(folder, "*.tar.gz"))
                    if os.path.basename(it).lower().replace("_", "-").startswith(distribution.lower() + "-" + version)]
        with tarfile.open(archives[0]) as archive:
            archive.extractall(at + ".part", filter="data")
        (inner,) = os.listdir(at + ".part")
        os.rename(os.path.join(at + ".part", inner), at)
        os.rmdir(at + ".part")
    with open(os.path.join(at, "pyrightconfig.json"), "w") as out:
        json.dump({"include": ["."], "extraPaths": PROJECTS[name][2], "pythonVersion": "3.12", "typeCheckingMode": "off"}, out)
    return at


def pyright(folder):
    """The language server, installed by npm where it is not there yet: (path, version)."""
    package = os.path.join(folder, "node_modules", "pyright")
    if not os.path.isdir(package):
        subprocess.run(["npm", "install", "--silent", "--prefix", folder, "pyright"], check=True)
    version = json.load(open(os.path.join(package, "package.json")))["version"]
    return os.path.join(package, "langserver.index.js"), version


class Definition:
    """One definition: `symbol` as solely writes it, `place` as (path, line, column), 1-based, in characters."""

    def __init__(self, symbol, kind, place):
        self.symbol, self.kind, self.place = symbol, kind, place

    @property
    def name(self):
        return re.split(r"[.:]", self.symbol)[-1]

    @property
    def dotted(self):
        return self.symbol.replace(":", ".")


def definitions(root, package):
    """Every definition of a package that can be drawn, the first of each name, in order of its place."""
    found = {}
    base = os.path.join(root, package)
    above = os.path.dirname(base)
    for folder, folders, files in os.walk(base):
        folders[:] = sorted(it for it in folders if it not in ("tests", "test", "node_modules"))
        for file in sorted(files):
            path = os.path.join(folder, file)
            if not file.endswith(".py") or file.startswith("test_"):
                continue
            try:
                text = open(path, encoding="utf-8").read()
                tree = ast.parse(text)
            except (SyntaxError, UnicodeDecodeError):
                continue
            module = os.path.relpath(path, above)[:-3].replace(os.sep, ".")
            module = module.removesuffix(".__init__")
            relative = os.path.relpath(path, root)
            imported = {it.asname or it.name for node in ast.walk(tree)
                        if isinstance(node, (ast.Import, ast.ImportFrom)) for it in node.names}
            for kind, name, line, column in members(tree.body, "", text.splitlines(), False):
                last = name.split(".")[-1]
                is_import = kind == "constant" and name in imported
                if not is_import and not (last.startswith("__") and last.endswith("__")):
                    found.setdefault(f"{module}:{name}", Definition(f"{module}:{name}", kind, (relative, line, column)))
    return sorted(found.values(), key=lambda it: it.place)


def members(body, prefix, lines, in_class):
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield ("method" if in_class else "function"), prefix + node.name, node.lineno, named(node, lines)
        elif isinstance(node, ast.ClassDef):
            yield "class", prefix + node.name, node.lineno, named(node, lines)
            yield from members(node.body, prefix + node.name + ".", lines, True)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and not in_class:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    before = lines[target.lineno - 1].encode()[: target.col_offset].decode()
                    yield "constant", prefix + target.id, target.lineno, len(before) + 1
        else:
            for block in ("body", "orelse", "finalbody"):
                if isinstance(node, (ast.If, ast.Try, ast.With)):
                    yield from members(getattr(node, block, []), prefix, lines, in_class)


def named(node, lines):
    """The column of a definition's name."""
    return re.search(r"(?:def|class)\s+(?=" + re.escape(node.name) + ")", lines[node.lineno - 1]).end() + 1


def draw(everything, count, seed):
    """`count` definitions, the same number of each kind, as far as there are that many."""
    rng = random.Random(seed)
    drawn = []
    for kind in KINDS:
        of_kind = [it for it in everything if it.kind == kind]
        drawn += rng.sample(of_kind, min(count // len(KINDS), len(of_kind)))
    return drawn
