// The portal's page. It reads its two pages once, at start, and writes nothing: the root file system may be read-only.
import { readFileSync } from 'node:fs';
import { createServer, drainOnSigterm } from './serve.mjs';

const PORT = Number(process.env.PORT ?? 8080);
const ENVIRONMENT = process.env.ENVIRONMENT ?? 'local';
const PROTOCOL = process.env.PROTOCOL ?? 'http';

const log = (level, message, fields = {}) =>
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), level, service: 'frontend', message, ...fields })}\n`,
  );

const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
const page = (name) =>
  readFileSync(new URL(`pages/${name}`, import.meta.url), 'utf8').replaceAll('{{environment}}', escapeHtml(ENVIRONMENT));

const HOME = page('index.html');
const NOT_FOUND = page('not-found.html');

const HEADERS = {
  'x-served-by': 'frontend',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'content-security-policy': "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
};
const HTML = 'text/html; charset=utf-8';

/** The answer to one request: [status, content type, cache-control, body]. */
function answer(method, path) {
  if (method !== 'GET' && method !== 'HEAD') return [405, 'text/plain', 'no-store', 'Method not allowed\n'];
  if (path === '/') return [200, HTML, 'public, max-age=60', HOME];
  if (path === '/healthz') return [200, 'application/json', 'no-store', `{"status":"ok","service":"frontend"}\n`];
  return [404, HTML, 'public, max-age=10', NOT_FOUND];
}

const server = await createServer({ protocol: PROTOCOL, log }, (request, response) => {
  const started = performance.now();
  const path = request.url.split('?', 1)[0];
  const [status, type, caching, body] = answer(request.method, path);
  response.writeHead(status, {
    ...HEADERS,
    'content-type': type,
    'cache-control': caching,
    'content-length': Buffer.byteLength(body),
    ...(status === 405 && { allow: 'GET, HEAD' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
  const ms = Math.round(performance.now() - started);
  if (path !== '/healthz') log('info', 'request', { method: request.method, path, status, ms });
});
server.requestTimeout = 10_000;

drainOnSigterm(server, { log });
server.listen(PORT, '0.0.0.0', () => log('info', 'listening', { port: server.address().port, protocol: PROTOCOL, environment: ENVIRONMENT }));
