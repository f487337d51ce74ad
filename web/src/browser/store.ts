import { useSyncExternalStore } from 'react';

/** A value that lives outside the views, so that it stays while another view is looked at. */
export interface Store<T> {
  get(): T;
  /** Replaces some of its fields. */
  change(fields: Partial<T>): void;
  /** The value, in a component that is drawn again when it changes. */
  use(): T;
}

export function makeStore<T extends object>(first: T): Store<T> {
  let value = first;
  const listeners = new Set<() => void>();
  const get = () => value;
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get,
    change(fields) {
      value = { ...value, ...fields };
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}
