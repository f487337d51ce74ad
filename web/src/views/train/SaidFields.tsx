import { useId } from 'react';
import { type ForeignFields, fieldChoices, fieldLabels } from '../predict/foreignFields.js';
import { Choice } from './RecipeForm.js';
import type { Said } from './readSaid.js';

/** A field for everything that a network's file may not say. */
export function SaidFields({ said, onChange }: { readonly said: Said; readonly onChange: (said: Said) => void }) {
  const field = (name: keyof Said, label = fieldLabels[name as keyof ForeignFields]) => ({
    label,
    value: said[name],
    onChange: (value: string) => onChange({ ...said, [name]: value }),
  });
  return (
    <>
      <TextField {...field('imageSize', 'Image size, pixels, where it is open')} />
      <TextField {...field('output', 'Output with its classes')} />
      <TextField {...field('cut', 'Tensor that describes an image')} />
      <SelectField
        {...field('pooling', 'Of several tokens')}
        options={[
          ['token', 'the first (class token)'],
          ['mean', 'their mean'],
        ]}
      />
      <SelectField {...field('layout')} options={fieldChoices.layout} />
      <SelectField {...field('channelOrder')} options={fieldChoices.channelOrder} />
      <TextField {...field('mean', `${fieldLabels.mean}, of values from 0 to 1`)} />
      <TextField {...field('std', `${fieldLabels.std}, likewise`)} />
      <SelectField {...field('resize')} options={fieldChoices.resize} />
      <TextField {...field('crop')} />
    </>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TextField({ label, value, onChange }: FieldProps) {
  const id = useId();
  return (
    <p>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        autoComplete="off"
        placeholder="as the file says"
        value={value}
        onChange={(event) => onChange(event.target.value.trim())}
      />
    </p>
  );
}

function SelectField({ options, ...props }: FieldProps & { readonly options: readonly (readonly [string, string])[] }) {
  return <Choice {...props} options={[['', 'as the file says'], ...options]} />;
}
