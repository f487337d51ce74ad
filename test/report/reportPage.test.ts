import { describe, expect, it } from 'vitest';
import { evaluatePredictions } from '../../src/evaluation/evaluate.js';
import { plotDocument } from '../../src/node/pictures/plotDocument.js';
import { purposeNotice, type ReportInput, renderReport, syntheticNotice } from '../../src/report/index.js';
import { classes, madeUpConfig, madeUpRecords, madeUpSplits } from './fixtures.js';
import { emptyInput as empty, madeUpInput } from './madeUpInput.js';
import { findPageFaults, parsePage } from './structure.js';

const full = madeUpInput;
const { predictions, evaluation } = full;
const { temperature } = evaluation!.calibration!;

const render = (input: Partial<ReportInput> = {}) => renderReport({ ...full, ...input }, { document: plotDocument() });
const words = (html: string, selector = 'body') =>
  parsePage(html).querySelector(selector)?.textContent?.replace(/\s+/g, ' ') ?? '';

describe('what a clinical study would show', () => {
  const results = words(render(), '#results');

  it('asks about melanoma and malignant, at fixed specificities, with curves', () => {
    expect(results).toContain('Melanoma against all others');
    expect(results).toContain('Malignant against benign');
    const charts = [...parsePage(render()).querySelectorAll('#results svg > title')].map((t) => t.textContent);
    for (const kind of ['ROC', 'Precision', 'Decision curve'])
      expect(
        charts.filter((title) => title?.startsWith(`${kind}: `)),
        kind,
      ).toHaveLength(2);
  });

  it('says how sure the model may be, and how its sets did', () => {
    expect(results).toContain(`the temperature ${temperature.toFixed(2)}`);
    expect(results).toMatch(/Promised.*80%.*90%.*95%/);
    const without = words(
      render({ evaluation: evaluatePredictions(predictions!, { split: 'test', seed: 0, resamples: 0 }) }),
      '#results',
    );
    expect(without).not.toContain('temperature');
  });

  it('shows groups, and that skin tone is missing', () => {
    expect(results).toContain('under 30 years');
    expect(results).toContain('female');
    expect(results).toContain('Skin tone');
    expect(words(render({ subgroups: null }), '#results')).not.toContain('Skin tone');
  });
});

describe('report', () => {
  const html = render();

  it.each([
    ['full', html],
    ['empty', render(empty)],
    ['without intervals', render({ evaluation: { ...full.evaluation!, intervals: null } })],
    ['without pictures', render({ pictures: new Map() })],
    ['without lesion ids', render({ config: { ...full.config, data: { ...full.config.data, hasLesionIds: false } } })],
    ['one epoch', render({ records: madeUpRecords(1) })],
  ])('has no faults in its structure: %s', (_, page) => {
    expect(findPageFaults(page)).toEqual([]);
  });

  it('has its sections in order, each reachable from the contents', () => {
    const document = parsePage(html);
    const ids = [...document.querySelectorAll('main > section')].map(({ id }) => id);
    expect(ids).toEqual(
      'summary data split training results errors external explanations shortcuts configuration limits model-card clear-derm glossary'.split(
        ' ',
      ),
    );
    expect([...document.querySelectorAll('nav a')].map((a) => a.getAttribute('href'))).toEqual(
      ids.map((id) => `#${id}`),
    );
  });

  it('says first how well, with intervals and lesions, and what guessing gives', () => {
    const summary = words(html, '#summary');
    const { evaluation } = full;
    expect(summary).toContain(`${(evaluation!.accuracy * 100).toFixed(1)}%`);
    expect(summary).toContain(`600 test images of ${evaluation!.lesions} lesions`);
    expect(summary).toMatch(/95% interval \d+\.\d% to \d+\.\d%/);
    expect(summary).toContain('guessing would give 14.3%');
  });

  it('proves that no lesion is on two sides, and says so where one is', () => {
    expect(words(html, '#split')).toContain('0 lesions and 0 images are in more than one part');
    const leaky = { ...madeUpSplits(), leakage: { lesions: 12, images: 30 } };
    expect(words(render({ splits: leaky }), '#split')).toContain('12 lesions and 30 images are in more than one part');
  });

  it('names missing parts with the command that makes them', () => {
    const page = words(render({ ...empty, runFolder: 'runs/my first' }));
    expect(page).toContain('lesionlab evaluate "runs/my first"');
    expect(page).toContain('lesionlab explain "runs/my first"');
    expect(page).toContain('lesionlab explore data/made-up --run "runs/my first"');
  });

  it('says how missing parts are made, in whole sentences', () => {
    expect(words(render({ evaluation: null }), '#results')).toContain(
      'There are no results on the test images. Run lesionlab evaluate runs/first to change that.',
    );
  });

  it('says how many images were asked for and drawn', () => {
    const config = madeUpConfig();
    Object.assign(config.data, { limit: 300, images: 312 });
    expect(words(render({ config }), '#data')).toContain('About 300 images were asked for; 312 were drawn');
    expect(words(html, '#data')).not.toContain('asked for');
  });

  it('links to the exploration beside it', () => {
    expect(parsePage(html).querySelector('#data a[href="exploration/exploration.html"]')).not.toBeNull();
  });

  it('counts one epoch as one, and gives short times digits', () => {
    const config = madeUpConfig();
    config.recipe.training.epochs = 1;
    const page = render({
      config,
      records: madeUpRecords()
        .slice(0, 1)
        .map((record) => ({ ...record, seconds: 0.42 })),
    });
    expect(words(page, '#configuration')).toContain('1 epoch, batches');
    expect(words(page, '#training')).toContain('The last epoch took 0.4 s');
    expect(words(page)).not.toMatch(/\b1 epochs/);
  });

  it('names what of the optimisation is not plain', () => {
    const config = madeUpConfig();
    const training = {
      ...config.recipe.training,
      optimizer: 'sgd',
      schedule: 'step',
      stepEpochs: 3,
      weightDecay: 1e-4,
      weightDecayOn: 'weights',
      gradientClipping: 5,
      freeze: 'layer2',
      learningRateFactors: { backbone: 0.1, layer4: 0.5 },
      earlyStopping: 4,
    } as const;
    const tuned = { ...config, recipe: { ...config.recipe, training } };
    const text = words(render({ config: tuned }), '#configuration');
    for (const part of [
      'step, times 0.1 every 3 epochs, weight decay 0.0001, not of biases and batch norms, gradients no longer than 5',
      'all stages up to layer2',
      'backbone times 0.1 and layer4 times 0.5',
      'ends early after 4 epochs without a better one',
    ])
      expect(text).toContain(part);
    expect(words(render(), '#configuration')).not.toMatch(/Not trained|Learning rate by part|ends early/);
  });

  it('explains the words that it uses, in alphabetical order', () => {
    const terms = [...parsePage(html).querySelectorAll('#glossary dt')].map(
      (dt) => dt.textContent?.toLowerCase() ?? '',
    );
    const needed =
      'sensitivity,parameters,convolution,pooling,median-frequency balancing,weight decay,one-cycle,adamw,seed,sha-256';
    expect(terms).toEqual(expect.arrayContaining(needed.split(',')));
    expect(terms).toEqual([...terms].sort());
  });

  it('says how examples were chosen, and that explaining uses test images', () => {
    expect(words(html, '#explanations')).toContain('the right answer that the model was most sure of');
    expect(words(html, '#results')).toContain('Explaining the model looked at test images too');
    expect(words(render({ explanations: null }), '#results')).not.toContain('Explaining');
  });

  it('shows a dash where a number has no interval, and says how intervals were made', () => {
    const evaluation = evaluatePredictions(predictions!, { split: 'test', seed: 0, resamples: 50 });
    const none = { ...evaluation, intervals: { ...evaluation.intervals!, balancedAccuracy: null } };
    expect(words(render({ evaluation: none }), '#results')).toContain('95% interval –');
    expect(words(html, '#results')).toMatch(/About the intervals.+Wilson score interval/);
    expect(words(html)).not.toContain('95 %');
  });

  it('says how often the test images were looked at', () => {
    expect(words(html, '#results')).toContain('first and only evaluation');
    const again = { times: 3, replaced: 0, weights: 2, checkpoint: 'last', epoch: 24 };
    const results = words(render({ testLooks: again }), '#results');
    expect(results).toContain('evaluated 3 times in this run, with 2 different sets of weights');
    expect(results).toContain('after the last epoch (24)');
    const replaced = words(render({ testLooks: { ...again, replaced: 2 } }), '#results');
    expect(replaced).toContain(
      '3 times in this folder, 2 times by runs that were replaced since, with 2 different sets',
    );
  });

  it('shows mistakes with truth and answer in the alternative text', () => {
    const images = [...parsePage(html).querySelectorAll('#errors img')];
    expect(images.length).toBeGreaterThan(20);
    expect(images[0].getAttribute('alt')).toMatch(/true diagnosis .+, answer .+ with \d+%/);
    expect(words(render({ pictures: new Map() }), '#errors')).toContain('could not be read');
  });

  it('shows where the model looked before and after training, and where it saw nothing', () => {
    const section = words(html, '#explanations');
    expect(section).toContain('55% of the heat lies inside the lesion (before training: 31%)');
    expect(section).toContain('The maps speak for Melanoma. Nothing spoke for it before training');
    expect(parsePage(html).querySelectorAll('#explanations img')).toHaveLength(3);
  });

  it('names the method of the maps, and says whether they were found to be worth anything', () => {
    const { explanations } = full;
    const spoke = 'the places that spoke for an answer';
    expect(words(html, '#explanations')).toContain(`Grad-CAM colours ${spoke}, taken from conv2`);
    expect(words(html, '#explanations')).not.toContain('Deletion');
    const mean = (value: number | null, interval: readonly [number, number] | null = null) => ({
      mean: value,
      interval,
    });
    const order = (value: number) => ({
      deletion: mean(value, [value - 0.05, value + 0.05]),
      insertion: mean(value + 0.3),
      firstFall: mean(0.1),
    });
    const check = {
      images: 30,
      faithfulness: {
        ...{ images: 29, emptyMaps: 1, firstShare: 0.1 },
        ...{ map: order(0.2), random: order(0.31), rings: order(0.42) },
        betterThan: { random: order(0.1), rings: order(0.2) },
      },
      randomisation: [
        { share: 0.5, correlation: mean(0.66), emptyMaps: 0 },
        { share: 1, correlation: mean(0.04, [-0.1, 0.15]), emptyMaps: 0 },
      ],
      words: ['They are worth <something>.'],
    };
    const asked = {
      ...explanations!,
      method: 'integrated-gradients',
      baseline: 'black',
      layer: 'input',
      check,
    } as const;
    const page = render({ explanations: asked });
    expect(findPageFaults(page)).toEqual([]);
    const section = words(page, '#explanations');
    expect(section).toContain(`Integrated gradients colour ${spoke}, compared with black in their place`);
    expect(section).toContain('Maps checked over 30 test images');
    expect(section).toMatch(/Integrated gradients\s*20\.0% \(15\.0% to 25\.0%\)\s*50\.0%\s*0\.04 \(−0\.10 to 0\.15\)/);
    expect(section).toMatch(/A random map\s*31\.0%.*Rings around the middle\s*42\.0%/);
    expect(section).toContain('They are worth <something>.');
    expect(section).not.toContain('0.66');
    const nothing = render({ explanations: { ...asked, check: { ...check, faithfulness: null, randomisation: [] } } });
    expect(words(nothing, '#explanations')).toMatch(/Integrated gradients\s*–\s*–\s*–/);
  });

  it('notes overfitting where the curves show it', () => {
    expect(words(html, '#training')).toContain('Overfitting');
  });

  it('warns on every page, and of synthetic images where they are', () => {
    expect(words(html, '.notices')).toContain(purposeNotice);
    expect(html).not.toContain(syntheticNotice);
    const synthetic = render({ config: madeUpConfig({ synthetic: true }) });
    expect(words(synthetic, '.notices')).toContain(syntheticNotice);
    expect(words(synthetic, '#limits')).not.toContain('skin tone');
    expect(words(html, '#limits')).toContain('Divided by lesion, not by patient');
  });

  it('gives no advice', () => {
    expect(words(html)).not.toMatch(
      /see a doctor|seek|urgent|triage|refer(red|ral)? to|should be (checked|examined|removed)|low risk|high risk/i,
    );
  });

  it('escapes names and ids from the data', () => {
    const config = madeUpConfig();
    config.data.name = '<img src="https://example.org/x">';
    config.data.classes = classes.map((c) => ({ ...c, name: `${c.name}<script>1</script>`, description: '"><b>' }));
    const page = render({ config });
    expect(findPageFaults(page)).toEqual([]);
    expect(parsePage(page).querySelectorAll('script')).toHaveLength(1);
  });
});
