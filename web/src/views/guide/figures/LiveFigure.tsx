import { figures } from './registry.js';

/** A figure by its name in the guide's Markdown. @throws where there is none of that name */
export default function LiveFigure({ name }: { readonly name: string }) {
  const Figure = figures[name];
  if (!Figure) throw new Error(`The guide names a figure "${name}" that does not exist.`);
  return (
    <div className="live" data-figure={name}>
      <Figure />
    </div>
  );
}
