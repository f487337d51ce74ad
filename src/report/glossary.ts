import { escapeText } from './html.js';

/** Terms of the field in plain words. */
export const glossary: readonly { readonly term: string; readonly meaning: string }[] = [
  {
    term: 'Accuracy',
    meaning:
      'The share of images whose predicted diagnosis is the true one. Where one diagnosis is very common, a model that always answers with it already has a high accuracy.',
  },
  {
    term: 'AdamW',
    meaning:
      'A rule for changing the weights after each batch: every weight gets steps of its own size, by how large and how steady its corrections have been, and weight decay is applied apart from them.',
  },
  {
    term: 'Augmentation',
    meaning:
      'Varying the training images at random, by turning, mirroring, shifting or recolouring them, so that the model does not learn by heart how a picture happened to be taken.',
  },
  {
    term: 'AUROC',
    meaning:
      'Area under the receiver operating characteristic. Take one image with the diagnosis and one without, at random: how often does the model give the higher probability to the one that has it? 0.5 is tossing a coin, 1 is always. “Macro” is the mean over the diagnoses.',
  },
  {
    term: 'Balanced accuracy',
    meaning:
      'The mean of the recalls of all diagnoses, so that a rare one counts as much as a common one. Guessing gives one divided by the number of diagnoses.',
  },
  { term: 'Batch', meaning: 'The images that the network looks at together before its weights are changed once.' },
  {
    term: 'Brier score',
    meaning:
      'How far the probabilities lie from the truth: the mean of their squared differences, summed over the diagnoses. 0 is perfect; it punishes both being wrong and being unsure.',
  },
  {
    term: 'Calibration error',
    meaning:
      'How much how sure the model is differs from how often it is right: of answers given with 80%, are 80% right? The differences are averaged over bins of similar certainty. 0 is perfect. It is never below 0, so that with few images even a perfect model gets more.',
  },
  {
    term: 'Class weight',
    meaning:
      'How much a mistake with one diagnosis counts in training. Rare ones get a larger weight, or they would be learnt last.',
  },
  {
    term: 'Confusion matrix',
    meaning:
      'A table with the true diagnoses as rows and the predicted ones as columns. Right answers lie on the diagonal.',
  },
  {
    term: 'Convolution',
    meaning:
      'A layer that slides many small patterns, a few pixels wide, over the picture and notes how well each fits at each place. The patterns are learned.',
  },
  {
    term: 'Dermatoscope',
    meaning: 'A magnifier with its own light, put onto the skin, that shows structures below the surface.',
  },
  { term: 'Epoch', meaning: 'One pass of training through all training images.' },
  {
    term: 'F1',
    meaning: 'One number for precision and recall together (their harmonic mean); it is low when either is low.',
  },
  {
    term: 'Grad-CAM',
    meaning:
      'A map of where in the image evidence for the model’s answer was found, made from the gradients of the answer in one layer. It shows where the model looked, not whether what it saw there makes sense.',
  },
  {
    term: 'Interval (95%)',
    meaning:
      'How far a number could be off because only so many lesions were looked at: the range in which 95% of results fall when the lesions are drawn again at random from those at hand. Where that shows no spread, because all or none of the answers were right, the interval comes from a formula for shares (Wilson’s) and the number of lesions. It does not cover other hospitals, cameras or people.',
  },
  {
    term: 'Leakage',
    meaning:
      'When something in the test images was already seen in training, for example another picture of the same lesion. Results then look better than they are.',
  },
  { term: 'Lesion', meaning: 'One spot on the skin. A dataset may hold several images of it.' },
  {
    term: 'Loss',
    meaning:
      'The number that training makes smaller: large when the model gives a small probability to the true diagnosis.',
  },
  {
    term: 'Median-frequency balancing',
    meaning:
      'Class weights that make up for how common a diagnosis is: the median of all diagnoses’ image counts, divided by the diagnosis’ own count. The exploration page shows these weights. Their square roots are a milder form: a diagnosis 100 times rarer then counts 10 times as much instead of 100 times.',
  },
  {
    term: 'One-cycle',
    meaning:
      'A plan for the learning rate, the size of the steps in which weights change: it rises in the first part of training, then falls to almost nothing.',
  },
  {
    term: 'Out of distribution',
    meaning:
      'Unlike the images that the network was trained on. Before it answers, the network boils an image down to some hundreds of numbers, a point in its feature space; the score is how far that point lies from those of the nearest diagnosis, in units of how much they scatter (Mahalanobis distance).',
  },
  {
    term: 'Overfitting',
    meaning:
      'When a model keeps getting better on its training images but no longer on others: it begins to learn them by heart.',
  },
  { term: 'Parameters', meaning: 'The numbers in a network that training adjusts, also called its weights.' },
  {
    term: 'Pooling',
    meaning:
      'A layer that makes the picture smaller by keeping one number, the largest or the mean, for each small patch.',
  },
  {
    term: 'Precision',
    meaning: 'Of all images that the model called by this diagnosis, the share that really have it.',
  },
  {
    term: 'Prediction set',
    meaning:
      'The diagnoses that the model can’t leave out if the set shall hold the true one in, say, 90% of images. The thresholds come from validation images of each diagnosis (conformal prediction).',
  },
  {
    term: 'Recall',
    meaning:
      'Also called sensitivity. Of all images that really have this diagnosis, the share that the model called by it.',
  },
  {
    term: 'Seed',
    meaning:
      'A number from which all random choices of a run follow. With the same seed, the same choices are made again.',
  },
  { term: 'Sensitivity', meaning: 'Another word for recall.' },
  {
    term: 'SHA-256',
    meaning:
      'A fingerprint of a file or of data: 64 digits and letters worked out from the content. If anything in it changes, so does the fingerprint.',
  },
  {
    term: 'Specificity',
    meaning: 'Of all images that do not have this diagnosis, the share that the model did not call by it.',
  },
  {
    term: 'Training, validation and test',
    meaning:
      'Three parts of the data with no lesion in common: one to learn from, one to make choices with, one that is only looked at in the end.',
  },
  {
    term: 'Weight decay',
    meaning:
      'Pulling all weights a little towards zero at every step, so that the network does not lean too much on a few of them.',
  },
];

/** Id of a term's entry, which links to it name after a `#`. */
export const termId = (term: string): string =>
  `term-${term
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '')}`;

/** Words that link to their meaning in the glossary of the same page. @throws where the glossary has no such term */
export function term(name: string, words: string = name.toLowerCase()): string {
  if (!glossary.some((entry) => entry.term === name)) throw new Error(`The glossary has no "${name}".`);
  return `<a class="term" href="#${termId(name)}">${escapeText(words)}</a>`;
}

/** @param only the terms to explain; all of them where left out */
export function renderGlossary(only?: readonly string[]): string {
  const entries = glossary
    .filter((entry) => !only || only.includes(entry.term))
    .map(
      (entry) => `<dt id="${termId(entry.term)}">${escapeText(entry.term)}</dt><dd>${escapeText(entry.meaning)}</dd>`,
    );
  return `<dl class="glossary">${entries.join('\n')}</dl>`;
}
