import type { RunDocument } from '../documents/document.js';
import { renderDocumentHtml } from '../documents/documentHtml.js';
import { escapeText } from '../html.js';

/** A document folded up, under a sentence that says what it is and where it lies as a file. */
export function renderDocument(document: RunDocument, what: string, file: string): string {
  return `<p>${escapeText(what)} The same as a file, for passing on: <a href="${file}">${file}</a> in the run’s folder.</p>
<details class="document"><summary>${escapeText(document.title)}</summary>
${renderDocumentHtml(document)}
</details>`;
}
