import { useId, useState } from 'react';
import type { WorkPlace } from '../../../../src/jobs/work.js';
import { formatCountOf } from '../../../../src/report/format.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Dialog } from '../../components/Dialog.js';
import { Problem } from '../../components/Problem.js';
import { formatBytes } from '../../work/formatBytes.js';
import { workServer } from '../../work/workServer.js';

export interface PlaceFieldProps {
  readonly label: string;
  readonly about?: string;
  /** Where one begins to look. */
  readonly places: readonly WorkPlace[];
  /** Paths that can be chosen at once, with their words. */
  readonly offered: readonly (readonly [path: string, words: string])[];
  /** As plans name it; empty for none. */
  readonly value: string;
  readonly onChange: (path: string) => void;
  /** What may be chosen. */
  readonly wants: 'folder' | 'file' | 'either';
  /** Of files, in lower case; all where left out. */
  readonly endings?: readonly string[];
}

/** A folder or a file among those that the studio was given: one of those offered, or one that is looked for. */
export function PlaceField(props: PlaceFieldProps) {
  const { label, about, offered, value, onChange } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const known = offered.some(([path]) => path === value);
  return (
    <div className="judge-field">
      <label htmlFor={id}>{label}</label>
      <span className="place-choice">
        <select
          id={id}
          value={value}
          aria-describedby={about && `${id}-about`}
          onChange={({ target }) => onChange(target.value)}
        >
          {value === '' && !known && <option value="">nothing chosen yet</option>}
          {offered.map(([path, words]) => (
            <option key={path} value={path}>
              {words}
            </option>
          ))}
          {value !== '' && !known && <option value={value}>{value}</option>}
        </select>
        <button type="button" className="plain" aria-label={`Look for ${label}`} onClick={() => setOpen(true)}>
          Look…
        </button>
      </span>
      {value !== '' && !known && <span className="small">{value}</span>}
      {about && (
        <span className="small muted" id={`${id}-about`}>
          {about}
        </span>
      )}
      {open && (
        <PlaceDialog
          {...props}
          onClose={() => setOpen(false)}
          onChange={(path) => {
            setOpen(false);
            onChange(path);
          }}
        />
      )}
    </div>
  );
}

/** Walks through the folders that the studio was given. */
function PlaceDialog({
  label,
  places,
  onChange,
  onClose,
  wants,
  endings,
}: PlaceFieldProps & { readonly onClose: () => void }) {
  const [path, setPath] = useState('');
  const { value, error } = useLoaded(`${path} ${endings?.join()}`, async () =>
    path === '' ? null : await workServer.files(path, wants === 'folder' ? [] : endings),
  );
  const parts = path === '' ? [] : path.split('/');
  const entries =
    path === ''
      ? places.map(({ name, kind }) => ({ name, folder: kind !== 'file', bytes: undefined }))
      : (value?.entries ?? []);
  return (
    <Dialog label={label} className="place-dialog" onClose={onClose}>
      <nav aria-label="Where this is">
        <button type="button" className="link" onClick={() => setPath('')}>
          All that was named
        </button>
        {parts.map((part, i) => {
          const upTo = parts.slice(0, i + 1).join('/');
          return (
            <span key={upTo}>
              {' / '}
              <button
                type="button"
                className="link"
                aria-current={upTo === path ? 'true' : undefined}
                onClick={() => setPath(upTo)}
              >
                {part}
              </button>
            </span>
          );
        })}
      </nav>
      {error !== undefined && <Problem error={error} />}
      <ul className="place-entries">
        {entries.map(({ name, folder, bytes }) => {
          const own = path === '' ? name : `${path}/${name}`;
          const canBeChosen = folder ? wants !== 'file' : wants !== 'folder';
          return (
            <li key={name}>
              {folder ? (
                <button type="button" className="link" onClick={() => setPath(own)}>
                  <span aria-hidden="true">▸ </span>
                  {name}
                  <span className="unseen">, a folder: open it</span>
                </button>
              ) : (
                <span>{name}</span>
              )}
              {bytes !== undefined && <span className="muted small"> {formatBytes(bytes)}</span>}
              {canBeChosen && (
                <button type="button" className="plain" aria-label={`Choose ${name}`} onClick={() => onChange(own)}>
                  Choose
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {path !== '' && value && entries.length === 0 && (
        <p className="muted">{wants === 'folder' ? 'No folder lies in here.' : 'Nothing that fits lies in here.'}</p>
      )}
      {value && value.more > 0 && (
        <p className="muted">And {formatCountOf(value.more, 'more entry', 'more entries')}.</p>
      )}
      <p className="small muted">
        Only what was named when the studio was started can be chosen:{' '}
        <code>lesionlab studio --work &lt;folders&gt;</code>
      </p>
    </Dialog>
  );
}
