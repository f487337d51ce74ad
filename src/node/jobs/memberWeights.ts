import { LesionlabError, usageError } from '../../errors.js';
import { chooseWeightsFile, imagenetKeyword, isForSeveral } from '../download/imagenetWeights.js';

/** A network that wants weights to begin with. */
interface Wanting {
  readonly name: string;
  readonly model: string;
}

/**
 * Where each of several networks finds its weights: `imagenet`, which each looks up where it is trained, or its own file in a folder, or one file for all, where they are trainings of one architecture.
 * @param here whether they are trained on this machine, so that downloaded ones have to be on it
 * @returns by network; undefined where they begin at random
 * @throws LesionlabError kind `usage` naming every network without a file, and what was looked for
 */
export function findMemberWeights(
  members: readonly Wanting[],
  asked: string | null | undefined,
  here: boolean,
): ReadonlyMap<string, string | undefined> {
  if (!asked) return new Map();
  const architectures = new Set(members.map(({ model }) => model));
  if (!isForSeveral(asked)) {
    if (architectures.size === 1) return new Map(members.map(({ name }) => [name, asked]));
    throw usageError(
      'weights-of-one',
      `${asked} is no folder, and ${architectures.size} networks begin with weights.`,
      {
        hint: 'Give --weights a folder with a file for each of them (its name beginning with the network’s), or imagenet.',
      },
    );
  }
  if (asked === imagenetKeyword && !here) return new Map(members.map(({ name }) => [name, imagenetKeyword]));
  const found = new Map<string, string | undefined>();
  const missing: LesionlabError[] = [];
  for (const { name, model } of members)
    try {
      const file = chooseWeightsFile(asked, model) ?? undefined;
      found.set(name, asked === imagenetKeyword ? imagenetKeyword : file);
    } catch (error) {
      if (!(error instanceof LesionlabError)) throw error;
      missing.push(error);
    }
  if (missing.length === 0) return found;
  if (missing.length === 1) throw missing[0];
  const lacking = members.filter(({ name }) => !found.has(name)).map(({ model }) => model);
  throw usageError(
    'weights-missing',
    `${missing.length} of the ${members.length} networks have no weights in ${asked === imagenetKeyword ? 'the folder of downloaded weights' : asked}: ${lacking.join(', ')}.`,
    {
      details: missing.map(({ message }) => message),
      hint:
        asked === imagenetKeyword
          ? `Fetch them once: \`lesionlab download weights ${lacking.join(' ')}\``
          : 'Put the files there, or name another folder with --weights.',
    },
  );
}
