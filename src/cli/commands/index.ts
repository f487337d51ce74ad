import type { Command } from 'commander';
import { register as ablate } from './ablate.js';
import { register as bench } from './bench.js';
import { register as cache } from './cache.js';
import { register as compare } from './compare.js';
import { register as crossValidate } from './crossValidate.js';
import { register as demo } from './demo.js';
import { register as describe } from './describe.js';
import { register as doctor } from './doctor.js';
import { register as download } from './download.js';
import { register as ensemble } from './ensemble.js';
import { register as evaluate } from './evaluate.js';
import { register as explain } from './explain.js';
import { register as explore } from './explore.js';
import { register as exportModel } from './export.js';
import { register as findLearningRate } from './findLearningRate.js';
import { register as inspect } from './inspect.js';
import { register as jobs } from './jobs.js';
import { register as leak } from './leak.js';
import { register as officialScore } from './officialScore.js';
import { register as organize } from './organize.js';
import { register as paper } from './paper.js';
import { register as planStudy } from './planStudy.js';
import { register as predict } from './predict.js';
import { register as preview } from './preview.js';
import { register as readers } from './readers.js';
import { register as recipe } from './recipe.js';
import { register as report } from './report.js';
import { register as run } from './run.js';
import { register as seal } from './seal.js';
import { register as shortcuts } from './shortcuts.js';
import { register as split } from './split.js';
import { register as studio } from './studio.js';
import { register as task } from './task.js';
import { register as train } from './train.js';
import { register as worker } from './worker.js';

/** Registers every command, in the order in which help lists them. */
export function registerCommands(program: Command): void {
  for (const register of [
    demo,
    run,
    download,
    describe,
    explore,
    organize,
    split,
    recipe,
    preview,
    findLearningRate,
    train,
    crossValidate,
    ensemble,
    ablate,
    jobs,
    task,
    worker,
    evaluate,
    compare,
    officialScore,
    readers,
    planStudy,
    seal,
    leak,
    explain,
    shortcuts,
    report,
    paper,
    exportModel,
    inspect,
    predict,
    studio,
    cache,
    bench,
    doctor,
  ])
    register(program);
}
