#!/usr/bin/env python3
"""Golden data for the decoder: tiny models in the layout of Hugging Face, and what transformers
computes with them in float32 (eager attention, one thread).

Run with torch 2.15.0 (CPU), transformers 4.57.1, safetensors 0.8, from the repository's root:

    python tests/golden/make_models.py

Each folder of tests/golden/models holds a checkpoint and `ref.safetensors`:

  input_ids, attention_mask   prompts padded on the left, responses on the right
  logits                      zero where the mask is
  hidden.I                    residual stream after I blocks; hidden_after_final_norm
  response_logprobs[_tT]      of the response's tokens at temperature 1 or T, zero where masked
  response_entropy[_tT]
  right.*                     rows padded on the right only
  greedy.*                    the most likely continuation of left-padded prompts, nothing ends it
  bf16_error                  how far transformers' own bf16 logits are from these
  grad.*                      gradient of the mean next-token cross-entropy over `train.input_ids`,
                              all of whose positions count; train.loss
"""
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM
from transformers import Qwen3Config, Qwen3ForCausalLM

OUT = Path(__file__).parent / "models"
PROMPT, RESPONSE, GREEDY = 7, 9, 12
LLAMA_3_1 = dict(
    rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=16,
)
ENDS = dict(bos_token_id=1, eos_token_id=2, pad_token_id=0)
SIZES = dict(vocab_size=96, hidden_size=32, intermediate_size=56, num_hidden_layers=2,
             num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=128, **ENDS)
MODELS = {
    "qwen2_tied": (Qwen2ForCausalLM, Qwen2Config(**SIZES, tie_word_embeddings=True), {}),
    "qwen2_sharded": (
        Qwen2ForCausalLM,
        Qwen2Config(**{**SIZES, "num_hidden_layers": 3}, head_dim=12, rope_theta=1e6),
        dict(max_shard_size="40KB"),
    ),
    "qwen2_bf16": (Qwen2ForCausalLM, Qwen2Config(**{**SIZES, "num_key_value_heads": 1}), {}),
    "qwen3": (Qwen3ForCausalLM, Qwen3Config(**SIZES, head_dim=16, tie_word_embeddings=True), {}),
    "llama": (LlamaForCausalLM, LlamaConfig(**SIZES), {}),
    "llama_3_1": (LlamaForCausalLM, LlamaConfig(**SIZES, rope_scaling=LLAMA_3_1), {}),
}


def make(name, model_class, config, saving):
    for seed in range(100):
        torch.manual_seed(seed)
        model = model_class(config).eval()
        for parameter in model.parameters():  # far from the tame initial state, biases included
            torch.nn.init.normal_(parameter, 1.0 if parameter.ndim == 1 else 0.0, 0.25)
        dtype = torch.bfloat16 if name.endswith("bf16") else torch.float32
        model.to(dtype).save_pretrained(OUT / name, **saving)
        # Read back: `.to(dtype)` has rounded the rotary frequencies too, loading does not.
        model = model_class.from_pretrained(
            OUT / name, dtype=torch.float32, attn_implementation="eager")
        ref, margin = reference(model, config)
        ref["bf16_error"] = bf16_error(model_class, name, ref)
        if margin > 1e-3:  # else rounding could choose another greedy token
            return save_file(ref, OUT / name / "ref.safetensors")


def reference(model, config):
    ref, vocab = {}, config.vocab_size
    ids, mask = padded_batch(vocab)
    position_ids = (mask.cumsum(-1) - 1).clamp(min=0)
    real = mask.bool()
    with torch.no_grad():
        out = model.model(ids, attention_mask=mask, position_ids=position_ids)
        logits = model.lm_head(out.last_hidden_state)
        ref |= {"input_ids": ids, "attention_mask": mask, "logits": logits * real[..., None]}
        ref["hidden_after_final_norm"] = out.last_hidden_state * real[..., None]
        if config.num_hidden_layers == 3:  # one model is enough for these large ones
            for index, hidden in enumerate(residuals(model, ids, mask, position_ids)):
                ref[f"hidden.{index}"] = hidden * real[..., None]
        for temperature in [1.0, 0.7]:
            logprobs = (logits[:, PROMPT - 1:-1] / temperature).log_softmax(-1)
            suffix = "" if temperature == 1.0 else f"_t{temperature}"
            chosen = logprobs.gather(-1, ids[:, PROMPT:, None])[..., 0]
            entropy = -(logprobs.exp() * logprobs).sum(-1)
            ref[f"response_logprobs{suffix}"] = chosen * mask[:, PROMPT:]
            ref[f"response_entropy{suffix}"] = entropy * mask[:, PROMPT:]

        right_mask = torch.tensor([[n < length for n in range(8)] for length in [8, 5, 1]]).long()
        right = torch.randint(3, vocab, right_mask.shape) * right_mask
        right_logits = model(right, attention_mask=right_mask).logits * right_mask[..., None]
        ref |= {"right.input_ids": right, "right.attention_mask": right_mask,
                "right.logits": right_logits}

        prompt, prompt_mask = ids[:, :PROMPT], mask[:, :PROMPT]
        tokens, logprobs, margins = greedy(model, prompt, prompt_mask)
        ref |= {"greedy.prompt": prompt, "greedy.prompt_mask": prompt_mask,
                "greedy.tokens": tokens, "greedy.logprobs": logprobs}

    train = torch.randint(3, vocab, (3, 10))
    logits = model(train).logits
    loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), train[:, 1:].flatten())
    loss.backward()
    ref |= {"train.input_ids": train, "train.loss": loss.detach()[None]}
    ref |= {f"grad.{name}": parameter.grad for name, parameter in model.named_parameters()}
    return {key: value.contiguous() for key, value in ref.items()}, margins.min()


def bf16_error(model_class, name, ref):
    """How far transformers' own bf16 is from its f32: the root mean square over real logits."""
    model = model_class.from_pretrained(
        OUT / name, dtype=torch.bfloat16, attn_implementation="eager")
    mask = ref["attention_mask"]
    with torch.no_grad():
        logits = model(ref["input_ids"], attention_mask=mask,
                       position_ids=(mask.cumsum(-1) - 1).clamp(min=0)).logits.float()
    return (logits - ref["logits"])[mask.bool()].square().mean().sqrt()[None]


def padded_batch(vocab):
    prompts, responses = [7, 4, 6, 1], [9, 9, 3, 1]
    mask = torch.tensor([
        [n >= PROMPT - before if n < PROMPT else n < PROMPT + after
         for n in range(PROMPT + RESPONSE)]
        for before, after in zip(prompts, responses)
    ]).long()
    return torch.randint(3, vocab, mask.shape) * mask, mask


def residuals(model, *inputs):
    """transformers norms the last of its hidden states, so they are caught block by block."""
    caught = []
    hooks = [
        block.register_forward_hook(lambda _, given, output: caught.append((given[0], output)))
        for block in model.model.layers
    ]
    ids, mask, position_ids = inputs
    model.model(ids, attention_mask=mask, position_ids=position_ids)
    for hook in hooks:
        hook.remove()
    return [caught[0][0]] + [output if torch.is_tensor(output) else output[0]
                             for _, output in caught]


def greedy(model, ids, mask):
    tokens, logprobs, margins = [], [], []
    for _ in range(GREEDY):
        position_ids = (mask.cumsum(-1) - 1).clamp(min=0)
        logits = model(ids, attention_mask=mask, position_ids=position_ids).logits[:, -1]
        best = logits.topk(2).values
        margins.append(best[:, 0] - best[:, 1])
        token = logits.argmax(-1, keepdim=True)
        tokens.append(token)
        logprobs.append(logits.log_softmax(-1).gather(-1, token))
        ids, mask = torch.cat([ids, token], 1), torch.cat([mask, torch.ones_like(token)], 1)
    return torch.cat(tokens, 1), torch.cat(logprobs, 1), torch.stack(margins)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, parts in MODELS.items():
        make(name, *parts)
        size = sum(file.stat().st_size for file in (OUT / name).iterdir())
        print(f"{name}: {math.ceil(size / 1024)} KiB")
