import { useId } from 'react';
import type { MetadataEncoding, MetadataValues } from '../../../../src/data/preparation/metadataInput.js';

interface MetadataFormProps {
  readonly encoding: MetadataEncoding;
  readonly told: MetadataValues;
  readonly onTold: (told: MetadataValues) => void;
}

/** What a model is told of an image beside its pixels; a field that is left empty is unknown. */
export function MetadataForm({ encoding, told, onTold }: MetadataFormProps) {
  const id = useId();
  const tell = (name: string, value: string) => onTold({ ...told, [name]: value === '' ? null : value });
  return (
    <fieldset className="fields">
      <legend>What is known of the images</legend>
      <p className="small muted">
        This model was told more than the pixels. What you leave empty counts as unknown; what you enter counts for all
        images that are shown.
      </p>
      {encoding.columns.map((column) => {
        const { name } = column;
        const shared = { id: `${id}-${name}`, value: String(told[name] ?? '') };
        return (
          <div className="field" key={name}>
            <label htmlFor={shared.id}>{name}</label>
            {column.kind === 'number' ? (
              <input {...shared} type="number" min={0} onChange={(event) => tell(name, event.target.value)} />
            ) : (
              <select {...shared} onChange={(event) => tell(name, event.target.value)}>
                <option value="">unknown</option>
                {column.values.map((value) => (
                  <option key={value}>{value}</option>
                ))}
              </select>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
