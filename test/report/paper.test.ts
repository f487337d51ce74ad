import { describe, expect, it } from 'vitest';
import { comparePredictions, evaluateSubgroups, judgeInFull } from '../../src/evaluation/index.js';
import { analyseReaders } from '../../src/evaluation/readers/analyseReaders.js';
import { plotDocument } from '../../src/node/pictures/plotDocument.js';
import { Random } from '../../src/random.js';
import { stateOf } from '../../src/report/documents/document.js';
import { renderMarkdown } from '../../src/report/index.js';
import { sentencesOf, type Topic } from '../../src/report/paper/facts.js';
import { guidelineChecklist } from '../../src/report/paper/guideline.js';
import { paperFacts, paperFiles } from '../../src/report/paper/paperFiles.js';
import type { PaperInput, RunPart, StudyPart } from '../../src/report/paper/paperInput.js';
import { paperTables } from '../../src/report/paper/paperTables.js';
import { splitFileOf } from '../../src/report/paper/splitFileOf.js';
import { stardAi } from '../../src/report/paper/stardAi.js';
import { tripodAi } from '../../src/report/paper/tripodAi.js';
import { csvTable } from '../../src/report/tables/csvTable.js';
import { escapeLatex, latexTable } from '../../src/report/tables/latexTable.js';
import { decimal, percent, type ResultTable } from '../../src/report/tables/resultTable.js';
import type { RunConfig } from '../../src/training/recipe/config.js';
import type { JudgedConfig } from '../../src/training/recipe/judgedConfig.js';
import { madeUpConfig, madeUpPredictions, madeUpRecords } from './fixtures.js';
import { madeUpInput } from './madeUpInput.js';
import { findMarkdownFaults } from './markdownStructure.js';
import { assertWellFormed } from './structure.js';

const predictions = madeUpPredictions();
const base = madeUpConfig();
const splitOf = (split: Partial<NonNullable<RunConfig['split']>>): RunConfig['split'] => ({
  rule: { kind: 'lesions' },
  groupedBy: 'lesion',
  stratified: true,
  ratios: { train: 0.64, validation: 0.16, test: 0.2 },
  seed: 0,
  ...split,
});
const rows = predictions.imageIds.map((imageId, i) => ({
  imageId,
  lesionId: predictions.lesionIds[i],
  dx: predictions.classes[predictions.labels[i]].id,
  split: (['train', 'validation', 'test'] as const)[Math.floor(i / 3) % 3],
}));
const trained: RunPart = {
  ...madeUpInput,
  config: { ...base, split: splitOf({}) },
  explanations: null,
  name: 'first',
  rows,
};
const inputOf = (run: RunPart | null, more: Partial<PaperInput> = {}): PaperInput => ({
  run,
  study: null,
  compared: null,
  writtenBy: 'lesionlab 0.1.0',
  splitFile: null,
  ...more,
});
const say = (run: RunPart, ...topics: Topic[]) => sentencesOf(paperFacts(inputOf(run)), ...topics).join(' ');

/** The run with other settings. */
function changed(change: {
  config?: Partial<RunConfig>;
  data?: Partial<RunConfig['data']>;
  training?: Partial<RunConfig['recipe']['training']>;
  split?: Parameters<typeof splitOf>[0];
  run?: Partial<RunPart>;
}): RunPart {
  const config: RunConfig = {
    ...base,
    split: splitOf(change.split ?? {}),
    ...change.config,
    data: { ...base.data, ...change.data },
    recipe: { ...base.recipe, training: { ...base.recipe.training, ...change.training } },
  };
  return { ...trained, config, ...change.run };
}

const judgedConfig: JudgedConfig = {
  lesionlab: '0.1.0',
  created: base.created,
  seed: 0,
  data: base.data,
  model: { id: 'theirs', parameters: null, weightsFile: null },
  judged: { kind: 'table', file: 'theirs.csv', sha256: 'aa', truthSha256: null, options: {} },
  device: 'cpu',
  threads: 1,
  versions: base.versions,
};
function judged(options: Parameters<typeof judgeInFull>[1] = {}, config: Partial<JudgedConfig> = {}): RunPart {
  const found = judgeInFull(predictions, { resamples: 20, ...options });
  const evaluation = { ...found.evaluation, split: 'test', judgement: { ...found.evaluation.judgement, words: [] } };
  return {
    ...trained,
    config: { ...judgedConfig, ...config },
    splits: null,
    records: [],
    exploration: null,
    externals: [],
    evaluation,
    predictions: found.scored,
  };
}

function studyPart(): StudyPart {
  const random = new Random(5);
  const truths = Array.from({ length: 60 }, (_, i) => i % 2);
  const images = truths.map((_, i) => i);
  const cells = [0, 1, 2].flatMap((reader) =>
    [0, 1].map((condition) => {
      const scores = truths.map((truth) => Math.round(10 * (truth * (0.3 + 0.2 * condition) + 0.6 * random.next())));
      return { reader, condition, images, scores, answers: scores.map((score) => (score >= 5 ? 1 : 0)) };
    }),
  );
  const study = {
    readers: ['Ann', 'Bob', 'Cleo'],
    conditions: ['alone', 'with the model'],
    imageIds: truths.map((_, i) => `i${i}`),
    truths,
    clusterOf: truths.map((_, i) => i),
    cells,
  };
  const analysis = analyseReaders(study, { resamples: 50 });
  return { question: 'malignant', positive: ['mel'], hasLesions: false, analysis, notes: analysis.notes };
}

describe('sentences about data', () => {
  it('say by which rule images were divided, and nothing of another rule', () => {
    const by = (split: Parameters<typeof splitOf>[0]) => say(changed({ split }), 'division');
    expect(by({})).toContain('by whole lesions, each diagnosis in about the same share');
    expect(by({ groupedBy: 'patient' })).toContain('by whole patients and lesions');
    expect(by({ groupedBy: 'image' })).toContain('by single images');
    expect(by({ rule: { kind: 'images' } })).toContain('each for itself, whatever lesion it shows');
    expect(by({ rule: { kind: 'images' } })).not.toContain('kept together');
    expect(by({ rule: { kind: 'fold', fold: 1, folds: 5 } })).toContain('fold 2 of 5');
    const official = by({ rule: { kind: 'official', mend: 'drop-from-train' }, stratified: false });
    expect(official).toContain('as the makers of the dataset divided them');
    expect(official).toContain('were left out of it');
    expect(official).not.toMatch(/at random \(seed|64%/);
    expect(by({ rule: { kind: 'official' }, stratified: false })).not.toMatch(/left out of it|both sides/);
    expect(by({ rule: { kind: 'official', mend: 'keep' } })).toContain('left on both sides');
    expect(by({ rule: { kind: 'test-on', source: 'clinic' } })).toContain('dataset clinic are the test part');
    expect(by({ rule: { kind: 'file', file: 'a.split.csv', sha256: 'ff' } })).toContain(
      'split file a.split.csv (SHA-256 ff)',
    );
  });

  it('say whether near-duplicates were looked for, and only where that is on record', () => {
    expect(say(trained, 'division')).toContain('nearly the same were not looked for');
    const near = changed({ split: { nearDuplicates: true }, run: { splits: { ...trained.splits!, near: [] } } });
    expect(say(near, 'division')).toContain('looked for: 0 pairs found');
    const old: RunPart = { ...trained, config: { ...base, split: undefined } };
    expect(say(old, 'division')).not.toMatch(/nearly the same|at random/);
    expect(say(old, 'division')).toContain('training 6,410 images');
  });

  it('count patients where they are named, and say where they are not', () => {
    expect(say(trained, 'selection')).toContain('do not say which images show the same patient');
    const named = changed({
      split: { groupedBy: 'patient' },
      run: { rows: rows.map((row, i) => ({ ...row, patientId: `P${Math.floor(i / 9)}` })) },
    });
    expect(say(named, 'selection')).not.toContain('same patient');
    expect(say(named, 'selection')).toMatch(/and \d+ patients were used/);
    expect(say(named, 'division')).toMatch(/test [\d,]+ images of [\d,]+ lesions and \d+ patients/);
  });

  it('say what was left out, and that results are too good where something is on two sides', () => {
    expect(say(trained, 'selection')).toContain('No image was left out as unusable.');
    const partly = changed({ data: { excluded: ['a', 'b'], limit: 500, hasLesionIds: false } });
    expect(say(partly, 'selection')).toContain('2 images that could not be used were left out');
    expect(say(partly, 'selection')).toContain('about 500 images were asked');
    expect(say(partly, 'selection')).toContain('do not say which images show the same lesion');
    expect(say(partly, 'performance')).not.toContain('lesions');
    const leaking = changed({ run: { splits: { ...trained.splits!, leakage: { lesions: 3, images: 5 } } } });
    expect(say(leaking, 'division')).toContain('3 lesions and 5 images');
    expect(say(leaking, 'division')).toContain('results on the test images are too good');
    expect(say(trained, 'division')).not.toContain('too good');
  });

  it('call painted images what they are', () => {
    const painted = changed({ data: { synthetic: true } });
    expect(say(painted, 'source', 'people')).toContain('drawn by a program');
    expect(say(painted, 'reference')).not.toContain('confirmed');
    expect(paperFiles(inputOf(painted), null, { document: plotDocument() })[0].text).toContain('Synthetic images');
  });
});

describe('sentences about the classifier', () => {
  it('say what training began with', () => {
    expect(say(trained, 'model')).toContain('began with random weights');
    const model = { ...base.model, weightsFile: 'w.pth', weightsSha256: 'abc' };
    const loaded = changed({ config: { model }, training: { freeze: 'backbone' } });
    expect(say(loaded, 'model')).toContain('weights in the file w.pth (SHA-256 abc)');
    expect(say(loaded, 'model')).toContain('the classifier alone');
    expect(say(loaded, 'model')).not.toContain('random weights');
  });

  it('say how training ended', () => {
    const done = (epochs: number, earlyStopping: number, records = 24) =>
      say(changed({ training: { epochs, earlyStopping }, run: { records: madeUpRecords(records) } }), 'training');
    expect(done(24, 0)).toContain('All 24 epochs were done');
    expect(done(24, 0)).not.toContain('end early');
    expect(done(60, 0)).toContain('stopped after epoch 24 of 60');
    expect(done(60, 2)).toContain('to end early after 2 epochs');
    expect(done(60, 2)).toContain('ended early, after epoch 24 of 60');
    // Nobody can say that it was early stopping where the best epoch was just now.
    expect(done(60, 20)).toContain('stopped after epoch 24 of 60');
  });

  it('say which weights were evaluated', () => {
    expect(say(trained, 'choice')).toContain('epoch 18, the one with the highest balanced accuracy');
    const looks = { times: 1, weights: 1, checkpoint: 'last', epoch: 24 };
    expect(say({ ...trained, testLooks: looks }, 'choice')).toContain('after the last epoch (24)');
    expect(say({ ...trained, testLooks: null }, 'choice')).toMatch(/^Kept were the weights of epoch/);
  });

  it('say what was done about rare diagnoses, and nothing else', () => {
    expect(say(changed({ training: { classWeights: 'none' } }), 'imbalance')).toContain('counted alike');
    expect(say(changed({ training: { classWeights: 'median-frequency' } }), 'imbalance')).not.toContain('square root');
    expect(say(trained, 'imbalance')).toContain('square root of median-frequency');
    const more = changed({ training: { classWeights: 'none', focalLoss: 2, sampling: 'lesion-first' } });
    expect(say(more, 'training')).toContain('the focal form of cross-entropy');
    expect(say(more, 'imbalance')).toMatch(/focal loss, focusing 2.*one image of each lesion/);
    expect(say(trained, 'training', 'imbalance')).not.toContain('focal');
  });

  it('claim nothing of how a judged classifier was made', () => {
    const run = judged();
    expect(say(run, 'training', 'choice', 'imbalance', 'preparation', 'variation', 'division')).toBe('');
    expect(say(run, 'model')).toContain(
      'table of its answers (theirs.csv, SHA-256 aa); the classifier itself was not run',
    );
    expect(say(run, 'overlap')).toContain('Nobody said which images it learned from');
    const file = judged({}, { judged: { ...judgedConfig.judged, kind: 'file', file: 'net.onnx' } });
    expect(say(file, 'model')).toContain('by running its file (net.onnx');
  });
});

describe('sentences about the evaluation', () => {
  it('say what was fitted on what', () => {
    expect(say(trained, 'recalibration')).toContain('were fitted on the validation images');
    expect(say({ ...trained, evaluation: { ...trained.evaluation!, calibration: null } }, 'recalibration')).toContain(
      'nothing was recalibrated',
    );
    const aside = judged({ calibrateOn: { share: 0.3 } });
    expect(say(aside, 'recalibration')).toMatch(/30% of the images, set aside by lesion.*fitted anew in 20 resamples/);
    expect(say(aside, 'thresholds')).toContain('were fitted on 30% of the images');
    expect(say(aside, 'thresholds')).not.toContain('read off');
    expect(say(judged(), 'thresholds')).toContain('read off the images that were scored');
    expect(say(judged({ threshold: 0.4 }), 'thresholds')).toContain('given before the images were scored');
    expect(say(trained, 'thresholds')).toContain('exploratory');
  });

  it('name resamples, seed and cluster of intervals, and that nothing was adjusted', () => {
    expect(say(trained, 'intervals')).toMatch(
      /95% intervals.*50 resamples clustered by lesion.*Seed 0.*nothing was adjusted/,
    );
    const without = { ...trained, evaluation: { ...trained.evaluation!, intervals: null } };
    expect(say(without, 'intervals')).toBe('Intervals were not computed.');
    expect(say(without, 'performance')).not.toContain('interval');
  });

  it('count lesions where each counts once', () => {
    const run = judged({ unit: 'lesion' });
    expect(say(run, 'performance')).toMatch(/^On \d+ lesions the balanced accuracy/);
    expect(say(run, 'diagnoses', 'questions')).not.toContain('image');
    expect(say(run, 'intervals')).toContain('clustered by lesion');
    expect(say(judged({ unit: 'lesion', calibrateOn: { share: 0.3 } }), 'recalibration')).toMatch(/\(\d+ lesions\)/);
    const [table] = paperTables(inputOf(run)).filter(({ id }) => id === 'by-diagnosis');
    expect(table.notes).toEqual(['Each lesion counts once: what is called images here are lesions.']);
  });

  it('say of scores that only have an order no more than that', () => {
    const run = judged({ orderOnly: true });
    expect(say(run, 'measures', 'performance', 'diagnoses')).not.toMatch(/balanced accuracy (was|\()|sensitivity \d/);
    const names = paperFiles(inputOf(run), null, { document: plotDocument() }).map(({ path }) => path);
    expect(names.filter((path) => path.includes('decision'))).toEqual([]);
  });

  it('bound what missing answers may have done', () => {
    const run = judged({ missing: { labels: [4, 4, 5] } });
    expect(say(run, 'missing')).toContain('3 of 603 images that should have an answer have none');
    expect(say(run, 'missingResults')).toContain('all missing answers wrong');
    expect(say(judged(), 'missing')).toContain('Every image that should have an answer has one');
    expect(say(judged(), 'missingResults')).toBe('');
  });

  it('say nothing of results that there are none of', () => {
    const run: RunPart = { ...trained, evaluation: null, predictions: null, subgroups: null, testLooks: null };
    expect(say(run, 'performance', 'diagnoses', 'measures', 'intervals', 'groupResults')).toBe('');
    expect(say(run, 'looks')).toBe('The test images were not evaluated.');
    expect(say(run, 'software', 'availability')).not.toMatch(/evaluation|prediction/);
    const checklist = renderMarkdown(guidelineChecklist(tripodAi, inputOf(run), paperFacts(inputOf(run))));
    expect(checklist).toContain('once it has been evaluated');
  });

  it('call groups exploratory', () => {
    expect(say(trained, 'groups')).toContain('exploratory');
    expect(say({ ...trained, subgroups: [] }, 'groups')).toBe('');
    const skin = evaluateSubgroups(
      predictions,
      new Map(predictions.imageIds.map((id, i) => [id, { age: null, values: { fitzpatrick: i % 2 ? 'I' : 'VI' } }])),
      { resamples: 0, columns: [{ name: 'fitzpatrick', role: 'subgroup' }] as never },
    );
    expect(say({ ...trained, subgroups: skin }, 'groups')).toContain('fitzpatrick');
  });
});

describe('reader studies and comparisons', () => {
  const study = studyPart();
  it('say who read what, how it was analysed, and differences with intervals', () => {
    const facts = paperFacts(inputOf(null, { study }));
    const text = sentencesOf(facts, 'readers', 'readerAnalysis', 'readerResults').join(' ');
    expect(text).toContain('3 readers read 60 images, 30 of them positive');
    expect(text).toContain('2 conditions: alone and with the model');
    expect(text).toContain('Hillis');
    expect(text).toContain('jackknife');
    expect(text).toMatch(/Difference in AUROC, with the model less alone: −?[\d.]+ \(95% interval/);
    expect(text).toContain('guarded against few readers');
    expect(text).not.toContain('simulated by a rule');
    expect(facts.source).toBeUndefined();
  });

  it('have tables, a flow and checklists of their own', () => {
    const files = paperFiles(inputOf(null, { study }), null, { document: plotDocument() });
    const names = files.map(({ path }) => path);
    for (const name of ['flow.svg', 'figures/readers.svg', 'tables/readers.csv', 'tables/reader-differences.tex'])
      expect(names).toContain(name);
    expect(names).not.toContain('checklists/clear-derm.md');
  });

  it('compare on the same images, paired', () => {
    const comparison = { ...comparePredictions(predictions, predictions, { resamples: 20 }), run: 'second' };
    const inputWith = (classes: number) =>
      inputOf(trained, {
        compared: {
          reference: 'first',
          classes,
          comparisons: [comparison],
          on: { file: 'a.split.csv', sha256: 'ff' },
          notes: ['Mind.'],
        },
      });
    const input = inputWith(7);
    const text = sentencesOf(paperFacts(input), 'comparing', 'comparisonResults').join(' ');
    expect(text).toContain('second was compared with first on the same 600 images');
    expect(text).toContain('a.split.csv (SHA-256 ff)');
    expect(text).toContain('paired bootstrap of 20 resamples');
    expect(text).toContain('macro AUROC: ');
    const ofTwo = sentencesOf(paperFacts(inputWith(2)), 'comparisonResults').join(' ');
    expect(ofTwo).toContain('first, AUROC: ');
    expect(text).toContain('is 0.0000 (95% interval 0.0000 to 0.0000)');
    expect(text).toContain('Mind.');
    expect(paperTables(input).map(({ id }) => id)).toContain('comparison-1');
  });
});

describe('checklists', () => {
  const itemsOf = (guideline: typeof tripodAi) => guideline.sections.flatMap(({ items }) => items);
  it('have every item of their guidelines, once', () => {
    const tripod = itemsOf(tripodAi).map(({ id }) => id);
    expect(tripod).toHaveLength(52);
    expect(new Set(tripod).size).toBe(52);
    expect(new Set(tripod.map((id) => Number.parseInt(id, 10)))).toEqual(
      new Set(Array.from({ length: 27 }, (_, i) => i + 1)),
    );
    const stard = itemsOf(stardAi);
    expect(stard).toHaveLength(48);
    expect(new Set(stard.map(({ id }) => Number.parseInt(id, 10))).size).toBe(40);
    const older = stard.flatMap(({ olderId }) => olderId ?? []);
    expect(older).toHaveLength(34);
    expect(new Set(older).size).toBe(34);
    expect(new Set(older.map((id) => Number.parseInt(id, 10))).size).toBe(30);
  });

  it('say of what only concerns making a model that it does not apply to one that was judged', () => {
    const states = (run: RunPart) =>
      guidelineChecklist(tripodAi, inputOf(run), paperFacts(inputOf(run))).sections.flatMap(({ blocks }) =>
        blocks.flatMap((block) => (block.kind === 'item' ? [[String(block.number), stateOf(block)] as const] : [])),
      );
    const ofJudged = new Map(states(judged()));
    for (const id of ['9a', '12a', '12b', '12c', '15', '22', '27a', '27b'])
      expect(ofJudged.get(id)).toBe('not applicable');
    const ofTrained = new Map(states(trained));
    expect([...ofTrained.values()]).not.toContain('not applicable');
    expect(ofTrained.get('12a')).toBe('filled from files');
    expect(ofTrained.get('17')).toBe('left to the author');
    expect(ofTrained.get('23a')).toBe('filled from files');
  });
});

describe('files for a paper', () => {
  const hostile = changed({
    data: {
      name: 'a|b_c & 100% #1 $x {y} ~^\\ <script>',
      classes: base.data.classes.map((c) => ({ ...c, name: `${c.name} & 5% <b>_x_</b>` })),
    },
  });
  const inputs = { trained: inputOf(trained), judged: inputOf(judged({ prevalence: 0.1 })), hostile: inputOf(hostile) };

  it.each(Object.entries(inputs))('of a %s run are well formed', (_, input) => {
    const files = paperFiles(input, null, { document: plotDocument() });
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    for (const { path, text } of files) {
      expect(text, path).not.toMatch(/undefined|\[object|NaN/);
      if (path.endsWith('.md')) expect(findMarkdownFaults(text), path).toEqual([]);
      if (path.endsWith('.svg')) {
        assertWellFormed(text);
        expect(text, path).toMatch(/<title id="[\w-]+">[^<]+<\/title><desc id="[\w-]+">[^<]+<\/desc>/);
        // Light, and itself alone, in whatever shows it.
        expect(text, path).not.toMatch(/<style|var\(--|@media|href=|url\((?!#)|system-ui/);
        expect(text, path).toContain('font-family="Helvetica, Arial, sans-serif"');
      }
      if (path.endsWith('.tex')) {
        const balanced = text.replaceAll('\\\\', '').replace(/\\[{}]/g, '');
        expect(balanced.split('{').length, path).toBe(balanced.split('}').length);
        if (!path.includes('preview'))
          expect(text.replace(/\\[&%#_$]/g, ''), path).not.toMatch(/[%#]|[A-Za-z]_[A-Za-z]/);
      }
    }
  });

  it('hold one table as Markdown, CSV and LaTeX', () => {
    const table: ResultTable = {
      id: 'a_b',
      caption: 'Shares & more',
      columns: [{ title: 'Who_is' }, { title: 'Share', number: true }, { title: 'n', number: true }],
      rows: [
        ['=1+1 & co', percent(0.5, [0.25, 0.75]), 12345],
        ['none', percent(null, null), decimal(1.23456)],
      ],
    };
    expect(csvTable(table)).toBe(
      `Who_is,Share,"Share, low","Share, high",n\n'=1+1 & co,0.5,0.25,0.75,12345\nnone,,,,1.23456\n`,
    );
    const latex = latexTable(table);
    expect(latex).toContain('=1+1 \\& co & 50.0\\% (25.0\\% to 75.0\\%) & 12,345 \\\\');
    expect(latex).toContain('\\caption{Shares \\& more}');
    expect(latex).toContain('Who\\_is');
    expect(latex).toContain('\\label{tab:a_b}');
    expect(escapeLatex('\\ { } & % $ # _ ~ ^ 5 – 6 − 7')).toBe(
      '\\textbackslash{} \\{ \\} \\& \\% \\$ \\# \\_ \\textasciitilde{} \\textasciicircum{} 5 -- 6 $-$ 7',
    );
  });

  it('hold the split with groups that name nobody', () => {
    const named = { ...trained, rows: rows.map((row, i) => ({ ...row, patientId: `Smith ${Math.floor(i / 9)}` })) };
    const { name, content } = splitFileOf(named)!;
    expect(name).toBe('ham10000.split.csv');
    expect(content).not.toContain('Smith');
    expect(content).toContain('# a group holds: all images of a patient, all images of a lesion, identical files');
    const lines = content.split('\n').filter((line) => line.startsWith('ISIC'));
    expect(lines).toHaveLength(600);
    const groups = lines.map((line) => line.split(',')[2]);
    expect(new Set(groups.slice(0, 9)).size).toBe(1);
    expect(splitFileOf({ ...trained, rows: null })).toBeNull();
    // A division that was taken from a file is cited by that file.
    const taken = changed({ split: { rule: { kind: 'file', file: 'a.split.csv', sha256: 'ff' } } });
    expect(splitFileOf(taken)).toBeNull();
    const [readme] = paperFiles(inputOf(taken), null, { document: plotDocument() });
    expect(readme.text).toContain('cite that one, by its SHA-256 ff');
  });
});
