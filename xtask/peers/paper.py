#!/usr/bin/env python3
"""`transfer` as docs and paper have it, in fractions of 256 bits: what to compare with where no other program counts it.

Skowron, Slinko, Szufa, Talmon, "Participatory Budgeting with Cumulative Votes" (arXiv 2009.02690), with floor = ceiling =
cost and money that follows its ballot's other choices. Written from the text and not from `tally`, so that a mistake
would have to be made twice. pabutools has the rule under the name of cstv, but counts otherwise: docs/peers.md.

    paper.py FILE...    for each file and variant, a line of JSON: the winners in order

`--like-pabutools` changes the three steps in which pabutools 1.2.3 differs; then both find the same winners.
"""

import argparse
import json
import os
from collections import Counter

import gmpy2
from gmpy2 import mpfr, mpq

import peers

gmpy2.get_context().precision = 256

VARIANTS = [(order, move, end) for order in ("excess", "ratio", "support")
            for move in ("eliminate", "minimal") for end in ("keep", "fill")]


class Count:
    """One number a ballot: its money. What lies where follows from the points and from which projects are open."""

    def __init__(self, election, order, like_pabutools=False):
        self.order, self.like_pabutools = order, like_pabutools
        self.cost = {p: mpfr(cost) for p, cost in election.costs.items()}
        equal = Counter(ballot for ballot in election.ballots if ballot)
        self.points = [dict(ballot) for ballot in equal]
        self.times = list(equal.values())
        self.money = [mpfr(mpq(election.budget, len(election.ballots)))] * len(self.points)
        self.supporters = {p: [i for i, points in enumerate(self.points) if p in points] for p in self.cost}
        self.open = set(self.cost)
        self.winners, self.dropped = [], []
        self.left = mpfr(election.budget)

    def held(self, i, p, among=None):
        """What one ballot i holds on project p."""
        among = self.open if among is None else among
        points = self.points[i]
        return self.money[i] * points[p] / sum(points[q] for q in points if q in among)

    def supports(self, among=None):
        among = self.open if among is None else among
        return {p: sum((self.times[i] * self.held(i, p, among) for i in self.supporters[p]), mpfr(0)) for p in among}

    def f(self, p, support):
        return {"support": support, "excess": support - self.cost[p], "ratio": support / self.cost[p]}[self.order]

    def best(self, projects, supports):
        most = max(self.f(p, supports[p]) for p in projects)
        return min((p for p in projects if self.f(p, supports[p]) == most), key=peers.by_id)

    def is_solo(self, i, p):
        return not any(q in self.open for q in self.points[i] if q != p)

    def win(self, p):
        self.winners.append(p)
        self.open.discard(p)
        self.left -= self.cost[p]

    def fund(self, p, support):
        """Solo supporters pay all that they hold, the others what is then missing, each in proportion."""
        solo = [i for i in self.supporters[p] if self.is_solo(i, p)]
        others = [i for i in self.supporters[p] if not self.is_solo(i, p)]
        of_solo = sum((self.times[i] * self.money[i] for i in solo), mpfr(0))
        of_others = support - of_solo
        share = max(mpfr(0), (self.cost[p] - of_solo) / of_others) if others and of_others else mpfr(0)
        if self.like_pabutools:
            share = self.cost[p] / support
            # What solo supporters gave too much is lost, and is not there to fill up with.
            self.left -= (1 - share) * of_solo
        for i in others:
            self.money[i] -= share * self.held(i, p)
        for i in solo:
            self.money[i] = mpfr(0)
        self.win(p)

    def drop(self, supports):
        """The least f; of equal ones the last in the tie order. Money without another open project leaves the count."""
        key = (lambda p: supports[p] - self.cost[p]) if self.like_pabutools else (lambda p: self.f(p, supports[p]))
        least = min(key(p) for p in self.open)
        p = max((p for p in self.open if key(p) == least), key=peers.by_id)
        for i in self.supporters[p]:
            if self.is_solo(i, p):
                self.money[i] = mpfr(0)
        self.open.discard(p)
        self.dropped.append(p)

    def pull(self, supports):
        """Supporters of the best project that they can reach together give more, each up to all that it has."""
        total = {p: sum((self.times[i] * self.money[i] for i in self.supporters[p]), mpfr(0)) for p in self.open}
        reachable = [p for p in self.open if total[p] >= self.cost[p]]
        if not reachable:
            return False
        p = self.best(reachable, supports)
        held = {i: self.held(i, p) for i in self.supporters[p] if self.money[i] > 0}
        emptied = set()
        while True:
            rest = sum((self.times[i] * held[i] for i in held if i not in emptied), mpfr(0))
            paid = sum((self.times[i] * self.money[i] for i in emptied), mpfr(0))
            factor = (self.cost[p] - paid) / rest if rest else mpfr(0)
            more = {i for i in held if i not in emptied and factor * held[i] > self.money[i]}
            if not more:
                break
            emptied |= more
        for i, amount in held.items():
            self.money[i] = mpfr(0) if i in emptied else self.money[i] - factor * amount
        self.win(p)
        return True

    def fill_dropped(self):
        """From the last dropped to the first, what the money left still pays for."""
        for p in reversed(self.dropped):
            if self.cost[p] <= self.left:
                self.win(p)

    def fill_unfunded(self):
        """By support over all that is unfunded; the supporters' money goes, what they lack comes from what is left."""
        unfunded = set(self.cost) - set(self.winners)
        untried = set(unfunded)
        while untried:
            supports = self.supports(unfunded)
            p = self.best(untried, supports)
            untried.discard(p)
            if self.cost[p] <= self.left:
                self.win(p)
                unfunded.discard(p)
                for i in self.supporters[p]:
                    self.money[i] = mpfr(0)


def transfer(election, order, move, end, like_pabutools=False):
    """The winners' ids, in the order in which they are funded."""
    count = Count(election, order, like_pabutools)
    while count.open:
        supports = count.supports()
        paid = [p for p in count.open if supports[p] >= count.cost[p]]
        if paid:
            p = count.best(paid, supports)
            count.fund(p, supports[p])
        elif move == "eliminate":
            count.drop(supports)
        elif not count.pull(supports):
            break
    if end == "fill" and move == "eliminate":
        count.fill_dropped()
    elif end == "fill":
        count.fill_unfunded()
    return count.winners


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("file", nargs="+")
    parser.add_argument("--like-pabutools", action="store_true")
    options = parser.parse_args()
    for file in options.file:
        election = peers.read(file)
        for order, move, end in VARIANTS:
            rule = f"transfer:order={order},move={move},end={end}"
            winners = transfer(election, order, move, end, options.like_pabutools)
            print(json.dumps({"file": os.path.basename(file), "rule": rule, "winners": winners}), flush=True)


if __name__ == "__main__":
    main()
