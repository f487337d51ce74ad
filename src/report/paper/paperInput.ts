import type { SplitRow } from '../../data/groups/splitsCsv.js';
import type { PredictionComparison } from '../../evaluation/comparison/comparePredictions.js';
import type { Predictions } from '../../evaluation/predictions/predictions.js';
import type { ReaderAnalysis } from '../../evaluation/readers/analyseReaders.js';
import type { DocumentInput } from '../documents/runWords.js';

/** A run: trained, an ensemble, or somebody else's classifier that was judged. */
export interface RunPart extends DocumentInput {
  /** What the run is called where it is compared. */
  readonly name: string;
  /** Of the test images; null where it wasn't evaluated. */
  readonly predictions: Predictions | null;
  /** splits.csv; null where the run has none. */
  readonly rows: readonly SplitRow[] | null;
}

/** A reader study, as `lesionlab readers --out` keeps it. */
export interface StudyPart {
  /** What readers were to find, in words. */
  readonly question: string;
  /** Ids of the classes that count as positive. */
  readonly positive: readonly string[];
  /** Whether it is known which images are of one lesion. */
  readonly hasLesions: boolean;
  readonly analysis: ReaderAnalysis;
  readonly notes: readonly string[];
}

/** Other runs beside the first, on the same images. */
export interface ComparedPart {
  /** Name of the first run. */
  readonly reference: string;
  /** How many classes all of them have. */
  readonly classes: number;
  readonly comparisons: readonly (PredictionComparison & { readonly run: string })[];
  /** The split file whose test images they were compared on. */
  readonly on?: { readonly file: string; readonly sha256: string };
  readonly notes: readonly string[];
}

/** Everything that a paper is written from; null what was not given. One of run and study is there. */
export interface PaperInput {
  readonly run: RunPart | null;
  readonly study: StudyPart | null;
  readonly compared: ComparedPart | null;
  /** For example `lesionlab 0.1.0`. */
  readonly writtenBy: string;
  /** Name and SHA-256 of the split file that is written along; null where there is none. */
  readonly splitFile: { readonly name: string; readonly sha256: string } | null;
}
