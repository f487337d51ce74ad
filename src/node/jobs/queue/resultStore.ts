import { S3mini } from 's3mini';
import { fetch } from 'undici';
import { type LesionlabError, runError, usageError } from '../../../errors.js';

/** What lies in a store under a name. */
export interface StoredValue {
  readonly bytes: Uint8Array;
  /** What this very content is known by, for `write`. */
  readonly tag: string;
}

/** A store of results, for machines that share no folder: a bucket of an S3-compatible service, below a prefix. */
export interface ResultStore {
  /** Without secrets: `s3://bucket/prefix`. */
  readonly shown: string;
  read(name: string): Promise<StoredValue | undefined>;
  has(name: string): Promise<boolean>;
  /**
   * @param over tag of what it replaces, `none` where there must be nothing; whatever there is where undefined
   * @returns the tag of what is there now; undefined where something else was there
   */
  write(name: string, bytes: Uint8Array, over?: string): Promise<string | undefined>;
}

const variables = 'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL and AWS_REGION';

/**
 * Opens `s3://bucket/prefix`. The service and the keys are those of the environment, in the variables that all clients of S3 know.
 * @throws LesionlabError kind `usage` where the address is none, or the environment has no keys
 */
export function openStore(
  address: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ResultStore {
  const [, bucket, rest = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(\/.*)?$/.exec(address) ?? [];
  if (bucket === undefined)
    throw usageError('bad-store', `"${address}" is no address of a store.`, { hint: 'Expected s3://bucket/prefix.' });
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey)
    throw usageError('no-store-keys', `There are no keys for ${address} in the environment.`, {
      hint: `Set ${variables} here and for every worker.`,
    });
  const region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1';
  const amazon = `s3.${region}.amazonaws.com`;
  const service = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL ?? `https://${amazon}`;
  const endpoint = `${service.replace(/\/+$/, '')}/${bucket}`;
  const client = new S3mini({
    accessKeyId,
    secretAccessKey,
    region,
    endpoint,
    requestAbortTimeout: 600_000,
    // Node 20's own sends a length twice once undici has been loaded, as `download` does, and is refused then.
    fetch: fetch as unknown as typeof globalThis.fetch,
  });
  const prefix = rest.replace(/^\/+|\/+$/g, '');
  const keyOf = (name: string) => (prefix ? `${prefix}/${name}` : name);
  const asking = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw describeStoreError(address, service, error);
    }
  };
  return {
    shown: address,
    async read(name) {
      const { etag, data } = await asking(client.getObjectWithETag(keyOf(name)));
      return etag === null || data === null ? undefined : { bytes: new Uint8Array(data), tag: etag };
    },
    has: async (name) => (await asking(client.objectExists(keyOf(name)))) === true,
    async write(name, bytes, over) {
      const condition =
        over === undefined ? {} : over === 'none' ? { 'if-none-match': '*' } : { 'if-match': `"${over}"` };
      try {
        const response = await client.putObject(keyOf(name), bytes, undefined, undefined, condition);
        return client.sanitizeETag(response.headers.get('etag') ?? '');
      } catch (error) {
        const { status } = error as { status?: number };
        // 409: two at once.
        if (over !== undefined && (status === 412 || status === 409)) return undefined;
        throw describeStoreError(address, service, error);
      }
    },
  };
}

function describeStoreError(address: string, service: string, cause: unknown): LesionlabError {
  const { status, serviceCode, code } = cause as { status?: number; serviceCode?: string; code?: string };
  const says = serviceCode ?? code ?? (cause as Error).message;
  if (status === 403 || status === 401)
    return runError('store-refuses', `The store ${address} at ${service} refuses these keys: ${says}.`, {
      hint: `Check ${variables}, and that they may read and write below ${address}.`,
      cause,
    });
  if (status === 404)
    return runError('no-bucket', `There is no bucket for ${address} at ${service}.`, {
      hint: 'Make it first, or check the address.',
      cause,
    });
  if (status === 501 || status === 400)
    return runError('store-lacks', `The store ${address} at ${service} can't do what is needed: ${says}.`, {
      hint: 'It must replace an object only where it still is a certain one (If-Match), so that two workers never write the same results: Amazon S3, MinIO, Cloudflare R2 and others do.',
      cause,
    });
  return runError(
    'store-away',
    `The store ${address} at ${service} does not answer as it should: ${says}${status ? ` (${status})` : ''}.`,
    {
      hint: 'Check the address and the network; what is done stays on the machine that did it until it can be sent.',
      cause,
    },
  );
}
