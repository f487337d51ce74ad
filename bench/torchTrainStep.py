#!/usr/bin/env python3
"""PyTorch's side of `lesionlab bench`: images per second of a training step or of prediction.

usage: torchTrainStep.py {train|predict} MODEL SIZE BATCH THREADS SECONDS [--wait]

A training step is what lesionlab measures too: a batch that was not there before, weighted cross-entropy, backward, Adam
on all parameters, the loss read back. The time is halved between PyTorch's two memory formats, and the better one counts.
Prints one JSON object; with --wait one for every line that comes on standard input, so that two programs can take turns.
"""
import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

kind, name = sys.argv[1], sys.argv[2]
size, batch, threads = (int(text) for text in sys.argv[3:6])
seconds = float(sys.argv[6])
classes = 7
torch.manual_seed(0)
torch.set_num_threads(threads)
# lesionlab's sessions treat denormal numbers as zero; PyTorch gets the same advantage.
torch.set_flush_denormal(True)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        side = (size // 2 - 4) // 2
        self.conv1 = nn.Conv2d(3, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * side * side, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


def build():
    if name == 'lenet':
        return LeNet()
    if name.startswith('efficientnet_lite'):
        import timm

        return timm.create_model(f'tf_{name}', num_classes=classes)
    import torchvision

    # A vision transformer of torchvision's is made for one size.
    sizes = {'image_size': size} if name.startswith('vit_') else {}
    return getattr(torchvision.models, name)(num_classes=classes, **sizes)


def prepare(memory_format):
    """A function that takes one step, in one memory format."""
    model = build().to(memory_format=memory_format)
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
        loss = F.cross_entropy(model(images), labels, weight=weights)
        loss.backward()
        optimizer.step()
        return loss.item()

    def predict():
        refill()
        with torch.inference_mode():
            return F.softmax(model(images), 1)[0, 0].item()

    model.train(kind == 'train')
    step = train if kind == 'train' else predict
    for _ in range(3):
        step()
    return step


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


def report(steps):
    found = [{**measure(step, seconds / 2), 'memoryFormat': label} for label, step in steps.items()]
    best = max(found, key=lambda result: result['imagesPerSecond'])
    print(json.dumps({**best, 'torch': torch.__version__, 'threads': torch.get_num_threads()}), flush=True)


prepared = {'contiguous': prepare(torch.contiguous_format), 'channels last': prepare(torch.channels_last)}
if '--wait' in sys.argv:
    print(json.dumps({'ready': True, 'torch': torch.__version__}), flush=True)
    for _ in sys.stdin:
        report(prepared)
else:
    report(prepared)
