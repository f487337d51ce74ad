/**
 * Lets many who ask for the same at once have one answer: what is under way is not begun again for whoever asks meanwhile. Nothing is kept once it is done.
 */
export function sharedWork(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const underWay = new Map<string, Promise<unknown>>();
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const running = underWay.get(key);
    if (running) return running as Promise<T>;
    const begun = work().finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  };
}
