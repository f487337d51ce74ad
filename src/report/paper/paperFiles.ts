import { formatSplitFile } from '../../data/groups/splitFile.js';
import type { ChartOptions } from '../charts/chartOptions.js';
import { checklistCsv } from '../documents/checklistCsv.js';
import { clearDermChecklist } from '../documents/clearDerm.js';
import { type RunDocument, results } from '../documents/document.js';
import { renderMarkdown } from '../documents/markdown.js';
import { purposeNotice, syntheticNotice } from '../page.js';
import { csvTable } from '../tables/csvTable.js';
import { latexPreview, latexTable } from '../tables/latexTable.js';
import type { ResultTable } from '../tables/resultTable.js';
import { dataFacts } from './dataFacts.js';
import { evaluationFacts } from './evaluationFacts.js';
import { type Facts, joinFacts } from './facts.js';
import { guidelineChecklist } from './guideline.js';
import { methodsDocument } from './methods.js';
import { modelFacts } from './modelFacts.js';
import { paperFigures } from './paperFigures.js';
import { paperFlow } from './paperFlow.js';
import type { PaperInput } from './paperInput.js';
import { paperReadme } from './paperReadme.js';
import { paperTables } from './paperTables.js';
import { comparisonFacts, readerFacts } from './readerFacts.js';
import { resultFacts } from './resultFacts.js';
import { stardAi } from './stardAi.js';
import { tripodAi } from './tripodAi.js';

/** A file for a paper. */
export interface PaperFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** All that the files of a study say, in sentences by what they are about. */
export const paperFacts = ({ run, study, compared }: PaperInput): Facts =>
  joinFacts(
    ...(run ? [dataFacts(run), modelFacts(run), evaluationFacts(run), resultFacts(run)] : []),
    ...(study ? [readerFacts(study)] : []),
    ...(compared ? [comparisonFacts(compared)] : []),
  );

/**
 * What goes into a paper about a run, a reader study, or runs that are compared: paragraphs, tables, figures, the flow diagram, checklists, and how to
 * cite.
 * @param splitContent of the split file, of `splitFileContent`; its SHA-256 is in `input.splitFile`
 */
export function paperFiles(input: PaperInput, splitContent: string | null, options: ChartOptions = {}): PaperFile[] {
  const facts = paperFacts(input);
  const tables = paperTables(input);
  const flow = paperFlow(input, options);
  const checklists: [name: string, document: RunDocument][] = [
    ...(input.run ? [['clear-derm', clearDermChecklist(input.run)] as [string, RunDocument]] : []),
    ...[tripodAi, stardAi].map((guideline): [string, RunDocument] => [
      guideline.file,
      guidelineChecklist(guideline, input, facts),
    ]),
  ];
  const files: PaperFile[] = [
    { path: 'methods.md', text: renderMarkdown(methodsDocument(input, facts)) },
    ...(flow === null ? [] : [{ path: 'flow.svg', text: `${flow}\n` }]),
    ...tables.flatMap((table) => [
      { path: `tables/${table.id}.md`, text: renderTable(table, input) },
      { path: `tables/${table.id}.csv`, text: csvTable(table) },
      { path: `tables/${table.id}.tex`, text: latexTable(table) },
    ]),
    { path: 'tables/preview.tex', text: latexPreview(tables.map(({ id }) => id)) },
    ...paperFigures(input, options).map(({ id, svg }) => ({ path: `figures/${id}.svg`, text: `${svg}\n` })),
    ...checklists.flatMap(([name, document]) => [
      { path: `checklists/${name}.md`, text: renderMarkdown(document) },
      { path: `checklists/${name}.csv`, text: checklistCsv(document) },
    ]),
    ...(input.splitFile && splitContent !== null
      ? [{ path: input.splitFile.name, text: formatSplitFile(splitContent, input.splitFile.sha256) }]
      : []),
  ];
  return [
    {
      path: 'README.md',
      text: paperReadme(
        input,
        files.map(({ path }) => path),
      ),
    },
    ...files,
  ];
}

const renderTable = (table: ResultTable, { run }: PaperInput): string =>
  renderMarkdown({
    title: `Table: ${table.id}`,
    lead: run?.config.data.synthetic ? [syntheticNotice] : [purposeNotice],
    sections: [{ title: table.id, blocks: results(table) }],
  });
