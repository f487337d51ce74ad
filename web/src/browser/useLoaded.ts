import { useEffect, useState } from 'react';

/** Something that is being fetched, or was, or could not be. */
export interface Loaded<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/** Fetches once for every `key`; an answer that comes after the key has changed is dropped. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<Loaded<T> & { readonly key: string }>({ key });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says what `load` fetches
  useEffect(() => {
    let wanted = true;
    load().then(
      (value) => wanted && setState({ key, value }),
      (error) => wanted && setState({ key, error }),
    );
    return () => {
      wanted = false;
    };
  }, [key]);
  return state.key === key ? state : {};
}
