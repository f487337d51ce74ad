import { type ChannelStatistics, imagenetStatistics } from '../../data/preparation/normalisation.js';

/**
 * Channel statistics that a file's weights were trained with, from its metadata: `mean` and `std` as three numbers each
 * with commas or spaces between them, or `preprocessing` as JSON in lesionlab's own checkpoints; where it doesn't say, those that
 * the network's weights are usually trained with.
 * @param usual the network's, where these aren't ImageNet's
 * @returns with where they come from, `weights` or `imagenet`
 */
export function weightsNormalisation(
  metadata: Readonly<Record<string, string>> | null,
  usual?: ChannelStatistics,
): ChannelStatistics & { readonly statistics: string } {
  if (metadata !== null) {
    const own = parseJson(metadata.preprocessing);
    const mean = triple(own?.mean ?? numbersIn(metadata.mean));
    const std = triple(own?.std ?? numbersIn(metadata.std));
    if (mean && std?.every((value) => value > 0)) return { mean, std, statistics: 'weights' };
    if (usual) return { ...usual, statistics: 'weights' };
  }
  return { ...imagenetStatistics, statistics: 'imagenet' };
}

const numbersIn = (text: string | undefined) => text?.trim().split(/\s*,\s*|\s+/);

function parseJson(text: string | undefined): { mean?: unknown; std?: unknown } | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function triple(values: unknown): [number, number, number] | undefined {
  if (!Array.isArray(values) || values.length !== 3) return undefined;
  const numbers = values.map((value) => (value === '' ? Number.NaN : Number(value)));
  return numbers.every(Number.isFinite) ? (numbers as [number, number, number]) : undefined;
}
