import { command, list, paragraph, type RunDocument } from '../documents/document.js';
import { renderMarkdown } from '../documents/markdown.js';
import { purposeNotice, syntheticNotice } from '../page.js';
import type { PaperInput } from './paperInput.js';

/** What is in the folder, and how to cite. */
export function paperReadme(input: PaperInput, paths: readonly string[]): string {
  const { run, splitFile } = input;
  const has = (start: string) => paths.some((path) => path.startsWith(start));
  const data = run?.config.data;
  const rule = run && 'split' in run.config ? run.config.split?.rule : undefined;
  const document: RunDocument = {
    title: 'For a paper',
    lead: [
      ...(data?.synthetic ? [syntheticNotice] : []),
      purposeNotice,
      `Written by ${input.writtenBy} from files alone. Writing again replaces these files and no others: keep your own text elsewhere, or beside them under other names.`,
    ],
    sections: [
      {
        title: 'What is here',
        blocks: [
          list([
            'methods.md: paragraphs on methods and results, and what authors must add.',
            ...(has('flow.svg') ? ['flow.svg: where images went.'] : []),
            ...(has('tables/')
              ? [
                  'tables/: each table as Markdown, CSV (numbers in full, intervals in columns of their own) and LaTeX; preview.tex shows all of them.',
                ]
              : []),
            ...(has('figures/')
              ? ['figures/: SVG, each with a title and a description in words, which serves as alternative text.']
              : []),
            'checklists/: reporting guidelines item by item: filled from the files, partly filled, or left to the author.',
            ...(splitFile
              ? [`${splitFile.name}: the division of the images, for others to train, test and compare on.`]
              : []),
          ]),
        ],
      },
      ...(splitFile
        ? [
            {
              title: 'The split, as others use and cite it',
              blocks: [
                paragraph(
                  `SHA-256 (of everything below the file’s second line): ${splitFile.sha256}. Cite that number, the name of the file, and where you published it. It holds ids and diagnoses, no images.`,
                ),
                command(`lesionlab run <data> --split ${splitFile.name} --run runs/mine`),
                command(`lesionlab evaluate <predictions.csv> --truth ${splitFile.name}`),
                command(`lesionlab compare runs/first runs/mine --on ${splitFile.name}`),
                paragraph(
                  'Elsewhere: pandas.read_csv(file, comment="#"), or in R read.csv(file, comment.char = "#"). To check the number without lesionlab:',
                ),
                command(`tail -n +3 ${splitFile.name} | sha256sum`),
              ],
            },
          ]
        : []),
      ...(rule?.kind === 'file'
        ? [
            {
              title: 'The split',
              blocks: [
                paragraph(
                  `Images were divided as the split file ${rule.file} says: cite that one, by its SHA-256 ${rule.sha256}.${rule.mend === 'drop-from-train' ? ' Images of an earlier part that belong together with images of a later one were left out; the test part is the file’s.' : ''}`,
                ),
              ],
            },
          ]
        : []),
      {
        title: 'How to cite',
        blocks: [
          list([
            ...(data?.citation
              ? [`The data: ${data.citation}`]
              : data && !data.synthetic
                ? ['The data: their citation is not on record.']
                : []),
            ...(data?.licence ? [`Their licence: ${data.licence}.`] : []),
            `The software: ${input.writtenBy}.`,
            'Checklists name the guidelines that they follow.',
          ]),
        ],
      },
    ],
  };
  return renderMarkdown(document);
}
