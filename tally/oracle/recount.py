#!/usr/bin/env python3
"""Counts a published result of Écot again, from the files of its bundle.

    recount.py BUNDLE.zip        or the folder that holds its files, or several of them

It is a second program for the whole count, written from the rules as they are published and not from the program that
the town runs, so that an error of one is no error of the other. It needs Python 3.9 and nothing else, reads the files
that it is given, and touches neither the network nor the disk. There is no floating point in it.

It prints a line for every file: whether what it says is what the other files and the recount give. It exits with 0 if
everything agrees, with 1 if something does not, with 2 if something cannot be understood.

Money is held in *atoms*, some millionths of a minor unit (a cent), so that every ballot can be split and every step be
compared to the last digit. All roundings are upwards, for a single ballot; what they give too much lies in a *pot*,
which pays what they leave short: a project counts as paid for if S + min(pot, supporters · (fundings so far + 1))
reaches its price.

What the published rules leave open, and what is done here as in the town's program:

- Money from envelopes that a ballot did not spread has returned before the first round; so has the share of those who
  did not vote. An empty ballot weighs in a fixed purse (its share returns) and holds nothing.
- Projects with too few supporters leave together. What a ballot of fallback `back` then keeps is rounded once:
  ⌈m · (weights on open projects) / (all weights)⌉.
- Money for everyone is shared by the support that open projects have after the ballots' own money has moved; where
  nothing open has any, it returns. What E pays at a funding is rounded up too.
- When only unreachable projects are below their floors and others are open, the unreachable one of least f (of equal
  ones the last in the tie order) is dropped like any other and the count goes on; if none but unreachable ones are open,
  they leave together, and ballots keep what they hold for `fill`.
- At the end of `transfer`, an open project is due S, or its floor where roundings left S some atoms short; the
  payouts add up to ⌊ΣS + min(pot, the slack of all)⌋. They leave the ballots one after the other, in the order
  of the election, before `fill` looks at what is left.
- If whole units that are due pass the money there is, one unit is taken from project after project, from the last by
  largest remainder to the first; one that then lacks its floor receives nothing.
- `equal-shares`: a project that was found unaffordable is not asked again in the same run, and an old ρ is only
  worked out anew when no other is lower. If all supporters together lack some atoms, each pays all, and ρ is the greatest
  b / u. `add1` stops when every project with a supporter is bought, or before budgets add up to 2^63 atoms;
  `exhaustive_stop` waits for no project without a supporter.
- `phragmen`: a project that costs more than the purse is never waited for; loads are rounded up.
- `direct` and `cube-root` write down a last round even if nobody is left in it.
- `cube-root`: ⌊2^k · ∛s⌋ with the greatest k at which s · 2^3k stays below 2^126 for the greatest s. Shares are rounded up,
  those that reach a ceiling take it out of the pool, and the rest is shared anew. A project below its floor leaves, the
  one with the least given first (of equal ones the last in the tie order), and all is shared anew.
"""

import csv
import hashlib
import heapq
import io
import json
import os
import re
import sys
import zipfile
import zlib
from collections import Counter, namedtuple
from fractions import Fraction

# One million atoms make a minor unit, or a little more where the ballots share a sum equally.
LEAST_ATOMS_PER_MINOR = 10**6
FALLBACKS = ("others", "everyone", "back")
# The files that the list of files does not list.
UNLISTED = ("datapackage.json", "bundle.zip")
# No bundle is larger, unpacked.
MOST_BYTES = 1 << 30
# So many differences of a file are told.
MOST_TOLD = 5


class BadInput(Exception):
    """A file that cannot be understood."""


# ------------------------------------------------------------------------------------------------ the command


def main(paths):
    """Recounts every bundle; the worst of them decides how the command ends."""
    # Names of projects are in any script; consoles are not.
    sys.stdout.reconfigure(errors="backslashreplace")
    if not paths or any(path.startswith("-") for path in paths):
        print(__doc__)
        return 2
    return max(recount(path, alone=len(paths) == 1) for path in paths)


def recount(path, alone):
    """Checks one bundle and prints what was found; of one among several that agrees, only that it does."""
    report = Report()
    try:
        check_bundle(read_files(path), report)
    except BadInput as reason:
        report.print()
        print(f"{path} cannot be recounted: {reason}.")
        return 2
    if alone or report.differences:
        report.print()
    result = f"{path}: "
    if report.differences:
        print(result + f"the recount DISAGREES with what was published, in {report.differences} place(s).")
        return 1
    print(result + "the recount agrees with the published result." + report.reservation)
    return 0


class Report:
    """What was found, by file."""

    def __init__(self):
        self.lines, self.differences, self.reservation = [], 0, ""

    def compare(self, file, what, differences):
        """Tells of a file that it is what it should be, or where it is not."""
        differences = list(differences)
        self.differences += len(differences)
        if not differences:
            self.lines.append((file, "match", what))
        for difference in differences[:MOST_TOLD]:
            self.lines.append((file, "MISMATCH", difference))
        if len(differences) > MOST_TOLD:
            self.lines.append((file, "MISMATCH", f"and {len(differences) - MOST_TOLD} more differences"))

    def note(self, file, words):
        self.lines.append((file, "not checked", words))

    def print(self):
        width = max((len(file) for file, _, _ in self.lines), default=0)
        for file, verdict, words in self.lines:
            print(f"{file:<{width}}  {verdict:<11}  {words}")


# ------------------------------------------------------------------------------------------------ reading


def read_files(path):
    """The bytes of every file, by its path within the bundle."""
    try:
        if os.path.isdir(path):
            return dict(files_below(path))
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if len(set(names)) < len(names):
                raise BadInput(f"{path} holds two files of one name")
            if sum(file.file_size for file in archive.infolist()) > MOST_BYTES:
                raise BadInput(f"{path} holds more than {MOST_BYTES} bytes")
            return {name: archive.read(name) for name in names}
    except (OSError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BadInput(f"{path} is neither a folder nor a zip that can be read ({error})") from error


def files_below(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            full = os.path.join(place, name)
            with open(full, "rb") as file:
                yield os.path.relpath(full, folder).replace(os.sep, "/"), file.read()


def text_of(files, name):
    if name not in files:
        raise BadInput(f"{name} is missing")
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is not UTF-8 ({error})") from error


def json_of(files, name):
    try:
        found = json.loads(text_of(files, name), parse_float=refuse_decimals, parse_constant=refuse_decimals)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is not JSON as expected ({error})") from error
    if not isinstance(found, dict):
        raise BadInput(f"{name} is not a JSON object")
    return found


def refuse_decimals(text):
    raise ValueError(f"{text} is not a whole number")


# The tables, and the columns that each has.
COLUMNS = {
    "projects.csv": "project slug title kind category district holder floor_minor ceiling_minor min_supporters currency",
    "totals.csv": "project title status supporters given_minor support_minor floor_minor ceiling_minor received_minor"
    " currency",
    "rounds.csv": "round what project to_project verdict amount_minor needed_minor currency",
    "participation.csv": "scope value eligible voted",
    "ballots.csv": "ballot fallback project amount_minor currency",
    "notes.csv": "note project amount_minor currency",
    "other_rules.csv": "rule options project received_minor currency",
}


def rows_of(files, name):
    """The rows of a table, each with words that say where it is."""
    rows = csv.DictReader(io.StringIO(text_of(files, name), newline=""), strict=True)
    try:
        if rows.fieldnames != COLUMNS[name].split():
            raise BadInput(f"{name} has other columns than {COLUMNS[name]}")
        found = list(rows)
    except csv.Error as error:
        raise BadInput(f"{name} is not CSV as expected ({error})") from error
    for line, row in enumerate(found, 2):
        if None in row or None in row.values():
            raise BadInput(f"{name}, row {line}: as many cells as columns are expected")
    return [(f"{name}, row {line}", row) for line, row in enumerate(found, 2)]


def whole(text, where, empty=None):
    """An integer; `empty` is what an empty cell stands for, where one may be empty."""
    if text == "" and empty is not None:
        return empty[0]
    if not re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", text, re.ASCII):
        raise BadInput(f"{where}: {text!r} is not a whole number")
    return int(text)


NOTHING = (None,)
ZERO = (0,)


# ------------------------------------------------------------------------------------------------ the rule sheet


def is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_amount(value):
    """Above zero, and below what every reader of JSON takes exactly."""
    return is_whole(value) and 0 < value < 1 << 53


def is_boolean(value):
    return isinstance(value, bool)


# Options of each rule with their usual values, and what they may be.
OPTIONS = {
    "direct": {},
    "transfer": {
        "order": ("ratio", ("support", "excess", "ratio")),
        "move": ("eliminate", ("eliminate", "minimal")),
        "end": ("keep", ("keep", "fill")),
    },
    "equal-shares": {
        "utility": ("cardinal", ("cardinal", "approval", "cost", "cardinal-cost")),
        "completion": ("none", ("none", "add1", "add1u", "greedy")),
        "unit": (100, is_amount),
        "start": ("exact", ("exact", "floor")),
        "exhaustive_stop": (False, is_boolean),
        "ties": ("order", ("order", "cheaper")),
    },
    "greedy": {
        "order": ("support", ("support", "ratio")),
        "skip": (True, is_boolean),
        "threshold": (0, lambda value: value == 0 and is_whole(value) or is_amount(value)),
    },
    "phragmen": {},
    "cube-root": {},
}

USUAL = {
    "envelope": 2000,
    "step": 100,
    "max_per_project": None,
    "min_projects": 1,
    "purse": "ballots",
    "silent": "general",
    "rule": "transfer",
    "options": {},
    "min_supporters": 0,
    "tie": "ids",
}


def read_sheet(files):
    """The rule sheet with every field; an unknown field is a rule that nobody would follow, so it is refused."""
    written = json_of(files, "rule_sheet.json")
    unknown = sorted(set(written) - set(USUAL))
    if unknown:
        raise BadInput(f"rule_sheet.json has the unknown field {unknown[0]}")
    sheet = {**USUAL, **written}
    if sheet["max_per_project"] is None:
        sheet["max_per_project"] = sheet["envelope"]
    amounts = ("envelope", "step", "min_projects", "max_per_project")
    if not all(is_amount(sheet[name]) for name in amounts) or not is_whole(sheet["min_supporters"]):
        raise BadInput("rule_sheet.json has an amount that is none")
    if any(sheet[name] % sheet["step"] for name in ("envelope", "max_per_project")):
        raise BadInput("rule_sheet.json has an amount that is not a whole number of steps")
    if sheet["silent"] not in ("general", "proportional"):
        raise BadInput("rule_sheet.json says something unknown about the silent")
    if sheet["purse"] not in ("ballots", "residents") and not is_single(sheet["purse"], "fixed", is_amount):
        raise BadInput("rule_sheet.json has an unknown purse")
    if sheet["tie"] != "ids" and not is_single(sheet["tie"], "seed", is_hexadecimal):
        raise BadInput("rule_sheet.json has an unknown tie order")
    sheet["options"] = read_options(sheet["rule"], sheet["options"])
    return sheet


def is_hexadecimal(value):
    return isinstance(value, str) and re.fullmatch(r"([0-9a-f]{2})+", value) is not None


def is_single(value, key, holds):
    """Whether a value is written as `{"key": …}`."""
    return isinstance(value, dict) and list(value) == [key] and holds(value[key])


def read_options(rule, written):
    """All options of a rule, those that are absent at their usual values."""
    if rule not in OPTIONS:
        raise BadInput(f"the rule {rule!r} is not known")
    known = OPTIONS[rule]
    for name, value in written.items():
        if name not in known:
            raise BadInput(f"the rule {rule} has no option {name!r}")
        allowed = known[name][1]
        if not (value in allowed if isinstance(allowed, tuple) else allowed(value)):
            raise BadInput(f"the option {name} of {rule} cannot be {value!r}")
    return {name: written.get(name, usual) for name, (usual, _) in known.items()}


def canonical(sheet_text):
    """The one text of a sheet: keys sorted, no spaces (RFC 8785; all its texts are ASCII)."""
    return json.dumps(json.loads(sheet_text), sort_keys=True, separators=(",", ":"))


# ------------------------------------------------------------------------------------------------ projects, ballots


Project = namedtuple("Project", "id floor ceiling least")
# Equal ballots: lines as {project index: amount}, what becomes of money that cannot be used, how many they are.
Group = namedtuple("Group", "lines fallback n")
# What was cast: how many ballots, what each project was given and by how many; no `groups` where only notes are known.
Cast = namedtuple("Cast", "ballots given supporters groups")


def read_projects(files, sheet):
    projects = []
    for where, row in rows_of(files, "projects.csv"):
        bounds = whole(row["floor_minor"], where), whole(row["ceiling_minor"], where)
        least = whole(row["min_supporters"], where, empty=(sheet["min_supporters"],))
        project = Project(row["project"], *bounds, least)
        if not (project.id and 0 <= project.floor <= project.ceiling and project.ceiling > 0 and least >= 0):
            raise BadInput(f"{where}: this is no project that can be counted")
        projects.append(project)
    if len({project.id for project in projects}) < len(projects):
        raise BadInput("projects.csv names a project twice")
    return projects


def read_ballots(files, projects):
    """Every ballot, in the order of the file, as (lines by project index, fallback)."""
    index = {project.id: p for p, project in enumerate(projects)}
    ballots = []
    for where, row in rows_of(files, "ballots.csv"):
        number = whole(row["ballot"], where)
        if number == len(ballots) + 1 and row["fallback"] in FALLBACKS:
            ballots.append(({}, row["fallback"]))
        elif not ballots or number != len(ballots) or row["fallback"] != ballots[-1][1]:
            known = ", ".join(FALLBACKS)
            raise BadInput(f"{where}: ballots are numbered from 1, and each has one fallback of {known}")
        lines = ballots[-1][0]
        if row["project"] == "" and row["amount_minor"] == "" and not lines:
            continue
        if row["project"] not in index or index[row["project"]] in lines:
            raise BadInput(f"{where}: {row['project']!r} is unknown, or named twice by this ballot")
        amount = whole(row["amount_minor"], where)
        if amount <= 0:
            raise BadInput(f"{where}: an amount is above zero")
        lines[index[row["project"]]] = amount
    return ballots


def cast_of(ballots, projects):
    """Equal ballots together: they are treated alike, so each needs to be looked at once."""
    merged = Counter((tuple(sorted(lines.items())), fallback) for lines, fallback in ballots)
    groups = [Group(dict(lines), fallback, n) for (lines, fallback), n in sorted(merged.items())]
    given, supporters = [0] * len(projects), [0] * len(projects)
    for group in groups:
        for p, amount in group.lines.items():
            given[p] += amount * group.n
            supporters[p] += group.n
    return Cast(len(ballots), given, supporters, groups)


def unlawful(ballots, sheet, nature):
    """What is wrong with ballots by the sheet's own law. Only an import may have one that gives nothing."""
    for number, (lines, _) in enumerate(ballots, 1):
        if not lines and nature != "import":
            yield f"ballot {number} gives nothing"
        if any(amount % sheet["step"] for amount in lines.values()):
            yield f"ballot {number} has an amount that is not a whole number of steps"
        if any(amount > sheet["max_per_project"] for amount in lines.values()):
            yield f"ballot {number} gives a project more than one may"
        if sum(lines.values()) > sheet["envelope"]:
            yield f"ballot {number} gives more than its envelope"
        if lines and len(lines) < sheet["min_projects"]:
            yield f"ballot {number} gives to too few projects"


def out_of_order(ballots):
    """Ballots are sorted by what they say, so that their order tells nothing else."""
    keys = [(sorted(lines.items()), FALLBACKS.index(fallback)) for lines, fallback in ballots]
    for number, (key, following) in enumerate(zip(keys, keys[1:]), 1):
        if key > following:
            yield f"ballot {number + 1} should come before ballot {number}: their order must tell nothing else"


def read_notes(files, projects, sheet, ballots):
    """What notes tell of what was cast. How many gave to a project they cannot tell: totals.csv is believed."""
    index = {project.id: p for p, project in enumerate(projects)}
    given = [0] * len(projects)
    for number, (where, row) in enumerate(rows_of(files, "notes.csv"), 1):
        amount = whole(row["amount_minor"], where)
        if whole(row["note"], where) != number or row["project"] not in index or not 0 < amount <= sheet["step"]:
            raise BadInput(f"{where}: notes are numbered from 1, of a step at most, for a project of projects.csv")
        given[index[row["project"]]] += amount
    totals = {row["project"]: row for _, row in rows_of(files, "totals.csv")}
    missing = [project.id for project in projects if project.id not in totals]
    if missing:
        raise BadInput(f"totals.csv lacks the project {missing[0]}")
    supporters = [whole(totals[project.id]["supporters"], "totals.csv") for project in projects]
    return Cast(ballots, given, supporters, None)


# ------------------------------------------------------------------------------------------------ what rules start from


def ceil_div(over, under):
    return -(-over // under)


class Election:
    """What is counted, the money there is, and the record of what a rule decides."""

    def __init__(self, sheet, projects, cast, roll):
        self.sheet, self.projects, self.cast = sheet, projects, cast
        self.given, self.supporters, self.groups = cast.given, cast.supporters, cast.groups
        self.set_purse(roll)
        self.place = tie_order(projects, sheet["tie"])
        self.counted = [p for p in self.all() if self.supporters[p] >= projects[p].least]
        self.received = [0] * len(projects)
        self.rounds = []

    def all(self):
        return range(len(self.projects))

    def set_purse(self, roll):
        """The purse, the part that ballots decide about, the atoms of a minor unit, and what a ballot weighs: what it
        gave (None) or an equal part of the purse."""
        envelope, n, purse = self.sheet["envelope"], self.cast.ballots, self.sheet["purse"]
        if purse == "residents" and (roll is None or roll < n):
            raise BadInput("the purse is that of all residents, whose number is not known, or below that of ballots")
        self.purse = purse["fixed"] if isinstance(purse, dict) else (n if purse == "ballots" else roll) * envelope
        if purse == "ballots" or purse == "residents" and self.sheet["silent"] == "general":
            self.voters, self.atoms, self.share = n * envelope, LEAST_ATOMS_PER_MINOR, None
        else:
            part = ceil_div(LEAST_ATOMS_PER_MINOR, max(n, 1))
            self.voters, self.atoms, self.share = self.purse, max(n, 1) * part, self.purse * part
        if self.purse * self.atoms >= 1 << 63:
            raise BadInput("the purse is too large to be counted")

    def budget(self):
        """What a ballot brings, in atoms."""
        return self.sheet["envelope"] * self.atoms if self.share is None else self.share

    def held(self, group):
        """What a ballot of the group holds at the start, in atoms."""
        cast = sum(group.lines.values())
        return cast * self.atoms if self.share is None else self.share if cast else 0

    def floor(self, p):
        return self.projects[p].floor

    def ceiling(self, p):
        return self.projects[p].ceiling

    def minor(self, atoms):
        return atoms // self.atoms

    def round(self, left, support, events, ties=(), transfers=(), returned=0):
        """Writes down a round in which something happened."""
        if events:
            self.write(left, support, events, ties, transfers, returned)

    def write(self, left, support, events, ties=(), transfers=(), returned=0):
        """Writes down a round; `support` is by project index, for those that were still open."""
        self.rounds.append({
            "left_minor": left,
            "support_minor": [support.get(p) for p in self.all()],
            "events": list(events),
            "transfers": [{"from": p, "to": q, "minor": minor} for p, q, minor in transfers],
            "returned_minor": returned,
            "ties": [{"projects": [self.projects[p].id for p in tie]} for tie in ties if len(tie) > 1],
        })

    def event(self, p, verdict, support, needed=None, received=0):
        return {
            "project": self.projects[p].id,
            "verdict": verdict,
            "support_minor": support,
            "needed_minor": needed,
            "received_minor": received,
        }

    def pay(self, due, slack, money):
        """Whole minor units for what is due in atoms, by largest remainder; returns those that a tie concerned."""
        rest = {p: atoms % self.atoms for p, atoms in due.items()}
        paid = {p: self.minor(atoms) for p, atoms in due.items()}
        ranked = sorted((p for p in due if due[p] > 0), key=lambda p: (-rest[p], self.place[p]))
        units = min(self.minor(sum(due.values()) + slack), money) - sum(paid.values())
        for p in ranked[:max(units, 0)]:
            paid[p] += 1
        cut = min(units, len(ranked))
        if units < 0:
            ranked = [p for p in ranked if paid[p] > 0]
            cut = self.take_back(ranked, paid, money)
        self.received = [paid.get(p, 0) for p in self.all()]
        if 0 < cut < len(ranked) and rest[ranked[cut - 1]] == rest[ranked[cut]]:
            return [[p for p in ranked if rest[p] == rest[ranked[cut]]]]
        return []

    def take_back(self, ranked, paid, money):
        """Takes unit after unit until the money suffices; returns how many of the ranked keep what they have."""
        kept = len(ranked)
        while sum(paid.values()) > money:
            kept = (kept or len(ranked)) - 1
            p = ranked[kept]
            less = max(paid[p] - 1, 0)
            paid[p] = less if less >= self.floor(p) else 0
        return kept


def tie_order(projects, tie):
    """Each project's place among equals, the least first."""
    if tie == "ids":
        key = lambda p: by_id(projects[p].id)
    else:
        seed = bytes.fromhex(tie["seed"])
        key = lambda p: hashlib.sha256(seed + projects[p].id.encode()).digest()
    place = [0] * len(projects)
    for at, p in enumerate(sorted(range(len(projects)), key=key)):
        place[p] = at
    return place


def by_id(project):
    """Ids of digits first, by value; then all others; equal ones by bytes."""
    if re.fullmatch("[0-9]+", project, re.ASCII):
        value = project.lstrip("0")
        return (0, len(value), value, project.encode())
    return (1, 0, "", project.encode())


def count(sheet, projects, cast, roll):
    """The whole outcome, as outcome.json writes it."""
    election = Election(sheet, projects, cast, roll)
    few = [p for p in election.all() if p not in set(election.counted)]
    events = [election.event(p, "too-few-supporters", election.given[p]) for p in few]
    election.round(election.voters, dict(enumerate(election.given)), events)
    rule = {
        "direct": direct,
        "transfer": transfer,
        "equal-shares": equal_shares,
        "greedy": greedy,
        "phragmen": phragmen,
        "cube-root": cube_root,
    }[sheet["rule"]]
    support, dropped = rule(election, **sheet["options"])
    return outcome(election, support, set(few) | set(dropped))


def outcome(election, support, dropped):
    """What is published of a count. A count whose money does not add up is no count."""
    received, funded = election.received, sum(election.received)
    assert funded <= election.voters
    projects = []
    for p, project in enumerate(election.projects):
        assert received[p] == 0 or project.floor <= received[p] <= project.ceiling
        gone = "dropped" if p in dropped else "not_funded"
        projects.append({
            "id": project.id,
            "status": "funded" if received[p] == project.ceiling else "partial" if received[p] else gone,
            "floor_minor": project.floor,
            "ceiling_minor": project.ceiling,
            "received_minor": received[p],
            "support_minor": support[p],
            "given_minor": election.given[p],
            "supporters": election.supporters[p],
            "min_supporters": project.least,
        })
    return {
        "rule": election.sheet["rule"],
        "ballots": election.cast.ballots,
        "purse_minor": election.purse,
        "voters_minor": election.voters,
        "given_minor": sum(election.given),
        "funded_minor": funded,
        "returned_minor": election.purse - funded,
        "projects": projects,
        "rounds": election.rounds,
    }


# ------------------------------------------------------------------------------------------------ direct


def direct(e):
    """A project receives what was given to it, from its floor up to its ceiling."""
    support = [given * e.atoms for given in e.given]
    if e.share is not None:
        support = [0] * len(e.projects)
        for group in e.groups:
            cast = sum(group.lines.values())
            for p, amount in group.lines.items():
                support[p] += ceil_div(e.share * amount, cast) * group.n
    due = {p: min(support[p], e.ceiling(p) * e.atoms) for p in e.counted if support[p] >= e.floor(p) * e.atoms}
    ties = e.pay(due, 0, e.voters)
    shown = [e.minor(atoms) for atoms in support]
    events = []
    for p in e.counted:
        received = e.received[p]
        verdict = "funded" if received == e.ceiling(p) else "partial" if received else "under-floor"
        events.append(e.event(p, verdict, shown[p], e.ceiling(p) if received else e.floor(p), received))
    e.write(e.voters, {p: shown[p] for p in e.counted}, events, ties, returned=e.voters - sum(e.received))
    return shown, []


# ------------------------------------------------------------------------------------------------ greedy


def greedy(e, order, skip, threshold):
    """The most supported first, at their ceilings, while the purse suffices."""
    merit = lambda p: Fraction(e.given[p], e.ceiling(p) if order == "ratio" else 1)
    under = [p for p in e.counted if e.given[p] < threshold]
    ranked = sorted((p for p in e.counted if e.given[p] >= threshold), key=lambda p: (-merit(p), e.place[p]))
    waiting, left = set(e.counted), e.voters

    def record(projects, verdict, needed, ties=()):
        nonlocal left
        received = lambda p: e.ceiling(p) if verdict == "funded" else 0
        events = [e.event(p, verdict, e.given[p], needed, received(p)) for p in projects]
        e.round(left, {p: e.given[p] for p in waiting}, events, ties)
        waiting.difference_update(projects)
        left -= sum(received(p) for p in projects)

    record(under, "under-threshold", threshold)
    for at, p in enumerate(ranked):
        is_first = at == 0 or merit(ranked[at - 1]) != merit(p)
        ties = [[q for q in ranked if merit(q) == merit(p)]] if is_first else []
        fits = e.ceiling(p) <= left
        e.received[p] = e.ceiling(p) if fits else 0
        record([p], "funded" if fits else "does-not-fit", e.ceiling(p), ties)
        if not fits and not skip:
            record(ranked[at + 1:], "not-reached", None)
            break
    return e.given, []


# ------------------------------------------------------------------------------------------------ phragmen


def phragmen(e):
    """All ballots earn at one pace; the project whose supporters can pay for it first is bought."""
    load = [0] * len(e.groups)
    backers = backers_of(e)
    waiting = {p for p in e.counted if e.supporters[p] and e.ceiling(p) <= e.voters}
    left, stopped = e.voters, None
    burden = {p: e.ceiling(p) * e.atoms for p in waiting}
    while waiting and stopped is None:
        time = {p: Fraction(burden[p], e.supporters[p]) for p in waiting}
        equal = sorted((p for p in waiting if time[p] == min(time.values())), key=e.place.__getitem__)
        best = equal[0]
        cost, support = e.ceiling(best), {p: e.given[p] for p in waiting}
        if cost > left:
            stopped = best
            e.round(left, support, [e.event(best, "does-not-fit", e.given[best], cost)], [equal])
            waiting.remove(best)
            break
        e.round(left, support, [e.event(best, "funded", e.given[best], cost, cost)], [equal])
        waiting.remove(best)
        e.received[best], left = cost, left - cost
        paid = ceil_div(burden[best], e.supporters[best])
        for g in backers[best]:
            for p in e.groups[g].lines:
                if p in burden:
                    burden[p] += (paid - load[g]) * e.groups[g].n
            load[g] = paid
    rest = [p for p in e.counted if not e.received[p] and p != stopped]
    verdict = lambda p: "does-not-fit" if e.ceiling(p) > e.voters else "not-reached"
    events = [e.event(p, verdict(p), e.given[p], e.ceiling(p)) for p in rest]
    e.round(left, {p: e.given[p] for p in waiting}, events)
    return e.given, []


def backers_of(e):
    """The groups that gave to each project."""
    backers = [[] for _ in e.projects]
    for g, group in enumerate(e.groups):
        for p in group.lines:
            backers[p].append(g)
    return backers


# ------------------------------------------------------------------------------------------------ cube-root


def cube_root(e):
    """What ballots hold is shared by the cube roots of what was given."""
    pool = sum(e.given) if e.share is None else e.purse if e.cast.ballots else 0
    shift = (126 - max(e.given, default=0).bit_length()) // 3 * 3
    roots = [integer_cube_root(given << shift) for given in e.given]
    sharing, dropped = [p for p in e.counted if e.given[p] > 0], []
    while True:
        due = shares(e, roots, sharing, pool * e.atoms)
        shown = {p: e.minor(due[p]) for p in sharing}
        under = [p for p in sharing if due[p] < e.floor(p) * e.atoms]
        if not under:
            break
        under.sort(key=lambda p: (e.given[p], -e.place[p]))
        least = under[0]
        event = e.event(least, "dropped", shown[least], e.floor(least))
        e.round(pool, shown, [event], [[p for p in under if e.given[p] == e.given[least]]])
        sharing.remove(least)
        dropped.append(least)
    ties = e.pay(due, 0, pool)
    events = []
    for p in (p for p in e.counted if p not in dropped):
        received = e.received[p]
        verdict = "funded" if received == e.ceiling(p) else "partial" if received else "under-floor"
        events.append(e.event(p, verdict, shown.get(p, 0), e.ceiling(p), received))
    e.write(pool, shown, events, ties)
    return e.given, dropped


def shares(e, roots, sharing, pool):
    """What is due to each, none above its ceiling: what a ceiling cuts off is shared again by those below theirs."""
    due, below = {}, list(sharing)
    while below:
        of_all, rest = sum(roots[p] for p in below), pool
        for p in below:
            due[p] = min(ceil_div(rest * roots[p], of_all), e.ceiling(p) * e.atoms)
        capped = [p for p in below if due[p] == e.ceiling(p) * e.atoms]
        pool = max(pool - sum(due[p] for p in capped), 0)
        below = [p for p in below if p not in capped]
        if pool == rest:
            break
    return due


def integer_cube_root(n):
    """⌊∛n⌋, by halving the interval in which it lies."""
    low, high = 0, 1 << (n.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= n else (low, middle - 1)
    return low


# ------------------------------------------------------------------------------------------------ equal-shares


def equal_shares(e, utility, completion, unit, start, exhaustive_stop, ties):
    """The project whose supporters pay least for what they get from it, again and again."""
    market = Market(e, utility, ties)
    budget = e.budget()
    if completion in ("add1", "add1u"):
        budget = market.raised(budget, unit * e.atoms, start, exhaustive_stop)
    bought, left = market.run(budget, record=True)
    for p in bought:
        e.received[p] = e.ceiling(p)
    rest = [p for p in e.counted if p not in bought]
    events = [e.event(p, "unaffordable", left["wealth"][p], e.ceiling(p)) for p in rest]
    e.round(left["money"], {p: left["wealth"][p] for p in rest}, events)
    if completion in ("add1u", "greedy"):
        fill_by_votes(e, rest, e.supporters if completion == "add1u" else e.given, left["money"])
    return e.given, []


def fill_by_votes(e, rest, votes, left):
    """What is left goes to the projects with the most votes that still fit."""
    ranked = sorted(rest, key=lambda p: (-votes[p], e.place[p]))
    for at, p in enumerate(ranked):
        is_first = at == 0 or votes[ranked[at - 1]] != votes[p]
        ties = [[q for q in ranked if votes[q] == votes[p]]] if is_first else []
        fits = e.ceiling(p) <= left
        e.received[p] = e.ceiling(p) if fits else 0
        event = e.event(p, "filled" if fits else "does-not-fit", e.given[p], e.ceiling(p), e.received[p])
        e.round(left, {}, [event], ties)
        left -= e.received[p]


class Market:
    """Who gets what from which project, and the purchases that follow from a budget."""

    def __init__(self, e, utility, ties):
        self.e, self.backers = e, backers_of(e)
        factor = lambda p: e.ceiling(p) if utility in ("cost", "cardinal-cost") else 1
        of_amount = lambda amount: amount if utility in ("cardinal", "cardinal-cost") else 1
        self.gets = [{p: of_amount(a) * factor(p) for p, a in group.lines.items()} for group in e.groups]
        by_order = lambda p: e.place[p]
        cheaper = lambda p: (e.ceiling(p), -e.supporters[p], e.place[p])
        ranked = sorted(e.all(), key=by_order if ties == "order" else cheaper)
        self.rank = {p: at for at, p in enumerate(ranked)}

    def raised(self, budget, unit, start, exhaustive_stop):
        """The budget of `add1`: raised by a unit at a time while what it buys does not overspend the purse."""
        e = self.e
        supported = [p for p in e.counted if e.supporters[p]]
        budget = budget if start == "exact" else budget - budget % unit
        best = budget
        while budget * e.cast.ballots < 1 << 63:
            bought, _ = self.run(budget)
            left = e.voters - sum(e.ceiling(p) for p in bought)
            if left < 0:
                break
            best = budget
            waiting = [p for p in supported if p not in bought]
            if not waiting or exhaustive_stop and all(e.ceiling(p) > left for p in waiting):
                break
            budget += unit
        return best

    def run(self, budget, record=False):
        """What is bought where each ballot holds this budget, in order, and what is left, for the record."""
        e, state = self.e, Budgets([budget] * len(self.e.groups), 0, [])
        money = e.voters
        offers = [offer for offer in (self.offer(p, state) for p in e.counted) if offer]
        heapq.heapify(offers)
        while offers:
            rho, _, p, at = heapq.heappop(offers)
            if at < len(state.bought):
                # A budget only falls, so an old ρ is a lower bound of the new one.
                offer = self.offer(p, state)
                if offer:
                    heapq.heappush(offers, offer)
                continue
            if record:
                self.record(p, rho, offers, state, money)
                money -= e.ceiling(p)
            state = self.buy(p, rho, state)
        return state.bought, {"money": money, "wealth": self.wealth(state)} if record else None

    def wealth(self, state):
        e = self.e
        return {p: e.minor(sum(state.left[g] * e.groups[g].n for g in self.backers[p])) for p in e.counted}

    def record(self, p, rho, offers, state, money):
        e, wealth = self.e, self.wealth(state)
        fresh = [self.offer(offer[2], state) for offer in offers if offer[0] == rho]
        equal = sorted([p] + [offer[2] for offer in fresh if offer and offer[0] == rho], key=self.rank.get)
        waiting = {q: wealth[q] for q in e.counted if q not in state.bought}
        event = e.event(p, "funded", wealth[p], e.ceiling(p), e.ceiling(p))
        e.round(money, waiting, [event], [equal])

    def offer(self, p, state):
        """ρ(p) with what decides between equal ones, if the supporters of p can pay for it."""
        e, price = self.e, self.e.ceiling(p) * self.e.atoms
        payers = Counter()
        for g in self.backers[p]:
            if state.left[g]:
                payers[state.left[g], self.gets[g][p]] += e.groups[g].n
        wealth = sum(left * n for (left, _), n in payers.items())
        slack = min(state.pot, e.supporters[p] * (len(state.bought) + 1))
        if not payers or wealth + slack < price:
            return None
        return (least_rate(payers, price), self.rank[p], p, len(state.bought))

    def buy(self, p, rho, state):
        collected = 0
        for g in self.backers[p]:
            paid = min(state.left[g], ceil_div(self.gets[g][p] * rho.numerator, rho.denominator))
            state.left[g] -= paid
            collected += paid * self.e.groups[g].n
        pot = state.pot + collected - self.e.ceiling(p) * self.e.atoms
        assert pot >= 0
        return Budgets(state.left, pot, state.bought + [p])


Budgets = namedtuple("Budgets", "left pot bought")


def least_rate(payers, price):
    """The least ρ with Σ min(most, ρ · rate) = price, for payers counted by (most, rate). Those whose money runs out
    first pay all they have; if it runs out for all, it is the ρ at which it does for the last."""
    ranked = sorted((Fraction(most, rate), most, rate, n) for (most, rate), n in payers.items())
    rates = sum(rate * n for _, _, rate, n in ranked)
    for runs_out, most, rate, n in ranked:
        if price <= runs_out * rates:
            return Fraction(price, rates)
        price -= most * n
        rates -= rate * n
    return ranked[-1][0]


# ------------------------------------------------------------------------------------------------ transfer


def transfer(e, order, move, end):
    """Cumulative support transfer with floors and ceilings."""
    state = Transfers(e, order)
    while state.fund() or (state.eliminate() if move == "eliminate" else state.pull_or_give_up()):
        pass
    state.pay_parts()
    if end == "fill" and move == "eliminate":
        state.fill_from_last_dropped()
    elif end == "fill":
        state.fill_by_support()
    return [e.minor(atoms) for atoms in state.decided_at], state.dropped


# Who pays which part of what lies on a project: those who have nowhere else to put it, and the others.
Payment = namedtuple("Payment", "solo others")
NO_PAYMENT, ALL_THAT_IS_HELD = Payment(Fraction(0), Fraction(0)), Payment(Fraction(1), Fraction(1))


class Transfers:
    """Where the money is. A ballot's state is its money m alone: on an open project p lies ⌈m · w(p) / Σ w(open)⌉."""

    def __init__(self, e, order):
        self.e, self.order, self.backers = e, order, backers_of(e)
        self.open = set(e.counted)
        self.money = [0] * len(e.groups)
        # Σ of each group's weights on open projects.
        self.weights = [0] * len(e.groups)
        # Σ v(p); the most that supporters could pay for p; E(p), what ballots left to everyone.
        self.support, self.reach, self.common = ([0] * len(e.projects) for _ in range(3))
        self.pot = self.paid = self.fundings = 0
        self.decided_at, self.dropped = [0] * len(e.projects), []
        shared = sum(self.enter(g, group) for g, group in enumerate(e.groups))
        self.in_ballots = sum(money * group.n for money, group in zip(self.money, e.groups))
        self.returned = e.voters * e.atoms - self.in_ballots - shared
        self.share_out(shared)

    def enter(self, g, group):
        """What a ballot holds at the start; returns what the group leaves to everyone."""
        cast, whole_money = sum(group.lines.values()), self.e.held(group)
        self.weights[g] = sum(amount for p, amount in group.lines.items() if p in self.open)
        stays = whole_money
        if self.weights[g] == 0:
            stays = 0
        elif group.fallback == "back":
            stays = ceil_div(whole_money * self.weights[g], cast)
        self.lay(g, stays, 1)
        self.money[g] = stays
        return (whole_money - stays) * group.n if group.fallback == "everyone" else 0

    def lay(self, g, money, sign):
        """Adds to open projects what this money of the group makes on them, or takes it away."""
        group, weights = self.e.groups[g], self.weights[g]
        times = group.n * sign
        stays_put = group.fallback == "back"
        if money == 0:
            return
        for p, amount in group.lines.items():
            if p in self.open:
                lies = -(-money * amount // weights)
                self.support[p] += lies * times
                self.reach[p] += (lies if stays_put else money) * times

    def s(self, p):
        """S(p)."""
        return self.support[p] + self.common[p]

    def f(self, p, needed):
        """What orders projects; `needed` is the ceiling or floor of p."""
        if self.order == "support":
            return self.s(p)
        if self.order == "excess":
            return self.s(p) - needed(p) * self.e.atoms
        return Ratio(self.s(p), needed(p))

    def affords(self, p, atoms, price):
        slack = min(self.pot, self.e.supporters[p] * (self.fundings + 1))
        return atoms + slack >= price * self.e.atoms

    def ranked(self, projects, needed, greatest):
        """By f, the first to be taken first, and those that are equal to it."""
        f = {p: self.f(p, needed) for p in projects}
        best = max(f.values()) if greatest else min(f.values())
        equal = sorted((p for p in projects if f[p] == best), key=self.e.place.__getitem__, reverse=not greatest)
        return equal[0], [equal]

    def fund(self):
        """Step 1: a project whose support reaches its ceiling, the one of greatest f."""
        carried = [p for p in self.open if self.affords(p, self.s(p), self.e.ceiling(p))]
        if not carried:
            return False
        p, ties = self.ranked(carried, self.e.ceiling, greatest=True)
        price, solo, others = self.e.ceiling(p) * self.e.atoms, self.common[p], 0
        for g in self.backers[p]:
            lies = self.lies_on(g, p) * self.e.groups[g].n
            solo, others = (solo + lies, others) if self.is_solo(g, p) else (solo, others + lies)
        gamma = min(Fraction(max(price - solo, 0), others), 1) if others else 0
        payment = Payment(min(Fraction(price, solo), 1) if solo else Fraction(1), Fraction(gamma))
        self.leave(p, payment, "funded", self.e.ceiling(p), ties)
        return True

    def under_floor(self):
        return [p for p in self.open if not self.affords(p, self.s(p), self.e.floor(p))]

    def eliminate(self):
        """Step 2 of `eliminate`: drops the project of least f below its floor."""
        under = self.under_floor()
        if under:
            self.drop(*self.ranked(under, self.e.floor, greatest=False), "dropped")
        return bool(under)

    def drop(self, p, ties, verdict):
        self.dropped.append(p)
        self.leave(p, NO_PAYMENT, verdict, 0, ties)

    def pull_or_give_up(self):
        """Step 2 of `minimal`: pulls the project of greatest f that its supporters can carry to its floor."""
        under = self.under_floor()
        within = [p for p in under if self.affords(p, self.reach[p] + self.common[p], self.e.floor(p))]
        if within:
            p, ties = self.ranked(within, self.e.floor, greatest=True)
            payers = Counter()
            for g in self.backers[p]:
                if self.money[g]:
                    lies = self.lies_on(g, p)
                    most = lies if self.e.groups[g].fallback == "back" else self.money[g]
                    payers[most, lies] += self.e.groups[g].n
            price = self.e.floor(p) * self.e.atoms - self.common[p]
            gamma = least_rate(payers, price) if payers else Fraction(1)
            self.leave(p, Payment(Fraction(1), gamma), "pulled", self.e.floor(p), ties)
            return True
        if len(self.open) > len(under) > 0:
            self.drop(*self.ranked(under, self.e.floor, greatest=False), "unreachable")
            return True
        self.give_up(sorted(under))
        return False

    def give_up(self, unreachable):
        """Nothing else is open: they leave together, and ballots keep what they hold."""
        before = self.before()
        self.open.difference_update(unreachable)
        events = []
        for p in unreachable:
            self.decided_at[p] = before.support[p]
            events.append(self.e.event(p, "unreachable", self.e.minor(before.reach[p]), self.e.floor(p)))
            self.returned += self.common[p]
            self.common[p] = 0
        self.dropped += unreachable
        self.e.round(before.left, before.shown, events, returned=self.e.minor(self.returned - before.returned))

    def lies_on(self, g, p):
        return ceil_div(self.money[g] * self.e.groups[g].lines[p], self.weights[g]) if self.money[g] else 0

    def is_solo(self, g, p):
        """Whether a ballot can put nothing elsewhere: it has no other open project, or asked that nothing move."""
        group = self.e.groups[g]
        return group.fallback == "back" or group.lines[p] == self.weights[g]

    def leave(self, p, payment, verdict, price, ties):
        """p leaves the count and receives `price`: its supporters pay for it, and the rest of what lies on it lies on
        their other open projects, or leaves by their fallback."""
        before = self.before()
        collected, shared = self.take_from_ballots(p, payment)
        common, self.common[p] = self.common[p], 0
        common_paid = ceil_div(common * payment.solo.numerator, payment.solo.denominator)
        self.decided_at[p] = before.support[p]
        self.paid += price * self.e.atoms
        self.pot += collected + common_paid - price * self.e.atoms
        self.share_out(shared + common - common_paid)
        self.check()
        if price > 0:
            self.fundings += 1
            self.e.received[p] = price
        self.record(p, before, verdict, ties)

    def take_from_ballots(self, p, payment):
        """Closes p. Returns what supporters paid, and what they left to everyone; the rest of what leaves returns."""
        collected = shared = 0
        for g in self.backers[p]:
            group, money = self.e.groups[g], self.money[g]
            lies, is_solo = self.lies_on(g, p), self.is_solo(g, p)
            part = payment.solo if is_solo else payment.others
            paid = min(ceil_div(lies * part.numerator, part.denominator), lies if is_solo else money)
            freed = lies - paid if is_solo else 0
            self.lay(g, money, -1)
            self.weights[g] -= group.lines[p]
            self.money[g] = money - paid - freed
            self.open.discard(p)
            self.lay(g, self.money[g], 1)
            self.open.add(p)
            collected += paid * group.n
            self.in_ballots -= (paid + freed) * group.n
            if group.fallback == "everyone":
                shared += freed * group.n
            else:
                self.returned += freed * group.n
        self.open.discard(p)
        return collected, shared

    def share_out(self, money):
        """Money for everyone goes to open projects by their support, to the atom by largest remainder."""
        support = {p: self.s(p) for p in self.open if self.s(p) > 0}
        of_all = sum(support.values())
        if money == 0 or of_all == 0:
            self.returned += money
            return
        parts = {p: divmod(money * s, of_all) for p, s in support.items()}
        rest = money - sum(part for part, _ in parts.values())
        ranked = sorted(parts, key=lambda p: (-parts[p][1], self.e.place[p]))
        for at, p in enumerate(ranked):
            self.common[p] += parts[p][0] + (at < rest)

    def left(self):
        return self.in_ballots + sum(self.common) + self.pot

    def check(self):
        """No atom is made or lost."""
        assert self.pot >= 0
        assert self.paid + self.left() + self.returned == self.e.voters * self.e.atoms

    def before(self):
        """Where things stand when a round begins."""
        support = {p: self.s(p) for p in self.open}
        reach = {p: self.reach[p] + self.common[p] for p in self.open}
        shown = {p: self.e.minor(s) for p, s in support.items()}
        return Before(self.e.minor(self.left()), support, reach, shown, self.returned)

    def record(self, p, before, verdict, ties):
        e = self.e
        found = before.reach[p] if verdict == "unreachable" else before.support[p]
        needed = e.ceiling(p) if verdict == "funded" else e.floor(p)
        event = e.event(p, verdict, e.minor(found), needed, e.received[p])
        moved = []
        for q in sorted(self.open):
            gained = self.s(q) - before.support[q]
            if e.minor(abs(gained)):
                moved.append((p, q, e.minor(gained)) if gained > 0 else (q, p, e.minor(-gained)))
        e.round(before.left, before.shown, [event], ties, moved, e.minor(self.returned - before.returned))

    def pay_parts(self):
        """Step 3: every open project has reached its floor and not its ceiling, and receives what it has."""
        e, parts, before = self.e, sorted(self.open), self.before()
        if not parts:
            return
        due = {p: max(self.s(p), e.floor(p) * e.atoms) for p in parts}
        slack = min(self.pot, sum(e.supporters[p] * (self.fundings + 1) for p in parts))
        funded = list(e.received)
        ties = e.pay(due, slack, before.left)
        events = []
        for p in parts:
            self.decided_at[p], received = before.support[p], e.received[p]
            verdict = "funded" if received == e.ceiling(p) else "partial" if received else "under-floor"
            events.append(e.event(p, verdict, before.shown[p], e.ceiling(p), received))
        e.received = [one + other for one, other in zip(funded, e.received)]
        e.round(before.left, before.shown, events, ties)
        for p in parts:
            self.take_from_ballots(p, ALL_THAT_IS_HELD)
            self.paid += e.received[p] * e.atoms

    def fill_from_last_dropped(self):
        """Step 4 after `eliminate`: dropped projects at their floors, from the last to the first, where these fit."""
        dropped, self.dropped = self.dropped, []
        for p in reversed(dropped):
            self.fill_or_skip(p, self.e.minor(self.decided_at[p]), [])

    def fill_or_skip(self, p, support, ties):
        e = self.e
        left, floor = e.voters - self.paid // e.atoms, e.floor(p)
        fits = floor <= left
        if fits:
            e.received[p] = floor
            self.paid += floor * e.atoms
        else:
            self.dropped.append(p)
        e.round(left, {}, [e.event(p, "filled" if fits else "does-not-fit", support, floor, e.received[p])], ties)
        return fits

    def fill_by_support(self):
        """Step 4 after `minimal`: unfunded projects by what their supporters still hold, where their floors fit."""
        untried, self.dropped = self.dropped, []
        self.open = set(untried)
        self.support, self.reach, self.common = ([0] * len(self.e.projects) for _ in range(3))
        for g, group in enumerate(self.e.groups):
            self.weights[g] = sum(amount for p, amount in group.lines.items() if p in self.open)
            self.money[g] = self.money[g] if self.weights[g] else 0
            self.lay(g, self.money[g], 1)
        while untried:
            p, ties = self.ranked(untried, self.e.floor, greatest=True)
            untried.remove(p)
            if self.fill_or_skip(p, self.e.minor(self.s(p)), ties):
                for g in self.backers[p]:
                    self.lay(g, self.money[g], -1)
                    self.money[g] = 0
                self.open.discard(p)


Before = namedtuple("Before", "left support reach shown returned")


class Ratio:
    """A fraction whose divisor may be zero: something over nothing is more than anything else."""

    def __init__(self, over, under):
        self.over, self.under = over, under

    def __lt__(self, other):
        return self.over * other.under < other.over * self.under

    def __gt__(self, other):
        return other < self

    def __eq__(self, other):
        return self.over * other.under == other.over * self.under


# ------------------------------------------------------------------------------------------------ checking a bundle


def check_bundle(files, report):
    """Every file against the list of files, the other files, and the recount."""
    package = json_of(files, "datapackage.json")
    report.compare("datapackage.json", "every file is there, with its bytes and hash", unlike_listed(files, package))
    about = read_about(package)
    sheet = read_sheet(files)
    published = read_outcome(files)
    faults = unlike_sheet(files, about, published)
    report.compare("rule_sheet.json", "its text is canonical, and its hash is the one named", faults)
    projects = read_projects(files, sheet)
    cast = read_cast(files, about, sheet, projects, report)
    check_participation(files, about, cast.ballots if cast else about["voted"] - about["void"], report)
    found = recounted(sheet, projects, cast, about, published, report)
    named = [dict(zip(PROJECT, project)) for project in projects]
    told = [{key: project[key] for key in PROJECT} for project in found["projects"]]
    report.compare("projects.csv", "the projects of the outcome", unlike(named, told, "projects.csv and outcome.json"))
    report.compare("all tables", "they speak of one currency, and call projects alike", unlike_words(files, about))
    report.compare("totals.csv", "what the recount gives", unlike_totals(files, found))
    report.compare("rounds.csv", "what the recount gives", unlike_rounds(files, found))
    if "other_rules.csv" in files:
        check_other_rules(files, sheet, projects, cast, about, report)
    for name in sorted(set(files) - {name for name, _, _ in report.lines} - set(UNLISTED)):
        report.note(name, "but for its size and hash")


def read_about(package):
    """What the list of files says of the result itself."""
    about = package.get("ecot")
    if not isinstance(about, dict) or about.get("format") != 1:
        raise BadInput("datapackage.json does not say that this is a bundle of format 1")
    known = [about.get("voted"), about.get("void"), about.get("eligible") or 0]
    if not all(is_whole(number) and number >= 0 for number in known) or about["voted"] < about["void"]:
        raise BadInput("datapackage.json does not say how many voted")
    return about


# What is published of a project, in the order of `Project`; and of a round.
PROJECT = ("id", "floor_minor", "ceiling_minor", "min_supporters")
TOTALS = ("supporters", "given_minor", "support_minor", "floor_minor", "ceiling_minor", "received_minor")
LISTS, AMOUNTS = ("support_minor", "events", "transfers", "ties"), ("left_minor", "returned_minor")
EVENT = ("project", "verdict", "support_minor", "needed_minor", "received_minor")


def read_outcome(files):
    """The published outcome, which must be of the known shape: where ballots are sealed, tables are compared with it."""
    published = json_of(files, "outcome.json")
    projects, rounds = published.get("projects"), published.get("rounds")
    holds = lambda value, keys: isinstance(value, dict) and set(keys) <= set(value)
    numbers = range(len(projects)) if isinstance(projects, list) else ()
    if not (
        isinstance(projects, list)
        and isinstance(rounds, list)
        and isinstance(published.get("options", {}), dict)
        and all(holds(project, {*PROJECT, *TOTALS, "status"}) for project in projects)
        and all(holds(it, LISTS + AMOUNTS) and all(isinstance(it[key], list) for key in LISTS) for it in rounds)
        and all(len(it["support_minor"]) == len(projects) for it in rounds)
        and all(holds(event, EVENT) for it in rounds for event in it["events"])
        and all(holds(tie, ["projects"]) and isinstance(tie["projects"], list) for it in rounds for tie in it["ties"])
        and all(holds(moved, ["from", "to", "minor"]) for it in rounds for moved in it["transfers"])
        and all(moved[end] in numbers for it in rounds for moved in it["transfers"] for end in ("from", "to"))
    ):
        raise BadInput("outcome.json is not of the shape of an outcome")
    return published


def unlike_listed(files, package):
    resources = package.get("resources")
    listed = isinstance(resources, list) and all(isinstance(resource, dict) for resource in resources)
    if not listed or not all(isinstance(resource.get("path"), str) for resource in resources):
        raise BadInput("datapackage.json lists no files")
    listed = {resource["path"]: resource for resource in resources}
    for path in sorted(set(files) - set(listed) - set(UNLISTED)):
        yield f"{path} is not in the list"
    for path, resource in listed.items():
        if path not in files:
            yield f"{path} is in the list and is missing"
            continue
        if resource.get("bytes") != len(files[path]):
            yield f"{path} has {len(files[path])} bytes, the list says {resource.get('bytes')}"
        found = "sha256:" + hashlib.sha256(files[path]).hexdigest()
        if resource.get("hash") != found:
            yield f"{path} has the hash {found}, the list says {resource.get('hash')}"


def unlike_sheet(files, about, published):
    text = text_of(files, "rule_sheet.json")
    if canonical(text) != text:
        yield "its text is not the canonical one"
    found = hashlib.sha256(text.encode()).hexdigest()
    for name, said in (("datapackage.json", about.get("sheet_hash")), ("outcome.json", published.get("sheet_hash"))):
        if said != found:
            yield f"its hash is {found}, {name} says {said}"


def read_cast(files, about, sheet, projects, report):
    """What was cast, from ballots or notes; None where both are sealed."""
    publication = about.get("publication")
    if publication == "ballots":
        ballots = read_ballots(files, projects)
        faults = list(unlawful(ballots, sheet, about.get("nature"))) + list(out_of_order(ballots))
        report.compare("ballots.csv", f"{len(ballots)} ballots, each by the law of the sheet", faults)
        if "election.pb" in files:
            faults = unlike_pb(text_of(files, "election.pb"), ballots, projects, sheet["step"])
            report.compare("election.pb", "the same ballots as ballots.csv, in steps", faults)
        return cast_of(ballots, projects)
    if publication == "notes":
        return read_notes(files, projects, sheet, about["voted"] - about["void"])
    if publication == "sealed":
        return None
    raise BadInput(f"datapackage.json names the unknown publication profile {publication!r}")


def unlike_pb(text, ballots, projects, step):
    """Ballots of a Pabulib file that ballots.csv does not have, and the other way round."""
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") if row]
    begins = [at for at, row in enumerate(rows) if len(row) == 1 and row[0].upper() == "VOTES"]
    if len(begins) != 1 or len(rows) < begins[0] + 2 or not {"vote", "points"} <= set(rows[begins[0] + 1]):
        raise BadInput("election.pb has no section of votes with points")
    header, told = rows[begins[0] + 1], Counter()
    for row in rows[begins[0] + 2:]:
        cells = dict(zip(header, row))
        names, points = (cells.get(name, "").split(",") if cells.get(name) else [] for name in ("vote", "points"))
        if len(names) != len(points):
            raise BadInput(f"election.pb: the vote {row} has not as many points as projects")
        told[tuple(sorted((name, whole(it, "election.pb") * step) for name, it in zip(names, points)))] += 1
    cast = Counter(tuple(sorted((projects[p].id, amount) for p, amount in lines.items())) for lines, _ in ballots)
    for lines in sorted(set(told) | set(cast)):
        if told[lines] != cast[lines]:
            yield f"{told[lines]} ballots give {dict(lines)}, in ballots.csv {cast[lines]} do"


def recounted(sheet, projects, cast, about, published, report):
    """The outcome by the recount; where that cannot be done, the published one, for the tables to be compared with."""
    reason = why_not(sheet, cast)
    if reason:
        report.note("outcome.json", reason)
        report.reservation = f" The count itself was NOT repeated: {reason}."
        if cast and cast.groups is None:
            given = [project["given_minor"] for project in published["projects"]]
            faults = unlike(given, cast.given, "outcome.json and notes.csv")
            report.compare("notes.csv", "the sums that were given", faults)
        return published
    found = count(sheet, projects, cast, about.get("eligible"))
    said = {key: value for key, value in published.items() if key not in ("options", "sheet_hash")}
    faults = list(unlike(said, found, "outcome.json and the recount"))
    if read_options(published.get("rule"), published.get("options", {})) != sheet["options"]:
        faults.append("its rule has other options than the sheet")
    report.compare("outcome.json", f"counted again by {sheet['rule']}: {len(found['rounds'])} rounds", faults)
    if cast.groups is None:
        report.note("notes.csv", "how many ballots gave to a project is believed: notes cannot tell it")
    return found


def why_not(sheet, cast):
    """Why the count cannot be repeated, if it cannot."""
    if cast is None:
        return "the ballots are sealed"
    if by_amount(sheet) and any(sum(group.lines.values()) > sheet["envelope"] for group in cast.groups or ()):
        return "a ballot gives more than it brings"
    by_sums = sheet["rule"] in ("greedy", "cube-root") or sheet["rule"] == "direct" and by_amount(sheet)
    if cast.groups is None and not by_sums:
        return f"from notes, {sheet['rule']} cannot be counted"
    return None


def by_amount(sheet):
    """Whether a ballot weighs what it gives."""
    return sheet["purse"] == "ballots" or sheet["purse"] == "residents" and sheet["silent"] == "general"


def unlike(said, found, names, where=""):
    """Where two values differ, in words."""
    if isinstance(said, dict) and isinstance(found, dict):
        for key in sorted(set(said) | set(found)):
            yield from unlike(said.get(key), found.get(key), names, f"{where} {key}")
    elif isinstance(said, list) and isinstance(found, list) and len(said) == len(found):
        for at, (one, other) in enumerate(zip(said, found), 1):
            yield from unlike(one, other, names, f"{where} {label(one, at)}")
    elif said != found:
        yield f"{where.strip() or 'the whole'}: {said!r} and {found!r}, by {names}"


def label(entry, at):
    """How a person finds an entry of a list."""
    return repr(entry["id"]) if isinstance(entry, dict) and "id" in entry else str(at)


def unlike_words(files, about):
    """Where tables name another currency than the list of files, or call a project by two names."""
    for name in sorted(set(files) & set(COLUMNS)):
        for where, row in rows_of(files, name):
            if row.get("currency", about.get("currency")) != about.get("currency"):
                yield f"{where} is in {row['currency']!r}, the currency is {about.get('currency')!r}"
    titles = {row["project"]: row["title"] for _, row in rows_of(files, "projects.csv")}
    for where, row in rows_of(files, "totals.csv"):
        if titles.get(row["project"]) != row["title"]:
            yield f"{where}: the project is called {row['title']!r}, in projects.csv {titles.get(row['project'])!r}"


def unlike_totals(files, found):
    said = []
    for where, row in rows_of(files, "totals.csv"):
        amounts = {key: whole(row[key], where) for key in TOTALS}
        said.append({"id": row["project"], "status": row["status"], **amounts})
    counted = [{key: project[key] for key in ("id", "status", *TOTALS)} for project in found["projects"]]
    return unlike(said, counted, "totals.csv and the recount")


def unlike_rounds(files, found):
    """rounds.csv tells what the rounds of the outcome do, row by row."""
    ids = [project["id"] for project in found["projects"]]
    rounds = enumerate(found["rounds"], 1)
    expected = [[str(number), *row] for number, round_ in rounds for row in rows_of_round(round_, ids)]
    said = [(where, list(row.values())[:-1]) for where, row in rows_of(files, "rounds.csv")]
    for (where, row), other in zip(said, expected):
        if row != other:
            yield f"{where}: {','.join(row)} where the recount has {','.join(other)}"
    if len(said) != len(expected):
        yield f"it has {len(said)} rows, the recount {len(expected)}"


def rows_of_round(round_, ids):
    """A round as rows of: what, project, to_project, verdict, amount, needed."""
    cell = lambda value: "" if value is None else str(value)
    row = lambda what, project="", to="", verdict="", amount=None, needed=None: [
        what, project, to, verdict, cell(amount), cell(needed),
    ]
    yield row("left", amount=round_["left_minor"])
    for project, minor in zip(ids, round_["support_minor"]):
        if minor is not None:
            yield row("support", project, amount=minor)
    for event in round_["events"]:
        project, received = event["project"], event["received_minor"]
        yield row("event", project, "", event["verdict"], event["support_minor"], event["needed_minor"])
        if received:
            yield row("received", project, amount=received)
    for moved in round_["transfers"]:
        yield row("transfer", ids[moved["from"]], ids[moved["to"]], amount=moved["minor"])
    yield row("returned", amount=round_["returned_minor"])
    for tie in round_["ties"]:
        for project in tie["projects"]:
            yield row("tie", project)


def check_participation(files, about, ballots, report):
    """Those who took part are the ballots, those that a correction leaves out among them; parts add up to the whole."""
    faults, sums = [], Counter()
    for where, row in rows_of(files, "participation.csv"):
        eligible, voted = whole(row["eligible"], where, empty=NOTHING), whole(row["voted"], where)
        sums[row["scope"]] += voted
        if eligible is not None and voted > eligible:
            faults.append(f"{where}: more voted than could")
        if (row["value"] == "") != (row["scope"] == "all"):
            faults.append(f"{where}: {row['scope']} of {row['value']!r} says nothing")
        if row["scope"] == "all" and eligible != about.get("eligible"):
            faults.append(f"{eligible} could vote, datapackage.json says {about.get('eligible')}")
    if about["voted"] != ballots + about["void"]:
        faults.append(f"{about['voted']} voted; there are {ballots} ballots and {about['void']} void ones")
    for scope, voted in {"all": 0, **sums}.items():
        if voted != about["voted"]:
            faults.append(f"the scope {scope} adds up to {voted}, and {about['voted']} voted")
    report.compare("participation.csv", "it adds up to the number of ballots", faults)


def check_other_rules(files, sheet, projects, cast, about, report):
    """Counts by every other rule that the town shows; one that cannot be counted must at least be possible."""
    said, faults, counted = {}, [], 0
    for where, row in rows_of(files, "other_rules.csv"):
        received = said.setdefault((row["rule"], row["options"]), {})
        if row["project"] in received:
            faults.append(f"{where}: this rule has told of {row['project']!r} already")
        received[row["project"]] = whole(row["received_minor"], where)
    for (rule, options), received in said.items():
        written = dict(option_of(option) for option in options.split(";") if option)
        other = {**sheet, "rule": rule, "options": read_options(rule, written)}
        if why_not(other, cast):
            faults += impossible(received, projects, rule)
            continue
        found = count(other, projects, cast, about.get("eligible"))
        counted += 1
        given = {project["id"]: project["received_minor"] for project in found["projects"]}
        faults += unlike(received, given, "other_rules.csv and the recount", rule)
    if counted == 0 and said and not faults:
        report.note("other_rules.csv", f"its sums are possible; none of the {len(said)} rules could be counted")
        return
    report.compare("other_rules.csv", f"{counted} of {len(said)} other rules counted", faults)


def impossible(received, projects, rule):
    """Where sums are none that any rule gives: nothing, or from the floor to the ceiling, to each project."""
    for name in sorted(set(received) ^ {project.id for project in projects}):
        yield f"other_rules.csv, {rule}: {name!r} is in one of other_rules.csv and projects.csv only"
    for project in projects:
        sum_ = received.get(project.id, 0)
        if sum_ and not project.floor <= sum_ <= project.ceiling:
            yield f"other_rules.csv, {rule}: {project.id!r} cannot receive {sum_}"


def option_of(text):
    """`name=value` of an option."""
    name, _, value = text.partition("=")
    plain = {"true": True, "false": False}
    if value in plain:
        return name, plain[value]
    return name, int(value) if re.fullmatch("[0-9]{1,18}", value, re.ASCII) else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
