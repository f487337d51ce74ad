import { describe, expect, it } from 'vitest';
import { parseClassMap, resolveClassMap } from '../../src/evaluation/outside/classMap.js';
import { thrown } from '../thrown.js';
import { sevenClasses } from './makePredictions.js';

const found = [
  { id: 'MEL', images: 4 },
  { id: 'nevus', images: 9 },
  { id: 'scar', images: 1 },
];
const resolve = (given: string, classes = found) =>
  resolveClassMap(classes, sevenClasses, given === '' ? new Map() : parseClassMap(given), 'clinic');

describe('parseClassMap', () => {
  it('reads pairs, the last = being the one that counts', () => {
    expect([...parseClassMap('melanoma=mel, nevus = nv,a=b=bkl,scar=,odd, one=df')]).toEqual([
      ['melanoma', 'mel'],
      ['nevus', 'nv'],
      ['a=b', 'bkl'],
      ['scar', ''],
      ['odd, one', 'df'],
    ]);
  });

  it.each(['melanoma', 'a=mel,melanoma', '=mel', 'a=mel,', ''])('refuses "%s"', (text) => {
    expect(thrown(() => parseClassMap(text))).toMatchObject({ code: 'bad-map', kind: 'usage' });
  });

  it('refuses a class with two meanings', () => {
    expect(thrown(() => parseClassMap('a=mel,a=nv')).message).toBe(
      'The map of classes gives a twice, as mel and as nv.',
    );
    expect(parseClassMap('a=mel,a=mel').size).toBe(1);
  });
});

describe('resolveClassMap', () => {
  it('takes equal ids as they are, given ones as given, and leaves out what maps to nothing', () => {
    expect(resolve('nevus=nv,scar=')).toEqual({
      map: { MEL: 'mel', nevus: 'nv', scar: null },
      leftOut: [{ id: 'scar', images: 1 }],
    });
    // What is given goes before what is equal.
    expect(resolve('Nevus=NV,scar=,MEL=bkl').map).toEqual({ MEL: 'bkl', nevus: 'nv', scar: null });
  });

  it('takes a pair for every spelling that has none of its own', () => {
    const spelled = ['Nevus', 'nevus', 'NEVUS'].map((id) => ({ id, images: 1 }));
    expect(resolve('nevus=nv,NEVUS=bkl', spelled).map).toEqual({ Nevus: 'nv', nevus: 'nv', NEVUS: 'bkl' });
  });

  it('lists all classes that are none of the run’s, with their images', () => {
    expect(thrown(() => resolve(''))).toMatchObject({
      kind: 'data',
      code: 'unmapped-classes',
      message: "clinic has classes that are none of the run's: nevus (9 images), scar (1 image).",
      hint: expect.stringContaining('`map` "nevus=...,scar=..."'),
    });
    // A class without images needs no place.
    expect(resolve('', [found[0], { id: 'scar', images: 0 }]).map).toEqual({ MEL: 'mel' });
  });

  it('names a class that is not there, on either side', () => {
    expect(thrown(() => resolve('naevus=nv'))).toMatchObject({
      code: 'unknown-class',
      hint: expect.stringContaining('MEL, nevus, scar'),
    });
    expect(thrown(() => resolve('nevus=naevus'))).toMatchObject({
      code: 'unknown-class',
      hint: expect.stringContaining('akiec, bcc, bkl'),
    });
    expect(thrown(() => resolve('MEL=,nevus=,scar='))).toMatchObject({ code: 'no-images-left', kind: 'data' });
  });
});
