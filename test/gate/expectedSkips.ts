import { ham10000Folder, metadataFolder, readersFolder, realWeightsFolder } from '../realData.js';
import type { ExpectedSkip } from './judgeSkips.js';

/** What may be skipped on a build server, by name, and why. Whatever else is skipped there is a failure. */
export function expectedSkips(): ExpectedSkip[] {
  const noImages = {
    reason: 'wants the real HAM10000, which is not part of the repository: LESIONLAB_HAM10000 names its folder',
    here: ham10000Folder() === undefined,
  };
  const noWeights = {
    reason:
      'wants weights trained on ImageNet, which are not part of the repository: LESIONLAB_WEIGHTS names their folder',
    here: realWeightsFolder() === undefined,
  };
  const noReaders = {
    reason:
      'wants published reader studies, which are not part of the repository: LESIONLAB_READERS names their folder',
    here: readersFolder() === undefined,
  };
  const noTables = {
    reason:
      'wants the published tables of datasets, which are not part of the repository: LESIONLAB_METADATA names their folder',
    here: metadataFolder() === undefined,
  };
  const onWindows = { reason: 'the stand-in for Python is a shell script', here: process.platform === 'win32' };
  const noBlocks = {
    reason: 'onnxruntime has kernels for channels in blocks on every x64 processor, and on some others',
    here: process.arch === 'x64' ? false : undefined,
  };
  const noRedis = {
    reason: 'wants redis-server, which is not everywhere: docs/cluster.md says how the queue was tried',
    here: undefined,
  };
  return [
    { file: 'test/node/jobs/queue.slow.test.ts', name: 'a queue on Redis', ...noRedis },
    { file: 'test/node/dataset/openDatasetReal.test.ts', name: 'the real HAM10000', ...noImages },
    { file: 'test/node/dataset/prepareReal.test.ts', name: 'the real HAM10000', ...noImages },
    {
      file: 'test/web/dataView.slow.test.ts',
      name: 'the Data view > opens the real zips of HAM10000, and splits them as the command line does',
      ...noImages,
    },
    { file: 'test/data/formats/realTables.test.ts', name: 'published tables', ...noTables },
    { file: 'test/models/weights/fitWeights.test.ts', name: 'real weights', ...noWeights },
    { file: 'test/models/weights/otherNames.test.ts', name: 'real weights of EfficientNet-Lite', ...noWeights },
    { file: 'test/models/weights/readWeights.test.ts', name: 'real weights', ...noWeights },
    { file: 'test/evaluation/readers/analyseReaders.test.ts', name: 'published reader studies', ...noReaders },
    {
      file: 'test/node/run/runFolder.test.ts',
      name: 'run folders > refuses a folder without the right to write',
      reason: 'nothing keeps root from writing',
      here: process.getuid?.() === 0,
    },
    { file: 'test/graph/blockedConvNorm.test.ts', name: 'blockedConvNorm', ...noBlocks },
    { file: 'test/nn/convBatchNorm.test.ts', name: 'convBatchNorm in a graph with channel blocks', ...noBlocks },
    { file: 'test/node/bench/bench.test.ts', name: 'the comparison, with a stand-in for PyTorch', ...onWindows },
  ];
}
