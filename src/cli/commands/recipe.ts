import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import { nearestName } from '../../nearestName.js';
import { readTrainedConfig, runFolderPaths } from '../../node/run/runFolder.js';
import { type ChosenRecipe, chooseRecipe, chosenMembers, openRecipe } from '../../node/training/openRecipe.js';
import type { Progress } from '../../progress.js';
import { formatRecipe } from '../../training/recipe/formatRecipe.js';
import { defaultPreset, presets } from '../../training/recipe/presets/registry.js';
import type { RecipeFile } from '../../training/recipe/recipeChanges.js';
import { resolveMembers } from '../../training/recipe/resolveMembers.js';
import { noPreset } from '../../training/recipe/resolveRecipe.js';
import { act, type CommandResult } from '../commandContext.js';
import { formatTable } from '../formatTable.js';
import { networkArguments } from '../networkArguments.js';

interface Options {
  readonly changes?: boolean;
}

export function register(command: Command): void {
  command
    .argument('[what]', 'a preset, a recipe file (which is checked), or a run folder; nothing lists the presets')
    .option('--changes', 'only what differs from the preset')
    .addHelpText(
      'after',
      `
A recipe file is YAML: \`extends: <preset>\` and the settings that differ, or all settings. \`--recipe <file>\` takes it wherever --preset
can be given; options on the command line go before it.

Examples:
  $ lesionlab recipe lenet > my.yaml
  $ lesionlab recipe my.yaml --changes
  $ lesionlab run HAM10000 --run runs/mine --recipe my.yaml`,
    )
    .action(
      act(async ({ progress }, what: string | undefined, options: Options) => {
        if (what !== undefined) return print(what, options, progress);
        if (!options.changes) return listPresets();
        throw usageError('changes-of-nothing', '--changes is about a recipe, and none was named.', {
          hint: 'Name a preset, a recipe file or a run folder.',
        });
      }),
    );
}

function listPresets(): CommandResult {
  const rows = Object.entries(presets).map(([name, { title, recipe, members }]) => {
    const networks = resolveMembers(name);
    const sizes = [...new Set(networks.map(({ recipe: { imageSize } }) => imageSize))].sort((a, b) => a - b);
    return [
      name === defaultPreset ? `${name} (default)` : name,
      title,
      members ? `${members.length} networks` : recipe.model,
      sizes.length > 1 ? `${sizes[0]} to ${sizes.at(-1)}` : String(sizes[0]),
      String(recipe.training.epochs),
    ];
  });
  return {
    json: { presets: Object.entries(presets).map(([name, { title, description }]) => ({ name, title, description })) },
    text: `${formatTable(['preset', '', 'network', 'pixels', 'epochs'], rows)}\n\nPrint one to edit: lesionlab recipe ${defaultPreset} > my.yaml`,
  };
}

async function print(what: string, { changes = false }: Options, progress: Progress): Promise<CommandResult> {
  const { about, several, ...chosen } = await find(what, progress);
  const { recipe, preset, overrides } = chosen;
  const whole = several && (await describeSeveral(several, progress));
  return {
    json: {
      ...{ preset, overrides, recipe, ...whole?.json },
      ...(chosen.recipeFile ? { recipeFile: chosen.recipeFile } : {}),
    },
    text: formatRecipe(recipe, { preset, changesOnly: changes, about, ...whole?.format }),
  };
}

/** Lines for the head of the printed file. */
const use = 'Change what you like and train with it: lesionlab run <data> --run <folder> --recipe <this file>';
const leaveOut = ({ preset }: { readonly preset: string }) =>
  preset === noPreset ? [] : [`A setting that is left out is that of the preset ${preset}.`];

/** Of several networks: where they are from. */
interface Several {
  readonly preset?: string;
  readonly recipe?: RecipeFile;
}

/** Each network with all its settings, and what of them the printed recipe lists. */
async function describeSeveral(several: Several, progress: Progress) {
  const { members, weighting } = await chosenMembers(several);
  const resolved: object[] = [];
  for (const { name } of members) {
    const { recipe, overrides } = await chooseRecipe({ ...several, member: name }, progress);
    resolved.push({ name, overrides, recipe });
  }
  return { json: { members: resolved, weighting }, format: { members, weighting } };
}

/** What several networks have in common, with the first one's network where nothing else is said. */
async function chooseCommon(several: Several, progress: Progress): Promise<ChosenRecipe> {
  const { preset, recipe } = several;
  if (!recipe) return { recipe: presets[preset!].recipe, preset: preset!, overrides: [] };
  const { members: _members, weighting: _weighting, ...common } = recipe.changes;
  const known = common.extends !== undefined || common.model !== undefined;
  const [first] = (await chosenMembers(several)).members;
  if (!known) return await chooseRecipe({ ...several, member: first.name }, progress);
  return await chooseRecipe({ recipe: { ...recipe, changes: { ...common, members: [] } } }, progress);
}

async function find(
  what: string,
  progress: Progress,
): Promise<ChosenRecipe & { readonly about: readonly string[]; readonly several?: Several }> {
  if (Object.hasOwn(presets, what)) {
    const { description, members } = presets[what];
    const several = members ? { preset: what } : undefined;
    const chosen = several ? await chooseCommon(several, progress) : await chooseRecipe({ preset: what }, progress);
    return { ...chosen, several, about: [`The recipe ${what}: ${description}.`, use, ...leaveOut(chosen)] };
  }
  const folder = runFolderPaths(what);
  if (existsSync(folder.config)) {
    const { recipe: own, recipeFile, preset, overrides, model } = await readTrainedConfig(folder);
    const recipe = model.network ? { ...own, model: folder.network } : own;
    // A preset of another version may not be there, or say something else: the run's settings are all written out.
    const known = Object.hasOwn(presets, preset) ? preset : noPreset;
    const chosen = { recipe, recipeFile, preset: known, overrides };
    const besides = model.network
      ? [`What is said of the network's file is no part of a recipe; give it, too: ${networkArguments(model.network)}`]
      : [];
    return { ...chosen, about: [`The recipe of the run in ${what}.`, use, ...besides, ...leaveOut(chosen)] };
  }
  if (!existsSync(what)) {
    const near = nearestName(what, Object.keys(presets));
    throw usageError('unknown-recipe', `${what} is neither a preset nor a file`, {
      hint: `${near ? `Did you mean ${near}? ` : ''}The presets are ${Object.keys(presets).join(', ')}.`,
    });
  }
  const opened = await openRecipe(what);
  const { members } = await chosenMembers({ recipe: opened });
  const several = members.length > 0 ? { recipe: opened } : undefined;
  const chosen = several ? await chooseCommon(several, progress) : await chooseRecipe({ recipe: opened }, progress);
  const { model } = opened.changes;
  return {
    ...chosen,
    several,
    // The file that it names stays the one to train with; its id is the run's to know.
    recipe: { ...chosen.recipe, ...(typeof model === 'string' && { model }) },
    about: [`The recipe in ${what}.`, use, ...leaveOut(chosen)],
  };
}
