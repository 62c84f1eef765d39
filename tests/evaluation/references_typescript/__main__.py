"""Compares `solely refs` with the TypeScript compiler's language service; README.md says how it is run."""

import argparse
import json
import pathlib
import subprocess

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("repository", type=pathlib.Path)
parser.add_argument("folder", help="the project, below the repository")
parser.add_argument("--typescript", required=True, help="node_modules/typescript/lib/typescript.js")
parser.add_argument("--solely", required=True)
parser.add_argument("--count", type=int, default=100)
parser.add_argument("--seed", type=int, default=20261123)
parser.add_argument("--show", action="store_true", help="print every difference")
arguments = parser.parse_args()

ORACLE = pathlib.Path(__file__).with_name("oracle.mjs")


def ask(places):
    root = arguments.repository / arguments.folder
    command = ["node", str(ORACLE), str(root), str(arguments.count), str(arguments.seed), arguments.typescript]
    return json.loads(subprocess.run(command, input=json.dumps(places), capture_output=True, text=True, check=True).stdout)


def module(path):
    stem = path.rsplit(".", 1)[0]
    return stem.removesuffix("/index").replace("/", ".")


truth = ask([])["truth"]
prefix = pathlib.PurePosixPath(arguments.folder).parent
named = [f"{module(str(prefix / it['place'][0]))}:{it['name']}" for it in truth]
command = [arguments.solely, "refs", *named, "--repo", str(arguments.repository), "--format", "json", "--no-cache"]
report = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
own = {it["symbol"]: it for it in report["symbols"]}

totals = dict(oracle=0, found=0, proven=0, likely=0, name_only=0)
missed, beyond = [], []
for symbol, it in zip(named, truth):
    answer = own.get(symbol)
    expected = {tuple([str(prefix / place[0]), *place[1:]]) for place in it["references"]}
    places = {tier: set() for tier in ("proven", "likely", "name-only")}
    for reference in answer["references"] if answer else []:
        if reference["tier"] in places:
            places[reference["tier"]].add((reference["path"], reference["line"], reference["column"]))
    # Other declarations of one symbol are no references here.
    defined = {(one["path"], one["line"], one["column"]) for one in (answer or {}).get("definitions", [])}
    expected -= defined
    sure = places["proven"] | places["likely"]
    totals["oracle"] += len(expected)
    totals["found"] += len(expected & sure)
    for tier in places:
        totals[tier.replace("-", "_")] += len(places[tier])
    missed += [(symbol, place, place in places["name-only"]) for place in sorted(expected - sure)]
    beyond += [(symbol, tuple(it["place"]), place) for place in sorted(sure - expected)]

relative = lambda path: str(pathlib.PurePosixPath(path).relative_to(prefix)) if str(prefix) != "." else path
led = ask([dict(place=[relative(place[0]), *place[1:]], to=to) for _, to, place in beyond])["led"]
wrong = [(symbol, place) for (symbol, _, place), how in zip(beyond, led) if how == "no"]
unknown = sum(how == "nowhere" for how in led)
sure = totals["proven"] + totals["likely"] - unknown
print(f"{len(named)} definitions, {totals['oracle']} references of the language service")
print(f"recall {totals['found'] / max(totals['oracle'], 1):.3f}, {sum(it[2] for it in missed)} of the missed are name-only")
print(f"proven {totals['proven']}, likely {totals['likely']}, name-only {totals['name_only']}")
print(f"precision of proven and likely {(sure - len(wrong)) / max(sure, 1):.3f}, {unknown} unknown to the service")
if arguments.show:
    for symbol, place, is_name in missed:
        print("missed", symbol, *place, "(name-only)" if is_name else "")
    for symbol, place in wrong:
        print("wrong", symbol, *place)
    for (symbol, _, place), how in zip(beyond, led):
        if how != "no":
            print(how, symbol, *place)
