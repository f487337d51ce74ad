import type { Guideline } from './guideline.js';

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
        { id: '1', olderId: '1', title: 'Title', asks: 'Do title or abstract say that it is a study of the accuracy of AI, with a measure of accuracy?', author: 'the title.' },
        { id: '2', olderId: '2', title: 'Abstract', asks: 'Is the abstract structured as STARD for abstracts asks?', author: 'the abstract.' },
      ],
    },
    {
      title: 'Introduction',
      items: [
        { id: '3', olderId: '3', title: 'Background', asks: 'What is the test for, is it new, and where would it stand in care?', author: 'the background, the intended use and the place in care; as it is, research and education only.' },
        { id: '4', olderId: '4', title: 'Objectives', asks: 'Which objectives and hypotheses?', author: 'objectives and hypotheses, and which were planned (lesionlab seal records a plan).' },
      ],
    },
    {
      title: 'Methods: study, people, data',
      items: [
        { id: '5', olderId: '5', title: 'Design', asks: 'Were data collected before or after test and reference standard were planned?', author: 'whether it is prospective; of a published dataset, retrospective.' },
        { id: '6', title: 'Ethics', asks: 'Which committee approved it, or why was that not needed?', author: 'the approval, or why none was needed.' },
        { id: '7', olderId: '6', title: 'Eligibility', asks: 'By which criteria were people, and then data, included and excluded, in order?', from: ['selection'], author: 'the criteria for people and lesions.' },
        { id: '8', olderId: '7', title: 'How people were found', asks: 'On what basis: symptoms, earlier tests, a registry?', author: 'on what basis people came into the dataset.' },
        { id: '9', olderId: '8', title: 'Where and when', asks: 'Setting, place, dates?', author: 'clinics, countries and years.' },
        { id: '10', olderId: '9', title: 'Series', asks: 'Consecutive, at random, or as it came?', author: 'how the people of the dataset were sampled; a test part is a random part of the dataset, not of patients.' },
        { id: '11', title: 'Source of the data', asks: 'Routine, collected for this, or open?', from: ['source'], author: 'whether the images were collected in routine or for a study.' },
        { id: '12', title: 'Annotation', asks: 'Who annotated, with which experience, and how?', from: ['reference'], author: 'who made the diagnoses, with which experience, in clinic or afterwards.' },
        { id: '13', title: 'Devices and software', asks: 'Which devices took the data, and which software made the test?', from: ['software', 'pictures'], author: 'makers and models of cameras and dermatoscopes.' },
        { id: '14', title: 'Acquisition and preprocessing', asks: 'How were data acquired and prepared?', from: ['preparation', 'pictures'], author: 'how the images were taken, and of a model made elsewhere how it prepares them.' },
      ],
    },
    {
      title: 'Methods: tests',
      items: [
        { id: '15a', olderId: '10a', title: 'Index test', asks: 'What is the test, so that others can do it again?', from: ['model', 'output', 'readers'], author: 'where the model can be had, or of readers, what they were shown and asked.' },
        { id: '15b', title: 'How the index test was made', asks: 'How was it trained, validated and tested, and on how many?', from: ['training', 'choice', 'division', 'overlap', 'elsewhere'], author: 'of a model made elsewhere: how and on what it was trained.' },
        { id: '15c', olderId: '12a', title: 'Cut-offs of the index test', asks: 'Which cut-offs, why, and which were set beforehand?', from: ['thresholds'], author: 'why these cut-offs.' },
        { id: '15d', title: 'Users', asks: 'Who would use it, and what must they know?', author: 'the intended users and what they must know.' },
        { id: '16a', olderId: '10b', title: 'Reference standard', asks: 'What is the truth, so that others can find it again?', from: ['reference'], author: 'how each diagnosis was made.' },
        { id: '16b', olderId: '11', title: 'Why this reference standard', asks: 'Why this one, where there are others?', author: 'why this reference standard, and not histology for all.' },
        { id: '16c', olderId: '12b', title: 'Categories of the reference standard', asks: 'Which categories, why, and set beforehand?', from: ['reference', 'thresholds'], author: 'why these categories.' },
        { id: '17a', olderId: '13a', title: 'What the test knew', asks: 'Were clinical facts and the truth known to those who did the test?', from: ['overlap'], author: 'what readers knew of patients and truth; the program sees the image and nothing else.' },
        { id: '17b', olderId: '13b', title: 'What the reference standard knew', asks: 'Were clinical facts and the test’s results known to those who found the truth?', author: 'what was known to those who made the diagnoses.' },
      ],
    },
    {
      title: 'Methods: analysis',
      items: [
        { id: '18', olderId: '14', title: 'Measures and comparisons', asks: 'How was accuracy estimated and compared?', from: ['measures', 'intervals', 'recalibration', 'comparing', 'readerAnalysis'], whole: true, author: 'how accuracy was estimated.' },
        { id: '19', olderId: '15', title: 'Indeterminate results', asks: 'How were indeterminate results handled?', from: ['missing'], author: 'how unclear diagnoses and poor images were handled before the data were published.' },
        { id: '20', olderId: '16', title: 'Missing data', asks: 'How were missing results handled?', from: ['missing', 'missingResults', 'selection'], author: 'why anything is missing.' },
        { id: '21', olderId: '17', title: 'Variability', asks: 'Which analyses of variability, and which were planned?', from: ['groups', 'elsewhere', 'readerAnalysis'], author: 'which of these were planned.' },
        { id: '22', olderId: '18', title: 'Sample size', asks: 'Which size was meant, and how was it found?', from: ['flow', 'readers'], author: 'whether the size was planned (lesionlab plan-study computes one).' },
        { id: '23', title: 'Errors, bias and fairness', asks: 'How were errors analysed, and bias and fairness assessed?', from: ['groups', 'diagnoses'], author: 'how fairness was assessed; “it was not” where it was not.' },
      ],
    },
    {
      title: 'Results',
      items: [
        { id: '24', olderId: '19', title: 'Flow', asks: 'How many came in, and where did they leave?', from: ['flow', 'readers'], author: 'how many people that is; flow.svg is the diagram.' },
        { id: '25', olderId: '20', title: 'Characteristics', asks: 'Who is in training, validation and test?', from: ['people', 'division'], author: 'age, sex and skin tone of each part, and technical facts.' },
        { id: '26a', olderId: '21a', title: 'Severity', asks: 'How severe is the condition in those who have it?', author: 'thickness and stage of melanomas, for example.' },
        { id: '26b', olderId: '21b', title: 'Other diagnoses', asks: 'What do those have who don’t have it?', from: ['diagnoses'], author: 'diagnoses behind the classes.' },
        { id: '27', olderId: '22', title: 'Time between test and truth', asks: 'How long, and what was done meanwhile?', author: 'the time between picture and diagnosis.' },
        { id: '28', title: 'Does the test part stand for its users?', asks: 'Is the condition as common in the data as where it would be used?', from: ['diagnoses'], author: 'how common the diagnoses are where the test would be used.' },
        { id: '29', title: 'External data', asks: 'How do data from elsewhere differ?', from: ['elsewhereResults'], author: 'how they differ, or that there are none.' },
        { id: '30', olderId: '23', title: 'Cross table', asks: 'Results of the test by the truth?', from: ['performance', 'diagnoses'], author: 'nothing more where the table confusion-matrix and the figure of the same name are given; of readers, their counts.' },
        { id: '31', olderId: '24', title: 'Accuracy', asks: 'Estimates with intervals?', from: ['performance', 'diagnoses', 'questions', 'points', 'calibration', 'labels', 'readerResults', 'comparisonResults'], whole: true, author: 'the results, once it has been evaluated.' },
        { id: '32', olderId: '25', title: 'Harm', asks: 'Did anybody come to harm by test or reference standard?', author: 'adverse events; of stored images, none by the test.' },
      ],
    },
    {
      title: 'Discussion',
      items: [
        { id: '33', olderId: '26', title: 'Limitations', asks: 'What limits it: bias, uncertainty, other people?', from: ['looks', 'overlap', 'labels'], author: 'the limitations; report.html has a section of those that the files show.' },
        { id: '34', olderId: '27', title: 'Implications', asks: 'What follows for practice?', author: 'the implications; none for care follow from an evaluation of stored images.' },
        { id: '35', title: 'Ethics and fairness', asks: 'What is to be considered where it is used?', author: 'ethical considerations and fairness.' },
      ],
    },
    {
      title: 'Other information',
      items: [
        { id: '36', olderId: '28', title: 'Registration', asks: 'Registry and number?', author: 'registry and number, or that it is not registered.' },
        { id: '37', olderId: '29', title: 'Protocol', asks: 'Where is the protocol?', author: 'where the protocol is; a sealed plan (lesionlab seal) is a part of one.' },
        { id: '38', olderId: '30', title: 'Funding', asks: 'Who paid, and what did they decide?', author: 'the funding.' },
        { id: '39', title: 'Commercial interests', asks: 'Who earns by it?', author: 'commercial interests.' },
        { id: '40a', title: 'Data and code', asks: 'Can others have data and code, on which terms?', from: ['source', 'software', 'availability'], author: 'where they can be had.' },
        { id: '40b', title: 'Audit', asks: 'Are results stored so that others can look at them?', from: ['availability'], author: 'where the stored results can be looked at.' },
      ],
    },
  ],
};
