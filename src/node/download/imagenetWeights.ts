import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { usageError } from '../../errors.js';
import { imagenetWeightFiles, imagenetWeightsUrl } from '../../models/imagenetWeightFiles.js';
import { nearestName } from '../../nearestName.js';
import type { DownloadSource, RemoteFile } from './source.js';
import { findWeightsInFolder } from './weightsInFolder.js';

/**
 * Where downloaded weights are kept: `$LESIONLAB_WEIGHTS`, else `lesionlab/weights` below `$XDG_DATA_HOME`, `%LOCALAPPDATA%` (Windows) or
 * `~/.local/share`.
 */
export function weightsFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
): string {
  if (environment.LESIONLAB_WEIGHTS) return environment.LESIONLAB_WEIGHTS;
  if (environment.XDG_DATA_HOME) return join(environment.XDG_DATA_HOME, 'lesionlab', 'weights');
  if (platform === 'win32' && environment.LOCALAPPDATA) return join(environment.LOCALAPPDATA, 'lesionlab', 'weights');
  return join(homedir(), '.local', 'share', 'lesionlab', 'weights');
}

/** What `--weights` takes in place of a file. */
export const imagenetKeyword = 'imagenet';

/** Whether several networks can find their weights by what was asked for: `imagenet`, or a folder. */
export const isForSeveral = (asked: string): boolean =>
  asked === imagenetKeyword || (statSync(asked, { throwIfNoEntry: false })?.isDirectory() ?? false);

/**
 * The file of weights that was asked for: as it is; of a folder, the network's in it, by its name; or of `imagenet`, the network's in the folder of
 * downloaded weights.
 * @throws LesionlabError kind `usage` where the network has none, or it wasn't downloaded
 */
export function chooseWeightsFile(asked: string | null | undefined, model: string): string | null {
  if (asked !== imagenetKeyword)
    return asked && isForSeveral(asked) ? findWeightsInFolder(asked, model) : (asked ?? null);
  const file = imagenetWeightFiles[model];
  if (file === undefined) {
    throw usageError('no-imagenet-weights', `There are no ImageNet weights of ${model} that lesionlab knows of.`, {
      hint: 'Name a file: --weights <file>; or another network: docs/weights.md lists those with such weights.',
    });
  }
  const path = join(weightsFolder(), file);
  if (!existsSync(path)) {
    throw usageError('weights-not-downloaded', `${file} is not in ${weightsFolder()}.`, {
      hint: `Fetch it once: \`lesionlab download weights ${model}\``,
    });
  }
  return path;
}

/**
 * What has to be fetched for the ImageNet weights of networks.
 * @throws LesionlabError kind `usage` where a network is unknown
 */
export function imagenetWeightsSource(models: readonly string[]): DownloadSource {
  const names = [...new Set(models.map(weightFileOf))];
  return {
    id: 'weights',
    name: `ImageNet weights of ${models.join(', ')}`,
    licence: names.some((name) => name.startsWith('tf_'))
      ? 'Apache-2.0 (timm), BSD 3-clause (torchvision)'
      : 'BSD 3-clause (torchvision)',
    terms: 'ImageNet’s images, which the weights were trained on, are for research that is not commercial.',
    citation:
      'Russakovsky O et al. ImageNet Large Scale Visual Recognition Challenge. IJCV 115, 211-252 (2015). doi:10.1007/s11263-015-0816-y',
    url: 'https://pytorch.org/vision/stable/models.html',
    aboutBytes: 0,
    files: names.map(remoteFile),
  };
}

function weightFileOf(model: string): string {
  const file = imagenetWeightFiles[model];
  if (file !== undefined) return file;
  const names = Object.keys(imagenetWeightFiles);
  const meant = nearestName(model, names);
  throw usageError('unknown-network', `There are no weights of "${model}" to download.`, {
    hint: meant ? `Did you mean ${meant}?` : `Networks with weights: ${names.join(', ')}.`,
  });
}

function remoteFile(name: string): RemoteFile {
  const [, value] = /-([0-9a-f]{8})\.pth$/.exec(name) ?? [];
  return { name, urls: [imagenetWeightsUrl(name)], checksum: { algorithm: 'sha256', value } };
}
