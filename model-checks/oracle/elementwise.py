"""ONNX operators that work number by number, in PyTorch: {name: function(node, *inputs)}."""
import torch
import torch.nn.functional as F


def fold(combine):
    """An operator of any number of inputs from one of two."""
    def run(_, first, *others):
        for other in others: first = combine(first, other)
        return first
    return run


def divide(_, a, b):
    return torch.div(a, b) if a.is_floating_point() else torch.div(a, b, rounding_mode='trunc')


def modulo(node, a, b):
    return torch.fmod(a, b) if node.get('fmod', 0) else torch.remainder(a, b)


def clip(node, x, low=None, high=None):
    low = node.get('min') if low is None else low
    high = node.get('max') if high is None else high
    # As PyTorch's own clamp by numbers does, the gradient at a bound is 1.
    number = lambda bound: bound.item() if torch.is_tensor(bound) else bound
    return x if low is None and high is None else torch.clamp(x, number(low), number(high))


def gelu(node, x):
    return F.gelu(x, approximate=node.get('approximate', 'none'))


def hardSigmoid(node, x):
    alpha, beta = node.get('alpha', 0.2), node.get('beta', 0.5)
    # PyTorch's own, where it is PyTorch's: its gradient is 0 at both bounds.
    if abs(alpha - 1 / 6) < 1e-6 and beta == 0.5: return F.hardsigmoid(x)
    return torch.clamp(alpha * x + beta, 0, 1)


def prelu(_, x, slope):
    return torch.where(x > 0, x, slope * x)


plain = {
    'Abs': torch.abs, 'Neg': torch.neg, 'Sqrt': torch.sqrt, 'Exp': torch.exp, 'Log': torch.log, 'Reciprocal': torch.reciprocal, 'Erf': torch.erf, 'Tanh': torch.tanh,
    'Sigmoid': torch.sigmoid, 'Relu': torch.relu, 'HardSwish': F.hardswish, 'Mish': F.mish, 'Softplus': F.softplus, 'Softsign': F.softsign, 'Floor': torch.floor,
    'Ceil': torch.ceil, 'Round': torch.round, 'Sign': torch.sign, 'Sin': torch.sin, 'Cos': torch.cos, 'Not': torch.logical_not, 'IsNaN': torch.isnan, 'Identity': lambda x: x,
    'Sub': torch.sub, 'Pow': torch.pow, 'And': torch.logical_and, 'Or': torch.logical_or, 'Equal': torch.eq, 'Less': torch.lt, 'LessOrEqual': torch.le,
    'Greater': torch.gt, 'GreaterOrEqual': torch.ge, 'Where': torch.where,
}
operators = {name: (lambda function: lambda node, *inputs: function(*inputs))(function) for name, function in plain.items()} | {
    'Add': fold(torch.add), 'Sum': fold(torch.add), 'Mul': fold(torch.mul), 'Max': fold(torch.maximum), 'Min': fold(torch.minimum), 'Div': divide, 'Mod': modulo, 'Clip': clip, 'Gelu': gelu,
    'HardSigmoid': hardSigmoid, 'PRelu': prelu,
    'LeakyRelu': lambda node, x: F.leaky_relu(x, node.get('alpha', 0.01)),
    'Elu': lambda node, x: F.elu(x, node.get('alpha', 1.0)),
    'Celu': lambda node, x: F.celu(x, node.get('alpha', 1.0)),
    'Selu': lambda node, x: F.selu(x),
    'Swish': lambda node, x: x * torch.sigmoid(node.get('alpha', 1.0) * x),
    'Dropout': lambda node, x, *_: x,
}
