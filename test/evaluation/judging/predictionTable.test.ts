import { describe, expect, it } from 'vitest';
import type { ClassInfo } from '../../../src/data/dataset.js';
import { parseTable } from '../../../src/data/reading/metadataTable.js';
import type { LesionlabError } from '../../../src/errors.js';
import {
  assembleAnswers,
  countTruth,
  type Direction,
  type PredictionTableChoices,
  readPredictionTable,
  type Truth,
  truthFromTable,
} from '../../../src/evaluation/index.js';
import { planClasses } from '../../../src/evaluation/judging/outputClasses.js';
import { thrown } from '../../thrown.js';

const classes: ClassInfo[] = [
  { id: 'mel', name: 'Melanoma', malignant: true },
  { id: 'nv', name: 'Melanocytic naevus' },
  { id: 'bcc', name: 'Basal cell carcinoma', malignant: true },
];
const ids = ['A1', 'A2', 'A3', 'A4'];
const labels = ['mel', 'nv', 'bcc', 'nv'];
const truth = truthFromTable(
  parseTable(`id,label\n${ids.map((id, i) => `${id},${labels[i]}`).join('\n')}`, 'truth.csv'),
);
const known: Truth = {
  ...truth,
  info: { ...truth.info, classes },
  records: truth.records.map((record, i) => ({ ...record, label: [0, 1, 2, 1][i] })),
};

const read = (text: string, choices?: PredictionTableChoices, of = known) =>
  readPredictionTable(
    parseTable(text, 'p.csv'),
    { classes: of.info.classes, ids: of.records.map(({ imageId }) => imageId) },
    countTruth(of),
    choices,
  );
const assemble = (text: string, choices?: PredictionTableChoices, direction?: Direction, of = known) =>
  assembleAnswers(read(text, choices, of), of, { source: 'p.csv', expected: false, direction });
const row = (found: ReturnType<typeof assemble>, image: string) => {
  const i = found.predictions.imageIds.indexOf(image);
  const width = found.predictions.classes.length;
  return [...found.predictions.probabilities.slice(i * width, (i + 1) * width)].map((p) => Number(p.toFixed(6)));
};

describe('a table of predictions of any tool', () => {
  it.each([
    ['class ids', 'image_id,mel,nv,bcc'],
    ['names of classes, in another order of letters', 'file,MELANOMA,Melanocytic Naevus,Basal_cell_carcinoma'],
    ['words before and after', 'isic_id,prob_mel,p(nv),bcc_score'],
  ])('finds columns by %s', (_, header) => {
    const found = assemble(`${header}\nx/A1.jpg,.7,.2,.1\nx/A2.JPG,.1,.8,.1\nx/A3.png,.2,.2,.6\nx/A4.jpeg,.3,.4,.3`);
    expect(row(found, 'A1')).toEqual([0.7, 0.2, 0.1]);
    expect(row(found, 'A3')).toEqual([0.2, 0.2, 0.6]);
    expect(found.words.join(' ')).toContain('without folders and endings');
  });

  it('takes logits by softmax, percentages, semicolons and decimal commas', () => {
    expect(row(assemble('id,mel,nv,bcc\nA1,2,-1,0\nA2,0,1,0\nA3,0,0,1\nA4,0,1,0'), 'A1')).toEqual([
      0.843795, 0.04201, 0.114195,
    ]);
    expect(row(assemble('id,mel,nv,bcc\nA1,70,20,10\nA2,10,80,10\nA3,20,20,60\nA4,30,40,30'), 'A1')).toEqual([
      0.7, 0.2, 0.1,
    ]);
    expect(
      row(assemble('id;mel;nv;bcc\nA1;0,7;0,2;0,1\nA2;0,1;0,8;0,1\nA3;0,2;0,2;0,6\nA4;0,3;0,4;0,3'), 'A2'),
    ).toEqual([0.1, 0.8, 0.1]);
  });

  it('takes no broken probabilities for logits: where half of the rows sum to 1 and none is negative', () => {
    const text = 'id,mel,nv,bcc\nA1,1.2,.2,.1\nA2,.1,.8,.1\nA3,.2,.2,.6\nA4,.3,.4,.3';
    expect(thrown(() => read(text))).toMatchObject({
      code: 'not-probabilities',
      message: expect.stringContaining('1.2'),
    });
    expect(() => read(text, { values: 'logits' })).not.toThrow();
  });

  it('maps columns that name nothing, adds outputs of one class up, and drops others', () => {
    const text = 'id,0,1,2,3\nA1,.5,.2,.2,.1\nA2,.1,.7,.1,.1\nA3,.1,.1,.2,.6\nA4,.2,.5,.2,.1';
    expect(thrown(() => read(text))).toMatchObject({
      kind: 'usage',
      code: 'no-class-columns',
      message: expect.stringContaining('0, 1, 2, 3'),
    });
    const map = { 0: 'mel', 2: 'mel', 1: 'nv', 3: 'bcc' };
    expect(row(assemble(text, { classColumns: map }), 'A1')).toEqual([0.7, 0.2, 0.1]);
    expect(row(assemble(text, { map }), 'A1')).toEqual([0.7, 0.2, 0.1]);
    expect(row(assemble(text, { classColumns: { ...map, 2: '' } }), 'A1')).toEqual([0.625, 0.25, 0.125]);
  });

  it('gives classes that the truth does not have a place of their own where the sum needs them', () => {
    const found = read('id,mel,nv,bcc,scc\nA1,.6,.2,.1,.1\nA2,.1,.6,.1,.2\nA3,.2,.2,.5,.1\nA4,.2,.3,.3,.2');
    expect(found.plan.classes.map(({ id }) => id)).toEqual(['mel', 'nv', 'bcc', 'scc']);
    expect(found.words.join(' ')).toContain('The truth has no class scc');
  });

  it('refuses classes of the truth that no column is for, with their images, unless they are mapped', () => {
    const text = 'id,mel,nv\nA1,.7,.3\nA2,.1,.9\nA3,.4,.6\nA4,.3,.7';
    expect(thrown(() => read(text))).toMatchObject({
      kind: 'data',
      code: 'unmapped-classes',
      details: ['bcc (1 image)'],
    });
    expect(assemble(text, { map: { bcc: 'mel' } }).predictions.labels).toEqual(Int32Array.of(0, 1, 0, 1));
    expect(assemble(text, { map: { bcc: '' } }).predictions.imageIds).toEqual(['A1', 'A2', 'A4']);
  });

  it('takes sums of rounded probabilities and whole percentages for rounding, and of others not', () => {
    // Seven columns of two decimals: sums may be 0.035 off.
    const of = (rows: readonly string[]) => `id,mel,nv,bcc,d,e,f,g\n${rows.join('\n')}`;
    const exact = ['A2,.1,.8,.1,0,0,0,0', 'A3,.2,.2,.6,0,0,0,0', 'A4,.3,.4,.3,0,0,0,0'];
    const found = assemble(of(['A1,.15,.15,.15,.15,.15,.15,.13', ...exact]));
    expect(found.predictions.probabilities[0]).toBeCloseTo(0.15 / 1.03, 12);
    expect(read(of(['A1,.15,.15,.15,.15,.15,.15,.13', ...exact])).words.join(' ')).toContain('rounded to 2 decimals');
    expect(thrown(() => read(of(['A1,.150001,.15,.15,.15,.15,.15,.13', ...exact])))).toMatchObject({
      code: 'sum-not-one',
    });
    const percent = read(
      'id,mel,nv,bcc,d,e,f,g\nA1,15,15,15,15,15,15,13\nA2,10,80,10,0,0,0,0\nA3,20,20,60,0,0,0,0\nA4,30,40,30,0,0,0,0',
    );
    expect(percent.words.join(' ')).toContain('percentages');
    expect(percent.words.join(' ')).toContain('whole numbers');
  });

  it('names what is missing or mistyped, and the option that mends it', () => {
    // No column for bcc: that is what is wrong, not that rows don't sum to 1.
    const lacking = thrown(() => read('id,mel,nv\nA1,.7,.2\nA2,.1,.8\nA3,.2,.2\nA4,.3,.4'));
    expect(lacking).toMatchObject({ code: 'unmapped-classes', message: expect.stringContaining('bcc (1 image)') });
    const mistyped = thrown(() =>
      read('id,mel,nv,bbc\nA1,.7,.2,.1\nA2,.1,.8,.1\nA3,.2,.2,.6\nA4,.3,.4,.3'),
    ) as LesionlabError;
    expect(mistyped.hintFor('terminal')).toContain('Was bbc=bcc meant? Then say --class-column bbc=bcc.');
    const unlike = thrown(() =>
      read('id,a,b,c\nA1,.7,.2,.1\nA2,.1,.8,.1\nA3,.2,.2,.6\nA4,.3,.4,.3', { classColumns: { a: 'mell' } }),
    ) as LesionlabError;
    expect(unlike.hint).toContain('Did you mean mel?');
    const column = thrown(() => read('pic,mel,nv,bcc\nA1,.7,.2,.1', { idColumn: 'pics' })) as LesionlabError;
    expect(column.hint).toContain('Did you mean pic?');
    const long = {
      ...known,
      info: { ...known.info, classes: [{ id: 'mel', name: 'Melanoma of any kind' }, ...classes.slice(1)] },
    };
    const begun = thrown(() =>
      read('id,melanoma,nv,bcc\nA1,.7,.2,.1\nA2,.1,.8,.1\nA3,.2,.2,.6\nA4,.3,.4,.3', {}, long),
    ) as LesionlabError;
    expect(begun.hintFor('terminal')).toContain('Was melanoma=mel meant?');
    const empty = thrown(() => read('id,mel,nv,bcc\nA1,NaN,.2,.1\nA2,.1,.8,.1')) as LesionlabError;
    expect(empty.hintFor('terminal')).toContain('--exclude-unusable');
    expect(empty.hintFor('page')).not.toContain('--');
  });

  it('never advises to leave out every class, and names the outputs of a network with --class-names', () => {
    const [{ classes: own }, found] = [known.info, countTruth(known)];
    const error = thrown(() => planClasses(['0', '1', '2'], own, found, {}, 'output')) as LesionlabError;
    expect(error.hintFor('terminal')).toContain('--class-names');
    expect(error.hintFor('terminal')).not.toContain('mel=');
    const some = thrown(() => planClasses(['mel', '1', '2'], own, found, {}, 'output')) as LesionlabError;
    expect(some.hintFor('terminal')).toContain('--map "nv=,bcc="');
  });

  it('reads one score for the classes that mean yes', () => {
    const text = 'id,score\nA1,.9\nA2,.2\nA3,.7\nA4,.1';
    expect(thrown(() => read(text))).toMatchObject({ kind: 'usage', code: 'no-positive' });
    const found = assemble(text, { positive: ['mel', 'bcc'] });
    expect(found.predictions.classes).toMatchObject([
      { id: 'nv', positive: false },
      { id: 'mel+bcc', positive: true },
    ]);
    expect(row(found, 'A3')).toEqual([0.3, 0.7]);
    expect(read(text.replace('score', 'p_mel')).plan.classes.map(({ id }) => id)).toEqual(['other', 'mel']);
    expect(read(text.replace('score', 'malignant')).plan.classes[1].id).toBe('mel+bcc');
  });

  it('asks which way a score points where it is worse than chance, and turns it round only where told', () => {
    const text = 'id,score\nA1,.1\nA2,.8\nA3,.3\nA4,.9';
    const positive = ['mel', 'bcc'];
    expect(thrown(() => assemble(text, { positive }))).toMatchObject({
      kind: 'usage',
      code: 'score-direction',
      message: expect.stringContaining('0.000'),
    });
    expect(row(assemble(text, { positive }, 'lower'), 'A1')).toEqual([0.1, 0.9]);
    expect(row(assemble(text, { positive }, 'higher'), 'A1')).toEqual([0.9, 0.1]);
  });

  it('asks what a score out of [0, 1] is', () => {
    const text = 'id,score\nA1,3\nA2,-2\nA3,1\nA4,-1';
    const positive = ['mel', 'bcc'];
    expect(thrown(() => read(text, { positive }))).toMatchObject({
      kind: 'data',
      code: 'score-scale',
      message: expect.stringContaining('row 2 (A1)'),
    });
    expect(row(assemble(text, { positive, values: 'logits' }), 'A1')[1]).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
    const found = read(text, { positive, values: 'score' });
    expect(found.orderOnly).toBe(true);
    expect(found.probabilities[1]).toBe(1);
  });
});

describe('a table of predictions that can’t be used says why', () => {
  const header = 'id,mel,nv,bcc';
  it.each([
    ['sums', `${header}\nA1,.7,.2,.1\nA2,.9,.8,.1\nA3,.2,.2,.6`, 'sum-not-one', 'row 3 (A2)'],
    ['words', `${header}\nA1,.7,.2,.1\nA2,high,.8,.1`, 'not-a-number', 'mel "high"'],
    ['NaN', `${header}\nA1,.7,.2,.1\nA2,nan,.8,.1`, 'not-a-number', 'mel "nan"'],
    ['infinity', `${header}\nA1,.7,.2,.1\nA2,inf,.8,.1`, 'not-a-number', 'mel "inf"'],
    ['duplicates', `${header}\nA1,.7,.2,.1\nA1,.7,.2,.1`, 'duplicate-image-id', 'already stands in row 2'],
    ['no rows', header, 'predictions-empty', 'no predictions'],
  ])('%s', (_, text, code, words) => {
    expect(thrown(() => read(text))).toMatchObject({ kind: 'data', code, message: expect.stringContaining(words) });
  });

  it('ids that match nothing, with what they look like on both sides', () => {
    const error = thrown(() => assemble(`${header}\n1,.7,.2,.1\n2,.1,.8,.1`));
    expect(error).toMatchObject({
      kind: 'data',
      code: 'ids-differ',
      details: ['truth: A1, A2, A3 and 1 more', 'predictions: 1, 2'],
    });
  });

  it('ids that match in part are counted on both sides', () => {
    const found = assemble(`${header}\nA1,.7,.2,.1\nA2,.1,.8,.1\nB9,.1,.8,.1`);
    expect(found.words.join(' ')).toContain(
      '1 prediction is of an image that the truth does not have, and left out: B9',
    );
    expect(found.missing.imageIds).toEqual(['A3', 'A4']);
  });

  it('a few predictions of a large truth are a part chosen on purpose, unless a list says what is expected', () => {
    const text = `${header}\nA1,.7,.2,.1`;
    expect(assemble(text).missing.imageIds).toEqual([]);
    expect(assembleAnswers(read(text), known, { source: 'p', expected: true }).missing.imageIds).toEqual([
      'A2',
      'A3',
      'A4',
    ]);
  });

  it('a row of NA, as R writes it, has no answer; numbers may have percent signs, and columns names of other languages', () => {
    const found = read('bild;mel;nv;bcc\nA1;70,0 %;20,0 %;10,0 %\nA2;NA;NA;NA\nA3;20 %;20 %;60 %\nA4;30 %;40 %;30 %');
    expect(found.unusable).toEqual(['A2']);
    expect(found.reading).toMatchObject({ idColumn: 'bild', values: 'percent' });
    expect(thrown(() => read('id,mel,nv,bcc\nA1,.7,.2,.1\nA2,NaN,NaN,NaN'))).toMatchObject({ code: 'not-a-number' });
    const own = truthFromTable(parseTable('Bild;Diagnose;Patient\nA1;Melanom;P1\nA2;Nävus;P2', 't.csv'));
    expect(own).toMatchObject({ hasPatientIds: true, records: [{ imageId: 'A1' }, { imageId: 'A2' }] });
  });

  it('images without an answer are missing, and unreadable ones where that was allowed', () => {
    const text = `${header}\nA1,.7,.2,.1\nA2,,,\nA3,.2,.2,.6\nA4,nan,.4,.3`;
    expect(thrown(() => read(text))).toMatchObject({ code: 'not-a-number' });
    const found = assemble(text, { excludeUnusable: true });
    expect(found.predictions.imageIds).toEqual(['A1', 'A3']);
    expect(found.missing.imageIds).toEqual(['A2', 'A4']);
  });

  it('one class only under a score', () => {
    const one = { ...known, records: known.records.filter(({ label }) => label === 1) };
    expect(thrown(() => assemble('id,score\nA2,.2\nA4,.1', { positive: ['mel'] }, undefined, one))).toMatchObject({
      kind: 'data',
      code: 'one-class',
    });
  });
});

describe('a plain truth', () => {
  it('has lesions, patients, confirmation and splits under their usual names', () => {
    const found = truthFromTable(
      parseTable(
        'filename,diagnosis,lesion_id,patient,dx_type,split\na/x.jpg,1,L1,P1,histopathology,val\nb/y.jpg,0,L1,P1,,test',
        't.csv',
      ),
    );
    expect(found.info.classes.map(({ id }) => id)).toEqual(['0', '1']);
    expect(found.records).toMatchObject([
      { imageId: 'x', label: 1, lesionId: 'L1', patientId: 'P1', dxType: 'histo', officialSplit: 'validation' },
      { imageId: 'y', label: 0, officialSplit: 'test' },
    ]);
    expect(found).toMatchObject({ hasLesionIds: true, hasPatientIds: true });
  });

  it('knows what HAM10000’s codes are called, in whatever case, so that columns may have those names', () => {
    const found = truthFromTable(parseTable('id,label\nA1,MEL\nA2,nv\nA3,scar', 't.csv'));
    expect(found.info.classes).toMatchObject([
      { id: 'mel', name: 'Melanoma', malignant: true },
      { id: 'nv', name: 'Melanocytic naevus' },
      { id: 'scar', name: 'scar' },
    ]);
    const { plan } = read('id,melanoma,melanocytic naevus,scar\nA1,.7,.2,.1\nA2,.1,.8,.1', undefined, found);
    expect(plan.classOfOutput).toEqual([0, 1, 2]);
  });

  it('knows patients and lesions by the names that datasets have for them', () => {
    const found = truthFromTable(parseTable('id,label,mole,subject_id\nA1,mel,L1,P1\nA2,nv,L1,P1', 't.csv'));
    expect(found.records).toMatchObject([
      { lesionId: 'L1', patientId: 'P1' },
      { lesionId: 'L1', patientId: 'P1' },
    ]);
  });

  it.each([
    ['no label column', 'id,colour\na,red', 'usage', 'truth-columns'],
    ['an image twice', 'id,label\na.jpg,1\na.png,0', 'data', 'duplicate-image-id'],
    ['no label', 'id,label\na,', 'data', 'no-label'],
  ])('refuses %s', (_, text, kind, code) => {
    expect(thrown(() => truthFromTable(parseTable(text, 't.csv')))).toMatchObject({ kind, code });
  });
});
