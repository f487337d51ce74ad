import type { Finding } from '../../../src/data/audit/audit.js';
import type { Exploration } from '../../../src/data/audit/exploration.js';
import { exploreDataset } from '../../../src/data/audit/exploreDataset.js';
import type { DataOptions, ImageTypeCount, SplitName } from '../../../src/data/dataset.js';
import type { NearDuplicates } from '../../../src/data/groups/nearDuplicates.js';
import { isJoined, type JoinAccount } from '../../../src/data/joining/joinDatasets.js';
import { listedFindings } from '../../../src/report/parts/audit.js';
import { type OpenedData, rootOf } from './openedData.js';

/** What the page shows of a dataset; plain data, of a size that doesn't grow with the number of images. */
export interface OpenedDataset {
  readonly root: string;
  /** Names of the folders that were chosen, in order: several where datasets were joined. */
  readonly roots: readonly string[];
  readonly metadataFile: string;
  /** Includes the audit, with the first findings of each severity and without their images. */
  readonly exploration: Exploration;
  /** Findings in all, by severity. */
  readonly findings: Readonly<Record<Finding['severity'], number>>;
  /** Which images were asked for. */
  readonly asked: DataOptions;
  /** Kinds of images to choose from; empty where the data tells none apart. */
  readonly imageTypes: readonly ImageTypeCount[];
  /** Rows without an image that were left out on purpose. */
  readonly absent: number;
  /** Images by the part that the data's makers put them into; null where they made no split. */
  readonly official: Readonly<Partial<Record<SplitName, number>>> | null;
  /** What became of datasets that were joined, with the first images whose datasets contradict each other. */
  readonly joined: (JoinAccount & { readonly contradicting: number }) | null;
  /** Sets of the same file, and those of them with images of several datasets; null until files were compared. */
  readonly identical: { readonly sets: number; readonly acrossDatasets: number } | null;
  /** What was found of images that are nearly the same; null until they were looked for. */
  readonly near: NearSummary | null;
}

export interface NearSummary {
  readonly pairs: number;
  readonly acrossDatasets: number;
  /** Pairs that the table tells apart. */
  readonly doubtful: number;
  /** The first of them. */
  readonly listed: readonly NearDuplicates[];
}

/** Pairs of near-duplicates that are shown. */
const listedPairs = 50;
/** Images whose datasets contradict each other that are shown. */
const listedContradictions = 50;

export function describeOpened(opened: OpenedData): OpenedDataset {
  const { parts, dataset, audit } = opened;
  const exploration = exploreDataset(dataset, { audit, seed: 0 });
  const severities = ['unusable', 'note'] as const;
  const ofSeverity = (severity: Finding['severity']) => audit.findings.filter((one) => one.severity === severity);
  const findings = severities.flatMap((severity) =>
    ofSeverity(severity)
      .slice(0, listedFindings)
      .map((finding) => ({ ...finding, imageIds: [] })),
  );
  return {
    root: rootOf(parts),
    roots: parts.map(({ root }) => root),
    metadataFile: dataset.metadataFile,
    exploration: { ...exploration, audit: { ...audit, findings } },
    findings: { unusable: ofSeverity('unusable').length, note: ofSeverity('note').length },
    asked: dataset.asked ?? {},
    imageTypes: dataset.imageTypes ?? [],
    absent: dataset.absent?.length ?? 0,
    official: countOfficial(opened),
    joined: isJoined(dataset)
      ? {
          ...dataset.joined,
          contradictions: dataset.joined.contradictions.slice(0, listedContradictions),
          contradicting: dataset.joined.contradictions.length,
        }
      : null,
    ...describeLikeness(opened),
  };
}

function countOfficial({ dataset }: OpenedData): OpenedDataset['official'] {
  const counts: Partial<Record<SplitName, number>> = {};
  for (const { officialSplit } of dataset.records)
    if (officialSplit) counts[officialSplit] = (counts[officialSplit] ?? 0) + 1;
  return Object.keys(counts).length > 0 ? counts : null;
}

function describeLikeness({ dataset, identical, near }: OpenedData): Pick<OpenedDataset, 'identical' | 'near'> {
  const sets = [...(identical ?? []), ...(near ?? []).map(({ imageIds }) => imageIds)];
  const concerned = new Set(sets.flat());
  const sourceOf = new Map<string, string | undefined>();
  for (const { imageId, source } of dataset.records) if (concerned.has(imageId)) sourceOf.set(imageId, source);
  const acrossDatasets = (imageIds: readonly string[]) => new Set(imageIds.map((id) => sourceOf.get(id))).size > 1;
  const doubtful = near?.filter(({ differ }) => differ.length > 0) ?? [];
  return {
    identical: identical ? { sets: identical.length, acrossDatasets: identical.filter(acrossDatasets).length } : null,
    near: near
      ? {
          pairs: near.length,
          acrossDatasets: near.filter(({ imageIds }) => acrossDatasets(imageIds)).length,
          doubtful: doubtful.length,
          listed: doubtful.slice(0, listedPairs),
        }
      : null,
  };
}
