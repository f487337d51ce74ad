#!/usr/bin/env python3
"""PyTorch's side of `lesionlab bench epoch`: images per second of an epoch with a DataLoader of two workers and torchvision's v2 transforms.

usage: torchEpoch.py < JOB, or torchEpoch.py find MODEL

JOB is one JSON object: `model` as in torchTrainStep.py; `pixels`, a file whose first count x side x side x 3 bytes are images; `side`, `count`, `indices` and `labels` of the
training images; `imageSize`, `mean`, `std`; `augmentation` with lesionlab's names of settings, and `transforms`, the names of those that are on; `batchSize`, `threads`, `epochs`, `learningRate`. The images are decoded and
resized already, for both sides alike. Prints a JSON object: images a second of the last epoch, which has workers that run.
"""
import json
import sys
import time

import torch

from torchModels import findModel

if sys.argv[1:2] == ['find']:
    if findModel(sys.argv[2]) is None:
        sys.exit(1)
    from torchvision.transforms import v2  # noqa: F401 - without it there is no comparison

    print(torch.__version__)
    sys.exit(0)

import numpy as np
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import InterpolationMode, v2

job = json.load(sys.stdin)
size = job['imageSize']
known = {'crop', 'flip', 'turn', 'shear', 'affine', 'perspective', 'colorJitter'}
settings = job['augmentation'] or {}
other = [name for name in job['transforms'] if name not in known]
if other:
    print('torchvision has no counterpart here of ' + ', '.join(other), file=sys.stderr)
    sys.exit(3)


def get(name, default=0):
    return settings.get(name, default)


class QuarterTurn(torch.nn.Module):
    def __init__(self, probability):
        super().__init__()
        self.probability = probability

    def forward(self, image):
        if torch.rand(()) >= self.probability:
            return image
        return torch.rot90(image, int(torch.randint(1, 4, ())), (-2, -1))


linear = InterpolationMode.BILINEAR
steps = []
if get('crop', [1, 1]) != [1, 1]:
    steps.append(v2.RandomResizedCrop(size, scale=get('crop'), ratio=get('cropRatio'), interpolation=linear, antialias=True))
elif size != job['side']:
    steps.append(v2.Resize(size, antialias=True))
if get('horizontalFlip'):
    steps.append(v2.RandomHorizontalFlip(get('horizontalFlip')))
if get('verticalFlip'):
    steps.append(v2.RandomVerticalFlip(get('verticalFlip')))
if get('quarterTurns'):
    steps.append(QuarterTurn(get('quarterTurns')))
affine = {'degrees': get('rotationDegrees'), 'interpolation': linear}
if get('translate', [0, 0]) != [0, 0]:
    affine['translate'] = get('translate')
if get('scale', [1, 1]) != [1, 1]:
    affine['scale'] = get('scale')
if get('shearDegrees', [0, 0]) != [0, 0]:
    affine['shear'] = [-get('shearDegrees')[0], get('shearDegrees')[0], -get('shearDegrees')[1], get('shearDegrees')[1]]
if len(affine) > 2 or affine['degrees']:
    steps.append(v2.RandomAffine(**affine))
if get('perspective', {}).get('probability', 0):
    steps.append(v2.RandomPerspective(get('perspective')['distortion'], get('perspective')['probability'], interpolation=linear))
if any(get(name) for name in ('brightness', 'contrast', 'saturation', 'hue')):
    steps.append(v2.ColorJitter(*(get(name) for name in ('brightness', 'contrast', 'saturation', 'hue'))))
steps += [v2.ToDtype(torch.float32, scale=True), v2.Normalize(job['mean'], job['std'])]
transform = v2.Compose(steps)
pixels = np.memmap(job['pixels'], np.uint8, 'r', shape=(job['count'], job['side'], job['side'], 3))


class Prepared(Dataset):
    def __len__(self):
        return len(job['indices'])

    def __getitem__(self, i):
        image = torch.from_numpy(np.array(pixels[job['indices'][i]])).permute(2, 0, 1)
        return transform(image), job['labels'][i]


torch.manual_seed(0)
torch.set_num_threads(job['threads'])
torch.set_flush_denormal(True)
classes = job['classCount']
model = findModel(job['model'])(classes, size).train().to(memory_format=torch.channels_last)
weights = torch.linspace(0.5, 2, classes)
optimizer = torch.optim.AdamW(model.parameters(), job['learningRate'])
loader = DataLoader(Prepared(), job['batchSize'], shuffle=True, drop_last=True, num_workers=2, persistent_workers=True)
for _ in range(job['epochs']):
    start, images = time.perf_counter(), 0
    for batch, labels in loader:
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(batch.contiguous(memory_format=torch.channels_last)), labels, weight=weights)
        loss.backward()
        optimizer.step()
        loss.item()
        images += len(labels)
    seconds = time.perf_counter() - start
print(json.dumps({'imagesPerSecond': round(images / seconds, 2), 'seconds': round(seconds, 2), 'images': images, 'torch': torch.__version__}))
