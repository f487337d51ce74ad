import { afterAll, vi } from 'vitest';

// Fast tests share a process: what a file does to it must not reach the next one.
const environment = { ...process.env };

afterAll(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});
