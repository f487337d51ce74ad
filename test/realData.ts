import { existsSync } from 'node:fs';

/**
 * A folder of real data that an environment variable names; undefined where it names none, and tests that need it are skipped.
 * @throws where the folder isn't there: whoever names one wants those tests
 */
function namedFolder(variable: string): string | undefined {
  const folder = process.env[variable];
  if (folder && !existsSync(folder)) throw new Error(`${variable} names ${folder}, which does not exist`);
  return folder || undefined;
}

/** The folder of the real HAM10000. */
export const ham10000Folder = () => namedFolder('LESIONLAB_HAM10000');

/** The folder of ISIC 2017. */
export const isic2017Folder = () => namedFolder('LESIONLAB_ISIC2017');

/** The folder of datasets' published tables, a folder for each. */
export const metadataFolder = () => namedFolder('LESIONLAB_METADATA');

/** The folder of weights that were trained on ImageNet. */
export const realWeightsFolder = () => namedFolder('LESIONLAB_WEIGHTS');

/** The folder of published reader studies. */
export const readersFolder = () => namedFolder('LESIONLAB_READERS');
