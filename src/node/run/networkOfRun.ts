import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { runError } from '../../errors.js';
import { addModel, findModel, hasModel } from '../../models/index.js';
import { nodeRuntime } from '../../runtime/node.js';
import type { RunConfig } from '../../training/recipe/config.js';
import type { RunFolder } from './runFolder.js';

/** Makes the network of a run known where it is out of a file. @throws LesionlabError kind `run` where that file is gone or has changed */
export async function addNetworkOfRun(folder: RunFolder, { model }: Pick<RunConfig, 'model'>): Promise<void> {
  if (!model.network) return;
  const { file: name, sha256, use, preprocessing } = model.network;
  // Ids tell files and cuts apart, not sizes or preprocessing: what another run made of the same file isn't this one's.
  if (hasModel(model.id)) {
    const { file, preprocessing: known } = findModel(model.id);
    const written = (value: unknown) => JSON.parse(JSON.stringify(value));
    const found = { sha256: file?.sha256, use: file?.use, preprocessing: known };
    if (isDeepStrictEqual(written(found), written({ sha256, use, preprocessing }))) return;
  }
  const hint = 'Put the file back as it was, or train again with --overwrite.';
  const bytes = await readFile(folder.network).catch((cause: NodeJS.ErrnoException) => {
    throw runError('no-network', `${folder.network} can't be read: the network of the run lies there.`, {
      hint,
      cause,
    });
  });
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256)
    throw runError(
      'network-changed',
      `${folder.network} has changed since the run began: its SHA-256 is ${found}, config.json says ${sha256}.`,
      {
        hint,
      },
    );
  // Only such runs wait until what reads networks of any origin is loaded.
  const { openModelOfFile } = await import('../../models/foreign/frozenModel.js');
  addModel(await openModelOfFile(nodeRuntime, { name, bytes, sha256, use }, preprocessing));
}
