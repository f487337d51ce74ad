import { formatCount } from '../format.js';
import { purposeNotice, syntheticNotice } from '../page.js';
import { modelName } from '../reportInput.js';
import { dataItems } from './clearDermData.js';
import { applicationItems, assessmentItems, techniqueItems } from './clearDermModel.js';
import { personMustSay, type RunDocument } from './document.js';
import type { DocumentInput } from './runWords.js';

/**
 * The CLEAR Derm checklist of a run, filled in as far as its files go; the rest is left to a person. The items follow
 * Daneshjou et al. 2022, JAMA Dermatology 158(1):90-96, in words of our own; they have not been compared with the paper.
 */
export function clearDermChecklist(input: DocumentInput): RunDocument {
  const { config } = input;
  const domains = [
    { title: 'Data', items: dataItems(input) },
    { title: 'Technique', items: techniqueItems(input) },
    { title: 'Technical assessment', items: assessmentItems(input) },
    { title: 'Application', items: applicationItems(input) },
  ];
  const all = domains.flatMap(({ items }) => items);
  const open = all.filter(({ person }) => person !== null).length;
  let number = 0;
  return {
    title: `CLEAR Derm checklist: ${modelName(config.model.id)} on ${config.data.name}`,
    lead: [
      ...(config.data.synthetic ? [syntheticNotice] : []),
      purposeNotice,
      `Filled in by ${input.writtenBy} from the files of the run. ${formatCount(open)} of ${formatCount(all.length)} items need a person: look for “${personMustSay}”`,
      'Items: Daneshjou R et al. Checklist for Evaluation of Image-Based Artificial Intelligence Reports in Dermatology: CLEAR Derm Consensus Guidelines. JAMA Dermatology 158(1):90-96 (2022), doi:10.1001/jamadermatol.2021.4915. The items here were put together without the paper at hand: neither their wording nor their order has been compared with it. Read theirs before you rely on this one.',
    ],
    sections: domains.map(({ title, items }) => ({
      title,
      blocks: items.map((item) => ({ kind: 'item' as const, number: ++number, ...item })),
    })),
  };
}
