import { type DocumentSection, list, paragraph, type RunDocument } from '../documents/document.js';
import { purposeNotice, syntheticNotice } from '../page.js';
import { isOfJudged } from '../reportInput.js';
import { type Facts, sentencesOf, type Topic } from './facts.js';
import type { PaperInput } from './paperInput.js';

interface Part {
  readonly title: string;
  /** One paragraph each. */
  readonly paragraphs: readonly (readonly Topic[])[];
  /** What the files don't know, and readers will ask. */
  readonly authors: readonly string[];
}

const methods: readonly Part[] = [
  {
    title: 'Methods: data',
    paragraphs: [['source', 'pictures'], ['selection'], ['people'], ['reference'], ['division']],
    authors: [
      'who the patients are, from where and when, and how they were chosen',
      'how and by whom each diagnosis was made',
      'ethics: approval and consent, or why none was needed',
    ],
  },
  {
    title: 'Methods: classifier',
    paragraphs: [['model'], ['preparation', 'variation'], ['training', 'imbalance', 'choice'], ['output'], ['overlap']],
    authors: ['why this classifier, and how many others were tried before it'],
  },
  {
    title: 'Methods: readers',
    paragraphs: [['readers'], ['readerAnalysis']],
    authors: ['who the readers are and their experience', 'what they were shown, asked and told, and in which order'],
  },
  {
    title: 'Methods: evaluation',
    paragraphs: [
      ['measures', 'thresholds'],
      ['recalibration'],
      ['intervals'],
      ['groups', 'elsewhere'],
      ['missing'],
      ['comparing'],
      ['looks'],
      ['software', 'availability'],
    ],
    authors: [
      'which analyses were planned before results were seen',
      'the processor and memory, where speed matters, and the version that evaluated, where it is another than the one that trained',
    ],
  },
];

const results: readonly Part[] = [
  {
    title: 'Results',
    paragraphs: [
      ['flow'],
      ['performance'],
      ['diagnoses'],
      ['questions', 'points'],
      ['calibration'],
      ['missingResults'],
      ['labels'],
      ['groupResults'],
      ['elsewhereResults'],
      ['comparisonResults'],
      ['readerResults'],
    ],
    authors: [],
  },
];

/** Paragraphs for the sections on methods and results: sentences that the files bear out, and a list of what authors must add. */
export function methodsDocument(input: PaperInput, facts: Facts): RunDocument {
  const { run } = input;
  return {
    title: 'Methods and results, as far as the files go',
    lead: [
      ...(run?.config.data.synthetic ? [syntheticNotice] : []),
      purposeNotice,
      `Written by ${input.writtenBy} from files alone. Sentences are true of these files; take those that your journal has room for, put them into your words, and add what stands under “Authors add”.`,
    ],
    sections: [...methods, ...results].flatMap((part) => section(part, facts, run !== null && isOfJudged(run))),
  };
}

function section({ title, paragraphs, authors }: Part, facts: Facts, judged: boolean): DocumentSection[] {
  const texts = paragraphs.map((about) => sentencesOf(facts, ...about).join(' ')).filter(Boolean);
  if (texts.length === 0) return [];
  const more =
    judged && title === 'Methods: classifier'
      ? ['how the classifier was made, and on which images it was trained']
      : authors;
  return [
    {
      title,
      blocks: [...texts.map(paragraph), ...(more.length > 0 ? [paragraph('Authors add:'), list(more)] : [])],
    },
  ];
}
