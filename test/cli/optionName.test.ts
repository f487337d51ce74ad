import { expect, it } from 'vitest';
import { callCommandLine } from './callCommandLine.js';

it.each([
  ['--interpolation', 'bilinear'],
  ['--channel-order', 'bgr'],
  ['--output', 'logits'],
  ['--class-names', 'mel,nv'],
])('%s, which is about a network, is refused with a table under the name that was typed', async (option, value) => {
  const { status, stderr } = await callCommandLine(['evaluate', 'p.csv', '--truth', 't.csv', option, value]);
  expect(status).toBe(2);
  expect(stderr).toContain(`${option} is about a network, and p.csv is a table.`);
});

it('an option of somebody else’s classifier is refused with a run under its whole name', async () => {
  const { status, stderr } = await callCommandLine(['evaluate', 'runs/first', '--score-column', 'p']);
  expect(status).toBe(2);
  expect(stderr).toContain("--score-column is for somebody else's classifier");
});
