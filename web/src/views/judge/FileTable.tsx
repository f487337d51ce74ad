import { receiveError } from '../../../../src/postedError.js';
import { Problem } from '../../components/Problem.js';
import { type FileRole, fileRoles, roleWords } from '../../judge/fileRoles.js';
import type { GivenFile } from '../../judge/givenFiles.js';

export interface FileTableProps {
  readonly given: readonly GivenFile[];
  readonly roles: Readonly<Record<string, FileRole>>;
  /** Names of networks among the files. */
  readonly networks: readonly string[];
  readonly onRole: (key: string, role: FileRole) => void;
}

/** What was given, and what each is for: guessed, and to be said otherwise. */
export function FileTable({ given, roles, networks, onRole }: FileTableProps) {
  const problems = given.flatMap(({ key, problem }) => (problem ? [{ key, problem }] : []));
  return (
    <>
      <div className="scroll">
        <table className="judge-files">
          <caption>
            <span>What the files seem to be. Say otherwise where that is wrong.</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">What it is</th>
              <th scope="col">What is in it</th>
            </tr>
          </thead>
          <tbody>
            {networks.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>A network</td>
                <td>to be asked about the images</td>
              </tr>
            ))}
            {given.map(({ key, name, about, problem }) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                <td>
                  <select
                    aria-label={`What ${name} is`}
                    value={roles[key] ?? 'unused'}
                    disabled={problem !== undefined}
                    onChange={({ currentTarget }) => onRole(key, currentTarget.value as FileRole)}
                  >
                    {fileRoles
                      .filter(
                        (role) => key !== 'dataset' || role === 'truth' || role === 'learned' || role === 'unused',
                      )
                      .map((role) => (
                        <option key={role} value={role}>
                          {key === 'dataset' && role === 'unused' ? 'Images alone, or not used' : roleWords[role]}
                        </option>
                      ))}
                  </select>
                </td>
                <td className="small">{about}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {problems.map(({ key, problem }) => (
        <Problem key={key} error={receiveError(problem)} />
      ))}
    </>
  );
}
