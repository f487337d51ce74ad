import type { FormatExample } from '../formatExample.js';

const ids = ['IMD003', 'IMD009', 'IMD168', 'IMD405'];
const row = (name: string, diagnosis: string) =>
  `||  ${name}  ||                        ||         ${diagnosis}          ||     0     ||        T        ||       A       ||`;

export const example: FormatExample = {
  files: {
    'PH2Dataset/PH2_dataset.txt': [
      '||   Name   || Histological Diagnosis || Clinical Diagnosis || Asymmetry || Pigment Network || Dots/Globules ||',
      row('IMD003', '0'),
      row('IMD009', '0'),
      row('IMD168', '1'),
      row('IMD405', '2'),
      '',
      'Legends:',
      '||  Clinical Diagnosis  ||  0 - Common Nevus; 1 - Atypical Nevus; 2 - Melanoma  ||',
    ].join('\r\n'),
    ...Object.fromEntries(
      ids.flatMap((id) => [
        [`PH2Dataset/PH2 Dataset images/${id}/${id}_Dermoscopic_Image/${id}.bmp`, `image ${id}`],
        [`PH2Dataset/PH2 Dataset images/${id}/${id}_lesion/${id}_lesion.bmp`, `mask ${id}`],
        [`PH2Dataset/PH2 Dataset images/${id}/${id}_roi/${id}_R1_Label3.bmp`, `region ${id}`],
      ]),
    ),
  },
  expected: { images: 4, classes: { IMD003: 'common', IMD009: 'common', IMD168: 'atypical', IMD405: 'mel' } },
};
