#!/usr/bin/env python3
"""Measures `solely` side by side with the tools that do comparable work, and prints the tables of the README.

    cargo build --release --examples --bins
    python3 tests/bench/run.py --corpus PATH            # a git work tree
    python3 tests/bench/run.py --corpus Django==5.0     # a source archive from PyPI, made a repository
    python3 tests/bench/run.py --instructions           # instructions on the project in tests/demo, by callgrind

The commands of a table run in turns, so that what else the machine does hits all alike; what is told are medians, and
ratios of CPU seconds (user and system), which bear a loaded machine better than the clock. A tool that is not installed
is left out, with a line that says so. Caches are thrown away; the corpus gets loose objects and no other change.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from grow import grow

ROOT = Path(__file__).resolve().parents[2]

# Names to look for where none are given: handlers of the second version, as policies name them.
NAMES = ["_handle_message_v2_legacy", "_route_agent_message_v2", "_handle_message_v2", "USE_WEBSOCKET_SUPERVISOR_V3"]


@dataclass
class Row:
    """One command of a table."""

    name: str
    command: list
    before: object = None  # called before each run
    environment: dict = field(default_factory=dict)
    runs: list = field(default_factory=list)  # (wall s, CPU s, peak MiB)

    @property
    def tool(self):
        return shutil.which(str(self.command[0]))


def measure(row, folder):
    if row.before:
        row.before()
    with open(os.devnull, "w") as nothing:
        start = time.monotonic()
        child = subprocess.Popen(
            [str(word) for word in row.command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=nothing,
            stderr=nothing,
            env={**os.environ, **row.environment},
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    peak = usage.ru_maxrss / (2**20 if platform.system() == "Darwin" else 2**10)
    row.runs.append((wall, usage.ru_utime + usage.ru_stime, peak))
    return child.returncode


def table(title, beside, rows, folder, runs):
    """Runs the rows in turns. Ratios are to the row called `beside`, the first one that is there."""
    there, notes = [], []
    for row in rows:
        if row.tool is None:
            notes.append(f"{row.name}: `{row.command[0]}` is not installed")
        else:
            there.append(row)
    for turn in range(runs + 1):
        for row in there:
            status = measure(row, folder)
            if turn == 0:
                row.runs.clear()  # the first turn warms the disk
                if status not in (0, 1, 3):
                    notes.append(f"{row.name}: ended with status {status}")
    print(f"### {title}\n")
    print("| command | wall | CPU | peak | CPU ratio | wall ratio |\n|---|---|---|---|---|---|")
    floor = next((row for row in there if row.name == beside), None)
    for row in there:
        wall, cpu, peak = (statistics.median(run[at] for run in row.runs) for at in range(3))
        ratios = ["", ""]
        if floor is not None and floor is not row:
            pairs = list(zip(row.runs, floor.runs))
            ratios = [f"{statistics.median(own[at] / max(other[at], 1e-4) for own, other in pairs):.2f}" for at in (1, 0)]
        print(f"| {row.name} | {wall:.3f} s | {cpu:.3f} s | {peak:.0f} MiB | {ratios[0]} | {ratios[1]} |")
    print()
    for note in notes:
        print(f"- {note}")
    if notes:
        print()
    sys.stdout.flush()


def corpus(text, scratch):
    """A git work tree: the one given, or the source archive of a distribution, committed."""
    if Path(text).is_dir():
        return Path(text).resolve()
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--no-build-isolation"]
    subprocess.run([*pip, "--dest", scratch, text], check=True)
    archive = next(path for path in Path(scratch).iterdir() if path.suffix == ".gz")
    with tarfile.open(archive) as opened:
        opened.extractall(scratch, filter="data")
    folder = next(path for path in Path(scratch).iterdir() if path.is_dir())
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", "-C", folder]
    for words in (["init", "--quiet"], ["add", "--all", "--force"], ["commit", "--quiet", "-m", "corpus"]):
        subprocess.run([*git, *words], check=True)
    return folder


def policy(names, scratch):
    """A policy that demands that flags of these names be gone: the names alone decide what is read."""
    path = Path(scratch) / "bench.toml"
    rule = "[[legacy]]\nid = \"bench\"\nsummary = \"what is looked for\"\n"
    path.write_text(rule + "symbols = [" + ", ".join(f'"bench:{name}"' for name in names) + "]\n")
    return path


def semgrep_rules(names, scratch):
    path = Path(scratch) / "semgrep.yml"
    patterns = "".join(f"      - pattern: {name}\n      - pattern: $X.{name}\n" for name in names)
    path.write_text(
        "rules:\n  - id: legacy\n    message: legacy\n    languages: [python]\n    severity: ERROR\n"
        f"    pattern-either:\n{patterns}"
    )
    return path


def versions(tools):
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}; ", end="")
    told = []
    for tool in tools:
        if shutil.which(str(tool)):
            said = subprocess.run([str(tool), "--version"], capture_output=True, text=True)
            lines = (said.stdout or said.stderr).strip().splitlines()
            told.append(lines[0] if lines else Path(tool).name)
    print("; ".join(told) + "\n")


def instructions(solely):
    """Instructions of one run without a cache on the demo: a number that a slower machine does not change."""
    if shutil.which("valgrind") is None:
        sys.exit("`valgrind` is not installed")
    for words in (["check"], ["duplicates"]):
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", solely, *words, "--no-cache"]
        run = subprocess.run([*command, "--repo", ROOT / "tests/demo"], capture_output=True, text=True)
        counted = [line.split(":")[-1].strip() for line in run.stderr.splitlines() if "Collected" in line]
        print(f"{' '.join(words)}: {int(counted[0]):,} instructions" if counted else run.stderr)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--corpus", default=".", help="a git work tree, or NAME==VERSION of a PyPI distribution")
    arguments.add_argument("--solely", type=Path, default=ROOT / "target/release/solely")
    arguments.add_argument("--parse", type=Path, default=ROOT / "target/release/examples/bare-parse")
    arguments.add_argument("--resolve", type=Path, default=ROOT / "target/release/examples/resolve-all")
    arguments.add_argument("--name", action="append", help="a name to look for; can be given several times")
    arguments.add_argument("--runs", type=int, default=5)
    kinds = ["legacy", "notice", "full", "resolve", "duplicates", "trend", "growth", "many"]
    arguments.add_argument("--only", action="append", choices=kinds)
    arguments.add_argument("--jscpd", default="jscpd", help="jscpd 5, the one in Rust: `npm install jscpd@5`")
    arguments.add_argument("--times", type=int, default=10, help="how large the tree of `--only growth` is")
    arguments.add_argument("--commits", type=int, default=1000, help="how many commits `--only trend` goes back")
    arguments.add_argument("--files", type=int, default=100_000, help="how many files `--only many` has at least")
    arguments.add_argument("--slow", action="store_true", help="also run semgrep and pylint, which take minutes")
    arguments.add_argument("--instructions", action="store_true")
    options = arguments.parse_args()
    solely = options.solely.resolve()
    if options.instructions:
        return instructions(solely)
    names = options.name or NAMES
    wanted = options.only or ["legacy", "notice", "full", "resolve", "duplicates"]
    with tempfile.TemporaryDirectory() as scratch:
        place = tempfile.mkdtemp(dir=scratch)
        folder = corpus(options.corpus, place)
        tracked = subprocess.run(["git", "ls-files"], cwd=folder, capture_output=True, text=True).stdout.splitlines()
        python = [path for path in tracked if path.endswith(".py")]
        print(f"## {folder.name}: {len(tracked)} tracked files, {len(python)} of them Python\n")
        versions([solely, "git", "rg", "ast-grep", "semgrep", "ruff", options.jscpd, "pylint", "tokei", "scc"])
        cache = Path(scratch) / "cache"
        empty = lambda: shutil.rmtree(cache, ignore_errors=True)
        own = lambda *words: [solely, *words, "--repo", folder]
        kept = {"SOLELY_CACHE_DIR": str(cache)}
        named = policy(names, scratch)
        searched = [word for name in names for word in ("-e", name)]

        if "legacy" in wanted:
            rows = [
                Row("`rg -F` for the names", ["rg", "-F", "--hidden", *searched, folder]),
                Row("`solely check`, no cache", own("check", "--config", named, "--no-cache")),
                Row("`solely check`, empty cache", own("check", "--config", named), empty, kept),
                Row("`solely check`, same again", own("check", "--config", named), None, kept),
                Row("`solely refs` of one name", own("refs", f"bench:{names[0]}"), None, kept),
                Row("`ast-grep` for the first name", ["ast-grep", "run", "-l", "py", "-p", f"$X.{names[0]}", folder]),
            ]
            if options.slow:
                rules = semgrep_rules(names, scratch)
                rows.append(Row("`semgrep` for the names", ["semgrep", "--metrics=off", "--config", rules, folder]))
            table("Legacy names", rows[0].name, rows, folder, options.runs)

        if "notice" in wanted:
            status = ["git", "--no-optional-locks", "status"]
            def changed(count, name, *words):
                """A row about an index of its own, in which some files have another content than in `HEAD`."""
                index = Path(scratch) / f"index-{len(list(Path(scratch).glob('index-*')))}"
                index.touch()
                step = max(len(python) // count, 1)
                paths = python[step // 2 :: step][:count]
                environment = {**kept, "GIT_INDEX_FILE": str(index)}
                return Row(name, own("check", "--staged", *words), staged(folder, index, paths), environment)

            rows = [
                Row("`git status`", status),
                Row("names, nothing changed", own("check", "--config", named), None, kept),
                changed(1, "names, `--staged`, 1 file changed", "--config", named),
                changed(10, "names, `--staged`, 10 files changed", "--config", named),
                changed(20, "names, `--staged --base HEAD`, 20 files changed", "--config", named, "--base", "HEAD"),
                Row("no policy, nothing changed", own("check", "--isolated"), None, kept),
                changed(1, "no policy, `--staged`, 1 file changed", "--isolated"),
                changed(10, "no policy, `--staged`, 10 files changed", "--isolated"),
                changed(20, "no policy, `--staged --base HEAD`, 20 files changed", "--isolated", "--base", "HEAD"),
            ]
            table("Noticing what changed", rows[0].name, rows, folder, options.runs)

        if "full" in wanted:
            rows = [
                Row("bare parse (`ruff_python_parser`)", [options.parse, folder]),
                Row("`solely check --isolated`, no cache", own("check", "--isolated", "--no-cache")),
                Row("`solely check --isolated`, empty cache", own("check", "--isolated"), empty, kept),
                Row("`ruff check --isolated`, no cache", ["ruff", "check", "--isolated", "--no-cache", "-q", folder]),
                Row("`tokei`", ["tokei", folder]),
                Row("`scc`", ["scc", folder]),
            ]
            table("Reading everything", rows[0].name, rows, folder, options.runs)

        if "resolve" in wanted:
            print("### Linking and resolving everything\n")
            ran = subprocess.run([options.resolve, folder, str(options.runs)], capture_output=True, text=True)
            print("\n".join(f"- {line}" for line in (ran.stdout or ran.stderr).splitlines()) + "\n")

        if "duplicates" in wanted:
            rows = [
                Row("`solely duplicates`, no cache", own("duplicates", "--no-cache")),
                Row("`solely duplicates --kind clone`, no cache", own("duplicates", "--kind", "clone", "--no-cache")),
                Row("`solely duplicates`, same again", own("duplicates"), None, kept),
                Row("`jscpd -k 50 -l 5 -f python`", [options.jscpd, "-k", "50", "-l", "5", "-f", "python", "--silent",
                    "-r", "json", "-o", scratch, folder]),
            ]
            if options.slow:
                pylint = ["pylint", "--disable=all", "--enable=duplicate-code", "-j", os.cpu_count(), "--recursive=y"]
                rows.append(Row("`pylint --enable=duplicate-code`", [*pylint, folder]))
            table("Duplicates", rows[0].name, rows, folder, options.runs)

        if "trend" in wanted:
            along = f"HEAD~{options.commits}..HEAD"
            log = ["git", "log", "--first-parent", "--numstat", "--format=%H", along]
            trend = own("trend", along, "--every", "commit", "--no-cache", "--format", "csv")
            rows = [
                Row("`git log --first-parent --numstat`", log),
                Row("the same with `--no-renames`", [*log, "--no-renames"]),
                Row("`solely trend` of the names", [*trend, "--config", named]),
                Row("`solely trend` by the built-in rules", [*trend, "--isolated"]),
            ]
            table(f"{options.commits} commits", rows[0].name, rows, folder, options.runs)

        if "growth" in wanted:
            at = grown(solely, folder, scratch, options.times)
            rows = [
                Row("`solely duplicates` on the Python files", at("one", "duplicates")),
                Row(f"`solely duplicates` on {options.times} times as many, identifiers renamed", at("many", "duplicates")),
            ]
            table("Growth", rows[0].name, rows, folder, options.runs)

        if "many" in wanted:
            times = -(-options.files // max(len(python), 1))
            at = grown(solely, folder, scratch, times)
            rows = [
                Row("`solely check --isolated` on the Python files", at("one", "check", "--isolated")),
                Row(f"`solely check --isolated` on {times} times as many", at("many", "check", "--isolated")),
            ]
            table(f"{times * len(python)} files", rows[0].name, rows, folder, options.runs)
            per_file = [statistics.median(run[1] for run in row.runs) / size for row, size in zip(rows, (1, times))]
            print(f"CPU per file, beside that of the one tree: {per_file[1] / per_file[0]:.2f}\n")


def grown(solely, folder, scratch, times):
    """Makes the Python files of a tree once and several times; gives the commands that look at either."""
    place = Path(tempfile.mkdtemp(dir=scratch))
    grow(folder, place / "one", 1)
    grow(folder, place / "many", times)
    return lambda name, *words: [solely, *words, "--no-cache", "--repo", place / name]


def staged(folder, index, paths):
    """Makes an index in which some files have another content than in `HEAD`, a new one each time."""
    count = 0

    def stage():
        nonlocal count
        count += 1
        own = subprocess.run(["git", "rev-parse", "--git-path", "index"], cwd=folder, capture_output=True, text=True)
        shutil.copy2(folder / own.stdout.strip(), index)
        git = {**os.environ, "GIT_INDEX_FILE": str(index)}
        entries = []
        for path in paths:
            text = subprocess.run(["git", "show", f"HEAD:{path}"], cwd=folder, capture_output=True).stdout
            text += f"\n\ndef bench_{count}():\n    return {count}\n".encode()
            words = ["git", "hash-object", "-w", "--stdin"]
            made = subprocess.run(words, cwd=folder, env=git, input=text, capture_output=True)
            entries.append(f"100644 {made.stdout.decode().strip()}\t{path}\n")
        words = ["git", "update-index", "--index-info"]
        subprocess.run(words, cwd=folder, env=git, input="".join(entries).encode(), check=True)

    return stage


if __name__ == "__main__":
    main()
