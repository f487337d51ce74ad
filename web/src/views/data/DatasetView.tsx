import '../../components/forms.css';
import './data.css';
import { useState } from 'react';
import { Link } from 'wouter';
import type { DatasetProposal } from '../../../../src/data/proposal/datasetProposal.js';
import { syntheticNotice } from '../../../../src/report/page.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { closeData, datasetCalls, useDataset } from '../../dataset/datasetSession.js';
import { AuditSection } from './AuditSection.js';
import { DatasetSummary } from './DatasetSummary.js';
import { DescribePanel } from './DescribePanel.js';
import { ExplorationSection } from './ExplorationSection.js';
import { ImageChoice } from './ImageChoice.js';
import { JoinSection } from './JoinSection.js';
import { LikenessSection } from './LikenessSection.js';
import { OpenPanel } from './OpenPanel.js';
import { SampleSection } from './SampleSection.js';
import { SaveSynthetic } from './SaveSynthetic.js';
import { SplitSection } from './SplitSection.js';

/** Opens datasets from the reader's disk, and shows what is in them. */
export default function DatasetView() {
  const { dataset, generation } = useDataset();
  const task = useTask();
  // What was proposed is of the data that was open then.
  const [made, setMade] = useState<{
    readonly proposal: DatasetProposal;
    readonly of: number;
    readonly part: number;
  }>();
  const described = made?.of === generation ? made : undefined;
  const propose = (part: number) =>
    task.run(async (options) => {
      setMade({ proposal: await datasetCalls().call('propose', part, options), of: generation, part });
    });
  return (
    <>
      <h1>Data</h1>
      {dataset === undefined ? (
        <>
          <p className="intro">
            Open a published dataset as you downloaded it, or any folder with a table of diagnoses, or one folder of
            images a diagnosis: see what is in it, what is missing, and how it is split for training. Files are read
            where they lie, zips without unpacking them; nothing is sent anywhere.
          </p>
          <OpenPanel />
        </>
      ) : (
        <div key={generation}>
          {dataset.exploration.dataset.synthetic && <p className="synthetic-note">{syntheticNotice}</p>}
          <DatasetSummary dataset={dataset} />
          <p className="actions">
            <Link className="button-link" href="/train">
              Train a network on it
            </Link>
            <button type="button" className="plain" onClick={closeData}>
              Open other data
            </button>
            {dataset.joined === null &&
              (dataset.exploration.dataset.synthetic ? (
                <SaveSynthetic />
              ) : (
                <button type="button" className="plain" onClick={() => propose(0)} disabled={task.running}>
                  Describe it otherwise
                </button>
              ))}
          </p>
          {task.error !== undefined && <Problem error={task.error} />}
          {described && (
            <DescribePanel
              key={described.part}
              subject={described.part}
              proposal={described.proposal}
              onClose={() => setMade(undefined)}
            />
          )}
          <AuditSection dataset={dataset} />
          <ImageChoice dataset={dataset} />
          <LikenessSection dataset={dataset} />
          <SampleSection exploration={dataset.exploration} />
          <ExplorationSection exploration={dataset.exploration} />
          <JoinSection dataset={dataset} onDescribe={propose} />
          <SplitSection dataset={dataset} />
        </div>
      )}
    </>
  );
}
