import type { DatasetDescription } from '../../../../src/data/description/descriptionSchema.js';
import { type ColumnRole, columnRoles, roleInDescription } from '../../../../src/data/proposal/changeDescription.js';
import type { ColumnBelief } from '../../../../src/data/proposal/columnBeliefs.js';

const words: Readonly<Record<ColumnRole, string>> = {
  image: 'the image',
  label: 'the diagnosis',
  patient: 'the patient',
  lesion: 'the lesion',
  age: 'the age',
  sex: 'the sex',
  site: 'the place on the body',
  confirmed: 'how it was diagnosed',
  weight: 'a weight of a score',
  split: 'a split of the data',
  input: 'an input',
  subgroup: 'a group of patients',
  never: 'never an input',
  join: 'what joins the tables',
  'left out': 'left out',
};

interface ColumnTableProps {
  readonly columns: readonly ColumnBelief[];
  readonly description: DatasetDescription;
  readonly onRole: (column: ColumnBelief, role: ColumnRole) => void;
}

/** Every column with what it is believed to be, why, and a way to say otherwise. */
export function ColumnTable({ columns, description, onRole }: ColumnTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on narrow screens
    <section className="scroll" aria-label="Columns" tabIndex={0}>
      <table className="columns">
        <caption>
          <span>The columns, and what each is believed to be.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">It is</th>
            <th scope="col">Because</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => {
            const role = roleInDescription(description, column.column);
            return (
              <tr key={column.column}>
                <th scope="row">
                  {column.column}
                  {column.tells && <span className="tells"> gives the answer away</span>}
                </th>
                <td>
                  <select
                    aria-label={`What ${column.column} is`}
                    value={role}
                    onChange={(event) => onRole(column, event.target.value as ColumnRole)}
                  >
                    {(role === 'join' ? ['join' as const, ...columnRoles] : columnRoles).map((one) => (
                      <option key={one} value={one}>
                        {words[one]}
                      </option>
                    ))}
                  </select>
                </td>
                <td className="small">{column.because}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
