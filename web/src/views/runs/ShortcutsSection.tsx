import { useMemo } from 'react';
import type { ShortcutResult } from '../../../../src/explain/shortcuts/shortcutResult.js';
import { shortcutsFile } from '../../../../src/report/files/shortcutsFile.js';
import { describeLook } from '../../../../src/report/parts/shortcuts.js';
import type { ShownShortcuts } from '../../../../src/report/reportInput.js';
import { isJudged } from '../../../../src/training/recipe/ensembleConfig.js';
import { useLoaded } from '../../browser/useLoaded.js';
import { Problem } from '../../components/Problem.js';
import { ProgressBar } from '../../components/ProgressBar.js';
import { ReportHtml } from '../../components/ReportHtml.js';
import { parseJson } from '../../runs/runSource.js';
import { runName, sourceOf } from '../../runs/runSources.js';
import type { RunNow } from './useRun.js';

/** What remains of the answers when pictures are changed: the report's part, of each split that was looked at. */
export function ShortcutsSection({ id, run }: { readonly id: string; readonly run: RunNow }) {
  const { value, error } = useLoaded(id, () => readLooks(id));
  const html = useMemo(() => value?.map(describeLook).join('\n'), [value]);
  if (error !== undefined) return <Problem error={error} />;
  if (value === undefined) return <ProgressBar label="Reading what the answers rest on" />;
  return value.length > 0 ? <ReportHtml html={html!} /> : <NotLooked id={id} run={run} />;
}

/** How it is found out, where nobody did. */
function NotLooked({ id, run: { config } }: { readonly id: string; readonly run: RunNow }) {
  if (isJudged(config) && config.judged.kind === 'table')
    return (
      <p className="aside">
        What answers rest on is found out by changing pictures and asking again, and here is a table of answers alone.
        Where there is an ONNX file of this classifier, judge that.
      </p>
    );
  return (
    <p className="aside">
      Nobody has looked yet. With lesion masks,{' '}
      <code>
        lesionlab shortcuts {isJudged(config) ? `${config.judged.file} --data <folder> --run ` : ''}
        {runName(id)}
      </code>{' '}
      erases the lesion, leaves nothing but it, and draws rulers, ink and dark corners beside it, and says what remains
      of the answers.
    </p>
  );
}

async function readLooks(id: string): Promise<readonly ShownShortcuts[]> {
  const source = sourceOf(id);
  const looks: ShownShortcuts[] = [];
  for (const split of ['validation', 'test']) {
    const path = `evaluation/${split}/shortcuts.json`;
    const file = await source.read(id, path);
    if (!file) continue;
    const result = parseJson(shortcutsFile)(file.text, path) as unknown as ShortcutResult;
    looks.push({ result, picture: await loadPicture(source.pictureUrl(id, `evaluation/${split}/shortcuts.png`)) });
  }
  return looks;
}

/** A picture with its size; null where there is none, or it can't be shown. */
async function loadPicture(source: string | null): Promise<ShownShortcuts['picture']> {
  if (source === null) return null;
  const image = new Image();
  image.src = source;
  try {
    await image.decode();
    return { source, width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return null;
  }
}
