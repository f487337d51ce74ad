import { dataError } from '../../errors.js';
import type { Dataset } from '../dataset.js';
import type { Audit } from './audit.js';

/** Ids of the images that can be neither shown nor learnt from, each once, in the order found. */
export function unusableImages({ findings }: Audit): string[] {
  return [...new Set(findings.flatMap(({ severity, imageIds }) => (severity === 'unusable' ? imageIds : [])))];
}

/** Sets of image ids whose files are identical, which a split must keep together. */
export function linkedImages({ findings }: Audit): (readonly string[])[] {
  return findings.filter(({ kind }) => kind === 'identical-images').map(({ imageIds }) => imageIds);
}

/**
 * The dataset without its unusable images.
 * @throws LesionlabError kind `data` that lists every unusable image, unless they are to be excluded or there is none; also
 *   where excluding them leaves nothing
 */
export function requireUsable(dataset: Dataset, audit: Audit, options: { excludeUnusable: boolean }): Dataset {
  const unusable = new Set(unusableImages(audit));
  if (unusable.size === 0) return dataset;
  const bad = audit.findings.filter(({ severity }) => severity === 'unusable');
  const details = bad.map(({ message }) => message);
  const records = dataset.records.filter(({ imageId }) => !unusable.has(imageId));
  const many = `${unusable.size} of ${dataset.records.length} images`;
  if (options.excludeUnusable) {
    if (records.length > 0) return { ...dataset, records };
    throw dataError('no-usable-images', `None of the ${dataset.records.length} images can be used: ${details[0]}`, {
      hint: 'Check that the images, or all zips that they came in, are in the folder.',
      details,
    });
  }
  const allMissing = bad.every(({ kind }) => kind === 'missing-image');
  throw dataError(
    'unusable-images',
    `${many} cannot be used. ${details[0]}${details.length > 1 ? ` And ${details.length - 1} more.` : ''}`,
    {
      hint: allMissing
        ? 'Check that all zips or folders of images are there; --exclude-unusable goes on without these images.'
        : 'Fetch these files again, or go on without them with --exclude-unusable.',
      details,
    },
  );
}
