import { z } from 'zod';

/** Folder of a run that is there already, for a job that works in one, in place of a run that the plan makes. */
export const runSource = z.string().optional();
