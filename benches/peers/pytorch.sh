#!/usr/bin/env bash
# PyTorch and transformers: pytorch.sh TASK MODEL PRECISION ROWS LENGTH prints tokens a second. MODEL is a folder, or
# the text of a config.json, for random weights. Installs itself from PyPI on first use.
set -euo pipefail
home="${XDG_CACHE_HOME:-$HOME/.cache}/pure/peers/pytorch"
if [ ! -e "$home/done" ]; then
    python3 -m venv "$home" >&2
    "$home/bin/pip" install --quiet torch==2.15.0 transformers==4.57.1 >&2
    touch "$home/done"
fi
exec "$home/bin/python" "$(dirname "$0")/pytorch.py" "$@"
