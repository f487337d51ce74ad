import { type ReactNode, useId, useRef } from 'react';
import { saveFile } from '../../browser/saveFile.js';
import { RecipeFields } from './RecipeFields.js';
import { openRecipeFile, type RecipeValues, recipeText } from './recipeValues.js';

/** Stands for the recipe file in the list of presets; no preset has such a name. */
const openedFile = '/';

export interface RecipeFormProps<T extends RecipeValues> {
  readonly settings: T;
  /** Names and words of the presets that are offered. */
  readonly presets: readonly [name: string, words: string][];
  /** Settings that stand before all others, with their labels. */
  readonly shownApart: Readonly<Record<string, string>>;
  /** Settings that have no field here. */
  readonly except?: readonly string[];
  readonly onPreset: (name: string) => void;
  readonly onChange: (settings: T) => void;
  /** Does something, and shows what goes wrong. */
  readonly attempt: (action: () => void | Promise<void>) => void;
  /** What is to be known of the preset. */
  readonly about?: string;
  /** Fields beside those that stand before all others. */
  readonly children?: ReactNode;
}

/** A recipe: a preset or a file, and a field for every setting, wherever it is trained. */
export function RecipeForm<T extends RecipeValues>(props: RecipeFormProps<T>) {
  const { settings, presets, shownApart, except = [], onPreset, onChange, attempt, about, children } = props;
  const setValue = (path: string, value: string) =>
    onChange({ ...settings, values: { ...settings.values, [path]: value } });
  const save = () => {
    const name = settings.file?.name.replace(/\.\w+$/, '') ?? 'recipe';
    saveFile(`${name}.yaml`, recipeText(settings), 'application/yaml');
  };
  return (
    <>
      <div className="fields">
        <Choice
          label="Recipe"
          value={settings.file ? openedFile : settings.preset}
          options={[
            ...presets,
            ...(settings.file ? [[openedFile, `the file ${settings.file.name}`] as [string, string]] : []),
          ]}
          onChange={(name) => name !== openedFile && onPreset(name)}
        />
        <OpenRecipe
          onOpen={(file) => attempt(async () => onChange(await openRecipeFile(file, settings)))}
          onSave={() => attempt(save)}
        />
      </div>
      {about && <p className="small muted recipe-about">{about}</p>}
      {(children !== undefined || Object.keys(shownApart).length > 0) && (
        <div className="fields">
          {Object.entries(shownApart).map(([path, label]) => (
            <NumberField
              key={path}
              label={label}
              value={settings.values[path]}
              onChange={(value) => setValue(path, value)}
            />
          ))}
          {children}
        </div>
      )}
      <RecipeFields values={settings.values} except={[...Object.keys(shownApart), ...except]} onChange={setValue} />
    </>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function NumberField({ label, value, onChange }: FieldProps) {
  const id = useId();
  return (
    <p>
      <label htmlFor={id}>{label}</label>
      <input id={id} type="number" min={0} value={value} onChange={(event) => onChange(event.target.value)} />
    </p>
  );
}

export function Choice({
  label,
  value,
  options,
  onChange,
}: FieldProps & { readonly options: readonly (readonly [string, string])[] }) {
  const id = useId();
  return (
    <p>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </p>
  );
}

function OpenRecipe({ onOpen, onSave }: { readonly onOpen: (file: File) => void; readonly onSave: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <p className="actions">
      <button type="button" className="plain" onClick={() => input.current?.click()}>
        Open a recipe file
      </button>
      <input
        ref={input}
        hidden
        type="file"
        aria-label="Recipe file"
        accept=".yaml,.yml,.json"
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file, changed, can be opened again.
          event.target.value = '';
          if (file) onOpen(file);
        }}
      />
      <button type="button" className="plain" onClick={onSave}>
        Save this recipe
      </button>
    </p>
  );
}
