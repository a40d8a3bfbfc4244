#!/usr/bin/env python3
"""Counts a Pabulib file with other people's programs, so that ours can be compared with them.

pabutools (PyPI 1.2.3, GPL) and muoblpbindings (PyPI 0.0.16, C++) are external programs to us: they are installed into
a virtual environment, only the programs in this folder import them, and nothing of theirs is shipped. What is compared is the rule and
not the reading: the file is read here as `ecot count --lenient` reads it, as points, without lines of zero.

    peers.py winners FILE... RULE [options]    who wins, in the order of purchase, with exact fractions
    peers.py time FILE... RULE [options]       seconds of processor time, in the peer's fastest configuration that keeps
                                               to what it offers; `--profile coins` is faster than that

Both print a line of JSON for each file: starting Python and loading pabutools costs more than most counts.

It refuses to mend what a peer computes. Where a peer's own functions can be put together in another way than it does
by itself, an option says so (`--variant`, `--end`); the outcome is still the peer's. It writes no files, and it does
not check a ballot's maxima: no file that is compared has a ballot over them.
"""

import argparse
import csv
import importlib
import json
import math
import multiprocessing
import os
import sys
import time
import warnings
from collections import Counter, namedtuple

import pabutools.fractions as fractions
from gmpy2 import mpq
from pabutools.election import ApprovalMultiProfile, CumulativeBallot, CumulativeMultiProfile, CumulativeProfile
from pabutools.election import FrozenApprovalBallot, FrozenCumulativeBallot, Instance, Project
from pabutools.election.pabulib import parse_pabulib
from pabutools.election.satisfaction import AdditiveSatisfaction, Additive_Cardinal_Sat
from pabutools.election.satisfaction import Cardinality_Sat, Cost_Sat
from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen
from pabutools.tiebreaking import TieBreakingRule

# The package hides this module behind the function of the same name.
cstv_rule = importlib.import_module("pabutools.rules.cstv")

# A ballot is a tuple of (project id, points), by rising id; `left_out` counts those that are not valid.
Election = namedtuple("Election", "budget costs ballots left_out")

RULES = ["greedy", "equal-shares", "phragmen", "cstv"]


# Reading, as tally/src/format/pabulib does.


def read(path):
    """The election in a file; ballots that name a project twice, or one that is unknown, are left out."""
    meta, costs, ballots, left_out = {}, {}, [], 0
    for section, row in rows(path):
        if section == "meta":
            meta[row["key"].lower()] = row["value"]
        elif section == "projects":
            costs[row["project_id"]] = decimal(row["cost"])
        else:
            ballot = points_of(row, meta, len(costs))
            if len({p for p, _ in ballot}) == len(ballot) and all(p in costs for p, _ in ballot):
                ballots.append(tuple(sorted((p, points) for p, points in ballot if points > 0)))
            else:
                left_out += 1
    return Election(decimal(meta["budget"]), costs, ballots, left_out)


def rows(path):
    """Every row with the section that it is in, by lower-case column name."""
    section, header = None, None
    with open(path, encoding="utf-8-sig", newline="") as file:
        for cells in csv.reader(file, delimiter=";"):
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if len(cells) == 1 and cells[0].lower() in ("meta", "projects", "votes"):
                section, header = cells[0].lower(), None
            elif header is None:
                header = [cell.lower() for cell in cells]
            else:
                yield section, dict(zip(header, cells, strict=True))


def points_of(row, meta, projects):
    """A ballot as points: those given, or by rank, or one for each."""
    ids = [cell.strip() for cell in row["vote"].split(",")] if row["vote"] else []
    if meta["vote_type"] in ("cumulative", "scoring"):
        points = [int(decimal(cell)) for cell in row["points"].split(",")] if row["points"] else []
    elif meta["vote_type"] == "ordinal":
        longest = int(meta.get("max_length", projects))
        points = range(longest, longest - len(ids), -1)
    else:
        points = [1] * len(ids)
    return list(zip(ids, points, strict=True))


def decimal(text):
    return mpq(text.strip().replace(",", "."))


# The same election in pabutools' words.


def instance_of(election, scale=1):
    """The projects; `scale` multiplies all money."""
    projects = [Project(name, number(cost * scale)) for name, cost in election.costs.items()]
    return Instance(projects, budget_limit=number(election.budget * scale))


def number(value):
    """A fraction of the kind that pabutools now uses."""
    return float(value) if fractions.FRACTION == fractions.FLOAT_FRAC else value


def points_profile(election, instance):
    """Merged ballots of points, for which pabutools' utilities are those of `--utility`."""
    by_name = {project.name: project for project in instance}
    profile = CumulativeMultiProfile(instance=instance)
    for ballot, count in Counter(election.ballots).items():
        profile[FrozenCumulativeBallot({by_name[p]: points for p, points in ballot})] = count
    return profile


def approval_profile(election, instance):
    """Merged ballots of who gave anything to what."""
    by_name = {project.name: project for project in instance}
    profile = ApprovalMultiProfile(instance=instance)
    for ballot, count in Counter(tuple(p for p, _ in ballot) for ballot in election.ballots).items():
        profile[FrozenApprovalBallot([by_name[p] for p in ballot])] = count
    return profile


class Cardinal_Cost_Sat(AdditiveSatisfaction):
    """Points times cost, for which pabutools has no name. Greedy by this over cost is the cities' greedy by points."""

    def __init__(self, instance, profile, ballot):
        super().__init__(instance, profile, ballot, points_times_cost)


def points_times_cost(_instance, _profile, ballot, project, _precomputed):
    return ballot.get(project, 0) * project.cost


UTILITIES = {
    "cardinal": Additive_Cardinal_Sat,
    "approval": Cardinality_Sat,
    "cost": Cost_Sat,
    "cardinal-cost": Cardinal_Cost_Sat,
}


class OurTies(TieBreakingRule):
    """Ids of ASCII digits first, by value, then all others, equal ones by bytes; keeps what was asked and chosen.

    pabutools sorts by rising key and takes the first.
    """

    def __init__(self):
        super().__init__(lambda _instance, _profile, project: by_id(project.name))
        self.chosen = []
        # A dict for its order: `add1` meets the same tie again and again.
        self.ties = {}

    def order(self, instance, profile, projects, key=None):
        ordered = super().order(instance, profile, projects, key)
        self.chosen.append(ordered[0].name)
        if len(ordered) > 1:
            self.ties[tuple(project.name for project in ordered)] = None
        return ordered


def by_id(name):
    if name.isascii() and name.isdigit():
        value = name.lstrip("0")
        return (False, len(value), value.encode(), name.encode())
    return (True, 0, b"", name.encode())


# The rules. Each prepares what is no part of the rule, and returns a call that gives the winners' ids in order.


def greedy(election, options, ties):
    instance = instance_of(election)
    sats = points_profile(election, instance).as_sat_profile(Cardinal_Cost_Sat)
    return lambda: names(
        greedy_utilitarian_welfare(instance, [], sat_profile=sats, is_sat_additive=True, tie_breaking=ties)
    )


def equal_shares(election, options, ties):
    instance = instance_of(election)
    profile = points_profile(election, instance)
    sats = profile.as_sat_profile(UTILITIES[options.utility])
    increment = 1 if options.completion == "add1" else None
    return lambda: names(
        method_of_equal_shares(
            instance, profile, sat_profile=sats, tie_breaking=ties, voter_budget_increment=increment
        )
    )


def phragmen(election, options, ties):
    instance = instance_of(election)
    profile = approval_profile(election, instance)

    def call():
        ties.chosen.clear()
        winners = names(sequential_phragmen(instance, profile, tie_breaking=ties))
        # They come sorted by name; but every purchase asked for an order first.
        assert sorted(winners) == sorted(ties.chosen)
        return list(ties.chosen)

    return call


def cstv(election, options, ties):
    minimal = options.variant.startswith("MT")
    coin = coin_of(election, minimal)
    instance = instance_of(election, coin * len(election.ballots) / election.budget)
    profile = coins_profile(election, instance, coin, merged=not minimal)
    if options.profile == "peer":
        profile = peers_profile(profile, instance, merged=not minimal)
    functions = cstv_functions(options.variant)
    return lambda: names(
        cstv_rule.cstv(instance, profile, tie_breaking=ties, **with_end(functions, options.end))
    )


def coin_of(election, minimal):
    """What each ballot weighs.

    Shares must be exact as floats too, or pabutools refuses the ballots as unequal. It forgets an excess of up to
    0.01, so that more is better; but its minimal transfers take any move of more than 1 for a move of 1.
    """
    coin = math.lcm(*{sum(points for _, points in ballot) for ballot in election.ballots if ballot})
    return mpq(coin, 1 << coin.bit_length()) if minimal else coin * 1_000_000


def coins_profile(election, instance, coin, merged):
    """A coin for each ballot, shared as its points are. Every project must be named on every ballot.

    Minimal transfers are not merged: a merged ballot weighs more than 1.
    """
    count = Counter(shares(ballot, coin) for ballot in election.ballots)
    unnamed = {project: 0 for project in instance}
    by_name = {project.name: project for project in instance}
    ballots = []
    for ballot, times in count.items():
        coins = FrozenCumulativeBallot(unnamed | {by_name[p]: number(share) for p, share in ballot})
        ballots.extend([(coins, times)] if merged else [(coins, 1)] * times)
    return Coins(ballots)


def peers_profile(coins, instance, merged):
    """The same ballots in pabutools' own profile, merged where that is right."""
    if not merged:
        return CumulativeProfile([CumulativeBallot(dict(ballot)) for ballot in coins], instance=instance)
    profile = CumulativeMultiProfile(instance=instance)
    for ballot in coins:
        profile[ballot] = coins.multiplicity(ballot)
    return profile


def shares(ballot, coin):
    total = sum(points for _, points in ballot)
    return tuple((p, mpq(points * coin, total)) for p, points in ballot)


class Coins(list):
    """What `cstv` asks of a profile, and no more: with pabutools' own multiprofile it takes eight times as long.

    All ballots name the same projects, and that is all that their hash looks at.
    """

    def __init__(self, ballots):
        super().__init__(ballot for ballot, _ in ballots)
        self.times = {id(ballot): times for ballot, times in ballots}

    def multiplicity(self, ballot):
        return self.times[id(ballot)]


def cstv_functions(variant):
    """The peer's functions for a variant, where its own choice takes MTC for MT and knows no EWTS and MTS."""
    eligible, select = {
        "": (cstv_rule.is_eligible_ge, cstv_rule.select_project_ge),
        "C": (cstv_rule.is_eligible_gsc, cstv_rule.select_project_gsc),
        "S": (cstv_rule.is_eligible_ge, select_by_support),
    }[variant.removeprefix("EWT").removeprefix("MT")]
    if variant.startswith("EWT"):
        move, end = cstv_rule.elimination_with_transfers, cstv_rule.reverse_eliminations
    else:
        move, end = cstv_rule.minimal_transfer, cstv_rule.acceptance_of_under_supported_projects
    return {
        "select_project_to_fund_func": select,
        "eligible_projects_func": eligible,
        "no_eligible_project_func": move,
        "exhaustiveness_postprocess_func": end,
    }


def select_by_support(projects, donors):
    support = {project: sum(donor[project] for donor in donors) for project in projects}
    return [project for project in support if support[project] == max(support.values())]


def with_end(functions, end):
    """The peer's functions with its own last step, with none, or filling up from the last dropped to the first."""
    if end == "peer":
        return functions
    dropped = []

    def move(projects, donors, eliminated, select, tie_breaking):
        before = set(eliminated)
        more = functions["no_eligible_project_func"](projects, donors, eliminated, select, tie_breaking)
        dropped.extend(eliminated - before)
        return more

    def fill(selected, _donors, _eliminated, _select, money, _tie_breaking):
        for project in reversed(dropped):
            if end == "fill" and project.cost <= money:
                selected.append(project)
                money -= project.cost

    return functions | {"no_eligible_project_func": move, "exhaustiveness_postprocess_func": fill}


def names(projects):
    return [project.name for project in projects]


def prepared(election, rule, options, ties):
    rules = {"greedy": greedy, "equal-shares": equal_shares, "phragmen": phragmen, "cstv": cstv}
    return rules[rule](election, options, ties)


# muoblpbindings: floats, equal shares only, one voter a ballot, utilities in units of the project's cost: what it
# calls a utility of 1 is our `cost`, and points are our `cardinal-cost`.


def compiled(election, options):
    import muoblpbindings

    supporters = {name: [] for name in election.costs}
    for at, ballot in enumerate(election.ballots):
        for name, points in ballot:
            supporters[name].append((str(at), points if options.utility == "cardinal-cost" else 1))
    total = {name: sum(utility for _, utility in given) for name, given in supporters.items()}
    costs = {name: float(cost) for name, cost in election.costs.items()}
    voters = [str(at) for at in range(len(election.ballots))]
    plain, add1 = muoblpbindings.equal_shares_utils, muoblpbindings.equal_shares_add1
    rule = add1 if options.completion == "add1" else plain
    return lambda: rule(voters, list(costs), costs, supporters, total, float(election.budget))


# The two commands.


def winners(file, options):
    election = read(file)
    ties = OurTies()
    began = time.process_time()
    if options.compiled:
        found = compiled(election, options)()
    else:
        found = prepared(election, options.rule, options, ties)()
    return {
        "winners": found,
        "total_cost": str(sum(election.costs[name] for name in found)),
        "ties": list(ties.ties),
        "left_out": election.left_out,
        "seconds": round(time.process_time() - began, 3),
    }


def timed(file, options):
    """The least of several runs. Reading is pabutools' own; merging and utilities are `prepare`."""
    election = read(file)
    result = {"read": least(lambda: parse_pabulib(file), options.repeat)[0]}

    def prepare():
        if options.compiled:
            return compiled(election, options)
        return prepared(election, options.rule, options, OurTies())

    def prepare_and_count():
        seconds, call = least(prepare, options.repeat)
        return {"prepare": seconds, "count": least(call, options.repeat)[0]}

    return result | (limited(prepare_and_count, options.limit) or {"count": "did not finish"})


def least(call, repeat):
    """The least time of several runs, fewer where they take long, and the last value."""
    best, begun = None, time.process_time()
    for _ in range(repeat):
        if time.process_time() - begun > 20:
            break
        began = time.process_time()
        value = call()
        seconds = time.process_time() - began
        best = seconds if best is None else min(best, seconds)
    return round(best, 6), value


def limited(call, limit):
    """What a call gives, or None if it takes too long. A process of its own, as C++ cannot be interrupted."""
    if limit is None:
        return call()
    here, there = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("fork")
    worker = context.Process(target=lambda: there.send(call()))
    worker.start()
    there.close()
    try:
        return here.recv() if here.poll(limit) else None
    finally:
        worker.kill()
        worker.join()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("command", choices=["winners", "time"])
    parser.add_argument("file", nargs="+")
    parser.add_argument("rule", choices=RULES)
    add = parser.add_argument
    add("--utility", choices=list(UTILITIES), default="cardinal", help="of equal-shares")
    add("--completion", choices=["none", "add1"], default="none", help="of equal-shares")
    add("--compiled", action="store_true", help="equal-shares by muoblpbindings instead of pabutools")
    add("--variant", choices=["EWT", "EWTC", "EWTS", "MT", "MTC", "MTS"], default="EWTC", help="of cstv")
    add("--end", choices=["peer", "keep", "fill"], default="peer", help="of cstv; fill is for EWT only")
    add("--profile", choices=["peer", "coins"], help="of cstv; by default coins for winners, the peer's own for time")
    add("--numbers", choices=["exact", "float"], help="by default exact for winners, float for time")
    add("--repeat", type=int, default=3, help="of time")
    add("--limit", type=float, metavar="SECONDS", help="of time: by the clock, for all repetitions of preparing and counting")
    options = parser.parse_args()
    if options.compiled and (options.rule != "equal-shares" or not options.utility.endswith("cost")):
        parser.error("muoblpbindings counts equal-shares by cost or cardinal-cost only")
    if options.end == "fill" and options.variant.startswith("MT"):
        parser.error("pabutools does not say in which order minimal transfers gave projects up")
    return options


def main():
    options = arguments()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(10_000)
    run, usual = {"winners": (winners, "exact"), "time": (timed, "float")}[options.command]
    options.profile = options.profile or {"winners": "coins", "time": "peer"}[options.command]
    if (options.numbers or usual) == "float":
        fractions.FRACTION = fractions.FLOAT_FRAC
    for file in options.file:
        found = {"file": os.path.basename(file), "rule": options.rule} | run(file, options)
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
