/** Beginnings of files that people take for ONNX, what they are, and what to do. */
const otherFormats: readonly (readonly [matches: (start: string) => boolean, what: string, hint: string])[] = [
  [
    (start) => start.startsWith('PK\x03\x04') && /\.keras|model\.weights\.h5|config\.json|metadata\.json/.test(start),
    'a Keras model (.keras)',
    'Convert it with tf2onnx: `python -m tf2onnx.convert`.',
  ],
  [
    (start) => start.startsWith('PK\x03\x04') && /data\.pkl|constants\.pkl|\.data\/serialization|byteorder/.test(start),
    'a PyTorch file (.pt, .pth)',
    'Export the network with `torch.onnx.export`; weights alone of a network that lesionlab has can be given as weights.',
  ],
  [(start) => start.startsWith('PK\x03\x04'), 'a zip archive', 'Unpack it, and give the .onnx file in it.'],
  [
    (start) => start.startsWith('\x80') && start.charCodeAt(1) >= 2 && start.charCodeAt(1) <= 5,
    'a Python pickle (a PyTorch or scikit-learn file)',
    'Export the network with `torch.onnx.export`.',
  ],
  [
    (start) => start.startsWith('\x89HDF'),
    'an HDF5 file (Keras)',
    'Convert it with tf2onnx: `python -m tf2onnx.convert`.',
  ],
  [
    (start) => start.slice(4, 8) === 'TFL3',
    'a TensorFlow Lite model',
    'Convert it with tf2onnx: `python -m tf2onnx.convert --tflite`.',
  ],
  [
    (start) => start.slice(4, 8) === 'ORTM',
    "onnxruntime's own format (.ort), which holds no ONNX graph",
    'Give the .onnx file that it was made from.',
  ],
  [
    (start) => /^[\s\S]{8}\{\s*"/.test(start) && start.charCodeAt(7) === 0,
    'a safetensors file: weights without a network',
    'Give the .onnx file of the network.',
  ],
  [
    (start) => start.startsWith('version https://git-lfs'),
    'a Git LFS pointer: the file itself was not downloaded',
    'Download it with `git lfs pull`, or from the page of the model.',
  ],
  [
    (start) => /^\s*(<!doctype|<html|<\?xml|<)/i.test(start),
    'a web page or XML: the download went wrong',
    'Download the file again.',
  ],
  [(start) => /^\s*\{/.test(start), 'a JSON file', 'Give the .onnx file beside it.'],
  [(start) => start.startsWith('\x1f\x8b'), 'compressed by gzip', 'Unpack it first.'],
  [
    (start) => start[0] === '\x08' && start[2] === '\x12' && /\bserve\b|StatefulPartitionedCall/.test(start),
    "TensorFlow's SavedModel",
    'Convert it with tf2onnx: `python -m tf2onnx.convert --saved-model`.',
  ],
  [
    (start) => start[0] === '\n' && /Placeholder|Const|NoOp/.test(start.slice(0, 100)),
    "TensorFlow's frozen graph (.pb)",
    'Convert it with tf2onnx: `python -m tf2onnx.convert --graphdef`.',
  ],
];

/** What a file is that is no ONNX, by its beginning, and what to do; undefined where nothing tells. */
export function recogniseOther(bytes: Uint8Array): { readonly what: string; readonly hint: string } | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 2048));
  const found = otherFormats.find(([matches]) => matches(start));
  return found && { what: found[1], hint: found[2] };
}
