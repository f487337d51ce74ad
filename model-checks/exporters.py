"""PyTorch's two exporters, called as people call them."""
import os
import warnings
import torch
from torch import nn

warnings.filterwarnings('ignore')


class Logits(nn.Module):
    """Hugging Face's models give a structure; exports of them give the logits."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model(pixel_values).logits


def export(model, x, path, exporter, opset, dynamic=(), external=False, inputName='input', outputName='output'):
    """`exporter`: old (TorchScript) or new (torch.export). `dynamic`: names of the input's first axes that stay open. `external`: weights in a second file."""
    axes = {axis: name for axis, name in enumerate(dynamic) if name}
    common = {'input_names': [inputName], 'output_names': [outputName], 'opset_version': opset}
    if exporter == 'old':
        torch.onnx.export(model, (x,), path, dynamo=False, dynamic_axes={inputName: axes, outputName: {0: axes[0]}} if axes else None, **common)
        return
    shapes = ({axis: torch.export.Dim.DYNAMIC for axis in axes},) if axes else None
    torch.onnx.export(model, (x,), path, dynamo=True, dynamic_shapes=shapes, external_data=external, verbose=False, **common)
    beside = path + '.data'
    assert os.path.exists(beside) == external, f'{beside}: expected {external}'
