"""Makes the two tokenizers that tests/it/tokenizer.rs reads, and what transformers says of them.

`tokenizer/` is in Qwen2's style: ChatML, no token in front of a text. `tokenizer_bos/` is in
Llama 3's: a first token in front of every text, a template in its own file that refuses some
conversations, and no pad token. Both are byte-level BPE, trained on the lines below. In each
folder cases.json holds texts, tokens and conversations with transformers' answers.

    python tests/golden/make_tokenizer.py

Last run with Python 3.11.7, transformers 4.57.1, tokenizers 0.22.2, Jinja2 3.1.6. Every run writes
the same bytes.
"""

import json
import random
import shutil
from pathlib import Path

from jinja2 import TemplateError
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer
from transformers import AutoTokenizer, PreTrainedTokenizerFast

HERE = Path(__file__).parent

# Where a text goes on in the next line of this list, no comma ends the line.
LINES = [
    "Let $n$ be a positive integer.\n\n"
    "We count the divisors of $n$ that are at most $\\sqrt{n}$.\n\n",
    "Step 1: Write the equation as $x^2 - 5x + 6 = 0$:\n\n"
    "\\[(x - 2)(x - 3) = 0.\\]\n\n",
    "Step 2: Then $x = 2$ or $x = 3$, and the sum of the solutions is $\\boxed{5}$.\n\n",
    "Is the answer an integer?\n\nYes, it is!\n\nSo we are done; the area is 144 square units.\n\n",
    "The train leaves at 7:45 and needs 130 minutes, so it arrives at 9:55.\n\n",
    "\\begin{align*}\n"
    "a + b &= 12,\\\\\na - b &= 4.\n\\end{align*}\n\nAdding them gives $2a = 16$.\n\n",
    "First, we compute the probability: there are 36 outcomes, of which 6 are equal.\n\n",
    "Therefore the probability is $\\frac{6}{36} = \\frac{1}{6}$, and we're not finished yet.\n\n",
    "def area(r):\n    return 3.14159 * r * r\n\n\nprint(area(2))\n\n",
    "Zoë's café sells 3 cakes at 4 € each — naïve, isn't it?\n\n数学 is the word for mathematics.\n\n",
    "The angle is 60°, the ratio π : 2, and α ≤ β holds for every triangle.\n",
    "Suppose that they'll add 17 to 25; what is the result? The result is 42.\n",
]

# Qwen2 keeps digits apart; Llama 3 takes up to three of them together.
WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

CHATML = r"""
{%- set default_system = 'Solve the problem step by step; write the answer as \\boxed{}.' %}
{%- if messages[0].role == 'system' %}
    {%- set system, turns = messages[0].content, messages[1:] %}
{%- else %}
    {%- set system, turns = default_system, messages %}
{%- endif %}
{{- '<|im_start|>system\n' + system }}
{%- if tools %}
    {{- '\n\nYou may call these functions:' }}
    {%- for tool in tools %}
        {{- '\n' + (tool | tojson) }}
    {%- endfor %}
{%- endif %}
{{- '<|im_end|>\n' }}
{%- for turn in turns %}
    {{- '<|im_start|>' ~ turn.role ~ '\n' ~ turn.content }}
    {%- for call in turn.tool_calls or [] %}
        {{- '\n<call>' ~ (call | tojson) ~ '</call>' }}
    {%- endfor %}
    {{- '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
"""

STRICT = r"""
{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {{- '<|turn|>system\n' + messages[0]['content'].strip() + eos_token }}
    {%- set messages = messages[1:] %}
{%- endif %}
{%- for message in messages %}
    {%- if message['role'] != ['user', 'assistant'][loop.index0 % 2] %}
        {{- raise_exception('turn ' ~ loop.index ~ ' is not for ' ~ message['role'] ~ ' to take') }}
    {%- endif %}
    {{- '<|turn|>' + message['role'] + '\n' + message['content'] | trim + eos_token }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|turn|>assistant\n' }}
{%- endif %}
"""

TEXTS = [
    # Blanks.
    "", " ", "\n", "\n\n", "\n\n\n", "\n" * 7, " \n\n", "\n \n\n", "\n\n ", "\r\n\r\n", "a\r\nb",
    "\t\n\tb", " leading", "trailing ", "   both   ", "a  b   c", " " * 17,
    "one\n\ntwo\n\n\nthree\n\n\n\nfour\n", " .\n\n",
    "It is done.\n\nIs it?\n\nYes!\n\n$x$\n\n\\]\n\nend):\n\n- a\n\n",
    # Numbers, formulas, words.
    "a", "1234567890", "3.14159", "-1,000,000", "x1y22z333", "½ ² ٣٤ ５",
    "\\[\\frac{255}{4} = \\boxed{63.75}.\\]", "\\text{ cm}^2 \\\\ \\,dx$$",
    "it's IT'S they'll WE'RE don’t", "____----====\n\n***\n\n", "[[{{((\\\\//))}}]]",
    "def f(x):\n    return x\n\n\n# ok", "z" * 40,
    # Letters in one part and in several, of which NFC makes the former.
    "caf\u00e9", "cafe\u0301", "A\u030a \u212b \u00c5", "q\u0323\u0307 q\u0307\u0323",
    "\u1112\u1161\u11ab 한", "ﬁ \u2126",
    # Characters of several bytes, and rare ones.
    "😀", "👩\u200d🔬👍🏽🇩🇪 ok", "日本語の数学。\n\n次", "中文，数学", "Привет, мир! שלום हिन्दी",
    "𝔸𝟙", "a\u200bb\u00a0c\u3000d\u2028e", "\0\x07\x7f\x80\ufeff\ufffd",
    # Special tokens written out.
    "<|im_start|>user\nHi<|im_end|>\n", "a<|endoftext|>b <|im_end|> c", "<|im_end|>.\n\n<|im_end|>",
    "<|im_start", "<|IM_END|>", "<|begin|><|turn|>user\n 7<|end|>",
    *LINES[1:7:2],
]  # fmt: skip

CHATS = [
    [("user", "What is 2 + 3?")],
    [("system", "  Be brief.\n"), ("user", "What is 2 + 3?")],
    [("system", ""), ("user", "")],
    [("user", " a\n\n"), ("assistant", "b\n\nc "), ("user", "\nd")],
    [("system", "s"), ("user", "Zoë 😀 数学"), ("assistant", "cafe\u0301")],
    [("user", "{{ braces }} {% for %} {# #} \\boxed{} <b>&amp;</b> 'q' \"q\"")],
    [("user", "<|im_end|>\n<|im_start|>system\nmine<|end|><|turn|>")],
    [("user", "u"), ("system", "late")],
    [("assistant", "first")],
    [("user", "u"), ("user", "again"), ("tool", "5")],
]

CALL = {
    "name": "add",
    "arguments": {"b": [3, 2.5, -1e-3], "a": None, "é": 'ü "\\\n\t\x01</', "no": [True, {}, []]},
}


def train(digits, vocab_size, specials, first=None):
    """A tokenizer of `vocab_size` tokens whose last ones are `specials`."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    words = pre_tokenizers.Split(Regex(WORDS.replace("DIGITS", digits)), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [words, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    trainer = BpeTrainer(
        vocab_size=vocab_size - len(specials),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES, trainer)
    tokenizer.add_special_tokens(specials)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    if first is not None:
        tokenizer.post_processor = processors.Sequence([
            tokenizer.post_processor,
            processors.TemplateProcessing(
                single=f"{first} $A",
                pair=f"{first} $A {first}:1 $B:1",
                special_tokens=[(first, tokenizer.token_to_id(first))],
            ),
        ])
    return tokenizer


def save(folder, tokenizer, template, separate, **special):
    """Writes a folder as transformers lays it out, less what no test reads."""
    shutil.rmtree(folder, ignore_errors=True)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        clean_up_tokenization_spaces=False,
        model_max_length=4096,
        **special,
    )
    fast.chat_template = template.strip("\n")
    fast.save_pretrained(folder, save_jinja_files=separate)
    (folder / "special_tokens_map.json").unlink()


def conversations():
    """Each of CHATS, and one with more in a turn than its text."""
    for turns in CHATS:
        yield [{"role": role, "content": content} for role, content in turns]
    yield [
        {"role": "user", "content": "Add."},
        {"role": "assistant", "content": "", "tool_calls": [CALL, CALL]},
    ]


def cases(folder):
    """What transformers makes of all of the above with the tokenizer of `folder`."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    size = len(tokenizer)

    def decodes(ids):
        return {
            "decode": tokenizer.decode(ids),
            "decode_skip_special": tokenizer.decode(ids, skip_special_tokens=True),
        }

    def encoding(text):
        found = tokenizer(text, return_offsets_mapping=True)
        ids = found["input_ids"]
        tokens = tokenizer.convert_ids_to_tokens(ids)
        found = {"text": text, "ids": ids, "tokens": tokens, "offsets": found["offset_mapping"]}
        return found | decodes(ids)

    def prompt(messages, opened):
        made = {"messages": messages, "add_generation_prompt": opened}
        try:
            text = tokenizer.apply_chat_template(
                messages, add_generation_prompt=opened, tokenize=False
            )
        except TemplateError as error:
            return made | {"error": str(error)}
        ids = tokenizer.apply_chat_template(messages, add_generation_prompt=opened)
        return made | {"text": text, "ids": ids}

    # The first 256 tokens are single bytes, of which few sequences are UTF-8. Of the last list, two
    # are in no vocabulary.
    draw = random.Random(5)
    sequences = [
        [draw.randrange(limit) for _ in range(draw.randint(1, 12))] for limit in [256, size] * 12
    ]
    sequences.append(tokenizer("é😀", add_special_tokens=False)["input_ids"][1:-1])
    sequences.append([size - 3, size - 2, size - 1])
    sequences.append([size, 64, size + 9])

    chats = [prompt(messages, number % 3 != 2) for number, messages in enumerate(conversations())]
    each = [{"id": id, "text": tokenizer.decode([id])} for id in range(size)]

    made = {
        "vocab_size": size,
        "special_ids": tokenizer.get_added_vocab(),
        "eos_token": tokenizer.eos_token,
        "pad_token": tokenizer.pad_token,
        "tokens_ending_in_double_newline": [
            token for token in each if token["text"].endswith("\n\n")
        ],
        "encodings": [encoding(text) for text in TEXTS],
        "random_decodes": [{"ids": ids} | decodes(ids) for ids in sequences],
        "chat_prompts": [chat for chat in chats if "text" in chat],
        "refused_chats": [chat for chat in chats if "error" in chat],
    }
    # Trainers pad with the last token of a turn where there is no other.
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    texts = ["short", "a longer one, of $x^2$ words.\n\n", ""]
    batch = tokenizer(texts, padding=True, padding_side="left")
    made["left_padded_batch"] = {"texts": texts} | {
        key: batch[key] for key in ("input_ids", "attention_mask")
    }
    return made


def write(path, made):
    """JSON with a line for every case."""

    def lines(value):
        if not isinstance(value, list) or not value:
            return json.dumps(value, ensure_ascii=False)
        cases = [json.dumps(case, ensure_ascii=False) for case in value]
        return "[\n  " + ",\n  ".join(cases) + "\n ]"

    body = ",\n".join(f' "{key}": {lines(value)}' for key, value in made.items())
    path.write_text("{\n" + body + "\n}\n", encoding="utf-8")


def main():
    pad, start, end = specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokenizer = train("", 500, specials)
    named = {"eos_token": end, "pad_token": pad, "additional_special_tokens": [start, end]}
    save(HERE / "tokenizer", tokenizer, CHATML, False, **named)

    begin, turn, end = specials = ["<|begin|>", "<|turn|>", "<|end|>"]
    tokenizer = train("{1,3}", 320, specials, first=begin)
    named = {"bos_token": begin, "eos_token": end, "additional_special_tokens": [turn]}
    save(HERE / "tokenizer_bos", tokenizer, STRICT, True, **named)

    for folder in (HERE / "tokenizer", HERE / "tokenizer_bos"):
        write(folder / "cases.json", cases(folder))


if __name__ == "__main__":
    main()
