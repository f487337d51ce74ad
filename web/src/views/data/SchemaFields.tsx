import { useId, useState } from 'react';
import type { JsonSchema } from '../../../../src/data/description/descriptionKeys.js';

type Value = unknown;
type Group = Readonly<Record<string, Value>>;

interface SchemaFieldsProps {
  readonly schema: JsonSchema;
  readonly value: Group;
  readonly onChange: (value: Group) => void;
  /** Names to choose from where a column is meant. */
  readonly columns: readonly string[];
  /** What the group is called for screen readers: two groups may have a setting of one name. */
  readonly of?: string;
}

/** A field for every setting of a group, with what its schema says of it. What is left empty is left out. */
export function SchemaFields({ schema, value, onChange, columns, of = '' }: SchemaFieldsProps) {
  return Object.entries(schema.properties ?? {}).map(([name, inner]) => {
    const change = (next: Value) => {
      const { [name]: _, ...others } = value;
      // In the order of the schema, as a person would write them.
      const all: Group = isEmpty(next) ? others : { ...others, [name]: next };
      const order = Object.keys(schema.properties ?? {});
      onChange(Object.fromEntries(Object.entries(all).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))));
    };
    return (
      <Field
        key={name}
        name={name}
        schema={inner}
        value={value[name]}
        onChange={change}
        columns={columns}
        of={of ? `${of}, ${inWords(name).toLowerCase()}` : inWords(name)}
      />
    );
  });
}

const isEmpty = (value: Value): boolean =>
  value === undefined ||
  value === '' ||
  (Array.isArray(value) ? value.length === 0 : isGroup(value) && Object.keys(value).length === 0);

const isGroup = (value: Value): value is Group => typeof value === 'object' && value !== null && !Array.isArray(value);

interface FieldProps {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly columns: readonly string[];
  readonly of: string;
}

function Field({ name, schema, value, onChange, columns, of }: FieldProps) {
  const { type, properties, items, additionalProperties, description = '' } = schema;
  if (properties)
    return (
      <Fold name={name} about={description} filled={!isEmpty(value)}>
        <SchemaFields
          schema={schema}
          value={isGroup(value) ? value : {}}
          onChange={onChange}
          columns={columns}
          of={of}
        />
      </Fold>
    );
  if (additionalProperties)
    return (
      <Fold name={name} about={description} filled={!isEmpty(value)}>
        <Pairs choices={additionalProperties.enum} value={isGroup(value) ? value : {}} onChange={onChange} of={of} />
      </Fold>
    );
  if (type === 'array' && items?.properties) {
    const list = Array.isArray(value) ? (value as Group[]) : [];
    return (
      <Fold name={name} about={description} filled={list.length > 0}>
        {list.map((each, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what stands in an entry is all that it is
          <fieldset key={i}>
            <legend>
              {inWords(name)}, {i + 1}
            </legend>
            <SchemaFields
              schema={items}
              value={each}
              onChange={(next) => onChange(list.map((one, k) => (k === i ? next : one)))}
              columns={columns}
              of={`${of} ${i + 1}`}
            />
            <button type="button" className="plain" onClick={() => onChange(list.filter((_, k) => k !== i))}>
              Remove<span className="unseen"> {`${of} ${i + 1}`}</span>
            </button>
          </fieldset>
        ))}
        <button type="button" className="plain" onClick={() => onChange([...list, {}])}>
          Add<span className="unseen"> to {of}</span>
        </button>
      </Fold>
    );
  }
  return <Simple name={name} schema={schema} value={value} onChange={onChange} columns={columns} of={of} />;
}

interface FoldProps {
  readonly name: string;
  readonly about: string;
  readonly filled: boolean;
  readonly children: React.ReactNode;
}

/** A part of the form that is folded away where nothing is said in it. */
function Fold({ name, about, filled, children }: FoldProps) {
  const [open] = useState(filled);
  return (
    <details className="group" open={open}>
      <summary>
        {inWords(name)}
        {!filled && <span className="muted small"> (nothing said)</span>}
      </summary>
      <p className="small muted">{about}</p>
      {children}
    </details>
  );
}

function Simple({ name, schema, value, onChange, columns, of }: FieldProps) {
  const id = useId();
  const { type, items, enum: choices, description = '' } = schema;
  const about = { id, 'aria-describedby': `${id}-about`, 'aria-label': of };
  const leave = (text: string, read: (text: string) => Value) => text !== shown(value) && onChange(read(text));
  const isColumn = /\bcolumn/i.test(description) && type === 'string';
  return (
    <div className="setting">
      <label htmlFor={id}>{inWords(name)}</label>
      {choices || type === 'boolean' ? (
        <select
          {...about}
          value={shown(value)}
          onChange={({ target }) => onChange(type === 'boolean' ? readBoolean(target.value) : target.value)}
        >
          <option value="">not said</option>
          {(choices ?? ['true', 'false']).map((choice) => (
            <option key={choice} value={choice}>
              {type === 'boolean' ? (choice === 'true' ? 'yes' : 'no') : choice}
            </option>
          ))}
        </select>
      ) : type === 'array' && items ? (
        <textarea
          {...about}
          key={shown(value)}
          rows={Math.min(8, 2 + (Array.isArray(value) ? value.length : 0))}
          defaultValue={shown(value)}
          spellCheck={false}
          onBlur={({ target }) => leave(target.value, readLines)}
        />
      ) : (
        <input
          {...about}
          key={shown(value)}
          type="text"
          inputMode={type === 'integer' ? 'numeric' : 'text'}
          autoComplete="off"
          list={isColumn ? `${id}-columns` : undefined}
          defaultValue={shown(value)}
          onBlur={({ target }) => leave(target.value, type === 'integer' ? readInteger : (text) => text)}
        />
      )}
      {isColumn && (
        <datalist id={`${id}-columns`}>
          {columns.map((column) => (
            <option key={column} value={column} />
          ))}
        </datalist>
      )}
      <span className="small muted" id={`${id}-about`}>
        {description} {type === 'array' && 'One a line.'}
      </span>
    </div>
  );
}

const shown = (value: Value): string =>
  value === undefined ? '' : Array.isArray(value) ? value.join('\n') : String(value);
const readLines = (text: string): string[] => text.split('\n').flatMap((line) => (line === '' ? [] : line));
const readBoolean = (text: string): boolean | undefined => (text === '' ? undefined : text === 'true');
/** What is no number stays as it is, so that the description says what is wrong with it. */
const readInteger = (text: string): Value => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim());

interface PairsProps {
  readonly choices: readonly string[] | undefined;
  readonly value: Group;
  readonly onChange: (value: Group) => void;
  readonly of: string;
}

/** Names with a value each; one more is written into the last row. */
function Pairs({ choices, value, onChange, of }: PairsProps) {
  const [added, setAdded] = useState('');
  const pairs = Object.entries(value);
  const set = (name: string, next: string) =>
    onChange(next === '' ? Object.fromEntries(pairs.filter(([other]) => other !== name)) : { ...value, [name]: next });
  const add = (next: string) => {
    if (added.trim() === '' || next === '') return;
    onChange({ ...value, [added.trim()]: next });
    setAdded('');
  };
  const field = (label: string, current: string, change: (next: string) => void) =>
    choices ? (
      <select aria-label={label} value={current} onChange={({ target }) => change(target.value)}>
        <option value="">{current === '' ? 'choose' : 'leave out'}</option>
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    ) : (
      <input
        key={current}
        type="text"
        aria-label={label}
        defaultValue={current}
        onBlur={({ target }) => target.value.trim() !== current && change(target.value.trim())}
      />
    );
  return (
    <ul className="pairs">
      {pairs.map(([name, current]) => (
        <li key={name}>
          <span className="name">{name}</span> {field(`${of}: ${name}`, String(current), (next) => set(name, next))}
        </li>
      ))}
      <li>
        <input
          type="text"
          className="name"
          aria-label={`${of}: another name`}
          placeholder="another name"
          value={added}
          onChange={({ target }) => setAdded(target.value)}
        />{' '}
        {field(`${of}: value of the other name`, '', add)}
      </li>
    </ul>
  );
}

/** `imagesMayBeMissing` as `Images may be missing`. */
function inWords(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words[0].toUpperCase()}${words.slice(1)}`;
}
