// Which path does what. The stand-in asks for no sign-in: whoever replaces it brings the bank's own.
import { HttpError, readJson } from './http.mjs';

const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SESSION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;

function identifier(name, value) {
  if (typeof value !== 'string' || !IDENTIFIER.test(value)) {
    throw new HttpError(400, 'invalid_value', `${name}: use 1 to 64 letters, digits, dots, underscores and hyphens, for example 'c-1001'.`);
  }
  return value;
}

function sessionRequest(body) {
  const unknown = Object.keys(body).find((name) => name !== 'customer_id' && name !== 'device_id');
  if (unknown !== undefined) throw new HttpError(400, 'unknown_field', 'A session has the fields customer_id and device_id only.');
  return { customer_id: identifier('customer_id', body.customer_id), device_id: identifier('device_id', body.device_id) };
}

function listLimit(query) {
  const text = query.get('limit') ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) throw new HttpError(400, 'invalid_value', `limit: use a whole number from 1 to ${MAX_LIMIT}.`);
  return limit;
}

const noSession = () => new HttpError(404, 'no_session', 'There is no such session, or it has expired.');

export function createRoutes({ config, sessions, readiness }) {
  const about = { service: 'backend', version: config.version, environment: config.environment };
  const sessionId = (match) => {
    if (!SESSION_ID.test(match[1])) throw noSession();
    return match[1];
  };

  const table = [
    [/^\/api\/health$/, { GET: () => ({ status: 200, body: { status: 'ok', ...about } }) }],
    [/^\/api\/version$/, { GET: () => ({ status: 200, body: about }) }],
    [/^\/api\/ready$/, {
      GET: async () => {
        const { ready, failing, checks } = await readiness.check();
        return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', failing, checks } };
      },
    }],
    [/^\/api\/sessions$/, {
      POST: async ({ request }) => {
        const session = await sessions.open(sessionRequest(await readJson(request)));
        return { status: 201, body: session, headers: { location: `/api/sessions/${session.session_id}` } };
      },
    }],
    [/^\/api\/sessions\/([^/]+)$/, {
      GET: async ({ match }) => {
        const session = await sessions.get(sessionId(match));
        if (session === undefined) throw noSession();
        return { status: 200, body: session };
      },
      DELETE: async ({ match }) => {
        if (!(await sessions.close(sessionId(match)))) throw noSession();
        return { status: 204 };
      },
    }],
    [/^\/api\/customers\/([^/]+)\/sessions$/, {
      GET: async ({ match, url }) => ({
        status: 200,
        body: await sessions.ofCustomer(identifier('customer id', match[1]), listLimit(url.searchParams)),
      }),
    }],
    [/^\/api\/devices\/([^/]+)\/sessions$/, {
      GET: async ({ match, url }) => ({
        status: 200,
        body: await sessions.ofDevice(identifier('device id', match[1]), listLimit(url.searchParams)),
      }),
    }],
  ];

  return (request, url) => {
    for (const [pattern, methods] of table) {
      const match = pattern.exec(url.pathname);
      if (match === null) continue;
      const handler = methods[request.method === 'HEAD' ? 'GET' : request.method];
      if (handler === undefined) {
        throw new HttpError(405, 'method_not_allowed', 'This path does not take that method.', { allow: Object.keys(methods).join(', ') });
      }
      return handler({ request, url, match });
    }
    throw new HttpError(404, 'no_such_path', 'The API has no such path.');
  };
}
