import type { Command } from 'commander';
import { register as doctor } from './doctor.js';
import { register as organize } from './organize.js';

/** Registers every command, in the order in which help lists them. */
export function registerCommands(program: Command): void {
  for (const register of [organize, doctor]) register(program);
}
