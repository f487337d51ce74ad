/** What sentences about a study are about: methods first, results below. */
export const topics = [
  'source',
  'selection',
  'people',
  'pictures',
  'reference',
  'division',
  'preparation',
  'variation',
  'model',
  'training',
  'choice',
  'imbalance',
  'output',
  'thresholds',
  'recalibration',
  'measures',
  'intervals',
  'looks',
  'missing',
  'overlap',
  'groups',
  'elsewhere',
  'comparing',
  'readers',
  'readerAnalysis',
  'software',
  'availability',
  'flow',
  'performance',
  'diagnoses',
  'questions',
  'points',
  'calibration',
  'missingResults',
  'labels',
  'groupResults',
  'elsewhereResults',
  'comparisonResults',
  'readerResults',
] as const;
/** What a sentence is about. */
export type Topic = (typeof topics)[number];

/** Sentences by what they are about; each is true of the files that it was written from, and what they don't hold has none. */
export type Facts = Readonly<Partial<Record<Topic, readonly string[]>>>;

/** Sentences of a topic, or of several in their order. */
export const sentencesOf = (facts: Facts, ...about: readonly Topic[]): string[] =>
  about.flatMap((topic) => facts[topic] ?? []);

/** Facts of several parts as one, in their order. */
export function joinFacts(...parts: readonly Facts[]): Facts {
  return Object.fromEntries(
    topics.flatMap((topic) => {
      const sentences = parts.flatMap((part) => part[topic] ?? []);
      return sentences.length > 0 ? [[topic, sentences]] : [];
    }),
  );
}
