import { type ChecklistItem, itemStates, personMustSay, type RunDocument, stateOf } from '../documents/document.js';
import { formatCount } from '../format.js';
import { purposeNotice, syntheticNotice } from '../page.js';
import { isOfJudged } from '../reportInput.js';
import { type Facts, sentencesOf, type Topic } from './facts.js';
import type { PaperInput } from './paperInput.js';

/** An item of a reporting guideline: what it is about, in words of ours, and which facts of the files belong to it. */
export interface GuidelineItem {
  /** As the guideline numbers it: `12c`. */
  readonly id: string;
  /** What it is called in an older form of the guideline, where that differs. */
  readonly olderId?: string;
  readonly title: string;
  readonly asks: string;
  /** What of the files says something about it. */
  readonly from?: readonly Topic[];
  /** What the author must write; where `whole` is set, only if the files say nothing. */
  readonly author: string;
  /** The files' sentences answer it all. */
  readonly whole?: boolean;
  /** Only about studies that make a model, or only about those that evaluate one; both where left out. */
  readonly only?: 'making' | 'evaluating';
}

/** A reporting guideline: sections of items, and where it was published. */
export interface Guideline {
  readonly name: string;
  /** Name of the file, without ending. */
  readonly file: string;
  readonly citation: string;
  /** What is to be known about the items here. */
  readonly note: string;
  readonly sections: readonly { readonly title: string; readonly items: readonly GuidelineItem[] }[];
}

/** A guideline item by item: filled from the files, partly filled, left to the author, or not about this kind of study. */
export function guidelineChecklist(
  { name, citation, note, sections }: Guideline,
  input: PaperInput,
  facts: Facts,
): RunDocument {
  const { run } = input;
  const made = run !== null && !isOfJudged(run);
  const evaluated = run === null || run.evaluation !== null;
  const filled = sections.map(({ title, items }) => ({
    title,
    items: items.map((item) => fill(item, facts, made, evaluated)),
  }));
  const all = filled.flatMap(({ items }) => items);
  const counts = itemStates.map(
    (state) => `${formatCount(all.filter((item) => stateOf(item) === state).length)} ${state}`,
  );
  return {
    title: `${name} checklist`,
    lead: [
      ...(run?.config.data.synthetic ? [syntheticNotice] : []),
      purposeNotice,
      `Filled in by ${input.writtenBy} as far as files go: ${counts.join(', ')}, of ${formatCount(all.length)}. Look for “${personMustSay}”.`,
      `${citation} ${note}`,
    ],
    sections: filled.map(({ title, items }) => ({
      title,
      blocks: items.map((item) => ({ kind: 'item' as const, ...item })),
    })),
  };
}

function fill(
  { id, olderId, title, asks, from = [], author, whole, only }: GuidelineItem,
  facts: Facts,
  made: boolean,
  evaluated: boolean,
): ChecklistItem {
  const number = olderId === undefined ? id : `${id} (${olderId})`;
  if (only === 'making' && !made)
    return {
      number,
      title,
      asks,
      applies: false,
      known: ['About studies that make a model; this one evaluates.'],
      person: null,
    };
  if (only === 'evaluating' && !evaluated)
    return {
      number,
      title,
      asks,
      applies: false,
      known: ['About evaluating a model; the run has not been evaluated.'],
      person: null,
    };
  const known = sentencesOf(facts, ...from);
  return { number, title, asks, known, person: whole && known.length > 0 ? null : author };
}
