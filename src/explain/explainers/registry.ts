import { requireOneOf } from '../../checks.js';
import { usageError } from '../../errors.js';
import type { OpenOptions, Runtime } from '../../runtime/index.js';
import type { AttributionMap, Explainer, ExplainerOptions, ExplanationMethod, NetworkExplainer } from './explainer.js';
import { gradCam } from './gradCam.js';
import { hiresCam } from './hiresCam.js';
import { integratedGradients } from './integratedGradients.js';
import { occlusion } from './occlusion.js';

/** Methods of explaining by their ids; whoever adds one adds a line here. */
export const explainers: Readonly<Record<ExplanationMethod, Explainer>> = {
  'grad-cam': gradCam,
  hirescam: hiresCam,
  'integrated-gradients': integratedGradients,
  occlusion,
};

/** Ids of the methods. */
export const explanationMethods = Object.keys(explainers) as readonly ExplanationMethod[];

/** A method by its id. @throws LesionlabError kind `usage` for one that is unknown */
export const findExplainer = (method: ExplanationMethod): Explainer =>
  explainers[requireOneOf('method', method, explanationMethods)];

/** A network, and the method that explains it; default `grad-cam`. */
export type ExplainNetworkOptions = ExplainerOptions & { readonly method?: ExplanationMethod };

/**
 * Opens any network for explaining its answers by one method.
 * @throws LesionlabError kind `usage` for options that the network or the method doesn't have; kind `run` where the device can't run the graph
 */
export async function openNetworkExplainer(
  runtime: Runtime,
  { method = 'grad-cam', ...options }: ExplainNetworkOptions,
  open: OpenOptions = {},
): Promise<NetworkExplainer> {
  requireOwnOptions(method, options);
  return findExplainer(method).open(runtime, options, open);
}

/** Options by the methods that take them; all others are every method's. */
const optionOwners: Partial<Record<keyof ExplainerOptions, readonly ExplanationMethod[]>> = {
  layer: ['grad-cam', 'hirescam'],
  reading: ['grad-cam', 'hirescam'],
  baseline: ['integrated-gradients', 'occlusion'],
  steps: ['integrated-gradients'],
  cells: ['occlusion'],
  patch: ['occlusion'],
};

/** @throws LesionlabError kind `usage` where an option is of another method, and would be ignored */
export function requireOwnOptions(method: ExplanationMethod, options: Partial<ExplainerOptions>): void {
  const { title } = findExplainer(method);
  for (const [name, owners] of Object.entries(optionOwners)) {
    if (options[name as keyof ExplainerOptions] === undefined || owners.includes(method)) continue;
    throw usageError('option-of-other-method', `${title} takes no ${name}.`, {
      hint: {
        terminal: `Leave --${name} out, or choose ${owners.join(' or ')}.`,
        page: `Leave the ${name} out, or choose ${owners.join(' or ')}.`,
      },
    });
  }
}

/**
 * Explains images once: opens the network, maps what in each image spoke for a class, and closes it.
 * @param images [N, 3, S, S], normalised, any N @param classIndices [N], the class to explain for each image
 * @throws LesionlabError as `openNetworkExplainer` and `explain` do
 */
export async function explainNetwork(
  runtime: Runtime,
  options: ExplainNetworkOptions,
  images: Float32Array,
  classIndices: ArrayLike<number>,
  open: OpenOptions = {},
): Promise<AttributionMap[]> {
  const explainer = await openNetworkExplainer(runtime, options, open);
  try {
    return await explainer.explain(images, classIndices);
  } finally {
    await explainer.close();
  }
}
