#!/usr/bin/env python3
"""Does `pure eval` write what transformers writes, greedily, to the same problems?

Run with torch and transformers 4.57.1, after

    pure eval --model MODEL --benchmark BENCHMARK --limit 200 --max-new-tokens 200 --output EVAL

as

    python tests/golden/check_eval.py MODEL BENCHMARK EVAL/NAME/samples.jsonl THEIRS.jsonl 200

BENCHMARK is JSON Lines with a `question` or `problem`, put into the model's own chat template. A text whose every token
has transformers' largest logit after those before it is the one that transformers writes. Others it writes on by itself,
from the first token that it would not have taken; then the tokens of both are told, and by how much the logit of ours is
below the largest: fails if that is 1e-3 or more, for what is nearer than rounding is a tie. THEIRS.jsonl gets all of its
texts as `pure verify --questions BENCHMARK` reads them; where it is there, it is gone on with.
"""
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

TIE = 1e-3


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def prompt(tokenizer, record):
    message = {"role": "user", "content": record.get("question") or record["problem"]}
    return tokenizer.apply_chat_template([message], add_generation_prompt=True)


def theirs(model, tokenizer, problem, sample, most):
    """Their text, and where it parts from ours, if it does: the tokens and the gap of their logits."""
    asked = prompt(tokenizer, problem)
    ours = tokenizer(sample["text"], add_special_tokens=False)["input_ids"][:most]
    if sample["finish"] == "end":
        ours.append(tokenizer.eos_token_id)
    logits = model(torch.tensor([asked + ours[:-1]])).logits[0, len(asked) - 1:]
    largest, likeliest = logits.max(-1)
    parts = (likeliest != torch.tensor(ours)).nonzero()
    if len(parts) == 0:
        return sample["text"], None
    at = parts[0].item()
    begun = torch.tensor([asked + ours[:at]])
    out = model.generate(begun, attention_mask=torch.ones_like(begun), max_new_tokens=most - at, do_sample=False)
    out = out[0, len(asked):]
    gap = (largest[at] - logits[at, ours[at]]).item()
    words = [tokenizer.decode(token) for token in (ours[at], likeliest[at])]
    return tokenizer.decode(out, skip_special_tokens=True), [at, *words, gap]


def main(folder, benchmark, samples, path, most):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ours = {sample["id"]: sample for sample in lines(samples)}
    path = pathlib.Path(path)
    there = {line["id"]: line for line in lines(path)} if path.exists() else {}
    with path.open("a") as file:
        for number, record in enumerate(lines(benchmark), 1):
            names = [record[name] for name in ("id", "unique_id", "idx") if name in record]
            id = str(names[0] if names else number)
            if id in ours and id not in there:
                text, parts = theirs(model, tokenizer, record, ours[id], int(most))
                there[id] = {"id": id, "text": text, "parts": parts}
                file.write(json.dumps(there[id]) + "\n")
                file.flush()
    differ = [line for line in there.values() if line["text"] != ours[line["id"]]["text"]]
    for line in differ:
        at, one, other, gap = line["parts"]
        print(f"{line['id']}: token {at} is {one!r} here and {other!r} there, {gap:.1e} below the largest logit")
    ties = sum(line["parts"][3] < TIE for line in differ)
    print(f"{len(there) - len(differ)} of {len(there)} texts are the same, {ties} part at a tie")
    return ties == len(differ)


if __name__ == "__main__":
    torch.set_num_threads(2)
    with torch.no_grad():
        sys.exit(0 if main(*sys.argv[1:]) else 1)
