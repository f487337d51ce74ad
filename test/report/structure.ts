import { parseHTML } from 'linkedom';

/** Throws where tags don't nest, attributes are unquoted or `&` and `<` stand bare: what an XML parser would refuse. */
export function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const tag = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;
  let place = 0;
  while (place < xml.length) {
    if (xml[place] === '<') {
      tag.lastIndex = place;
      const match = tag.exec(xml);
      if (!match) throw new Error(`No tag: ${xml.slice(place, place + 80)}`);
      const names = [...match[3].matchAll(/([\w:-]+)="/g)].map(([, name]) => name);
      if (new Set(names).size < names.length) throw new Error(`An attribute twice: ${match[0]}`);
      if (match[1]) {
        if (open.pop() !== match[2]) throw new Error(`Unexpected ${match[0]}`);
      } else if (!match[4]) open.push(match[2]);
      place = tag.lastIndex;
    } else {
      const next = xml.indexOf('<', place);
      const text = xml.slice(place, next < 0 ? xml.length : next);
      if (/&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(text)) throw new Error(`Bare &: ${text}`);
      place += text.length;
    }
  }
  if (open.length > 0) throw new Error(`Not closed: ${open.join()}`);
}

export const parsePage = (html: string): Document => parseHTML(html).document as unknown as Document;

/** Everything wrong with a page that its structure shows, in words. */
export function findPageFaults(html: string): string[] {
  const document = parsePage(html);
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  const faults: string[] = [];
  const ids = all('[id]').map((element) => element.id);
  const known = new Set(ids);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length > 0) faults.push(`ids used twice: ${[...new Set(twice)].join()}`);
  if (all('h1').length !== 1) faults.push(`${all('h1').length} h1`);
  for (const image of all('img'))
    if (!image.getAttribute('alt')?.trim()) faults.push('an image without alternative text');
  for (const svg of all('svg')) {
    const names = (svg.getAttribute('aria-labelledby') ?? '').split(' ');
    const links = [...svg.querySelectorAll('a')];
    if (links.some((link) => !link.getAttribute('aria-label')?.trim() || link.closest('[aria-hidden]')))
      faults.push('a link in a chart that is not named, or is hidden');
    const role = links.length > 0 ? 'group' : 'img';
    if (svg.getAttribute('role') !== role || names.length < 2 || names.some((name) => !known.has(name)))
      faults.push('a chart without title and description');
  }
  for (const figure of all('figure')) if (!figure.querySelector('svg, img')) faults.push('an empty figure');
  for (const table of all('table')) {
    if (!table.querySelector('caption')?.textContent?.trim()) faults.push('a table without caption');
    const columns = table.querySelectorAll('thead th').length;
    for (const row of table.querySelectorAll('tbody tr'))
      if (row.children.length !== columns) faults.push(`a row of ${row.children.length} in a table of ${columns}`);
  }
  for (const link of all('a[href^="#"]')) {
    const target = link.getAttribute('href')!.slice(1);
    if (!known.has(target)) faults.push(`a link to #${target}, which isn't there`);
  }
  for (const element of all('[src], link[href], [srcset], use')) {
    const address = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
    if (!address.startsWith('data:')) faults.push(`something fetched: ${address}`);
  }
  for (const style of all('style')) {
    if (/url\(|@import/.test(style.textContent ?? '')) faults.push('a style that fetches');
  }
  for (const landmark of ['header', 'nav', 'main', 'footer', 'a.skip'])
    if (!document.querySelector(landmark)) faults.push(`no ${landmark}`);
  const words = document.body.textContent ?? '';
  for (const word of ['NaN', 'undefined', '[object', 'Infinity']) if (words.includes(word)) faults.push(`"${word}"`);
  return faults;
}
