import type { ClassInfo } from '../../data/dataset.js';
import { usageError } from '../../errors.js';
import { binaryQuestions } from '../metrics/binaryQuestion.js';

const yes = new Set(['yes', 'y', '1', '1.0', 'true', 'positive', 'pos', 'malignant', 'present', 'disease', 'diseased']);
const no = new Set(['no', 'n', '0', '0.0', 'false', 'negative', 'neg', 'benign', 'absent', 'normal', 'healthy']);

/** 1 for a word that says yes, 0 for one that says no; undefined for any other. */
export function readYesOrNo(word: string): 0 | 1 | undefined {
  const lower = word.trim().toLowerCase();
  return yes.has(lower) ? 1 : no.has(lower) ? 0 : undefined;
}

/** A question that readers answered: which classes count as yes, and the question in words. */
export interface PositiveClasses {
  readonly ids: readonly string[];
  readonly question: string;
}

/**
 * Which classes count as positive: those that are named; else those known to be malignant; else of two classes the one whose name says yes.
 * @param classes of the truth @param named ids
 * @throws LesionlabError kind `usage` where a named class isn't there, or nothing says which are meant
 */
export function positiveClasses(classes: readonly ClassInfo[], named?: readonly string[]): PositiveClasses {
  const ids = classes.map(({ id }) => id);
  if (named && named.length > 0) {
    const found = named.map((name) => {
      const id = ids.find((own) => own.toLowerCase() === name.trim().toLowerCase());
      if (id !== undefined) return id;
      throw usageError('no-class', `${name} is to be positive, but the truth has the classes ${ids.join(', ')}.`);
    });
    return { ids: found, question: `${found.join(', ')} against all others` };
  }
  const malignant = binaryQuestions(classes).find(({ id }) => id === 'malignant');
  if (malignant) return { ids: malignant.classes, question: malignant.title };
  const words = ids.map(readYesOrNo);
  if (ids.length === 2 && words.includes(1) && words.includes(0)) {
    const id = ids[words.indexOf(1)];
    return { ids: [id], question: `${id} against ${ids[words.indexOf(0)]}` };
  }
  throw usageError(
    'which-positive',
    `The truth has the classes ${ids.join(', ')}, and nothing says which of them readers were to find.`,
    {
      hint: {
        terminal: `Name them: --positive ${ids.includes('mel') ? 'mel' : ids[0]}.`,
        page: 'Say which classes count as positive.',
      },
    },
  );
}
