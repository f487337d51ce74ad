import { formatCount } from '../../../../src/report/format.js';
import type { OpenedDataset } from '../../dataset/openedDataset.js';

/** What was opened, and how much of it there is. */
export function DatasetSummary({ dataset: { root, metadataFile, exploration } }: { readonly dataset: OpenedDataset }) {
  const { dataset, images, lesions, classes, audit } = exploration;
  const present = classes.filter((each) => each.images > 0).length;
  return (
    <section className="summary" aria-label="Summary">
      <p className="intro">
        <strong>{dataset.name}</strong>, from {root} ({metadataFile}).
        {dataset.licence && ` Licence: ${dataset.licence}.`}
      </p>
      <dl className="tiles">
        <Tile label="Images" value={formatCount(images)} note="rows of the table" />
        <Tile
          label="Lesions"
          value={dataset.hasLesionIds ? formatCount(lesions) : '–'}
          note={
            dataset.hasLesionIds
              ? 'several images may show one'
              : 'the data does not say which images show the same one'
          }
        />
        <Tile label="Diagnoses" value={formatCount(present)} note="that occur" />
        <Tile
          label="Unusable"
          value={formatCount(audit.unusable)}
          note={audit.decoded ? 'every image was read' : 'missing or empty; not read yet'}
        />
      </dl>
    </section>
  );
}

function Tile({ label, value, note }: { readonly label: string; readonly value: string; readonly note: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="value">{value}</dd>
      <dd className="note">{note}</dd>
    </div>
  );
}
