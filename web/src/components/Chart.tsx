import type { ReactNode } from 'react';
import { useId, useMemo } from 'react';

export interface ChartProps {
  /** Draws the SVG; the report's chart functions do. `idPrefix` keeps ids apart where a chart stands twice on a page. */
  readonly draw: (options: { readonly idPrefix: string }) => string;
  /** File name of the downloaded SVG, without its ending. */
  readonly name: string;
  readonly caption?: ReactNode;
}

/** One chart with its caption, and its SVG to take away. */
export function Chart({ draw, name, caption }: ChartProps) {
  const idPrefix = `${useId().replace(/[^\w-]/g, '')}-`;
  const svg = useMemo(() => draw({ idPrefix }), [draw, idPrefix]);
  return (
    <figure>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own chart code, which escapes every text */}
      <div dangerouslySetInnerHTML={{ __html: svg }} />
      {caption && <figcaption>{caption}</figcaption>}
      <p className="download">
        <a download={`${name}.svg`} href={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`}>
          SVG
        </a>
      </p>
    </figure>
  );
}
