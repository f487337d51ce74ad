import { type Hint, type LesionlabError, runError } from '../errors.js';
import type { Device } from './runtime.js';

/** What was opened or run where, for messages. */
export interface RuntimePlace {
  /** The model's file; undefined for a network that was built here. */
  readonly file?: string;
  readonly device: Device;
  /** `onnxruntime-node 1.27.0`. */
  readonly runtime: string;
}

interface Finding {
  readonly code?: string;
  /** After the file's name. */
  readonly found: string;
  readonly hint?: Hint;
}

/** One thing that onnxruntime says, by its English, and what it means for those who gave the file. */
type Saying = readonly [pattern: RegExp, explain: (parts: readonly string[], place: RuntimePlace) => Finding];

const memoryHint: Hint = {
  terminal: 'Close other programs, or take smaller images or a smaller model; in training, a smaller --batch-size.',
  page: 'Close other tabs and programs and try again, or take smaller images, fewer of them, or a smaller model.',
};
const exportHint = 'Give a model.onnx that `lesionlab export <run>` wrote.';
const damagedHint = `The file may have been cut off or changed: copy it again. ${exportHint}`;
const olderHint = (what: string) => `Export it again for an older ${what}, or use a newer lesionlab. ${exportHint}`;

/** Whether an error's text tells that there was not enough memory, in any of the ways that runtimes and browsers say so. */
export const lacksMemory = (text: string): boolean =>
  /out of memory|bad_alloc|failed to allocate|allocation failed|could not allocate|cannot allocate|tensor shape is too large/i.test(
    text,
  );

const openingSayings: readonly Saying[] = [
  [
    /model IR version: (\d+), max supported IR version: (\d+)/,
    ([found, most], { runtime }) => ({
      found: `is written in version ${found} of ONNX's file format, and ${runtime} reads it up to version ${most}`,
      hint: olderHint('IR version'),
    }),
  ],
  [
    /Opset (\d+) is under development[\s\S]*?domain (\S+) is till opset (\d+)/,
    ([found, domain, most], { runtime }) => ({
      found: `uses version ${found} of the operators of ${domain}, and ${runtime} knows them up to version ${most}`,
      hint: olderHint('opset'),
    }),
  ],
  [
    /No Op registered for (\S+) with domain_version of (\S+)/,
    ([operator, version], { runtime }) => ({
      found: `uses the operator ${operator}, which version ${version} of its operators does not have in ${runtime}`,
      hint: olderHint('opset'),
    }),
  ],
  [
    /No opset import for domain '([^']*)'|([\w.]+):\w+\(-?\d*\) is not a registered function/,
    ([domain, other], { runtime }) => ({
      found: `uses operators of "${domain ?? other}", which ${runtime} does not have`,
      hint: `Export it with ONNX's own operators only. ${exportHint}`,
    }),
  ],
  [
    /Could not find an implementation for (\w+)\((\d+)\)/,
    ([operator, version], { device, runtime }) => ({
      found: `uses the operator ${operator} (version ${version}) in a way that ${runtime} can't compute on ${device}`,
    }),
  ],
  [
    /external (tensor )?data|external tensors|external initializer|escapes working directory|model_path must not be empty|external file/i,
    () => ({
      found: 'has its weights in a second file, which was not given',
      hint: 'Put that file into the same folder under the name that the model has for it, and give both together.',
    }),
  ],
  [
    /protobuf parsing failed|no graph was found|data pointer is null|does not have a graph/i,
    () => ({ found: 'is no complete ONNX model', hint: damagedHint }),
  ],
  [
    /no available backend|backend not found|dynamically imported module|failed to fetch|WebAssembly is not supported/i,
    (_, { runtime }) => ({
      code: 'no-runtime',
      found: `can't be run, since ${runtime} can't be loaded`,
      hint: {
        terminal: 'Install lesionlab again, and see what `lesionlab doctor` says.',
        page: 'Load the page again. Its host must give out all of its files, those that end in .wasm too.',
      },
    }),
  ],
  [
    /ShapeInferenceError|invalid model|invalid_graph|is not a graph input|not in range|TensorProto|initializer/i,
    () => ({ found: 'contradicts itself: its operators, weights and shapes do not fit together', hint: damagedHint }),
  ],
];

const runningSayings: readonly Saying[] = [
  [
    /Unexpected input data type\. Actual: \(tensor\((\w+)\)\) , expected: \(tensor\((\w+)\)\)/,
    ([actual, expected]) => ({
      found: `takes numbers of the type ${expected}, and was given ${actual}`,
      hint: 'Export it again for float32 images.',
    }),
  ],
  [
    /invalid dimensions for input: (\S+) for the following indices\s+index: (\d+) Got: (\d+) Expected: (\d+)/i,
    ([input, axis, found, expected]) => ({
      found: `takes ${expected} along axis ${axis} of its input "${input}", and was given ${found}`,
      hint: 'Give it what its metadata says: images [batch, 3, size, size].',
    }),
  ],
  [
    /Invalid rank for input: (\S+) Got: (\d+) Expected: (\d+)/,
    ([input, found, expected]) => ({
      found: `takes ${expected} axes in its input "${input}", and was given ${found}`,
      hint: 'Give it what its metadata says: images [batch, 3, size, size].',
    }),
  ],
  [
    /while running (\w+) node\. Name:'([^']*)'/,
    ([operator, name], { device }) => ({ found: `failed on ${device} in its operator ${operator} ("${name}")` }),
  ],
];

const noMemory: Finding = { code: 'no-memory', found: 'needs more memory than there is', hint: memoryHint };

/** The error for a model that onnxruntime does not open. */
export const openingError = (cause: unknown, place: RuntimePlace): LesionlabError =>
  explain(cause, place, openingSayings, 'model-unusable', `can't be opened on ${place.device} by ${place.runtime}`);

/** The error for a model that onnxruntime opened and could not run. */
export const runningError = (cause: unknown, place: RuntimePlace): LesionlabError =>
  explain(cause, place, runningSayings, 'run-failed', `failed while ${place.runtime} ran it on ${place.device}`);

function explain(
  cause: unknown,
  place: RuntimePlace,
  sayings: readonly Saying[],
  code: string,
  otherwise: string,
): LesionlabError {
  // WebAssembly throws numbers and texts, too.
  const text = cause instanceof Error ? cause.message : String(cause);
  const finding = lacksMemory(text) ? noMemory : findSaying(text, place, sayings);
  const hint = finding?.hint ?? (place.device === 'webgpu' ? webgpuHint : place.file ? damagedHint : undefined);
  const message = `${place.file ?? 'The network'} ${finding?.found ?? otherwise}.`;
  return runError(finding?.code ?? code, message, { hint, details: [`${place.runtime}: ${shorten(text)}`], cause });
}

function findSaying(text: string, place: RuntimePlace, sayings: readonly Saying[]): Finding | undefined {
  for (const [pattern, explainParts] of sayings) {
    const found = pattern.exec(text);
    if (found) return explainParts(found.slice(1), place);
  }
  return undefined;
}

const webgpuHint: Hint = {
  terminal: 'Try --device cpu, and see what `lesionlab doctor` says about WebGPU.',
  page: 'Choose WebAssembly, which gives the same answers more slowly.',
};

/** Characters of the runtime's own text that are worth showing. */
const longest = 400;

const shorten = (text: string) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line || 'no reason given';
};
