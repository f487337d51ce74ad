import type { TruthClass } from '../../judge/judgeWorker.js';

export interface ClassFieldsProps {
  /** Columns of a table, or outputs of a network. */
  readonly outputs: readonly string[];
  /** What outputs are called. */
  readonly noun: 'column' | 'output';
  /** By output the class that it is taken for; undefined where it is not used. */
  readonly guessed: Readonly<Record<string, string>>;
  /** What was chosen instead. */
  readonly chosen: Readonly<Record<string, string>>;
  readonly classes: readonly TruthClass[];
  readonly countAs: Readonly<Record<string, string>>;
  readonly onClassOf: (classOf: Readonly<Record<string, string>>) => void;
  readonly onCountAs: (countAs: Readonly<Record<string, string>>) => void;
}

const unused = '~unused';
const own = '~own';
const usual = '~usual';

/** Which class each output is of, and what classes of the truth count as that no output is for. */
export function ClassFields(props: ClassFieldsProps) {
  const { outputs, noun, guessed, chosen, classes, countAs, onClassOf, onCountAs } = props;
  const known = new Set(classes.map(({ id }) => id));
  const chosenFor = (output: string) => {
    const value = chosen[output] ?? guessed[output];
    if (value === undefined) return unused;
    return value === '' || known.has(value) ? value : own;
  };
  const choose = (output: string, value: string) => {
    const { [output]: _, ...others } = chosen;
    onClassOf(value === unused || value === own ? others : { ...others, [output]: value });
  };
  const covered = new Set(outputs.map(chosenFor));
  const without = classes.filter(({ id, images }) => images > 0 && (!covered.has(id) || countAs[id] !== undefined));
  const count = (id: string, value: string) => {
    const { [id]: _, ...others } = countAs;
    onCountAs(value === usual ? others : { ...others, [id]: value });
  };
  const used = outputs.filter((output) => chosenFor(output) !== unused);
  const rest = outputs.filter((output) => chosenFor(output) === unused);
  const row = (output: string) => (
    <tr key={output}>
      <th scope="row">{output === '' ? '(without a name)' : output}</th>
      <td>
        <select
          aria-label={`Class of the ${noun} ${output}`}
          value={chosenFor(output)}
          onChange={({ currentTarget }) => choose(output, currentTarget.value)}
        >
          {(guessed[output] === undefined || chosen[output] !== undefined) && (
            <option value={unused}>{guessed[output] === undefined ? 'not used' : 'as guessed'}</option>
          )}
          {chosenFor(output) === own && <option value={own}>a class that the truth does not have</option>}
          {classes.map(({ id, name }) => (
            <option key={id} value={id}>
              {id === name ? id : `${id} (${name})`}
            </option>
          ))}
          <option value="">left out: the others are divided by their sum</option>
        </select>
      </td>
    </tr>
  );
  return (
    <>
      <div className="scroll">
        <table className="judge-classes">
          <caption>
            <span>Which class each {noun} speaks for. Several of one class are added up.</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">{noun === 'column' ? 'Column' : 'Output'}</th>
              <th scope="col">Class of the truth</th>
            </tr>
          </thead>
          <tbody>{(used.length > 0 ? used : rest).map(row)}</tbody>
        </table>
      </div>
      {used.length > 0 && rest.length > 0 && (
        <details>
          <summary>
            {rest.length} more {rest.length === 1 ? noun : `${noun}s`}, not used
          </summary>
          <table className="judge-classes">
            <tbody>{rest.map(row)}</tbody>
          </table>
        </details>
      )}
      {without.length > 0 && (
        <div className="scroll">
          <table className="judge-classes">
            <caption>
              <span>Classes of the truth that no {noun} is for.</span>
            </caption>
            <thead>
              <tr>
                <th scope="col">Class</th>
                <th scope="col" className="number">
                  Images
                </th>
                <th scope="col">What they count as</th>
              </tr>
            </thead>
            <tbody>
              {without.map(({ id, name, images }) => (
                <tr key={id}>
                  <th scope="row">{id === name ? id : `${id} (${name})`}</th>
                  <td className="number">{images.toLocaleString('en-US')}</td>
                  <td>
                    <select
                      aria-label={`What images of ${id} count as`}
                      value={countAs[id] ?? usual}
                      onChange={({ currentTarget }) => count(id, currentTarget.value)}
                    >
                      <option value={usual}>not said</option>
                      <option value="">their images are left out</option>
                      {[...covered]
                        .filter((value) => known.has(value))
                        .map((value) => (
                          <option key={value} value={value}>
                            {value}
                          </option>
                        ))}
                    </select>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
