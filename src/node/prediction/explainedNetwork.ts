import type { Preprocessing } from '../../data/preparation/preprocessing.js';
import type { ExplainNetworkOptions } from '../../explain/explainers/registry.js';
import type { ModelMember } from '../run/runModel.js';

/** A network to explain, with its share in a model's answer. */
export interface ExplainedNetwork extends Pick<ExplainNetworkOptions, 'model' | 'weights' | 'classCount'> {
  /** Where it is from, for messages. */
  readonly name: string;
  readonly preprocessing: Preprocessing;
  /** Weights of a model's networks sum to 1. */
  readonly weight: number;
}

/** The networks of a run's model. */
export const networksOf = (members: readonly ModelMember[]): ExplainedNetwork[] =>
  members.map(({ folder, checkpoint: { model, weights, config }, weight }) => {
    const { preprocessing, data } = config;
    return { name: folder.path, model, weights, classCount: data.classes.length, preprocessing, weight };
  });
