#!/usr/bin/env python3
"""PyTorch's side of convLayers.mjs: one convolution with bias and ReLU, forward and with all its gradients.

usage: torchConvLayer.py BATCH THREADS. A line with a layer as JSON opens it, an empty line takes a step; milliseconds go out. The better of
PyTorch's two memory formats counts, which the opening finds out.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F

batch, threads = (int(text) for text in sys.argv[1:3])
torch.manual_seed(0)
torch.set_num_threads(threads)
torch.set_flush_denormal(True)


def prepare(layer, memory_format):
    _, channels, filters, side, window, groups = layer
    x, weight = torch.randn(batch, channels, side, side), torch.randn(filters, channels // groups, *window['kernel'])
    x, weight = (t.to(memory_format=memory_format).requires_grad_(True) for t in (x, weight))
    bias = torch.randn(filters, requires_grad=True)
    options = {'stride': window['stride'], 'padding': window['padding'], 'dilation': window.get('dilation', [1, 1]), 'groups': groups}
    forward = lambda: F.relu(F.conv2d(x, weight, bias, **options))
    seed = torch.randn_like(forward(), memory_format=torch.preserve_format)

    def step():
        start = time.perf_counter()
        torch.autograd.grad(forward(), [x, weight, bias], seed)
        return 1000 * (time.perf_counter() - start)

    return step


def best(layer):
    steps = [prepare(layer, form) for form in (torch.contiguous_format, torch.channels_last)]
    return min(steps, key=lambda step: min(step() for _ in range(4)))


print(f'PyTorch {torch.__version__}', flush=True)
step = None
for line in sys.stdin:
    if line.strip():
        step = best(json.loads(line))
        print(0, flush=True)
    else:
        print(f'{step():.3f}', flush=True)
