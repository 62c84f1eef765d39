#!/usr/bin/env python3
"""How many references `solely refs` finds, and how often they are right, with pyright's find-references as the oracle.

    python3 tests/evaluation/references --scratch FOLDER --solely target/release/solely

fetches source archives from PyPI and pyright from npm into FOLDER, draws definitions with a seed, asks both for every
reference to each, and compares places (`compare.py` says what counts). Nothing that is fetched is kept in the project.
Both see the same archive and nothing else: no dependency is installed. The first run takes an hour or more, nearly all
of it pyright's; its answers are remembered in FOLDER, and a rerun takes seconds.

A disagreement is classed by asking pyright what stands at the place: where it leads to another definition, the fault is
ours (`elsewhere`); where it leads nowhere, it knows no type (`unknown`). `verdicts.tsv` holds what a reader said of a
sample. Beside it `rivals.py` asks ruff, semgrep and vulture, those that are installed, for the same definitions; what
they give beyond the truth is put to pyright in the same way, of many places a sample. `--rivals` without names asks none.
Needs Python 3.11, pip, node with npm.
"""
import argparse, collections, hashlib, json, os, random, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare, rivals, sources
from compare import ratio, shown
from oracle import Oracle


def say(text):
    print(text, file=sys.stderr, flush=True)


def solely(binary, root, drawn, store):
    """The documents of one run for all symbols, with its seconds of wall and of CPU."""
    before, begin = os.times(), time.monotonic()
    out = subprocess.run([binary, "refs", "--repo", root, "--format", "json", *[it.symbol for it in drawn]],
                         capture_output=True, text=True)
    after, seconds = os.times(), time.monotonic() - begin
    if out.returncode not in (0, 3):
        sys.exit(f"solely: {out.stderr}")
    with open(store, "w") as file:
        file.write(out.stdout)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return json.loads(out.stdout), seconds, cpu


def verdicts(project):
    """What a reader said of a place: {(symbol, place): verdict}."""
    said = {}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "verdicts.tsv")
    if os.path.exists(path):
        for line in open(path, encoding="utf-8"):
            fields = line.rstrip("\n").split("\t")
            if fields[0] == project:
                file, row, column = fields[2].rsplit(":", 2)
                said[fields[1], (file, int(row), int(column))] = fields[4]
    return said


class Score:
    """What was counted for one kind of definition in one project."""

    def __init__(self):
        self.definitions, self.unanswered, self.oracle, self.found = 0, 0, 0, 0
        self.tier = collections.Counter()
        self.agreed = collections.Counter()
        self.alias = collections.Counter()
        self.elsewhere, self.unknown = collections.Counter(), collections.Counter()
        self.other, self.strings, self.name_only = 0, 0, 0

    def add(self, score):
        for name, value in vars(score).items():
            if isinstance(value, int):
                setattr(self, name, getattr(self, name) + value)
            else:
                getattr(self, name).update(value)


class Project:
    """One code base, what pyright says of it, and what was drawn."""

    def __init__(self, name, scratch, langserver, version, arguments):
        self.name, self.root = name, sources.fetch(name, scratch)
        self.roots = [".", *sources.PROJECTS[name][2]]
        self.tree, self.said = compare.Tree(self.root), verdicts(name)
        everything = sources.definitions(self.root, sources.PROJECTS[name][1])
        self.drawn = sources.draw(everything, arguments.count, arguments.seed)
        store = os.path.join(scratch, f"{name}.pyright-{version}.json")
        self.oracle = Oracle(langserver, self.root, store, arguments.timeout, say)

    def where(self, definition, place, truth):
        """Where pyright's go-to-definition leads from a place that its find-references did not give."""
        there = self.oracle.ask("definition", place)
        if not there:
            return "unknown"
        if definition.place in there:
            return "same"
        return "alias" if compare.is_alias(self.tree, definition, there, truth) else "elsewhere"

    def missed(self, definition, place, is_name_only):
        """What kind of place it is that pyright gives and `solely` does not."""
        if self.tree.in_comment(place):
            return "comment"
        if definition.place not in (self.oracle.ask("definition", place) or []):
            return "not its own definition"
        return "name-only" if is_name_only else "nothing"


def compared(project, document):
    """(scores by kind, every disagreement, the union truth and the places of `solely` by symbol)."""
    records = {it["symbol"]: it for it in document["symbols"]}
    scores, disagreements = {kind: Score() for kind in sources.KINDS}, []
    truths, found = {}, {}
    for definition in project.drawn:
        score, symbol = scores[definition.kind], definition.symbol
        answer = project.oracle.ask("references", definition.place)
        if answer is None:
            score.unanswered += 1
            continue
        score.definitions += 1
        own, tiers, other, strings = compare.solely_places(project.tree, definition, records[symbol])
        given = compare.oracle_places(project.tree, definition, answer, own)
        said = {place: it for (of, place), it in project.said.items() if of == symbol}
        truth = given | {place for place, it in said.items() if it == "reference" and place not in own}
        truth -= {place for place, it in said.items() if it == "none"}
        ours = tiers["proven"] | tiers["likely"]
        score.other += sum(other.values())
        score.strings += len(strings)
        score.name_only += len(tiers["name-only"])
        # What is told does not depend on what a reader said, so that the same sample is drawn again.
        for place in sorted(given - ours):
            seen = project.missed(definition, place, place in tiers["name-only"])
            disagreements.append((project.name, symbol, place, "pyright", seen, said.get(place, "")))
        for tier in ("proven", "likely"):
            score.tier[tier] += len(tiers[tier])
            for place in sorted(tiers[tier] - given):
                where = project.where(definition, place, given)
                if where == "alias":
                    score.alias[tier] += 1
                    continue
                disagreements.append((project.name, symbol, place, f"solely {tier}", where, said.get(place, "")))
                if where == "same" and said.get(place) != "none":
                    truth.add(place)
                elif place not in truth:
                    is_refuted = where == "elsewhere" or said.get(place) == "none"
                    (score.elsewhere if is_refuted else score.unknown)[tier] += 1
            score.agreed[tier] += len(tiers[tier] & truth)
        score.oracle += len(truth)
        score.found += len(truth & ours)
        truths[symbol], found[symbol] = truth, ours
    return scores, disagreements, truths, found


class RivalScore:
    """What one tool found of one kind: places of the truth, places it gives, pairs of definition and file."""

    def __init__(self):
        self.truth, self.found, self.right, self.wrong, self.files, self.named = 0, 0, 0.0, 0.0, 0, 0

    def add(self, score):
        for name, value in vars(score).items():
            setattr(self, name, getattr(self, name) + value)


# Of the places that a rival gives beyond the truth, so many of each kind and project are put to pyright.
ASKED = 25


def rivalled(project, places, truths, seed):
    """Scores by kind of a tool that gives `places` by symbol."""
    scores, rest = {kind: RivalScore() for kind in sources.KINDS}, {kind: [] for kind in sources.KINDS}
    for definition in project.drawn:
        if definition.symbol not in truths or definition.symbol not in places:
            continue
        score, truth = scores[definition.kind], truths[definition.symbol]
        counts = lambda it: it != definition.place and not project.tree.is_declaration(it) and not project.tree.is_repeated(it)
        given = {it for it in places[definition.symbol] if counts(it)}
        score.truth += len(truth)
        score.found += len(truth & given)
        score.right += len(truth & given)
        score.files += len({it[0] for it in truth})
        score.named += len({it[0] for it in truth} & {it[0] for it in given})
        rest[definition.kind] += [(definition, it, truth) for it in sorted(given - truth)]
    for kind, beyond in rest.items():
        asked = random.Random(seed).sample(beyond, min(ASKED, len(beyond)))
        said = collections.Counter(project.where(*it) for it in asked)
        for where, many in said.items():
            share = len(beyond) * many / len(asked)
            scores[kind].right += share if where == "same" else 0
            scores[kind].wrong += share if where == "elsewhere" else 0
    return scores


HEAD = ("| project | kind | drawn | oracle | recall | proven | precision | likely | precision "
        "| unknown to pyright | name-only | aliases | strings |")


def row(project, kind, it):
    precise = lambda tier: shown(ratio(it.agreed[tier], it.tier[tier] - it.unknown[tier] - it.alias[tier]))
    return (f"| {project} | {kind} | {it.definitions} | {it.oracle} | {shown(ratio(it.found, it.oracle))} | {it.tier['proven']} "
            f"| {precise('proven')} | {it.tier['likely']} | {precise('likely')} "
            f"| {it.unknown['proven']} + {it.unknown['likely']} | {it.name_only} | {it.other + sum(it.alias.values())} | {it.strings} |")


def rival_row(tool, kind, it):
    precise = shown(ratio(it.right, it.right + it.wrong))
    return f"| {tool} | {kind} | {shown(ratio(it.found, it.truth))} | {shown(ratio(it.named, it.files))} | {precise} |"


def classes(disagreements):
    """How many disagreements there are of each class, and what a reader said of those in the sample."""
    counted, read = collections.Counter(), collections.defaultdict(collections.Counter)
    for _, _, _, who, seen, said in disagreements:
        key = (who.split()[0], seen)
        counted[key] += 1
        if said:
            read[key][said] += 1
    lines = ["| given by | what the other says | class | places | read by eye |", "|---|---|---|---|---|"]
    for key, many in sorted(counted.items()):
        told = ", ".join(f"{count} {what}" for what, count in sorted(read[key].items()))
        lines.append(f"| {key[0]} | {key[1]} | {CLASSES[key]} | {many} | {told or '-'} |")
    return lines


CLASSES = {
    ("pyright", "comment"): "our miss: a type comment",
    ("pyright", "name-only"): "our miss: the receiver is not known",
    ("pyright", "nothing"): "our miss: the receiver is known for something else",
    ("pyright", "not its own definition"): "oracle's miss: its go-to-definition leads elsewhere",
    ("solely", "same"): "oracle's miss: its go-to-definition agrees with us",
    ("solely", "unknown"): "dynamic: pyright knows no type",
    ("solely", "elsewhere"): "our fault, unless read otherwise",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--solely", required=True)
    parser.add_argument("--projects", nargs="*", default=list(sources.PROJECTS), choices=sources.PROJECTS)
    parser.add_argument("--rivals", nargs="*", default=list(rivals.TOOLS), choices=rivals.TOOLS)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--timeout", type=int, default=900, help="seconds that pyright gets for one answer")
    parser.add_argument("--sample", type=int, default=0, help="print so many disagreements, drawn with the seed")
    arguments = parser.parse_args()
    scratch = os.path.abspath(arguments.scratch)
    os.makedirs(scratch, exist_ok=True)
    langserver, version = sources.pyright(scratch)
    total, everything, lines = {kind: Score() for kind in sources.KINDS}, [], []
    rivalry = collections.defaultdict(RivalScore)
    versions, seconds = {}, collections.Counter()
    for name in arguments.projects:
        project = Project(name, scratch, langserver, version, arguments)
        store = os.path.join(scratch, f"{name}.solely.json")
        document, wall, cpu = solely(arguments.solely, project.root, project.drawn, store)
        say(f"{name}: {len(project.drawn)} definitions, solely {wall:.1f} s, {cpu:.1f} s of CPU")
        seconds["solely"] += cpu
        try:
            scores, disagreements, truths, own = compared(project, document)
            tools = [("solely", own)]
            for tool in arguments.rivals:
                found = rivals.ask(tool, project.tree, project.drawn, project.roots, scratch, name, say)
                if found:
                    tools.append((tool, found.places))
                    versions[tool.split()[0]] = found.version
                    seconds[tool] += found.seconds
            for tool, places in tools:
                for kind, score in rivalled(project, places, truths, arguments.seed).items():
                    rivalry[tool, kind].add(score)
        finally:
            project.oracle.stop()
        everything += disagreements
        for kind, score in scores.items():
            total[kind].add(score)
            lines.append(row(name, kind, score))
    lines += [row("all", kind, score) for kind, score in total.items()]
    print(f"pyright {version}, {arguments.count} definitions per project, seed {arguments.seed}\n\n{HEAD}")
    print("|---" * HEAD.count(" | ") + "|---|")
    print("\n".join(lines))
    said = ", ".join(f"{tool} {it}" for tool, it in versions.items())
    told = ", ".join(f"{tool} {it:.0f} s" for tool, it in seconds.items())
    print(f"\nBeside it: {said}; CPU {told}\n\n| tool | kind | recall | of files | precision |\n|---|---|---|---|---|")
    print("\n".join(rival_row(*key, score) for key, score in rivalry.items() if score.truth))
    print("\n" + "\n".join(classes(everything)))
    # By a hash of each, so that one more or less leaves the others of the sample where they are.
    lot = lambda it: hashlib.sha256(f"{arguments.seed} {it[:4]}".encode()).digest()
    drawn = sorted(everything, key=lot)[: arguments.sample]
    shown_as = lambda it: "\t".join([it[0], it[1], ":".join(map(str, it[2])), *it[3:]])
    with open(os.path.join(scratch, "disagreements.tsv"), "w") as out:
        out.writelines(shown_as(it) + "\n" for it in sorted(everything))
    print("\n".join(shown_as(it) for it in sorted(drawn)))


if __name__ == "__main__":
    main()
