"""Random weights of a plausible scale, with no two parameters alike and nothing that begins at nought, and batch norm folded as exporters fold it."""
import copy
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

norms = (nn.BatchNorm1d, nn.BatchNorm2d)


def forward(model, x):
    """Logits, whatever the model wraps them in. What LeViT and its kin keep from call to call has gradients that can be followed only once."""
    for m in model.modules():
        if hasattr(m, 'attention_bias_cache'): m.attention_bias_cache = {}
    made = model(x)
    return made.logits if hasattr(made, 'logits') else made


def pictures(shape):
    """
    Smooth colours with noise, about 0 with a spread of about 1. Of noise alone deep layers see hardly more than the mean, and batch norm then makes of rounding what it makes of
    a picture.
    """
    smooth = F.interpolate(torch.randn(shape[0], shape[1], 5, 5), size=shape[2:], mode='bicubic', align_corners=True)
    return 0.5 * torch.randn(shape[0], shape[1], 1, 1) + 0.8 * smooth + 0.3 * torch.randn(shape)


def lastOfBranches(model, shape):
    """Convolutions and batch norms whose result is added to something: loud branches with batch norms make deep networks of random weights multiply rounding."""
    made = {}
    hooks = [m.register_forward_hook(lambda layer, _, output: made.__setitem__(output.grad_fn, layer)) for m in model.modules() if isinstance(m, (nn.Conv2d, *norms))]
    with torch.enable_grad(): y = forward(model, torch.randn(shape))
    for hook in hooks: hook.remove()
    return [made[part] for function, parts in steps(y) if 'AddBackward' in function.name() for part in parts if part in made]


def steps(y):
    """What autograd recorded of a result: each step with the steps that it used."""
    waiting, seen = [y.grad_fn], set()
    while waiting:
        function = waiting.pop()
        if function is None or function in seen: continue
        seen.add(function)
        parts = [part for part, _ in function.next_functions]
        yield function, parts
        waiting += parts


def measure(norm, inputs):
    """Statistics of a batch norm near those of what it is given, set before it runs, so that the layers behind it see them."""
    axes = [axis for axis in range(inputs[0].ndim) if axis != 1]
    variance, mean = torch.var_mean(inputs[0], axes, correction=0)
    norm.running_mean.copy_(mean + 0.2 * variance.sqrt() * torch.randn_like(mean))
    norm.running_var.copy_(variance * torch.exp(0.3 * torch.randn_like(mean)))


def settle(model, shape, seed=0):
    """Gives parameters and batch statistics that a trained network could have; the model is left in evaluation mode."""
    torch.manual_seed(seed)
    model.eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.numel() > 1 and (p.max() > p.min()): continue
            # What all networks begin with: norms at 1, biases and residual branches at 0, layer scale at next to nothing.
            start = p.flatten()[0].item()
            centre = 0.0 if start == 0 and not name.endswith(('weight', 'gamma', 'scale')) else start if abs(start) > 0.05 else 0.4
            p.copy_(centre + (0.1 if p.ndim < 2 or centre else 0.05) * torch.randn_like(p))
        for m in model.modules():
            # Some of Hugging Face's networks draw even these about 0.
            if isinstance(m, (*norms, nn.LayerNorm, nn.GroupNorm)) and m.weight is not None and m.weight.abs().mean() < 0.2: m.weight.copy_(1 + 0.1 * torch.randn_like(m.weight))
            if not isinstance(m, (nn.Conv2d, nn.Linear)): continue
            # Libraries draw some weights so small that norms' epsilon, or biases, drown what comes through: then all images have the same logits.
            least = ((2 if getattr(m, 'groups', 1) > 1 else 1) / m.weight[0].numel()) ** 0.5
            m.weight *= max(1, least / m.weight.std().item())
        for layer in lastOfBranches(model, shape): layer.weight *= 0.3
        hooks = [m.register_forward_pre_hook(measure) for m in model.modules() if isinstance(m, norms) and m.track_running_stats]
        if hooks: forward(model, pictures((max(8, shape[0]), *shape[1:])))
        for hook in hooks: hook.remove()
    return model


def foldBatchNorm(model, x):
    """A copy whose batch norms that directly follow a convolution or linear layer are folded into it."""
    model, x = copy.deepcopy(model).double(), x.double()
    makers, makes, calls, pairs = {}, [], {}, []

    def made(module, _, output):
        calls[module] = calls.get(module, 0) + 1
        makers[id(output)] = module
        makes.append(output)

    def normed(module, inputs):
        if id(inputs[0]) in makers: pairs.append((makers[id(inputs[0])], module))

    hooks = [m.register_forward_hook(made) for m in model.modules() if isinstance(m, (nn.Conv1d, nn.Conv2d, nn.Linear))]
    hooks += [m.register_forward_pre_hook(normed) for m in model.modules() if isinstance(m, norms)]
    before = forward(model, x)
    for hook in hooks: hook.remove()
    uses = {}
    for _, parts in steps(before):
        for part in parts: uses[part] = uses.get(part, 0) + 1
    before, steady = before.detach(), {maker for maker, output in zip(makers.values(), makes) if uses.get(output.grad_fn, 0) == 1}
    names = {module: name for name, module in model.named_modules()}
    for maker, norm in pairs:
        if calls[maker] != 1 or maker not in steady: continue
        fuse = fuse_linear_bn_eval if isinstance(maker, nn.Linear) else fuse_conv_bn_eval
        put(model, names[maker], fuse(maker, norm))
        # timm's batch norms carry their activation.
        rest = [getattr(norm, part) for part in ('drop', 'act') if isinstance(getattr(norm, part, None), nn.Module)]
        put(model, names[norm], nn.Sequential(*rest) if rest else nn.Identity())
    with torch.no_grad(): after = forward(model, x)
    error = ((after - before).abs().max() / before.abs().max()).item()
    assert error < 1e-6, f'folding changes the output by {error}'
    return model.float()


def put(model, name, module):
    parent, _, last = name.rpartition('.')
    setattr(model.get_submodule(parent), last, module)
