const titles: Readonly<Record<string, string>> = {
  age: 'Age',
  sex: 'Sex',
  localization: 'Place on the body',
  dxType: 'How the diagnosis was made',
  source: 'Dataset',
  skin_tone_ita: 'Skin tone, estimated (ITA)',
  skin_tone_class: 'Skin tone (class, 0 to 5)',
};

/** Columns that tell how light or dark the skin is, as datasets call them. */
const skinTone = /fit[sz]patrick|skin_?(tone|type)/i;

/** Whether groups of a field are groups of skin tone. */
export const isSkinTone = (field: string): boolean => skinTone.test(field);

/** What groups of a field are called in pages and documents: columns of a dataset by their own names. */
export function subgroupTitle(field: string): string {
  if (Object.hasOwn(titles, field)) return titles[field];
  const words = field.replace(/[_\s]+/g, ' ').trim();
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return isSkinTone(field) ? `Skin (${title})` : title;
}
