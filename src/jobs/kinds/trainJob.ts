import { z } from 'zod';
import { mends } from '../../data/groups/mends.js';
import { jobKind } from './jobKind.js';

const mend = z.enum(mends).optional();
const anySettings = z.record(z.string(), z.unknown());

/** Where a network is named, which may be a file: in a recipe, in those of its networks where it has several, and beside it. */
const models = [
  ...['recipe', 'recipe.changes'].flatMap((recipe) => [`${recipe}.model`, `${recipe}.members.model`]),
  'overrides.model',
];

/** How images come into splits: a rule by its name, or with what belongs to it. */
const split = z.union([
  z.enum(['lesions', 'images', 'official']),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('lesions') }),
    z.strictObject({ kind: z.literal('images') }),
    z.strictObject({ kind: z.literal('fold'), fold: z.int().min(0), folds: z.int().min(3) }),
    z.strictObject({ kind: z.literal('official'), mend }),
    z.strictObject({ kind: z.literal('test-on'), source: z.string(), mend }),
    z.strictObject({ kind: z.literal('file'), path: z.string(), mend }),
  ]),
]);

/** Trains a network into a run folder, as `lesionlab train` does; settings are its options. */
export const trainJob = jobKind({
  kind: 'train',
  description: 'Trains a network into a run folder.',
  settings: z.strictObject({
    preset: z.string().optional(),
    /** Of a recipe: the path of a file, what one says, or a file that was read, with its name and the SHA-256 of its bytes. */
    recipe: z
      .union([
        z.string(),
        z.strictObject({ name: z.string(), sha256: z.string().optional(), changes: anySettings }),
        anySettings,
      ])
      .optional(),
    /** Settings that go before those of preset or recipe, by name; `resolveRecipe` checks them. */
    overrides: anySettings.optional(),
    /** Of a recipe of several networks: the one that is trained. */
    member: z.string().optional(),
    /** What is said of a network that is an ONNX file. */
    network: anySettings.optional(),
    /** A file of weights to begin with, or `imagenet`. */
    weights: z.string().optional(),
    /** Whose answers are learned from, too: a run folder or an ONNX file, and what a file learned from; or a job of the plan that makes a run. */
    teacher: z
      .union([
        z.strictObject({ source: z.string(), trainedOn: z.string().optional() }),
        z.strictObject({ job: z.string() }),
      ])
      .optional(),
    limit: z.int().min(1).optional(),
    ratios: z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]).optional(),
    splitSeed: z.int().min(0).optional(),
    split: split.optional(),
    nearDuplicates: z.boolean().optional(),
    excludeUnusable: z.boolean().optional(),
    imageTypes: z.array(z.string()).optional(),
    allowMissing: z.boolean().optional(),
    tensorBoard: z.boolean().optional(),
    explore: z.boolean().optional(),
  }),
  paths: ['recipe', ...models, 'weights', 'teacher.source', 'teacher.trainedOn', 'split.path'],
  words: {
    weights: /^imagenet$/,
    // Names of networks have no dots.
    ...Object.fromEntries(models.map((path) => [path, /^[\w-]+$/])),
  },
  data: 'needed',
  folder: 'makes',
});
