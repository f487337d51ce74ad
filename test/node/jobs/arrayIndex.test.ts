import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { arrayIndex } from '../../../src/node/jobs/arrays/arrayIndex.js';

describe('which task of an array a process is', () => {
  it.each([
    ['Slurm', { SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_JOB_ID: '17' }, { index: 3, call: 'slurm-17' }],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '0', LESIONLAB_CALL: 'folds-1' }, { index: 0, call: 'folds-1' }],
    [
      'AWS Batch',
      { AWS_BATCH_JOB_ARRAY_INDEX: '12', AWS_BATCH_JOB_ID: 'ab-cd:12' },
      { index: 12, call: 'aws-batch-ab-cd' },
    ],
  ])('is told by %s', (_, environment, expected) => {
    expect(arrayIndex(undefined, environment)).toEqual(expected);
    expect(arrayIndex(5, environment)).toEqual({ ...expected, index: 5 });
  });

  it('is an error where nobody says so', () => {
    expect(() => arrayIndex(undefined, {})).toThrow(
      'SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX',
    );
    expect(arrayIndex(2, {})).toEqual({ index: 2, call: undefined });
  });
});

it('the manifest for Kubernetes is one of an indexed job that calls task, and has time to save', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../../docs/cluster.md'), 'utf8');
  const { kind, spec } = parse(/```yaml\n([\s\S]+?)```/.exec(text)![1]);
  expect(kind).toBe('Job');
  expect(spec).toMatchObject({ completionMode: 'Indexed', completions: 5 });
  const { containers, terminationGracePeriodSeconds, restartPolicy } = spec.template.spec;
  expect(containers[0].command.slice(0, 2)).toEqual(['lesionlab', 'task']);
  expect({ terminationGracePeriodSeconds, restartPolicy }).toEqual({
    terminationGracePeriodSeconds: 120,
    restartPolicy: 'Never',
  });
});
