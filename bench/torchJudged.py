"""
How far apart are a network's probabilities in PyTorch and in lesionlab, which runs its ONNX file? Trains a network (torchModels.py: of lenet, torchvision or timm) with PyTorch alone
on 600 lesions of HAM10000, has `lesionlab evaluate` ask its file about 300 others, and compares with PyTorch in 32 and in 64 bits.
usage: python bench/torchJudged.py <HAM10000, as downloaded> [<network> <pixels> <epochs>] (after `npm run build`; needs torch, onnx, onnxruntime, pandas, pillow; minutes)
"""
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import torch
from PIL import Image
from torch import nn

from torchModels import findModel

data = Path(sys.argv[1]).resolve()
name, side, epochs = sys.argv[2] if len(sys.argv) > 2 else 'lenet', *map(int, sys.argv[3:5] or (64, 10))
program = Path(__file__).resolve().parent.parent / 'bin' / 'lesionlab.js'
table = pd.read_csv(data / 'HAM10000_metadata.csv')
classes = sorted(table.dx.unique())
lesions = np.random.default_rng(1).permutation(sorted(table.lesion_id.unique()))
archives = [zipfile.ZipFile(path) for path in sorted(data.glob('HAM10000_images_part_*.zip'))]
places = {Path(name).stem: (archive, name) for archive in archives for name in archive.namelist() if name.endswith('.jpg')}


def load(rows):
    def pixels(image_id):
        archive, name = places[image_id]
        return np.asarray(Image.open(io.BytesIO(archive.read(name))).resize((side, side)))

    return torch.tensor(np.stack([pixels(image_id) for image_id in rows.image_id])).permute(0, 3, 1, 2).float() / 255


def train(rows):
    torch.manual_seed(0)
    net = findModel(name)(len(classes), side).train()
    images, labels = load(rows), torch.tensor([classes.index(dx) for dx in rows.dx])
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3)
    for _ in range(epochs):
        for batch in torch.randperm(len(labels)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(images[batch]), labels[batch]).backward()
            optimizer.step()
    return net.eval()


learned, tested = (table[table.lesion_id.isin(set(part))] for part in (lesions[:600], lesions[600:900]))
net, images = train(learned), load(tested)
with tempfile.TemporaryDirectory() as folder, torch.no_grad():
    file = str(Path(folder) / 'net.onnx')
    axes = {'images': {0: 'n'}, 'logits': {0: 'n'}}
    names = {'input_names': ['images'], 'output_names': ['logits'], 'dynamic_axes': axes}
    torch.onnx.export(net, images[:1], file, dynamo=False, **names)
    tested[['image_id']].to_csv(Path(folder) / 'tested.csv', index=False)
    reading = ['--image-size', side, '--fit', 'squash', '--interpolation', 'bicubic', '--mean', 0, '--std', 1, '--channel-order', 'rgb']
    words = ['evaluate', file, '--data', data, '--expected', 'tested.csv', '--run', 'run', '--class-names', ','.join(classes)]
    words += [*reading, '--resamples', 0, '--no-skin-tone', '--quiet']
    subprocess.run(['node', program, *map(str, words)], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    found = pd.read_csv(Path(folder) / 'run/evaluation/test/predictions.csv').set_index('image_id').loc[tested.image_id]
    answers = {
        'PyTorch, 32 bits': net(images).double().softmax(1).numpy(),
        'onnxruntime in Python, the same tensors': torch.tensor(
            onnxruntime.InferenceSession(file).run(None, {'images': images.numpy()})[0]
        ).double().softmax(1).numpy(),
        'lesionlab, the same files': found[classes].to_numpy(),
    }
    exact = net.double()(images.double()).softmax(1).numpy()

print(f'{name}, {len(tested)} images; the most that probabilities are from PyTorch in 64 bits, and from PyTorch in 32')
for what, probabilities in answers.items():
    apart = (np.abs(probabilities - other).max() for other in (exact, answers['PyTorch, 32 bits']))
    print(f'{what}: ' + ', '.join(f'{value:.1e}' for value in apart))
