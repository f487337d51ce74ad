import { type FormEvent, useState } from 'react';
import { usageError } from '../../../../src/errors.js';
import type { JudgeReadersOptions } from '../../../../src/evaluation/readers/judgeReaders.js';
import type { ReaderColumn } from '../../../../src/evaluation/readers/readerColumns.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import type { GivenFile, Roles } from '../../judge/givenFiles.js';
import { changeJudging, judgeCalls } from '../../judge/judgeSession.js';
import { SelectField, TextField } from './FormFields.js';
import { fieldChoices, readNumber } from './judgeFields.js';

export interface ReadersFormProps {
  readonly roles: Roles;
  /** The table of what readers said. */
  readonly file: GivenFile;
}

const columnWords: Readonly<Record<ReaderColumn, string>> = {
  reader: 'Reader',
  image_id: 'Image',
  answer: 'Answer',
  confidence: 'Confidence',
  condition: 'Condition',
  session: 'Session',
  truth: 'Truth',
  lesion_id: 'Lesion',
};

/** What is said of a reader study. */
interface ReaderFields {
  readonly columns: Partial<Readonly<Record<ReaderColumn, string>>>;
  readonly positive: string;
  readonly confidenceIn: string;
  readonly answerFrom: string;
  readonly modelFrom: string;
  readonly direction: string;
  readonly session: string;
  readonly random: string;
  readonly together: string;
  readonly resamples: string;
}

const empty: ReaderFields = {
  columns: {},
  positive: '',
  confidenceIn: '',
  answerFrom: '',
  modelFrom: '',
  direction: '',
  session: '',
  random: 'readers-and-cases',
  together: '',
  resamples: '2000',
};

/** How a table of readers' answers is read, and what is asked of it. */
export function ReadersForm({ roles, file }: ReadersFormProps) {
  const [fields, setFields] = useState(empty);
  const task = useTask();
  const set = (name: keyof ReaderFields) => (value: string) => setFields((before) => ({ ...before, [name]: value }));
  const columns = file.columns ?? [];
  const code = (task.error as { readonly code?: string } | undefined)?.code;
  const judge = (event: FormEvent) => {
    event.preventDefault();
    task.run(async (options) => {
      const found = await judgeCalls().call('readers', { roles, options: optionsOf(fields) }, options);
      changeJudging({ result: { kind: 'readers', name: file.name, found } });
    });
  };
  return (
    <form className="judge-form" onSubmit={judge} noValidate>
      <h2>How {file.name} is read</h2>
      <p>
        One row a reader and image. Answers are yes and no or diagnoses; confidences, where readers gave any, make an
        AUROC.
        {roles.answers !== undefined && ' A model’s answers are compared with the readers.'}
      </p>
      {task.error !== undefined && <Problem error={task.error} />}
      <div className="judge-fields">
        <TextField
          label="What readers were to find"
          value={fields.positive}
          about="Diagnoses with commas between them; empty: the malignant ones."
          onChange={set('positive')}
        />
        {(code === 'confidence-direction' || fields.confidenceIn !== '') && (
          <SelectField
            label="What a confidence is in"
            value={fields.confidenceIn}
            options={[
              ['', 'not said'],
              ['positive', 'that the image is positive'],
              ['answer', 'that the answer is right'],
            ]}
            onChange={set('confidenceIn')}
          />
        )}
        {roles.answers !== undefined && (
          <SelectField
            label="Which way a model’s score points"
            value={fields.direction}
            options={fieldChoices.direction}
            onChange={set('direction')}
          />
        )}
        <SelectField
          label="What another study would draw anew"
          value={fields.random}
          options={[
            ['readers-and-cases', 'readers and lesions'],
            ['cases', 'lesions: about these very readers'],
            ['readers', 'readers: about these very images'],
          ]}
          onChange={set('random')}
        />
      </div>
      <details open={code === 'reader-columns'}>
        <summary>Columns, thresholds, simulations</summary>
        <div className="judge-fields">
          {(Object.keys(columnWords) as ReaderColumn[]).map((column) => (
            <SelectField
              key={column}
              label={`Column: ${columnWords[column].toLowerCase()}`}
              value={fields.columns[column] ?? ''}
              options={[['', 'as it looks'], ...columns.map((name) => [name, name] as const)]}
              onChange={(name) =>
                setFields(({ columns: { [column]: _, ...others }, ...rest }) => ({
                  ...rest,
                  columns: name === '' ? others : { ...others, [column]: name },
                }))
              }
            />
          ))}
          <TextField
            label="Yes from this confidence on"
            value={fields.answerFrom}
            numeric
            about="Where readers gave confidences alone."
            onChange={set('answerFrom')}
          />
          <TextField
            label="The model says yes from"
            value={fields.modelFrom}
            numeric
            about="A probability; empty: its most probable class."
            onChange={set('modelFrom')}
          />
          <TextField
            label="Session that is analysed"
            value={fields.session}
            about="Empty: the first reading of each image."
            onChange={set('session')}
          />
          <SelectField
            label="Reader and model together, simulated"
            value={fields.together}
            options={[
              ['', 'no'],
              ['either', 'yes if either says so'],
              ['both', 'yes if both say so'],
            ]}
            onChange={set('together')}
          />
          <TextField
            label="Resamples for the sensitivity analysis"
            value={fields.resamples}
            numeric
            onChange={set('resamples')}
          />
        </div>
      </details>
      {task.running ? (
        <ProgressBar label={task.report?.label ?? 'Analysing'} />
      ) : (
        <p className="actions">
          <button type="submit" className="action">
            Judge the readers
          </button>
        </p>
      )}
    </form>
  );
}

/** @throws LesionlabError kind `usage` for what is no number */
function optionsOf(fields: ReaderFields): JudgeReadersOptions {
  const { columns, confidenceIn, random, together, direction, session } = fields;
  const positive = fields.positive
    .split(',')
    .map((id) => id.trim())
    .filter(Boolean);
  const answerFrom = readAnyNumber('the confidence', fields.answerFrom);
  const modelFrom = readNumber('the probability', fields.modelFrom, 0, 1);
  const resamples = readNumber('the number of resamples', fields.resamples, 0, 100_000);
  return {
    columns,
    random: random as JudgeReadersOptions['random'],
    ...(positive.length > 0 && { positive }),
    ...(confidenceIn !== '' && { confidenceIn: confidenceIn as JudgeReadersOptions['confidenceIn'] }),
    ...(together !== '' && { together: together as JudgeReadersOptions['together'] }),
    ...(direction !== '' && { direction: direction as JudgeReadersOptions['direction'] }),
    ...(session.trim() !== '' && { session: session.trim() }),
    ...(answerFrom !== undefined && { answerFrom }),
    ...(modelFrom !== undefined && { modelFrom }),
    ...(resamples !== undefined && { resamples }),
  };
}

function readAnyNumber(what: string, text: string): number | undefined {
  const [least, most] = [-Number.MAX_VALUE, Number.MAX_VALUE];
  if (text.trim() !== '' && !Number.isFinite(Number(text.trim().replace(',', '.'))))
    throw usageError('bad-number', `For ${what} expected a number, found "${text}".`);
  return readNumber(what, text, least, most);
}
