import { spawn } from 'node:child_process';

/** Opens an address in the person's browser; where there is none nothing happens, since the address was printed. */
export function openInBrowser(url: string, platform: string = process.platform): void {
  const [command, ...options] = openers[platform] ?? ['xdg-open'];
  try {
    const child = spawn(command, [...options, url], { stdio: 'ignore', detached: true });
    child.on('error', () => {});
    child.unref();
  } catch {
    // As above.
  }
}

const openers: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  // `start` belongs to the command interpreter; its first argument in quotes is a title.
  win32: ['cmd', '/c', 'start', '""'],
};
