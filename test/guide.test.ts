import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chapterBlocks } from '../web/src/views/guide/chapterBlocks.js';
import { blocksOf, chapters, guideFolder } from './guideChapters.js';

describe('the guide', () => {
  it('has eighteen chapters of the same parts, 500 to 1,000 words each', () => {
    expect(chapters).toHaveLength(18);
    for (const { name, text } of chapters) {
      expect(text, name).toMatch(new RegExp(`^# ${Number.parseInt(name, 10)}\\. `));
      const parts = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
      expect(parts, name).toEqual([
        'What you will see',
        'The idea',
        'Something to try',
        'Commands',
        'What can go wrong',
        'Sources',
      ]);
      for (const reader of ['doctors', 'students', 'researchers']) expect(text, name).toContain(`> **For ${reader}.**`);
      expect(text, name).toMatch(/https:\/\/doi\.org\/10\./);
      const words = text.split(/\s+/).length;
      expect(words, `${name} has ${words} words`).toBeGreaterThan(500);
      expect(words, `${name} has ${words} words`).toBeLessThan(1000);
      expect(blocksOf(text, 'sh').length, name).toBeGreaterThan(0);
      expect(blocksOf(text, 'ts').length, name).toBeGreaterThan(0);
    }
  });

  it('links to chapters and pictures that exist, from its list to every chapter', () => {
    const pages = [{ name: 'README.md', text: readFileSync(join(guideFolder, 'README.md'), 'utf8') }, ...chapters];
    for (const { name, text } of pages)
      for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
        expect(existsSync(join(guideFolder, target)), `${name} links to ${target}`).toBe(true);
    for (const { name } of chapters) expect(pages[0].text).toContain(`](${name})`);
  });

  it('has a picture for every live figure, and no picture without one', () => {
    const used = new Set<string>();
    for (const { name, text } of chapters) {
      const lives = [...text.matchAll(/^<!-- live: ([\w-]+) -->\n!\[(.+)\]\(figures\/([\w-]+)\.(svg|png)\)$/gm)];
      expect(lives.length, name).toBeGreaterThan(0);
      expect(text.match(/<!--|!\[/g), name).toHaveLength(2 * lives.length);
      for (const [, figure, , file, type] of lives) {
        expect(file).toBe(figure);
        used.add(`${file}.${type}`);
      }
      const figures = chapterBlocks(text).flatMap((block) => (block.kind === 'figure' ? [block.name] : []));
      expect(figures, name).toEqual(lives.map(([, figure]) => figure));
    }
    expect(readdirSync(join(guideFolder, 'figures')).sort()).toEqual([...used].sort());
  });

  it('turns readers, links and code into blocks of the studio', () => {
    const blocks = chapterBlocks(
      '## Part one\n\n> **For doctors.** Look.\n\nSee [5](05-splits.md) and [a paper](https://doi.org/10.1).\n\n```sh\nls\n```\n',
    );
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'html', 'code']);
    expect(blocks[0]).toEqual({ kind: 'heading', id: 'part-one', text: 'Part one' });
    const { html } = blocks[1] as { html: string };
    expect(html).toContain('<aside class="aside for-doctors" aria-label="For doctors">');
    expect(html).toContain('<a href="#/guide/05-splits">5</a>');
    expect(html).toContain('<a href="https://doi.org/10.1" target="_blank" rel="noreferrer">a paper</a>');
  });
});
