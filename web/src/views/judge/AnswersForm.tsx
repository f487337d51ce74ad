import { type FormEvent, useState } from 'react';
import { receiveError } from '../../../../src/postedError.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import type { GivenFile, Roles } from '../../judge/givenFiles.js';
import { judgeCalls } from '../../judge/judgeSession.js';
import type { AnswerSource } from '../../judge/judgeWorker.js';
import { ClassFields } from './ClassFields.js';
import { EstimateFields } from './EstimateFields.js';
import { CheckField, SelectField } from './FormFields.js';
import { emptyFields, estimateChoices, fieldChoices, type JudgeFields, tableChoices } from './judgeFields.js';
import { keepRun } from './keepRun.js';
import { useLook } from './useLook.js';

export interface AnswersFormProps {
  readonly roles: Roles;
  /** The table of answers. */
  readonly file: GivenFile;
  /** Name of the table of answers to calibrate on. */
  readonly calibration: string | undefined;
}

/** How a table of answers is read: guessed, said in words, and to be said otherwise. Then it is judged. */
export function AnswersForm({ roles, file, calibration }: AnswersFormProps) {
  const [fields, setFields] = useState<JudgeFields>(() => emptyFields(calibration));
  const change = (some: Partial<JudgeFields>) => setFields((before) => ({ ...before, ...some }));
  const source: AnswerSource = { kind: 'table', key: file.key, choices: tableChoices(fields) };
  const { looked, error, looking } = useLook(roles, source, fields);
  const task = useTask();
  const { truth, reading, problem } = looked ?? {};
  const columns = file.columns ?? [];
  const outputs = columns.filter((name) => name !== reading?.table?.idColumn && name !== fields.idColumn);
  const asksDirection = problem?.known?.code === 'score-direction' || fields.direction !== '';
  const isScore = reading?.isScore ?? (fields.scoreColumn !== '' || problem?.known?.code === 'no-positive');
  const judge = (event: FormEvent) => {
    event.preventDefault();
    task.run(async (options) => {
      const choices = estimateChoices(fields);
      keepRun(await judgeCalls().call('judge', { roles, source, choices }, options));
    });
  };
  return (
    <form className="judge-form" onSubmit={judge} noValidate>
      <h2>How {file.name} is read</h2>
      {error !== undefined && <Problem error={error} />}
      {problem && <Problem error={receiveError(problem)} />}
      {looked === undefined && error === undefined && <ProgressBar label="Reading the tables" />}
      {reading && (
        <ul className="judge-words" aria-busy={looking}>
          {reading.words.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
      {asksDirection && (
        <SelectField
          label="Which way the score points"
          value={fields.direction}
          options={fieldChoices.direction}
          onChange={(direction) => change({ direction })}
        />
      )}
      {problem?.known?.code === 'not-a-number' && (
        <CheckField
          legend="Rows whose numbers can’t be read"
          options={[['exclude', 'count them as without an answer']]}
          chosen={fields.excludeUnusable ? ['exclude'] : []}
          onChange={(chosen) => change({ excludeUnusable: chosen.length > 0 })}
        />
      )}
      {truth && isScore && (
        <CheckField
          legend="The score is high for"
          options={truth.classes.map(({ id, name }) => [id, id === name ? id : `${id} (${name})`])}
          chosen={fields.positive ?? reading?.positive ?? []}
          onChange={(positive) => change({ positive })}
        />
      )}
      <details open={problem !== undefined}>
        <summary>Columns and numbers: is that right?</summary>
        <div className="judge-fields">
          <SelectField
            label="Column of the images’ ids"
            value={fields.idColumn}
            options={[
              ['', reading?.table ? `as guessed: ${reading.table.idColumn || '(without a name)'}` : 'as it looks'],
              ...columns.map((name) => [name, name] as const),
            ]}
            onChange={(idColumn) => change({ idColumn })}
          />
          <SelectField
            label="One score in place of classes"
            value={fields.scoreColumn}
            options={[['', isScore ? 'as guessed' : 'no'], ...outputs.map((name) => [name, name] as const)]}
            onChange={(scoreColumn) => change({ scoreColumn, classOf: {} })}
          />
          <SelectField
            label="The numbers are"
            value={fields.values}
            options={fieldChoices.values.map(([value, words]) => [
              value,
              value === '' && reading?.table ? `as they look: ${reading.table.values}` : words,
            ])}
            onChange={(values) => change({ values })}
          />
        </div>
        {truth && !isScore && (
          <ClassFields
            outputs={outputs}
            noun="column"
            guessed={reading?.classOf ?? {}}
            chosen={fields.classOf}
            classes={truth.classes}
            countAs={fields.countAs}
            onClassOf={(classOf) => change({ classOf })}
            onCountAs={(countAs) => change({ countAs })}
          />
        )}
      </details>
      <h2>What is estimated</h2>
      <EstimateFields fields={fields} truth={truth} calibration={calibration} onChange={change} />
      {task.error !== undefined && <Problem error={task.error} />}
      {task.running ? (
        <ProgressBar label={task.report?.label ?? 'Judging'} />
      ) : (
        <p className="actions">
          <button type="submit" className="action" disabled={!reading || problem !== undefined}>
            Judge
          </button>
        </p>
      )}
    </form>
  );
}
