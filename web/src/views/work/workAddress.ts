/** Kinds of work that the page can begin. */
export const workKinds = ['train', 'evaluate', 'export', 'predict', 'judge'] as const;
export type WorkKind = (typeof workKinds)[number];

/** What an address below `#/work` asks for. */
export type WorkLocation =
  | { readonly at: 'list' }
  /** A form; `run` is the one that is chosen at first. */
  | { readonly at: 'new'; readonly kind: WorkKind; readonly run?: string }
  | { readonly at: 'plan'; readonly name: string };

/** Address of a place, without the `#`. Names may hold slashes: each is one part of the address. */
export function workAddress(place: WorkLocation): string {
  if (place.at === 'list') return '/work';
  const parts = place.at === 'plan' ? ['plan', place.name] : ['new', place.kind, ...(place.run ? [place.run] : [])];
  return `/work/${parts.map(encodeURIComponent).join('/')}`;
}

/** @param address as it stands behind the `#`, still encoded */
export function parseWorkAddress(address: string): WorkLocation {
  const [, , first, second = '', third = ''] = address.split('/');
  if (first === 'plan' && second !== '') return { at: 'plan', name: decode(second) };
  const kind = workKinds.find((known) => known === second);
  if (first === 'new' && kind) return { at: 'new', kind, ...(third !== '' && { run: decode(third) }) };
  return { at: 'list' };
}

/** What somebody typed may be no encoding at all. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
