#!/usr/bin/env python3
"""Does transformers read the reward models that this project writes, and judge as it does?

Run with torch and transformers 4.57.1, from the repository's root, on a folder that was saved here and
the answers it judged:

    cargo test --test it -- --nocapture write_reward_models_for_transformers --ignored
    python tests/golden/check_prm.py FOLDER...

The test writes each golden reward model again, and fresh heads on a golden language model, and prints
the folders. In each stand the saved model and `judged.jsonl`: {"tokens", "ends", "rewards"}. Heads of
one layer are opened by AutoModelForTokenClassification, which must find all its weights there and no
other; those of two layers, whose class is not part of transformers, by Qwen2Model and a Sequential.
Fails if a reward differs by 1e-5 or more.
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModel, AutoModelForTokenClassification


def one_layer(folder):
    model, info = AutoModelForTokenClassification.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    wrong = {key: found for key, found in info.items() if found}
    assert not wrong, f"{folder}: {wrong}"
    assert type(model).__name__ in json.loads((folder / "config.json").read_text())["architectures"]
    return model.eval(), lambda tokens: model(tokens).logits


def two_layers(folder):
    config = AutoConfig.from_pretrained(folder)
    trunk = AutoModel.from_config(config, attn_implementation="eager").eval()
    width = config.hidden_size
    score = torch.nn.Sequential(
        torch.nn.Linear(width, width), torch.nn.ReLU(), torch.nn.Linear(width, 2))
    whole = torch.nn.ModuleDict({"model": trunk, "score": score})
    whole.load_state_dict(load_file(folder / "model.safetensors"), strict=True)
    return whole, lambda tokens: score(trunk(tokens).last_hidden_state)


def check(folder):
    names = load_file(folder / "model.safetensors")
    model, logits_of = (one_layer if "score.weight" in names else two_layers)(folder)
    largest, steps = 0.0, 0
    for line in (folder / "judged.jsonl").read_text().splitlines():
        answer = json.loads(line)
        with torch.no_grad():
            logits = logits_of(torch.tensor([answer["tokens"]]))[0, answer["ends"]]
        bad, good = logits.softmax(-1).unbind(-1)
        gap = (good - bad - torch.tensor(answer["rewards"])).abs()
        largest, steps = max(largest, gap.max().item()), steps + len(gap)
    print(f"{folder}: {steps} steps, rewards differ by at most {largest:.1e}")
    return steps > 0 and largest < 1e-5


if __name__ == "__main__":
    torch.set_num_threads(1)
    fine = [check(Path(folder)) for folder in sys.argv[1:]]
    sys.exit(0 if fine and all(fine) else 1)
