import type { DatasetColumn } from '../../data/dataset.js';
import { type NotSkin, notSkin } from '../../image/skin/findSkin.js';
import { type NoSkinTone, type SkinToneEstimate, skinToneBand, skinToneBands } from '../../image/skin/skinTone.js';

/** The column that estimated skin tones make, in degrees: its groups are the bands of the individual typology angle. */
export const skinToneColumn: DatasetColumn & { readonly name: 'skin_tone_ita' } = {
  name: 'skin_tone_ita',
  kind: 'number',
  role: 'subgroup',
  bands: skinToneBands,
};

/** Why an image has no estimate; `no-mask` where its lesion mask is missing, can't be read, or can't be laid on it. */
export type WithoutSkinTone = NoSkinTone['reason'] | 'no-mask' | 'unreadable';

/** What was found of the skin in one image. */
export interface ImageSkinTone {
  readonly imageId: string;
  readonly lesionId: string;
  readonly tone: SkinToneEstimate | { readonly reason: WithoutSkinTone };
}

/** Skin tones that were estimated over some images. */
export interface SkinToneSummary {
  readonly images: number;
  readonly lesions: number;
  /** Those that there are, from dark to light. A lesion counts in each band that it has an image in. */
  readonly bands: readonly { readonly name: string; readonly images: number; readonly lesions: number }[];
  /** Images without an estimate, by reason. */
  readonly without: Partial<Readonly<Record<WithoutSkinTone, number>>>;
  /** Mean share of the picture that was measured, and that was left out for what; null where no image has an estimate. */
  readonly measured: { readonly share: number; readonly leftOut: Readonly<Record<NotSkin, number>> } | null;
}

/** Counts estimates by band and reason. */
export function summariseSkinTones(found: readonly ImageSkinTone[]): SkinToneSummary {
  const without: Partial<Record<WithoutSkinTone, number>> = {};
  const byBand = new Map<string, ImageSkinTone[]>();
  const measured: SkinToneEstimate[] = [];
  for (const image of found) {
    const { tone } = image;
    if ('reason' in tone) {
      without[tone.reason] = (without[tone.reason] ?? 0) + 1;
      continue;
    }
    measured.push(tone);
    const { name } = skinToneBand(tone.angle);
    const band = byBand.get(name);
    if (band) band.push(image);
    else byBand.set(name, [image]);
  }
  const lesions = (images: readonly ImageSkinTone[]) => new Set(images.map(({ lesionId }) => lesionId)).size;
  const mean = (read: (tone: SkinToneEstimate) => number) =>
    measured.reduce((sum, tone) => sum + read(tone), 0) / measured.length;
  return {
    images: found.length,
    lesions: lesions(found),
    bands: skinToneBands.flatMap(({ name }) => {
      const images = byBand.get(name);
      return images ? [{ name, images: images.length, lesions: lesions(images) }] : [];
    }),
    without,
    measured:
      measured.length === 0
        ? null
        : {
            share: mean(({ share }) => share),
            leftOut: Object.fromEntries(
              notSkin.map((reason) => [reason, mean(({ leftOut }) => leftOut[reason])]),
            ) as Record<NotSkin, number>,
          },
  };
}

const withoutWords: Readonly<Record<WithoutSkinTone, string>> = {
  bluish: 'their skin has no yellow in it (b* of 0 or less: the white balance is off)',
  'little-skin': 'less than 3% of the picture is skin that can be measured',
  'no-lesion': 'their mask shows no lesion',
  'no-mask': 'they have no mask that can be laid on them',
  unreadable: 'they could not be read',
};

/** What estimates of skin tone are, how they were made, and which images have none: sentences for readers. */
export function describeSkinTones({ images, without, measured }: SkinToneSummary): string[] {
  const percent = (share: number) => `${Math.round(100 * share)}%`;
  const missing = Object.entries(without) as [WithoutSkinTone, number][];
  const count = (n: number) => `${n.toLocaleString('en-US')} ${n === 1 ? 'image' : 'images'}`;
  return [
    'Skin tone is an estimate under unknown light and an unknown camera, never a Fitzpatrick type: the individual typology angle (ITA) of the skin outside the lesion, ' +
      'from the medians of L* and b* of the file’s own pixels, in the bands of Chardon et al. 1991 and Del Bino and Bernerd 2013.',
    ...(measured
      ? [
          `Measured was ${percent(measured.share)} of a picture on average. Left out were the lesion with a margin (${percent(measured.leftOut.lesion)}), the border of 4% (${percent(measured.leftOut.border)}), dark corners (${percent(measured.leftOut['dark-corner'])}), hair (${percent(measured.leftOut.hair)}) and white reflections (${percent(measured.leftOut.glare)}), and what lies more than a standard deviation from the medians.`,
        ]
      : []),
    ...(missing.length > 0
      ? [
          `Of ${count(images)} there is no estimate for ${missing.map(([reason, n]) => `${n.toLocaleString('en-US')}: ${withoutWords[reason]}`).join('; ')}.`,
        ]
      : []),
  ];
}
