import { useState } from 'react';
import type { SeenTable } from '../../../../src/data/proposal/seenTables.js';
import type { PickedFiles } from '../../browser/pickedFiles.js';
import { type Task, useTask } from '../../browser/useTask.js';
import type { CallOptions } from '../../browser/workerCalls.js';
import { datasetCalls, openPicked } from '../../dataset/datasetSession.js';

/** What can be done about files that could not be opened. */
export interface Refused {
  /** Folders and zips to take images from, where they are there twice. */
  readonly places: readonly string[];
  /** Tables that are of no format; empty where one was recognised. */
  readonly tables: readonly SeenTable[];
}

export interface Opening {
  readonly task: Task;
  /** Undefined until files were refused. */
  readonly refused: Refused | undefined;
  openFiles(find: Promise<PickedFiles> | PickedFiles): Promise<void>;
  /** Opens in another way. */
  open(work: (options: CallOptions) => Promise<void>): Promise<void>;
}

/** Opens files that the reader chooses, and finds out what can be done where that fails. @param beside as another dataset beside what is open */
export function useOpening(beside: boolean): Opening {
  const task = useTask();
  const [refused, setRefused] = useState<Refused>();
  const open = (work: (options: CallOptions) => Promise<void>, ofFiles: boolean) =>
    task.run(async (options) => {
      setRefused(undefined);
      try {
        await work(options);
      } catch (error) {
        const { code, kind } = error as { code?: string; kind?: string };
        if (ofFiles && kind === 'data') setRefused(await whatToDo(code));
        throw error;
      }
    });
  return {
    task,
    refused,
    openFiles: (find) =>
      open(async (options) => {
        const picked = await find;
        if (picked.files.length > 0) await openPicked(picked, beside, options);
      }, true),
    open: (work) => open(work, false),
  };
}

async function whatToDo(code: string | undefined): Promise<Refused | undefined> {
  try {
    return {
      places: code === 'ambiguous-image' ? await datasetCalls().call('imagePlaces', undefined) : [],
      tables: code === 'no-metadata' ? await datasetCalls().call('seeTables', 'refused') : [],
    };
  } catch {
    // A zip that can't be read leaves nothing to look at.
    return undefined;
  }
}
