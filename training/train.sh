#!/bin/sh
# Trains with settings that double the speed on a CPU: big blocks stay in the process instead of going back to the
# kernel after every layer, and one thread a process.
#   ./train.sh configs/default.toml --run runs/NAME [--set KEY=VALUE ...] [--resume]
cd "$(dirname "$0")" || exit 1
export MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 MALLOC_TOP_PAD_=268435456
export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 PYTHONUNBUFFERED=1
exec "${PYTHON:-python3}" -m looksee_training.train "$@"
