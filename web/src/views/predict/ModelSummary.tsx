import type { ForeignDetails, OpenedModel } from '../../../../src/browser/predictedImage.js';
import type { Ability } from '../../../../src/models/foreign/ability.js';
import { modelName } from '../../../../src/report/reportInput.js';

/** What the opened model is and can do, in a sentence or two. */
export function ModelSummary({ model }: { readonly model: OpenedModel }) {
  const { id, preprocessing, classes, dataName, synthetic, foreign, device, deviceNote } = model;
  return (
    <div className="model-summary">
      {synthetic && (
        <p>
          <strong>Trained on synthetic images, drawn by a program.</strong> What it says about real skin means nothing.
        </p>
      )}
      <p className="muted small">
        {modelName(id)} for {classes.length} {foreign ? 'classes' : 'diagnoses'}, sees {preprocessing.imageSize} x{' '}
        {preprocessing.imageSize} pixels
        {dataName && !synthetic ? `, trained on ${dataName}` : ''}. Computes with {device.words}.
        {deviceNote ? ` ${deviceNote}` : ''}
      </p>
      {foreign ? <Abilities foreign={foreign} layer={model.heatMapLayer} /> : <Lacks model={model} />}
    </div>
  );
}

function Lacks({ model: { certainty, threshold, heatMapLayer } }: { readonly model: OpenedModel }) {
  const lacks = [
    ...(certainty ? [] : ['calibrated probabilities and prediction sets']),
    ...(threshold === null ? ['warning for images of something else'] : []),
    ...(heatMapLayer === undefined ? ['heat maps'] : []),
  ];
  if (lacks.length === 0) return null;
  return (
    <p className="muted small">
      This file has no {lacks.join(', no ')}. After <code>lesionlab evaluate</code>, export the run with{' '}
      <code>lesionlab export --grad-cam-layer</code> to have all of them.
    </p>
  );
}

interface AbilitiesProps {
  readonly foreign: ForeignDetails;
  readonly layer: string | undefined;
}

/** What lesionlab can do with somebody else's file, and why not. */
function Abilities({ foreign: { abilities }, layer }: AbilitiesProps) {
  const { heatMaps, trainHead, fineTune } = abilities;
  return (
    <>
      <p className="muted small">
        Nobody has checked here whether it is as sure as it is right, and it gives no warning for images of something
        else.
      </p>
      <ul className="abilities small" aria-label="What lesionlab can do with this file">
        {together([
          ['Predict', { possible: true }],
          [`Heat maps${layer ? `, of its layer ${layer}` : ''}`, heatMaps],
          ['Train a new head on what it sees', trainHead],
          ['Fine-tune the whole network', fineTune],
        ]).map(([words, ability]) => (
          <AbilityLine key={words} words={words} ability={ability} />
        ))}
      </ul>
    </>
  );
}

/** What can't be done for the same reason in one line. */
function together(lines: readonly (readonly [string, Ability])[]): [string, Ability][] {
  const groups = new Map<string, [string, Ability]>();
  for (const [words, ability] of lines) {
    const key = ability.possible ? words : JSON.stringify(ability);
    const before = groups.get(key);
    groups.set(key, [before ? `${before[0]}; ${words.toLowerCase()}` : words, ability]);
  }
  return [...groups.values()];
}

/** More findings than that stay folded. */
const shownDetails = 12;

function AbilityLine({ words, ability }: { readonly words: string; readonly ability: Ability }) {
  const { possible, reason, details = [] } = ability;
  return (
    <li>
      <strong>{words}: </strong>
      {possible ? 'yes.' : `no. ${reason ?? ''}`}
      {!possible && details.length > 0 && (
        <details>
          <summary>What stands in the way</summary>
          <ul>
            {details.slice(0, shownDetails).map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
            {details.length > shownDetails && <li>and {details.length - shownDetails} more</li>}
          </ul>
        </details>
      )}
    </li>
  );
}
