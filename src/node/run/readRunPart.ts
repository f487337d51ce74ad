import { existsSync } from 'node:fs';
import { epochLine } from '../../report/files/trainingLines.js';
import type { RunPart } from '../../report/paper/paperInput.js';
import { withoutFolders, withoutPaths } from '../../report/withoutPaths.js';
import { readJsonLines } from '../files/jsonLines.js';
import { packageInfo } from '../machine/packageInfo.js';
import { readExternals } from './readExternals.js';
import { readRunFiles } from './readRunFiles.js';
import { type RunFolder, readConfig, refuseFolds } from './runFolder.js';
import { readRunSplits } from './runSplits.js';
import { shortPath } from './shortPath.js';

/**
 * What a paper says of a run, without where its files lie.
 * @param name what the run is called
 * @throws LesionlabError kind `run` or `data` naming the file that is there but can't be used
 */
export async function readRunPart(folder: RunFolder, name: string): Promise<RunPart> {
  const config = await readConfig(folder);
  // What its numbers are of could not be told by what papers say of a test.
  refuseFolds(folder, config);
  const files = await readRunFiles(folder);
  const externals = await readExternals(folder);
  return {
    ...files,
    name,
    config: withoutPaths(config),
    runFolder: shortPath(folder.path),
    externals: externals.map((external) => withoutFolders(external, [folder.path, config.data.folder])),
    records: await readJsonLines(folder.metrics, epochLine),
    explanations: null,
    rows: existsSync(folder.splitsCsv) ? await readRunSplits(folder) : null,
    writtenBy: `lesionlab ${packageInfo.version}`,
  };
}
