import type { OtherNames } from '../model.js';

/** What parts of a name are called elsewhere. */
export type NameRules = readonly (readonly [pattern: RegExp, replacement: string | ((...found: string[]) => string)])[];

/** Names by rules that are applied one after the other. */
export const renamed = (of: string, rules: NameRules, note?: string): OtherNames => ({
  of,
  note,
  nameOf: (name) => rules.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement as string), name),
});

const half = (index: string) => (Number(index) - 1) / 2;

/** Layers of a block's perceptron, which torchvision counts with the activation and the dropout between them. */
const perceptron: NameRules = [
  [/\.mlp\.0\./, '.mlp.fc1.'],
  [/\.mlp\.3\./, '.mlp.fc2.'],
];

/** timm's names of a ConvNeXt. */
export const timmConvnext = renamed('timm', [
  [/^features\.0\./, 'stem.'],
  [/^features\.([246])\./, (_, index) => `stages.${Number(index) / 2}.downsample.`],
  [/^features\.([1357])\.(\d+)\./, (_, index, block) => `stages.${half(index)}.blocks.${block}.`],
  [/\.layer_scale$/, '.gamma'],
  [/\.block\.0\./, '.conv_dw.'],
  [/\.block\.2\./, '.norm.'],
  [/\.block\.3\./, '.mlp.fc1.'],
  [/\.block\.5\./, '.mlp.fc2.'],
  [/^classifier\.0\./, 'head.norm.'],
  [/^classifier\.2\./, 'head.fc.'],
]);

/** timm's names of a vision transformer. */
export const timmVit = renamed('timm', [
  [/^class_token$/, 'cls_token'],
  [/^conv_proj\./, 'patch_embed.proj.'],
  [/^encoder\.pos_embedding$/, 'pos_embed'],
  [/^encoder\.layers\.encoder_layer_(\d+)\./, 'blocks.$1.'],
  [/\.ln_([12])\./, '.norm$1.'],
  [/\.self_attention\.in_proj_/, '.attn.qkv.'],
  [/\.self_attention\.out_proj\./, '.attn.proj.'],
  ...perceptron,
  [/^encoder\.ln\./, 'norm.'],
  [/^heads\.head\./, 'head.'],
]);

/** timm's names of a Swin transformer. */
export const timmSwin = renamed('timm', [
  [/^features\.0\.0\./, 'patch_embed.proj.'],
  [/^features\.0\.2\./, 'patch_embed.norm.'],
  [/^features\.([246])\./, (_, index) => `layers.${Number(index) / 2}.downsample.`],
  [/^features\.([1357])\.(\d+)\./, (_, index, block) => `layers.${half(index)}.blocks.${block}.`],
  ...perceptron,
  [/^head\./, 'head.fc.'],
]);
