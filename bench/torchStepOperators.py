#!/usr/bin/env python3
"""PyTorch's side of stepOperators.mjs: single layers, forward and either gradient, and what a whole training step's time goes to.

usage: torchStepOperators.py THREADS ROUNDS. A line with {"layer": ...} as JSON is answered by the least milliseconds of the three, one with {"model": ...}
by those of a step and of its operators; in the faster of PyTorch's two memory formats.
"""
import json
import os
import sys
import time

threads, rounds = (int(text) for text in sys.argv[1:3])
os.environ['OMP_NUM_THREADS'] = str(threads)

import torch
import torch.nn.functional as F
from torch.profiler import ProfilerActivity, profile

from torchModels import findModel

torch.manual_seed(0)
torch.set_num_threads(threads)
torch.set_flush_denormal(True)
formats = {'contiguous': torch.contiguous_format, 'channels last': torch.channels_last}


def least(step):
    step()
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        step()
        found.append(1000 * (time.perf_counter() - start))
    return min(found)


def partsOf(layer, memory_format):
    kind = layer['kind']
    x, weight = torch.randn(layer['x']), torch.randn(layer['weight'])
    if kind != 'linear':
        x, weight = (tensor.to(memory_format=memory_format) for tensor in (x, weight))
    x.requires_grad_(True), weight.requires_grad_(True)
    bias = None if kind == 'conv' else torch.randn(layer['weight'][0])
    padding = layer['padding']
    padding = padding[:2] if isinstance(padding, list) else padding

    def forward():
        if kind == 'linear':
            return F.linear(x, weight, bias)
        found = F.conv2d(x, weight, bias, layer['stride'], padding, layer['dilation'], layer['groups'])
        return found if kind == 'conv' else F.max_pool2d(found, 2)

    y = forward()
    seed = torch.randn_like(y, memory_format=torch.preserve_format)
    gradient = lambda source: torch.autograd.grad(y, source, seed, retain_graph=True)
    return [least(forward), least(lambda: gradient(x)), least(lambda: gradient(weight))]


def stepOf(question, memory_format):
    size, batch, classes = (question[key] for key in ('size', 'batch', 'classes'))
    make = findModel(question['model'])
    if make is None:
        return None
    model = make(classes, size).to(memory_format=memory_format).train()
    images = torch.randn(batch, 3, size, size).to(memory_format=memory_format)
    labels = torch.arange(batch) % classes
    optimizer = torch.optim.Adam(model.parameters(), 1e-5)

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(images), labels).backward()
        optimizer.step()

    milliseconds = least(step)
    count = 3
    with profile(activities=[ProfilerActivity.CPU]) as found:
        for _ in range(count):
            step()
    events = sorted(found.key_averages(), key=lambda event: -event.self_cpu_time_total)
    return milliseconds, [[event.key, event.self_cpu_time_total / 1000 / count] for event in events[:14]]


def answer(question):
    if 'layer' in question:
        either = [partsOf(question['layer'], form) for form in formats.values()]
        return [min(times) for times in zip(*either)]
    steps = {label: stepOf(question, form) for label, form in formats.items()}
    if None in steps.values():
        return None
    label = min(steps, key=lambda key: steps[key][0])
    return {'memoryFormat': label, 'step': steps[label][0], 'operators': steps[label][1]}


print(f'PyTorch {torch.__version__}', flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
