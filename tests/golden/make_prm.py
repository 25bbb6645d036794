#!/usr/bin/env python3
"""Golden data for process reward models: tiny ones of both kinds of head, and what PyTorch computes
with them in float32 (eager attention, one thread).

Run with torch 2.15.0 (CPU), transformers 4.57.1, safetensors 0.8, from the repository's root:

    python tests/golden/make_prm.py

Each folder of tests/golden/prm holds a checkpoint, `case.json` with the separators and the marker, and
`ref.safetensors`:

  prompts, responses        padded on the left, and on the right
  attention_mask            of both, one behind the other
  step_end_ids, step_mask   in the response: every separator and the last token, -1 where there is none
  prm.input_ids             prompts and responses, the end of each step replaced by the marker
  prm.logits                [bad, good] at every token, zero where the mask is
  step_logits, step_reward  at the ends of steps; P(good) - P(bad)

`token_cls` is transformers' own Qwen2ForTokenClassification. `mlp_head` has the layout of
Qwen2.5-Math-PRM, whose class is not part of transformers: linear, ReLU, linear on Qwen2Model.
"""
import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import Qwen2Config, Qwen2ForTokenClassification, Qwen2Model

OUT = Path(__file__).parent / "prm"
PAD, MARKER, SEPARATORS = 0, 5, [6, 7, 30]
PROMPTS, RESPONSES = [6, 3, 5, 5, 1], [14, 9, 14, 1, 6]
SHAPE = dict(
    vocab_size=64, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, head_dim=8, max_position_embeddings=128, bos_token_id=1, eos_token_id=2,
    pad_token_id=PAD, num_labels=2, attn_implementation="eager",
)


class TwoLayerPrm(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config, self.model = config, Qwen2Model(config)
        width = config.hidden_size
        self.score = torch.nn.Sequential(
            torch.nn.Linear(width, width), torch.nn.ReLU(), torch.nn.Linear(width, 2))

    def forward(self, *inputs, **named):
        return self.score(self.model(*inputs, **named).last_hidden_state)


def make(name, seed):
    torch.manual_seed(seed)
    config = Qwen2Config(**SHAPE)
    model = Qwen2ForTokenClassification(config) if name == "token_cls" else TwoLayerPrm(config)
    model.eval()
    for parameter in model.parameters():  # far from the tame initial state, biases included
        torch.nn.init.normal_(parameter, 1.0 if parameter.ndim == 1 else 0.0, 0.25)
    for parameter in model.score.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.25)

    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    if name == "token_cls":
        model.save_pretrained(folder)
    else:
        config.architectures = ["Qwen2ForProcessRewardModel"]
        config.auto_map = {"AutoModel": "modeling_qwen2_rm.Qwen2ForProcessRewardModel"}
        config.dtype = torch.float32
        config.save_pretrained(folder)
        save_file(model.state_dict(), folder / "model.safetensors", metadata={"format": "pt"})
    ref = reference(model)
    save_file({key: value.contiguous() for key, value in ref.items()}, folder / "ref.safetensors")
    case = dict(step_separator_token_id=MARKER, split_step_token_ids=SEPARATORS, seed=seed)
    (folder / "case.json").write_text(json.dumps(case) + "\n")


def reference(model):
    before, behind = max(PROMPTS), max(RESPONSES)
    prompts = torch.randint(8, 64, (len(PROMPTS), before))
    responses = torch.randint(8, 64, (len(PROMPTS), behind))
    # A separator inside a prompt ends nothing; two in a row; one as the last token.
    prompts[0, 3] = prompts[1, 4] = SEPARATORS[0]
    responses[0, [3, 4, 8]] = torch.tensor(SEPARATORS)
    responses[1, [0, 8]] = SEPARATORS[2]
    responses[2] = responses[0].roll(2)
    prompts[3] = prompts[2]  # one prompt, two answers
    prompt_mask = torch.tensor([[n >= before - size for n in range(before)] for size in PROMPTS])
    mask = torch.tensor([[n < size for n in range(behind)] for size in RESPONSES])
    prompts, responses = prompts * prompt_mask, responses * mask

    ends = [[n for n in range(size) if row[n] in SEPARATORS or n == size - 1]
            for row, size in zip(responses.tolist(), RESPONSES)]
    most = max(map(len, ends))
    step_mask = torch.tensor([[n < len(row) for n in range(most)] for row in ends])
    step_end_ids = torch.tensor([row + [-1] * (most - len(row)) for row in ends])

    input_ids = torch.cat([prompts, responses], 1)
    for row, places in enumerate(ends):
        input_ids[row, [before + place for place in places]] = MARKER
    attention_mask = torch.cat([prompt_mask, mask], 1).long()
    position_ids = (attention_mask.cumsum(-1) - 1).clamp(min=0)
    with torch.no_grad():
        out = model(input_ids, attention_mask=attention_mask, position_ids=position_ids)
    logits = getattr(out, "logits", out) * attention_mask[..., None]
    places = (before + step_end_ids.clamp(min=0))[..., None].expand(-1, -1, 2)
    step_logits = logits.gather(1, places) * step_mask[..., None]
    probabilities = step_logits.softmax(-1)
    return {
        "prompts": prompts, "responses": responses, "attention_mask": attention_mask,
        "step_end_ids": step_end_ids, "step_mask": step_mask.to(torch.uint8),
        "prm.input_ids": input_ids, "prm.logits": logits, "step_logits": step_logits,
        "step_reward": (probabilities[..., 1] - probabilities[..., 0]) * step_mask,
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    for seed, name in enumerate(["token_cls", "mlp_head"]):
        make(name, seed)
        size = sum(file.stat().st_size for file in (OUT / name).iterdir())
        print(f"{name}: {math.ceil(size / 1024)} KiB")
