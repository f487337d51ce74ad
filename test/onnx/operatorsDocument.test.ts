import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { firstVersions, foldedOperators, onnxOperators, patterns, readVersions } from '../../src/onnx/index.js';

const text = readFileSync(new URL('../../docs/operators.md', import.meta.url), 'utf8');
const { oldest, newest } = readVersions.opset;

/** The rows of docs/operators.md, from the registry. */
const rows = onnxOperators.map(({ operator, domain = '', types = 'floating-point', becomes, remark = '' }) => {
  const opsets = domain === '' ? `${firstVersions[operator] ?? oldest} to ${newest}` : '1';
  return `| ${domain ? `${domain}.` : ''}${operator} | ${opsets} | ${types} | ${becomes} | ${remark} |`.replace(
    '|  |',
    '| |',
  );
});

describe('docs/operators.md', () => {
  it('has a row for every operator that is taken over, and no others', () => {
    const found = text.split('\n').filter((line) => /^\| [\w.]+ \| (\d+ to \d+|1) \|/.test(line));
    expect(found).toEqual(rows);
  });

  it('names every operator that is computed while a file is read', () => {
    const [, list] = /<!-- folded -->\n([\s\S]*?)\n<!-- end -->/.exec(text) ?? [];
    expect(list?.replace(/\s+/g, ' ').split(', ')).toEqual([...foldedOperators].sort());
  });

  it('names every pattern', () => {
    for (const { name } of patterns) expect(text, name).toContain(`- ${name}`);
  });

  it('names the versions that are read', () => {
    expect(text).toContain(`opset ${oldest} to ${newest}`);
    expect(text).toContain(`IR version ${readVersions.ir.oldest} to ${readVersions.ir.newest}`);
  });

  it('has every operator once', () => {
    const names = onnxOperators.map(({ operator, domain }) => `${domain} ${operator}`);
    expect(new Set(names).size).toBe(names.length);
  });
});
