#!/usr/bin/env python3
"""PyTorch's side of `lesionlab bench`: images per second of a training step or of prediction.

usage: torchTrainStep.py {train|predict} MODEL SIZE BATCH THREADS SECONDS [--classes K] [--folded] [--as WAY] [--wait]
       torchTrainStep.py find MODEL

MODEL is torchvision's or timm's name (`resnet50`, `timm:vit_small_patch16_224`). A training step is what lesionlab measures too: a batch that
was not there before, weighted cross-entropy, backward, Adam on all parameters, the loss read back. The time is halved between PyTorch's two
memory formats, and the better one counts. With --folded batch norm goes into the convolutions before it and what remains keeps its statistics, as in
files that exporters write; dropout drops nothing then.
WAY is how a user of PyTorch could have it: `float32` (default), `compiled` by torch.compile, or `bfloat16` by autocast, which needs a processor with such
instructions; where it can't be had here, the exit status is 3 and the last line of the errors says why.
Prints one JSON object; with --wait one for every line that comes on standard input, so that two programs can take turns. `find` prints
PyTorch's version where there is such a network, and ends with status 1 where there is none.
"""
import argparse
import json
import os
import statistics
import sys
import time

import torch
import torch.nn.functional as F

from torchModels import findModel, foldBatchNorm

parser = argparse.ArgumentParser()
parser.add_argument('kind', choices=['train', 'predict', 'find'])
parser.add_argument('model')
for name, type in (('size', int), ('batch', int), ('threads', int), ('seconds', float)):
    parser.add_argument(name, type=type, nargs='?')
parser.add_argument('--classes', type=int, default=7)
parser.add_argument('--folded', action='store_true')
parser.add_argument('--as', dest='way', choices=['float32', 'compiled', 'bfloat16'], default='float32')
parser.add_argument('--wait', action='store_true')
options = parser.parse_args()
make = findModel(options.model)
if make is None:
    sys.exit(f'Neither torchvision nor timm has a network {options.model}.')
if options.kind == 'find':
    print(torch.__version__)
    sys.exit(0)
if options.seconds is None:
    parser.error('SIZE BATCH THREADS SECONDS are missing')


def refuse(why):
    print(why, file=sys.stderr)
    sys.exit(3)


if options.way == 'bfloat16' and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
    refuse('this processor has no instructions for bfloat16')
size, batch, classes = options.size, options.batch, options.classes
formats = {'contiguous': torch.contiguous_format, 'channels last': torch.channels_last}
torch.manual_seed(0)
torch.set_num_threads(options.threads)
# lesionlab's sessions treat denormal numbers as zero; PyTorch gets the same advantage.
torch.set_flush_denormal(True)


def build():
    model = make(classes, size)
    if options.folded:
        return foldBatchNorm(model, torch.randn(2, 3, size, size))
    return model.train(options.kind == 'train')


def prepare(memory_format):
    """A function that takes one step, in one memory format."""
    model = build().to(memory_format=memory_format)
    answer = torch.compile(model) if options.way == 'compiled' else model
    cast = torch.autocast('cpu', torch.bfloat16, enabled=options.way == 'bfloat16')
    images = torch.empty(batch, 3, size, size).to(memory_format=memory_format)
    # Fresh values come from a longer array of noise, from another place each time, in the order in which they lie in memory.
    flat = (images.permute(0, 2, 3, 1) if memory_format is torch.channels_last else images).view(-1)
    noise = torch.randn(flat.numel() + 65537)
    weights = torch.linspace(0.5, 2, classes)
    optimizer = torch.optim.Adam(model.parameters(), 1e-5)
    count = 0

    def refill():
        nonlocal count
        count += 1
        start = count * 7919 % 65537
        flat.copy_(noise[start : start + flat.numel()])

    def train():
        refill()
        labels = (torch.arange(batch) + count) % classes
        optimizer.zero_grad(set_to_none=True)
        with cast:
            loss = F.cross_entropy(answer(images), labels, weight=weights)
        loss.backward()
        optimizer.step()
        return loss.item()

    def predict():
        refill()
        # Compiled networks refuse tensors of the inference mode.
        with torch.no_grad() if options.way == 'compiled' else torch.inference_mode(), cast:
            return F.softmax(answer(images).float(), 1)[0, 0].item()

    step = train if options.kind == 'train' else predict
    try:
        for _ in range(3):
            step()
    except Exception as error:
        if options.way == 'float32':
            raise
        refuse(str(error).strip().splitlines()[0])
    return step


def peakMemory(memory_format):
    """Most memory of a process of its own that does nothing but take such steps, in MiB; None where processes can't be forked."""
    if not hasattr(os, 'fork'):
        return None
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            prepare(memory_format)
            import resource  # where there is fork, there is this

            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            os.write(writer, str(most / 2**20 if sys.platform == 'darwin' else most / 2**10).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return round(float(text)) if text else None


def measure(step, budget):
    times = []
    start = time.perf_counter()
    while not times or time.perf_counter() - start < budget:
        before = time.perf_counter()
        step()
        times.append(time.perf_counter() - before)
    elapsed = time.perf_counter() - start
    return {
        'imagesPerSecond': round(len(times) * batch / elapsed, 2),
        'medianMilliseconds': round(1000 * statistics.median(times), 3),
        'fastestMilliseconds': round(1000 * min(times), 3),
        'steps': len(times),
    }


# Before the first threads start: a fork would not have them.
memory = {label: peakMemory(memory_format) if options.way == 'float32' else None for label, memory_format in formats.items()}
prepared = {label: prepare(memory_format) for label, memory_format in formats.items()}


def report():
    found = [
        {**measure(step, options.seconds / 2), 'memoryFormat': label, 'peakMemory': memory[label]} for label, step in prepared.items()
    ]
    best = max(found, key=lambda result: result['imagesPerSecond'])
    print(json.dumps({**best, 'torch': torch.__version__, 'threads': torch.get_num_threads()}), flush=True)


if options.wait:
    print(json.dumps({'ready': True, 'torch': torch.__version__}), flush=True)
    for _ in sys.stdin:
        report()
else:
    report()
