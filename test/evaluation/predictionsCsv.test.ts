import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LesionlabError } from '../../src/errors.js';
import { formatPredictionsCsv, parsePredictionsCsv } from '../../src/evaluation/predictions/predictionsCsv.js';
import { predictionsOf, randomPredictions, sevenClasses } from './makePredictions.js';

const good = 'image_id,lesion_id,dx,predicted,a,b\ni1,l1,a,a,0.75,0.25\ni2,l2,a,b,0.4,0.6\n';
const parse = (text: string) => parsePredictionsCsv(text, { file: 'predictions.csv' });

function faultOf(text: string): LesionlabError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof LesionlabError) return error;
  }
  throw new Error('expected a LesionlabError');
}

describe('predictions.csv', () => {
  it('has the columns of the contract', () => {
    const [header, first] = formatPredictionsCsv(randomPredictions(3, 1)).split('\n');
    expect(header).toBe('image_id,lesion_id,dx,predicted,akiec,bcc,bkl,df,mel,nv,vasc');
    expect(first.split(',')).toHaveLength(11);
  });

  it('comes back bit by bit', () => {
    const predictions = randomPredictions(200, 1);
    const text = formatPredictionsCsv(predictions);
    expect(parsePredictionsCsv(text, { file: 'x', classes: sevenClasses })).toEqual(predictions);
  });

  it('reads ids and classes in composed form, whatever form the file and the run have', () => {
    const [composed, decomposed] = ['N\u00e4vus', 'Na\u0308vus'];
    for (const form of [composed, decomposed]) {
      const text = `image_id,lesion_id,dx,predicted,mel,${form}\n${form}1,l,${form},mel,0.75,0.25\n`;
      const classes = ['mel', decomposed].map((id) => ({ id, name: id }));
      const read = parsePredictionsCsv(text, { file: 'x', classes });
      expect([read.imageIds, [...read.labels]]).toEqual([[`${composed}1`], [1]]);
    }
  });

  it('keeps every float32 and every id', () => {
    fc.assert(
      fc.property(fc.float({ min: 0, max: 1, noNaN: true }), fc.string({ minLength: 1 }), (share, id) => {
        const probability = Math.fround(share);
        const predictions = predictionsOf([0], [[probability, Math.fround(1 - probability)]]);
        const read = parse(formatPredictionsCsv({ ...predictions, imageIds: [id], lesionIds: [id] }));
        expect(read.probabilities).toEqual(predictions.probabilities);
        expect(read.imageIds).toEqual([id]);
      }),
    );
  });

  it('writes the exact value, so that readers of doubles compute with the same number', () => {
    const row = formatPredictionsCsv(predictionsOf([0], [[0.1, 0.9]])).split('\n')[1];
    expect(row).toBe(`image 0,lesion 0,a,b,${Math.fround(0.1)},${Math.fround(0.9)}`);
  });

  it('reads files with a byte order mark and Windows line ends', () => {
    expect(parse(`\uFEFF${good.replaceAll('\n', '\r\n')}`).imageIds).toEqual(['i1', 'i2']);
  });

  it.each([
    ['', 'row 1: expected the columns image_id,lesion_id,dx,predicted'],
    ['image_id,dx\n', 'row 1'],
    ['image_id,lesion_id,dx,predicted,a,a\n', 'row 1'],
    ['image_id,lesion_id,dx,predicted,a,b\n', 'no predictions'],
    [good.replace('i2,l2,a,b', 'i2,l2,c,b'), 'row 3: dx is "c", expected one of a, b'],
    [good.replace('i2', 'i1'), 'row 3: image_id i1 stands in row 2 already'],
    [good.replace('0.25', 'nan'), 'row 2: b is "nan"'],
    [good.replace('0.25', ''), 'row 2: b is ""'],
    [good.replace('0.25', '-0.25'), 'row 2: b is "-0.25"'],
    [good.replace('0.25', '0.2'), 'row 2: the probabilities sum to 0.95'],
    [good.replace(',0.25', ''), 'row 2: expected 6 columns, found 5'],
    [good.replace('l1', ''), 'row 2: expected an image_id and a lesion_id'],
    [good.replace('i1,l1,a,a', 'i1,l1,a,b'), 'row 2: predicted is "b", but a has the highest'],
  ])('names the file and the row of a fault (%#)', (text, message) => {
    const fault = faultOf(text);
    expect(fault.kind).toBe('data');
    expect(fault.message).toContain('predictions.csv');
    expect(fault.message).toContain(message);
  });

  it('lists all faulty rows in the details', () => {
    const fault = faultOf(good.replace('0.25', 'x').replace('0.6', 'y'));
    expect(fault.details).toHaveLength(2);
    expect(fault.message).toContain('1 more faulty row');
  });

  it('refuses other classes than expected', () => {
    const text = formatPredictionsCsv(randomPredictions(3, 1)).replace('akiec,bcc', 'bcc,akiec');
    expect(() => parsePredictionsCsv(text, { file: 'p.csv', classes: sevenClasses })).toThrow(/p.csv, row 1/);
  });
});
