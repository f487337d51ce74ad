import type { Command } from 'commander';
import type { ColumnBelief } from '../../data/proposal/columnBeliefs.js';
import { formatCount } from '../../node/machine/formatQuantity.js';
import { type DescribeStepResult, describeStep } from '../../node/steps/describe.js';
import { act } from '../commandContext.js';
import { wrapWords } from '../wrapWords.js';

interface Options {
  readonly write?: boolean;
}

const width = 110;

export function register(command: Command): void {
  command
    .argument('<data>', 'folder or zip with images and tables')
    .option(
      '--write',
      'write what is believed as dataset.yaml into the folder, to be checked; never over one that is there',
    )
    .addHelpText(
      'after',
      `
What dataset.yaml says goes before whatever else the folder looks like: explore, split, run and all other
commands read the data by it. docs/own-data.md has every key.

Examples:
  $ lesionlab describe clinic
  $ lesionlab describe clinic --write && lesionlab explore clinic`,
    )
    .action(
      act(async (_context, data: string, options: Options) => {
        const result = await describeStep(data, options);
        return { json: result, text: describe(result, data) };
      }),
    );
}

function describe(result: DescribeStepResult, data: string): string {
  const { readAs, nearest, beliefs, leaks, questions, columns, trial, text, written, existing } = result;
  const parts: string[] = [];
  if (existing)
    parts.push(`${existing} describes this data already. What follows is what would be believed without it.`);
  if (readAs) parts.push(`This is read as ${readAs.name} without a description.`);
  else if (nearest)
    parts.push(
      `No known dataset. Nearest is ${nearest.name}, for which ${nearest.missing.join(', ')} ${nearest.missing.length === 1 ? 'is' : 'are'} missing.`,
    );
  if (beliefs.length > 0)
    parts.push(
      ['What it seems to be:', ...beliefs.map(({ key, value, because }) => item(`${key}: ${value}`, because))].join(
        '\n',
      ),
    );
  const left = columns.filter(({ role }) => role === 'left out' || role === 'join');
  if (left.length > 0)
    parts.push(
      ['Columns without a part:', ...left.map(({ column, because }: ColumnBelief) => item(column, because))].join('\n'),
    );
  if (leaks.length > 0)
    parts.push(
      [
        'These give the answer away, and are never an input:',
        ...leaks.map(({ column, because }) => item(column, because)),
      ].join('\n'),
    );
  if (trial) parts.push(describeTrial(trial));
  if (questions.length > 0)
    parts.push(
      ['To be answered by somebody who knows the data:', ...questions.map((question) => bullet(question))].join('\n'),
    );
  if (written) parts.push(`Wrote ${written}. Check it, then: lesionlab explore ${data}`);
  else if (text)
    parts.push(
      `dataset.yaml would be:\n\n${text.trimEnd()}`,
      existing || (trial && 'problem' in trial) ? '' : `lesionlab describe ${data} --write writes it.`,
    );
  return parts.filter(Boolean).join('\n\n');
}

const bullet = (text: string): string => indent(`- ${wrapWords(text, width - 4)}`, '  ', '    ');
const item = (what: string, because: string): string =>
  `${bullet(what)}\n${indent(wrapWords(because, width - 6), '      ', '      ')}`;
const indent = (text: string, first: string, rest: string): string =>
  text
    .split('\n')
    .map((line, i) => `${i === 0 ? first : rest}${line}`)
    .join('\n');

function describeTrial(trial: NonNullable<DescribeStepResult['trial']>): string {
  if ('problem' in trial) return `Read so, it fails: ${trial.problem}${trial.hint ? `\n  ${trial.hint}` : ''}`;
  const { images, missing, classes, patients, lesions, splits, notes } = trial;
  const groups = [
    patients === undefined ? '' : ` of ${formatCount(patients)} patients`,
    lesions === undefined ? '' : `${patients === undefined ? ' of' : ' and'} ${formatCount(lesions)} lesions`,
  ].join('');
  const shown = classes.slice(0, 20).map(({ id, images: n }) => `${id} ${formatCount(n)}`);
  const split = Object.entries(splits).map(([name, n]) => `${name} ${formatCount(n)}`);
  return [
    `Read so, it has ${formatCount(images)} images${groups}${missing > 0 ? `, and ${formatCount(missing)} more that are missing` : ''}:`,
    bullet(`classes: ${shown.join(', ')}${classes.length > 20 ? ` and ${classes.length - 20} more` : ''}`),
    ...(split.length > 0 ? [bullet(`split of its own: ${split.join(', ')}`)] : []),
    ...notes.slice(0, 10).map(bullet),
  ].join('\n');
}
