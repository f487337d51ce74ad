import { dataError } from '../../errors.js';
import type { Dataset, LinkedImages } from '../dataset.js';
import type { Audit, FindingKind } from './audit.js';

/** Ids of the images that can be neither shown nor learnt from, each once, in the order found. */
export function unusableImages({ findings }: Pick<Audit, 'findings'>): string[] {
  return [...new Set(findings.flatMap(({ severity, imageIds }) => (severity === 'unusable' ? imageIds : [])))];
}

/** Images whose files are identical. */
export function linkedImages({ findings }: Audit): LinkedImages[] {
  return findings
    .filter(({ kind }) => kind === 'identical-images')
    .map(({ imageIds }) => ({ kind: 'identical', imageIds }));
}

/** All that a split must keep together beside patients and lesions: the dataset's own lists of duplicates, and identical files. */
export function linksOf({ links = [] }: Pick<Dataset, 'links'>, audit: Audit): LinkedImages[] {
  return [...links, ...linkedImages(audit)];
}

/**
 * The dataset without its unusable images.
 * @throws LesionlabError kind `data` that lists every unusable image, unless they are to be excluded or there is none; also
 *   where excluding them leaves nothing
 */
export function requireUsable(dataset: Dataset, audit: Audit, options: { excludeUnusable: boolean }): Dataset {
  const unusable = new Set(unusableImages(audit));
  if (unusable.size === 0) return dataset;
  if (options.excludeUnusable) {
    requireSomeUsable(dataset, audit);
    return { ...dataset, records: dataset.records.filter(({ imageId }) => !unusable.has(imageId)) };
  }
  const { bad, details } = badImages(audit);
  const all = (kind: FindingKind) => bad.every((finding) => finding.kind === kind);
  throw dataError(
    'unusable-images',
    `${unusable.size} of ${dataset.records.length} images cannot be used. ${details[0]}${details.length > 1 ? ` And ${details.length - 1} more.` : ''}${describeNames(dataset, audit)}`,
    {
      hint: all('missing-image')
        ? {
            terminal:
              'Check that all zips or folders of images are there; --exclude-unusable goes on without these images, and --allow-missing-images expects that of data that is published in part.',
            page: 'Check that you gave all zips or folders of images, or go on without these images.',
          }
        : all('unread-format')
          ? {
              terminal: 'Save these images as PNG or JPEG, or go on without them with --exclude-unusable.',
              page: 'Save these images as PNG or JPEG, or go on without them.',
            }
          : {
              terminal: 'Fetch these files again, or go on without them with --exclude-unusable.',
              page: 'Fetch these files again, or go on without them.',
            },
      details,
    },
  );
}

/** @throws LesionlabError kind `data` where no image at all can be used */
export function requireSomeUsable(dataset: Dataset, audit: Audit): void {
  const unusable = new Set(unusableImages(audit));
  if (dataset.records.some(({ imageId }) => !unusable.has(imageId))) return;
  const { details } = badImages(audit);
  throw dataError(
    'no-usable-images',
    `None of the ${dataset.records.length} images can be used: ${details[0]}${describeNames(dataset, audit)}`,
    { hint: 'Check that the images, or all zips that they came in, are in the folder.', details },
  );
}

function badImages({ findings }: Audit) {
  const bad = findings.filter(({ severity }) => severity === 'unusable');
  return { bad, details: bad.map(({ message }) => message) };
}

/** Where not one image is found by its name, how the images that are there are called instead. */
function describeNames({ records, images }: Dataset, { findings }: Audit): string {
  const missing = findings.filter(({ kind }) => kind === 'missing-image').length;
  if (missing < records.length) return '';
  const described = new Set(records.map(({ imageId }) => imageId));
  const strangers = images.imageIds.filter((imageId) => !described.has(imageId));
  if (strangers.length === 0) return '';
  return ` The images that are there have other names: ${strangers.slice(0, 3).join(', ')}.`;
}
