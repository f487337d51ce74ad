import type { Guideline } from './guideline.js';
import { tripodAiMethods } from './tripodAiMethods.js';

/**
 * TRIPOD+AI: 27 items, 52 with their parts, in the statement's numbering. Which part is about making a model and which about evaluating one is the
 * statement's; titles and questions are ours.
 */
export const tripodAi: Guideline = {
  name: 'TRIPOD+AI',
  file: 'tripod-ai',
  citation:
    'Collins GS, Moons KGM, Dhiman P, et al. TRIPOD+AI statement: updated guidance for reporting clinical prediction models that use regression or machine learning methods. BMJ 385:e078378 (2024), doi:10.1136/bmj-2023-078378.',
  note: 'Numbers are the statement’s, words are ours: fill in the official form before you submit. The checklist for abstracts (item 2) is not among these.',
  sections: [
    {
      title: 'Title and abstract',
      items: [
        {
          id: '1',
          title: 'Title',
          asks: 'Does the title say that a prediction model is made or evaluated, for whom, and what it predicts?',
          author: 'the title.',
        },
        {
          id: '2',
          title: 'Abstract',
          asks: 'Is the abstract structured as the checklist for abstracts asks?',
          author: 'the abstract.',
        },
      ],
    },
    {
      title: 'Introduction',
      items: [
        {
          id: '3a',
          title: 'Background: context',
          asks: 'Which question of health care is it, diagnosis or prognosis, why this model, and which others are there?',
          author: 'the clinical context, why the model was made or evaluated, and what others have published.',
        },
        {
          id: '3b',
          title: 'Background: people and purpose',
          asks: 'For whom, where in care, and for which users is the model meant?',
          author:
            'for whom and for what the model is meant, and who would use it; as it is, research and education only.',
        },
        {
          id: '3c',
          title: 'Background: inequalities',
          asks: 'Which inequalities between groups of people are known?',
          author: 'what is known about unequal care and outcomes, skin tone among them.',
        },
        {
          id: '4',
          title: 'Objectives',
          asks: 'What was to be found out: making a model, evaluating one, or both?',
          author: 'the objectives, and what was planned before results were seen.',
        },
      ],
    },
    ...tripodAiMethods,
    {
      title: 'Open science',
      items: [
        { id: '18a', title: 'Funding', asks: 'Who paid, and what did they decide?', author: 'the funding.' },
        {
          id: '18b',
          title: 'Conflicts of interest',
          asks: 'Who has an interest in the result?',
          author: 'conflicts of interest of all authors.',
        },
        {
          id: '18c',
          title: 'Protocol',
          asks: 'Where is the protocol, or was there none?',
          author: 'where the protocol is; a sealed plan (lesionlab seal) is a part of one.',
        },
        {
          id: '18d',
          title: 'Registration',
          asks: 'Where is the study registered, or is it not?',
          author: 'registry and number, or that it is not registered.',
        },
        {
          id: '18e',
          title: 'Sharing of data',
          asks: 'Can others have the data?',
          from: ['source', 'availability'],
          author: 'where images and the split file can be had.',
        },
        {
          id: '18f',
          title: 'Sharing of code',
          asks: 'Can others have the code of the analysis?',
          from: ['software'],
          author: 'where your own code and the commands that were run can be had.',
        },
      ],
    },
    {
      title: 'Patients and public',
      items: [
        {
          id: '19',
          title: 'Involvement of patients and public',
          asks: 'Were patients or the public involved in any part?',
          author: 'how they were involved, or that they were not.',
        },
      ],
    },
    {
      title: 'Results',
      items: [
        {
          id: '20a',
          title: 'Participants: flow',
          asks: 'How many came in, how many left on the way, how many have the outcome?',
          from: ['flow', 'readers'],
          author: 'how many people that is, where images do not say it; flow.svg is the diagram.',
        },
        {
          id: '20b',
          title: 'Participants: characteristics',
          asks: 'Who are they, by source and setting: age, sex, predictors, outcomes, what is missing?',
          from: ['people'],
          author: 'ethnicity, skin tone, dates and settings, as far as they are known.',
        },
        {
          id: '20c',
          title: 'Participants: beside those of making',
          asks: 'How do those of evaluating compare with those of making?',
          from: ['division', 'elsewhereResults'],
          author: 'age, sex and other facts of both parts.',
          only: 'evaluating',
        },
        {
          id: '21',
          title: 'Numbers behind each analysis',
          asks: 'How many people and outcomes are in each analysis?',
          from: ['flow', 'diagnoses'],
          author: 'the same counted by people.',
        },
        {
          id: '22',
          title: 'The model itself',
          asks: 'Can others compute predictions with it, and on which terms?',
          from: ['model', 'availability'],
          author: 'where the model (lesionlab export writes one file) can be had, and on which terms.',
          only: 'making',
        },
        {
          id: '23a',
          title: 'Performance',
          asks: 'How well does it do, with intervals, and in groups of people?',
          from: [
            'performance',
            'diagnoses',
            'questions',
            'points',
            'calibration',
            'groupResults',
            'readerResults',
            'comparisonResults',
          ],
          whole: true,
          author: 'the results, once it has been evaluated.',
        },
        {
          id: '23b',
          title: 'Performance in clusters',
          asks: 'Where it was looked at: how does it differ between places?',
          from: ['elsewhereResults'],
          author: 'results by place, or that they were not looked at.',
        },
        {
          id: '24',
          title: 'Updating',
          asks: 'Where it was updated: what is the new model, and how does it do?',
          from: ['calibration'],
          author:
            'the updated model, or that there is none; scaling by a temperature changes probabilities and no answer.',
          only: 'evaluating',
        },
      ],
    },
    {
      title: 'Discussion',
      items: [
        {
          id: '25',
          title: 'Interpretation',
          asks: 'What do the results mean, for fairness too, beside earlier studies?',
          author: 'the interpretation.',
        },
        {
          id: '26',
          title: 'Limitations',
          asks: 'What limits the study, and in which direction?',
          from: ['looks', 'overlap', 'missingResults', 'labels'],
          author: 'the limitations; report.html has a section of those that the files show.',
        },
        {
          id: '27a',
          title: 'Use: bad input',
          asks: 'What is to be done where images are poor or missing?',
          author: 'what is to be done with blurred, inked or missing images.',
          only: 'making',
        },
        {
          id: '27b',
          title: 'Use: users',
          asks: 'What have users to do, and what must they know?',
          author: 'what users would do and need to know.',
          only: 'making',
        },
        {
          id: '27c',
          title: 'Use: next steps',
          asks: 'What has to be studied next, before it could be applied elsewhere?',
          author: 'the next steps.',
        },
      ],
    },
  ],
};
