#!/usr/bin/env python3
"""Reads bundles with other people's programs.

    bundles.py packages BUNDLE.zip...     frictionless: is each a Data Package whose files are what it says?
    bundles.py elections BUNDLE.zip...    pabutools and pabulib-checker: does each election.pb tell the election?
    bundles.py fetch ADDRESS FILE         nobody's: brings a bundle from a server that may still be starting

It prints what is wrong, a line for each, and ends with 1 if anything is.
"""

import contextlib
import json
import os
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings
import zipfile
from fractions import Fraction

# What pabulib-checker takes for a fault and is none: costs are rounded to whole units before they are compared with
# the budget, a project may cost more than all ballots bring, and selected projects need not use it up.
NO_FAULTS = {"all projects funded", "single project exceeded whole budget"}


def packages(folder):
    """What frictionless finds wrong with the package in a folder, by the words of the standard's version 2."""
    from frictionless import Package

    report = Package(os.path.join(folder, "datapackage.json")).validate()
    yield from (error.message for error in report.errors)
    for task in report.tasks:
        yield from (f"{task.place}: {error.message}" for error in task.errors)


def elections(folder):
    """Where what others read in election.pb is not what the outcome says."""
    from written import told

    with open(os.path.join(folder, "outcome.json"), encoding="utf-8") as file:
        outcome = json.load(file)
    read = told(os.path.join(folder, "election.pb"))
    for what, found, said in (
        ("ballots", read["ballots"], outcome["ballots"]),
        ("projects", read["projects"], len(outcome["projects"])),
        ("budget", Fraction(read["budget"]), Fraction(outcome["purse_minor"], 100)),
    ):
        if found != said:
            yield f"{found} {what} are read, the outcome says {said}"
    for fault, places in read["faults"].items():
        if fault not in NO_FAULTS:
            yield f"{fault}: {places}"


def fetch(address, path):
    """Tries for a minute: making the demo town takes a while."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer, open(path, "wb") as file:
                file.write(answer.read())
            return 0
        except urllib.error.HTTPError as refusal:
            print(f"{address}: {refusal}")
            return 1
        except OSError:
            time.sleep(0.5)
    print(f"{address}: nobody answers")
    return 1


def main(mode, *bundles):
    if mode == "fetch":
        return fetch(*bundles)
    warnings.simplefilter("ignore")
    look = {"packages": packages, "elections": elections}[mode]
    wrong = 0
    for bundle in bundles:
        with tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(bundle) as archive:
                archive.extractall(folder)
            # pabutools and the checker say on standard output what they do.
            with contextlib.redirect_stdout(sys.stderr):
                found = list(look(folder))
        for words in found:
            print(f"{bundle}: {words}")
        wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
