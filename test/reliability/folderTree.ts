import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isLeaseName } from '../../src/node/files/lease/leaseFile.js';
import { isTemporaryName } from '../../src/node/files/temporaryFiles.js';

/** Each file below a folder and what it holds, as a hash. */
export type FolderTree = ReadonlyMap<string, string>;

/** Values of JSON that are of the moment: when something was done, and how fast. */
const ofTheMoment = new Set([
  'created',
  'time',
  'seconds',
  'timeRatio',
  'imagesPerSecond',
  'sealed',
  'opened',
  'sha256',
  'seal',
  'record',
  'replaced',
]);
/** `sha256` and its kind are of content everywhere but in what a plan was sealed with, whose content has a date. */
const isSeal = (name: string) => /\.(seal|record)\.json$|\.seal-log\.jsonl$/.test(name);

/**
 * What says of files what is true of this disk alone; TensorBoard's, of which every resumed training begins another; and journals of a plan's jobs, which count
 * tries.
 */
const leftOut = /(^|\/)(cache\/(contents|in-use)|tensorboard)(\/|$)|(^|\/)jobs\/[^/]+\.jsonl$/;

/**
 * Reads a folder, without what is of the moment: dates and speeds in JSON, and dates in pages. An evaluation that was interrupted and repeated
 * was two looks at the test images, and stands twice in their log, one of them perhaps as of a run that was replaced; such lines count once, and what
 * documents say of their number is left out.
 */
export function readTree(folder: string): FolderTree {
  const tree = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (name === 'cache' || leftOut.test(name)) continue;
    if (entry.isSymbolicLink()) tree.set(name, `-> ${readlinkSync(path)}`);
    else if (entry.isDirectory()) tree.set(name, 'folder');
    else
      tree.set(
        name,
        createHash('sha256')
          .update(timeless(name, readFileSync(path)))
          .digest('hex'),
      );
  }
  return tree;
}

/** What work leaves only while it is under way. */
export const isLeftover = (name: string): boolean => {
  const own = name.split('/').at(-1)!;
  return isTemporaryName(own) || isLeaseName(own) || own.endsWith('.tmp') || own.endsWith('.lease');
};

/** Where two trees differ, in words. */
export function differences(expected: FolderTree, found: FolderTree): string[] {
  const said: string[] = [];
  for (const [name, content] of expected)
    if (!found.has(name)) said.push(`missing: ${name}`);
    else if (found.get(name) !== content) said.push(`other content: ${name}`);
  for (const name of found.keys())
    if (isLeftover(name)) said.push(`left over: ${name}`);
    else if (!expected.has(name)) said.push(`added: ${name}`);
  return said;
}

const datesAndSpeeds =
  /\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?|\b[\d.,]+( |%20)(s|min|h|seconds|images (a|per) second|times%20as%20long|times as long)\b/g;

/** How often the test images were looked at, in reports and cards. */
const looks = new RegExp(
  [
    'This was the first and only evaluation on them in this run\\.',
    'This folder records one evaluation on them; how often they were looked at elsewhere is not known\\.',
    'They have been evaluated [^\\n]*?; the latest is shown\\.',
    'Once \\(evaluation/test/log\\.jsonl\\)( in this folder; looks elsewhere are not on record)?\\.',
    '[\\d,]+ times \\(evaluation/test/log\\.jsonl\\)[^\\n]*?The latest results are given here\\.',
  ].join('|'),
  'g',
);

/** What a training goes on from says where it stands, and since how many seconds. */
function timelessState(content: Buffer, drop: (key: string, value: unknown) => unknown): Buffer {
  const end = 8 + Number(content.readBigUInt64LE());
  const header = JSON.parse(content.subarray(8, end).toString());
  header.__metadata__.position = JSON.parse(header.__metadata__.position, drop);
  return Buffer.concat([Buffer.from(JSON.stringify(header)), content.subarray(end)]);
}

function timeless(name: string, content: Buffer): Buffer | string {
  const drop = (key: string, value: unknown) =>
    ofTheMoment.has(key) && (isSeal(name) || !['sha256', 'seal', 'record'].includes(key)) ? undefined : value;
  try {
    if (name.endsWith('.json')) return JSON.stringify(JSON.parse(content.toString(), drop));
    if (name.endsWith('.jsonl')) {
      const lines = content.toString().split('\n');
      const rest = lines.pop();
      const kept = lines.map((line) => JSON.stringify(JSON.parse(line, drop)));
      return JSON.stringify([name.endsWith('log.jsonl') ? [...new Set(kept)] : kept, rest]);
    }
    if (/\.(html|md)$/.test(name)) return content.toString().replace(looks, '...').replace(datesAndSpeeds, '...');
    if (name.endsWith('state.safetensors')) return timelessState(content, drop);
  } catch {
    // Damaged: as it stands.
  }
  return content;
}
