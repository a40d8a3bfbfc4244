#!/usr/bin/env python3
"""Writes tally/tests/peers/winners.json: who wins every real election, by the programs that docs/peers.md names.

    facts.py FOLDER [--seconds 60] > winners.json    some twenty minutes; what takes a peer longer than that is left out
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys

import paper
import peers

HERE = pathlib.Path(__file__).parent
EXACT = "pabutools 1.2.3 with exact fractions (gmpy2 2.3.2)"
PROGRAMS = {
    "equal-shares": EXACT,
    "phragmen": EXACT,
    "greedy": EXACT + ", without the file's threshold",
    "transfer": "xtask/peers/paper.py of this repository, 256-bit floats (gmpy2 2.3.2)",
}
ABOUT = (
    "Who wins the real elections (shared/data/pabulib), in the order in which they are funded; "
    "written by xtask/peers/facts.py. docs/peers.md says what the programs do otherwise than we do."
)


def rules(points):
    """Each rule as `ecot count` and as peers.py are asked for it. Where nobody gave points, two utilities are enough."""
    yield "greedy", ["greedy"]
    yield "phragmen", ["phragmen"]
    for utility in ["cardinal", "approval", "cost", "cardinal-cost"] if points else ["cardinal", "cost"]:
        rule, asked = f"equal-shares:utility={utility}", ["equal-shares", "--utility", utility]
        yield rule, asked
        yield rule + ",completion=add1,exhaustive_stop=true", [*asked, "--completion", "add1"]


def vote_type(file):
    return next(row["value"] for section, row in peers.rows(file) if section == "meta" and row["key"] == "vote_type")


def winners(file, asked, seconds):
    """None if it takes too long."""
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    command = [sys.executable, HERE / "peers.py", "winners", file, *asked]
    told = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, check=False)
    return json.loads(told.stdout)["winners"] if told.returncode == 0 else None


def facts_of(file, seconds):
    kind = vote_type(file)
    found = {rule: winners(file, asked, seconds) for rule, asked in rules(kind not in ("approval", "choose-1"))}
    if kind == "cumulative":
        election = peers.read(file)
        for order, move, end in paper.VARIANTS:
            rule = f"transfer:order={order},move={move},end={end}"
            found[rule] = paper.transfer(election, order, move, end)
    return {rule: " ".join(found[rule]) for rule in sorted(found) if found[rule] is not None}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    found = {file.name: facts_of(file, options.seconds) for file in sorted(options.folder.glob("*.pb"))}
    facts = {"about": ABOUT, "programs": PROGRAMS, "winners": found}
    print(json.dumps(facts, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
