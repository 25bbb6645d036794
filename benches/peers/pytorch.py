"""Tokens a second of PyTorch: python pytorch.py prefill|train MODEL f32|bf16 ROWS LENGTH

bf16 is what PyTorch's users have: weights in bf16 to read with, autocast to train with."""

import contextlib
import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers

LONG_ENOUGH = 4.0


def load(model):
    if model.startswith("{"):
        fields = json.loads(model)
        config = transformers.AutoConfig.for_model(fields.pop("model_type"), **fields)
        return transformers.AutoModelForCausalLM.from_config(config, torch_dtype=torch.float32)
    return transformers.AutoModelForCausalLM.from_pretrained(model, torch_dtype=torch.float32)


def quickest(tokens, run):
    run()
    start, best, runs = time.perf_counter(), float("inf"), 0
    while runs < 3 or time.perf_counter() - start < LONG_ENOUGH:
        begun = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - begun)
        runs += 1
    return tokens / best


def prefill(model, precision, tokens):
    model = model.eval().to(torch.bfloat16 if precision == "bf16" else torch.float32)
    with torch.inference_mode():
        return quickest(tokens.numel(), lambda: model(input_ids=tokens, use_cache=False))


def train(model, precision, tokens):
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.01, fused=True)
    reduced = precision == "bf16"

    def step():
        autocast = torch.autocast("cpu", torch.bfloat16) if reduced else contextlib.nullcontext()
        with autocast:
            logits = model(input_ids=tokens, use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(
            logits[:, :-1].flatten(0, 1).float(), tokens[:, 1:].flatten()
        )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return quickest(tokens.numel(), step)


def main():
    task, model, precision, rows, length = sys.argv[1:]
    torch.manual_seed(0)
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    model = load(model)
    tokens = torch.randint(0, model.config.vocab_size, (int(rows), int(length)))
    print({"prefill": prefill, "train": train}[task](model, precision, tokens))


main()
