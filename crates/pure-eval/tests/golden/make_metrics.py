"""Writes benchmark.jsonl, before.jsonl and after.jsonl, samples that nobody sampled, and metrics.json, what is true of them.

Expectations over draws by trying every draw, in exact fractions, without the closed forms that the crate uses; resampling
by the house's dice, written again from their definition. From this folder, with nothing but Python 3.10:

    python make_metrics.py
"""

import json
import math
import random
import struct
from collections import defaultdict
from fractions import Fraction
from functools import cache
from itertools import combinations, count, product

SEED = 11
RESAMPLES = 4000
DRAWS = 10000
Z = 1.959963984540054

rng = random.Random(2504)


# -- the house's dice: ChaCha with 8 rounds, keyed by a seed and the FNV-1a hash of a purpose

WORD, LONG = 2**32, 2**64


def chacha8(key):
    fixed = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
    for block in count():
        start = [*fixed, *struct.unpack("<8I", key), block % WORD, block // WORD, 0, 0]
        w = list(start)

        def mix(a, b, c, d):
            for x, y, z, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                w[x] = (w[x] + w[y]) % WORD
                w[z] ^= w[x]
                w[z] = (w[z] << bits | w[z] >> (32 - bits)) % WORD

        for _ in range(4):
            for i in range(4):
                mix(i, i + 4, i + 8, i + 12)
            for i in range(4):
                mix(i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12)
        out = [(x + y) % WORD for x, y in zip(w, start)]
        yield from (out[i] | out[i + 1] << 32 for i in range(0, 16, 2))


class Dice:
    def __init__(self, seed, purpose):
        data = struct.pack("<Q", len(purpose)) + purpose.encode()
        h = 0x6C62272E07BB014262B821756295C58D
        for byte in data:
            h = (h ^ byte) * (2**88 + 2**8 + 0x3B) % 2**128
        self.outputs = chacha8(struct.pack("<Q", seed) + h.to_bytes(16, "little") + bytes(8))

    def below(self, bound):
        return next(self.outputs) * bound // LONG


# -- problems and samples


def written(value):
    """A value as models write it, in one of the ways that mean the same."""
    ways = [f"{value.numerator}/{value.denominator}", f"\\frac{{{value.numerator}}}{{{value.denominator}}}", f"{float(value)}"]
    if value.denominator == 1:
        ways = [str(value.numerator), f"{value.numerator}.0", f"+{value.numerator}"]
    return rng.choice(ways)


def step_rewards():
    """Rewards of 1, 2 or 4 steps in eighths: their means and products are exact in f64."""
    return [rng.randint(-8, 8) / 8 for _ in range(rng.choice([1, 2, 4]))]


def sample_of(problem, number, skill, others):
    truth, wrong = problem["values"]
    length = rng.randint(5, 300)
    finish = rng.choices(["end", "stop", "length"], [8, 1, 1])[0]
    kind = rng.random()
    value, kind_of_wrong, reason, extracted = None, None, None, None
    if kind < 0.06:
        text, kind_of_wrong, reason = "I do not know.", "no_answer", "no_answer"
    elif kind < 0.09:
        text, kind_of_wrong, reason, extracted = "So \\boxed{}", "no_answer", "empty_answer", ""
    elif kind < 0.13:
        text, extracted = "So \\boxed{no solution exists}", "no solution exists"
        value, kind_of_wrong, reason = extracted, "unparsable", "different_text"
    else:
        value = truth if rng.random() < skill else rng.choice(wrong)
        extracted = written(value)
        text = f"Hence it is \\boxed{{{extracted}}}."
        if value == truth:
            reason = "same_text" if extracted == written_truth(truth) else "same_value"
        else:
            kind_of_wrong, reason = "wrong", "different_value"
    correct = value == truth
    if not correct and finish == "length":
        kind_of_wrong = "cut_off"
    rewards = step_rewards()
    if others and rng.random() < 0.35:
        rewards = rng.choice(others)["rewards"]
    # Orders of the same rewards would tie exactly or not, as sums are rounded.
    for other in others:
        if sorted(other["rewards"]) == sorted(rewards):
            rewards = other["rewards"]
    record = {
        "id": problem["id"],
        "sample": number,
        "text": text,
        "num_tokens": length,
        "cumulative_logprob": -rng.randint(1, 800) / 16,
        "finish": finish,
        "correct": correct,
        "reason": reason,
        "extracted": extracted,
        "rewards": rewards,
    }
    hidden = {"value": value, "correct": correct, "wrong": kind_of_wrong, "rewards": rewards, "tokens": length}
    return record, {**hidden, "cut": finish == "length"}


def written_truth(truth):
    return str(truth.numerator) if truth.denominator == 1 else f"\\frac{{{truth.numerator}}}{{{truth.denominator}}}"


def problems():
    for index in range(36):
        pool = [Fraction(n, d) for n in range(1, 40) for d in (1, 2, 4, 5)]
        values = rng.sample(sorted(set(pool)), 4)
        yield {
            "id": f"p{index}",
            "values": (values[0], values[1:]),
            "level": rng.choice([1, 2, 10]),
            "subject": rng.choice(["Algebra", "Geometry", None]),
        }


def evaluation(asked, gain):
    records, of_problems = [], {}
    for problem in asked:
        skill, hidden = min(1, problem["skill"] + gain), []
        for number in range(rng.randint(6, 9)):
            record, known = sample_of(problem, number, skill, hidden)
            records.append(record)
            hidden.append(known)
        of_problems[problem["id"]] = hidden
    return records, of_problems


# -- what is made of samples, by trying every draw


def chosen(candidates, key):
    """How likely the one with the largest key is right; those that tie are equally likely."""
    best = max(key(one) for one in candidates)
    tied = [one["correct"] for one in candidates if key(one) == best]
    return Fraction(sum(tied), len(tied))


def elected(drawn, weight):
    votes = defaultdict(list)
    for one in drawn:
        if one["value"] is not None:
            votes[one["value"]].append(one)
    if not votes:
        return Fraction(0)
    # In order of weight, so that equal weights add up to equal sums.
    sums = {value: sum(sorted(map(weight, of))) for value, of in votes.items()}
    most = max(sums.values())
    winners = [value for value in sums if close(sums[value], most)]
    return Fraction(sum(votes[value][0]["correct"] for value in winners), len(winners))


def close(a, b):
    if isinstance(a, float):
        assert abs(a - b) < 1e-12 or abs(a - b) > 1e-6, "nearly a tie: try another seed"
        return abs(a - b) < 1e-12
    return a == b


def soft_min(rewards):
    worst = min(rewards)
    weights = [math.exp((worst - reward) / 0.1) for reward in rewards]
    return sum(w * r for w, r in zip(weights, rewards)) / sum(weights)


def halved(of):
    return lambda one: (1 + of([Fraction(reward) for reward in one["rewards"]])) / 2


WEIGHTS = {
    "min": halved(min),
    "soft-min": lambda one: (1 + soft_min(one["rewards"])) / 2,
    "mean": halved(lambda rewards: sum(rewards) / len(rewards)),
    "product": lambda one: math.prod((1 + Fraction(reward)) / 2 for reward in one["rewards"]),
    "last": halved(lambda rewards: rewards[-1]),
}

PROTOCOLS = {
    ("average", None): lambda drawn: Fraction(sum(one["correct"] for one in drawn), len(drawn)),
    ("pass", None): lambda drawn: Fraction(any(one["correct"] for one in drawn)),
    ("majority", None): lambda drawn: elected(drawn, lambda _: Fraction(1)),
    **{("best-of", name): lambda drawn, weight=weight: chosen(drawn, weight) for name, weight in WEIGHTS.items()},
    **{("weighted-majority", name): lambda drawn, weight=weight: elected(drawn, weight) for name, weight in WEIGHTS.items()},
}


def expected(protocol, samples, k):
    draws = list(combinations(samples, k))
    return sum(map(protocol, draws)) / len(draws)


# -- intervals and tests


def quantile(ordered, at):
    place = at * (len(ordered) - 1)
    low = math.floor(place)
    return ordered[low] + (ordered[math.ceil(place)] - ordered[low]) * (place - low)


@cache
def resamples(size):
    dice = Dice(SEED, "bootstrap over problems")
    return [[dice.below(size) for _ in range(size)] for _ in range(RESAMPLES)]


def bootstrap(values):
    means = sorted(sum(values[place] for place in places) / len(values) for places in resamples(len(values)))
    return quantile(means, 0.025), quantile(means, 0.975)


def estimate(values):
    values = [float(value) for value in values]
    low, high = bootstrap(values)
    return {"value": math.fsum(values) / len(values), "low": low, "high": high}


def wilson(right, total):
    p = right / total
    middle, half = p + Z**2 / (2 * total), Z * math.sqrt(p * (1 - p) / total + Z**2 / (4 * total**2))
    return {"value": p, "low": (middle - half) / (1 + Z**2 / total), "high": (middle + half) / (1 + Z**2 / total)}


def permutation(differences):
    """Of exact fractions, so that what is as large is as large."""
    differing = [d for d in differences if d]
    least = abs(sum(differing))
    if len(differing) <= 13:
        signs = list(product((1, -1), repeat=len(differing)))
        return sum(abs(sum(s * d for s, d in zip(sign, differing))) >= least for sign in signs) / len(signs)
    dice = Dice(SEED, "signs of differences")
    hits = 0
    for _ in range(DRAWS):
        hits += abs(sum(d if dice.below(2) else -d for d in differing)) >= least
    return (1 + hits) / (1 + DRAWS)


def mcnemar(won, lost):
    ways = sum(math.comb(won + lost, i) for i in range(min(won, lost) + 1))
    return float(min(Fraction(1), Fraction(2 * ways, 2 ** (won + lost))))


def comparison(before, after, p_value):
    differences = [b - a for a, b in zip(before.values(), after.values())]
    return {
        "before": float(sum(before.values()) / len(before)),
        "after": float(sum(after.values()) / len(after)),
        "difference": estimate(differences),
        "won": [name for name, d in zip(before, differences) if d > 0],
        "lost": [name for name, d in zip(before, differences) if d < 0],
        "p_value": p_value(differences),
    }


def of_signs(differences):
    return mcnemar(sum(d > 0 for d in differences), sum(d < 0 for d in differences))


def lengths(all_samples):
    tokens = sorted(one["tokens"] for one in all_samples)
    size = len(tokens)
    mean = lambda found: sum(found) / len(found)
    return {
        "mean": mean(tokens),
        "median": (tokens[(size - 1) // 2] + tokens[size // 2]) / 2,
        "max": tokens[-1],
        "mean_right": mean([one["tokens"] for one in all_samples if one["correct"]]),
        "mean_wrong": mean([one["tokens"] for one in all_samples if not one["correct"]]),
        "truncated": mean([one["cut"] for one in all_samples]),
    }


def write_lines(name, records):
    with open(name, "w") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def main():
    asked = list(problems())
    for problem in asked:
        problem["skill"] = rng.choice([0.1, 0.3, 0.5, 0.8])
    write_lines(
        "benchmark.jsonl",
        [
            {"id": p["id"], "question": f"What is {p['id']}?", "answer": written_truth(p["values"][0]), "level": p["level"]}
            | ({"subject": p["subject"]} if p["subject"] else {})
            for p in asked
        ],
    )
    before_records, before = evaluation(asked, 0.0)
    after_records, after = evaluation(asked, 0.2)
    rng.shuffle(before_records)
    write_lines("before.jsonl", before_records)
    write_lines("after.jsonl", after_records)

    curves = []
    for (protocol, aggregate), of in PROTOCOLS.items():
        points = []
        for k in (1, 2, 4, 6):
            values = [expected(of, samples, k) for samples in before.values()]
            points.append({"k": k, **estimate(values), "values": [float(value) for value in values]})
        curves.append({"protocol": protocol, "aggregate": aggregate, "points": points})

    def averages(samples):
        return {name: Fraction(sum(one["correct"] for one in of), len(of)) for name, of in samples.items()}

    def firsts(samples):
        return {name: Fraction(of[0]["correct"]) for name, of in samples.items()}

    def part(field, name):
        names = [p["id"] for p in asked if p[field] == name]
        values = [averages(before)[each] for each in names]
        return {"name": str(name), "problems": len(names), "accuracy": estimate(values)}

    all_samples = [one for of in before.values() for one in of]
    wrong = {kind: sum(one["wrong"] == kind for one in all_samples) for kind in ("cut_off", "no_answer", "unparsable", "undecided", "wrong")}
    first = firsts(before)
    golden = {
        "seed": SEED,
        "curves": curves,
        "greedy": wilson(int(sum(first.values())), len(first)),
        "by_level": [part("level", level) for level in (1, 2, 10)],
        "by_subject": [part("subject", subject) for subject in ("Algebra", "Geometry")],
        "lengths": lengths(all_samples),
        "wrong_answers": {"samples": len(all_samples), **wrong},
        "greedy_comparison": comparison(firsts(before), firsts(after), of_signs),
        "average_comparison": comparison(averages(before), averages(after), permutation),
        "few_comparison": comparison(*(dict(list(averages(of).items())[:12]) for of in (before, after)), permutation),
    }
    with open("metrics.json", "w") as file:
        # A line a part.
        file.write("{\n")
        file.write(",\n".join(f'"{name}": {json.dumps(part)}' for name, part in golden.items()))
        file.write("\n}\n")


if __name__ == "__main__":
    main()
