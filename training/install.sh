#!/bin/sh
# Installs what training and its tests need on Debian 12, from Debian alone; `npm test` needs none of it.
set -e
[ "$(id -u)" = 0 ] || sudo="sudo"
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends \
  python3-torch python3-torchvision python3-numpy python3-pil python3-onnx python3-pytest \
  python3-sklearn python3-matplotlib
