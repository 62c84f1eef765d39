#!/usr/bin/env python3
"""Draws groups of one kind to read by eye: all of them, or 100 with a fixed seed where there are more.

    python3 tests/evaluation/sample.py REPOSITORY [PATH ...] --kind KIND --solely target/release/solely
"""
import argparse, json, random, subprocess

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("repository")
parser.add_argument("paths", nargs="*")
parser.add_argument("--kind", required=True)
parser.add_argument("--solely", required=True)
parser.add_argument("--seed", type=int, default=7)
parser.add_argument("--number", type=int, default=100)
arguments = parser.parse_args()

command = [arguments.solely, "duplicates", *arguments.paths, "--repo", arguments.repository, "--no-tests"]
command += ["--kind", arguments.kind, "--max", "0", "--references", "1", "--format", "json"]
# status 3 says that something could not be seen, and still gives the document
run = subprocess.run(command, stdout=subprocess.PIPE)
groups = json.loads(run.stdout)["groups"]
print(f"{len(groups)} groups")
if len(groups) > arguments.number:
    random.seed(arguments.seed)
    groups = random.sample(groups, arguments.number)
for group in groups:
    print("+".join(group["reasons"]), group["message"], *group["parts"], sep=" | ")
    for it in group["instances"]:
        print(f"    {it['path']}:{it['start']}-{it['end']} {it['symbol']} {it['value'] or ''}")
