import { LesionlabError, runError } from '../../errors.js';

const permission = 'Ask whoever owns the folder for the right to write, or name another one.';

/** What systems say of a disk, and what to do about it. */
const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: make room, then do the same again.',
  EDQUOT: 'Your share of the disk is used up: make room or ask for more, then do the same again.',
  EROFS: 'The disk takes no writing: name a folder on another one.',
  EACCES: permission,
  EPERM: permission,
  EIO: 'The disk, or the connection to it, has failed: look after it before anything is written there again.',
  EFBIG: 'Files of this size are not taken there: name a folder on another disk.',
  EMFILE: 'Too many files are open: allow more with `ulimit -n`, then do the same again.',
  ENFILE: 'Too many files are open on this machine: end other programs, then do the same again.',
  ENXIO: 'The disk is gone: connect it, then do the same again.',
  ENODEV: 'The disk is gone: connect it, then do the same again.',
  ESTALE: 'The connection to the disk was lost: do the same again.',
};

/**
 * What a disk says no with, wherever in the program that was not foreseen, is no bug.
 * @returns it in words; undefined where it is something else
 */
export function asDiskError(thrown: unknown): LesionlabError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof LesionlabError) return undefined;
  const { code = '', syscall, path } = thrown as NodeJS.ErrnoException;
  const hint = hints[code];
  if (hint === undefined || syscall === undefined) return undefined;
  const where = path === undefined ? '' : ` (${path})`;
  return runError(
    'disk-error',
    `The disk refuses: ${thrown.message}${thrown.message.includes(path ?? '') ? '' : where}`,
    {
      hint,
      cause: thrown,
    },
  );
}
