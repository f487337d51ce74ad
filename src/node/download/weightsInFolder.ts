import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../errors.js';
import { imagenetWeightFiles } from '../../models/imagenetWeightFiles.js';

/**
 * The file of a network's weights in a folder: the one that is published under its name (`resnet18-f37072fd.pth`), or else the only one whose name
 * begins with the network's (`resnet18.safetensors`, `resnet18-mine.onnx`).
 * @throws LesionlabError kind `usage` where there is none, or several might be meant
 */
export function findWeightsInFolder(folder: string, model: string): string {
  const files = readdirSync(folder).sort();
  const published = imagenetWeightFiles[model];
  if (published !== undefined && files.includes(published)) return join(folder, published);
  const names = [...new Set([model, published?.replace(/-[0-9a-f]{8}\.pth$/, '') ?? model])];
  const isMeant = (file: string) =>
    /\.(safetensors|pth|onnx)$/i.test(file) &&
    names.some((name) => ['-', '.'].some((mark) => file.startsWith(name + mark)));
  const found = files.filter(isMeant);
  if (found.length === 1) return join(folder, found[0]);
  const pattern = names.map((name) => `${name}-….safetensors`).join(' or ');
  if (found.length === 0)
    throw usageError(
      'no-weights-in-folder',
      `${folder} has no weights of ${model}: looked for ${published === undefined ? '' : `${published}, or `}${pattern} (or .pth, .onnx).`,
      { hint: 'Put the file there or rename it, or name another folder or file with --weights.' },
    );
  throw usageError('which-weights', `${folder} has several files of weights of ${model}: ${found.join(', ')}.`, {
    hint: 'Name one of them with --weights <file>, or leave only one in the folder.',
  });
}
