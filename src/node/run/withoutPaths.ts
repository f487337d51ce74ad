import { basename, relative } from 'node:path';
import { type AnyConfig, isEnsemble, isJudged } from '../../training/recipe/ensembleConfig.js';

/** What is passed on: where on this machine the data and the weights lie is nobody else's business. */
export function withoutPaths(config: AnyConfig): AnyConfig {
  const data = {
    ...config.data,
    folder: basename(config.data.folder),
    ...(config.data.folders && { folders: config.data.folders.map((path) => basename(path)) }),
    metadataFile: basename(config.data.metadataFile),
  };
  if (isEnsemble(config)) {
    const members = config.ensemble.members.map((member) => ({ ...member, run: basename(member.run) }));
    return { ...config, data, ensemble: { ...config.ensemble, members } };
  }
  if (isJudged(config)) return { ...config, data };
  const { model } = config;
  return {
    ...config,
    data,
    model: { ...model, weightsFile: model.weightsFile && basename(model.weightsFile) },
  };
}

/** From the current folder where it lies below that, else its name. */
export function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== '' && !fromHere.startsWith('..') ? fromHere : basename(path);
}
