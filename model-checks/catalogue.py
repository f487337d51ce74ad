"""The networks: name, where they come from, how they are made and exported."""
from dataclasses import dataclass, field


@dataclass
class Entry:
    """`make`: the network's name with its library; `size`: side of the image; `options`: what its constructor is given."""
    origin: str
    make: str
    exporter: str
    opset: int
    size: int = 64
    dynamic: tuple = ()
    external: bool = False
    options: dict = field(default_factory=dict)
    batch: int = 2

    @property
    def name(self):
        return '-'.join([self.origin, self.make, f'{self.exporter}{self.opset}'])


# Every ReLU is a chance that rounding decides a gradient: networks of very many of them get small images.
batch = ('batch',)
anySize = ('batch', None, 'height', 'width')
torchvision = [Entry('torchvision', *rest) for rest in [
    ('resnet18', 'old', 11, 96, batch), ('resnet18', 'new', 18, 96, (), True), ('resnet50', 'new', 20, 40), ('resnet50', 'old', 17, 40), ('densenet121', 'old', 17, 64, batch), ('densenet121', 'new', 18),
    ('mobilenet_v3_small', 'old', 14), ('mobilenet_v3_large', 'new', 18), ('mobilenet_v2', 'old', 9), ('efficientnet_b0', 'old', 14, 64, batch), ('efficientnet_b0', 'new', 20), ('efficientnet_v2_s', 'new', 18),
    ('regnet_y_400mf', 'old', 13), ('convnext_tiny', 'old', 14), ('convnext_tiny', 'new', 20), ('convnext_tiny', 'old', 17, 64, batch), ('vit_b_16', 'old', 14, 64), ('swin_t', 'old', 17), ('swin_t', 'new', 18),
    ('swin_v2_t', 'old', 17), ('maxvit_t', 'new', 18, 224), ('shufflenet_v2_x1_0', 'old', 11, 64, batch), ('shufflenet_v2_x1_0', 'new', 18), ('squeezenet1_1', 'old', 12), ('vgg11_bn', 'new', 18, 64),
    ('googlenet', 'old', 17), ('inception_v3', 'new', 18, 80), ('mnasnet0_5', 'old', 14), ('alexnet', 'new', 18, 224), ('resnext50_32x4d', 'old', 16, 32),
]]
timm = [Entry('timm', *rest) for rest in [
    ('vit_small_patch16_224', 'old', 17, 224), ('vit_small_patch16_224', 'new', 18, 224, batch), ('deit_tiny_patch16_224', 'old', 14, 224, batch), ('deit_tiny_distilled_patch16_224', 'new', 23, 224),
    ('vit_small_patch14_dinov2', 'old', 17, 140), ('vit_small_patch14_dinov2', 'new', 20, 140, batch), ('vit_small_patch14_reg4_dinov2', 'new', 21, 140), ('tf_efficientnet_lite0', 'old', 12), ('tf_efficientnet_b0', 'old', 17),
    ('mobilenetv4_conv_small', 'new', 18), ('repvgg_a0', 'old', 17), ('convnextv2_nano', 'old', 17), ('convnext_nano', 'new', 21), ('eva02_tiny_patch14_224', 'new', 20, 224), ('beit_base_patch16_224', 'old', 17, 224, (), False, {'depth': 4}),
    ('swin_tiny_patch4_window7_224', 'old', 17, 224), ('poolformer_s12', 'old', 17), ('caformer_s18', 'new', 21), ('ghostnet_100', 'old', 13), ('ghostnetv2_100', 'new', 18), ('coat_lite_tiny', 'old', 17, 224), ('xcit_nano_12_p16_224', 'new', 18, 224),
    ('resnetv2_50', 'old', 17), ('resnetv2_50x1_bit', 'new', 21), ('efficientformer_l1', 'old', 17, 224), ('efficientvit_b0', 'new', 18), ('fastvit_t8', 'new', 18), ('mobilevit_xxs', 'old', 17, 128), ('mobilevitv2_050', 'new', 18, 128),
    ('mixer_s32_224', 'old', 14, 224), ('resmlp_12_224', 'new', 18, 224), ('gmixer_12_224', 'old', 17, 224), ('seresnet18', 'old', 11), ('ecaresnet26t', 'old', 17), ('res2net50_26w_4s', 'new', 18), ('hrnet_w18_small', 'old', 17),
    ('dla34', 'old', 17), ('cspresnet50', 'new', 18), ('regnetx_002', 'old', 12, 64, batch), ('nfnet_l0', 'old', 17), ('pit_ti_224', 'old', 17, 224), ('cait_xxs24_224', 'old', 17, 224, (), False, {'depth': 6}), ('volo_d1_224', 'new', 18, 224, (), False, {}, 1), ('inception_next_atto', 'old', 17), ('levit_128s', 'old', 17, 224),
    ('maxvit_rmlp_pico_rw_256', 'old', 17, 256, (), False, {}, 1), ('tiny_vit_5m_224', 'new', 18, 224), ('edgenext_xx_small', 'old', 17), ('focalnet_tiny_srf', 'new', 18, 224, (), False, {}, 1), ('pvt_v2_b0', 'old', 17), ('twins_svt_small', 'old', 17, 224, (), False, {}, 1), ('efficientnet_lite0', 'new', 18),
    ('starnet_s1', 'new', 18), ('rexnet_100', 'old', 17), ('vovnet39a', 'old', 17), ('gcresnet33ts', 'new', 18), ('darknet53', 'old', 17), ('dpn68', 'old', 17), ('xception41', 'old', 17), ('selecsls42b', 'old', 17), ('tresnet_m', 'old', 17), ('hardcorenas_a', 'old', 14), ('vit_tiny_patch16_224', 'new', 24, 224), 
]]
# As Hugging Face's optimum exports: opset 14 or so, batch and size open.
huggingFace = [Entry('transformers', *rest) for rest in [
    ('vit', 'old', 14, 224, batch), ('vit', 'new', 18, 224, batch), ('deit', 'old', 14, 224, batch), ('swin', 'old', 14, 224, anySize), ('convnext', 'old', 14, 64, anySize), ('convnextv2', 'new', 18, 64), ('dinov2', 'old', 14, 140, anySize), ('dinov2', 'new', 18, 140),
    ('beit', 'old', 14, 224, batch), ('mobilevit', 'old', 14, 128, anySize), ('mobilevit', 'new', 18, 128), ('resnet', 'old', 14, 64, anySize), ('mobilenet_v2', 'old', 14, 64, anySize), ('regnet', 'new', 18, 64), ('segformer', 'old', 14, 128, anySize), ('levit', 'old', 14, 224, batch), ('poolformer', 'old', 14, 64, anySize), ('dinov2_with_registers', 'new', 18, 140), ('pvt', 'new', 18, 224), ('ijepa', 'new', 18, 224), ('siglip', 'old', 17, 224, batch), ('clip', 'old', 17, 224, batch), ('swinv2', 'new', 18, 256), ('cvt', 'old', 14, 224, batch), ('focalnet', 'old', 14, 224), ('data2vec-vision', 'old', 14, 224, batch), ('mobilenet_v1', 'old', 14, 64),
]]
entries = torchvision + timm + huggingFace
