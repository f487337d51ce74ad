import type { ClassInfo } from '../dataset.js';
import type { AuditSummary } from './audit.js';

/** Images of one diagnosis. */
export interface ClassCount {
  /** Class code, for example `mel`. */
  readonly dx: string;
  /** Name for readers. */
  readonly name: string;
  readonly images: number;
  /** Distinct lesions; equals `images` where the dataset has no lesion ids. */
  readonly lesions: number;
  /** Share of all images, 0 to 1. */
  readonly share: number;
  /** Median-frequency class weight by images of the whole dataset; null where the class has no image. */
  readonly weight: number | null;
}

/** Images with one value of a metadata column. */
export interface ValueCount {
  readonly value: string;
  readonly images: number;
  /** Share of all images, 0 to 1. */
  readonly share: number;
}

/** Images by age in 5-year bins (lower bound included), and the normal distribution with their mean and spread. */
export interface AgeHistogram {
  readonly binYears: 5;
  /** Every bin from the lowest to the highest age in order, empty ones too. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly images: number }[];
  /** Images with an age. */
  readonly images: number;
  readonly missing: number;
  /** Years; null where fewer than two images have an age. Sample standard deviation (n - 1). */
  readonly normal: { readonly mean: number; readonly standardDeviation: number } | null;
  /** Years; null where no image has an age. */
  readonly median: number | null;
}

/** Images by diagnosis and by another attribute. */
export interface CrossTable {
  /** Values of the other attribute, in the order of display. */
  readonly values: readonly string[];
  /** Class codes in class order. */
  readonly classes: readonly string[];
  /** Images, `counts[value][class]`. */
  readonly counts: readonly (readonly number[])[];
}

/** How complete a column of the metadata is. */
export interface MissingValues {
  /** Column of the metadata. */
  readonly column: 'lesion_id' | 'dx_type' | 'age' | 'sex' | 'localization';
  /** Rows without a value. */
  readonly missing: number;
  /** Rows whose value is `unknown`. */
  readonly unknown: number;
  /** Share of rows that are one or the other, 0 to 1. */
  readonly share: number;
}

/** One row of the metadata, sexes and places in one form of writing. */
export interface SampleRow {
  readonly lesion_id: string;
  readonly image_id: string;
  readonly dx: string;
  readonly dx_type: string | null;
  readonly age: number | null;
  readonly sex: string | null;
  readonly localization: string | null;
}

/**
 * What a dataset looks like, in numbers: content of exploration.json. Lists for a column that the dataset lacks (sex in class
 * folders, say) are empty, tables have no values, and `age` is null.
 */
export interface Exploration {
  readonly dataset: {
    readonly id: string;
    readonly name: string;
    readonly synthetic: boolean;
    readonly licence?: string;
    readonly citation?: string;
    readonly url?: string;
    readonly metadataFile: string;
    readonly hasLesionIds: boolean;
    readonly hasMasks: boolean;
    readonly classes: readonly ClassInfo[];
  };
  readonly images: number;
  readonly lesions: number;
  readonly seed: number;
  /** In class order. */
  readonly classes: readonly ClassCount[];
  /** Most frequent first; `unknown` and `missing` last. The same for `localization` and `dxType`. */
  readonly sex: readonly ValueCount[];
  readonly localization: readonly ValueCount[];
  readonly dxType: readonly ValueCount[];
  readonly age: AgeHistogram | null;
  /** How many lesions have 1, 2, 3, ... images, ascending. */
  readonly imagesPerLesion: readonly { readonly images: number; readonly lesions: number }[];
  /** Most frequent localization first, `unknown` and `missing` last. */
  readonly diagnosisByLocalization: CrossTable;
  /** Values are bands of ten years, `0-9`, `10-19`, ..., and `missing` last where ages are missing. */
  readonly diagnosisByAge: CrossTable;
  readonly diagnosisBySex: CrossTable;
  readonly diagnosisByDxType: CrossTable;
  readonly missingValues: readonly MissingValues[];
  /** Ten rows drawn at random with `seed`. */
  readonly sampleRows: readonly SampleRow[];
  /** Up to five image ids a class, drawn at random with `seed`, only images that can be shown; class order. */
  readonly sampleImages: readonly { readonly dx: string; readonly imageIds: readonly string[] }[];
  readonly audit: AuditSummary;
}
