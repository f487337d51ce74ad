import type { Plan } from './plan.js';

/** JSON whose names are in alphabetical order: equal for what is equal. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What a plan is known by: the text that its hash is of. Which version made it, and as which file, is no part of it. */
export const planText = ({ jobs, attempts }: Plan): string => canonicalJson({ attempts, jobs });
