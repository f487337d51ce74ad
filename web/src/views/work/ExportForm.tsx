import { useState } from 'react';
import { usageError } from '../../../../src/errors.js';
import { planExport, planName, runPath } from '../../work/workPlans.js';
import { isBusy } from './formParts.js';
import type { WorkFormProps } from './NewWork.js';
import { RunField } from './RunField.js';
import { StartForm } from './StartForm.js';

/** Which run's network is written as a file. */
export function ExportForm({ work, run: first = '' }: WorkFormProps) {
  const [run, setRun] = useState(first);
  const read = () => {
    if (run === '') throw usageError('no-run', 'Choose the network that is exported.');
    return { name: planName(run, 'export'), plan: planExport(runPath(run)) };
  };
  return (
    <StartForm words="Export" queued={isBusy(work)} read={read}>
      <p className="intro">
        The network becomes one ONNX file, model.onnx in the folder of its run, which other programs run without
        lesionlab. How images are prepared for it, and what its answers are called, stands in the file.
      </p>
      <div className="judge-fields">
        <RunField value={run} onChange={setRun} />
      </div>
    </StartForm>
  );
}
