import type { OtherNames } from '../model.js';

const gates = { fc1: 'se.conv_reduce', fc2: 'se.conv_expand' };
type Layers = readonly Readonly<Record<string, string>>[];
const wideLayers: Layers = [{ 0: 'conv_pw', 1: 'bn1' }, { 0: 'conv_dw', 1: 'bn2' }, gates, { 0: 'conv_pwl', 1: 'bn3' }];
const narrowLayers: Layers = [{ 0: 'conv_dw', 1: 'bn1' }, gates, { 0: 'conv_pw', 1: 'bn2' }];

/** timm's names of an EfficientNet that has torchvision's; only the blocks of the first stage don't widen. */
export function timmEfficientnet(stageCount: number): OtherNames {
  const tops: Readonly<Record<string, string>> = {
    'features.0.0': 'conv_stem',
    'features.0.1': 'bn1',
    [`features.${stageCount + 1}.0`]: 'conv_head',
    [`features.${stageCount + 1}.1`]: 'bn2',
    'classifier.1': 'classifier',
  };
  return {
    of: 'timm',
    note: 'Weights whose timm name begins with tf_ were trained with another padding and epsilon; this network has those of the others.',
    nameOf(name) {
      const [, layer, tensor] = /^(.*)\.([^.]+)$/.exec(name)!;
      if (tops[layer]) return `${tops[layer]}.${tensor}`;
      const found = /^features\.(\d+)\.(\d+)\.block\.(\d+)\.(\w+)$/.exec(layer);
      if (!found) return name;
      const [stage, block, part] = found.slice(1, 4).map(Number);
      const layers = stage > 1 ? wideLayers : narrowLayers;
      return `blocks.${stage - 1}.${block}.${layers[part][found[4]]}.${tensor}`;
    },
  };
}

/** Names of the packages efficientnet-pytorch and efficientnet-lite-pytorch, for a network that has timm's. @param blocks of each stage */
export function efficientnetPytorch(blocks: readonly number[]): OtherNames {
  const tops: Readonly<Record<string, string>> = {
    conv_stem: '_conv_stem',
    bn1: '_bn0',
    conv_head: '_conv_head',
    bn2: '_bn1',
    classifier: '_fc',
  };
  const wideNames: Readonly<Record<string, string>> = {
    conv_pw: '_expand_conv',
    bn1: '_bn0',
    conv_dw: '_depthwise_conv',
    bn2: '_bn1',
    conv_pwl: '_project_conv',
    bn3: '_bn2',
  };
  const narrowNames: Readonly<Record<string, string>> = {
    conv_dw: '_depthwise_conv',
    bn1: '_bn1',
    conv_pw: '_project_conv',
    bn2: '_bn2',
  };
  return {
    of: 'efficientnet-pytorch',
    nameOf(name) {
      const [, layer, tensor] = /^(.*)\.([^.]+)$/.exec(name)!;
      if (tops[layer]) return `${tops[layer]}.${tensor}`;
      const found = /^blocks\.(\d+)\.(\d+)\.(\w+)$/.exec(layer);
      if (!found) return name;
      const stage = Number(found[1]);
      const index = blocks.slice(0, stage).reduce((sum, count) => sum + count, Number(found[2]));
      return `_blocks.${index}.${(stage === 0 ? narrowNames : wideNames)[found[3]]}.${tensor}`;
    },
  };
}
