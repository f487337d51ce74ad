import { describe, expect, it } from 'vitest';
import { plotDocument } from '../../src/node/pictures/plotDocument.js';
import { type ReportInput, renderReport } from '../../src/report/index.js';
import { madeUpRecords } from './fixtures.js';
import { madeUpInput } from './madeUpInput.js';
import { findPageFaults, parsePage } from './structure.js';

const render = (input: Partial<ReportInput> = {}) =>
  renderReport({ ...madeUpInput, ...input }, { document: plotDocument() });
const words = (html: string, selector: string) =>
  parsePage(html).querySelector(selector)?.textContent?.replace(/\s+/g, ' ') ?? '';
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

describe('the proof of the split', () => {
  const splits = madeUpInput.splits!;
  const cellsOf = (html: string, reason: string) => {
    const rows = [...parsePage(html).querySelectorAll('#split tr')];
    const row = rows.find((one) => one.querySelector('th')?.textContent === reason);
    return [...row!.querySelectorAll('td')].map(({ textContent }) => textContent);
  };

  it('says for each reason how many groups there are, of several images, and on two sides', () => {
    const html = render();
    expect(words(html, '#split')).toContain('nothing of it is on two sides');
    expect(cellsOf(html, 'The same lesion')).toEqual(['7,470', '1,956', '0', '']);
    expect(cellsOf(html, 'The same file, byte for byte')).toEqual(['1', '1', '0', '']);
    expect(cellsOf(html, 'The same patient').at(-1)).toBe('The data name no patients');
    expect(cellsOf(html, 'Nearly the same picture').at(-1)).toBe('Nobody looked for such images');
    expect(findPageFaults(html)).toEqual([]);
  });

  it('is left out for splits of earlier versions, and has no number where they had none', () => {
    const { proof, ...earlier } = splits;
    expect(words(render({ splits: earlier }), '#split')).not.toContain('counted after dividing');
    const { ofSeveral: _, ...lesions } = proof!.lesions;
    expect(cellsOf(render({ splits: { ...splits, proof: { ...proof!, lesions } } }), 'The same lesion')[1]).toBe('–');
  });

  it('names what is on two sides, and pairs that the table tells apart', () => {
    const near = [
      {
        kind: 'near' as const,
        imageIds: ['A', 'B'],
        because: 'correlation 0.991',
        likeness: { whole: 0.991, detail: 0.9 },
        differ: ['diagnosis' as const, 'lesion' as const],
      },
    ];
    const patients = { groups: 40, onTwoSides: 1, which: ['P <7>'], imagesWithout: 3, ofSeveral: 12 };
    const html = render({
      splits: { ...splits, near, proof: { ...splits.proof!, patients, near: { groups: 1, onTwoSides: 0 } } },
    });
    expect(cellsOf(html, 'The same patient')).toEqual(['40', '12', '1', '3 images without an id']);
    expect(words(html, '#split')).toContain('P <7>');
    expect(words(html, '#split')).toContain('A and B: another diagnosis and lesion; correlation 0.991');
    expect(words(html, '#split')).not.toContain('nothing of it is on two sides');
    expect(words(html, '#limits')).toContain('1 patient is on both sides');
    expect(findPageFaults(html)).toEqual([]);
  });

  it('says whose split it is, and what became of what it divides', () => {
    const given = (more: Partial<typeof splits>) => words(render({ splits: { ...splits, ...more } }), '#split');
    expect(given({ rule: { kind: 'official' } })).toContain('own split was used');
    expect(given({ rule: { kind: 'official' } })).toContain('Nothing had to be left out');
    expect(given({ rule: { kind: 'official', mend: 'drop-from-train' }, leftOut: ['A', 'B'] })).toContain(
      'It was mended: 2 images, which are also on a later side',
    );
    expect(given({ rule: { kind: 'official', mend: 'keep' }, leakage: { lesions: 3, images: 8 } })).toContain(
      'kept as it is: there is leakage',
    );
    expect(given({ rule: { kind: 'test-on', source: 'isic2017' }, leftOut: ['A'] })).toContain(
      'All images of isic2017 are for testing',
    );
  });

  it('names no unknown patients among the limits where all are known', () => {
    const patients = { groups: 400, onTwoSides: 0, imagesWithout: 0, ofSeveral: 120 };
    const known = words(render({ splits: { ...splits, proof: { ...splits.proof!, patients } } }), '#limits');
    expect(known).not.toContain('not by patient');
    expect(words(render(), '#limits')).toContain('Divided by lesion, not by patient.');
  });
});

describe('sensitivity by epoch', () => {
  it('has a curve for each diagnosis, with the lesions behind it', () => {
    const page = parsePage(render());
    const description = page.querySelector('#recall-by-class-description')!.textContent!;
    const best = madeUpRecords().reduce((a, b) =>
      b.validationBalancedAccuracy > a.validationBalancedAccuracy ? b : a,
    );
    const share = Math.round(100 * best.validationRecall!.mel!);
    expect(description).toContain(`Melanoma ${share}%, 98 lesions, 178 images`);
    const svg = page.querySelector('#training svg[aria-labelledby^="recall-by-class"]')!;
    expect(svg.textContent).toContain(`mel · ${share}%`);
    expect(svg.textContent).toContain('98 lesions, 178 images');
  });

  it('is left out for runs of earlier versions', () => {
    const records = madeUpRecords().map(({ validationRecall: _, ...record }) => record);
    const html = render({ records });
    expect(findPageFaults(html)).toEqual([]);
    expect(html).not.toContain('recall-by-class');
    expect(words(html, '#training')).not.toContain('How each diagnosis was learned');
  });

  it('is drawn where only later epochs have it', () => {
    const records = madeUpRecords().map(({ validationRecall, ...record }, i) =>
      i < 10 ? record : { ...record, validationRecall },
    );
    expect(findPageFaults(render({ records }))).toEqual([]);
  });
});

describe('the lesson about splits', () => {
  const leak = madeUpInput.leak!;
  const split = words(render(), '#split');

  it('shows both ways of dividing by diagnosis, with differences and their intervals', () => {
    const rows = [...parsePage(render()).querySelectorAll('#split table:last-of-type tbody tr')];
    const table = rows.slice(-10).map((row) => row.textContent!);
    expect(table).toHaveLength(10);
    const mel = leak.classes.find(({ dx }) => dx === 'mel')!;
    const row = table.find((text) => text.startsWith('Melanoma'))!;
    for (const part of [
      percent(mel.byImage!),
      percent(mel.byLesion!),
      `${(100 * Math.abs(mel.flattery!)).toFixed(1)}`,
      `${mel.byImageLesions} · ${mel.byLesionLesions}`,
      `${(100 * Math.abs(mel.flatteryInterval![1])).toFixed(1)}`,
    ])
      expect(row).toContain(part);
  });

  it('says what was trained, and on how many images of lesions that were trained on', () => {
    expect(split).toContain('LeNet, preset lenet, changed: epochs=4; 64 × 64 pixels, 4 epochs, seed 0');
    expect(split).toContain(`${leak.seen.images} of 300 test images`);
    expect(split).toContain(percent(leak.seen.accuracy!));
    expect(split).toContain('each network was trained once');
  });

  it('says so where it was shown on other images of the dataset', () => {
    const other = { ...leak, data: { ...leak.data, sha256: 'other', images: 1200 } };
    expect(words(render({ leak: other }), '#split')).toContain('1,200 images of the same dataset, which are not all');
  });

  it('names the command where it was not tried, and is silent where lesions are not known', () => {
    const without = words(render({ leak: null }), '#split');
    expect(without).toContain('Why whole lesions');
    expect(without).toContain('lesionlab leak data/made-up --run runs/leak');
    const { config } = madeUpInput;
    const unknown = { ...config, data: { ...config.data, hasLesionIds: false } };
    expect(words(render({ config: unknown }), '#split')).not.toContain('Why whole lesions');
  });
});

describe('data from elsewhere', () => {
  const [external] = madeUpInput.externals;
  const section = words(render(), '#external');

  it('has counts, mapping, numbers with intervals and differences', () => {
    expect(section).toContain(`150 images of ${external.lesions} lesions: Images of a clinic, from from-the-clinic`);
    expect(section).toMatch(/melanoma ?Melanoma mel/);
    expect(section).toContain('left out (17 images)');
    expect(section).toContain(percent(external.balancedAccuracy));
    const [low, high] = external.intervals!.balancedAccuracy!;
    expect(section).toContain(`95% interval ${percent(low)} to ${percent(high)}`);
    const { difference, interval } = external.comparison!.balancedAccuracy;
    expect(section).toContain((100 * Math.abs(difference!)).toFixed(1));
    expect(section).toContain((100 * Math.abs(interval![0])).toFixed(1));
    expect(section).toContain('As if the model could only answer Melanoma and Melanocytic nevi');
  });

  it('does without a comparison, and without intervals', () => {
    const bare = { ...external, comparison: null, intervals: null, restricted: null };
    expect(findPageFaults(render({ externals: [bare, { ...external, split: 'second' }] }))).toEqual([]);
  });

  it('says that it was not tried, with the command', () => {
    expect(words(render({ externals: [] }), '#external')).toContain(
      'lesionlab evaluate runs/first --data other-images',
    );
  });
});
