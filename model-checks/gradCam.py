"""
Maps of the package grad-cam (Grad-CAM and HiResCAM) for six networks with random weights, beside their exports: see README.md.

A folder a network: net.onnx, meta.json (layer, its tensor in the file, how its axes lie, classes) and maps.safetensors.
"""
import argparse
import json
import os
import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
import torchvision
from pytorch_grad_cam import GradCAM, HiResCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from safetensors.torch import save_file
from exporters import export
from settle import pictures, settle


class DenseNet(torch.nn.Module):
    """torchvision's, with a ReLU that leaves its input as it was: in place it overwrites the activations that grad-cam keeps."""

    def __init__(self, net):
        super().__init__()
        self.features, self.relu, self.classifier = net.features, torch.nn.ReLU(), net.classifier

    def forward(self, x):
        return self.classifier(F.adaptive_avg_pool2d(self.relu(self.features(x)), 1).flatten(1))


side = lambda tokens: int(tokens.shape[1] ** 0.5)
# What a layer gives as [N, C, H, W]: as it is, channels last, or tokens behind a class token.
arrangements = {
    'channels first': lambda t: t,
    'channels last': lambda t: t.permute(0, 3, 1, 2),
    'tokens behind a class token': lambda t: t[:, 1:].transpose(1, 2).unflatten(2, (side(t[:, 1:]), side(t[:, 1:]))),
}
make = lambda name: torchvision.models.get_model(name, weights=None, num_classes=10)
networks = [
    ('resnet50', lambda: make('resnet50'), 'layer4.2', 'channels first'),
    ('efficientnet_b0', lambda: make('efficientnet_b0'), 'features.8', 'channels first'),
    ('densenet121', lambda: DenseNet(make('densenet121')), 'features.norm5', 'channels first'),
    ('densenet121', lambda: DenseNet(make('densenet121')), 'relu', 'channels first'),
    ('convnext_tiny', lambda: make('convnext_tiny'), 'features.7.2', 'channels first'),
    ('vit_b_16', lambda: make('vit_b_16'), 'encoder.layers.encoder_layer_11.ln_1', 'tokens behind a class token'),
    ('swin_t', lambda: make('swin_t'), 'features.7.1.norm1', 'channels last'),
]


def tensorsLike(path, x, activation):
    """Names of the tensors of the file that hold this activation, in order, with the same axes."""
    model = onnx.load(path)
    known = {o.name for o in model.graph.output}
    made = [name for node in model.graph.node if node.op_type != 'Constant' for name in node.output if name and name not in known]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in made)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=['CPUExecutionProvider'])
    found = []
    for start in range(0, len(made), 50):
        names = made[start:start + 50]
        for name, value in zip(names, session.run(names, {session.get_inputs()[0].name: x.numpy()})):
            if list(value.shape) == list(activation.shape) and value.dtype == np.float32 and np.abs(value - activation).max() < 1e-4 * np.abs(activation).max(): found.append(name)
    return found


def writeMaps(out, name, build, layerName, arrangement):
    folder = os.path.join(out, f'gradcam-{name}-{layerName.split(".")[-1]}')
    os.makedirs(folder, exist_ok=True)
    shape = (2, 3, 224, 224)
    torch.manual_seed(0)
    model = settle(build(), shape)
    torch.manual_seed(3)
    x = pictures(shape)
    path = os.path.join(folder, 'net.onnx')
    export(model, x, path, 'old', 17)
    layer = model.get_submodule(layerName)
    kept = []
    hook = layer.register_forward_hook(lambda _, inputs, output: kept.append(output.detach().clone()))
    with torch.no_grad(): classes = model(x).argmax(1).tolist()
    hook.remove()
    # One map of the class that is predicted, one of another.
    classes = [classes[0], (classes[1] + 3) % 10]
    targets = [ClassifierOutputTarget(c) for c in classes]
    stored = {'input': x, 'activation': kept[0].contiguous()}
    for method, kind in (('gradcam', GradCAM), ('hirescam', HiResCAM)):
        with kind(model=model, target_layers=[layer], reshape_transform=arrangements[arrangement]) as cam:
            full = cam(input_tensor=x, targets=targets)
            held = cam.activations_and_grads
            raw = cam.get_cam_image(x, layer, targets, held.activations[0].numpy(), held.gradients[0].numpy(), False)
        stored[f'{method}/signed'] = torch.from_numpy(np.ascontiguousarray(raw))
        positive = np.maximum(raw, 0)
        stored[f'{method}/map'] = torch.from_numpy(positive / np.maximum(positive.max((1, 2), keepdims=True), 1e-30))
        stored[f'{method}/image'] = torch.from_numpy(full)
    tensors = tensorsLike(path, x, kept[0].numpy())
    if not tensors: raise SystemExit(f'{name}: no tensor of {path} holds what {layerName} gives')
    save_file({key: value.float().contiguous() for key, value in stored.items()}, os.path.join(folder, 'maps.safetensors'))
    meta = {'network': name, 'layer': layerName, 'tensor': tensors[0], 'alike': tensors[1:], 'arrangement': arrangement, 'inputName': 'input', 'inputShape': list(shape), 'outputName': 'output', 'classes': classes}
    with open(os.path.join(folder, 'meta.json'), 'w') as file: json.dump(meta, file, indent=1)
    lit = [round((stored[f'{m}/map'] > 0).float().mean().item(), 2) for m in ('gradcam', 'hirescam')]
    print(folder, tensors, classes, 'part of the map above 0:', lit, flush=True)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', required=True)
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    torch.set_num_threads(2)
    for name, *rest in networks:
        if not args.names or name in args.names: writeMaps(args.out, name, *rest)
