"""Writes judgement.json: what others say of judged steps, answers and samples.

Steps by scikit-learn; what it lacks (calibration error, first errors, best of n, votes) by trying everything, in
exact fractions, without the closed forms that the crate uses. From this folder, with numpy and scikit-learn 1.9.1:

    python make_judgement.py

Probabilities are written with few digits; they stand for the nearest f32. What is undefined is null.
"""

import json
import math
import warnings
from collections import defaultdict
from fractions import Fraction
from itertools import combinations

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    log_loss,
    precision_recall_fscore_support,
    roc_auc_score,
)

warnings.simplefilter("ignore", UndefinedMetricWarning)
random = np.random.default_rng(2504)


def as_f32(p):
    return np.asarray(p, dtype=np.float32).astype(np.float64)


def number(value):
    return None if value is None or math.isnan(value) else float(value)


def calibration_error(p, good, bins):
    error = Fraction(0)
    for m in range(1, bins + 1):
        low, high = Fraction(m - 1, bins), Fraction(m, bins)
        inside = [i for i, x in enumerate(map(Fraction, p)) if (low < x or (m == 1 and x == 0)) and x <= high]
        if inside:
            share = Fraction(sum(bool(good[i]) for i in inside), len(inside))
            mean = sum(Fraction(p[i]) for i in inside) / len(inside)
            error += Fraction(len(inside), len(p)) * abs(share - mean)
    return float(error)


def of_steps(name, p, good):
    written = [float(x) for x in p]
    good = np.asarray(good, dtype=bool)
    p = as_f32(p)
    precision, recall, f1, _ = precision_recall_fscore_support(
        good, p >= 0.5, labels=[True, False], zero_division=np.nan
    )
    epsilon = float(np.finfo(np.float32).eps)
    both = 0 < good.sum() < len(good)
    return {
        "name": name,
        "p_good": written,
        "good": good.tolist(),
        "accuracy": float(accuracy_score(good, p >= 0.5)),
        "precision": [number(x) for x in precision],
        "recall": [number(x) for x in recall],
        "f1": [number(x) for x in f1],
        "roc_auc": float(roc_auc_score(good, p)) if both else None,
        "log_loss": float(log_loss(good, np.clip(p, epsilon, 1 - epsilon), labels=[False, True])),
        "brier": float(brier_score_loss(good, p)),
        "calibration_error": {str(bins): calibration_error(p, good, bins) for bins in (1, 10, 15)},
    }


def calibrated(count, digits):
    p = np.round(random.beta(1.5, 0.8, count), digits)
    return p, random.random(count) < p


def steps():
    yield of_steps("fine", *calibrated(150, 4))
    yield of_steps("tied", *calibrated(150, 1))
    p, good = calibrated(60, 2)
    yield of_steps("knows nothing", p, random.permutation(good))
    yield of_steps("fooled", np.round(1 - p, 2), good)
    yield of_steps("only good", p, np.ones(60))
    yield of_steps("only bad", p, np.zeros(60))
    yield of_steps("calls all good", [0.5, 0.9, 1.0, 0.5], [True, False, True, True])
    yield of_steps("certain", [0, 1, 1, 0, 0.5], [False, True, False, True, True])
    yield of_steps("one step", [0.2], [False])


def first_errors(answers, threshold):
    right = defaultdict(list)
    for answer in answers:
        flagged = [i for i, p in enumerate(as_f32(answer["p_good"])) if p < threshold]
        found = flagged[0] if flagged else None
        right[answer["first_error"] is not None].append(found == answer["first_error"])
    with_error, without = (Fraction(sum(right[kind]), len(right[kind])) for kind in (True, False))
    both = with_error + without
    return with_error, without, 2 * with_error * without / both if both else Fraction(0)


def of_answers(digits):
    answers = []
    for _ in range(40):
        count = int(random.integers(1, 7))
        error = int(random.integers(0, count)) if random.random() < 0.6 else None
        p = random.beta(3, 1, count)
        if error is not None:
            p[error:] = random.beta(1.5, 2, count - error)
        answers.append({"p_good": np.round(p, digits).tolist(), "first_error": error})
    at = {}
    for threshold in (0.0, 0.25, 0.5, 0.75, 1.0):
        with_error, without, f1 = first_errors(answers, threshold)
        at[str(threshold)] = {"with_error": float(with_error), "without_error": float(without), "f1": float(f1)}
    candidates = {0.0, 1.0}.union(*(as_f32(answer["p_good"]).tolist() for answer in answers))
    best = max(first_errors(answers, candidate)[2] for candidate in candidates)
    return {"answers": answers, "at": at, "best_f1": float(best)}


def best_of(problem, n):
    best = passed = Fraction(0)
    draws = list(combinations(problem, n))
    for draw in draws:
        highest = max(sample["score"] for sample in draw)
        tied = [sample["right"] for sample in draw if sample["score"] == highest]
        best += Fraction(sum(tied), len(tied))
        passed += any(sample["right"] for sample in draw)
    return best / len(draws), passed / len(draws)


def vote(problem, weight):
    votes, right = defaultdict(Fraction), {}
    for sample in problem:
        if sample["answer"] is not None:
            votes[sample["answer"]] += weight(sample)
            right[sample["answer"]] = sample["right"]
    winners = [right[answer] for answer in votes if votes[answer] == max(votes.values())]
    return Fraction(sum(winners), len(winners)) if winners else Fraction(0)


def of_problems(samples, levels):
    problems = []
    for _ in range(16):
        hard = random.uniform(0.3, 1)
        problem = []
        for _ in range(samples):
            right = bool(random.random() > hard)
            answer = 0 if right else random.choice([1, 2, None], p=[0.6, 0.2, 0.2])
            # Sums of eighths are exact in f64, so votes tie there exactly if they do here.
            score = int(random.integers(0, levels) + levels // 3 * right) / 8
            problem.append({"score": score, "right": right, "answer": answer})
        problems.append(problem)
    curve = []
    for n in sorted({n for n in (1, 2, 4, 8) if n < samples} | {samples}):
        best, passed = (sum(values) / len(problems) for values in zip(*(best_of(p, n) for p in problems)))
        curve.append({"n": n, "best": float(best), "pass": float(passed)})
    majority = sum(vote(problem, lambda _: Fraction(1)) for problem in problems) / len(problems)
    weighted = sum(vote(problem, lambda sample: Fraction(sample["score"])) for problem in problems) / len(problems)
    return {"problems": problems, "curve": curve, "majority": float(majority), "weighted": float(weighted)}


def write(path):
    golden = {
        "steps": list(steps()),
        "answers": [of_answers(3), of_answers(1)],
        "problems": [of_problems(10, 100), of_problems(8, 4), of_problems(1, 4)],
    }
    with open(path, "w") as file:
        # A line a case.
        file.write("{\n")
        for index, (part, cases) in enumerate(golden.items()):
            lines = ",\n".join(json.dumps(case) for case in cases)
            file.write(f'"{part}": [\n{lines}\n]' + (",\n" if index < len(golden) - 1 else "\n"))
        file.write("}\n")


if __name__ == "__main__":
    write("judgement.json")
