import { useEffect, useState } from 'react';

/** Something that is being fetched, or was, or could not be; both where fetching it again failed. */
export interface Loaded<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/**
 * Fetches once for every `key`; an answer that comes after the key has changed is dropped.
 * @param again milliseconds after which it is fetched again while the page is seen, by the last value (undefined where there is none yet);
 *   null for not at all. Coming back to the page fetches at once. Without it a value stays as it is.
 */
export function useLoaded<T>(
  key: string,
  load: () => Promise<T>,
  again?: (last: T | undefined) => number | null,
): Loaded<T> {
  const [state, setState] = useState<Loaded<T> & { readonly key: string }>({ key });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says what `load` fetches
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last: T | undefined;
    let fetching = false;
    const delay = () => again?.(last) ?? null;
    async function fetchNow() {
      if (fetching) return;
      clearTimeout(timer);
      fetching = true;
      try {
        last = await load();
        if (wanted) setState({ key, value: last });
      } catch (error) {
        if (wanted) setState({ key, value: last, error });
      }
      fetching = false;
      const milliseconds = delay();
      if (wanted && milliseconds !== null && !document.hidden) timer = setTimeout(fetchNow, milliseconds);
    }
    const onVisibility = () => {
      if (document.hidden) clearTimeout(timer);
      else if (delay() !== null) fetchNow();
    };
    document.addEventListener('visibilitychange', onVisibility);
    fetchNow();
    return () => {
      wanted = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [key]);
  return state.key === key ? state : {};
}
