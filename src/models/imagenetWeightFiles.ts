/** Files of ImageNet weights, by network: torchvision's, and timm's of EfficientNet-Lite. The name ends with the beginning of the file's SHA-256. */
export const imagenetWeightFiles: Readonly<Record<string, string>> = {
  mobilenet_v2_levels: 'mobilenet_v2-7ebf99e0.pth',
  mobilenet_v2: 'mobilenet_v2-7ebf99e0.pth',
  mobilenet_v3_small: 'mobilenet_v3_small-047dcff4.pth',
  mobilenet_v3_large: 'mobilenet_v3_large-5c1a4163.pth',
  resnet18: 'resnet18-f37072fd.pth',
  resnet34: 'resnet34-b627a593.pth',
  resnet50: 'resnet50-11ad3fa6.pth',
  resnet101: 'resnet101-cd907fc2.pth',
  resnet152: 'resnet152-f82ba261.pth',
  efficientnet_b0: 'efficientnet_b0_rwightman-7f5810bc.pth',
  efficientnet_b1: 'efficientnet_b1-c27df63c.pth',
  efficientnet_b2: 'efficientnet_b2_rwightman-c35c1473.pth',
  efficientnet_b3: 'efficientnet_b3_rwightman-b3899882.pth',
  efficientnet_b4: 'efficientnet_b4_rwightman-23ab8bcd.pth',
  efficientnet_lite0: 'tf_efficientnet_lite0-0aa007d2.pth',
  efficientnet_lite1: 'tf_efficientnet_lite1-bde8b488.pth',
  efficientnet_lite2: 'tf_efficientnet_lite2-dcccb7df.pth',
  efficientnet_v2_s: 'efficientnet_v2_s-dd5fe13b.pth',
  convnext_tiny: 'convnext_tiny-983f1562.pth',
  convnext_small: 'convnext_small-0c510722.pth',
  densenet121: 'densenet121-a639ec97.pth',
  regnet_y_400mf: 'regnet_y_400mf-e6988f5f.pth',
  vit_b_16: 'vit_b_16-c867db91.pth',
  swin_t: 'swin_t-704ceda3.pth',
};

/** Where such a file is published. */
export const imagenetWeightsUrl = (file: string): string =>
  file.startsWith('tf_')
    ? `https://github.com/huggingface/pytorch-image-models/releases/download/v0.1-weights/${file}`
    : `https://download.pytorch.org/models/${file}`;
