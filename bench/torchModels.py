"""PyTorch's networks by name: LeNet, torchvision's and timm's constructors, with random weights; and batch norm folded into convolutions."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


class LeNet(nn.Module):
    def __init__(self, classes, size):
        super().__init__()
        side = (size // 2 - 4) // 2
        self.conv1 = nn.Conv2d(3, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * side * side, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


def lenet(name):
    return LeNet if name == 'lenet' else None


def torchvision(name):
    try:
        from torchvision.models import get_model, list_models
        import torchvision.models as models
    except ImportError:
        return None
    if name not in list_models(module=models):
        return None

    def make(classes, size):
        options = {'num_classes': classes}
        if name.startswith('vit_'):
            options['image_size'] = size
        if name in ('googlenet', 'inception_v3'):
            options.update(aux_logits=False, init_weights=True)
        return get_model(name, weights=None, **options)

    return make


def timm(name):
    try:
        from timm import create_model, is_model
        from timm.models import get_pretrained_cfg
    except ImportError:
        return None
    # TensorFlow's networks have its initials in front there.
    name = next((found for found in (name, f'tf_{name}') if is_model(found)), None)
    if name is None:
        return None

    def make(classes, size):
        found = get_pretrained_cfg(name)
        # Networks with position embeddings are made for one size.
        options = {'img_size': size} if found is not None and found.fixed_input_size else {}
        return create_model(name, pretrained=False, num_classes=classes, **options)

    return make


sources = {'lenet': lenet, 'torchvision': torchvision, 'timm': timm}


def findModel(text):
    """A function of the number of classes and the size that makes the network: `resnet50`, `timm:resnet50`. None where there is none of the name."""
    source, _, name = text.rpartition(':')
    found = (sources[key](name) for key in ([source] if source else sources) if key in sources)
    return next((make for make in found if make is not None), None)


def foldBatchNorm(model, images):
    """Each batch norm that follows a convolution goes into it, as exporters write networks; those that remain keep their statistics. In evaluation mode."""
    model.eval()
    outputs, pairs = {}, []

    def afterConv(conv, inputs, output):
        outputs[id(output)] = (conv, output)

    def beforeNorm(norm, inputs):
        conv, output = outputs.get(id(inputs[0]), (None, None))
        if output is inputs[0]:
            pairs.append((conv, norm))

    hooks = []
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            hooks.append(module.register_forward_hook(afterConv))
        elif isinstance(module, nn.BatchNorm2d):
            hooks.append(module.register_forward_pre_hook(beforeNorm))
    with torch.no_grad():
        expected = model(images)
        for hook in hooks:
            hook.remove()
        names = {module: name for name, module in model.named_modules()}
        for conv, norm in pairs:
            replace(model, names[conv], fuse_conv_bn_eval(conv, norm))
            # timm's batch norm ends with an activation.
            rest = [getattr(norm, part) for part in ('drop', 'act') if hasattr(norm, part)]
            replace(model, names[norm], nn.Sequential(*rest))
        found = model(images)
    if (found - expected).abs().max() > 1e-3 * expected.abs().max():
        raise SystemExit('Batch norm could not be folded: the network gives something else afterwards.')
    return model.requires_grad_(True)


def replace(model, name, module):
    parent, _, own = name.rpartition('.')
    setattr(model.get_submodule(parent), own, module)
