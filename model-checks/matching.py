"""Which initializer of a file is which parameter of the module that it was exported from."""
import torch


def unlike(a, b):
    """Largest difference, as a part of the largest value."""
    return ((a - b).abs().max() / b.abs().max().clamp_min(1e-30)).item()


def matchParameters(module, initializers, tolerance=2e-5):
    """{initializer: (parameter, how, function from a tensor of the parameter's shape to the initializer's)}; by name where values agree, else by value."""
    found, taken = {}, set()
    parameters = dict(module.named_parameters())
    bySize = {}
    for name, value in initializers.items(): bySize.setdefault(value.numel(), []).append(name)
    for parameter, p in parameters.items():
        p = p.detach()
        # A wrapper of the exporter's puts a prefix before the names.
        near = sorted(bySize.get(p.numel(), []), key=lambda name: (name != parameter, not name.endswith(parameter)))
        for name in near:
            if name in taken: continue
            how = sameValues(p, initializers[name], tolerance)
            if how is None: continue
            label, turn = how
            found[name] = (parameter, 'name' if label == 'value' and (name == parameter or name.endswith('.' + parameter)) else label, turn)
            taken.add(name)
            break
    return found


def sameValues(p, value, tolerance):
    for label, axes in arrangements(p):
        turned = p.permute(axes)
        if list(turned.shape) != list(value.shape) and label != 'value': continue
        if turned.numel() and unlike(turned.reshape(value.shape).to(value.dtype), value) < tolerance:
            return label, lambda t, axes=axes, shape=value.shape: t.permute(axes).reshape(shape)
    return None


def arrangements(p):
    """As it is, or reshaped; a matrix transposed."""
    axes = list(range(p.ndim))
    yield 'value', axes
    if p.ndim == 2: yield 'transposed', [1, 0]


def setParameters(module, matches, initializers):
    """Gives the module the file's own numbers: exporters round what they fold in their own way."""
    parameters = dict(module.named_parameters())
    with torch.no_grad():
        for name, (parameter, how, _) in matches.items():
            p, value = parameters[parameter], initializers[name]
            p.copy_(value.T if how == 'transposed' else value.reshape(p.shape))
