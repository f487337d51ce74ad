import { judgedRunTexts } from '../../judge/judgedRunTexts.js';
import { changeJudging } from '../../judge/judgeSession.js';
import type { JudgedInPage } from '../../judge/judgeWorker.js';
import { keepJudgedRun } from '../../runs/judgedRuns.js';

/** Makes a judgement one of the page's runs, with its report. */
export function keepRun(run: JudgedInPage): void {
  const texts = judgedRunTexts(run);
  const name = folderName(run.config.model.id);
  changeJudging({ result: { kind: 'run', id: keepJudgedRun(name, texts), name, texts } });
}

/** What a folder may be called on every system. */
const folderName = (name: string): string => `judged-${name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 80)}`;
