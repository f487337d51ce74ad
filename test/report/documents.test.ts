import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addRecipeOptions } from '../../src/cli/recipeOptions.js';
import { evaluatePredictions } from '../../src/evaluation/evaluate.js';
import { conformalLevels, conformalThresholds, evaluateSubgroups, fitTemperature } from '../../src/evaluation/index.js';
import { personMustSay, type RunDocument, table } from '../../src/report/documents/document.js';
import { renderDocumentHtml } from '../../src/report/documents/documentHtml.js';
import { repeatCommand } from '../../src/report/documents/repeatCommand.js';
import type { DocumentInput, TrainedDocumentInput } from '../../src/report/documents/runWords.js';
import { clearDermChecklist, modelCard, renderMarkdown, syntheticNotice } from '../../src/report/index.js';
import { type RunConfig, recipe } from '../../src/training/recipe/config.js';
import {
  classes,
  madeUpConfig,
  madeUpExploration,
  madeUpPredictions,
  madeUpRecords,
  madeUpSplits,
} from './fixtures.js';
import { madeUpExternal } from './madeUpInput.js';
import { findMarkdownFaults } from './markdownStructure.js';
import { assertWellFormed, parsePage } from './structure.js';

const predictions = madeUpPredictions();
const evaluation = evaluatePredictions(predictions, {
  split: 'test',
  seed: 0,
  resamples: 30,
  calibration: {
    temperature: fitTemperature(predictions).temperature,
    conformal: conformalLevels.map((level) => conformalThresholds(predictions, level)),
  },
});
const full: TrainedDocumentInput = {
  config: madeUpConfig(),
  runFolder: 'runs/first',
  exploration: madeUpExploration(),
  splits: madeUpSplits(),
  records: madeUpRecords(),
  evaluation,
  subgroups: evaluateSubgroups(
    predictions,
    new Map(predictions.imageIds.map((id, i) => [id, { age: null, sex: i % 2 ? 'male' : 'female', dxType: 'histo' }])),
    { resamples: 20 },
  ),
  externals: [madeUpExternal()],
  testLooks: { times: 3, weights: 2, checkpoint: 'best', epoch: 18, sha256: 'ef'.repeat(32) },
  explanations: null,
  writtenBy: 'lesionlab 0.1.0',
};
const empty: DocumentInput = {
  ...full,
  exploration: null,
  splits: null,
  records: [],
  evaluation: null,
  subgroups: null,
  externals: [],
  testLooks: null,
};
/** Names that would become markup, break a table or end a code block. */
const hostileName = 'a|b <script>alert(1)</script> [x](javascript:1) `y` *z* _w_\n# head\n| --- |';
const hostile: TrainedDocumentInput = {
  ...full,
  config: {
    ...full.config,
    preset: 'a`b```c',
    data: {
      ...full.config.data,
      name: hostileName,
      folder: "data/it's here; rm -rf",
      citation: hostileName,
      licence: hostileName,
      classes: classes.map((c) => ({ ...c, name: `${c.name} ${hostileName}` })),
    },
  },
  evaluation: { ...evaluation, perClass: evaluation.perClass.map((c) => ({ ...c, name: hostileName })) },
};

const documents = { 'model card': modelCard, 'CLEAR Derm checklist': clearDermChecklist };
const inputs = { full, empty, hostile };
const cases = Object.entries(documents).flatMap(([name, write]) =>
  Object.entries(inputs).map(([kind, input]) => [name, kind, write(input)] as const),
);
const items = (input: DocumentInput) =>
  clearDermChecklist(input).sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'item'));

describe.each(cases)('%s, %s', (_, __, document) => {
  const markdown = renderMarkdown(document);
  const html = renderDocumentHtml(document);

  it('is well-formed Markdown', () => {
    expect(findMarkdownFaults(markdown)).toEqual([]);
  });

  it('is well-formed HTML', () => {
    assertWellFormed(html);
    expect(parsePage(html).querySelectorAll('script, img, a:not([download])')).toHaveLength(0);
  });

  it('says the same in both forms, and nothing that is no number', () => {
    for (const words of [markdown, html]) expect(words).not.toMatch(/NaN|undefined|null|\[object|Infinity/);
    for (const { title } of document.sections) {
      expect(markdown).toContain(`\n## ${title}\n`);
      expect(html).toContain(`<h3>${title}</h3>`);
    }
  });

  it('gives no advice', () => {
    expect(markdown).not.toMatch(/see a doctor|seek|urgent|triage|refer(red|ral)? to|should be|low risk|high risk/i);
  });
});

it('shows hostile names as text', () => {
  for (const write of Object.values(documents)) {
    expect(renderDocumentHtml(write(hostile))).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(renderMarkdown(write(hostile))).toContain('a\\|b &lt;script&gt;');
  }
});

it('puts intervals below their numbers in a page, and nothing else', () => {
  const columns = [{ title: 'a (b to c)' }, { title: 'n', number: true }];
  const block = table('C', columns, [['x (1 to 2)', '0.9 (0.8 to 1.0), 3 lesions']]);
  const html = renderDocumentHtml({ lead: [], sections: [{ title: 'S', blocks: [block] }] });
  expect(html).toContain('<th scope="row">x (1 to 2)</th>');
  expect(html).toContain('0.9<span class="range">0.8 to 1.0</span>, 3 lesions');
});

describe('model card', () => {
  const words = renderMarkdown(modelCard(full));

  it('has the numbers with their intervals', () => {
    const { balancedAccuracy, intervals } = evaluation;
    const percent = (x: number) => `${(x * 100).toFixed(1)}%`;
    const [low, high] = intervals!.balancedAccuracy!;
    expect(words).toContain(`${percent(balancedAccuracy)} (${percent(low)} to ${percent(high)})`);
    expect(words).toContain('| Melanoma against all others |');
    expect(words).toMatch(/\| 95% \|/);
    expect(words).toContain('| Sex: female |');
  });

  it('says how often the test images were looked at, and with which weights', () => {
    expect(words).toContain('3 times (evaluation/test/log.jsonl), with 2 different sets of weights');
    expect(words).toContain(`SHA-256 of their file ${'ef'.repeat(32)}`);
    const once = { times: 1, replaced: 0, weights: 1, checkpoint: 'last', epoch: 24 };
    expect(renderMarkdown(modelCard({ ...full, testLooks: once }))).toContain('Weights evaluated: last, epoch 24.');
    const replaced = { ...once, times: 2, replaced: 1, weights: 2 };
    expect(renderMarkdown(modelCard({ ...full, testLooks: replaced }))).toContain(
      '2 times (evaluation/test/log.jsonl), once by a run that was replaced since, with 2 different sets of weights',
    );
  });

  it('does not know what the files don’t say', () => {
    const unknown = renderMarkdown(modelCard(empty));
    expect(unknown).toContain('Nothing is known about how well the model does');
    expect(unknown).toContain('How the data were divided is not on record.');
    expect(unknown).toContain('have not been evaluated in this run');
    expect(unknown).not.toContain('% (');
    const { licence, citation, ...data } = full.config.data;
    const plain = renderMarkdown(modelCard({ ...full, config: { ...full.config, data } }));
    expect(plain).toContain('**Licence:** not on record');
    expect(plain).toContain('**Citation:** not on record');
  });

  it('says so where lesions are on both sides', () => {
    const leaky = { ...full, splits: { ...madeUpSplits(), leakage: { lesions: 12, images: 0 } } };
    const card = renderMarkdown(modelCard(leaky));
    expect(card).toContain('12 lesions and 0 images in more than one part, so results on the test images are too good');
    expect(card).not.toContain('Divided by lesion, not by patient');
  });

  it('takes an evaluation of an earlier version, without intervals, questions and calibration', () => {
    const { questions, calibration, matthewsCorrelation, ...rest } = evaluation;
    const old = { ...rest, intervals: null } as unknown as typeof evaluation;
    const card = renderMarkdown(modelCard({ ...full, evaluation: old, subgroups: null }));
    expect(card).toContain('Intervals were not computed.');
    expect(card).toContain('| Matthews correlation | – |');
    expect(card).toContain('Calibration and prediction sets were not looked at.');
    expect(card).not.toMatch(/NaN|undefined|null/);
  });

  it('warns of synthetic images, and speaks of no patients then', () => {
    const card = renderMarkdown(modelCard({ ...full, config: madeUpConfig({ synthetic: true }) }));
    expect(card).toContain(syntheticNotice);
    expect(card).not.toContain('Skin tone');
  });
});

describe('data from elsewhere', () => {
  const { balancedAccuracy, intervals, comparison } = madeUpExternal();
  const percent = (x: number) => `${(x * 100).toFixed(1)}%`;
  const whole = `${percent(balancedAccuracy)} (${intervals!.balancedAccuracy!.map(percent).join(' to ')})`;

  it('is in the model card with intervals, mapping and the difference to the test images', () => {
    const card = renderMarkdown(modelCard(full));
    expect(card).toContain('“clinic” (Images of a clinic, from from-the-clinic): 150 images');
    expect(card).toContain('melanoma as mel');
    expect(card).toContain('scar (17 images)');
    expect(card).toContain(`| Balanced accuracy | ${whole} |`);
    const points = (100 * Math.abs(comparison!.balancedAccuracy.difference!)).toFixed(1);
    expect(card).toMatch(
      new RegExp(`Balanced accuracy \\| [\\d.]+% \\| [\\d.]+% \\| \\S*${points.replace('.', '\\.')} \\(`),
    );
    expect(renderMarkdown(modelCard(empty))).toContain('On images from elsewhere it has not been evaluated');
  });

  it('answers the checklist’s item about it', () => {
    const item = items(full).find(({ title }) => title === 'Test on data from elsewhere')!;
    expect(item.known.join(' ')).toContain(`balanced accuracy ${whole}`);
    expect(item.person).toContain('how that data differs');
    const without = items({ ...full, externals: [] }).find(({ title }) => title === item.title)!;
    expect(without.person).toContain('whether there is such a test');
  });
});

describe('the rule of the split and the weights file', () => {
  const split = {
    rule: { kind: 'fold', fold: 1, folds: 5 },
    groupedBy: 'lesion',
    stratified: true,
    ratios: { train: 0.6, validation: 0.2, test: 0.2 },
    seed: 0,
  } as const;
  const model = { id: 'resnet18', parameters: 1, weightsFile: 'resnet18.pth', weightsSha256: '9f'.repeat(32) };
  const told = { ...full, config: { ...full.config, split, model } };

  it('are in both documents, and left out where a run does not say', () => {
    for (const write of Object.values(documents)) {
      const text = renderMarkdown(write(told));
      expect(text).toContain('Divided by whole lesions, each diagnosis in about the same proportion');
      expect(text).toContain('Fold 2 of 5 is the test part.');
      expect(text).toContain('9f'.repeat(32));
      const old = renderMarkdown(write(full));
      expect(old).not.toContain('whole lesions, each diagnosis');
      expect(old).not.toContain('9f9f');
    }
  });
});

describe('the command that does a run again', () => {
  const again = (config: Partial<RunConfig>, splits = full.splits) =>
    repeatCommand({ config: { ...full.config, ...config }, splits });

  it('has the preset, what was changed, the seed and what the digits depend on', () => {
    expect(
      again({ overrides: ['epochs=12', 'gradientClipping=1', 'learningRateFactors=backbone=0.1,layer4=0.5'] }),
    ).toBe(
      'lesionlab run made-up --run runs/again --preset lenet --epochs 12 --clip 1 --learning-rate-factors backbone=0.1,layer4=0.5 --seed 0 --threads 2 --device cpu',
    );
  });

  it('names files without the folders they were in', () => {
    const model = { id: 'resnet18', parameters: 1, weightsFile: '/home/somebody/weights/resnet18.pth' };
    expect(again({ model })).toContain('--weights resnet18.pth');
    expect(again({ model })).not.toContain('somebody');
  });

  it('has what else the division and the choice of images depended on', () => {
    const data = { ...full.config.data, limit: 500, excluded: ['ISIC_1'] };
    const splits = { ...madeUpSplits(), ratios: { train: 0.7, validation: 0.1, test: 0.2 } };
    expect(again({ data }, splits)).toContain('--limit 500 --ratios 70/10/20 --exclude-unusable');
    expect(again({})).not.toContain('--ratios');
  });

  it('quotes what a shell would take for something else', () => {
    expect(repeatCommand(hostile)).toContain(`run 'it'\\''s here; rm -rf' --run`);
  });

  it('uses options that the command has', () => {
    const names = ['model', 'imageSize', 'fit', ...Object.keys(recipe.shape.training.shape)];
    const known = addRecipeOptions(new Command(), []).options.map(({ long }) => long);
    const used = again({ overrides: names.map((name) => `${name}=1`) }).match(/--[a-z-]+/g)!;
    expect(used.length).toBeGreaterThan(names.length);
    const everywhere = ['--seed', '--threads', '--device'];
    expect(used.filter((option) => !known.includes(option) && !everywhere.includes(option))).toEqual([]);
  });

  it('leaves out a change whose value is not on record, and the card says so', () => {
    expect(again({ overrides: ['epochs'] })).not.toContain('--epochs');
    expect(renderMarkdown(modelCard(full))).toContain('Their values are in config.json only: epochs.');
  });
});

describe('CLEAR Derm checklist', () => {
  it('has 25 items in four domains', () => {
    const { sections } = clearDermChecklist(full);
    expect(sections.map(({ title, blocks }) => [title, blocks.length])).toEqual([
      ['Data', 15],
      ['Technique', 4],
      ['Technical assessment', 4],
      ['Application', 2],
    ]);
    expect(items(full).map(({ number }) => number)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  });

  it.each(Object.entries(inputs))('says for every item what is known or what a person must say: %s', (_, input) => {
    for (const { title, known, person } of items(input)) expect(known.length > 0 || person !== null, title).toBe(true);
  });

  it('counts the items that are left to a person', () => {
    const words = renderMarkdown(clearDermChecklist(full));
    const open = words.split(`**${personMustSay}**`).length - 1;
    expect(open).toBe(items(full).filter(({ person }) => person !== null).length);
    expect(words).toContain(`${open} of 25 items need a person`);
  });

  it('counts what was confirmed by histopathology, where the table says so', () => {
    const exploration = {
      ...madeUpExploration(),
      diagnosisByDxType: {
        values: ['histo', 'consensus'],
        classes: ['mel', 'nv'],
        counts: [
          [90, 5],
          [10, 95],
        ],
      },
    };
    const known = items({ ...full, exploration })[17].known;
    expect(known).toEqual([
      'Melanoma (mel): 90 of 100 images (90.0%) are marked as confirmed by histopathology, whole dataset.',
    ]);
    expect(items(empty)[17].known).toEqual([]);
  });

  it('claims no results where there are none', () => {
    expect(items(empty)[20].known).toEqual([]);
    expect(items(full)[20].known.join(' ')).toMatch(/Balanced accuracy \d+\.\d% \(\d+\.\d% to \d+\.\d%\)/);
  });
});

describe('Markdown', () => {
  const one = (...blocks: RunDocument['sections'][number]['blocks']) =>
    renderMarkdown({ title: 'T', lead: [], sections: [{ title: 'S', blocks }] });

  it('shows text as it is', () => {
    expect(one({ kind: 'paragraph', text: '1. # no\nlist' })).toContain('\n1\\. # no list\n');
    expect(one({ kind: 'paragraph', text: '- *a* <b> & c|d' })).toContain('\n\\- \\*a\\* &lt;b&gt; &amp; c\\|d\n');
  });

  it('keeps cells with bars in their columns', () => {
    const text = one(table('C', [{ title: 'a|b' }, { title: 'n', number: true }], [['x|y', '1']]));
    expect(text).toContain('| a\\|b | n |\n| --- | ---: |\n| x\\|y | 1 |');
    expect(findMarkdownFaults(text)).toEqual([]);
    expect(findMarkdownFaults(text.replace('x\\|y', 'x|y'))).not.toEqual([]);
  });

  it('cannot be left from within a command', () => {
    expect(one({ kind: 'command', text: 'a ```\n# b' })).toContain('````sh\na ``` # b\n````');
  });
});
