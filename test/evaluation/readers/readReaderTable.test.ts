import { describe, expect, it } from 'vitest';
import { parseTable } from '../../../src/data/reading/metadataTable.js';
import { readModelTable } from '../../../src/evaluation/readers/readModelTable.js';
import { type ReadReaderTableOptions, readReaderTable } from '../../../src/evaluation/readers/readReaderTable.js';
import { thrown } from '../../thrown.js';

const truth = {
  classes: [
    { id: 'mel', name: 'Melanoma', malignant: true },
    { id: 'nv', name: 'Nevus', malignant: false },
    { id: 'bcc', name: 'Basal cell carcinoma', malignant: true },
  ],
  imageIds: ['a', 'b', 'c'],
  labels: [0, 1, 2],
  lesionIds: ['l1', 'l2', 'l1'],
};
const read = (text: string, options: Partial<ReadReaderTableOptions> = {}) =>
  readReaderTable(text, { file: 'reads.csv', truth, ...options });

describe('a table of what readers said', () => {
  it('takes diagnoses, finds images by their ids without endings, and joins images of a lesion', () => {
    const { study, question, positive, notes } = read(
      'reader,image_id,answer\nAnn,a.jpg,mel\nAnn,img/b.png,NV\nAnn,c,nv\nBob,a,bcc\nBob,img/b.png,nv\nBob,c,\n',
    );
    expect({ question, positive }).toEqual({ question: 'Malignant against benign', positive: ['mel', 'bcc'] });
    expect(study).toMatchObject({ readers: ['Ann', 'Bob'], conditions: ['reading'], truths: [1, 0, 1] });
    expect(Array.from(study.clusterOf)).toEqual([0, 1, 0]);
    expect(study.cells.map(({ answers }) => answers)).toEqual([
      [1, 0, 0],
      [1, 0, Number.NaN],
    ]);
    expect(study.categories).toEqual(['mel', 'nv', 'bcc']);
    expect(study.cells[1].said).toEqual([2, 1, Number.NaN]);
    expect(notes).toEqual(['Images without an answer, which are left out for that reader: Bob 1.']);
  });

  it('takes other names of columns, and a truth of its own', () => {
    const text = 'Doctor;case;vote;truth;lesion_id\nAnn;a;yes;1;x\nAnn;b;no;0;y\n';
    const { study, hasLesions } = read(text, { truth: undefined, columns: { reader: 'doctor', answer: 'Vote' } });
    expect(study).toMatchObject({ truths: [1, 0], cells: [{ answers: [1, 0] }] });
    expect(hasLesions).toBe(true);
    expect(() => read(text, { truth: undefined })).toThrow(/reader and answer or confidence are missing/);
    expect(() => read(text, { columns: { reader: 'nurse' } })).toThrow(/no column "nurse"/);
  });

  it('asks what counts as positive where nothing says so', () => {
    const classes = truth.classes.map(({ id, name }) => ({ id, name }));
    const text = 'reader,image_id,answer\nAnn,a,yes\nAnn,b,no\n';
    expect(() => read(text, { truth: { ...truth, classes } })).toThrow(/nothing says which of them/);
    const { study, question } = read(text, { truth: { ...truth, classes }, positive: ['nv'] });
    expect({ truths: study.truths, question }).toEqual({ truths: [0, 1], question: 'nv against all others' });
    expect(() => read(text, { positive: ['wart'] })).toThrow(/wart/);
  });

  it('asks what a confidence is in where a no is surer than a yes', () => {
    const text = 'reader,image_id,answer,confidence\nAnn,a,yes,60\nAnn,b,no,90\nAnn,c,yes,70%\n';
    expect(() => read(text)).toThrow(/isn't clear what the confidence is in/);
    const scores = (confidenceIn: 'positive' | 'answer') => read(text, { confidenceIn }).study.cells[0].scores;
    expect(scores('answer')).toEqual([60, -90, 70]);
    expect(scores('positive')).toEqual([60, 90, 70]);
    const plain = read('reader,image_id,answer,confidence\nAnn,a,yes,4\nAnn,b,no,2\n').study.cells[0];
    expect(plain.scores).toEqual([4, 2]);
  });

  it('makes answers of confidences from where they mean yes', () => {
    const text = 'reader,image_id,rating\nAnn,a,4\nAnn,b,3\n';
    expect(read(text).study.cells[0].answers).toBeUndefined();
    expect(read(text, { answerFrom: 4 }).study.cells[0].answers).toEqual([1, 0]);
  });

  it('keeps second readings for agreement', () => {
    const text = 'reader,image_id,answer,session\nAnn,a,yes,1\nAnn,b,no,1\nAnn,a,no,2\nAnn,b,no,2\n';
    const first = read(text);
    expect(first.study).toMatchObject({ cells: [{ answers: [1, 0] }], repeats: [{ answers: [0, 0] }] });
    expect(first.notes[0]).toMatch(/2 readings are of an image that the same reader had read before/);
    expect(read(text, { session: '2' }).study).toMatchObject({
      cells: [{ answers: [0, 0] }],
      repeats: [{ answers: [1, 0] }],
    });
    expect(() => read(text, { session: '3' })).toThrow(/no session "3"/);
  });

  it('names rows and images at fault', () => {
    const fault = (rows: string) => () => read(`reader,image_id,answer\n${rows}`);
    expect(fault('Ann,a,maybe\nAnn,b,no\n,c,no\n')).toThrow(/row 2: the answer is "maybe".*1 more/);
    expect(fault('Ann,a,yes\nAnn,a.jpg,no\n')).toThrow(/row 3: reader Ann has read image a in row 2 already/);
    expect(fault('Ann,a,yes\nAnn,x,no\n')).toThrow(/of 1 of 2 images.*called x; the truth has images called a, b, c/);
    expect(fault('Ann,a,yes\nAnn,c,no\n')).toThrow(/all of the 2 images/);
    expect(fault('')).toThrow(/no rows/);
  });

  it('refuses a truth that isn’t one', () => {
    expect(() => read('reader,image_id,answer\nAnn,a,yes\n', { truth: undefined })).toThrow(/no column truth/);
    const two = 'reader,image_id,answer,truth\nAnn,a,yes,1\nBob,a,yes,0\n';
    expect(() => read(two, { truth: undefined })).toThrow(/row 3: image a has another truth/);
  });
});

describe('a table of what a model said', () => {
  const known = {
    name: 'model',
    imageIds: ['a', 'b', 'c'],
    truths: [1, 0, 1],
    classes: truth.classes,
    positive: ['mel', 'bcc'],
  };
  const parse = (text: string) => parseTable(text, 'model.csv');
  const predictions =
    'image_id,lesion_id,dx,predicted,mel,nv,bcc\na,l,mel,mel,0.5,0.25,0.25\nc,l,bcc,nv,0.25,0.5,0.25\n';

  it('adds up positive classes, and says yes where the most probable one is such', () => {
    const { model, notes } = readModelTable(parse(predictions), known);
    expect(model).toEqual({ name: 'model', scores: [0.75, Number.NaN, 0.5], answers: [1, Number.NaN, 0] });
    expect(notes.join(' ')).toMatch(/1 of 3 images.*no prediction.*sum of its probabilities of mel, bcc/);
    expect(readModelTable(parse(predictions), { ...known, from: 0.5 }).model.answers).toEqual([1, Number.NaN, 1]);
  });

  it('takes one score, and asks what it is and which way it points where that isn’t plain', () => {
    const score = (rows: string, more = {}) =>
      readModelTable(parse(`image,score\n${rows}`), { ...known, ...more }).model;
    expect(score('a,0.75\nb,0.5\nc,0.6\n').answers).toEqual([1, 1, 1]);
    expect(() => score('a,3\nb,-1\nc,0\n')).toThrow(/score/);
    expect(score('a,3\nb,-1\nc,0\n', { values: 'logits' }).answers).toEqual([1, 0, 1]);
    const order = score('a,30\nb,-10\nc,0\n', { values: 'score' });
    expect(order.answers).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(order.scores[0]).toBeGreaterThan(order.scores[1]);
    expect(() => score('a,0.1\nb,0.9\nc,0.2\n')).toThrow(/AUROC is 0\.000/);
    expect(score('a,0.125\nb,0.875\nc,0.25\n', { direction: 'lower' }).scores).toEqual([0.875, 0.125, 0.75]);
  });

  it('takes a score that is called by a diagnosis for that, as a judged table does, unless the classes were named', () => {
    const table = () => parse('image,mel_score\na,0.75\nb,0.5\nc,0.6\n');
    const refused = thrown(() => readModelTable(table(), known));
    expect(refused).toMatchObject({ kind: 'usage', code: 'score-of-others' });
    expect(refused.message).toContain('speaks for mel by its name, and the readers are judged on mel, bcc');
    expect(readModelTable(table(), { ...known, named: true }).model.scores).toEqual([0.75, 0.5, 0.6]);
    expect(readModelTable(table(), { ...known, positive: ['mel'] }).model.scores).toEqual([0.75, 0.5, 0.6]);
  });
});
