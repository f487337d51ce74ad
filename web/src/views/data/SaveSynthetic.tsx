import { saveFile } from '../../browser/saveFile.js';
import { useTask } from '../../browser/useTask.js';
import { Problem } from '../../components/Problem.js';
import { datasetCalls } from '../../dataset/datasetSession.js';

/** Hands out the images that the page painted, as the folder that the command line takes. */
export function SaveSynthetic() {
  const task = useTask();
  const save = () =>
    task.run(async (options) =>
      saveFile('synthetic-images.zip', await datasetCalls().call('saveImages', undefined, options)),
    );
  return (
    <>
      <button type="button" className="plain" onClick={save} disabled={task.running}>
        Save these images
      </button>
      {task.error !== undefined && <Problem error={task.error} />}
    </>
  );
}
