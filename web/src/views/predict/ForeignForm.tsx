import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { ForeignField } from '../../../../src/data/preparation/preprocessingClaims.js';
import { usageError } from '../../../../src/errors.js';
import { Problem } from '../../components/Problem.js';
import type { SaidOfModel } from '../../predictWorker/predictWorker.js';
import {
  emptyFields,
  type ForeignFields,
  fieldChoices,
  fieldLabels,
  fieldPresets,
  fieldsOf,
  readFields,
  withSaid,
} from './foreignFields.js';
import type { ForeignState } from './usePrediction.js';

export interface ForeignFormProps {
  readonly foreign: ForeignState;
  /** Whether it has to be filled in before anything else. */
  readonly asks: boolean;
  /** Whether the model can't be opened as it is. */
  readonly failed: boolean;
  readonly onSaid: (said: SaidOfModel) => void;
  readonly onForget: () => void;
}

/** How somebody else's model wants its images and what its classes are called: what its files say, each with where it is from, and what they don't. */
export function ForeignForm({ foreign, asks, failed, onSaid, onForget }: ForeignFormProps) {
  const { own, now, said } = foreign;
  const [fields, setFields] = useState(() => withSaid(fieldsOf(now.problem ? own : now), said));
  const [error, setError] = useState<unknown>();
  const set = (name: keyof ForeignFields) => (value: string) => setFields((before) => ({ ...before, [name]: value }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    try {
      setError(undefined);
      const empty = emptyFields(fields, neededFields(now));
      if (empty.length > 0)
        throw usageError('preprocessing-unknown', 'Some of what predicting needs is still empty.', {
          details: empty,
          hint: 'Fill it in. Whoever published the model says it in its description, or in a file beside it.',
        });
      onSaid(readFields(fields, foreign));
    } catch (problem) {
      setError(problem);
    }
  };
  const field = (name: keyof ForeignFields) => ({ name, fields, foreign, onChange: set(name) });
  const form = (
    <form className="foreign-form" onSubmit={send} noValidate>
      <fieldset className="presets">
        <legend>Fill in what is usual, if you know that it is right:</legend>
        <p className="actions">
          {fieldPresets.map(({ words, fields: preset }) => (
            <button
              key={words}
              type="button"
              className="plain"
              onClick={() => setFields((before) => ({ ...before, ...withoutFixed(preset, foreign) }))}
            >
              {words}
            </button>
          ))}
        </p>
      </fieldset>
      <div className="foreign-fields">
        {own.outputs.length > 1 && <Choice {...field('output')} options={own.outputs.map((name) => [name, name])} />}
        <Text {...field('imageSize')} numeric />
        <Choice {...field('fit')} options={fieldChoices.fit} />
        {fields.fit !== '' && (
          <Text {...field('crop')} about="1: all of it. 0.875 cuts 224 pixels out of 256." numeric />
        )}
        <Choice {...field('resize')} options={fieldChoices.resize} />
        <Text {...field('mean')} about="Of values from 0 to 1." />
        <Text {...field('std')} about="Of values from 0 to 1." />
        <Choice {...field('channelOrder')} options={fieldChoices.channelOrder} />
        <Choice {...field('layout')} options={fieldChoices.layout} />
        <Names {...field('classNames')} />
      </div>
      {error !== undefined && <Problem error={error} />}
      <p className="actions">
        <button type="submit" className="action">
          Use the model so
        </button>
        {Object.keys(said).length > 0 && (
          <button type="button" className="plain" onClick={onForget}>
            Forget what I said
          </button>
        )}
        <span className="muted small">
          {foreign.kept
            ? 'This browser remembers your answers for this very file; nothing is sent anywhere.'
            : 'This page’s host does not let the browser remember your answers.'}
        </span>
      </p>
    </form>
  );
  if (asks)
    return (
      <section className="foreign" aria-labelledby="foreign-title">
        <h2 id="foreign-title">How {foreign.name} wants its images</h2>
        <p>
          Nothing in it, or beside it, says all that predicting needs, and a guess would give wrong answers without a
          sign. Give its <code>preprocessor_config.json</code> or <code>config.json</code> together with it, or fill in
          what is missing.
        </p>
        {form}
      </section>
    );
  return (
    <details className="foreign" open={failed}>
      <summary>
        How its images are prepared, and what its classes are called
        {foreign.recalled ? ' (with what you said on an earlier visit)' : ''}
      </summary>
      {form}
    </details>
  );
}

const hasField = (name: ForeignField): name is ForeignField & keyof ForeignFields => Object.hasOwn(fieldLabels, name);

const neededFields = ({ output, outputs, missing }: ForeignState['now']): (keyof ForeignFields)[] => [
  ...(output === undefined && outputs.length > 1 ? ['output' as const] : []),
  ...missing.filter(hasField),
];

/** What the file's own shape fixes can't be said otherwise. */
const isFixed = (name: keyof ForeignFields, { own }: ForeignState): boolean =>
  ((own.sources as Readonly<Record<string, string>>)[name] ?? '').startsWith('the shape of the input');

const withoutFixed = (preset: Partial<ForeignFields>, foreign: ForeignState): Partial<ForeignFields> =>
  Object.fromEntries(Object.entries(preset).filter(([name]) => !isFixed(name as keyof ForeignFields, foreign)));

interface FieldProps {
  readonly name: keyof ForeignFields;
  readonly fields: ForeignFields;
  readonly foreign: ForeignState;
  readonly onChange: (value: string) => void;
}

interface FrameProps extends FieldProps {
  readonly about?: string;
  readonly children: (input: { id: string; value: string; disabled: boolean; 'aria-describedby': string }) => ReactNode;
}

/** A label, what is typed, and where the value is from. */
function Frame({ name, fields, foreign, about, children }: FrameProps) {
  const id = useId();
  const value = fields[name];
  const source = sourceOf(name, value, foreign);
  return (
    <div className={source === unsaid ? 'foreign-field unsaid' : 'foreign-field'}>
      <label htmlFor={id}>{fieldLabels[name]}</label>
      {children({ id, value, disabled: isFixed(name, foreign), 'aria-describedby': `${id}-about` })}
      <span className="small muted" id={`${id}-about`}>
        {about} <span className="source">{source}</span>
      </span>
    </div>
  );
}

const unsaid = 'Nothing says it.';

function sourceOf(name: keyof ForeignFields, value: string, { own }: ForeignState): string {
  const stated = fieldsOf(own)[name];
  if (value.trim() === '') return name === 'classNames' ? 'Nothing says them: they are numbered.' : unsaid;
  if (value.trim() !== stated) return name === 'crop' && stated === '' ? '' : 'As you say.';
  if (name === 'classNames') return `From ${own.classNames?.source}.`;
  const sources: Readonly<Record<string, string | undefined>> = own.sources;
  const source = sources[name === 'crop' ? 'resizeTo' : name];
  return source ? `From ${source}.` : '';
}

function Text({
  numeric = false,
  about,
  ...props
}: FieldProps & { readonly about?: string; readonly numeric?: boolean }) {
  return (
    <Frame {...props} about={about}>
      {(input) => (
        <input
          {...input}
          type="text"
          inputMode={numeric ? 'decimal' : 'text'}
          autoComplete="off"
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    </Frame>
  );
}

function Choice({ options, ...props }: FieldProps & { readonly options: readonly (readonly [string, string])[] }) {
  return (
    <Frame {...props}>
      {(input) => (
        <select {...input} onChange={(event) => props.onChange(event.currentTarget.value)}>
          {input.value === '' && <option value="">choose</option>}
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Frame>
  );
}

function Names(props: FieldProps) {
  const { classCount } = props.foreign.own;
  const about = `${classCount === undefined ? 'One a line' : `${classCount} names, one a line`}, in the order of its outputs.`;
  return (
    <Frame {...props} about={about}>
      {(input) => (
        <textarea
          {...input}
          rows={Math.min(8, Math.max(3, classCount ?? 3))}
          spellCheck={false}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    </Frame>
  );
}
