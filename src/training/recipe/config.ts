import { z } from 'zod';
import { mends } from '../../data/groups/mends.js';
import { metadataEncodingSchema } from '../../data/preparation/metadataInput.js';
import { inputLayouts } from '../../data/preparation/preprocessing.js';
import { preprocessingSchema } from '../../data/preparation/preprocessingSchema.js';
import { recipe } from './recipeSchema.js';

// What config.json holds a recipe of; the two are read together.
export { type Recipe, recipe } from './recipeSchema.js';

/** How the images were divided; splits.csv holds what came of it. */
export const splitConfig = z.object({
  /** Whole groups, each image for itself, one of k folds of whole groups (counted from 0), as the makers divided the data, one of several datasets for testing, or as a split file says. */
  rule: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('lesions') }),
    z.object({ kind: z.literal('images') }),
    z.object({ kind: z.literal('fold'), fold: z.int(), folds: z.int() }),
    z.object({ kind: z.literal('official'), mend: z.enum(mends).optional() }),
    z.object({ kind: z.literal('test-on'), source: z.string(), mend: z.enum(mends).optional() }),
    z.object({ kind: z.literal('file'), file: z.string(), sha256: z.string(), mend: z.enum(mends).optional() }),
  ]),
  /** What stays together: all images of a patient, of a lesion, or (where the data names neither, or the rule is `images`) nothing. */
  groupedBy: z.enum(['patient', 'lesion', 'image']),
  /** Each split has the classes in about the same proportions. */
  stratified: z.boolean(),
  /** Shares asked for; they add up to 1. */
  ratios: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  seed: z.int(),
  /** Left out where near-duplicates weren't looked for. */
  nearDuplicates: z.boolean().optional(),
});
/** How config.json says that images came into splits. */
export type SplitConfig = z.infer<typeof splitConfig>;

/** config.json of a run folder: the whole resolved configuration. */
export const runConfig = z.object({
  lesionlab: z.string(),
  created: z.string(),
  /** Name of the preset that the recipe changes (`none` where a file holds a whole one), and the settings that differ, as `name=value`. */
  preset: z.string(),
  overrides: z.array(z.string()),
  /** The recipe file that was given, as it was named, and the SHA-256 of its bytes, in hexadecimal. Left out where none was. */
  recipeFile: z.object({ name: z.string(), sha256: z.string() }).optional(),
  seed: z.int(),
  recipe,
  data: z.object({
    /** Absolute path. */
    folder: z.string(),
    /** Absolute paths of all datasets that were joined, in their order, `folder` being the first; left out for one. */
    folders: z.array(z.string()).optional(),
    metadataFile: z.string(),
    id: z.string(),
    name: z.string(),
    synthetic: z.boolean(),
    licence: z.string().optional(),
    citation: z.string().optional(),
    classes: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        description: z.string().optional(),
        malignant: z.boolean().optional(),
        positive: z.boolean().optional(),
      }),
    ),
    hasLesionIds: z.boolean(),
    images: z.int(),
    lesions: z.int(),
    /** SHA-256 over image ids, labels and the CRC-32 of each image file. */
    sha256: z.string(),
    limit: z.int().nullable(),
    /** Unusable images that were left out by request. */
    excluded: z.array(z.string()),
    /** Which of the data's images were meant; left out where nothing was asked for. */
    options: z
      .object({
        imageTypes: z.array(z.string()).readonly().optional(),
        allowMissing: z.boolean().optional(),
      })
      .optional(),
  }),
  /** Runs of earlier versions lack it. */
  split: splitConfig.optional(),
  preprocessing: preprocessingSchema,
  /** Where the recipe left it to the validation images: every way to look at them that was tried, of which `recipe.evaluation` has the one with the lowest log loss. */
  chosenViews: z
    .array(z.object({ views: z.string(), looks: z.int(), logLoss: z.number(), balancedAccuracy: z.number() }))
    .optional(),
  /** Resolved loss weights in class order. */
  classWeights: z.array(z.number()),
  /** What is added to the logits in the loss, in class order; left out where nothing is. */
  logitOffsets: z.array(z.number()).optional(),
  /** Frequencies of the classes that the network learned to answer for, in class order: see `resolveClassBalance`. Runs of earlier versions lack it. */
  trainedPrevalence: z.array(z.number()).optional(),
  model: z.object({
    id: z.string(),
    parameters: z.int(),
    weightsFile: z.string().nullable(),
    /** SHA-256 of that file as training began, in hexadecimal; null without one. Runs of earlier versions lack it. */
    weightsSha256: z.string().nullable().optional(),
    /** The file that the network is out of, which lies in the run folder as network.onnx, and how it is used. Left out for lesionlab's own architectures. */
    network: z
      .object({
        file: z.string(),
        /** Of its bytes, in hexadecimal. */
        sha256: z.string(),
        use: z.object({
          imageSize: z.int(),
          layout: z.enum(inputLayouts),
          output: z.string(),
          cut: z.string().optional(),
          pooling: z.enum(['token', 'mean']).optional(),
          gradCamLayer: z.string().optional(),
        }),
        /** How it was trained before, where that is known. */
        preprocessing: preprocessingSchema.optional(),
      })
      .optional(),
  }),
  /** What the network is told of an image beside its pixels, and how that is encoded; left out where nothing is. */
  metadata: metadataEncodingSchema.optional(),
  /** Whose answers it learned from besides the diagnoses, which lie in teacher.csv; left out where from nobody's. */
  teacher: z
    .object({
      /** Absolute path of the run folder or file. */
      source: z.string(),
      model: z.string(),
      networks: z.int(),
      /** Of its weights, and of teacher.csv, in hexadecimal. */
      sha256: z.string(),
      answersSha256: z.string(),
      images: z.int(),
      /** Training images that the teacher learned from itself. */
      learnedFrom: z.int(),
      /** Whether its answers were made those for the class frequencies that the network is trained for. */
      prevalence: z.enum(['shifted', 'as-it-is']),
    })
    .optional(),
  device: z.string(),
  threads: z.int(),
  /** `browser` instead of `node` where the studio trained it in a page. */
  versions: z.object({ node: z.string().optional(), browser: z.string().optional(), onnxruntime: z.string() }),
});
/** config.json of a run that trained a network: all that repeating it needs. */
export type RunConfig = z.infer<typeof runConfig>;
