import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { notWritten, writeJson } from '../files/writeFile.js';

/** Which version of a file at a server the part on the disk is of. */
export interface Origin {
  readonly url: string;
  /** What the server knows the version by. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** Of the whole file. */
  readonly bytes?: number;
}

const originSchema = z.object({
  url: z.string(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  bytes: z.number().int().nonnegative().optional(),
});

/** A file that is on its way: `<name>.part`, and beside it, hidden, of which version it is. */
export class PartFile {
  readonly path: string;
  readonly #originPath: string;
  readonly #file: FileHandle;
  #origin: Origin | undefined;
  #bytes: number;

  private constructor(path: string, originPath: string, file: FileHandle, origin: Origin | undefined, bytes: number) {
    this.path = path;
    this.#originPath = originPath;
    this.#file = file;
    this.#origin = origin;
    this.#bytes = bytes;
  }

  /** Takes up what an earlier try left, if it is known of which version it is. @throws LesionlabError kind `run` where it can't be written */
  static async open(target: string): Promise<PartFile> {
    const path = `${target}.part`;
    const originPath = join(dirname(target), `.${basename(target)}.part.json`);
    const origin = await readOrigin(originPath);
    try {
      const file = await open(path, 'a+');
      if (!origin) await file.truncate(0);
      return new PartFile(path, originPath, file, origin, (await file.stat()).size);
    } catch (cause) {
      throw notWritten(path, cause as Error);
    }
  }

  /** Bytes that are there. */
  get bytes(): number {
    return this.#bytes;
  }

  get origin(): Origin | undefined {
    return this.#origin;
  }

  /** Begins anew, with a file of this origin. */
  async begin(origin: Origin): Promise<void> {
    await this.#write(async () => {
      // In this order: bytes never belong to another origin than the one that is written down.
      await rm(this.#originPath, { force: true });
      await this.#file.truncate(0);
    });
    this.#bytes = 0;
    await writeJson(this.#originPath, origin);
    this.#origin = origin;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#write(() => this.#file.appendFile(chunk));
    this.#bytes += chunk.length;
  }

  /** Onto the disk, and closed; what is there stays. */
  async close(): Promise<void> {
    await this.#write(() => this.#file.sync());
    await this.#file.close();
  }

  /** Closes it if need be, and leaves nothing. */
  async remove(): Promise<void> {
    await this.#file.close().catch(() => {});
    await rm(this.path, { force: true });
    await rm(this.#originPath, { force: true });
  }

  /** Forgets of which version it was, once it has its own name. */
  async forgetOrigin(): Promise<void> {
    await rm(this.#originPath, { force: true });
  }

  async #write(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      throw notWritten(this.path, cause as Error);
    }
  }
}

async function readOrigin(path: string): Promise<Origin | undefined> {
  try {
    return originSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Without it the part is worth nothing: it begins anew.
    return undefined;
  }
}
