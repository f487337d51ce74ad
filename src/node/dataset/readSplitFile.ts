import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Mend } from '../../data/groups/mends.js';
import { parseSplitFile, requireUnchanged, type SplitFile } from '../../data/groups/splitFile.js';
import type { SplitRule } from '../../data/groups/splitRule.js';
import { decodeText } from '../../data/reading/decodeText.js';
import { dataError } from '../../errors.js';
import { fileAt } from '../files/folderFiles.js';

/** A split file that a split is to be taken from. */
export interface AskedSplitFile {
  readonly kind: 'file';
  readonly path: string;
  readonly mend?: Mend;
}

/** How images are to be split: by a rule, or as a file says. */
export type AskedSplit = Exclude<SplitRule, { readonly kind: 'file' }> | AskedSplitFile;

/** A rule, with the file that it is about. */
export interface OpenSplitRule {
  readonly rule: SplitRule;
  readonly splitFile?: SplitFile;
}

/** Reads the split file that is asked for, if any. @throws LesionlabError as `readSplitFile` does */
export async function openSplitRule(asked: AskedSplit): Promise<OpenSplitRule> {
  if (asked.kind !== 'file') return { rule: asked };
  const { path, mend } = asked;
  const splitFile = await readSplitFile(path);
  return { rule: { kind: 'file', file: basename(path), sha256: splitFile.sha256, ...(mend && { mend }) }, splitFile };
}

/**
 * Reads a split file, and makes sure that it is as it was written.
 * @throws LesionlabError kind `data` where it can't be read, is no split file, or was changed
 */
export async function readSplitFile(path: string): Promise<SplitFile> {
  const file = await fileAt(path).catch((cause: NodeJS.ErrnoException) => {
    throw dataError(
      'no-split-file',
      cause.code === 'ENOENT' ? `There is no split file ${path}.` : `Cannot read ${path}: ${cause.message}`,
      { hint: 'Check the path of the file.', cause },
    );
  });
  return parseUnchanged(decodeText(await file.read(), path).text, path);
}

/** The split file of a text. @throws LesionlabError as `readSplitFile` does */
export function parseUnchanged(text: string, path: string): SplitFile {
  const split = parseSplitFile(text, path);
  requireUnchanged(split, createHash('sha256').update(split.hashed).digest('hex'), path);
  return split;
}
