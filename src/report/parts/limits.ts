import { formatCount, formatList } from '../format.js';
import { term } from '../glossary.js';
import { escapeText } from '../html.js';
import { purposeNotice } from '../page.js';
import type { ReportInput } from '../reportInput.js';

/** A class with fewer test lesions than this is named among the limits. */
const fewLesions = 30;

/** What the numbers don't say. */
export function renderLimits({ config, evaluation }: ReportInput): string {
  const { data } = config;
  const few = evaluation?.perClass.filter(({ lesions, support }) => support > 0 && lesions < fewLesions) ?? [];
  const items = [
    `<strong>${purposeNotice}</strong> The model has been tested on images of one dataset and in no clinic. Its answers are no diagnosis.`,
    data.synthetic
      ? '<strong>The images are synthetic.</strong> They were drawn by a program to try out the software; the numbers here say nothing about real skin.'
      : '',
    data.hasLesionIds
      ? `<strong>Divided by lesion, not by patient.</strong> The data name lesions but not people. Two lesions of one person can be on both sides, which may make the results somewhat too good.`
      : `<strong>Divided by image.</strong> The data don’t say which images show the same lesion or person, so the same lesion may be on both sides (${term('Leakage')}), which makes results too good.`,
    data.synthetic
      ? ''
      : '<strong>No record of skin tone.</strong> The data have no such field, so nobody can tell from them how well the model does on darker skin. Most published collections of this kind show mainly light skin.',
    data.synthetic
      ? ''
      : '<strong>A selected collection.</strong> The images come from few places and devices, and diagnoses are far more or less common in them than among people at large. Marks, rulers, hair and the way of taking the picture can give hints that have nothing to do with the lesion.',
    few.length > 0
      ? `<strong>Few lesions.</strong> ${escapeText(
          formatList(few.map((c) => `${c.name} (${formatCount(c.lesions)})`)),
        )}: with so few test lesions the numbers can be far off, as their intervals show.`
      : '',
    `<strong>Only ${formatCount(data.classes.length)} answers.</strong> Whatever it is shown, even a photograph of something else, the model answers with one of its diagnoses. A high probability does not mean that it is right.`,
  ].filter(Boolean);
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('\n')}</ul>`;
}
