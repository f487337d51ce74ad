import type { Server } from 'node:net';
import { type LesionlabError, usageError } from '../../errors.js';

/** The only interface that is served on: what runs show is nobody else's business. */
export const loopback = '127.0.0.1';

const otherPort = 'Name another one with --port, or leave it out: a free one is taken.';

/**
 * Lets a server listen on a port of the loopback interface; 0 for one that is free.
 * @throws LesionlabError kind `usage` where the port can't be had, whatever the reason
 */
export async function listenOnLoopback(server: Pick<Server, 'once' | 'off' | 'listen'>, port: number): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw usageError(
      'bad-port',
      `There is no port ${port}: expected a whole number from 1 to 65535, or 0 for one that is free.`,
      {
        hint: otherPort,
      },
    );
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) => reject(describe(port, cause));
    server.once('error', refuse);
    server.listen(port, loopback, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function describe(port: number, cause: NodeJS.ErrnoException): LesionlabError {
  switch (cause.code) {
    case 'EADDRINUSE':
      return usageError('port-taken', `Port ${port} is taken by another program.`, { hint: otherPort, cause });
    case 'EACCES':
    case 'EPERM':
      return usageError(
        'port-forbidden',
        `This user may not serve on port ${port}: the system keeps it for others${port < 1024 ? ', as it does with most ports below 1024' : ''}.`,
        {
          hint: 'Name a port from 1024 on with --port, or leave it out: a free one is taken.',
          cause,
        },
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return usageError('no-loopback', `This machine has no interface ${loopback} to serve on (${cause.code}).`, {
        hint: 'Switch the loopback interface on; in a container, check how its network is set up.',
        cause,
      });
    case 'EMFILE':
    case 'ENFILE':
      return usageError('too-many-files', `No port can be opened: too many files are open (${cause.code}).`, {
        hint:
          cause.code === 'EMFILE'
            ? 'Allow more with `ulimit -n`, then start again.'
            : 'End other programs, then start again.',
        cause,
      });
    default:
      return usageError('port-unusable', `Port ${port} can't be served on: ${cause.message}`, {
        hint: otherPort,
        cause,
      });
  }
}
