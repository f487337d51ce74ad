import { useEffect, useRef } from 'react';
import { purposeNotice } from '../../../../src/report/page.js';
import type { PickedFile } from '../../browser/pickedFiles.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import type { FileRole } from '../../judge/fileRoles.js';
import type { Roles } from '../../judge/givenFiles.js';
import { changeJudging, forgetFiles, giveFiles, type JudgeSession, useJudging } from '../../judge/judgeSession.js';
import { AnswersForm } from './AnswersForm.js';
import { FileTable } from './FileTable.js';
import { GiveFiles } from './GiveFiles.js';
import { JudgeResult } from './JudgeResult.js';
import { NetworkForm } from './NetworkForm.js';
import { ReadersForm } from './ReadersForm.js';
import '../../components/forms.css';
import './judge.css';
import '../runs/runs.css';

/** Anybody's answers, a network or readers, judged against what is true: all of it in this page. */
export default function JudgeView() {
  const session = useJudging();
  const task = useTask();
  const result = useRef<HTMLDivElement>(null);
  const take = (files: Promise<readonly PickedFile[]> | readonly PickedFile[]) =>
    task.run(async (options) => {
      const more = await files;
      if (more.length > 0) await giveFiles(more, options);
    });
  useEffect(() => {
    if (session.result) result.current?.scrollIntoView({ block: 'start' });
  }, [session.result]);
  const { picked, given, roles } = session;
  const networks = networksOf(picked);
  return (
    <>
      <h1>Judge</h1>
      <p className="lead">
        Whatever a model was made with, and whoever the readers are: their answers, put beside what is true, with
        intervals and with what these numbers rest on. Nothing is sent anywhere. {purposeNotice}
      </p>
      <GiveFiles title={picked.length > 0 ? 'Add files' : 'Whose answers, and what is true?'} onFiles={take}>
        <p>
          Drop a table of predictions (an id, and one column a class or one score) and a table of the truth
          (id,label[,lesion,patient]), a split file or a dataset. A second table of predictions, of other images, is
          there to calibrate on. In place of predictions: an ONNX file with the folder or zips of images, or a table of
          what readers said (reader,image_id,answer[,confidence,condition]).
        </p>
      </GiveFiles>
      {task.running && <ProgressBar label={task.report?.label ?? 'Reading the files'} {...task.report} />}
      {task.error !== undefined && <Problem error={task.error} />}
      {picked.length > 0 && (
        <>
          <FileTable
            given={given}
            roles={roles}
            networks={networks}
            onRole={(key, role) => changeJudging({ roles: { ...roles, [key]: role }, result: undefined })}
          />
          <p className="actions">
            <button type="button" className="plain" onClick={forgetFiles}>
              Begin anew with other files
            </button>
          </p>
          <JudgeForm session={session} />
        </>
      )}
      <div ref={result}>{session.result && <JudgeResult result={session.result} />}</div>
    </>
  );
}

/** Roles of which each may be given once. */
const meaning = ['answers', 'readers', 'truth', 'learned', 'expected', 'calibration'] as const;

/** The form for what was given, or what is missing. */
function JudgeForm({ session: { picked, given, roles, generation } }: { readonly session: JudgeSession }) {
  const of = (role: FileRole) => given.filter(({ key }) => roles[key] === role);
  const several = meaning.find((role) => of(role).length > 1);
  if (several)
    return (
      <Problem
        error={{
          message: `${of(several)
            .map(({ name }) => name)
            .join(' and ')} are meant for the same.`,
          hint: 'Say above which of them counts, and that the others are not used.',
        }}
      />
    );
  const [answers, readers, truth, learned, expected, calibration] = meaning.map((role) => of(role).at(0));
  const meant: Roles = {
    answers: answers?.key,
    readers: readers?.key,
    truth: truth?.key,
    learned: learned?.key,
    expected: expected?.key,
    calibration: calibration?.key,
  };
  const key = `${generation} ${JSON.stringify(meant)}`;
  if (readers) return <ReadersForm key={key} roles={meant} file={readers} />;
  if (!truth) return <Wanted what="Nothing says yet what is true: add a table of ids and diagnoses, or a dataset." />;
  if (answers) return <AnswersForm key={key} roles={meant} file={answers} calibration={calibration?.name} />;
  if (networksOf(picked).length > 0)
    return <NetworkForm key={key} roles={meant} picked={picked} calibration={calibration?.name} />;
  return <Wanted what="Nothing is to be judged yet: add a table of predictions, an ONNX file, or what readers said." />;
}

const networksOf = (picked: readonly PickedFile[]): string[] =>
  picked.flatMap(({ folders, file }) => (folders.length === 0 && /\.onnx$/i.test(file.name) ? [file.name] : []));

function Wanted({ what }: { readonly what: string }) {
  return <p className="aside">{what}</p>;
}
