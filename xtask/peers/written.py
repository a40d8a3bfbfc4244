#!/usr/bin/env python3
"""What other people's readers make of a Pabulib file: pabutools' and Pabulib's own checker.

    written.py FILE...    a line of JSON for each: ballots, projects, budget, and the faults that the checker found

It judges nothing: the checker's warnings are left out, its errors are handed on.
"""

import contextlib
import json
import os
import sys
import warnings

from pabulib.checker import Checker
from pabutools.election.pabulib import parse_pabulib


def told(path):
    instance, profile = parse_pabulib(path)
    # It says on standard output what it does.
    with contextlib.redirect_stdout(sys.stderr):
        report = Checker().process_files([path])
    found = report[os.path.splitext(os.path.basename(path))[0]]["results"]
    return {
        "ballots": len(profile),
        "projects": len(instance),
        "budget": str(instance.budget_limit),
        "faults": found["errors"] if isinstance(found, dict) else {},
    }


def main():
    warnings.simplefilter("ignore")
    for path in sys.argv[1:]:
        print(json.dumps(told(path)), flush=True)


if __name__ == "__main__":
    main()
