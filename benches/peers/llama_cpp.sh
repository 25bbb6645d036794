#!/usr/bin/env bash
# llama.cpp: llama_cpp.sh sample MODEL PRECISION ROWS LENGTH prints new tokens a second. MODEL is a Hugging Face folder.
# Builds itself on first use, from the sources in the package llama-cpp-python.
set -euo pipefail
version=0.3.36
home="${XDG_CACHE_HOME:-$HOME/.cache}/pure/peers/llama.cpp-$version"
task=$1 model=$2 precision=$3 rows=$4 length=$5
[ "$task" = sample ] || { echo "llama.cpp is asked for samples alone" >&2; exit 2; }

if [ ! -e "$home/done" ]; then
    mkdir -p "$home"
    python3 -m venv "$home/venv" >&2
    "$home/venv/bin/pip" install --quiet cmake ninja torch transformers==4.57.1 sentencepiece >&2
    url=$(curl --fail --silent --show-error --header 'Accept: application/vnd.pypi.simple.v1+json' \
        https://pypi.org/simple/llama-cpp-python/ | python3 -c "
import json, sys
name = 'llama_cpp_python-$version.tar.gz'
print(next(f['url'] for f in json.load(sys.stdin)['files'] if f['filename'] == name))")
    curl --fail --silent --show-error "$url" | tar xz -C "$home" --strip-components=1
    export PATH="$home/venv/bin:$PATH"
    cmake -S "$home/vendor/llama.cpp" -B "$home/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON \
        -DLLAMA_CURL=OFF -DLLAMA_BUILD_TESTS=OFF -DBUILD_SHARED_LIBS=OFF >&2
    cmake --build "$home/build" --target llama-batched-bench >&2
    touch "$home/done"
fi

model=$(cd "$model" && pwd)
gguf="$home/$(basename "$model")-$precision.gguf"
if [ ! -e "$gguf" ]; then
    PYTHONPATH="$home/vendor/llama.cpp/gguf-py" "$home/venv/bin/python" "$home/vendor/llama.cpp/convert_hf_to_gguf.py" \
        "$model" --outtype "$precision" --outfile "$gguf" >"$home/convert.log" 2>&1
fi
# Columns of its table: prompt, new, rows, cache, seconds and speed of the prompt, seconds and speed of new tokens.
"$home/build/bin/llama-batched-bench" -m "$gguf" -c 16384 -t "$(nproc)" -npp "$length" -ntg 64 -npl "$rows" 2>/dev/null |
    awk -F'|' -v rows="$rows" '$4 + 0 == rows { speed = $9 } END { print speed + 0 }'
