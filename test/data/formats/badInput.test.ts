import { describe, expect, it } from 'vitest';
import { auditDataset } from '../../../src/data/audit/auditDataset.js';
import { requireUsable } from '../../../src/data/audit/requireUsable.js';
import { datasetFormats } from '../../../src/data/formats/registry.js';
import { imageIdOf } from '../../../src/data/storedFile.js';
import { classesById, openMemory, refusal } from '../memoryFiles.js';
import { type FormatExample, readExamples } from './formatExample.js';

const examples = await readExamples();
type Table = NonNullable<FormatExample['table']>;
type Files = FormatExample['files'];
const formatOf = (name: string) =>
  datasetFormats.find(({ card }) => card.id.replace(/-/g, '') === name.toLowerCase() || idsByName[name] === card.id)!;
/** Formats whose id is not their export's name. */
const idsByName: Readonly<Record<string, string>> = { plainTable: 'table', classFolders: 'image-folder' };

const linesOf = (files: Files, { path }: Table) => (files[path] as string).trimEnd().split('\n');
const withLines = (files: Files, { path }: Table, lines: readonly string[]): Files => ({
  ...files,
  [path]: `${lines.join('\n')}\n`,
});
/** Cells of a line, quotes kept. */
const cellsOf = (line: string): string[] =>
  line
    .match(/("([^"]|"")*"|[^,]*)(,|$)/g)!
    .slice(0, line.endsWith(',') ? undefined : -1)
    .map((cell) => cell.replace(/,$/, ''));
const isImage = (path: string) => imageIdOf(path.split('/').at(-1)!) !== undefined;

it('every registered format has an example, and reads it', async () => {
  const named = [...examples.keys()].map((name) => formatOf(name)?.card.id);
  expect(named.sort()).toEqual(datasetFormats.map(({ card }) => card.id).sort());
});

describe.each([...examples])('%s', (name, { files, expected, table }) => {
  const format = formatOf(name);

  it('is read as it is published', async () => {
    const dataset = await openMemory(files);
    expect(dataset.info.id).toBe(format.card.id);
    expect(dataset.records).toHaveLength(expected.images);
    expect(classesById(dataset)).toEqual(expected.classes);
  });

  it('lacks half of its images: file, row and id are named, or they are absent where that is expected', async () => {
    const images = Object.keys(files).filter(isImage);
    const gone = new Set(images.filter((_, i) => i % 2 === 0));
    const half = Object.fromEntries(Object.entries(files).filter(([path]) => !gone.has(path)));
    // Images that lie in an array are there together or not at all.
    if (images.length === 0) return;
    const dataset = await openMemory(half);
    const there = dataset.records.filter(({ imageId }) => dataset.images.has(imageId));
    if (!table || dataset.absent) return expect(there.length).toBeLessThan(expected.images);
    const missing = dataset.records.filter(({ imageId }) => !dataset.images.has(imageId));
    expect(missing.length).toBeGreaterThan(0);
    const audit = await auditDataset(dataset, { decode: false });
    let details: readonly string[] = [];
    try {
      requireUsable(dataset, audit, { excludeUnusable: false });
    } catch (error) {
      details = (error as { details: readonly string[] }).details;
    }
    for (const { imageId, row, table: own = dataset.metadataFile } of missing)
      expect(details).toContain(`${own}, row ${row}: there is no file for image ${imageId}.`);
    const partly = await openMemory(half, { allowMissing: true });
    expect(partly.records.length).toBe(dataset.records.length - missing.length);
    expect(partly.absent).toEqual(expect.arrayContaining(missing.map(({ imageId }) => imageId)));
  });

  if (!table) return;
  const lines = linesOf(files, table);
  const header = cellsOf(lines[0]);
  const columnAt = (column: string) => header.findIndex((cell) => cell.toLowerCase() === column.toLowerCase());
  const read = async (changed: Files) => classesById(await openMemory(changed));

  it('has a byte order mark, or Windows line ends', async () => {
    expect(await read(withLines(files, table, [`\uFEFF${lines[0]}`, ...lines.slice(1)]))).toEqual(expected.classes);
    expect(await read({ ...files, [table.path]: lines.join('\r\n') })).toEqual(expected.classes);
  });

  it('has semicolons, and commas before decimals', async () => {
    const decimal = (cell: string) => (/^\d+\.\d+$/.test(cell) ? cell.replace('.', ',') : cell);
    const semicolons = lines.map((line) => cellsOf(line).map(decimal).join(';'));
    expect(await read(withLines(files, table, semicolons))).toEqual(expected.classes);
  });

  it('has a further column, with commas inside quotes', async () => {
    // A table without a header has no name to give.
    if (format.columns.length === 0) return;
    const more = lines.map((line, i) => `${line},${i === 0 ? 'remark' : `"one, two ""and"" ${i}"`}`);
    expect(await read(withLines(files, table, more))).toEqual(expected.classes);
  });

  it('has a column twice', async () => {
    const column = format.columns[0];
    if (column === undefined) return;
    const doubled = lines.map((line) => `${line},${cellsOf(line)[columnAt(column)]}`);
    const error = await refusal(withLines(files, table, doubled));
    expect(error.code).toBe('doubled-column');
    expect(error.message).toContain(table.path);
    expect(error.message).toContain(column);
  });

  const id = cellsOf(lines.at(-1)!)[columnAt(table.image)].replace(/\.\w+$/, '');

  it('has an image twice, with something else said of it', async () => {
    const cells = cellsOf(lines.at(-1)!);
    const column = header.findIndex((cell, i) => i !== columnAt(table.image) && (lines.length > 2 || cell !== ''));
    // What another row says; of a table in which all rows say the same there, whatever it is.
    const other = lines.slice(1).map((line) => cellsOf(line)[column]);
    cells[column] = other.find((cell) => cell !== cells[column]) ?? `${cells[column]}1`;
    const again = await refusal(withLines(files, table, [...lines, cells.join(',')]));
    expect(again.code).toBe('duplicate-image-id');
    expect(again.message).toContain(
      `${table.path}, row ${lines.length + 1}: image ${id} already stands in row ${lines.length}, with `,
    );
  });

  it('has a row twice, word for word: it counts once, and that is said', async () => {
    const twice = withLines(files, table, [...lines, lines.at(-1)!]);
    const dataset = await openMemory(twice);
    expect(classesById(dataset)).toEqual(expected.classes);
    const said = dataset.notes?.map(({ message }) => message).find((message) => message.includes('word for word'));
    expect(said).toContain(`${table.path}: one row stands there twice, word for word, and counts once`);
    expect(said).toContain(`(row ${lines.length + 1} as row ${lines.length})`);
  });

  it('has a diagnosis that nobody knows', async () => {
    const cells = cellsOf(lines[1]);
    for (const [column, cell] of Object.entries(table.badLabel.cells)) cells[columnAt(column)] = cell;
    const wrong = lines.map((line, i) => (i === 1 ? cells.join(',') : line));
    const error = await refusal(withLines(files, table, wrong));
    expect(error.kind).toBe('data');
    expect(error.message).toContain(`${table.path}, row 2: `);
    expect(error.message).toMatch(table.badLabel.says);
    expect(error.hint).toBeTruthy();
  });

  it.each(format.columns)('lacks the column %s', async (column) => {
    const at = columnAt(column);
    const cut = withLines(
      { ...Object.fromEntries(Object.entries(files).filter(([path]) => isImage(path) || path === table.path)) },
      table,
      lines.map((line) =>
        cellsOf(line)
          .filter((_, i) => i !== at)
          .join(','),
      ),
    );
    const other = table.without?.[column];
    if (other !== undefined) return expect((await openMemory(cut)).info.id).toBe(other);
    const error = await refusal(cut);
    expect(error.kind).toBe('data');
    expect(`${error.message} ${error.details.join(' ')}`).toContain(table.path);
    expect(`${error.message} ${error.details.join(' ')} ${error.hint}`).toContain(column);
  });

  it('is the table of another year, whose images are not there', async () => {
    const [other] = [...examples.values()].filter((one) => one.table && one.table.path !== table.path);
    const theirs = Object.entries(other.files).filter(([path]) => isImage(path));
    const mixed = {
      ...Object.fromEntries(Object.entries(files).filter(([path]) => !isImage(path))),
      ...Object.fromEntries(theirs),
    };
    const dataset = await openMemory(mixed);
    const audit = await auditDataset(dataset, { decode: false });
    expect(() => requireUsable(dataset, audit, { excludeUnusable: true })).toThrow(
      /None of the \d+ images can be used: .*row \d+: there is no file for image .*The images that are there have other names: /,
    );
  });

  it('is shown with its columns and the nearest formats, where its columns have other names', async () => {
    if (format.columns.length < 2) return;
    const required = new Set(format.columns);
    const kept = [...required].slice(0, -1);
    const renamed = header.map((cell) =>
      required.has(cell.toLowerCase()) && !kept.includes(cell.toLowerCase()) ? `my_${cell}` : cell,
    );
    const odd = {
      ...Object.fromEntries(Object.entries(files).filter(([path]) => isImage(path))),
      [table.path]: [renamed.join(','), ...lines.slice(1)].join('\n'),
    };
    const missing = [...required].at(-1)!;
    if (table.without?.[missing] !== undefined) return;
    const error = await refusal(odd);
    const said = `${error.message} ${error.details.join(' ')}`;
    expect(said).toContain(table.path);
    expect(said).toContain(missing);
  });
});
