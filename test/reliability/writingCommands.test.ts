import { Command } from 'commander';
import { expect, it } from 'vitest';
import { registerCommands } from '../../src/cli/commands/index.js';
import { readingCommands, triedElsewhere, writingCommands } from './writingCommands.js';

it('every command is killed in the trials, there or elsewhere, or writes nothing', () => {
  const program = new Command();
  registerCommands(program);
  const names = program.commands.map((command) => command.name());
  const killed = writingCommands.map(({ words }) => words[0]);
  const others = { ...readingCommands, ...triedElsewhere };
  expect(names.filter((name) => !killed.includes(name) && !(name in others))).toEqual([]);
  expect([...killed, ...Object.keys(others)].filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(writingCommands.map(({ name }) => name)).size).toBe(writingCommands.length);
});
