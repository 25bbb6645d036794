#!/usr/bin/env python3
"""Golden data for adapters: PEFT's own beside golden models, and what PEFT and PyTorch compute with them in
float32 (eager attention, one thread).

Run with torch 2.15.0 (CPU), transformers 4.57.1, peft, safetensors 0.8, from the repository's root:

    python tests/golden/make_adapters.py

Each folder of tests/golden/adapters holds an adapter whose base is a folder beside it, and `ref.safetensors`:

  input_ids                 rows of one length
  logits                    of the adapted model, at every token
  loss, grad.NAME           mean next-token cross-entropy, and its gradients of the adapter, for `lm*` alone
"""
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoModelForTokenClassification

GOLDEN = Path(__file__).parent
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
ALL = [*ATTENTION, "gate_proj", "up_proj", "down_proj"]
CASES = {
    "lm": ("models/qwen2_tied", AutoModelForCausalLM, dict(r=4, lora_alpha=6, target_modules=ALL)),
    "lm_rslora": ("models/qwen3", AutoModelForCausalLM,
                  dict(r=3, lora_alpha=5, target_modules=ATTENTION, use_rslora=True)),
    "prm": ("prm/token_cls", AutoModelForTokenClassification,
            dict(r=2, lora_alpha=8, target_modules=ALL, task_type="TOKEN_CLS", modules_to_save=["score"])),
}


def make(name, base, kind, settings):
    torch.manual_seed(len(name))
    model = kind.from_pretrained(GOLDEN / base, dtype=torch.float32, attn_implementation="eager")
    vocab = model.config.vocab_size
    settings.setdefault("task_type", "CAUSAL_LM")
    model = get_peft_model(model, LoraConfig(**settings)).eval()
    for key, parameter in model.named_parameters():
        if "lora_B" in key or "modules_to_save" in key:  # fresh ones change nothing
            torch.nn.init.normal_(parameter, 0.0, 0.2)
    ids = torch.randint(3, vocab, (3, 11))
    logits = model(ids).logits
    ref = {"input_ids": ids, "logits": logits.detach()}
    if name.startswith("lm"):
        loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
        loss.backward()
        ref["loss"] = loss.detach()[None]
        for key, parameter in model.named_parameters():
            if parameter.grad is not None:
                ref["grad." + key.removeprefix("base_model.model.").replace(".default", "")] = parameter.grad
    folder = GOLDEN / "adapters" / name
    model.peft_config["default"].base_model_name_or_path = f"../../{base}"
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    save_file({key: value.contiguous() for key, value in ref.items()}, folder / "ref.safetensors")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, case in CASES.items():
        make(name, *case)
