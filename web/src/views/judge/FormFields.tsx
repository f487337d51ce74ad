import { type ReactNode, useId } from 'react';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly about?: string;
  readonly onChange: (value: string) => void;
}

/** A label with its control and, below, what there is to know. */
function Labelled({ label, about, children }: { label: string; about?: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <p className="judge-field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {about && <span className="small muted">{about}</span>}
    </p>
  );
}

/** One of several. */
export function SelectField({
  options,
  ...props
}: FieldProps & { readonly options: readonly (readonly [value: string, words: string])[] }) {
  return (
    <Labelled {...props}>
      {(id) => (
        <select id={id} value={props.value} onChange={({ currentTarget }) => props.onChange(currentTarget.value)}>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** A number or a few words. */
export function TextField({ numeric = false, ...props }: FieldProps & { readonly numeric?: boolean }) {
  return (
    <Labelled {...props}>
      {(id) => (
        <input
          id={id}
          type="text"
          inputMode={numeric ? 'decimal' : 'text'}
          autoComplete="off"
          value={props.value}
          onChange={({ currentTarget }) => props.onChange(currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

/** Several of several. */
export function CheckField({
  legend,
  options,
  chosen,
  about,
  onChange,
}: {
  readonly legend: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly chosen: readonly string[];
  readonly about?: string;
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  return (
    <fieldset className="judge-checks">
      <legend>{legend}</legend>
      {options.map(([value, words]) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ currentTarget }) =>
              onChange(currentTarget.checked ? [...chosen, value] : chosen.filter((own) => own !== value))
            }
          />{' '}
          {words}
        </label>
      ))}
      {about && <span className="small muted">{about}</span>}
    </fieldset>
  );
}
