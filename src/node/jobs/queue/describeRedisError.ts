import { type LesionlabError, runError, usageError } from '../../../errors.js';
import { passwordVariable, type QueueAddress } from './queueAddress.js';

/** What a Redis or Valkey server, or the way to it, said no with. */
export function describeRedisError({ shown, hasPassword }: QueueAddress, cause: unknown): LesionlabError {
  const error = cause as NodeJS.ErrnoException;
  const message = (error?.message ?? String(cause)).split('\n')[0].replace(' Please report this.', '');
  const says = `It says: ${message}`;
  if (/WRONGPASS|invalid password|invalid username-password/i.test(message))
    return usageError('queue-password', `The queue at ${shown} refuses the password.`, {
      hint: `Give the right one in the address, redis://:password@host, or in the environment as ${passwordVariable}.`,
      cause,
    });
  if (/NOAUTH|AUTH .*called without any password configured/i.test(message))
    return usageError(
      'queue-password',
      hasPassword ? `The queue at ${shown} knows no password.` : `The queue at ${shown} wants a password.`,
      {
        hint: hasPassword
          ? 'Leave the password out of the address and the environment.'
          : `Give it in the address, redis://:password@host, or in the environment as ${passwordVariable}.`,
        cause,
      },
    );
  if (/NOPERM/.test(message))
    return usageError('queue-rights', `At ${shown} this user may not do what a queue needs. ${says}`, {
      hint: 'A queue needs all commands on keys that begin with "lesionlab:", scripts (EVAL) and streams among them.',
      cause,
    });
  if (isFull(cause))
    return runError('queue-full', `The Redis server at ${shown} is full: it takes nothing more. ${says}`, {
      hint: 'Raise its maxmemory, or remove what others keep there; a queue needs a megabyte or two. Then call this again: what is done is not done again.',
      cause,
    });
  if (/MISCONF/.test(message))
    return runError(
      'queue-disk',
      `The Redis server at ${shown} can't save to its disk, and takes nothing more. ${says}`,
      {
        hint: 'Make room on its disk, or see its log.',
        cause,
      },
    );
  if (/READONLY/.test(message))
    return usageError('queue-replica', `The server at ${shown} is a copy of another one that may only be read.`, {
      hint: 'Give the address of the server that it is a copy of.',
      cause,
    });
  if (/max number of clients/i.test(message))
    return runError('queue-clients', `The Redis server at ${shown} has as many connections as it takes.`, {
      hint: 'Raise its maxclients; each worker needs three connections, and whoever asks three.',
      cause,
    });
  if (/Protocol error|Unknown RESP type|unexpected reply|wrong version number|unknown command .*INFO/i.test(message))
    return usageError('not-a-queue', `What answers at ${shown} does not speak as Redis does. ${says}`, {
      hint: 'Check host and port, and whether it wants an encrypted connection (rediss://).',
      cause,
    });
  if (error?.code === 'ENOTFOUND' || error?.code === 'EAI_AGAIN')
    return usageError('no-queue-host', `There is no machine of the name in ${shown} that could be found from here.`, {
      hint: 'Check the address.',
      cause,
    });
  return runError('no-queue', `No Redis or Valkey server answers at ${shown}: ${message || error?.code}`, {
    hint: 'Start redis-server there and let this machine reach it (its `bind` and `requirepass`, and a firewall between), or check the address.',
    cause,
  });
}

/** Whether a server refused because its memory is used up. */
export const isFull = (cause: unknown): boolean => /\bOOM\b/.test((cause as Error | undefined)?.message ?? '');
