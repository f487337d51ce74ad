import { describeSkinTones } from '../evaluation/metrics/skinTones.js';
import { formatCount, formatList } from './format.js';
import type { ReportInput } from './reportInput.js';
import { isSkinTone, subgroupTitle } from './subgroupTitle.js';

type Known = Pick<ReportInput, 'subgroups' | 'skinTones'>;

/** What is known of the skin in the test images: columns of the data that say it, and estimates. */
export interface SkinToneKnowledge {
  /** Titles of the data's own columns whose groups were evaluated. */
  readonly recorded: readonly string[];
  /** How many test images an estimate puts in each band, in words; null where nothing was estimated. */
  readonly estimated: string | null;
  /** What an estimate is, how it was made, and which images have none. */
  readonly words: readonly string[];
}

/** What is known of the skin in the test images. */
export function knownSkinTone({ subgroups, skinTones }: Known): SkinToneKnowledge {
  const fields = [...new Set(subgroups?.map(({ field }) => field))].filter(isSkinTone);
  const recorded = fields.filter((field) => field !== 'skin_tone_ita').map(subgroupTitle);
  const bands = skinTones?.bands.map(({ name, images }) => `${name}: ${formatCount(images)}`);
  return {
    recorded,
    estimated: bands && bands.length > 0 ? bands.join(', ') : null,
    words: skinTones ? describeSkinTones(skinTones) : [],
  };
}

/** The same in a sentence or two for lists of what is known, and of what is not. */
export function describeSkinTone(known: Known): string {
  const { recorded, estimated } = knownSkinTone(known);
  return [
    recorded.length > 0
      ? `Skin tone is recorded by the data: ${formatList(recorded)}.`
      : 'The data’s table says nothing about skin tone that lesionlab reads.',
    estimated
      ? `Estimated beside the lesion under unknown light (ITA, no Fitzpatrick type), test images: ${estimated}.`
      : 'None was estimated: that takes lesion masks.',
  ].join(' ');
}
