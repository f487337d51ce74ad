import { useId } from 'react';
import { explain } from '../../../../src/training/recipe/formatRecipe.js';
import { type RecipeSetting, recipeGroups, recipeSettings } from '../../../../src/training/recipe/recipeSettings.js';

export interface RecipeFieldsProps {
  /** Of every setting, by its path, as typed. */
  readonly values: Readonly<Record<string, string>>;
  /** Settings that have a field elsewhere. */
  readonly except: readonly string[];
  readonly onChange: (path: string, value: string) => void;
}

/** A field for every setting of a recipe, with what its schema says of it. */
export function RecipeFields({ values, except, onChange }: RecipeFieldsProps) {
  const groups = [{ path: '', description: 'The network and its images.' }, ...recipeGroups];
  return (
    <details className="recipe">
      <summary>All settings of the recipe</summary>
      {groups.map(({ path, description }) => {
        const settings = recipeSettings.filter((setting) => setting.group === path && !except.includes(setting.path));
        if (settings.length === 0) return null;
        return (
          <fieldset key={path}>
            <legend>{path === '' ? 'Network' : inWords(path)}</legend>
            <p className="small muted">{description}</p>
            {settings.map((setting) => (
              <SettingField
                key={setting.path}
                setting={setting}
                value={values[setting.path] ?? ''}
                onChange={(value) => onChange(setting.path, value)}
              />
            ))}
          </fieldset>
        );
      })}
    </details>
  );
}

interface SettingFieldProps {
  readonly setting: RecipeSetting;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function SettingField({ setting, value, onChange }: SettingFieldProps) {
  const id = useId();
  const { name, choices, description, kind } = setting;
  const shared = { id, value, 'aria-describedby': `${id}-about` };
  return (
    <div className="setting">
      <label htmlFor={id}>{inWords(name)}</label>
      {choices ? (
        <select {...shared} onChange={(event) => onChange(event.target.value)}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          type="text"
          inputMode={kind === 'whole' ? 'numeric' : kind === 'number' ? 'decimal' : 'text'}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      <span className="small muted" id={`${id}-about`}>
        {description}{' '}
        {choices ? '' : kind === 'pair' || kind === 'factors' || kind === 'names' ? formsOf[kind] : explain(setting)}
      </span>
    </div>
  );
}

/** How they are typed here, which is not as in a file. */
const formsOf = {
  pair: 'Two numbers with a comma between them.',
  names: 'Names with commas between them: age, sex. Empty: none.',
  factors: 'Names with a factor each: layer3=0.4, backbone=0.1. Empty: none.',
} as const;

/** `learningRate` as `Learning rate`, `augmentation.perspective` as `Augmentation: perspective`. */
function inWords(name: string): string {
  const words = name.replace('.', ': ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words[0].toUpperCase()}${words.slice(1)}`;
}
