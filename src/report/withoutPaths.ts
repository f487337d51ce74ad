import type { ExternalEvaluation } from '../evaluation/outside/externalEvaluation.js';
import { type AnyConfig, isEnsemble, isJudged } from '../training/recipe/ensembleConfig.js';
import { fileName } from './html.js';

/** A configuration for passing on: where on a machine the data and the weights lie is nobody else's business. */
export function withoutPaths(config: AnyConfig): AnyConfig {
  const data = {
    ...config.data,
    folder: fileName(config.data.folder),
    ...(config.data.folders && { folders: config.data.folders.map(fileName) }),
    metadataFile: fileName(config.data.metadataFile),
  };
  if (isEnsemble(config)) {
    const members = config.ensemble.members.map((member) => ({ ...member, run: fileName(member.run) }));
    return { ...config, data, ensemble: { ...config.ensemble, members } };
  }
  if (isJudged(config)) return { ...config, data };
  const { model } = config;
  return { ...config, data, model: { ...model, weightsFile: model.weightsFile && fileName(model.weightsFile) } };
}

/**
 * The same of an evaluation of other data.
 * @param paths of folders that its notes may name, beside the evaluated data's own
 */
export function withoutFolders(evaluation: ExternalEvaluation, paths: readonly string[]): ExternalEvaluation {
  const { source, notes } = evaluation.external;
  // The longest first: one may lie in another.
  const named = [...paths, source].sort((a, b) => b.length - a.length);
  const shorten = (text: string) => named.reduce((result, path) => result.replaceAll(path, fileName(path)), text);
  return { ...evaluation, external: { ...evaluation.external, source: fileName(source), notes: notes.map(shorten) } };
}
