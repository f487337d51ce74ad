import { useEffect, useState } from 'react';

/** Something that is being fetched, or was, or could not be; both where fetching it again failed. */
export interface Loaded<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/**
 * Fetches once for every `key`; an answer that comes after the key has changed is dropped.
 * @param again milliseconds after which a value is fetched again, in its place, while the page is seen; null for not at all. Coming back to
 *   the page fetches at once. Without it a value stays as it is.
 */
export function useLoaded<T>(key: string, load: () => Promise<T>, again?: (value: T) => number | null): Loaded<T> {
  const [state, setState] = useState<Loaded<T> & { readonly key: string }>({ key });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says what `load` fetches
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let delay: number | null = null;
    async function fetchNow() {
      clearTimeout(timer);
      try {
        const value = await load();
        delay = again?.(value) ?? null;
        if (wanted) setState({ key, value });
      } catch (error) {
        if (wanted) setState((last) => ({ key, value: last.key === key ? last.value : undefined, error }));
      }
      if (wanted && delay !== null && !document.hidden) timer = setTimeout(fetchNow, delay);
    }
    const onVisibility = () => {
      if (document.hidden) clearTimeout(timer);
      else if (delay !== null) fetchNow();
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
