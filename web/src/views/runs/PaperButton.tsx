import { useState } from 'react';
import { saveFile } from '../../browser/saveFile.js';
import { Problem } from '../../components/Problem.js';
import { runName } from '../../runs/runSources.js';
import type { RunNow } from './useRun.js';

/** Saves what goes into a paper about a run: methods, tables, figures, checklists, the split to cite. */
export function PaperButton({ id, run }: { readonly id: string; readonly run: RunNow }) {
  const [state, setState] = useState<'ready' | 'packing' | { readonly error: unknown }>('ready');
  const save = async () => {
    setState('packing');
    try {
      const { packPaper } = await import('../../runs/packPaper.js');
      saveFile(`${runName(id).replace(/[^\w.-]+/g, '-')}-paper.zip`, await packPaper(id, run));
      setState('ready');
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <>
      <p className="actions">
        <button type="button" className="plain" disabled={state === 'packing'} onClick={save}>
          {state === 'packing' ? 'Writing…' : 'For a paper (zip)'}
        </button>
      </p>
      {typeof state === 'object' && <Problem error={state.error} />}
    </>
  );
}
