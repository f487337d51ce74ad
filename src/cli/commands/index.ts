import type { Command } from 'commander';
import { register as demo } from './demo.js';
import { register as doctor } from './doctor.js';
import { register as explore } from './explore.js';
import { register as organize } from './organize.js';
import { register as split } from './split.js';

/** Registers every command, in the order in which help lists them. */
export function registerCommands(program: Command): void {
  for (const register of [demo, explore, organize, split, doctor]) register(program);
}
