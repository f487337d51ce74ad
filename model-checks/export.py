"""Exports the networks of catalogue.py with random weights, and writes what PyTorch computes of each: see README.md."""
import argparse
import gc
import json
import os
import shutil
import time
import torch
from catalogue import entries
from exporters import export
from networks import makeNetwork
from reference import writeReference
from settle import foldBatchNorm, pictures, settle


def exportOne(entry, out):
    folder = os.path.join(out, entry.name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    torch.manual_seed(0)
    shape = (entry.batch, 3, entry.size, entry.size)
    model = settle(makeNetwork(entry), shape)
    torch.manual_seed(2)
    x = pictures(shape)
    hugging = entry.origin == 'transformers'
    names = {'inputName': 'pixel_values', 'outputName': 'logits'} if hugging else {}
    export(model, x, os.path.join(folder, 'net.onnx'), entry.exporter, entry.opset, entry.dynamic, entry.external, **names)
    meta = {'name': entry.name, 'origin': entry.origin, 'network': entry.make, 'exporter': f'PyTorch {torch.__version__.split("+")[0]}, {entry.exporter}', 'opset': entry.opset, 'open': [n for n in entry.dynamic if n]}
    return writeReference(folder, meta, shape, foldBatchNorm(model, x))


def isComplete(out, name):
    return os.path.exists(os.path.join(out, name, 'reference.safetensors'))


def complete(folder):
    """What PyTorch computes of an export that another program made: its own meta.json says what it takes."""
    with open(os.path.join(folder, 'meta.json')) as file: meta = json.load(file)
    return writeReference(folder, meta, meta['inputShape'], scale=(meta.get('inputOffset', 0), meta.get('inputScale', 1)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', required=True)
    parser.add_argument('--missing', action='store_true', help='leave out those that are there')
    parser.add_argument('--references', action='store_true', help='only complete the exports of kerasExport.py that lie there')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('names', nargs='*', help='parts of names; all where none is given')
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    failures = {}
    if args.references:
        folders = sorted(name for name in os.listdir(args.out) if name.startswith('keras-') and os.path.exists(os.path.join(args.out, name, 'net.onnx')))
        jobs = [(name, lambda name=name: complete(os.path.join(args.out, name))) for name in folders if not isComplete(args.out, name)]
    else:
        jobs = [(entry.name, lambda entry=entry: exportOne(entry, args.out)) for entry in entries if not (args.missing and isComplete(args.out, entry.name))]
    for name, job in jobs:
        if args.names and not any(part in name for part in args.names): continue
        start = time.time()
        try:
            found = job()['reference']
            print(f'{name}: {time.time() - start:.0f} s', json.dumps({k: v for k, v in found.items() if k != 'constants'}), flush=True)
        except Exception as error:
            failures[name] = f'{type(error).__name__}: {error}'
            print(f'{name}: FAILED {failures[name][:600]}', flush=True)
        gc.collect()
    print(f'{len(failures)} failed: {", ".join(failures) or "none"}')
    raise SystemExit(1 if failures else 0)


if __name__ == '__main__':
    main()
