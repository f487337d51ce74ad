import type { Guideline } from './guideline.js';
import { stardAiMethods } from './stardAiMethods.js';

/**
 * STARD-AI: 40 items, 48 with their parts; in brackets the number that an item has in STARD 2015 (30 items, 34 with their parts, all of which are
 * among these). Titles and questions are ours.
 */
export const stardAi: Guideline = {
  name: 'STARD-AI and STARD 2015',
  file: 'stard',
  citation:
    'Sounderajah V, Guni A, Liu X, et al. The STARD-AI reporting guideline for diagnostic accuracy studies using artificial intelligence. Nature Medicine 31:3283-3289 (2025), doi:10.1038/s41591-025-03953-8. Bossuyt PM, Reitsma JB, Bruns DE, et al. STARD 2015: an updated list of essential items for reporting diagnostic accuracy studies. BMJ 351:h5527 (2015), doi:10.1136/bmj.h5527.',
  note: 'Numbers are those of STARD-AI, in brackets those of STARD 2015; items without a bracket are new in STARD-AI. Words are ours: fill in the official form before you submit.',
  sections: [
    {
      title: 'Title and abstract',
      items: [
        {
          id: '1',
          olderId: '1',
          title: 'Title',
          asks: 'Do title or abstract say that it is a study of the accuracy of AI, with a measure of accuracy?',
          author: 'the title.',
        },
        {
          id: '2',
          olderId: '2',
          title: 'Abstract',
          asks: 'Is the abstract structured as STARD for abstracts asks?',
          author: 'the abstract.',
        },
      ],
    },
    {
      title: 'Introduction',
      items: [
        {
          id: '3',
          olderId: '3',
          title: 'Background',
          asks: 'What is the test for, is it new, and where would it stand in care?',
          author: 'the background, the intended use and the place in care; as it is, research and education only.',
        },
        {
          id: '4',
          olderId: '4',
          title: 'Objectives',
          asks: 'Which objectives and hypotheses?',
          author: 'objectives and hypotheses, and which were planned (lesionlab seal records a plan).',
        },
      ],
    },
    ...stardAiMethods,
    {
      title: 'Results',
      items: [
        {
          id: '24',
          olderId: '19',
          title: 'Flow',
          asks: 'How many came in, and where did they leave?',
          from: ['flow', 'readers'],
          author: 'how many people that is; flow.svg is the diagram.',
        },
        {
          id: '25',
          olderId: '20',
          title: 'Characteristics',
          asks: 'Who is in training, validation and test?',
          from: ['people', 'division'],
          author: 'age, sex and skin tone of each part, and technical facts.',
        },
        {
          id: '26a',
          olderId: '21a',
          title: 'Severity',
          asks: 'How severe is the condition in those who have it?',
          author: 'thickness and stage of melanomas, for example.',
        },
        {
          id: '26b',
          olderId: '21b',
          title: 'Other diagnoses',
          asks: 'What do those have who don’t have it?',
          from: ['diagnoses'],
          author: 'diagnoses behind the classes.',
        },
        {
          id: '27',
          olderId: '22',
          title: 'Time between test and truth',
          asks: 'How long, and what was done meanwhile?',
          author: 'the time between picture and diagnosis.',
        },
        {
          id: '28',
          title: 'Does the test part stand for its users?',
          asks: 'Is the condition as common in the data as where it would be used?',
          from: ['diagnoses'],
          author: 'how common the diagnoses are where the test would be used.',
        },
        {
          id: '29',
          title: 'External data',
          asks: 'How do data from elsewhere differ?',
          from: ['elsewhereResults'],
          author: 'how they differ, or that there are none.',
        },
        {
          id: '30',
          olderId: '23',
          title: 'Cross table',
          asks: 'Results of the test by the truth?',
          from: ['performance', 'diagnoses'],
          author:
            'nothing more where the table confusion-matrix and the figure of the same name are given; of readers, their counts.',
        },
        {
          id: '31',
          olderId: '24',
          title: 'Accuracy',
          asks: 'Estimates with intervals?',
          from: [
            'performance',
            'diagnoses',
            'questions',
            'points',
            'calibration',
            'labels',
            'readerResults',
            'comparisonResults',
          ],
          whole: true,
          author: 'the results, once it has been evaluated.',
        },
        {
          id: '32',
          olderId: '25',
          title: 'Harm',
          asks: 'Did anybody come to harm by test or reference standard?',
          author: 'adverse events; of stored images, none by the test.',
        },
      ],
    },
    {
      title: 'Discussion',
      items: [
        {
          id: '33',
          olderId: '26',
          title: 'Limitations',
          asks: 'What limits it: bias, uncertainty, other people?',
          from: ['looks', 'overlap', 'labels'],
          author: 'the limitations; report.html has a section of those that the files show.',
        },
        {
          id: '34',
          olderId: '27',
          title: 'Implications',
          asks: 'What follows for practice?',
          author: 'the implications; none for care follow from an evaluation of stored images.',
        },
        {
          id: '35',
          title: 'Ethics and fairness',
          asks: 'What is to be considered where it is used?',
          author: 'ethical considerations and fairness.',
        },
      ],
    },
    {
      title: 'Other information',
      items: [
        {
          id: '36',
          olderId: '28',
          title: 'Registration',
          asks: 'Registry and number?',
          author: 'registry and number, or that it is not registered.',
        },
        {
          id: '37',
          olderId: '29',
          title: 'Protocol',
          asks: 'Where is the protocol?',
          author: 'where the protocol is; a sealed plan (lesionlab seal) is a part of one.',
        },
        {
          id: '38',
          olderId: '30',
          title: 'Funding',
          asks: 'Who paid, and what did they decide?',
          author: 'the funding.',
        },
        { id: '39', title: 'Commercial interests', asks: 'Who earns by it?', author: 'commercial interests.' },
        {
          id: '40a',
          title: 'Data and code',
          asks: 'Can others have data and code, on which terms?',
          from: ['source', 'software', 'availability'],
          author: 'where they can be had.',
        },
        {
          id: '40b',
          title: 'Audit',
          asks: 'Are results stored so that others can look at them?',
          from: ['availability'],
          author: 'where the stored results can be looked at.',
        },
      ],
    },
  ],
};
