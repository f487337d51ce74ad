import { createContext, use } from 'react';
import { exampleRun, type GuideRun, readRunFile } from './runSource.js';

/** The run that the figures of a chapter show. */
export const RunContext = createContext<GuideRun>(exampleRun);

/** A file of the chosen run; the figure waits for it. */
export function useRunFile<T>(path: string, parse: (text: string) => unknown): T {
  return use(readRunFile(use(RunContext), path, parse)) as T;
}
