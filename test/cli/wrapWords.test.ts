import { expect, it } from 'vitest';
import { wrapWords } from '../../src/cli/wrapWords.js';

it('breaks between words, and leaves a long one whole', () => {
  expect(wrapWords('one two three', 7)).toBe('one two\nthree');
  expect(wrapWords('a dermatofibroma b', 6)).toBe('a\ndermatofibroma\nb');
  expect(wrapWords('one two', 80)).toBe('one two');
  expect(wrapWords('', 80)).toBe('');
});
