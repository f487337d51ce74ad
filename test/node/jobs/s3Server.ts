import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** The signature (AWS, version 4) that a request must have. */
function signatureOf(request: IncomingMessage, secret: string): string {
  const authorization = request.headers.authorization ?? '';
  const [, scope = '', signed = ''] = /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const [path, query = ''] = request.url!.split('?');
  const headers = signed.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
  const content = String(request.headers['x-amz-content-sha256']);
  const canonical = [request.method, path, query, headers.join(''), signed, content].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hash].join('\n');
  const [day, region, service, end] = scope.split('/');
  const key = [region, service, end].reduce((last, part) => hmac(last, part), hmac(`AWS4${secret}`, day));
  return hmac(key, text).toString('hex');
}

/** A service like S3 in this process, as much of it as results need: objects, their tags, and conditions on replacing them. */
export async function startS3Server(secret: string, bucket = 'bucket') {
  const objects = new Map<string, { bytes: Buffer; tag: string }>();
  const control = { away: false };
  const server = createServer(async (request, response) => {
    const end = (status: number, code = '', headers: Record<string, string> = {}) => {
      response.writeHead(status, headers);
      response.end(
        code && request.method !== 'HEAD' ? `<Error><Code>${code}</Code><Message>${code}</Message></Error>` : undefined,
      );
    };
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    if (control.away) return end(503, 'SlowDown');
    const given = /Signature=(\w+)/.exec(request.headers.authorization ?? '')?.[1];
    if (given !== signatureOf(request, secret)) return end(403, 'SignatureDoesNotMatch');
    const [, of, ...rest] = request.url!.split('?')[0].split('/');
    if (of !== bucket) return end(404, 'NoSuchBucket');
    const key = decodeURIComponent(rest.join('/'));
    const there = objects.get(key);
    if (request.method === 'PUT') {
      const { 'if-match': match, 'if-none-match': none } = request.headers;
      if ((none === '*' && there) || (match !== undefined && match !== `"${there?.tag}"`))
        return end(412, 'PreconditionFailed');
      const bytes = Buffer.concat(parts);
      const tag = createHash('md5').update(bytes).digest('hex');
      objects.set(key, { bytes, tag });
      return end(200, '', { etag: `"${tag}"` });
    }
    if (!there) return end(404, 'NoSuchKey');
    response.writeHead(200, { etag: `"${there.tag}"`, 'content-length': String(there.bytes.length) });
    response.end(request.method === 'HEAD' ? undefined : there.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const environment = {
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
  return { objects, control, environment, close: () => server.close() };
}
