/** The guide's own Markdown, as it lies in the repository. */
const files = import.meta.glob<string>('../../../../guide/[0-9]*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export interface Chapter {
  /** File name without its ending, which is its address too: `05-splits`. */
  readonly slug: string;
  readonly number: number;
  readonly title: string;
  /** Without the title. */
  readonly markdown: string;
}

/** In the order of reading. */
export const chapters: readonly Chapter[] = Object.entries(files)
  .map(([path, text]) => {
    const slug = path.split('/').at(-1)!.replace(/\.md$/, '');
    const [, title, markdown] = /^# (.*)\n([\s\S]*)$/.exec(text) ?? [];
    if (title === undefined) throw new Error(`guide/${slug}.md does not begin with a title.`);
    return { slug, number: Number.parseInt(slug, 10), title: title.replace(/^\d+\. /, ''), markdown };
  })
  .sort((a, b) => a.number - b.number);
