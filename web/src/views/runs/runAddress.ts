/** Sections of a run's page, in the order of its navigation. */
export const runSections = [
  { path: 'training', title: 'Training' },
  { path: 'results', title: 'Results' },
  { path: 'images', title: 'Images' },
  { path: 'shortcuts', title: 'What the answers rest on' },
  { path: 'configuration', title: 'Configuration' },
] as const;
export type RunSection = (typeof runSections)[number]['path'];

/** What an address below `#/runs` asks for. */
export type RunsPlace =
  | { readonly kind: 'list' }
  | { readonly kind: 'compare'; readonly ids: readonly string[] }
  | { readonly kind: 'run'; readonly id: string; readonly section: RunSection; readonly evaluation?: string };

const comparePath = '~compare';

/** Address of a place, without the `#`. Ids may hold slashes: each is one part of the address. */
export function runsAddress(place: RunsPlace): string {
  if (place.kind === 'list') return '/runs';
  if (place.kind === 'compare') return `/runs/${comparePath}/${place.ids.map(encodeURIComponent).join(',')}`;
  const { id, section, evaluation } = place;
  return ['/runs', id, section, ...(evaluation ? [evaluation] : [])]
    .map((part, i) => (i === 0 ? part : encodeURIComponent(part)))
    .join('/');
}

/** @param address as it stands behind the `#`, still encoded */
export function parseRunsAddress(address: string): RunsPlace {
  const [, , first, second, third] = address.split('/');
  if (!first) return { kind: 'list' };
  if (first === comparePath) return { kind: 'compare', ids: (second ?? '').split(',').filter(Boolean).map(decode) };
  const section = runSections.find(({ path }) => path === second)?.path ?? 'training';
  return { kind: 'run', id: decode(first), section, ...(third ? { evaluation: decode(third) } : {}) };
}

/** What somebody typed may be no encoding at all. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
