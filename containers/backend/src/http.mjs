// JSON over node's http: bounded bodies, errors as answers, one log line per request.
import { randomUUID } from 'node:crypto';
import { describeError, log } from './log.mjs';
import { createServer } from './serve.mjs';

// The web ACLs block a longer body (AWSManagedRulesCommonRuleSet, SizeRestrictions_BODY): this says so with a sentence.
const MAX_BODY_BYTES = 8 * 1024;

/** An error that the caller may see: `reason` is a sentence for a stranger. */
export class HttpError extends Error {
  constructor(status, code, reason, headers = {}) {
    super(reason);
    Object.assign(this, { status, code, headers });
  }
}

/** The request's JSON object, of at most 8 KiB. */
export async function readJson(request) {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0].trim().toLowerCase();
  if (type !== 'application/json') throw new HttpError(415, 'unsupported_media_type', 'Send content-type: application/json.');
  const tooLarge = () => new HttpError(413, 'body_too_large', `A body holds at most ${MAX_BODY_BYTES} bytes.`, { connection: 'close' });
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  let value;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch {
    throw new HttpError(400, 'malformed_json', 'The body is not JSON in UTF-8.');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new HttpError(400, 'malformed_json', 'The body must be a JSON object.');
  }
  return value;
}

/** A server that answers by `route(request, url) -> {status, body?, headers?}`. */
export async function createJsonServer(protocol, route) {
  const server = await createServer({ protocol, log }, async (request, response) => {
    const started = performance.now();
    const requestId = randomUUID();
    const { status, body, headers } = await answer(route, request, requestId);
    const text = body === undefined ? '' : `${JSON.stringify(body)}\n`;
    response.writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-served-by': 'backend',
      'x-request-id': requestId,
      'content-length': Buffer.byteLength(text),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : text);
    if (request.url !== '/api/health') {
      const [path] = request.url.split('?', 1);
      log('info', 'request', { request_id: requestId, method: request.method, path, status, ms: Math.round(performance.now() - started) });
    }
  });
  server.requestTimeout = 15_000;
  return server;
}

async function answer(route, request, requestId) {
  try {
    const url = URL.parse(request.url, 'http://backend');
    // The load balancer routes by the path as it was sent: `/api/x/../ready` is not `/api/ready` to its rules.
    if (url === null || url.pathname !== request.url.split('?', 1)[0]) {
      throw new HttpError(400, 'malformed_path', 'The path is not a valid URL path in its normal form.');
    }
    return await route(request, url);
  } catch (error) {
    if (error instanceof HttpError) {
      return { status: error.status, headers: error.headers, body: { error: { code: error.code, message: error.message } } };
    }
    log('error', 'unexpected', { request_id: requestId, ...describeError(error) });
    return { status: 500, body: { error: { code: 'internal', message: `Unexpected error; quote request id ${requestId}.` } } };
  }
}
