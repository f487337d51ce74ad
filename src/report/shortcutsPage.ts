import { escapeText } from './html.js';
import { renderPage } from './page.js';
import { describeLook } from './parts/shortcuts.js';
import type { ShownShortcuts } from './reportInput.js';

/** shortcuts.html: what remains of a classifier's answers when its pictures are changed, as one self-contained page. */
export function renderShortcutsPage(
  shown: ShownShortcuts,
  { synthetic, writtenBy }: { readonly synthetic: boolean; readonly writtenBy: string },
): string {
  const { model, images } = shown.result;
  return renderPage({
    title: `What the answers of ${model} rest on`,
    kind: 'Shortcuts',
    lead: `Pictures of ${escapeText(images)} were changed, and the classifier asked again.`,
    synthetic,
    sections: [{ id: 'shortcuts', title: 'What remains', body: describeLook(shown) }],
    footer: `<p>Written by ${escapeText(writtenBy)}.</p>`,
  });
}
