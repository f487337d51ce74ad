"""What PyTorch computes of a network, in double precision: output, gradient of every parameter, losses of plain SGD; and the files that hold it."""
import copy
import json
import os
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, numpy_helper
from safetensors.torch import save_file
from matching import matchParameters, setParameters, unlike
from oracle import TorchGraph
from settle import forward, pictures

steps = 5


def lossOf(logits, labels, weights):
    return F.cross_entropy(logits, labels, weights)


def gradientsOf(run, parameters, x, labels, weights):
    loss = lossOf(run(x), labels, weights)
    made = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    return loss.item(), {name: g for name, g in zip(parameters, made) if g is not None}


def descend(run, parameters, x, labels, weights, rate):
    """The losses after each of 5 steps of plain SGD on the same batch."""
    losses = []
    for _ in range(steps):
        _, gradients = gradientsOf(run, parameters, x, labels, weights)
        with torch.no_grad():
            for name, g in gradients.items(): parameters[name] -= rate * g
            losses.append(lossOf(run(x), labels, weights).item())
    return losses


def worst(mine, theirs):
    """Largest error of a gradient: as a part of that parameter's largest, or of the network's where that is kinder; a network passes below 1."""
    top = max(g.abs().max().item() for g in theirs.values())
    ratios = {name: (mine[name] - g).abs().max().item() / max(1e-3 * g.abs().max().item(), 1e-6 * top) for name, g in theirs.items()}
    name = max(ratios, key=ratios.get)
    return ratios[name], name


def besideImages(model):
    """Names that images meet before the first layer: what scales and shifts them."""
    floats = {t.name for t in model.graph.initializer}
    images, found = {next(i.name for i in model.graph.input if i.name not in floats)}, set()
    for node in model.graph.node:
        if not images.intersection(node.input): continue
        if node.op_type not in ('Add', 'Sub', 'Mul', 'Div', 'Transpose', 'Reshape', 'Identity', 'Cast'): break
        images.update(node.output)
        if node.op_type in ('Add', 'Sub', 'Mul', 'Div'): found.update(floats.intersection(node.input))
    return found


def constantsOf(model, module):
    """Names of initializers that are no parameters, with the reason."""
    found = {}
    for node in model.graph.node:
        if node.op_type == 'BatchNormalization':
            for name in node.input[3:5]: found[name] = 'batch statistics'
        if node.op_type in ('Resize', 'Upsample', 'Clip', 'Pad'):
            for name in node.input[1:]: found[name] = f'argument of {node.op_type}'
    for name in besideImages(model): found.setdefault(name, 'preprocessing')
    buffers = {} if module is None else dict(module.named_buffers())
    for t in model.graph.initializer:
        if t.data_type != TensorProto.FLOAT: continue
        value = torch.from_numpy(numpy_helper.to_array(t).copy())
        if value.numel() == 1: found.setdefault(t.name, 'a number')
        for buffer in buffers.values():
            if buffer.is_floating_point() and buffer.numel() == value.numel() and unlike(buffer.reshape(value.shape).float(), value) < 1e-5: found.setdefault(t.name, 'a buffer')
    return found


def drawBatch(shape, classes, seed, scale, channelsLast=False):
    """Images, labels and class weights."""
    torch.manual_seed(1000 + seed)
    n, h, w, c = shape if channelsLast else [shape[k] for k in (0, 2, 3, 1)]
    images = scale[0] + scale[1] * pictures((n, c, h, w))
    return images.permute(0, 2, 3, 1).contiguous() if channelsLast else images, torch.randint(classes, (n,)), 0.5 + torch.rand(classes)


def doubled(batch):
    return batch[0].double(), batch[1], batch[2].double()


def roundedGradients(single, parameters, batch):
    """Gradients in single precision, then twice more with weights and images off by as much as rounding, as other kernels would have it."""
    start = {name: p.detach().clone() for name, p in parameters.items()}
    off = lambda value, noise: value * (1 + noise * torch.randn_like(value))
    for noise in (0, 2e-7, 2e-7):
        with torch.no_grad():
            for name, value in start.items(): parameters[name].copy_(off(value, noise))
        yield gradientsOf(single, parameters, off(batch[0], noise), *batch[1:])[1]
    with torch.no_grad():
        for name, value in start.items(): parameters[name].copy_(value)


def writeReference(folder, meta, shape, module=None, seeds=24, scale=(0, 1)):
    """
    Reads folder/net.onnx; adds meta.json and reference.safetensors. `module`: what was exported, batch norm folded alike. `scale`: middle and spread of the images.

    A value so near a kink that rounding pushes it over makes a gradient that single precision cannot repeat, PyTorch's own neither: images are drawn until PyTorch in single
    precision passes by a factor of 5 beside PyTorch in double precision, and beside PyTorch with weights off by as much as rounding.
    """
    path = os.path.join(folder, 'net.onnx')
    model = onnx.load(path)
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    inputName = session.get_inputs()[0].name
    classes = session.get_outputs()[0].shape[-1]
    oracle, single = TorchGraph(model), TorchGraph(model, torch.float32)
    floats = {t.name for t in model.graph.initializer if t.data_type == TensorProto.FLOAT}
    constants = constantsOf(model, module)
    # A single number is a parameter only where the module has one of that value.
    possible = {name: oracle.initializers[name] for name in sorted(floats) if constants.get(name, 'a number') in ('a number', 'preprocessing')}
    matches = {} if module is None else matchParameters(module, possible)
    for name in matches: constants.pop(name, None)
    parameters = {name: oracle.initializers[name].requires_grad_(True) for name in sorted(floats - set(constants))}
    inSingle = {name: single.initializers[name].requires_grad_(True) for name in parameters}
    best = None
    for seed in range(seeds):
        batch = drawBatch(shape, classes, seed, scale, channelsLast=shape[-1] == 3)
        exact, *rounded = roundedGradients(single, inSingle, batch)
        amplified = max(worst(other, exact)[0] for other in rounded)
        if best is not None and amplified >= max(best[0], 0.2): continue
        loss, gradients = gradientsOf(oracle, parameters, *doubled(batch))
        noise = worst({name: g.double() for name, g in exact.items()}, gradients)[0]
        if best is None or max(noise, amplified) < best[0]: best = max(noise, amplified), noise, amplified, seed, batch, loss, gradients
        if best[0] < 0.2: break
    _, noise, amplified, seed, batch, loss, gradients = best
    x, double = batch[0], doubled(batch)
    output = torch.from_numpy(session.run(None, {inputName: x.numpy()})[0])
    oracleError = unlike(oracle(x).detach(), output.double())
    assert oracleError < 1e-4, f'the PyTorch executor is off onnxruntime by {oracleError}'
    spread = ((output - output.mean(0)).abs().max() / output.abs().max()).item()
    assert spread > 0.01, f'logits hardly depend on the image: {spread} of the largest'
    for name in set(parameters) - set(gradients): constants[name] = 'does not reach the logits by a gradient'
    found = {'seed': seed, 'spread': spread, 'singlePrecision': noise, 'roundedWeights': amplified, 'matched': {}, 'folded': len(set(gradients) - set(matches)), 'constants': constants, 'oracleOutputError': oracleError}

    complete = False
    if module is not None:
        module = copy.deepcopy(module).double()
        setParameters(module, matches, {name: oracle.initializers[name].detach() for name in matches})
        run = lambda images: forward(module, images)
        own = dict(module.named_parameters())
        for p in own.values(): p.requires_grad_(True)
        _, theirs = gradientsOf(run, own, *double)
        asInFile = {name: turn(theirs[parameter]) for name, (parameter, _, turn) in matches.items() if parameter in theirs}
        ratio, name = worst({n: gradients[n] for n in asInFile}, asInFile)
        assert ratio < 1, f'executor and module disagree on the gradient of {name}: {ratio} of what is allowed'
        left = sorted(set(theirs) - {parameter for parameter, _, _ in matches.values()})
        complete = not left and not found['folded']
        for _, (_, how, _) in matches.items(): found['matched'][how] = found['matched'].get(how, 0) + 1
        found.update(moduleParameters=len(theirs), parametersInsideOthers=left, executorBesideModule=ratio)
        gradients.update(asInFile)

    # A tenth of the loss to be lost at each step, by the slope. Single precision is enough for a thousandth of a loss, but only where rounding does not grow from step to
    # step: weights that are off by as much as rounding must lead to the same losses, or the steps are made smaller.
    rate = 0.1 * loss / sum(g.square().sum().item() for g in gradients.values())
    start = {name: inSingle[name].detach().clone() for name in gradients}
    for _ in range(8):
        runs = []
        for noise in (0, 5e-7, 5e-7):
            with torch.no_grad():
                for name, value in start.items(): inSingle[name].copy_(value * (1 + noise * torch.randn_like(value)))
            runs.append(descend(single, {name: inSingle[name] for name in gradients}, *batch, rate))
        losses = runs[0]
        found['lossesAndRounding'] = max(abs(a - b) / abs(a) for beside in runs[1:] for a, b in zip(losses, beside))
        if found['lossesAndRounding'] < 5e-5 and losses == sorted(losses, reverse=True): break
        rate /= 3
    if complete:
        module = module.float()
        own = dict(module.named_parameters())
        beside = descend(lambda images: forward(module, images), {name: own[name] for name in theirs}, *batch, rate)
        off = max(abs(a - b) / abs(b) for a, b in zip(losses, beside))
        assert off < 1e-4, f'executor and module disagree on the losses: {losses} and {beside}'
        losses = beside

    operators = {}
    for node in model.graph.node: operators[node.op_type] = operators.get(node.op_type, 0) + 1
    _, labels, weights = batch
    meta = {**meta, 'inputName': inputName, 'outputName': oracle.output, 'inputShape': list(x.shape), 'classes': classes, 'labels': labels.tolist(), 'classWeights': weights.tolist(), 'loss': loss, 'learningRate': rate,
            'losses': losses, 'operators': dict(sorted(operators.items())), 'reference': found}
    save_file({'input': x.contiguous(), 'output': output.contiguous(), **{f'gradient/{name}': g.float().contiguous() for name, g in gradients.items()}}, os.path.join(folder, 'reference.safetensors'))
    with open(os.path.join(folder, 'meta.json'), 'w') as file: json.dump(meta, file, indent=1)
    return meta
