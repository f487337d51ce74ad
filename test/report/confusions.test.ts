import { describe, expect, it } from 'vitest';
import { plotDocument } from '../../src/node/pictures/plotDocument.js';
import { type ReportInput, renderReport } from '../../src/report/index.js';
import { madeUpInput } from './madeUpInput.js';
import { findPageFaults, parsePage } from './structure.js';

const render = (input: Partial<ReportInput> = {}) =>
  parsePage(renderReport({ ...madeUpInput, ...input }, { document: plotDocument() }));
const { confusionMatrix, perClass } = madeUpInput.evaluation!;
const mistakes = confusionMatrix.flatMap((row, truth) =>
  row.flatMap((images, predicted) => (truth !== predicted && images > 0 ? [{ truth, predicted, images }] : [])),
);

describe('the confusion matrix', () => {
  const page = render();
  const links = [...page.querySelectorAll('#results svg a')];

  it('leads from every mistake, and from nothing else, to its images', () => {
    expect(mistakes.length).toBeGreaterThan(10);
    expect(links.map((link) => link.getAttribute('href'))).toEqual(
      mistakes.map(({ truth, predicted }) => `#confusion-${truth + 1}-${predicted + 1}`),
    );
    for (const [i, { truth, predicted, images }] of mistakes.entries())
      expect(links[i].getAttribute('aria-label')).toBe(
        `${perClass[truth].name} called ${perClass[predicted].name}: ${images} ${images === 1 ? 'image' : 'images'}`,
      );
  });

  it('is saved without the links, which lead nowhere outside the page', () => {
    const saved = [...page.querySelectorAll('#results a[download="confusion-matrix.svg"]')];
    expect(saved).toHaveLength(1);
    const svg = decodeURIComponent(saved[0].getAttribute('href')!);
    expect(svg).toContain('role="img"');
    expect(svg).not.toContain('<a ');
  });

  it('is a picture without links where there are no predictions', () => {
    const without = render({ predictions: null });
    expect(without.querySelectorAll('#results svg a')).toHaveLength(0);
    expect(without.querySelector('#confusions')).toBeNull();
  });
});

describe('images of a kind of mistake', () => {
  const page = render();
  const count = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1].replace(',', ''));

  it('are those of the cell, most confident first, at most twelve, with how many there are', () => {
    const { predictions } = madeUpInput;
    expect(page.querySelectorAll('details.confusion')).toHaveLength(mistakes.length);
    expect(mistakes.some(({ images }) => images > 12)).toBe(true);
    for (const { truth, predicted, images } of mistakes) {
      const grid = page.querySelector(`#confusion-${truth + 1}-${predicted + 1}`)!;
      const summary = grid.parentElement!.querySelector('summary')!.textContent!;
      expect(count(summary, /: ([\d,]+) image/)).toBe(images);
      const shown = [...grid.querySelectorAll('img')].map((image) => image.getAttribute('alt')!);
      expect(shown).toHaveLength(Math.min(images, 12));
      const confidence = shown.map((words) => count(words, /with (\d+)%/));
      expect(confidence).toEqual([...confidence].sort((a, b) => b - a));
      for (const words of shown) {
        const place = predictions!.imageIds.indexOf(/Image (\S+):/.exec(words)![1]);
        expect(predictions!.labels[place]).toBe(truth);
        expect(words).toContain(`answer ${perClass[predicted].name} `);
      }
    }
  });

  it('are named in words where they cannot be read', () => {
    const html = renderReport({ ...madeUpInput, pictures: new Map() }, { document: plotDocument() });
    expect(findPageFaults(html)).toEqual([]);
    const { truth, predicted, images } = mistakes[0];
    const grid = parsePage(html).querySelector(`#confusion-${truth + 1}-${predicted + 1}`)!;
    expect(grid.querySelectorAll('tbody tr')).toHaveLength(Math.min(images, 12));
  });
});
