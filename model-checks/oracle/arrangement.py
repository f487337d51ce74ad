"""ONNX operators that arrange numbers and reckon with shapes, in PyTorch: {name: function(node, *inputs)}."""
import numpy as np
import torch
import torch.nn.functional as F
from onnx import TensorProto, numpy_helper

integer = lambda values: torch.tensor(values, dtype=torch.int64)
listOf = lambda given: given.tolist() if torch.is_tensor(given) else list(given)


def constant(node):
    for name in ('value', 'value_float', 'value_floats', 'value_int', 'value_ints'):
        if name not in node.attributes: continue
        value = node.get(name)
        return node.tensor(numpy_helper.to_array(value) if name == 'value' else np.array(value, np.float32 if 'float' in name else np.int64))
    raise NotImplementedError('Constant of strings or sparse')


def constantOfShape(node, shape):
    value = node.tensor(numpy_helper.to_array(node.get('value'))) if 'value' in node.attributes else torch.zeros(1, dtype=node.dtype)
    return value.expand(shape.tolist()).clone()


def cast(node, x, like=None):
    if like is not None: return x.to(like.dtype)
    to = node.get('to')
    if to in (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16): return x.to(node.dtype)
    return x.to({TensorProto.INT64: torch.int64, TensorProto.INT32: torch.int32, TensorProto.BOOL: torch.bool, TensorProto.UINT8: torch.uint8, TensorProto.INT8: torch.int8}[to])


def shapeOf(node, x):
    return integer(list(x.shape)[node.get('start', 0):node.get('end', x.ndim)])


def reshape(node, x, shape=None):
    shape = listOf(node.get('shape') if shape is None else shape)
    if not node.get('allowzero', 0): shape = [x.shape[axis] if side == 0 else side for axis, side in enumerate(shape)]
    return x.reshape(shape)


def flatten(node, x):
    axis = node.get('axis', 1)
    axis = axis if axis >= 0 else axis + x.ndim
    return x.reshape(int(np.prod(x.shape[:axis])), -1)


def squeeze(node, x, axes=None):
    axes = node.get('axes') if axes is None else listOf(axes)
    axes = [a for a, side in enumerate(x.shape) if side == 1] if axes is None else [a % x.ndim for a in axes]
    return x.reshape([side for a, side in enumerate(x.shape) if a not in axes])


def unsqueeze(node, x, axes=None):
    axes = listOf(node.get('axes') if axes is None else axes)
    rank = x.ndim + len(axes)
    for axis in sorted(a % rank for a in axes): x = x.unsqueeze(axis)
    return x


def expand(_, x, shape):
    return x.expand(torch.broadcast_shapes(tuple(x.shape), tuple(shape.tolist())))


def split(node, x, sizes=None):
    axis = node.get('axis', 0)
    sizes = node.get('split') if sizes is None else listOf(sizes)
    if sizes is None: return torch.split(x, -(-x.shape[axis] // len(node.outputs)), axis)
    return torch.split(x, list(sizes), axis)


def slices(node, x, starts=None, ends=None, axes=None, steps=None):
    starts, ends = (listOf(node.get(name) if given is None else given) for name, given in (('starts', starts), ('ends', ends)))
    axes = node.get('axes') if axes is None else axes
    axes = list(range(len(starts))) if axes is None else listOf(axes)
    steps = [1] * len(starts) if steps is None else listOf(steps)
    for start, end, axis, step in zip(starts, ends, axes, steps):
        # Python's rules are ONNX's, but for an end far before the first element, which takes all when it goes backwards.
        chosen = list(range(x.shape[axis]))[slice(start, None if step < 0 and end < -x.shape[axis] else end, step)]
        x = x.index_select(axis, torch.tensor(chosen, dtype=torch.int64))
    return x


def gather(node, x, indices):
    axis = node.get('axis', 0) % x.ndim
    indices = torch.where(indices < 0, indices + x.shape[axis], indices)
    return x.index_select(axis, indices.reshape(-1).long()).reshape([*x.shape[:axis], *indices.shape, *x.shape[axis + 1:]])


def gatherND(node, x, indices):
    assert node.get('batch_dims', 0) == 0, 'GatherND with batch_dims'
    return x[tuple(indices.movedim(-1, 0))]


def gatherElements(node, x, indices):
    axis = node.get('axis', 0)
    return x.gather(axis, torch.where(indices < 0, indices + x.shape[axis], indices))


def scatterND(node, x, indices, updates):
    x = x.clone()
    x[tuple(indices.movedim(-1, 0))] = updates.to(x.dtype)
    return x


def pad(node, x, sides=None, value=None, axes=None):
    sides = listOf(node.get('pads') if sides is None else sides)
    axes = list(range(x.ndim)) if axes is None else [a % x.ndim for a in listOf(axes)]
    before, after = [0] * x.ndim, [0] * x.ndim
    for k, axis in enumerate(axes): before[axis], after[axis] = sides[k], sides[k + len(axes)]
    mode = node.get('mode', 'constant')
    if mode == 'constant':
        value = node.get('value', 0.0) if value is None else value.item()
        return F.pad(x, [side for axis in reversed(range(x.ndim)) for side in (before[axis], after[axis])], value=value)
    for axis in range(x.ndim):
        positions = np.pad(np.arange(x.shape[axis]), (before[axis], after[axis]), mode={'reflect': 'reflect', 'edge': 'edge', 'wrap': 'wrap'}[mode])
        x = x.index_select(axis, torch.from_numpy(positions))
    return x


def resize(node, x, *given):
    roi, scales, sizes = ([*given, None, None, None][:3]) if node.opset >= 11 else (None, given[0], None)
    target = sizes.tolist() if sizes is not None else [int(side * scale) for side, scale in zip(x.shape, scales.tolist())]
    assert x.ndim == 4 and target[:2] == list(x.shape[:2]), 'Resize of other axes than the last two'
    mode, transform = node.get('mode', 'nearest'), node.get('coordinate_transformation_mode', 'half_pixel')
    factors = None if scales is None or scales.numel() == 0 else [float(s) for s in scales[2:]]
    options = {'size': target[2:]} if factors is None else {'scale_factor': factors, 'recompute_scale_factor': False}
    if mode == 'nearest':
        assert transform == 'asymmetric' and node.get('nearest_mode', 'round_prefer_floor') == 'floor', 'Resize nearest of another kind than PyTorch\'s'
        return F.interpolate(x, mode='nearest', **options)
    # PyTorch leaves out what lies outside where it smooths, and takes the edge for it where it does not.
    assert transform in ('half_pixel', 'pytorch_half_pixel', 'align_corners') and node.get('exclude_outside', 0) == node.get('antialias', 0), f'Resize, {transform}'
    if mode == 'cubic': assert abs(node.get('cubic_coeff_a', -0.75) + (0.5 if node.get('antialias', 0) else 0.75)) < 1e-6, 'Resize cubic of another kind than PyTorch\'s'
    return F.interpolate(x, mode={'linear': 'bilinear', 'cubic': 'bicubic'}[mode], align_corners=transform == 'align_corners', antialias=bool(node.get('antialias', 0)), **options)


def depthToSpace(node, x):
    b, (n, c, h, w) = node.get('blocksize'), x.shape
    if node.get('mode', 'DCR') == 'CRD': return F.pixel_shuffle(x, b)
    return x.reshape(n, b, b, c // b // b, h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, c // b // b, h * b, w * b)


def spaceToDepth(node, x):
    b, (n, c, h, w) = node.get('blocksize'), x.shape
    return x.reshape(n, c, h // b, b, w // b, b).permute(0, 3, 5, 1, 2, 4).reshape(n, c * b * b, h // b, w // b)


operators = {
    'Constant': constant, 'ConstantOfShape': constantOfShape, 'Cast': cast, 'CastLike': cast, 'Shape': shapeOf, 'Reshape': reshape, 'Flatten': flatten, 'Squeeze': squeeze,
    'Unsqueeze': unsqueeze, 'Expand': expand, 'Split': split, 'Slice': slices, 'Gather': gather, 'GatherND': gatherND, 'GatherElements': gatherElements, 'ScatterND': scatterND,
    'Pad': pad, 'Resize': resize, 'Upsample': resize, 'DepthToSpace': depthToSpace, 'SpaceToDepth': spaceToDepth,
    'Size': lambda node, x: integer(x.numel()),
    'Transpose': lambda node, x: x.permute(list(node.get('perm', list(reversed(range(x.ndim)))))),
    'Concat': lambda node, *inputs: torch.cat(inputs, node.get('axis')),
    'Tile': lambda node, x, repeats: x.repeat(repeats.tolist()),
    'Range': lambda node, start, end, step: torch.arange(start.item(), end.item(), step.item(), dtype=start.dtype),
    'CumSum': lambda node, x, axis: x.cumsum(axis.item()),
    'ArgMax': lambda node, x: x.argmax(node.get('axis', 0), keepdim=bool(node.get('keepdims', 1))),
    'Trilu': lambda node, x, k=None: (torch.triu if node.get('upper', 1) else torch.tril)(x, 0 if k is None else k.item()),
}
