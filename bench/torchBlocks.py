#!/usr/bin/env python3
"""PyTorch's side of blocks.mjs: one block of a network, forward or with all its gradients.

usage: torchBlocks.py BLOCK BATCH THREADS; for every line on standard input (`forward` or `training`) it takes one step and prints a JSON
object with its milliseconds, by the clock and of all threads together. Needs torch and torchvision. Inputs and gradients are those of a
block inside a network: x wants its gradient too.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

block, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.manual_seed(0)
torch.set_num_threads(threads)
torch.set_flush_denormal(True)


class VitBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv, self.project = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        n, tokens, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, tokens, width)
        x = x + self.project(mixed)
        return x + self.outer(F.gelu(self.inner(self.norm2(x))))


def convnext(width, side):
    from torchvision.models.convnext import CNBlock

    return CNBlock(width, 1e-6, 0.0), [batch, width, side, side]


def swin(width, heads, side):
    from torchvision.models.swin_transformer import SwinTransformerBlock

    return SwinTransformerBlock(width, heads, [7, 7], [0, 0]), [batch, side, side, width]


blocks = {
    'vit': lambda: (VitBlock(384, 6), [batch, 197, 384]),
    'convnext96': lambda: convnext(96, 56),
    'convnext384': lambda: convnext(384, 14),
    'swin': lambda: swin(96, 3, 56),
}


def prepare(memory_format):
    module, shape = blocks[block]()
    module = module.eval()
    like = dict(memory_format=memory_format) if memory_format else {}
    if memory_format:
        module = module.to(**like)
    x, dy = (torch.randn(shape).contiguous(**like) for _ in range(2))

    def forward():
        with torch.inference_mode():
            module(x)

    def training():
        leaf = x.detach().requires_grad_()
        module.zero_grad(set_to_none=True)
        module(leaf).backward(dy)

    return {'forward': forward, 'training': training}


# Both memory formats for images; the better one counts.
formats = [torch.contiguous_format, torch.channels_last] if block.startswith('convnext') else [None]
prepared = [prepare(memory_format) for memory_format in formats]
print(json.dumps({'torch': torch.__version__}), flush=True)
for line in sys.stdin:
    found = []
    for steps in prepared:
        wall, cpu = time.perf_counter(), time.process_time()
        steps[line.strip()]()
        found.append([1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - cpu)])
    print(json.dumps({'formats': found}), flush=True)
