import { useState } from 'react';
import type { RunList } from '../../../../src/report/runSummary.js';
import { findLocalServer } from '../../browser/localServer.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { exampleRuns } from '../../runs/exampleRuns.js';
import { folderRuns, openRunsOnDisk } from '../../runs/folderRuns.js';
import { judgedRuns } from '../../runs/judgedRuns.js';
import { pollMilliseconds } from '../../runs/pollMilliseconds.js';
import { serverRuns } from '../../runs/serverRuns.js';
import { RunTable } from './RunTable.js';

/** Runs of the studio's server; null where there is none. */
async function listLocal() {
  return (await findLocalServer()) ? { list: await serverRuns.list() } : { list: null };
}

/** All runs that can be looked at. */
export function RunListPage() {
  const [openings, setOpenings] = useState(0);
  const local = useLoaded('runs of the server', listLocal, (last) =>
    last && !last.list
      ? null
      : pollMilliseconds[last?.list?.runs.some(({ state }) => state === 'training') ? 'training' : 'over'],
  );
  const disk = useLoaded(`runs on disk ${openings}`, () => folderRuns.list());
  // Among runs of one's own it would only be in the way.
  const alone = local.value !== undefined && !local.value.list?.runs.length;
  const judged = useLoaded('judged here', () => judgedRuns.list());
  const example = useLoaded(`example ${alone}`, async () => (alone ? await exampleRuns.list() : null));
  const runs = [judged.value, local.value?.list, disk.value, example.value].flatMap((list) => list?.runs ?? []);
  return (
    <>
      <h1>Runs</h1>
      <p className="lead">
        A run is one training with all that came of it. Open one to see how it learned, what it gets right and wrong,
        and the images behind every number; choose two or more to compare them.
      </p>
      {[judged, local, disk, example].map(
        ({ error }) => error !== undefined && <Problem key={String(error)} error={error} />,
      )}
      {!local.value && local.error === undefined && <ProgressBar label="Looking for runs" />}
      {local.value && <Where list={local.value.list} />}
      {local.value?.list?.problems.map(({ id, message, hint }) => (
        <Problem key={id} error={{ message: `The run ${id} cannot be shown. ${message}`, hint }} />
      ))}
      {runs.length > 0 && <RunTable runs={runs} />}
      {local.value?.list?.ablations && <Ablations ids={local.value.list.ablations} />}
      {local.value && <OpenFolder onOpened={() => setOpenings(openings + 1)} />}
    </>
  );
}

function Where({ list }: { readonly list: RunList | null }) {
  if (!list)
    return (
      <p className="aside">
        This page is not served by <code>lesionlab studio</code>, so it cannot list the runs of your machine. The
        example below is a small network that was trained on synthetic images: its numbers say nothing about real skin.
      </p>
    );
  if (list.runs.length === 0)
    return (
      <p className="aside">
        There is no run in <code>{list.folder}</code> yet. <code>lesionlab demo</code> makes one in a few minutes, on
        synthetic images; <code>lesionlab train &lt;data&gt; --run {list.folder}/first</code> trains on your data. A
        training is shown here while it runs.
      </p>
    );
  return (
    <p className="muted small">
      Runs in <code>{list.folder}</code>.
    </p>
  );
}

/** Pages that say which changes of a recipe help. */
function Ablations({ ids }: { readonly ids: readonly string[] }) {
  return (
    <p>
      Ablations:{' '}
      {ids.map((id, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <a href={`api/ablations/${encodeURIComponent(id)}`} target="_blank" rel="noreferrer">
            {id}
          </a>
        </span>
      ))}{' '}
      <span className="muted small">(what helps, on validation images)</span>
    </p>
  );
}

/** A folder that the reader opens is read in place by this page. */
function OpenFolder({ onOpened }: { readonly onOpened: () => void }) {
  const [error, setError] = useState<unknown>();
  const open = async (files: FileList | null) => {
    if (!files || files.length === 0) return;
    const found = await openRunsOnDisk(files);
    setError(
      found > 0
        ? undefined
        : {
            message: 'There is no run in this folder: no config.json that lesionlab wrote.',
            hint: 'Open the folder that `lesionlab run <data> --run <folder>` wrote, or one with such folders in it.',
          },
    );
    onOpened();
  };
  return (
    <div className="open-folder">
      <label>
        <span>Open a run folder from disk (the browser reads it here; nothing is sent anywhere)</span>
        <input
          type="file"
          multiple
          // React knows the attribute by this name only.
          ref={(input) => input?.setAttribute('webkitdirectory', '')}
          onChange={({ target }) => open(target.files)}
        />
      </label>
      {error !== undefined && <Problem error={error} />}
    </div>
  );
}
