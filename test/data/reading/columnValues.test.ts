import { describe, expect, test } from 'vitest';
import {
  isMissing,
  isUnknown,
  readAge,
  readDxType,
  readPlace,
  readSexes,
} from '../../../src/data/reading/columnValues.js';

describe('readAge', () => {
  test.each([
    ['50', 50],
    ['0', 0],
    ['85.0', 85],
    ['50,5', 50.5],
    ['85+', 85],
    ['85 +', 85],
    ['>85', 85],
    ['>= 85', 85],
    ['≥85', 85],
    ['85 and older', 85],
    ['60 years', 60],
    ['60 y', 60],
    ['60yrs', 60],
    ['60 Years old', 60],
    ['60 Jahre', 60],
    ['70-75', 72.5],
    ['70–75 years', 72.5],
    ['70 to 79', 74.5],
    ["70's", 75],
    ['80s', 85],
    ['6 months', 0.5],
    ['18 mo', 1.5],
  ])('%s is %d years', (text, years) => expect(readAge(text)).toBe(years));

  test.each([
    'old',
    '-3',
    '999',
    '121',
    '<18',
    '20-60',
    '75-70',
    '1968-05-03',
    '50/60',
    'fifty',
    '5 0',
    'Infinity',
    '1e1',
    '0x32',
  ])('%s could be anything', (text) => expect(readAge(text)).toBeNull());
});

test('sexes as people write them are two groups', () => {
  expect(readSexes(['M', 'Male', 'male', ' MAN'.trim(), 'männlich', 'm'])).toEqual(Array(6).fill('male'));
  expect(readSexes(['F', 'Female', 'w', 'weiblich', 'woman'])).toEqual(Array(5).fill('female'));
  expect(readSexes(['', 'n/a', 'NA', '?', 'unknown', 'Unknown', 'unk', 'U'])).toEqual([
    ...Array(4).fill(undefined),
    ...Array(4).fill('unknown'),
  ]);
  expect(readSexes(['Diverse', '1'])).toEqual(['diverse', '1']);
  // Hombre and mujer: M is no man here.
  expect(readSexes(['H', 'M', 'mujer'])).toEqual(['h', 'm', 'female']);
});

test('places as people write them are one group each', () => {
  for (const text of ['head/neck', 'Head / Neck', 'head and neck', 'HEAD & NECK', 'head_neck', 'head-neck'])
    expect(readPlace(text)).toBe('head/neck');
  for (const text of ['lower extremity', 'Lower_Extremity', 'lower-extremity', 'lower  extremities', 'lower limb'])
    expect(readPlace(text)).toBe('lower extremity');
  for (const text of ['palms/soles', 'Palms and soles', 'palms_soles']) expect(readPlace(text)).toBe('palms/soles');
  for (const text of ['anterior torso', 'back', 'hand', 'island of skin']) expect(readPlace(text)).toBe(text);
  expect([readPlace('Unknown'), readPlace('NOT_KNOWN'), readPlace(''), readPlace('n/a')]).toEqual([
    'unknown',
    'unknown',
    undefined,
    undefined,
  ]);
});

test('how a diagnosis was made, and marks of what is missing', () => {
  expect(['Histo', 'histopathology', 'Serial imaging showing no change', 'expert', 'NA'].map(readDxType)).toEqual([
    'histo',
    'histo',
    'follow_up',
    'expert',
    undefined,
  ]);
  expect(['', '?', 'NaN', 'n/a', '-'].every(isMissing)).toBe(true);
  expect(['unknown', '0', 'no'].some(isMissing)).toBe(false);
  expect(isUnknown('Unknown')).toBe(true);
});
