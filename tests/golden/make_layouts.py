#!/usr/bin/env python3
"""Golden data for the layouts of reward models: which tokens are read of a prompt and steps, and where they are judged.

Run with transformers 4.57.1, tokenizers 0.22 and torch 2.15.0 (CPU), from the repository's root, after make_tokenizer.py,
make_prm.py and make_prm_eval.py:

    python tests/golden/make_layouts.py

writes tests/golden/layouts/cases.json, of small tokenizers, and expected.json, what ProcessBench's protocol says of the
reward model prm/token_cls in either layout. Another folder and tokenizers of one's own, to be tried by PURE_GOLDEN=OUT:

    python tests/golden/make_layouts.py OUT TOKENIZER...

How the models were made and are asked is written down here anew, from what is published of them:

- trl: PRMTrainer tokenizes the prompt and each completion by themselves without special tokens, puts the tokenizer's
  bos_token before the prompt if it has one, and the tokens of step_separator behind each completion; the label is that
  of the separator's last token.
- qwen2.5-math-prm: the model's card renders a conversation of system, user and assistant, whose turn is the steps joined
  and closed by <extra_0>, tokenizes all of it, and takes the softmax of the two logits at each <extra_0>.
- replace: PURE's policy learner reads the policy's own answer, in which steps end in a blank line, and puts the marker
  in the place of the token in which that ends. Here that token is found by its offsets in the text.
"""
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, PreTrainedTokenizerFast, Qwen2ForTokenClassification

HERE = Path(__file__).parent
EXTRA = "<extra_0>"
SYSTEM = "Please reason step by step, and put your final answer within \\boxed{}."
PROMPTS = ["What is 12 + 30?", "Find $x$ if $2x = 6$.\n\nGive a whole number.", "Élan, naïve: how many?"]
STEPS = [
    ["First, add 12 and 30.", "That makes $42$.", "So the answer is \\boxed{42}."],
    ["  Halve both sides:\n$x = 3$", "\\boxed{3}  "],
    ["Cafe\u0301 has 4 letters (é).", "1", "2 3 4", "Therefore:"],
]
# Only what is not joined can hold these.
APART = [["One line.\n\nAnother one.", "", "Done.\n"], [" 7", "x\n"]]


def trl(tokenizer, prompt, steps, separator):
    def ids(text):
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    between = tokenizer.encode(separator, add_special_tokens=False)
    read = ids(prompt)
    if tokenizer.bos_token_id is not None:
        read = [tokenizer.bos_token_id] + read
    labels = [-100] * len(read)
    for number, step in enumerate(steps):
        tokens = ids(step) + between
        read += tokens
        labels += [-100] * (len(tokens) - 1) + [number]
    return read, [place for place, label in enumerate(labels) if label != -100]


def qwen(tokenizer, prompt, steps):
    messages = [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": prompt},
        {"role": "assistant", "content": EXTRA.join(steps) + EXTRA},
    ]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=False)
    read = tokenizer.encode(text)
    marker = tokenizer.encode(EXTRA)[0]
    ends = [place for place, token in enumerate(read) if token == marker]
    return read[: ends[-1] + 1], ends  # what follows is not seen by any of them


def replace(tokenizer, prompt, steps, marker):
    before = tokenizer(prompt)["input_ids"]
    text = "".join(step + "\n\n" for step in steps)
    if normalizer := tokenizer.backend_tokenizer.normalizer:
        text = normalizer.normalize_str(text)  # offsets are those of the normalized text
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    behind = encoded["input_ids"]
    closed, at = set(), 0
    while (found := text.find("\n\n", at)) >= 0:
        at = found + 2
        closed.add(at)
    ends = [place for place, (_, end) in enumerate(encoded["offset_mapping"]) if end in closed]
    [token] = tokenizer.encode(marker, add_special_tokens=False)
    for end in ends:
        behind[end] = token
    return before + behind, [len(before) + end for end in ends]


def cases(name, folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    extended = AutoTokenizer.from_pretrained(folder)
    extended.add_special_tokens({"additional_special_tokens": [EXTRA]}, replace_additional_special_tokens=False)
    if extended.bos_token and "<|im_start|>" not in extended.get_vocab():
        extended = None  # no ChatML
    for prompt, steps in [(p, s) for p in PROMPTS for s in STEPS + APART]:
        case = {"tokenizer": name, "prompt": prompt, "steps": steps}

        def made(read, ends, **how):
            return {**case, **how, "input_ids": read, "ends": ends}

        yield made(*trl(tokenizer, prompt, steps, "\n"), preset="trl")
        yield made(*trl(tokenizer, prompt, steps, "\nStep: "), preset="trl", marker="\nStep: ")
        if tokenizer.bos_token is None:
            named = AutoTokenizer.from_pretrained(folder, bos_token=tokenizer.pad_token)
            yield made(*trl(named, prompt, steps, "\n"), preset="trl", bos_token=named.bos_token)
        if extended and not steps[0][:1].isspace():  # which may be one token with the newline before it
            yield made(*qwen(extended, prompt, steps), preset="qwen2.5-math-prm")
        if steps in STEPS:
            read, ends = replace(tokenizer, prompt, steps, "\n")
            assert len(ends) == len(steps), (name, steps, ends)
            yield made(read, ends, layout="replace", raw=True, marker="\n")


def process_bench(judged, threshold):
    match = {True: [], False: []}
    for p, label in judged:
        prediction = next((step for step, chance in enumerate(p) if chance < threshold), -1)
        match[label != -1].append(prediction == label)
    wrong, right = np.mean(match[True]), np.mean(match[False])
    return {
        "answers": len(judged), "with_error": len(match[True]), "accuracy_with_error": wrong,
        "accuracy_without_error": right, "f1": 2 * wrong * right / (wrong + right) if wrong + right else 0.0,
    }


def records(path):
    text = path.read_text()
    return json.loads(text) if path.suffix == ".json" else [json.loads(line) for line in text.splitlines()]


def expected():
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(HERE / "prm_eval" / "tokenizer.json"))
    model = Qwen2ForTokenClassification.from_pretrained(
        HERE / "prm" / "token_cls", dtype=torch.float32, attn_implementation="eager").eval()
    limit = model.config.max_position_embeddings
    layouts = {"replace": lambda prompt, steps: replace(tokenizer, prompt, steps, "\n"),
               "append": lambda prompt, steps: trl(tokenizer, prompt, steps, "\n")}
    found = {}
    for layout, read_as in layouts.items():
        for path in sorted((HERE / "prm_eval" / "process_bench").iterdir()):
            judged, skipped = [], 0
            for record in records(path):
                read, ends = read_as(record["problem"], record["steps"])
                if len(read) > limit:
                    skipped += 1
                    continue
                with torch.no_grad():
                    logits = model(torch.tensor([read])).logits[0, ends]
                judged.append((logits.double().softmax(-1)[:, 1].tolist(), record["label"]))
            at = {str(t): process_bench(judged, t) for t in (0.5, 0.4)}
            first = [round(p, 6) for p in judged[0][0]]
            found.setdefault(layout, {})[path.name] = {"at": at, "skipped": skipped, "p_good_of_first": first}
    return found


def main():
    if len(sys.argv) > 1:
        out = Path(sys.argv[1]) / "layouts"
        folders = {Path(name).name: Path(name) for name in sys.argv[2:]}
        for name, folder in folders.items():
            for file in ["tokenizer.json", "tokenizer_config.json"]:
                (out.parent / name).mkdir(parents=True, exist_ok=True)
                shutil.copy(folder / file, out.parent / name / file)
    else:
        out = HERE / "layouts"
        folders = {name: HERE / name for name in ["tokenizer", "tokenizer_bos"]}
        out.mkdir(exist_ok=True)
        (out / "expected.json").write_text(json.dumps(expected(), indent=1) + "\n")
    out.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(case) for name, folder in folders.items() for case in cases(name, folder)]
    (out / "cases.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


main()
