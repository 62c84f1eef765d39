#!/usr/bin/env python3
"""How many references `solely refs` finds in Rust, and how often they are right, with rust-analyzer as the oracle.

    python3 tests/evaluation/references_rust --scratch FOLDER --solely target/release/solely

takes the sources of two crates from crates.io by `cargo vendor` and ripgrep's by git, lets `rust-analyzer scip` index
each with all features, draws public definitions with a seed, asks `solely refs` for them, and compares places. Nothing
that is fetched is kept in the project.

Drawn are free functions, types, traits and constants that are `pub` and begin a line, methods and associated functions
that are `pub` in a block of a type, and those that a trait declares, a step further in. Of methods whose type has two
of one name (in blocks for different arguments) none is drawn: they are one symbol here. A place counts where the name
itself stands, or another name that an import gave it. Of the places that rust-analyzer gives, `Self` is left out, and
where an import gives the other name. A place of ours that it does not give is wrong where something else of the project or of another crate stands
there by its word, and unknown to it where it says nothing: it evaluates `cfg`, and it does not look into the bodies of
`macro_rules`. Needs Python 3.11, cargo, git, `rustup component add rust-analyzer rust-src`.
"""
import argparse, collections, json, os, random, re, shutil, subprocess, sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scip

KINDS = ["function", "type", "trait", "constant", "method", "trait method"]

# name: exact version on crates.io, or a repository and a commit
PROJECTS = {
    "ripgrep": ("https://github.com/BurntSushi/ripgrep", "3fce3b5bb0236da2df6d99672afb8a719642eca7"),
    "tokio": "1.54.1",
    "regex-automata": "0.4.19",
}

WORDS = {
    "fn": "function", "struct": "type", "enum": "type", "union": "type", "type": "type", "trait": "trait",
    "const": "constant", "static": "constant",
}

HEAD = re.compile(r"pub(?:\([^)]*\))? (?:(?:async|unsafe|default|extern \"C\"|const(?= fn)|const(?= unsafe)|auto) )*"
                  r"(fn|struct|enum|union|type|trait|const|static)(?: mut)? (?:r#)?([A-Za-z_]\w*)")


# A step further in than what begins a line: in a block of methods, or in a trait.
MEMBER = re.compile(r"    (pub(?:\([^)]*\))? )?(?:(?:async|unsafe|const|extern \"C\") )*fn (?:r#)?([A-Za-z_]\w*)")

# `dfa/dense/impl#[`DFA<T>`]new().` and `dfa/automaton/Automaton#next_state().`
OF_TYPE = re.compile(r"impl#\[`?(?:\w+::)*(\w+)(?:<.*>)?`?\]`?(\w+)`?\(\)\.$")
OF_TRAIT = re.compile(r"[ /]`?(\w+)`?#`?(\w+)`?\(\)\.$")


def fetch(name, scratch, mirrors):
    """The root of a project's sources."""
    root = os.path.join(scratch, name)
    if os.path.isdir(root):
        return root
    if isinstance(PROJECTS[name], tuple):
        repository, commit = PROJECTS[name]
        subprocess.run(["git", "clone", "-q", "--no-checkout", mirrors.get(name, repository), root], check=True)
        subprocess.run(["git", "-C", root, "checkout", "-q", commit], check=True)
        return root
    empty = os.path.join(scratch, "vendored")
    os.makedirs(os.path.join(empty, "src"), exist_ok=True)
    open(os.path.join(empty, "src", "lib.rs"), "w").close()
    needed = "".join(f'"{it}" = "={version}"\n' for it, version in PROJECTS.items() if isinstance(version, str))
    with open(os.path.join(empty, "Cargo.toml"), "w") as file:
        file.write(f'[package]\nname = "vendored"\nversion = "0.0.0"\nedition = "2024"\n[dependencies]\n{needed}')
    subprocess.run(["cargo", "vendor", "--quiet"], cwd=empty, check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(os.path.join(empty, "vendor", name), root)
    return root


def index(name, root, scratch):
    file, settings = os.path.join(scratch, f"{name}.scip"), os.path.join(scratch, "rust-analyzer.json")
    if not os.path.exists(file):
        with open(settings, "w") as out:
            json.dump({"cargo": {"features": "all", "buildScripts": {"enable": False}}, "procMacro": {"enable": False}}, out)
        with open(os.path.join(scratch, f"{name}.log"), "w") as log:
            subprocess.run(["rust-analyzer", "scip", root, "--output", file, "--config-path", settings],
                           check=True, stdout=log, stderr=log)
    return scip.Index(file, root)


class Definition:
    def __init__(self, kind, name, place, symbol, meaning):
        self.kind, self.name, self.place, self.symbol, self.meaning = kind, name, place, symbol, meaning


def module(path, root):
    """What `solely` calls a file: by the nearest manifest above it."""
    folder = os.path.dirname(path)
    while folder and not os.path.exists(os.path.join(root, folder, "Cargo.toml")):
        folder = os.path.dirname(folder)
    text = open(os.path.join(root, folder, "Cargo.toml")).read()
    field = lambda table, key: re.search(rf"^\[{table}\][^\[]*?^{key} *= *\"([^\"]*)\"", text, re.M | re.S)
    package = field("lib", "name") or field("package", "name")
    main = field("lib", "path")
    main = main.group(1) if main else "src/lib.rs"
    package, below = package.group(1).replace("-", "_"), os.path.relpath(path, folder or ".")
    if below == main:
        return package
    stem = below.removesuffix(".rs").removesuffix("/mod")
    above = os.path.dirname(main)
    if above and stem.startswith(above + "/"):
        stem = stem[len(above) + 1:]
    return f"{package}.{stem.replace('/', '.')}"


def definitions(root, known):
    """Every public item that begins a line and that rust-analyzer knows, in order of its place."""
    found, twice = {}, set()
    for (path, line, column), meaning in sorted(known.definitions.items()):
        if path.split("/")[0] in ("tests", "benches", "examples", "fuzz"):
            continue
        text = lines(root, path)[line - 1]
        member = MEMBER.match(text)
        if member and member.start(2) + 1 == column:
            of_type, of_trait = OF_TYPE.search(meaning), OF_TRAIT.search(meaning)
            owner = of_type or of_trait
            if owner and (of_trait or member.group(1)):
                symbol = f"{module(path, root)}:{owner.group(1)}.{member.group(2)}"
                twice.update([symbol] if symbol in found else [])
                kind = "method" if of_type else "trait method"
                found[symbol] = Definition(kind, member.group(2), (path, line, column), symbol, meaning)
            continue
        head = HEAD.match(text)
        if not head or head.start(2) + 1 != column or meaning.startswith("local "):
            continue
        symbol = f"{module(path, root)}:{head.group(2)}"
        found.setdefault(symbol, Definition(WORDS[head.group(1)], head.group(2), (path, line, column), symbol, meaning))
    return [it for it in found.values() if it.symbol not in twice]


TEXTS = {}


def lines(root, path):
    if (root, path) not in TEXTS:
        TEXTS[root, path] = open(os.path.join(root, path), encoding="utf-8", newline="\n").read().split("\n")
    return TEXTS[root, path]


def word(root, place):
    found = re.match(r"\w+", lines(root, place[0])[place[1] - 1][place[2] - 1:])
    return found.group(0) if found else ""


def is_name(root, place):
    """Whether it is a name that stands for what it means: not `Self`, and not where an import gives another name."""
    before = lines(root, place[0])[place[1] - 1][: place[2] - 1]
    return word(root, place) not in ("Self", "self", "crate", "super") and not before.endswith(" as ")


def draw(everything, count, seed):
    rng = random.Random(seed)
    drawn = []
    for kind in KINDS:
        of_kind = [it for it in everything if it.kind == kind]
        drawn += rng.sample(of_kind, min(count, len(of_kind)))
    return drawn


def refs(binary, root, drawn):
    asked = [binary, "refs", "--no-cache", "--repo", root, "--format", "json", *[it.symbol for it in drawn]]
    out = subprocess.run(asked, capture_output=True, text=True)
    if out.returncode not in (0, 3):
        sys.exit(f"solely: {out.stderr}")
    return {it["symbol"]: it for it in json.loads(out.stdout)["symbols"]}


class Score:
    def __init__(self):
        self.drawn, self.missing, self.oracle, self.found, self.open = 0, 0, 0, 0, 0
        self.tier, self.right, self.unknown = collections.Counter(), collections.Counter(), collections.Counter()

    def add(self, other):
        for name, value in vars(other).items():
            if isinstance(value, int):
                setattr(self, name, getattr(self, name) + value)
            else:
                getattr(self, name).update(value)


def compared(name, root, known, drawn, records):
    scores, disagreements = {kind: Score() for kind in KINDS}, []
    for definition in drawn:
        score, record = scores[definition.kind], records[definition.symbol]
        score.drawn += 1
        given = [(it["path"], it["line"]) for it in record["definitions"]]
        score.missing += definition.place[:2] not in given
        truth = {it for it in known.places.get(definition.meaning, ()) if is_name(root, it)}
        truth.discard(definition.place)
        tiers = collections.defaultdict(set)
        for it in record["references"]:
            tiers[it["tier"]].add((it["path"], it["line"], it["column"]))
        ours = tiers["proven"] | tiers["likely"]
        score.oracle += len(truth)
        score.found += len(truth & ours)
        score.open += len(truth & tiers["name-only"])
        for place in sorted(truth - ours):
            seen = "name-only" if place in tiers["name-only"] else "nothing"
            disagreements.append((name, definition.symbol, place, "rust-analyzer", seen))
        for tier in ("proven", "likely"):
            score.tier[tier] += len(tiers[tier])
            score.right[tier] += len(tiers[tier] & truth)
            for place in sorted(tiers[tier] - truth):
                there = known.at.get(place)
                if not there:
                    score.unknown[tier] += 1
                disagreements.append((name, definition.symbol, place, tier, " ".join(sorted(there)) if there else "unknown"))
    return scores, disagreements


def shown(part, whole):
    return f"{part / whole:.3f}" if whole else "-"


def row(project, kind, it):
    precise = lambda tier: shown(it.right[tier], it.tier[tier] - it.unknown[tier])
    return (f"| {project} | {kind} | {it.drawn} | {it.oracle} | {shown(it.found, it.oracle)} | {it.open} | {it.tier['proven']} "
            f"| {precise('proven')} | {it.tier['likely']} | {precise('likely')} | {it.unknown['proven']} + {it.unknown['likely']} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--solely", required=True)
    parser.add_argument("--projects", nargs="*", default=list(PROJECTS), choices=PROJECTS)
    parser.add_argument("--mirror", nargs=2, action="append", default=[], metavar=("PROJECT", "REPOSITORY"))
    parser.add_argument("--count", type=int, default=26, help="definitions of each kind and project")
    parser.add_argument("--seed", type=int, default=20261123)
    arguments = parser.parse_args()
    scratch = os.path.abspath(arguments.scratch)
    os.makedirs(scratch, exist_ok=True)
    total, table, everything = {kind: Score() for kind in KINDS}, [], []
    for name in arguments.projects:
        root = fetch(name, scratch, dict(arguments.mirror))
        known = index(name, root, scratch)
        drawn = draw(definitions(root, known), arguments.count, arguments.seed)
        scores, disagreements = compared(name, root, known, drawn, refs(arguments.solely, root, drawn))
        everything += disagreements
        for kind, score in scores.items():
            total[kind].add(score)
            table.append(row(name, kind, score))
    table += [row("all", kind, score) for kind, score in total.items()]
    version = subprocess.run(["rust-analyzer", "--version"], capture_output=True, text=True).stdout.strip()
    head = ("| project | kind | drawn | oracle | recall | name-only | proven | precision | likely | precision "
            "| unknown to rust-analyzer |")
    print(f"{version}, {arguments.count} definitions of each kind and project, seed {arguments.seed}\n\n{head}")
    print("|---" * (head.count(" | ") + 1) + "|")
    print("\n".join(table))
    lost = sum(score.missing for score in total.values())
    print(f"\n{lost} definitions that `solely` does not know under their names.")
    with open(os.path.join(scratch, "disagreements.tsv"), "w") as out:
        for project, symbol, place, who, seen in sorted(everything):
            out.write("\t".join([project, symbol, ":".join(map(str, place)), who, seen]) + "\n")


if __name__ == "__main__":
    main()
