import { usageError } from '../../../errors.js';
import { nearestName } from '../../../nearestName.js';
import { best } from './best.js';
import { demo } from './demo.js';
import { guideLenet } from './guideLenet.js';
import { guideResnet18 } from './guideResnet18.js';
import { head } from './head.js';
import { lenet } from './lenet.js';
import type { Preset } from './preset.js';
import { quick } from './quick.js';
import { resnet18 } from './resnet18.js';
import { transfer } from './transfer.js';

/** Recipes by name: plain data, meant to be read. */
export const presets: Readonly<Record<string, Preset>> = {
  'guide-lenet': guideLenet,
  lenet,
  'guide-resnet18': guideResnet18,
  resnet18,
  head,
  quick,
  transfer,
  best,
  demo,
};

/** The recipe where none is named. */
export const defaultPreset = 'lenet';

/** @throws LesionlabError kind `usage` for an unknown name */
export function findPreset(name: string): Preset {
  if (Object.hasOwn(presets, name)) return presets[name];
  const near = nearestName(name, Object.keys(presets));
  throw usageError('unknown-preset', `There is no preset "${name}"`, {
    hint: `${near ? `Did you mean ${near}? ` : ''}Choose one of: ${Object.keys(presets).join(', ')}.`,
  });
}
