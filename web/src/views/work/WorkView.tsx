import { useState } from 'react';
import { Link } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { findLocalServer } from '../../browser/localServer.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { useWork } from '../../work/useWork.js';
import { shownName } from '../../work/workWords.js';
import { NewWork } from './NewWork.js';
import { PlanPage } from './PlanPage.js';
import { WorkList } from './WorkList.js';
import { parseWorkAddress, workAddress } from './workAddress.js';
import '../../components/forms.css';
import '../judge/judge.css';
import '../runs/runs.css';
import '../train/train.css';
import './work.css';

/** Work that this machine does for the page: what waits, runs and is done, and forms to begin more. */
export default function WorkView() {
  const server = useLoaded('server', findLocalServer);
  if (server.value?.work) return <OfferedWork />;
  return (
    <>
      <h1>Work</h1>
      {server.value === undefined && server.error === undefined ? (
        <p className="muted">Asking the server…</p>
      ) : (
        <p className="aside">
          This page may not start work. <code>lesionlab studio runs --work HAM10000</code> serves one that may: on the
          datasets that it names, with results in the folder of runs. Open the address that it prints.
        </p>
      )}
    </>
  );
}

function OfferedWork() {
  const [address] = useHashLocation();
  const [changes, setChanges] = useState(0);
  // What was begun by a form is asked for at once.
  const { value: work, error, fresh } = useWork(`${changes} ${address}`);
  const place = parseWorkAddress(address);
  const onChanged = () => setChanges(changes + 1);
  const plan = place.at === 'plan' ? work?.plans.find(({ name }) => name === place.name) : undefined;
  return (
    <>
      {place.at !== 'list' && (
        <p className="small back">
          <Link href={workAddress({ at: 'list' })}>All work</Link>
        </p>
      )}
      <h1>{place.at === 'plan' ? shownName(place.name) : place.at === 'new' ? titles[place.kind] : 'Work'}</h1>
      {error !== undefined && <Problem error={error} />}
      {!work && error === undefined && <ProgressBar label="Asking what there is to do" />}
      {work && place.at === 'list' && <WorkList work={work} onChanged={onChanged} />}
      {work && place.at === 'new' && <NewWork key={address} kind={place.kind} run={place.run} work={work} />}
      {work && place.at === 'plan' && plan && <PlanPage plan={plan} onChanged={onChanged} />}
      {place.at === 'plan' && !plan && work && !fresh && error === undefined && (
        <ProgressBar label="Asking how it stands" />
      )}
      {fresh && place.at === 'plan' && !plan && (
        <p className="absent">There is no such work any more: it was removed, or its folder was moved.</p>
      )}
    </>
  );
}

const titles = {
  train: 'Train a network',
  evaluate: 'Evaluate a run',
  export: 'Export a model',
  predict: 'Ask a model about images',
  judge: 'Judge somebody’s predictions',
} as const;
