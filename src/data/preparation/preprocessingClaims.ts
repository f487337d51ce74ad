import type { Preprocessing } from './preprocessing.js';

/** What has to be known about the images of a network that somebody else trained. */
export type ForeignField = Exclude<keyof Preprocessing, 'statistics'>;

/** Values that a source tells; what it doesn't tell is left out. */
export type ClaimedValues = { -readonly [K in ForeignField]?: NonNullable<Preprocessing[K]> };

/** Something in a source that changes pixels in a way which lesionlab doesn't have, or that can't be read. */
export interface Refusal {
  readonly text: string;
  /** It doesn't matter where all of these are given. */
  readonly concerns: readonly ForeignField[];
}

/** Which part of an image is seen. */
export const geometryFields = ['imageSize', 'fit', 'resizeTo'] as const;
/** What becomes of the pixels' values. */
export const colourFields = ['mean', 'std', 'channelOrder'] as const;

/** What one source says of preprocessing, with the place of each value. */
export class PreprocessingClaims {
  readonly values: ClaimedValues = {};
  readonly sources: { [K in ForeignField]?: string } = {};
  /** Fields that are only what such a source usually means: anything else that is said goes before them. */
  readonly weak = new Set<ForeignField>();
  readonly refusals: Refusal[] = [];

  /** @param source of the whole, for readers: `preprocessor_config.json` */
  constructor(readonly source: string) {}

  /** @param place within the source, or words that stand alone after it */
  say<K extends ForeignField>(field: K, value: ClaimedValues[K], place: string): void {
    this.values[field] = value;
    this.sources[field] = `${this.source}: ${place}`;
  }

  /** Says what is usual where nobody says otherwise. */
  suppose<K extends ForeignField>(field: K, value: ClaimedValues[K], place: string): void {
    this.say(field, value, place);
    this.weak.add(field);
  }

  refuse(text: string, concerns: readonly ForeignField[] = [...geometryFields, 'resize', ...colourFields]): void {
    this.refusals.push({ text: `${this.source}: ${text}`, concerns });
  }
}

/** An object out of a JSON file; undefined where it is none. */
export function parseJsonObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an object with named entries. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as it stands in a file, short enough for a message. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Three numbers, or one for all three. */
export function tripleOf(value: unknown): [number, number, number] | undefined {
  const values = typeof value === 'number' ? [value, value, value] : value;
  if (!Array.isArray(values) || values.length !== 3) return undefined;
  return values.every((entry) => typeof entry === 'number' && Number.isFinite(entry))
    ? (values as [number, number, number])
    : undefined;
}

/** A whole number of pixels. */
export const isSide = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
