"""Runs an ONNX graph in PyTorch, operator by operator."""
import numpy as np
import onnx, onnx.inliner
import torch
from onnx import helper, numpy_helper
from . import arrangement, elementwise, layers

operators = {**arrangement.operators, **elementwise.operators, **layers.operators}


class Node:
    """A node as the operators' functions take it."""

    def __init__(self, proto, opset, dtype):
        self.kind, self.inputs, self.outputs, self.opset, self.dtype = proto.op_type, list(proto.input), list(proto.output), opset, dtype
        if proto.domain not in ('', 'ai.onnx') or self.kind not in operators: raise NotImplementedError(f'{proto.domain or "ONNX"}: {self.kind}')
        self.attributes = {a.name: helper.get_attribute_value(a) for a in proto.attribute}

    def get(self, name, otherwise=None):
        value = self.attributes.get(name, otherwise)
        return value.decode() if isinstance(value, bytes) else value

    def tensor(self, array):
        return toTensor(array, self.dtype)


def toTensor(array, dtype):
    tensor = torch.from_numpy(np.array(array))
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


class TorchGraph:
    """`model`: a ModelProto whose external data is loaded. Floats are computed as `dtype`."""

    def __init__(self, model, dtype=torch.float64):
        model = onnx.inliner.inline_local_functions(model) if model.functions else model
        opset = next(o.version for o in model.opset_import if o.domain in ('', 'ai.onnx'))
        self.dtype = dtype
        self.initializers = {t.name: toTensor(numpy_helper.to_array(t), dtype) for t in model.graph.initializer}
        self.input = next(i.name for i in model.graph.input if i.name not in self.initializers)
        self.output = model.graph.output[0].name
        self.nodes = [Node(node, opset, dtype) for node in model.graph.node]
        self.lastUse = {name: k for k, node in enumerate(self.nodes) for name in node.inputs}

    def __call__(self, x):
        """The first output at an input; values that are used no more are let go."""
        values = {**self.initializers, self.input: x.to(self.dtype)}
        for k, node in enumerate(self.nodes):
            inputs = [values[name] if name else None for name in node.inputs]
            while inputs and inputs[-1] is None: inputs.pop()
            made = operators[node.kind](node, *inputs)
            made = made if isinstance(made, (tuple, list)) else (made,)
            values.update(zip(node.outputs, made))
            for name in {*node.inputs, *node.outputs}:
                if name in values and name != self.output and self.lastUse.get(name, -1) <= k: del values[name]
        return values[self.output]
