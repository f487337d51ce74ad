import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { descriptionName } from '../../data/formats/described.js';
import type { DatasetProposal } from '../../data/proposal/datasetProposal.js';
import { describeDataset } from '../../data/proposal/describeDataset.js';
import { dataError, usageError } from '../../errors.js';
import { isZipName, OpenedFiles } from '../dataset/openedFiles.js';
import { fileAt, listFolder } from '../files/folderFiles.js';
import { writeFileWhole } from '../files/writeFile.js';

/** What is to be done with what was found. */
export interface DescribeStepOptions {
  /** Write the description beside the data. */
  readonly write?: boolean;
}

/** What the data seems to be, and what was written. */
export interface DescribeStepResult extends DatasetProposal {
  /** The `dataset.yaml` that was written. */
  readonly written?: string;
  /** A description that lies there already; it is left as it is. */
  readonly existing?: string;
}

/**
 * Looks at a folder or zip and says what its tables, columns and folders seem to mean and why; writes that as `dataset.yaml` beside the data where
 * it is asked to, and never over one that is there.
 * @throws LesionlabError kind `data` where it is no folder or zip, or could not be read by what would be written, kind `usage` where there is a description already or none can be made, kind `run`
 *   where it can't be written
 */
export async function describeStep(
  path: string,
  { write = false }: DescribeStepOptions = {},
): Promise<DescribeStepResult> {
  const isZip =
    isZipName(path) &&
    (await stat(path).then(
      (found) => found.isFile(),
      () => false,
    ));
  const target = join(isZip ? dirname(path) : path, descriptionName);
  const opened = new OpenedFiles();
  try {
    const files = await opened.unpack(path, isZip ? [await fileAt(path)] : await listFolder(path));
    if (files.length === 0)
      throw dataError('empty-folder', `${path} is empty.`, { hint: 'Give the folder or zip that the data is in.' });
    const existing = ['dataset.yaml', 'dataset.yml'].map((name) => join(dirname(target), name)).find(existsSync);
    if (write && existing)
      throw usageError('description-exists', `${existing} is there already, and is not written over.`, {
        hint: 'Move it away to have a new one written, or leave --write out to see what it would say.',
      });
    const proposal = await describeDataset(path, files);
    if (!write) return { ...proposal, ...(existing && { existing }) };
    if (proposal.text === undefined)
      throw usageError(
        'nothing-to-describe',
        `Nothing in ${path} says a diagnosis, so that there is no description to write.`,
        {
          hint: 'docs/own-data.md shows how to write one by hand.',
          details: proposal.questions,
        },
      );
    if (isZip)
      throw usageError('description-of-zip', `${target} would describe all of ${dirname(path)}, not the zip alone.`, {
        hint: `Put the zip into a folder of its own, describe that, or leave --write out.`,
      });
    if (proposal.trial && 'problem' in proposal.trial)
      throw dataError(
        'description-fails',
        `${target} was not written: by the description that lesionlab would make, ${path} can't be read. ${proposal.trial.problem.split('\n')[0]}`,
        {
          hint: 'Mend the data, or leave --write out, and write what is printed, corrected, as dataset.yaml.',
          details: proposal.trial.problem.split('\n').slice(1),
        },
      );
    await writeFileWhole(target, proposal.text);
    return { ...proposal, written: target };
  } finally {
    await opened.close();
  }
}
