import type { Shape } from '../../graph/index.js';
import type { Weights } from '../../nn/index.js';
import type { OtherNames } from '../model.js';
import { isAveragedCopy } from './tensorSets.js';
import { isBookkeeping, type TensorSet, type WeightFile } from './weightFile.js';

/** A file's tensors under the names that the model has for them. */
export interface MatchedNames {
  readonly weights: Weights;
  /** Tensors of the file that can't be read, by the model's names. */
  readonly unread: ReadonlyMap<string, string>;
  /** What lies elsewhere than the model (`criterion.weight`), by its name in the file. */
  readonly strays: Weights;
  /** What was chosen of several possibilities, one sentence each. */
  readonly choices: readonly string[];
}

/** What wrappers put into names, before the whole or before a part: DataParallel, torch.compile, FSDP, activation checkpointing. */
const wrapperParts = new Set(['module', '_orig_mod', '_fsdp_wrapped_module', '_checkpoint_wrapped_module']);

/** A part of a file where the model may lie, by the model's names. */
interface Place {
  readonly set: TensorSet;
  readonly prefix: string;
  /** Whose names are there, where they aren't the model's own. */
  readonly others?: OtherNames;
  /** Names of wrappers that are left out of names. */
  readonly wrappers: readonly string[];
  /** The model's name, and the file's. */
  readonly names: ReadonlyMap<string, string>;
  readonly score: PlaceScore;
}

interface PlaceScore {
  /** The model's tensors that are there, behind the prefix. */
  readonly found: number;
  /** More of them that stand outside under their own names. */
  readonly beside: number;
  /** Much is there that the model doesn't have. */
  readonly hasMore: boolean;
  readonly averaged: boolean;
}

/** From this share of what was found on, what the model lacks makes a place less likely. */
const muchMore = 0.25;

/**
 * Finds where in a file a model's tensors lie, and what is put before their names there. Of several places the one with most of them is
 * taken; of equals first one that doesn't hold much else, then one that is no averaged copy (EMA, SWA, teacher), then
 * one with a head beside it, then the entry with the usual name (`state_dict`, `model`), then the model's own names, then the first.
 * @param otherNames systems of names that the file may have instead of the model's
 */
export function matchNames(
  file: WeightFile,
  wanted: readonly { readonly name: string }[],
  otherNames: readonly OtherNames[] = [],
): MatchedNames {
  const names = wanted.map(({ name }) => name).filter((name) => !isBookkeeping(name));
  const sets = file.sets ?? [singleSet(file)];
  const places = [undefined, ...otherNames].flatMap((system) => sets.flatMap((set) => placesUnder(system, set, names)));
  const [best, ...others] = places.sort(comparePlaces);
  const { set, prefix, wrappers } = best;
  const stored = set.load();
  const weights = new Map(
    [...best.names].flatMap(([name, original]) => {
      const tensor = stored.get(original);
      return tensor ? [[name, tensor] as const] : [];
    }),
  );
  const unread = new Map(
    [...best.names].flatMap(([name, original]) => {
      const what = set.unread.get(original);
      return what === undefined ? [] : [[name, what] as const];
    }),
  );
  const taken = new Set(best.names.values());
  const choices: string[] = [];
  if (set.entry) choices.push(`Weights of the checkpoint's ${quote(set.entry)}.`);
  if (wrappers.length)
    choices.push(
      `Names are taken without ${wrappers.map((part) => `"${part}."`).join(', ')}, which wrappers put into them.`,
    );
  if (best.others)
    choices.push(`Names are those of ${best.others.of}.${best.others.note ? ` ${best.others.note}` : ''}`);
  if (prefix) choices.push(`Names are taken without their prefix ${quote(prefix)}.`);
  const copies = others.filter(({ score }) => score.found > 0 && score.found === best.score.found);
  const passed = new Set(
    copies.map((place) => quote(placeName(place))).filter((name) => name !== quote(placeName(best))),
  );
  if (passed.size) choices.push(`The file holds as much of the model under ${[...passed].join(', ')}; not used.`);
  // The whole file is taken: nothing in it is passed over.
  for (const { entry } of set.entry === '' ? [] : sets)
    if (entry && entry !== set.entry && !copies.some((place) => place.set.entry === entry))
      choices.push(`The checkpoint's ${quote(entry)} holds tensors, too; not used.`);
  return { weights, unread, strays: new Map([...stored].filter(([name]) => !taken.has(name))), choices };
}

const quote = (name: string) => `"${name.slice(0, 100)}"`;
const placeName = ({ set, prefix }: Place) => [set.entry, prefix.replace(/\.$/, '')].filter(Boolean).join('.');

const singleSet = ({ weights, unread }: WeightFile): TensorSet => ({
  entry: '',
  shapes: new Map([...weights].map(([name, { shape }]) => [name, shape as Shape])),
  unread: unread ?? new Map(),
  load: () => weights,
});

/** Where a model's tensors lie under its own names, or others'. */
function placesUnder(system: OtherNames | undefined, set: TensorSet, wanted: readonly string[]): Place[] {
  if (!system) return findPlaces(set, new Set(wanted));
  const own = new Map(wanted.map((name) => [system.nameOf(name), name]));
  return findPlaces(set, new Set(own.keys())).map((place) => ({
    ...place,
    others: system,
    names: new Map([...place.names].map(([name, original]) => [own.get(name) ?? name, original])),
  }));
}

/** Prefixes that are worth a look, those of most names first. */
const mostPrefixes = 4;

function findPlaces(set: TensorSet, wanted: ReadonlySet<string>): Place[] {
  const originals = [...set.shapes.keys(), ...set.unread.keys()];
  const { names, wrappers } = withoutWrappers(originals, wanted);
  const votes = new Map<string, number>();
  for (const name of names) {
    if (isBookkeeping(name)) continue;
    // The longest ending that is one of the model's names.
    for (let at = 0; at >= 0; at = name.indexOf('.', at) + 1 || -1)
      if (wanted.has(name.slice(at))) {
        votes.set(name.slice(0, at), (votes.get(name.slice(0, at)) ?? 0) + 1);
        break;
      }
  }
  const prefixes = [...votes].sort((a, b) => b[1] - a[1]).slice(0, mostPrefixes);
  if (prefixes.length === 0) prefixes.push(['', 0]);
  return prefixes.map(([prefix]) => {
    const here = new Map<string, string>();
    names.forEach((name, i) => {
      if (name.startsWith(prefix)) here.set(name.slice(prefix.length), originals[i]);
    });
    const found = [...here.keys()].filter((name) => wanted.has(name)).length;
    const more = [...here.keys()].filter((name) => !wanted.has(name) && !isBookkeeping(name)).length;
    // What stands outside under its own name: a head beside a backbone.
    names.forEach((name, i) => {
      if (wanted.has(name) && !here.has(name)) here.set(name, originals[i]);
    });
    const beside = [...here.keys()].filter((name) => wanted.has(name)).length - found;
    const averaged = isAveragedCopy(set.entry) || isAveragedCopy(prefix);
    return { set, prefix, wrappers, names: here, score: { found, beside, hasMore: more > muchMore * found, averaged } };
  });
}

function comparePlaces({ score: a }: Place, { score: b }: Place): number {
  return (
    b.found - a.found ||
    Number(a.hasMore) - Number(b.hasMore) ||
    Number(a.averaged) - Number(b.averaged) ||
    b.beside - a.beside
  );
}

/** Names without what wrappers put into them, unless two would become one or the model has such names itself. */
function withoutWrappers(
  originals: readonly string[],
  wanted: ReadonlySet<string>,
): { names: readonly string[]; wrappers: readonly string[] } {
  const parts = new Set(
    [...wrapperParts].filter((part) => ![...wanted].some((name) => name.split('.').includes(part))),
  );
  const used = new Set<string>();
  const names = originals.map((name) =>
    name
      .split('.')
      .filter((part) => !parts.has(part) || !used.add(part))
      .join('.'),
  );
  if (used.size === 0 || new Set(names).size < names.length) return { names: originals, wrappers: [] };
  return { names, wrappers: [...used] };
}
