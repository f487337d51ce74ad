import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import { nearestName } from '../../nearestName.js';
import type { DownloadedFile } from '../../node/download/downloadFiles.js';
import { downloadSources } from '../../node/download/downloadSources.js';
import { imagenetWeightsSource, weightsFolder } from '../../node/download/imagenetWeights.js';
import type { DownloadSource } from '../../node/download/source.js';
import { formatBytes } from '../../node/machine/formatQuantity.js';
import { act, type CommandContext } from '../commandContext.js';
import { formatTable } from '../formatTable.js';

interface Options {
  readonly to?: string;
  readonly acceptLicence?: boolean;
  readonly mirror?: string;
}

export function register(command: Command): void {
  command
    .argument('[what]', `${downloadSources.map(({ id }) => id).join(', ')}, or weights; without it, they are listed`)
    .argument('[networks...]', 'of weights: the networks to fetch ImageNet weights of')
    .option('--to <folder>', 'where to; weights go where `--weights imagenet` looks, if it is left out')
    .option('--accept-licence', 'accept the licence, which is asked for otherwise')
    .option('--mirror <url>', 'a server that has the same files, in place of the official homes')
    .addHelpText(
      'after',
      `
What was begun goes on with the same command. Sizes and checksums are held against those that were published; where none were, every file
in a zip is held against its own. HTTP_PROXY, HTTPS_PROXY and NO_PROXY count. This is the only command that opens a connection to other
machines.

Examples:
  $ lesionlab download
  $ lesionlab download ham10000 --to HAM10000
  $ lesionlab download weights resnet18 efficientnet_b0 --accept-licence`,
    )
    .action(
      act(async (context, what: string | undefined, networks: string[], options: Options) => {
        if (what === undefined) return { json: { sources: downloadSources.map(listed) }, text: listSources() };
        const source = chooseSource(what, networks);
        const folder = options.to ?? (what === 'weights' ? weightsFolder() : undefined);
        if (folder === undefined)
          throw usageError('no-folder', `Say where ${source.name} is to go.`, {
            hint: `lesionlab download ${what} --to <folder>`,
          });
        const mirror = checkedMirror(options.mirror);
        context.progress.note(describeSource(source));
        if (!options.acceptLicence) await askForLicence(context, source);
        context.setInterruptionNotice('Interrupted: what was downloaded is kept. Press Ctrl-C again to end at once.');
        // What opens connections is loaded where it is needed, and nowhere else.
        const { downloadFiles } = await import('../../node/download/downloadFiles.js');
        const files = await downloadFiles({
          folder,
          files: source.files,
          mirror,
          progress: context.progress,
          signal: context.signal,
        });
        const { licence, citation } = source;
        return {
          json: { source: source.id, folder, licence, citation, files },
          text: describeResult(source, folder, files),
        };
      }),
    );
}

const listed = ({ id, name, licence, url, aboutBytes }: DownloadSource) => ({ id, name, licence, url, aboutBytes });

function listSources(): string {
  const rows = downloadSources.map(({ id, aboutBytes, licence, url }) => [id, formatBytes(aboutBytes), licence, url]);
  return `${formatTable(['name', 'about', 'licence', 'from'], rows)}

Also: lesionlab download weights <network>... (ImageNet weights; docs/weights.md lists the networks).`;
}

/** @throws LesionlabError kind `usage` */
function chooseSource(what: string, networks: readonly string[]): DownloadSource {
  if (what === 'weights') {
    if (networks.length > 0) return imagenetWeightsSource(networks);
    throw usageError('no-network', 'Say which network’s weights.', { hint: 'lesionlab download weights resnet18' });
  }
  if (networks.length > 0)
    throw usageError('too-much', `One dataset at a time: ${networks.join(', ')} can't be fetched with ${what}.`);
  const found = downloadSources.find(({ id }) => id === what);
  if (found) return found;
  const ids = [...downloadSources.map(({ id }) => id), 'weights'];
  const meant = nearestName(what, ids);
  throw usageError('unknown-download', `There is no "${what}" to download.`, {
    hint: meant
      ? `Did you mean ${meant}?`
      : `There are ${ids.join(', ')}. What isn't among them is downloaded by hand: docs/datasets.md says from where.`,
  });
}

/** @throws LesionlabError kind `usage` */
function checkedMirror(mirror: string | undefined): string | undefined {
  if (mirror === undefined || (URL.canParse(mirror) && /^https?:$/.test(new URL(mirror).protocol))) return mirror;
  throw usageError('bad-mirror', `--mirror takes a web address, not "${mirror}".`, {
    hint: 'For example --mirror https://files.example.org/ham10000',
  });
}

function describeSource({ name, url, licence, terms, citation, aboutBytes, files }: DownloadSource): string {
  const size = aboutBytes ? `, about ${formatBytes(aboutBytes)}` : '';
  return [
    `${name} from ${url}: ${files.length === 1 ? 'one file' : `${files.length} files`}${size}.`,
    `Licence: ${licence}. ${terms}`,
    `To cite: ${citation}`,
  ].join('\n');
}

/** @throws LesionlabError kind `usage` where it isn't accepted, or nobody can be asked */
async function askForLicence(context: CommandContext, { licence }: DownloadSource): Promise<void> {
  const hint = 'Give --accept-licence once you have read it.';
  if (!process.stdin.isTTY || !process.stderr.isTTY || context.json || context.quiet)
    throw usageError('licence-not-accepted', `The licence (${licence}) has to be accepted first.`, { hint });
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asked.question('Do you accept this licence? (yes/no) ', { signal: context.signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    asked.close();
  }
  throw usageError('licence-not-accepted', 'The licence was not accepted: nothing was downloaded.', { hint });
}

function describeResult({ id, citation }: DownloadSource, folder: string, files: readonly DownloadedFile[]): string {
  const rows = files.map(({ name, bytes, checkedBy, known }) => [
    name,
    formatBytes(bytes),
    `${known ? 'was there, ' : ''}checked by ${checkedBy}`,
  ]);
  const next = id === 'weights' ? 'Train with --weights imagenet.' : `Look at it: lesionlab explore ${folder}`;
  return `${formatTable(['file', 'size', ''], rows)}

All in ${folder}. ${next}
Cite: ${citation}`;
}
