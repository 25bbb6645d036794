"""The pictures of the README: the screen of a run as SVG, the page of its report as PNG.

    cargo run --example train_pure                     # makes the models, once
    pip install pyte                                   # a terminal; and Chromium for the page
    python .github/pictures/draw.py target/debug/pure runs/proof/base/seed-0

The run is the one of the sum of rewards; the picture is taken when the monitor has spoken. The report is of that run and of
the one beside it, `soft-min+vr`, which the example made.
"""

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from html import escape
from pathlib import Path

import pyte

COLUMNS, LINES = 100, 30
CELL, LINE = 8.4, 17
NAMES = {"default": "#d8dde3"}
# The terminal's own colours, a little lighter.
NAMES |= {"cd0000": "#ff6b6b", "00cd00": "#5fd38d", "00cdcd": "#5fc9e0", "cdcd00": "#e8c45a"}
EIGHTHS = "▁▂▃▄▅▆▇█"


def screen_of(command, said, seconds):
    """What a command shows once it has said something, and is then stopped as a person would."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.pop("CI", None)
        os.environ.pop("NO_COLOR", None)
        os.environ["TERM"] = "xterm-256color"
        time.sleep(0.2)
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    end, settled = time.time() + seconds, None
    while time.time() < end and (settled is None or time.time() < settled):
        if select.select([terminal], [], [], 0.1)[0]:
            stream.feed(os.read(terminal, 1 << 16))
        if settled is None and said in "\n".join(screen.display):
            settled = time.time() + 1
    assert settled, "\n".join(screen.display)
    shown = [[screen.buffer[y][x] for x in range(COLUMNS)] for y in range(LINES)]
    os.write(terminal, b"q")
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        pass
    os.waitpid(pid, 0)
    return shown


def colour(name):
    return NAMES.get(name) or f"#{name}"


def svg(shown):
    """Blocks are drawn, for fonts leave gaps between them; the rest is text."""
    width, height = COLUMNS * CELL + 24, LINES * LINE + 24
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img">',
        "<title>A run of pure train on a terminal</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="8" fill="#14171b"/>',
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">',
    ]
    for y, row in enumerate(shown):
        top = 12 + y * LINE
        x = 0
        while x < COLUMNS:
            cell, end = row[x], x + 1
            alike = lambda a, b: (a.fg, a.bg, a.bold) == (b.fg, b.bg, b.bold)
            is_block = cell.data in EIGHTHS + "░"
            if not is_block:
                while end < COLUMNS and alike(row[end], cell) and row[end].data not in EIGHTHS + "░":
                    end += 1
            left, wide = 12 + x * CELL, (end - x) * CELL
            text = "".join(it.data for it in row[x:end])
            if cell.bg != "default":
                out.append(f'<rect x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{LINE}" fill="{colour(cell.bg)}"/>')
            if cell.data == "░":
                out.append(f'<rect x="{left:.1f}" y="{top + 2}" width="{CELL}" height="{LINE - 4}" fill="#2a3038"/>')
            elif is_block:
                high = (LINE - 4) * (EIGHTHS.index(cell.data) + 1) / 8
                place = f'x="{left:.1f}" y="{top + LINE - 2 - high:.1f}" width="{CELL}" height="{high:.1f}"'
                out.append(f'<rect {place} fill="{colour(cell.fg)}"/>')
            elif text.strip():
                weight = ' font-weight="bold"' if cell.bold else ""
                out.append(
                    f'<text x="{left:.1f}" y="{top + 13}" textLength="{wide:.1f}" xml:space="preserve"'
                    f' fill="{colour(cell.fg)}"{weight}>{escape(text)}</text>'
                )
            x = end
    return "\n".join(out + ["</g>", "</svg>", ""])


def main():
    program, made = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    here = Path(__file__).parent.resolve()
    config = here.parent.parent / "configs/chain/pure.toml"
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        settings = {
            "model": made / "sft/model",
            "reward_model.model": made / "prm/model",
            "prompts.file": made / "data/train.jsonl",
            "evaluation.prompts": made / "data/held_out.jsonl",
            "checkpoints.save_steps": 2,
            "method.credit.form": "sum",
        }
        sets = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        command = [str(program), "train", "--config", str(config), "--output", "runs/sum", *sets]
        shown = screen_of(command, "the reward is being hacked", 1800)
        (here / "screen.svg").write_text(svg(shown))
        for run in ["soft-min+vr", "sum"]:
            shutil.copytree(made / run, Path("report") / run, ignore=shutil.ignore_patterns("checkpoints"))
        subprocess.run([program, "report", "report/soft-min+vr", "report/sum", "--output", "report.html"], check=True)
        picture = f"--screenshot={here / 'report.png'}"
        page = f"file://{folder}/report.html"
        chromium = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1180,1290"]
        subprocess.run([*chromium, picture, page], check=True)


main()
