import { useMemo, useState } from 'react';
import { findModel } from '../../../../../src/models/architectures/registry.js';
import { describeNetwork } from '../../../../../src/models/initialWeights.js';
import { formatCount, formatPercent } from '../../../../../src/report/format.js';
import { Choice, Say } from './Controls.js';

/** A network's layers at an image size. */
export function LayersFigure() {
  const [model, setModel] = useState('lenet');
  const [imageSize, setImageSize] = useState('224');
  const { layers, parameterCount } = useMemo(
    () => describeNetwork({ model: findModel(model), classCount: 7, imageSize: Number(imageSize) }),
    [model, imageSize],
  );
  const largest = layers.reduce((best, layer) => (layer.parameters > best.parameters ? layer : best));
  return (
    <figure>
      <div className="controls">
        <Choice
          label="Network"
          options={(['lenet', 'resnet18', 'mobilenet_v2'] as const).map((id) => [id, findModel(id).title] as const)}
          value={model as 'lenet'}
          onChange={setModel}
        />
        <Choice
          label="Side of the image"
          options={(['64', '112', '224'] as const).map((size) => [size, `${size} pixels`] as const)}
          value={imageSize as '224'}
          onChange={setImageSize}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, by keyboard too */}
      <section className="scroll layers" aria-label="Layers of the network" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Kind</th>
              <th scope="col" className="number">
                Result
              </th>
              <th scope="col" className="number">
                Parameters
              </th>
            </tr>
          </thead>
          <tbody>
            {layers.map(({ name, type, outputShape, parameters }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{type}</td>
                <td className="number">{outputShape.join(' × ')}</td>
                <td className="number">{formatCount(parameters)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Say>
        {formatCount(parameterCount)} parameters in all; {formatPercent(largest.parameters / parameterCount)} of them
        are in {largest.name}.
      </Say>
    </figure>
  );
}
