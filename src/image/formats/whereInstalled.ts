/**
 * A package that only few image files need. Undefined where it can't be had: a page without a bundler has only what its import map names, and shows
 * all other images.
 * @param load imports it
 */
export const whereInstalled = <T>(load: () => Promise<T>): Promise<T | undefined> => load().catch(() => undefined);
