#!/usr/bin/env python3
"""Do PEFT and transformers read the adapters that this project writes, and compute the same?

Run with torch, transformers 4.57.1 and peft, from the repository's root, on a folder that was saved here:

    cargo test --test it -- --nocapture write_adapters_for_peft --ignored
    python tests/golden/check_adapters.py FOLDER...

The test writes the golden adapters again, and a fresh one of its own, and prints their folders; in each stands
`said.safetensors` with `input_ids` and the logits that were computed here. PEFT must find all weights of the adapter
and no other; then it merges it, and the merged folder that was written here must say the same. Fails if a logit
differs by 1e-4 or more.
"""
import json
import sys
import warnings
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoModelForTokenClassification

warnings.simplefilter("error")  # PEFT warns of keys that it misses


def check(folder):
    config = json.loads((folder / "adapter_config.json").read_text())
    kind = {"CAUSAL_LM": AutoModelForCausalLM, "TOKEN_CLS": AutoModelForTokenClassification}[config["task_type"]]
    loading = dict(dtype=torch.float32, attn_implementation="eager")
    said = load_file(folder / "said.safetensors")
    base = kind.from_pretrained(config["base_model_name_or_path"], **loading)
    adapted = PeftModel.from_pretrained(base, folder).eval()
    stored = set(load_file(folder / "adapter_model.safetensors"))
    wanted = {name.replace(".default", "").replace(".modules_to_save", "")
              for name, _ in adapted.named_parameters() if "lora_" in name or "modules_to_save" in name}
    assert stored == wanted, stored ^ wanted
    gaps = {}
    with torch.no_grad():
        gaps["beside"] = adapted(said["input_ids"]).logits - said["logits"]
        gaps["merged by PEFT"] = adapted.merge_and_unload()(said["input_ids"]).logits - said["logits"]
        here = kind.from_pretrained(folder / "merged", **loading).eval()
        gaps["merged here"] = here(said["input_ids"]).logits - said["logits"]
    gaps = {name: gap.abs().max().item() for name, gap in gaps.items()}
    print(f"{folder}: " + ", ".join(f"{name} {gap:.1e}" for name, gap in gaps.items()))
    return max(gaps.values())


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.exit(0 if max(check(Path(folder)) for folder in sys.argv[1:]) < 1e-4 else 1)
