import { expect, it } from 'vitest';
import { LesionlabError } from '../../../src/errors.js';
import { asDiskError } from '../../../src/node/files/diskError.js';

const thrown = (code: string) =>
  Object.assign(new Error(`${code}: no, write '/disk/run/x'`), { code, syscall: 'write', path: '/disk/run/x' });

it('what a disk says no with is no bug: it names the file and what to do', () => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO', 'EMFILE']) {
    const error = asDiskError(thrown(code));
    expect(error, code).toMatchObject({ kind: 'run', code: 'disk-error', exitStatus: 4 });
    expect(error?.message).toContain('/disk/run/x');
    expect(error?.hintFor('terminal')).toMatch(/\w/);
  }
});

it('anything else stays what it is', () => {
  expect(asDiskError(thrown('ENOENT'))).toBeUndefined();
  expect(asDiskError(new Error('ENOSPC'))).toBeUndefined();
  expect(asDiskError(new LesionlabError('run', 'x', 'y'))).toBeUndefined();
  expect(asDiskError('ENOSPC')).toBeUndefined();
});
