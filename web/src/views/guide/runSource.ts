/** A run whose files the guide's figures read, under the names of the run folder. */
export interface GuideRun {
  /** Empty for the example. */
  readonly id: string;
  readonly title: string;
  /** Address of one of its files, for example `metrics.jsonl`. */
  address(path: string): string;
}

/** The run that the page brings along: a LeNet, trained on synthetic images. */
export const exampleRun: GuideRun = {
  id: '',
  title: 'the example on synthetic images',
  address: (path) => `example/${path}`,
};

/** The runs that the local server offers. @throws where there is no such server */
export async function listLocalRuns(): Promise<GuideRun[]> {
  const { runs } = JSON.parse(await fetchText('api/runs')) as { runs: readonly { id: string }[] };
  return runs.map(({ id }) => ({
    id,
    title: id,
    address: (path) => `api/runs/${encodeURIComponent(id)}/files/${path}`,
  }));
}

/** Everything that was read, so that a figure that is drawn again does not wait. */
const readings = new Map<string, Promise<unknown>>();

/**
 * A file of a run, read once; a promise for React's `use`.
 * @param parse the same function each time
 * @throws LesionlabError's form where the run has no such file
 */
export function readRunFile<T>(run: GuideRun, path: string, parse: (text: string) => T): Promise<T> {
  const address = run.address(path);
  const known = readings.get(address) as Promise<T> | undefined;
  if (known) return known;
  const reading = fetchText(address).then(parse, (cause) => {
    throw {
      message: `The run has no ${path} that the page could read.`,
      hint: 'The step that writes it may not have been run yet. Take the example above the chapter instead.',
      details: [String((cause as Error).message)],
    };
  });
  readings.set(address, reading);
  return reading;
}

export const parseJson = (text: string): unknown => JSON.parse(text);

/** One object a line. */
export const parseJsonLines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as unknown);

async function fetchText(address: string): Promise<string> {
  const answer = await fetch(address);
  // A host that answers every address with its page has no such file either.
  if (!answer.ok || answer.headers.get('content-type')?.includes('text/html'))
    throw new Error(`${address}: ${answer.status} ${answer.statusText}`.trim());
  return answer.text();
}
