import { cohensKappa, fleissKappa, type Kappa } from './kappa.js';
import type { ReaderCell, ReaderStudy } from './readerStudy.js';

/** How far readers agree, on yes and no or on diagnoses, by condition. */
export interface ReaderAgreement {
  readonly condition: string;
  /** What the answers are: yes and no, or one of several diagnoses. */
  readonly of: 'answers' | 'diagnoses';
  /** Fleiss's kappa of all readers; null with a single one. */
  readonly all: Kappa | null;
  /** Cohen's kappa of each two readers, of the images that both read; left out where there are more than 20 readers. */
  readonly pairs: readonly (Kappa & { readonly first: string; readonly second: string })[];
}

/** How far a reader agrees with himself when the same images come again. */
export interface SelfAgreement extends Kappa {
  readonly reader: string;
  readonly condition: string;
  /** What was answered again. */
  readonly of: ReaderAgreement['of'];
}

/** Pairs of more readers than this are too many to look at. */
const mostReaders = 20;

/** Kappas of the answers and, where diagnoses were asked for, of these. */
export function readerAgreement(study: ReaderStudy, level: number): ReaderAgreement[] {
  const kinds = study.categories ? (['answers', 'diagnoses'] as const) : (['answers'] as const);
  return study.conditions.flatMap((condition, i) =>
    kinds.flatMap((of): ReaderAgreement[] => {
      const cells = study.cells.filter((cell) => cell.condition === i && answersOf(cell, of));
      if (cells.length < 2) return [];
      const maps = cells.map((cell) => ({ cell, answers: byImage(cell, of) }));
      const pairs =
        cells.length > mostReaders
          ? []
          : maps.flatMap((second, b) =>
              maps.slice(0, b).map((first) => ({
                first: study.readers[first.cell.reader],
                second: study.readers[second.cell.reader],
                ...kappaOf(study, first.answers, second.answers, level),
              })),
            );
      const images = [...new Set(maps.flatMap(({ answers }) => [...answers.keys()]))];
      const rows = images.map((image) =>
        maps.flatMap(({ answers }) => (answers.has(image) ? [answers.get(image)!] : [])),
      );
      const clusterOf = images.map((image) => study.clusterOf[image]);
      return [{ condition, of, all: fleissKappa(rows, { clusterOf, level }), pairs }];
    }),
  );
}

/** Kappas of readers with themselves, where they read images again. */
export function selfAgreement(study: ReaderStudy, level: number): SelfAgreement[] {
  return (study.repeats ?? []).flatMap((repeat) => {
    const { reader, condition } = repeat;
    const cell = study.cells.find((own) => own.reader === reader && own.condition === condition);
    const of = study.categories ? 'diagnoses' : 'answers';
    if (!cell || !answersOf(cell, of) || !answersOf(repeat, of)) return [];
    const kappa = kappaOf(study, byImage(cell, of), byImage(repeat, of), level);
    return kappa.images === 0
      ? []
      : [{ reader: study.readers[reader], condition: study.conditions[condition], of, ...kappa }];
  });
}

const answersOf = (cell: ReaderCell, of: ReaderAgreement['of']) => (of === 'answers' ? cell.answers : cell.said);

function byImage(cell: ReaderCell, of: ReaderAgreement['of']): Map<number, number> {
  const answers = answersOf(cell, of)!;
  const found = new Map<number, number>();
  for (let i = 0; i < cell.images.length; i++) if (!Number.isNaN(answers[i])) found.set(cell.images[i], answers[i]);
  return found;
}

function kappaOf(
  { clusterOf }: ReaderStudy,
  first: ReadonlyMap<number, number>,
  second: ReadonlyMap<number, number>,
  level: number,
): Kappa {
  const both = [...first.keys()].filter((image) => second.has(image));
  return cohensKappa(
    both.map((image) => first.get(image)!),
    both.map((image) => second.get(image)!),
    { clusterOf: both.map((image) => clusterOf[image]), level },
  );
}
