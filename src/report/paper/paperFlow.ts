import { splitNames } from '../../data/dataset.js';
import { isJudgedEvaluation, type Judgement } from '../../evaluation/judging/judge.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { type FlowRow, flowDiagram } from '../charts/flowDiagram.js';
import { formatCount, formatCountOf } from '../format.js';
import { patientsByPart } from './dataFacts.js';
import type { PaperInput, RunPart, StudyPart } from './paperInput.js';

/** The flow of images, lesions and patients; null where the files don't say where images went. */
export function paperFlow({ run, study }: PaperInput, options: ChartOptions): string | null {
  const rows = run ? runRows(run) : study ? studyRows(study) : [];
  if (rows.length === 0) return null;
  const description = rows
    .map(({ boxes, leaves }) =>
      [...boxes.map(({ lines }) => lines.join(', ')), ...(leaves ? [`left: ${leaves.lines.join(', ')}`] : [])].join(
        '; ',
      ),
    )
    .join('. ');
  return flowDiagram(rows, { title: 'Flow of images', description: `${description}.` }, { ...options, print: true });
}

const images = (n: number) => formatCountOf(n, 'image');
const lesions = (n: number, known = true) => (known ? [formatCountOf(n, 'lesion')] : []);
const patients = (n: number | null) => (n === null ? [] : [formatCountOf(n, 'patient')]);

function runRows(run: RunPart): FlowRow[] {
  const { evaluation } = run;
  if (evaluation && isJudgedEvaluation(evaluation)) return judgedRows(run, evaluation.judgement);
  return run.splits ? trainedRows(run, run.splits) : [];
}

function trainedRows(
  { config, exploration, rows, evaluation }: RunPart,
  splits: NonNullable<RunPart['splits']>,
): FlowRow[] {
  const { data } = config;
  const named = data.hasLesionIds;
  const found = patientsByPart(rows);
  const everybody = found && new Set((rows ?? []).flatMap(({ patientId }) => patientId ?? [])).size;
  const leftOut = splits.leftOut?.length ?? 0;
  const whole = exploration?.images;
  const parted = splitNames.reduce((sum, name) => sum + splits.images[name], 0);
  // What the data have, less what was left out as unusable, less what wasn't taken for a subset.
  const subset = whole === undefined ? 0 : Math.max(0, whole - data.excluded.length - leftOut - parted);
  const leaves = [
    ...(data.excluded.length > 0 ? [`unusable: ${images(data.excluded.length)}`] : []),
    ...(leftOut > 0 ? [`in no part of the division: ${images(leftOut)}`] : []),
    ...(subset > 0 ? [`${data.limit === null ? 'not taken' : 'not in the subset'}: ${images(subset)}`] : []),
  ];
  const titles = { train: 'Training', validation: 'Validation', test: 'Test' } as const;
  const missing = evaluation ? splits.images.test - evaluation.images : 0;
  return [
    {
      boxes: [
        {
          lines: [
            data.name,
            ...(whole === undefined
              ? [images(parted + data.excluded.length + leftOut)]
              : [images(whole), ...lesions(exploration!.lesions, exploration!.dataset.hasLesionIds)]),
          ],
        },
      ],
      leaves: { lines: leaves.length > 0 ? ['Left out', ...leaves] : ['Left out', 'none'] },
    },
    { boxes: [{ lines: ['Used', images(parted), ...lesions(data.lesions, named), ...patients(everybody)] }] },
    {
      boxes: splitNames.map((name, i) => ({
        lines: [
          titles[name],
          images(splits.images[name]),
          ...lesions(splits.lesions[name], named),
          ...patients(found?.[i] ?? null),
        ],
        from: 0,
      })),
    },
    {
      boxes: [
        {
          lines: evaluation
            ? [
                'Evaluated (test images)',
                images(evaluation.images),
                ...lesions(evaluation.lesions, named),
                missing > 0 ? `without an answer: ${images(missing)}` : 'every test image has an answer',
              ]
            : ['Evaluated', 'not yet'],
          from: 2,
        },
      ],
    },
  ];
}

function judgedRows({ config, evaluation }: RunPart, { flow, unit, missing }: Judgement): FlowRow[] {
  const named = config.data.hasLesionIds;
  const answered = flow.images - flow.missing;
  const byClass = missing
    ? Object.entries(missing.byClass)
        .filter(([, count]) => count > 0)
        .map(([dx, count]) => `${dx} ${formatCount(count)}`)
    : [];
  return [
    {
      boxes: [{ lines: [config.data.name, `expected to have an answer: ${images(flow.images)}`] }],
      leaves: {
        lines: [
          'Without an answer',
          images(flow.missing),
          ...(byClass.length > 0
            ? [`${unit.of === 'image' ? '' : `${unit.of}s without any: `}${byClass.join(', ')}`]
            : []),
        ],
      },
    },
    {
      boxes: [{ lines: ['With an answer', images(answered)] }],
      leaves: { lines: ['Set aside to calibrate on', images(flow.setAside)] },
    },
    {
      boxes: [
        {
          lines: [
            'Scored',
            images(flow.scoredImages),
            ...(unit.of === 'image'
              ? lesions(evaluation!.lesions, named)
              : [`each ${unit.of} once: ${formatCountOf(flow.scoredUnits, unit.of)}`]),
            ...(unit.clusters === 'patient' ? [formatCountOf(unit.clusterCount, 'patient')] : []),
          ],
        },
      ],
    },
  ];
}

function studyRows({ analysis, hasLesions }: StudyPart): FlowRow[] {
  const { images: all, lesions: own, positiveImages, positiveLesions, readers, ofReaders, model } = analysis;
  const conditions = [...new Set(ofReaders.map(({ condition }) => condition))];
  const readings = (condition: string) =>
    ofReaders.filter((row) => row.condition === condition).reduce((sum, row) => sum + row.images, 0);
  return [
    {
      boxes: [
        {
          lines: [
            'Images of the study',
            images(all),
            ...lesions(own, hasLesions),
            `positive: ${images(positiveImages)}${hasLesions ? ` of ${formatCountOf(positiveLesions, 'lesion')}` : ''}`,
          ],
        },
      ],
    },
    {
      boxes: [
        ...conditions.slice(0, 3).map((condition) => ({
          lines: [
            conditions.length > 1 ? `Condition: ${condition}` : 'Readers',
            formatCountOf(
              new Set(ofReaders.filter((row) => row.condition === condition).map(({ reader }) => reader)).size,
              'reader',
            ),
            `${formatCount(readings(condition))} readings`,
          ],
          from: 0,
        })),
        ...(conditions.length > 3
          ? [
              {
                lines: [`${formatCount(conditions.length - 3)} more conditions`, formatCountOf(readers, 'reader')],
                from: 0,
              },
            ]
          : []),
        ...(model ? [{ lines: ['Model', model.name, images(model.images)], from: 0 }] : []),
      ],
    },
  ];
}
