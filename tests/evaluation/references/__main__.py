#!/usr/bin/env python3
"""How many references `solely refs` finds, and how often they are right, with pyright's find-references as the oracle.

    python3 tests/evaluation/references --scratch FOLDER --solely target/release/solely

fetches source archives from PyPI and pyright from npm into FOLDER, draws definitions with a seed, asks both for every
reference to each, and compares places (`compare.py` says what counts). Nothing that is fetched is kept in the project.
Both see the same archive and nothing else: no dependency is installed. The first run takes an hour or more, nearly all
of it pyright's; its answers are remembered in FOLDER, and a rerun takes seconds.

A disagreement is classed by asking pyright what stands at the place: where it leads to another definition, the fault is
ours (`elsewhere`); where it leads nowhere, it knows no type (`unknown`), and `verdicts.tsv` holds what a reader said.
Needs Python 3.12, pip, node with npm.
"""
import argparse, collections, json, os, random, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare, sources
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
        self.faults = collections.Counter()
        self.alias = collections.Counter()
        self.elsewhere, self.unknown = collections.Counter(), collections.Counter()
        self.other, self.strings, self.name_only = 0, 0, 0

    def add(self, score):
        for name, value in vars(score).items():
            if isinstance(value, int):
                setattr(self, name, getattr(self, name) + value)
            else:
                getattr(self, name).update(value)


def compared(project, root, drawn, document, oracle, ask):
    """(scores by kind, every disagreement)."""
    tree, said = compare.Tree(root), verdicts(project)
    records = {it["symbol"]: it for it in document["symbols"]}
    scores, disagreements = {kind: Score() for kind in sources.KINDS}, []
    for definition in drawn:
        score = scores[definition.kind]
        answer = oracle.ask("references", definition.place)
        if answer is None:
            score.unanswered += 1
            continue
        score.definitions += 1
        own, tiers, other, strings = compare.solely_places(tree, definition, records[definition.symbol])
        truth = compare.oracle_places(tree, definition, answer, own)
        extras = {place for (symbol, place), it in said.items() if symbol == definition.symbol and it == "reference"}
        refuted = {place for (symbol, place), it in said.items() if symbol == definition.symbol and it == "none"}
        ours = tiers["proven"] | tiers["likely"]
        truth = (truth | (extras - own)) - refuted
        score.oracle += len(truth)
        score.found += len(truth & ours)
        score.other += sum(other.values())
        score.strings += len(strings)
        score.name_only += len(tiers["name-only"])
        for place in sorted(truth - ours):
            seen = "name-only" if place in tiers["name-only"] else "nothing"
            score.faults[seen] += 1
            disagreements.append((project, definition.symbol, place, "pyright", seen))
        for tier in ("proven", "likely"):
            score.tier[tier] += len(tiers[tier])
            score.agreed[tier] += len(tiers[tier] & truth)
            for place in sorted(tiers[tier] - truth):
                if place in refuted:
                    where = "elsewhere"
                else:
                    there = oracle.ask("definition", place) if ask else []
                    where = "unknown" if not there else "elsewhere"
                    if there and definition.place in there:
                        where = "same"
                    elif there and compare.is_alias(tree, definition, there, truth):
                        where = "alias"
                if where == "alias":
                    score.alias[tier] += 1
                    continue
                if where == "same":
                    # Find-references left out what go-to-definition leads to.
                    score.agreed[tier] += 1
                    score.oracle += 1
                    score.found += 1
                    continue
                (score.unknown if where == "unknown" else score.elsewhere)[tier] += 1
                disagreements.append((project, definition.symbol, place, f"solely {tier}", where))
    return scores, disagreements


HEAD = ("| project | kind | drawn | oracle | recall | proven | precision | likely | precision "
        "| unknown to pyright | name-only | aliases | strings |")


def row(project, kind, it):
    precise = lambda tier: shown(ratio(it.agreed[tier], it.tier[tier] - it.unknown[tier] - it.alias[tier]))
    return (f"| {project} | {kind} | {it.definitions} | {it.oracle} | {shown(ratio(it.found, it.oracle))} | {it.tier['proven']} "
            f"| {precise('proven')} | {it.tier['likely']} | {precise('likely')} "
            f"| {it.unknown['proven']} + {it.unknown['likely']} | {it.name_only} | {it.other + sum(it.alias.values())} | {it.strings} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", required=True)
    parser.add_argument("--solely", required=True)
    parser.add_argument("--projects", nargs="*", default=list(sources.PROJECTS), choices=sources.PROJECTS)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--timeout", type=int, default=900, help="seconds that pyright gets for one answer")
    parser.add_argument("--no-classes", action="store_true", help="do not ask pyright about disagreements")
    parser.add_argument("--disagreements", type=int, default=0, help="print that many, drawn with the seed")
    arguments = parser.parse_args()
    scratch = os.path.abspath(arguments.scratch)
    os.makedirs(scratch, exist_ok=True)
    langserver, version = sources.pyright(scratch)
    total, everything, lines = {kind: Score() for kind in sources.KINDS}, [], []
    for project in arguments.projects:
        root = sources.fetch(project, scratch)
        drawn = sources.draw(sources.definitions(root, sources.PROJECTS[project][1]), arguments.count, arguments.seed)
        document, seconds, cpu = solely(arguments.solely, root, drawn, os.path.join(scratch, f"{project}.solely.json"))
        say(f"{project}: {len(drawn)} definitions, solely {seconds:.1f} s, {cpu:.1f} s of CPU")
        oracle = Oracle(langserver, root, os.path.join(scratch, f"{project}.pyright-{version}.json"), arguments.timeout, say)
        try:
            scores, disagreements = compared(project, root, drawn, document, oracle, not arguments.no_classes)
        finally:
            oracle.stop()
        everything += disagreements
        for kind, score in scores.items():
            total[kind].add(score)
            lines.append(row(project, kind, score))
    lines += [row("all", kind, score) for kind, score in total.items()]
    print(f"pyright {version}, {arguments.count} definitions per project, seed {arguments.seed}\n\n{HEAD}")
    print("|---" * HEAD.count(" | ") + "|---|")
    print("\n".join(lines))
    with open(os.path.join(scratch, "disagreements.tsv"), "w") as out:
        for project, symbol, place, who, seen in sorted(everything):
            out.write("\t".join([project, symbol, ":".join(map(str, place)), who, seen]) + "\n")
    drawn = random.Random(arguments.seed).sample(sorted(everything), min(arguments.disagreements, len(everything)))
    for it in sorted(drawn):
        print("\t".join([it[0], it[1], ":".join(map(str, it[2])), it[3], it[4]]))


if __name__ == "__main__":
    main()
