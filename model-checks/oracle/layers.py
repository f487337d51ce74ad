"""ONNX operators with weights, windows or sums, in PyTorch: {name: function(node, *inputs)}."""
import math
import torch
import torch.nn.functional as F


def pads(node, shape, kernel, stride, dilation):
    """(begins, ends) of each spatial axis."""
    axes = len(kernel)
    auto = node.get('auto_pad', 'NOTSET')
    if auto in ('SAME_UPPER', 'SAME_LOWER'):
        totals = [max((math.ceil(side / s) - 1) * s + (k - 1) * d + 1 - side, 0) for side, k, s, d in zip(shape[2:], kernel, stride, dilation)]
        small, large = [t // 2 for t in totals], [t - t // 2 for t in totals]
        return (small, large) if auto == 'SAME_UPPER' else (large, small)
    given = [0] * (2 * axes) if auto == 'VALID' else node.get('pads', [0] * (2 * axes))
    return list(given[:axes]), list(given[axes:])


def padded(x, begins, ends, value=0.0):
    """x with its last axes padded."""
    if not any([*begins, *ends]): return x
    flat = [side for pair in reversed(list(zip(begins, ends))) for side in pair]
    return F.pad(x, flat, value=value)


def conv(node, x, weight, bias=None):
    axes = weight.ndim - 2
    stride, dilation = node.get('strides', [1] * axes), node.get('dilations', [1] * axes)
    x = padded(x, *pads(node, x.shape, weight.shape[2:], stride, dilation))
    return (F.conv1d, F.conv2d, F.conv3d)[axes - 1](x, weight, bias, stride, 0, dilation, node.get('group', 1))


def convTranspose(node, x, weight, bias=None):
    axes = weight.ndim - 2
    stride, dilation, extra = (node.get(name, [value] * axes) for name, value in (('strides', 1), ('dilations', 1), ('output_padding', 0)))
    begins, ends = pads(node, x.shape, weight.shape[2:], stride, dilation)
    assert begins == ends and 'output_shape' not in node.attributes, 'uneven padding of ConvTranspose'
    return (F.conv_transpose1d, F.conv_transpose2d)[axes - 1](x, weight, bias, stride, begins, extra, node.get('group', 1), dilation)


def windows(node, x):
    kernel = list(node.get('kernel_shape'))
    stride, dilation = list(node.get('strides', [1] * len(kernel))), list(node.get('dilations', [1] * len(kernel)))
    begins, ends = pads(node, x.shape, kernel, stride, dilation)
    beyond = list(ends)
    if node.get('ceil_mode', 0):
        for axis, side in enumerate(x.shape[2:]):
            room = side + begins[axis] + ends[axis] - dilation[axis] * (kernel[axis] - 1) - 1
            count = math.ceil(room / stride[axis]) + 1
            # A window that would begin in the padding at the end is none.
            if (count - 1) * stride[axis] >= side + begins[axis]: count -= 1
            beyond[axis] += max((count - 1) * stride[axis] - room, 0)
    return kernel, stride, dilation, begins, ends, beyond


def maxPool(node, x):
    kernel, stride, dilation, begins, _, beyond = windows(node, x)
    x = padded(x, begins, beyond, -math.inf)
    return (F.max_pool1d, F.max_pool2d)[len(kernel) - 1](x, kernel, stride, 0, dilation)


def averagePool(node, x):
    kernel, stride, dilation, begins, ends, beyond = windows(node, x)
    assert all(d == 1 for d in dilation), 'dilated AveragePool'
    pool = (F.avg_pool1d, F.avg_pool2d)[len(kernel) - 1]
    counted = torch.ones_like(x[:1, :1])
    if node.get('count_include_pad', 0): counted = padded(counted, begins, ends, 1.0)
    else: counted = padded(counted, begins, ends)
    more = [b - e for b, e in zip(beyond, ends)]
    return pool(padded(x, begins, beyond), kernel, stride) / pool(padded(counted, [0] * len(kernel), more), kernel, stride)


def batchNorm(node, x, scale, bias, mean, variance):
    if node.get('training_mode', 0):
        # The statistics of this very batch; weight standardisation is exported so.
        return F.batch_norm(x, None, None, scale, bias, True, 0.0, node.get('epsilon', 1e-5))
    if mean.requires_grad or variance.requires_grad:
        # Statistics that were computed, of standardised weights: PyTorch's own takes them for constants.
        scale, bias, mean, variance = (v.reshape([-1] + [1] * (x.ndim - 2)) for v in (scale, bias, mean, variance))
        return (x - mean) * torch.rsqrt(variance + node.get('epsilon', 1e-5)) * scale + bias
    return F.batch_norm(x, mean, variance, scale, bias, False, 0.0, node.get('epsilon', 1e-5))


def layerNorm(node, x, scale, bias=None):
    axis = node.get('axis', -1) % x.ndim
    shape = x.shape[axis:]
    y = F.layer_norm(x, shape, None, None, node.get('epsilon', 1e-5)) * scale
    return y if bias is None else y + bias


def rmsNorm(node, x, scale):
    axes = list(range(node.get('axis', -1) % x.ndim, x.ndim))
    return x * torch.rsqrt(x.square().mean(axes, keepdim=True) + node.get('epsilon', 1e-5)) * scale


def groupNorm(node, x, scale, bias):
    groups = node.get('num_groups')
    if scale.numel() == groups != x.shape[1]:
        scale, bias = (v.repeat_interleave(x.shape[1] // groups) for v in (scale, bias))
    return F.group_norm(x, groups, scale, bias, node.get('epsilon', 1e-5))


def softmax(function):
    def run(node, x):
        if node.opset >= 13: return function(x, node.get('axis', -1))
        axis = node.get('axis', 1) % x.ndim
        return function(x.flatten(axis), -1).reshape(x.shape)
    return run


def gemm(node, a, b, c=None):
    a = a.T if node.get('transA', 0) else a
    b = b.T if node.get('transB', 0) else b
    y = node.get('alpha', 1.0) * (a @ b)
    return y if c is None else y + node.get('beta', 1.0) * c


def attention(node, q, k, v, mask=None, *cache):
    assert not cache and not node.get('is_causal', 0) and not node.get('softcap', 0.0), 'Attention with a cache, causal or capped'
    flat = q.ndim == 3
    if flat:
        split = lambda x, heads: x.unflatten(-1, (heads, -1)).transpose(1, 2)
        q, k, v = split(q, node.get('q_num_heads')), split(k, node.get('kv_num_heads')), split(v, node.get('kv_num_heads'))
    scores = q @ k.mT * node.get('scale', q.shape[-1] ** -0.5)
    if mask is not None: scores = torch.where(mask, scores, -math.inf) if mask.dtype == torch.bool else scores + mask
    y = scores.softmax(-1) @ v
    return y.transpose(1, 2).flatten(2) if flat else y


def reduction(function):
    def run(node, x, axes=None):
        axes = node.get('axes') if axes is None else axes.tolist()
        if not axes:
            if node.get('noop_with_empty_axes', 0): return x
            axes = list(range(x.ndim))
        return function(x, list(axes), bool(node.get('keepdims', 1)))
    return run


def reduceProduct(x, axes, keep):
    for axis in sorted((a % x.ndim for a in axes), reverse=True): x = x.prod(axis, keepdim=keep)
    return x


def lpNorm(node, x):
    return F.normalize(x, p=node.get('p', 2), dim=node.get('axis', -1), eps=0.0)


operators = {
    'Conv': conv, 'ConvTranspose': convTranspose, 'MaxPool': maxPool, 'AveragePool': averagePool, 'BatchNormalization': batchNorm, 'LayerNormalization': layerNorm,
    'RMSNormalization': rmsNorm, 'GroupNormalization': groupNorm, 'Gemm': gemm, 'Attention': attention, 'LpNormalization': lpNorm,
    'InstanceNormalization': lambda node, x, scale, bias: F.instance_norm(x, None, None, scale, bias, True, 0.0, node.get('epsilon', 1e-5)),
    'GlobalAveragePool': lambda node, x: x.mean(list(range(2, x.ndim)), keepdim=True),
    'GlobalMaxPool': lambda node, x: x.amax(list(range(2, x.ndim)), keepdim=True),
    'MatMul': lambda node, a, b: a @ b,
    'Einsum': lambda node, *inputs: torch.einsum(node.get('equation'), *inputs),
    'Softmax': softmax(torch.softmax), 'LogSoftmax': softmax(torch.log_softmax),
    'ReduceMean': reduction(lambda x, axes, keep: x.mean(axes, keepdim=keep)),
    'ReduceSum': reduction(lambda x, axes, keep: x.sum(axes, keepdim=keep)),
    'ReduceMax': reduction(lambda x, axes, keep: x.amax(axes, keepdim=keep)),
    'ReduceMin': reduction(lambda x, axes, keep: x.amin(axes, keepdim=keep)),
    'ReduceProd': reduction(reduceProduct),
    'ReduceL1': reduction(lambda x, axes, keep: x.abs().sum(axes, keepdim=keep)),
    'ReduceL2': reduction(lambda x, axes, keep: torch.linalg.vector_norm(x, dim=axes, keepdim=keep)),
    'ReduceSumSquare': reduction(lambda x, axes, keep: x.square().sum(axes, keepdim=keep)),
}
