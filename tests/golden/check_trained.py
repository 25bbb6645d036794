#!/usr/bin/env python3
"""Does transformers read what `pure sft` and `pure prm train` save, and compute the same?

Run with torch and transformers 4.57.1, after the commands in configs/chain/*.toml and:

    pure generate --model runs/chain/sft/model --input data/chain/held_out.jsonl --raw --output samples.jsonl
    pure score --prm runs/chain/prm/model --input steps.jsonl > scored.jsonl
    python tests/golden/check_trained.py policy runs/chain/sft/model data/chain/held_out.jsonl samples.jsonl
    python tests/golden/check_trained.py judge runs/chain/prm/model steps.jsonl scored.jsonl

where a line of steps.jsonl is {"id", "prompt", "steps"}. The model and the tokenizer of the folder are
opened by transformers' own classes, which must find all weights there and no other. Fails if a
log-probability of a sampled token differs by 1e-4 or more, or a reward by 1e-5.
"""
import json
import sys

import torch
from transformers import AutoModelForCausalLM, AutoModelForTokenClassification, AutoTokenizer


def opened(kind, folder):
    model, info = kind.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    wrong = {key: found for key, found in info.items() if found}
    assert not wrong, wrong
    return model.eval(), AutoTokenizer.from_pretrained(folder)


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file][:400]


def policy(folder, questions, samples):
    model, tokenizer = opened(AutoModelForCausalLM, folder)
    prompts = {question["id"]: question["prompt"] for question in lines(questions)}
    for sample in lines(samples):
        prompt = tokenizer(prompts[sample["id"]])["input_ids"]
        tokens = torch.tensor([prompt + sample["tokens"]])
        log_probs = model(tokens).logits[0, len(prompt) - 1:-1].log_softmax(-1)
        chosen = log_probs.gather(1, torch.tensor(sample["tokens"])[:, None])[:, 0]
        yield (chosen - torch.tensor(sample["logprobs"])).abs().max().item(), 1e-4


def judge(folder, steps, scored):
    model, tokenizer = opened(AutoModelForTokenClassification, folder)
    with open(f"{folder}/prm.json") as file:
        (marker,) = tokenizer(json.load(file)["marker"])["input_ids"]
    (separator,) = tokenizer("\n\n")["input_ids"]
    for answer, found in zip(lines(steps), lines(scored), strict=True):
        prompt = tokenizer(answer["prompt"])["input_ids"]
        text = "".join(step + "\n\n" for step in answer["steps"])
        tokens = prompt + tokenizer(text)["input_ids"]
        ends = [at for at in range(len(prompt), len(tokens)) if tokens[at] == separator]
        for end in ends:
            tokens[end] = marker
        bad, good = model(torch.tensor([tokens])).logits[0, ends].softmax(-1).unbind(-1)
        yield (good - bad - torch.tensor(found["rewards"])).abs().max().item(), 1e-5


if __name__ == "__main__":
    torch.set_num_threads(1)
    with torch.no_grad():
        gaps = list({"policy": policy, "judge": judge}[sys.argv[1]](*sys.argv[2:]))
    largest = max(gap for gap, _ in gaps)
    print(f"{sys.argv[2]}: {len(gaps)} answers, the largest difference is {largest:.1e}")
    sys.exit(0 if all(gap < limit for gap, limit in gaps) else 1)
