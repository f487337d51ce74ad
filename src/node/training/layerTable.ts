import { describeNetwork, type ModelDefinition } from '../../models/index.js';
import type { LayerInfo } from '../../nn/index.js';

/** The model's table of layers, as numbers and as text. */
export function layerTable(
  model: ModelDefinition,
  classCount: number,
  imageSize: number,
): { layers: readonly LayerInfo[]; text: string } {
  const network = describeNetwork({ model, classCount, imageSize });
  const operations = network.layers.reduce((sum, layer) => sum + layer.operations, 0);
  const rows = [
    ['layer', 'kind', 'output shape', 'parameters', 'operations'],
    ...network.layers.map((layer) => [
      layer.name,
      layer.type,
      layer.outputShape.join(' x '),
      format(layer.parameters),
      format(layer.operations),
    ]),
    ['total', '', '', format(network.parameterCount), format(operations)],
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
  return {
    layers: network.layers,
    text: `${model.title}, ${imageSize} x ${imageSize} pixels, ${classCount} classes\n\n${lines.join('\n')}\n`,
  };
}

const format = (value: number) => value.toLocaleString('en-US');
