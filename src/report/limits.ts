import { isJudgedEvaluation, type Judgement } from '../evaluation/judging/judge.js';
import { formatCount, formatCountOf, formatList } from './format.js';
import { purposeNotice } from './page.js';
import type { ReportInput } from './reportInput.js';
import { knownSkinTone } from './skinTone.js';

/** A class with fewer test lesions than this is named among the limits. */
const fewLesions = 30;

/** Something that the numbers don't say: a few words, then a sentence or two, as plain text. */
export interface Limit {
  readonly title: string;
  readonly text: string;
}

/** What the numbers of a run don't say. */
export function listLimits({
  config,
  evaluation,
  splits,
  subgroups,
  skinTones,
}: Pick<ReportInput, 'config' | 'evaluation' | 'splits' | 'subgroups' | 'skinTones'>): Limit[] {
  const { data } = config;
  const few = evaluation?.perClass.filter(({ lesions, support }) => support > 0 && lesions < fewLesions) ?? [];
  const limits: Limit[] = [
    {
      title: purposeNotice,
      text: 'The model has been tested on images of one dataset and in no clinic. Its answers are no diagnosis.',
    },
  ];
  if (data.synthetic)
    limits.push({
      title: 'The images are synthetic.',
      text: 'They were drawn by a program to try out the software; the numbers here say nothing about real skin.',
    });
  const judged = evaluation && isJudgedEvaluation(evaluation) ? evaluation.judgement : null;
  limits.push(...(judged ? [describeJudgedImages(judged)] : describeDivision(data.hasLesionIds, splits)));
  if (!data.synthetic)
    limits.push(describeSkinLimit({ subgroups, skinTones }), {
      title: 'A selected collection.',
      text: 'Collections of such images come from few places and devices as a rule, and diagnoses are far more or less common in them than among people at large. Marks, rulers, hair and the way of taking the picture can give hints that have nothing to do with the lesion.',
    });
  if (few.length > 0)
    limits.push({
      title: 'Few lesions.',
      text: `${formatList(few.map((c) => `${c.name} (${formatCount(c.lesions)})`))}: with so few test lesions the numbers can be far off, as their intervals show.`,
    });
  limits.push({
    title: `Only ${formatCount(data.classes.length)} answers.`,
    text: 'Whatever it is shown, even a photograph of something else, the model answers with one of its diagnoses. A high probability does not mean that it is right.',
  });
  return limits;
}

function describeJudgedImages({ overlap, unit }: Judgement): Limit {
  const seen = overlap ? overlap.images + overlap.sameLesion + overlap.samePatient : null;
  const clusters = unit.clusters === 'image' ? ' Nothing says which images are of one lesion or patient.' : '';
  if (seen === null)
    return {
      title: 'What it learned from is unknown.',
      text: `Nobody said which images the classifier was trained on. If these are among them, the results are too good.${clusters}`,
    };
  return seen > 0
    ? {
        title: 'It knows some of these images.',
        text: `${formatCountOf(seen, 'image')} of those scored, or others of the same lesion or patient, were trained on: the results are too good.${clusters}`,
      }
    : {
        title: 'Checked against its training list.',
        text: `None of the images scored is in the list of those that it learned from, by ids; copies under other ids are not told.${clusters}`,
      };
}

function describeDivision(hasLesionIds: boolean, splits: ReportInput['splits']): Limit[] {
  const given = ['official', 'test-on', 'file'].includes(splits?.rule?.kind ?? '');
  const lesions = splits?.leakage.lesions ?? 0;
  const patients = splits?.proof?.patients;
  const leaked = [
    ...(lesions > 0 ? [formatCountOf(lesions, 'lesion')] : []),
    ...(patients && patients.onTwoSides > 0 ? [formatCountOf(patients.onTwoSides, 'patient')] : []),
  ];
  if (leaked.length > 0)
    return [
      {
        title: given ? 'The split divides what belongs together.' : 'Divided by image.',
        text: `${formatList(leaked)} ${lesions + (patients?.onTwoSides ?? 0) === 1 ? 'is' : 'are'} on both sides (leakage), which makes results too good.`,
      },
    ];
  if (patients && patients.groups > 0) {
    const { imagesWithout } = patients;
    if (imagesWithout === 0) return [];
    return [
      {
        title: 'Some patients are not known.',
        text: `${formatCountOf(imagesWithout, 'image')} ${imagesWithout === 1 ? 'names' : 'name'} no patient, so that people can be on both sides, which may make the results somewhat too good.`,
      },
    ];
  }
  return [
    hasLesionIds
      ? {
          title: 'Divided by lesion, not by patient.',
          text: 'The data name lesions but not people. Two lesions of one person can be on both sides, which may make the results somewhat too good.',
        }
      : {
          title: 'Divided by image.',
          text: 'The data don’t say which images show the same lesion or person, so the same lesion may be on both sides (leakage), which makes results too good.',
        },
  ];
}

function describeSkinLimit(known: Pick<ReportInput, 'subgroups' | 'skinTones'>): Limit {
  const { recorded, estimated } = knownSkinTone(known);
  if (recorded.length > 0)
    return {
      title: 'Skin tone by a record.',
      text: 'Results by the skin tone or type that the data record are among the groups. Who judged it, and on what scale, the data have to say; darker groups tend to be small.',
    };
  if (estimated !== null)
    return {
      title: 'Skin tone by an estimate only.',
      text: 'It was told from the colour of the pictures, under light and by cameras that nobody knows. Most published collections of this kind show mainly light skin, and how the model does on dark skin is not settled by such numbers.',
    };
  return {
    title: 'No record of skin tone.',
    text: 'The data say nothing of it that lesionlab reads, so nobody can tell from them how well the model does on darker skin. Most published collections of this kind show mainly light skin.',
  };
}
