/** torchvision's files of ImageNet weights, by network. */
export const imagenetWeightFiles: Readonly<Record<string, string>> = {
  mobilenet_v2_levels: 'mobilenet_v2-7ebf99e0.pth',
  mobilenet_v2: 'mobilenet_v2-7ebf99e0.pth',
  resnet18: 'resnet18-f37072fd.pth',
  resnet34: 'resnet34-b627a593.pth',
  resnet50: 'resnet50-11ad3fa6.pth',
};
