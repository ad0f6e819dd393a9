#!/bin/sh
# Measures the shipped model as the tables of docs/quality.md and as one HTML page with pictures; everything it needs
# and its options: training/looksee_training/quality/__main__.py.
#   training/quality.sh [--large-mall DIR] [--limit N] ...
PYTHONPATH="$(dirname "$0")${PYTHONPATH:+:$PYTHONPATH}" exec "${PYTHON:-python3}" -m looksee_training.quality "$@"
