"""Writes search.json: beam searches through random trees of steps, played through on lists, in exact fractions.

From this folder, with nothing but Python 3:

    python make_search.py

A node is an answer so far, "a|b|c" of the steps a, b and c. It has the reward of its last step, and what the policy
writes behind it, sample by sample: a step, and whether the answer ends with it. Steps are few, so that samples repeat.
Rewards are multiples of 1/64, which every float holds, and of which there are few, so that answers tie.
"""

import json
import random
from fractions import Fraction
from math import prod

dice = random.Random(2408)

AGGREGATES = {
    "min": lambda r: (1 + min(r)) / 2,
    "mean": lambda r: (1 + sum(r) / len(r)) / 2,
    "product": lambda r: prod((1 + x) / 2 for x in r),
    "last": lambda r: (1 + r[-1]) / 2,
}


class Tree:
    def __init__(self, width):
        self.width, self.nodes = width, {}

    def node(self, path):
        key = "|".join(path)
        if key not in self.nodes:
            ends = 0 if not path else min(1, 0.15 + 0.2 * len(path))
            words = [str(n) for n in range(1 + dice.randrange(6))]
            children = [[dice.choice(words), dice.random() < ends] for _ in range(self.width)]
            # The same step is the same answer, so it ends for both or for neither.
            fate = dict(children)
            children = [[step, fate[step]] for step, _ in children]
            self.nodes[key] = {"reward": dice.randrange(-64, 65, dice.choice([1, 16])) / 64, "children": children}
        return self.nodes[key]

    def rewards(self, path):
        return [Fraction(self.node(path[: i + 1])["reward"]) for i in range(len(path))]


def search(n, m, aggregate):
    tree = Tree(n)
    grown, done, draws = [()], [], n
    rounds = sampled = judged = 0
    while grown:
        rounds += 1
        new = []
        for path in grown:
            for step, ends in tree.node(path)["children"][:draws]:
                sampled += 1
                if not any(path + (step,) == other for other, _ in new):
                    new.append((path + (step,), ends))
        judged += len(new)
        value = lambda path: AGGREGATES[aggregate](tree.rewards(path))
        done += [path for path, ends in new if ends]
        pool = [(path, True) for path in done] + [(path, False) for path, ends in new if not ends]
        kept = sorted(pool, key=lambda one: -value(one[0]))[: n // m]
        draws = n // len(kept)
        # In the order in which they were written, for the next round repeats none and ties go by it.
        grown = [path for path, ends in new if not ends and (path, False) in kept]
    ranked = sorted(done, key=lambda path: -value(path))
    return {
        "n": n,
        "beam_width": m,
        "aggregate": aggregate,
        "nodes": tree.nodes,
        "answers": [["|".join(path), float(value(path))] for path in ranked],
        "rounds": rounds,
        "sampled": sampled,
        "judged": judged,
    }


sizes = [(1, 1), (2, 1), (2, 2), (4, 1), (4, 2), (4, 4), (6, 3), (8, 2), (8, 4), (16, 4)]
cases = [search(n, m, aggregate) for n, m in sizes for aggregate in AGGREGATES for _ in range(2)]
with open("search.json", "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
