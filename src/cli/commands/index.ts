import type { Command } from 'commander';
import { register as doctor } from './doctor.js';

/** Registers every command, in the order in which help lists them. */
export function registerCommands(program: Command): void {
  for (const register of [doctor]) register(program);
}
