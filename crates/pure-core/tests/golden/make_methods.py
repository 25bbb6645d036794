"""Numbers of the methods that PURE is compared with, computed from their formulas in plain Python.

    python3 make_methods.py        writes methods.json beside it

Nothing here knows the Rust code: each formula is written out in the order of its paper, advantages one
token at a time, gradients as differences of the loss in 60 digits.
"""

import json
import math
import random
from decimal import Decimal, getcontext
from pathlib import Path
from statistics import fmean, stdev

getcontext().prec = 60
EPSILON = 1e-6
random.seed(20260329)


def f32(number):
    """Six decimals, which f32 holds to 1e-7 and JSON whole."""
    return round(number, 6)


def make_answer(group, steps, right):
    ends, end = [], -1
    for _ in range(steps):
        end += random.randint(1, 4)
        ends.append(end)
    rewards = [f32(random.uniform(-1, 1)) for _ in ends]
    return {"group": group, "ends": ends, "rewards": rewards, "outcome": right}


def make_batch():
    """Groups of mixed, all right, all wrong, one right, unverified and single answers."""
    outcomes = [[1, 0, 1, 1, 0], [1, 1, 1], [0, 0, 0], [0, 1, 0, 0], [None, None, None], [1], [None]]
    batch = []
    for group, rights in enumerate(outcomes):
        for right in rights:
            batch.append(make_answer(group, random.randint(1, 5), right))
    random.shuffle(batch)
    return batch


def length(answer):
    return answer["ends"][-1] + 1


def groups(batch):
    return [[a for a in batch if a["group"] == group] for group in sorted({a["group"] for a in batch})]


def mean_reward(answer):
    return fmean(answer["rewards"])


def outcome(answer):
    return answer["outcome"] or 0


def standardised(value, values):
    """As GRPO does; one alone is not compared."""
    if len(values) == 1:
        return value / (1 + EPSILON)
    return (value - fmean(values)) / (stdev(values) + EPSILON)


def constant(batch, advantage):
    """The same advantage at all tokens of an answer; `advantage` of it and its group."""
    rows = []
    for answer in batch:
        group = [a for a in batch if a["group"] == answer["group"]]
        rows.append([advantage(answer, group)] * length(answer))
    return rows


def grpo(batch, reward):
    return constant(batch, lambda a, group: standardised(reward(a), [reward(other) for other in group]))


def papo(answer, group, weight):
    advantage = standardised(outcome(answer), [outcome(other) for other in group])
    right = [mean_reward(other) for other in group if other["outcome"] == 1]
    if answer["outcome"] == 1 and len(right) >= 2 and stdev(right) > EPSILON:
        advantage += weight * (mean_reward(answer) - fmean(right)) / (stdev(right) + EPSILON)
    return advantage


def prof(batch):
    """GRPO on what is left after the larger kind of each group was cut down to the smaller."""
    left = []
    for group in groups(batch):
        right = sorted((a for a in group if a["outcome"] == 1), key=mean_reward, reverse=True)
        wrong = sorted((a for a in group if a["outcome"] == 0), key=mean_reward)
        count = min(len(right), len(wrong))
        left += group if count == 0 else right[:count] + wrong[:count]
    kept = [any(answer is other for other in left) for answer in batch]
    rows = []
    for answer, is_kept in zip(batch, kept):
        group = [outcome(other) for other in left if other["group"] == answer["group"]]
        advantage = standardised(outcome(answer), group) if is_kept else 0.0
        rows.append([advantage] * length(answer))
    return kept, rows


def max_rl(answer, group):
    if len(group) == 1:
        return float(outcome(answer))
    mean = fmean(outcome(other) for other in group)
    return (outcome(answer) - mean) / (mean + EPSILON)


def par(batch, references, slope):
    """Each answer against the reference answers of its group, then the mean of the others' subtracted."""

    def shaped(answer):
        rivals = [mean_reward(r) for r in references if r["group"] == answer["group"]]
        return fmean(1 / (1 + math.exp(-slope * (mean_reward(answer) - rival))) for rival in rivals)

    def advantage(answer, group):
        others = [shaped(other) for other in group if other is not answer]
        return shaped(answer) - (fmean(others) if others else 0)

    return constant(batch, advantage)


def soft_min(answer, group, limit):
    """The paper's: returns of the soft minimum less the others' mean, counted over the limit."""

    def returns(answer):
        weights = [math.exp(-reward / 0.1) for reward in answer["rewards"]]
        paid = [weight / sum(weights) * reward for weight, reward in zip(weights, answer["rewards"])]
        return [
            sum(p for p, end in zip(paid, answer["ends"]) if end >= token) for token in range(length(answer))
        ]

    others = [sum(returns(other)) / limit for other in group if other is not answer]
    baseline = fmean(others) if others else 0
    return [value - baseline for value in returns(answer)]


def pair(batch, limit):
    rows = []
    for answer in batch:
        group = [a for a in batch if a["group"] == answer["group"]]
        if any(a["outcome"] is not None for a in group):
            row = [papo(answer, group, 1)] * length(answer)
        else:
            row = soft_min(answer, group, limit)
        rows.append([0.0 if token in answer["ends"] else value for token, value in enumerate(row)])
    return rows


def prime(batch):
    """Leave-one-out of token rewards and of the outcome, summed from the end and whitened over the batch."""

    def leave_one_out(value, means):
        count = len(means)
        return value * count / (count - 1) - sum(means) / (count - 1)

    returns = []
    for answer in batch:
        group = [a for a in batch if a["group"] == answer["group"]]
        tokens = [leave_one_out(r, [fmean(a["tokens"]) for a in group]) for r in answer["tokens"]]
        tokens[-1] += leave_one_out(answer["outcome"], [a["outcome"] for a in group])
        for token in reversed(range(len(tokens) - 1)):
            tokens[token] += tokens[token + 1]
        returns.append(tokens)
    everything = [value for row in returns for value in row]
    mean, spread = fmean(everything), math.sqrt(stdev(everything) ** 2 + 1e-8)
    return [[(value - mean) / spread for value in row] for row in returns]


def make_prime():
    answers = []
    for group, rights in enumerate([[1, 0, 1], [0, 0], [1, 1, 0, 0]]):
        for right in rights:
            count = random.randint(1, 6)
            model = [f32(random.uniform(-3, 0)) for _ in range(count)]
            reference = [f32(random.uniform(-3, 0)) for _ in range(count)]
            tokens = [a - b for a, b in zip(model, reference)]
            answers.append(
                {"group": group, "model": model, "reference": reference, "tokens": tokens, "outcome": right}
            )
    rows = prime(answers)
    for answer in answers:
        del answer["tokens"]
    return {"answers": answers, "advantages": rows}


def make_prefixes():
    answers = []
    for group in range(3):
        for _ in range(5):
            answers.append({"group": group, "tokens": [random.randint(0, 1) for _ in range(random.randint(0, 7))]})
    weights = []
    for answer in answers:
        row = []
        for end in range(1, len(answer["tokens"]) + 1):
            start = answer["tokens"][:end]
            row.append(
                1 / sum(a["tokens"][:end] == start for a in answers if a["group"] == answer["group"])
            )
        weights.append(row)
    return {"answers": answers, "weights": weights}


def gradient(loss, values):
    """Central differences in 60 digits, so that the step may be tiny."""
    step = Decimal(10) ** -20
    slopes = []
    for place in range(len(values)):
        above, below = list(values), list(values)
        above[place] += step
        below[place] -= step
        slopes.append(float((loss(above) - loss(below)) / (2 * step)))
    return slopes


def pqm(values, good, zeta):
    """Equation 10, term by term; the start has a term where a step is wrong."""
    wrong = sum((value + zeta).exp() for value, is_good in zip(values, good) if not is_good)
    terms, right = [], Decimal(1)
    if not all(good):
        terms.append(-(1 / (right + wrong)).ln())
    for value, is_good in zip(values, good):
        if is_good:
            right += value.exp()
            terms.append(-(value.exp() / (right + wrong)).ln())
    return sum(terms) / len(terms)


def make_pqm():
    cases = []
    for zeta in [0, 1, 4]:
        for _ in range(4):
            count = random.randint(1, 6)
            values = [f32(random.uniform(-4, 4)) for _ in range(count)]
            good = [random.random() < 0.6 for _ in range(count)]
            exact = [Decimal(value) for value in values]
            loss = lambda values: pqm(values, good, Decimal(zeta))
            cases.append(
                {
                    "zeta": zeta,
                    "values": values,
                    "good": good,
                    "loss": float(loss(exact)),
                    "gradient": gradient(loss, exact),
                }
            )
    return cases


def product_loss(log_odds, is_right):
    product = Decimal(1)
    for z in log_odds:
        product *= 1 / (1 + (-z).exp())
    return -(product if is_right else 1 - product).ln()


def make_outcome():
    ladders = [[0.0], [0.5, -0.25, 3.0], [-20.0, 2.0], [38.5, 39.5, 60.0], [45.0, 41.0], [-90.0, 50.0], [30.0] * 5]
    cases = []
    for log_odds in ladders:
        for is_right in [True, False]:
            exact = [Decimal(z) for z in log_odds]
            loss = lambda values: product_loss(values, is_right)
            cases.append(
                {
                    "log_odds": log_odds,
                    "right": is_right,
                    "loss": float(loss(exact)),
                    "gradient": gradient(loss, exact),
                }
            )
    return cases


def cross_entropy(total, beta, right):
    probability = 1 / (1 + (-beta * total).exp())
    return -(probability if right else 1 - probability).ln()


def make_implicit():
    cases = []
    for beta in [0.05, 1.0]:
        for total in [-30.0, -1.5, 0.0, 0.25, 12.0]:
            for right in [0, 1]:
                loss = lambda values: cross_entropy(values[0], Decimal(beta), right)
                exact = [Decimal(total)]
                cases.append(
                    {
                        "beta": beta,
                        "sum": total,
                        "outcome": right,
                        "loss": float(loss(exact)),
                        "slope": gradient(loss, exact)[0],
                    }
                )
    return cases


def main():
    batch, limit = make_batch(), 32
    references = [make_answer(group, random.randint(1, 4), None) for group in range(7) for _ in range(3)]
    kept, filtered = prof(batch)
    content = {
        "limit": limit,
        "batch": batch,
        "references": references,
        "advantages": {
            "grpo": grpo(batch, outcome),
            "blend": grpo(batch, lambda a: outcome(a) + mean_reward(a)),
            "blend_half": grpo(batch, lambda a: outcome(a) + 0.5 * mean_reward(a)),
            "papo": constant(batch, lambda a, group: papo(a, group, 1)),
            "papo_half": constant(batch, lambda a, group: papo(a, group, 0.5)),
            "prof": filtered,
            "max-rl": constant(batch, max_rl),
            "par": par(batch, references, 1),
            "par_steep": par(batch, references, 5),
            "papo-soft-min": pair(batch, limit),
        },
        "kept_by_prof": kept,
        "prime": make_prime(),
        "prefixes": make_prefixes(),
        "pqm": make_pqm(),
        "outcome": make_outcome(),
        "implicit": make_implicit(),
    }
    path = Path(__file__).with_suffix(".json").with_name("methods.json")
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


main()
