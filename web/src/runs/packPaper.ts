import { parseSplitsCsv } from '../../../src/data/groups/splitsCsv.js';
import { isExternalEvaluation } from '../../../src/evaluation/outside/externalEvaluation.js';
import { toUtf8 } from '../../../src/models/weights/utf8.js';
import { silentProgress } from '../../../src/progress.js';
import { evaluationFile } from '../../../src/report/files/evaluationFile.js';
import { explorationFile } from '../../../src/report/files/explorationFile.js';
import { paperFiles } from '../../../src/report/paper/paperFiles.js';
import type { RunPart } from '../../../src/report/paper/paperInput.js';
import { splitFileOf } from '../../../src/report/paper/splitFileOf.js';
import { withoutFolders, withoutPaths } from '../../../src/report/withoutPaths.js';
import { sha256 } from '../dataset/sha256.js';
import { writeZip } from '../dataset/writeZip.js';
import { version } from '../training/version.js';
import { evaluationReader } from '../views/runs/useEvaluation.js';
import type { RunNow } from '../views/runs/useRun.js';
import { parseJson } from './runSource.js';
import { runName, sourceOf } from './runSources.js';

/** What goes into a paper about a run, as `lesionlab paper` writes it, in a zip. */
export async function packPaper(id: string, { summary, config, splits, epochs }: RunNow): Promise<Blob> {
  const read = async <T>(path: string, parse: (text: string, path: string) => T): Promise<T | null> => {
    const found = await sourceOf(id).read(id, path);
    return found && parse(found.text, path);
  };
  const test = await evaluationReader(id, config.data, 'test')();
  const evaluations = await Promise.all(
    summary.evaluations.map(({ name }) => read(`evaluation/${name}/evaluation.json`, parseJson(evaluationFile))),
  );
  const writtenBy = `lesionlab ${version}`;
  const run: RunPart = {
    name: runName(id),
    config: withoutPaths(config),
    runFolder: runName(id),
    exploration: await read('exploration/exploration.json', parseJson(explorationFile)),
    splits,
    records: epochs,
    evaluation: test?.evaluation ?? null,
    predictions: test?.predictions ?? null,
    subgroups: test?.subgroups ?? null,
    skinTones: test?.skinTones ?? null,
    testLooks: test?.testLooks ?? null,
    externals: evaluations.flatMap((found) =>
      found && isExternalEvaluation(found) ? [withoutFolders(found, [config.data.folder])] : [],
    ),
    explanations: null,
    rows: await read('splits.csv', parseSplitsCsv),
    writtenBy,
  };
  const split = splitFileOf(run);
  const splitFile = split && { name: split.name, sha256: await sha256(toUtf8(split.content)) };
  const input = { run, study: null, compared: null, writtenBy, splitFile };
  const files = paperFiles(input, split?.content ?? null);
  const { signal } = new AbortController();
  return await writeZip(
    files.map(({ path, text }) => ({ path: `paper/${path}`, read: () => toUtf8(text) })),
    { progress: silentProgress, signal },
  );
}
