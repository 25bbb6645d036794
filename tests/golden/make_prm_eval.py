#!/usr/bin/env python3
"""Golden data for `pure prm eval`: texts, labels and samples, and what transformers and scikit-learn make
of them.

Run with torch 2.15.0 (CPU), transformers 4.57.1, tokenizers 0.22, scikit-learn 1.9.1, from the
repository's root, after make_prm.py:

    python tests/golden/make_prm_eval.py

tests/golden/prm_eval holds a tokenizer for the reward model of prm/token_cls, the data, and
`expected.json`. Each answer is judged alone. What scikit-learn knows is asked of it; the F1 of
ProcessBench, the choice among samples and the votes are counted here, the choice by going through every
subset of the samples.
"""
import json
import random
from collections import defaultdict
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score, brier_score_loss, log_loss, precision_recall_fscore_support, roc_auc_score)
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2ForTokenClassification

HERE = Path(__file__).parent
OUT = HERE / "prm_eval"
WORDS = ["<|pad|>", "<|end|>", "\n", ".\n\n", "\n\n", ".", " ", "+", "=", "?", "\\boxed{", "}\n\n", "}",
         "So ", "Then ", "Hence ", "What is ", *"0123456789"]
PATTERN = r"\.\n\n|\}\n\n|\n\n|\\boxed\{|So |Then |Hence |What is |[\n. +=?}]|[0-9]"
MARKER = WORDS.index("\n")
SEPARATORS = {index for index, word in enumerate(WORDS) if word.endswith("\n\n")}
LIMIT = 128
THRESHOLDS = [0.5, 0.4]
BINS = 15
draw = random.Random(11)


def tokenizer():
    model = models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="<|unknown|>")
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(PATTERN), "isolated")
    tokenizer.decoder = decoders.Fuse()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, clean_up_tokenization_spaces=False)
    fast.save_pretrained(OUT)
    (OUT / "special_tokens_map.json").unlink()
    return tokenizer


def number():
    return draw.randrange(1000)


def prompt():
    return f"What is {number()}+{number()}?"


def steps(count):
    return [f"{draw.choice(['So ', 'Then ', 'Hence '])}{number()}+{number()}={number()}."
            for _ in range(count)]


def labelled():
    """Answers with labels of every kind, and three that must be left out."""
    records = []
    for index in range(48):
        texts = steps(draw.randint(1, 6))
        labels = [draw.choices([True, False, 0.75, 0.25, None], [6, 4, 1, 1, 1])[0] for _ in texts]
        records.append({"id": f"s{index}", "prompt": prompt(), "completions": texts, "labels": labels})
    records[5]["completions"] = steps(12)  # longer than the model's positions
    records[5]["labels"] = [True] * 12
    records[11]["completions"][0] = "So 1.\n\nThen 2."
    records[17]["labels"].append(True)
    return records, {"s5", "s11", "s17"}


def cases(count):
    records = []
    for index in range(count):
        texts = steps(draw.randint(1, 6))
        label = draw.choice([-1, draw.randrange(len(texts))])
        records.append({"id": f"c{index}", "problem": prompt(), "steps": texts, "label": label,
                        "final_answer_correct": label == -1})
    return records


def sampled():
    questions, samples = [], []
    for index in range(14):
        truth = draw.randrange(10)
        questions.append({"id": f"q{index}", "prompt": prompt(), "answer": str(truth)})
        for sample in range(5 if index == 3 else 6):
            said = draw.choice([f"{truth}", f"{truth}.0", f"{truth + 1}", f"{truth + 2}.0"])
            text = "\n\n".join([*steps(draw.randint(0, 4)), f"\\boxed{{{said}}}"])
            samples.append({"id": f"q{index}", "sample": sample, "text": text, "finish": "end"})
    samples[7]["text"] = ""  # an answer all the same, if none that could be right
    samples[20] = dict(samples[19], sample=2)  # the same again, which ties
    draw.shuffle(samples)
    return questions, samples


class Judge:
    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.model = Qwen2ForTokenClassification.from_pretrained(
            HERE / "prm" / "token_cls", dtype=torch.float32, attn_implementation="eager").eval()

    def rewards(self, prompt, response):
        before = self.tokenizer.encode(prompt).ids
        behind = self.tokenizer.encode(response).ids
        ends = [len(before) + n for n, token in enumerate(behind) if token in SEPARATORS]
        assert ends[-1] == len(before) + len(behind) - 1
        read = before + behind
        if len(read) > LIMIT:
            return None
        for end in ends:
            read[end] = MARKER
        with torch.no_grad():
            logits = self.model(torch.tensor([read])).logits[0, ends]
        bad, good = logits.double().softmax(-1).unbind(-1)
        return (good - bad).numpy()

    def chances(self, prompt, steps):
        rewards = self.rewards(prompt, "".join(step + "\n\n" for step in steps))
        return None if rewards is None else (1 + rewards) / 2


def step_quality(pairs):
    p, good = np.array([p for p, _ in pairs]), np.array([y for _, y in pairs])
    called = p >= 0.5
    quality = {
        "steps": len(p), "share_good": good.mean(), "accuracy": accuracy_score(good, called),
        "roc_auc": roc_auc_score(good, p), "log_loss": log_loss(good, p),
        "brier": brier_score_loss(good, p),
    }
    for name, label in [("good", True), ("bad", False)]:
        precision, recall, f1, _ = precision_recall_fscore_support(
            good, called, labels=[label], average="macro")
        quality[name] = {"precision": precision, "recall": recall, "f1": f1}
    share_good, mean_p = calibration_curve(good, p, n_bins=BINS)
    bin_of = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], p)
    counts = np.bincount(bin_of, minlength=BINS)
    weights = counts[counts > 0] / len(p)
    quality["calibration_error"] = float((weights * np.abs(share_good - mean_p)).sum())
    return quality, counts.tolist()


def process_bench(judged, threshold):
    """As the benchmark's own script: predictions and labels are -1 where there is no error."""
    right = defaultdict(list)
    for p, label in judged:
        below = [index for index, chance in enumerate(p) if chance < threshold]
        right[label != -1].append((below[0] if below else -1) == label)
    wrong_ones, right_ones = np.mean(right[True]), np.mean(right[False])
    total = wrong_ones + right_ones
    return {
        "answers": len(judged), "with_error": len(right[True]), "accuracy_with_error": wrong_ones,
        "accuracy_without_error": right_ones,
        "accuracy": (sum(right[True]) + sum(right[False])) / len(judged),
        "f1": 2 * wrong_ones * right_ones / total if total else 0.0,
    }


def first_errors(judged):
    chances = sorted({0.0, 1.0, *(chance for p, _ in judged for chance in p)})
    between = [(low + high) / 2 for low, high in zip(chances, chances[1:])]
    best = max(process_bench(judged, threshold)["f1"] for threshold in between)
    return {"at": {str(t): process_bench(judged, t) for t in THRESHOLDS}, "best_f1": best}


def aggregates(rewards):
    chances = (1 + rewards) / 2
    weights = np.exp(-rewards / 0.1)
    shifted = {
        "min": rewards.min(), "soft-min": (weights * rewards).sum() / weights.sum(),
        "mean": rewards.mean(), "last": rewards[-1],
    }
    return {"product": chances.prod(), **{name: (1 + r) / 2 for name, r in shifted.items()}}


def elected(votes, truth):
    most = max(votes.values(), default=0)
    winners = [answer for answer, count in votes.items() if abs(count - most) < 1e-9]
    return winners.count(truth) / len(winners) if winners else 0.0


def best_of(problems, aggregate):
    fewest = min(len(samples) for _, samples in problems)
    curve = []
    for n in [1, 2, 4, fewest]:
        best = passed = 0.0
        for truth, samples in problems:
            subsets = list(combinations(samples, n))
            for subset in subsets:
                top = max(scores[aggregate] for scores, _ in subset)
                tops = [said == truth for scores, said in subset if scores[aggregate] == top]
                best += sum(tops) / len(tops) / len(subsets)
                passed += any(said == truth for _, said in subset) / len(subsets)
        curve.append({"n": n, "best": best / len(problems), "pass": passed / len(problems)})
    majority = weighted = 0.0
    for truth, samples in problems:
        counts, weights = defaultdict(int), defaultdict(float)
        for scores, said in samples:
            if said is not None:
                counts[said] += 1
                weights[said] += scores[aggregate]
        majority += elected(counts, truth) / len(problems)
        weighted += elected(weights, truth) / len(problems)
    return {"curve": curve, "votes": {"majority": majority, "weighted": weighted}}


def write(name, records, as_lines=True):
    texts = [json.dumps(record) for record in records]
    text = "\n".join(texts) + "\n" if as_lines else "[" + ",\n ".join(texts) + "]\n"
    (OUT / name).write_text(text)


def main():
    OUT.mkdir(exist_ok=True)
    (OUT / "process_bench").mkdir(exist_ok=True)
    judge = Judge(tokenizer())

    records, left_out = labelled()
    write("steps.jsonl", records)
    pairs, whole = [], []
    for record in records:
        if record["id"] in left_out:
            continue
        p = judge.chances(record["prompt"], record["completions"])
        known = [(chance, label >= 0.5) for chance, label in zip(p, record["labels"])
                 if label is not None]
        pairs += known
        if known:
            bad = [index for index, (_, good) in enumerate(known) if not good]
            whole.append(([chance for chance, _ in known], bad[0] if bad else -1))
    quality, counts = step_quality(pairs)
    expected = {"steps": {
        "answers": len(records) - len(left_out), "skipped": len(left_out), "quality": quality,
        "bins": counts, "first_errors": first_errors(whole)}}

    expected["process_bench"] = {}
    for name, count in [("a.jsonl", 40), ("b.json", 25)]:
        records = cases(count)
        write(f"process_bench/{name}", records, name.endswith("jsonl"))
        judged = [(judge.chances(r["problem"], r["steps"]), r["label"]) for r in records]
        expected["process_bench"][name] = first_errors(judged)

    questions, samples = sampled()
    write("questions.jsonl", questions)
    write("samples.jsonl", samples)
    asked = {question["id"]: question for question in questions}
    by_question = defaultdict(list)
    for sample in samples:
        text = sample["text"]
        said = Fraction(text.split("\\boxed{")[1][:-1]) if text else None
        rewards = judge.rewards(asked[sample["id"]]["prompt"], text + "\n\n")
        by_question[sample["id"]].append((aggregates(rewards), said))
    problems = [(Fraction(asked[name]["answer"]), found) for name, found in by_question.items()]
    expected["best_of"] = {name: best_of(problems, name)
                           for name in ["min", "soft-min", "mean", "product", "last"]}
    text = json.dumps(expected, indent=1, default=float)
    (OUT / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
