"""Makes a network of the catalogue with random weights; nothing is downloaded."""
from exporters import Logits

# Small members of the families, by the sizes that their authors published.
tiny = {'hidden_size': 192, 'num_attention_heads': 3, 'intermediate_size': 768, 'num_hidden_layers': 12}
configurations = {
    'vit': tiny, 'deit': tiny, 'beit': {**tiny, 'use_relative_position_bias': True, 'use_absolute_position_embeddings': False, 'layer_scale_init_value': 0.1},
    'data2vec-vision': {**tiny, 'num_hidden_layers': 4, 'use_shared_relative_position_bias': True},
    'dinov2': {**tiny, 'patch_size': 14, 'image_size': 518}, 'dinov2_with_registers': {**tiny, 'patch_size': 14, 'image_size': 518}, 'ijepa': {**tiny, 'patch_size': 16},
    'mobilevit': {'hidden_sizes': [64, 80, 96], 'neck_hidden_sizes': [16, 16, 24, 48, 64, 80, 320], 'expand_ratio': 2.0},
    'resnet': {'layer_type': 'basic', 'depths': [2, 2, 2, 2], 'hidden_sizes': [64, 128, 256, 512]},
    'regnet': {'layer_type': 'y', 'hidden_sizes': [48, 104, 208, 440], 'depths': [1, 3, 6, 6], 'groups_width': 8},
    'siglip': {'vision_config': {**tiny, 'patch_size': 16}}, 'clip': {'vision_config': {**tiny, 'patch_size': 16}},
    'segformer': {}, 'cvt': {'depth': [1, 2, 4]},
}


def makeNetwork(entry, classes=10):
    options = entry.options
    if entry.origin == 'torchvision':
        import torchvision
        if entry.make in ('googlenet', 'inception_v3'): options = {**options, 'aux_logits': False, 'init_weights': True}
        if entry.make.startswith('vit'): options = {**options, 'image_size': entry.size}
        return torchvision.models.get_model(entry.make, weights=None, num_classes=classes, **options)
    if entry.origin == 'timm':
        import timm
        sized = {'img_size': entry.size} if entry.size == 140 else {}
        return timm.create_model(entry.make, pretrained=False, num_classes=classes, **sized, **options)
    import transformers
    config = transformers.AutoConfig.for_model(entry.make, **{**configurations.get(entry.make, {}), **options})
    config.num_labels = classes
    # Of some there are two kinds of classifier, and the automatic choice asks the weights' own configuration.
    own = {'deit': 'DeiTForImageClassification', 'levit': 'LevitForImageClassification'}.get(entry.make)
    return Logits(getattr(transformers, own)(config) if own else transformers.AutoModelForImageClassification.from_config(config))
