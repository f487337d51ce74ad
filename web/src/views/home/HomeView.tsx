import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { type ComputeDevice, findComputeDevice } from '../../../../src/browser/computeDevice.js';
import { purposeNotice } from '../../../../src/report/page.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { giveFiles } from '../../judge/judgeSession.js';
import { GiveFiles } from '../judge/GiveFiles.js';
import '../../components/forms.css';
import '../judge/judge.css';
import './home.css';

/** What the studio is, where each kind of reader begins, and what it must not be used for. */
export default function HomeView() {
  return (
    <>
      <h1>From images of skin lesions to a classifier that you can judge</h1>
      <p className="home-lead">
        lesionlab takes dermatoscopic images with a table to a trained network, an honest evaluation, heat maps and a
        report. This page teaches it, trains it, and looks at what came out, in your browser. No image leaves this
        machine.
      </p>
      <ul className="cards">
        <li>
          <h2>You want to understand</h2>
          <p>
            You have never trained a network. Begin with <Link href="/guide/01-data">the guide</Link>: eighteen short
            chapters with figures that answer when you change something. Then{' '}
            <Link href="/train">train a small network here</Link>.
          </p>
        </li>
        <li>
          <h2>You are a doctor</h2>
          <p>
            See what such a model can and cannot do: <Link href="/predict">give it an image</Link> and look at its
            probabilities and where it looked. Read <Link href="/guide/11-testing">what a test can show</Link> and{' '}
            <Link href="/guide/17-limits">what it must not be used for</Link>.
          </p>
        </li>
        <li>
          <h2>You do research</h2>
          <p>
            Look into <Link href="/runs">your runs</Link>: curves, confusion matrix, errors, intervals.{' '}
            <Link href="/data">Look at a dataset</Link> before you split it, and read{' '}
            <Link href="/guide/05-splits">how leakage flatters</Link>.
          </p>
        </li>
        <li>
          <h2>You have answers in hand</h2>
          <p>
            Of a model that somebody else made, or of doctors: <Link href="/judge">judge them</Link> by a table of
            predictions and one of the truth, by an ONNX file and its images, or by what readers said.
          </p>
        </li>
      </ul>
      <JudgeHere />
      <section className="problem home-limits" aria-labelledby="home-limits">
        <h2 id="home-limits">What it must not be used for</h2>
        <p>
          <strong>{purposeNotice}</strong> Nothing that it shows is a diagnosis, and nobody’s treatment may rest on it.
          A model knows the few kinds of lesions, cameras and people that it was trained on, and answers with one of its
          diagnoses whatever it is shown.
        </p>
      </section>
      <h2>What this browser has</h2>
      <ThisBrowser />
    </>
  );
}

/** Tables that are dropped here are judged. */
function JudgeHere() {
  const [, go] = useLocation();
  const task = useTask();
  return (
    <>
      <GiveFiles
        title="Judge anybody’s predictions"
        onFiles={(files) =>
          task.run(async (options) => {
            const picked = await files;
            if (picked.length === 0) return;
            await giveFiles(picked, options);
            go('/judge');
          })
        }
      >
        <p>
          Drop a table of predictions and one of the truth, or what readers said, and see the report. All in this
          browser: nothing is sent anywhere.
        </p>
      </GiveFiles>
      {task.running && <ProgressBar label={task.report?.label ?? 'Reading the files'} {...task.report} />}
      {task.error !== undefined && <Problem error={task.error} />}
    </>
  );
}

/** Where this page would compute. */
function ThisBrowser() {
  const [device, setDevice] = useState<ComputeDevice>();
  useEffect(() => {
    let shown = true;
    findComputeDevice().then((found) => shown && setDevice(found));
    return () => {
      shown = false;
    };
  }, []);
  const folders = 'showDirectoryPicker' in globalThis;
  return (
    <dl className="settings home-browser">
      <dt>Networks run on</dt>
      <dd>{device?.words ?? 'looking…'}</dd>
      <dt>Whole folders of images</dt>
      <dd>{folders ? 'can be opened' : 'are read through a file dialog; very large ones may take a while'}</dd>
      <dt>Long trainings</dt>
      <dd>
        belong into the terminal (<code>npx lesionlab run HAM10000 --run runs/first</code>), which uses all cores and
        goes on when this page is closed.
      </dd>
    </dl>
  );
}
