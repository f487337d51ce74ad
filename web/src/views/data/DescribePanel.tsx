import './describe.css';
import { useId, useState } from 'react';
import { descriptionShape } from '../../../../src/data/description/descriptionKeys.js';
import type { DatasetDescription } from '../../../../src/data/description/descriptionSchema.js';
import { formatDescription } from '../../../../src/data/description/formatDescription.js';
import { readDescription } from '../../../../src/data/description/readDescription.js';
import { changeClass, changeMalignant, changeRole } from '../../../../src/data/proposal/changeDescription.js';
import type { DatasetProposal, ProposalTrial } from '../../../../src/data/proposal/datasetProposal.js';
import { formatCount } from '../../../../src/report/format.js';
import { saveFile } from '../../browser/saveFile.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { datasetCalls, openData } from '../../dataset/datasetSession.js';
import type { Subject } from '../../dataset/datasetWorker.js';
import { ColumnTable } from './ColumnTable.js';
import { SchemaFields } from './SchemaFields.js';

/** What the files that were chosen seem to be, to be corrected, saved as dataset.yaml, or used at once. */
export function DescribePanel({
  subject,
  proposal,
  onClose,
}: {
  /** Whose files are described. */
  readonly subject: Subject;
  readonly proposal: DatasetProposal;
  readonly onClose: () => void;
}) {
  const task = useTask();
  const [description, setDescription] = useState(proposal.description);
  const [text, setText] = useState(proposal.text ?? '');
  const [trial, setTrial] = useState(proposal.trial);
  /** What the trial was of: what was changed since may read otherwise. */
  const [tried, setTried] = useState(proposal.text ?? '');
  const id = useId();
  const tryText = (next: string) =>
    task.run(async (options) => {
      setTrial(await datasetCalls().call('tryDescription', { subject, text: next }, options));
      setTried(next);
    });
  /** The fields show what is written, as far as it is a description. */
  const takeText = () => {
    try {
      setDescription(readDescription(text).description);
    } catch {
      // Trying it says what is wrong.
    }
    tryText(text);
  };
  const change = (next: DatasetDescription) => {
    const written = formatDescription(next, ['Made in the studio of lesionlab. docs/own-data.md has every key.']);
    setDescription(next);
    setText(written);
    tryText(written);
  };
  const { readAs, nearest, questions, columns } = proposal;
  const reads = text === tried && trial !== undefined && !('problem' in trial);
  return (
    <section aria-labelledby={`${id}-heading`} className="describe">
      <h2 id={`${id}-heading`}>What this data seems to be</h2>
      {readAs && <p>It is read as {readAs.name} without a description.</p>}
      {nearest && (
        <p>
          It is no dataset that is known. Nearest is {nearest.name}, for which {nearest.missing.join(', ')}{' '}
          {nearest.missing.length === 1 ? 'is' : 'are'} missing.
        </p>
      )}
      {questions.length > 0 && (
        <>
          <h3>To be answered by somebody who knows the data</h3>
          <ul>
            {questions.map((question) => (
              <li key={question}>{question}</li>
            ))}
          </ul>
        </>
      )}
      {!description && (
        <p>
          Nothing in it says a diagnosis that could be found. Say under “Every setting” what does: a column, columns of
          0 and 1, or the folders.
        </p>
      )}
      {description && columns.length > 0 && (
        <ColumnTable
          columns={columns}
          description={description}
          onRole={(column, role) => change(changeRole(description, column.column, role, column.values))}
        />
      )}
      {description?.label.map && (
        <Classes
          description={description}
          onClass={(word, to) => change(changeClass(description, word, to))}
          onMalignant={(one, malignant) => change(changeMalignant(description, one, malignant))}
        />
      )}
      <details>
        <summary>Every setting: tables and how they join, images, filters, missing marks, splits, names</summary>
        <p className="small muted">What is left empty is left out. Each change is tried at once.</p>
        <SchemaFields
          schema={descriptionShape}
          value={description ?? {}}
          onChange={(next) => change(next as DatasetDescription)}
          columns={columns.map(({ column }) => column)}
        />
      </details>
      {description && (
        <details>
          <summary>As a file, dataset.yaml</summary>
          <p>
            <label htmlFor={`${id}-text`}>Every key is in docs/own-data.md. What is written here counts.</label>
          </p>
          <textarea
            id={`${id}-text`}
            className="description"
            rows={24}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <p className="actions">
            <button type="button" className="plain" onClick={takeText}>
              Try what is written
            </button>
          </p>
        </details>
      )}
      <div className="trial" aria-live="polite">
        {trial && <Trial trial={trial} />}
      </div>
      {task.error !== undefined && <Problem error={task.error} />}
      <p className="actions">
        {description && (
          <>
            <button
              type="button"
              className="action"
              disabled={task.running || !reads}
              onClick={() => task.run((options) => openData('openDescribed', { subject, text }, options))}
            >
              Use it
            </button>
            <button type="button" className="plain" onClick={() => saveFile('dataset.yaml', text, 'application/yaml')}>
              Save dataset.yaml
            </button>
          </>
        )}
        <button type="button" className="plain" onClick={onClose}>
          Close
        </button>
      </p>
      {description && (
        <p className="small muted">
          Put dataset.yaml into the folder of the data: this page and every command then read it so.
        </p>
      )}
    </section>
  );
}

function Trial({ trial }: { readonly trial: ProposalTrial }) {
  if ('problem' in trial)
    return (
      <div className="problem">
        <p>
          <strong>Read so, it fails: {trial.problem}</strong>
        </p>
        {trial.hint && <p>{trial.hint}</p>}
      </div>
    );
  const { images, missing, patients, lesions, classes, splits } = trial;
  const groups = [
    patients === undefined ? undefined : `${formatCount(patients)} patients`,
    lesions === undefined ? undefined : `${formatCount(lesions)} lesions`,
  ].filter((group) => group !== undefined);
  const split = Object.entries(splits).map(([name, count]) => `${name} ${formatCount(count)}`);
  return (
    <p>
      <strong>
        Read so, it has {formatCount(images)} images{groups.length > 0 && ` of ${groups.join(' and ')}`}
        {missing > 0 && `; ${formatCount(missing)} more are missing`}
      </strong>
      : {classes.map(({ id, images: count }) => `${id} ${formatCount(count)}`).join(', ')}.
      {split.length > 0 && ` A split of its own: ${split.join(', ')}.`}
    </p>
  );
}

interface ClassesProps {
  readonly description: DatasetDescription;
  readonly onClass: (word: string, id: string) => void;
  readonly onMalignant: (id: string, malignant: boolean) => void;
}

function Classes({ description, onClass, onMalignant }: ClassesProps) {
  const { map = {} } = description.label;
  const malignantOf = (id: string) => description.classes?.find((info) => info.id === id)?.malignant;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens
    <section className="scroll" aria-label="Diagnoses and classes" tabIndex={0}>
      <table>
        <caption>
          <span>What stands in the data, and the class that it is. Without a class its images are left out.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">In the data</th>
            <th scope="col">Class</th>
            <th scope="col">Malignant</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(map).map(([word, id]) => (
            <tr key={word}>
              <th scope="row">{word}</th>
              <td>
                <input
                  aria-label={`Class of ${word}`}
                  defaultValue={id}
                  onBlur={(event) => event.target.value.trim() !== id && onClass(word, event.target.value.trim())}
                />
              </td>
              <td>
                <select
                  aria-label={`Is ${id} (${word}) malignant?`}
                  value={String(malignantOf(id) ?? '')}
                  onChange={(event) => onMalignant(id, event.target.value === 'true')}
                >
                  {malignantOf(id) === undefined && <option value="">not told</option>}
                  <option value="true">yes</option>
                  <option value="false">no</option>
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
