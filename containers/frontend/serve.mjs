// A task's server, over TLS or without, and how it ends without failing a request.
//
// ECS takes a task out of its target group before it sends SIGTERM when a deployment or scaling ends it
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html). At StopTask and
// when Spot takes the task back, SIGTERM may come while requests still do (aws/containers-roadmap issue 708). So SIGTERM
// stops nothing: the task goes on serving and asks for each connection to be closed after its answer. It ends when it
// is quiet for longer than the balancer's health checks are apart, because a task that is asked is still registered, or
// after the deregistration delay. All of it fits into ECS's stop timeout of 40 s (portal_stage/portal/service.py).
import http from 'node:http';
import https from 'node:https';
import { makeCertificate, renewCertificate } from './certificate.mjs';

const QUIET_MS = 7_000; // health checks come every 5 s
const DRAIN_MS = 30_000; // the deregistration delay
const FINISH_MS = 8_000; // what then is still under way
const POLL_MS = 200;

/** A server that answers by `handler`: `protocol` is http or https. Its `draining` tells that SIGTERM has come. */
export async function createServer({ protocol, log }, handler) {
  if (protocol !== 'http' && protocol !== 'https') throw new Error(`PROTOCOL '${protocol}': use http or https`);
  const answer = (request, response) => {
    server.lastRequest = performance.now();
    if (server.draining) response.setHeader('connection', 'close');
    return handler(request, response);
  };
  const server = protocol === 'http' ? http.createServer(answer) : https.createServer(await makeCertificate(), answer);
  if (protocol === 'https') renewCertificate(server, (error) => log('error', 'cannot renew the certificate', { detail: error.message }));
  server.keepAliveTimeout = 65_000; // longer than the load balancer's idle time-out of 60 s, or it answers 502
  server.draining = false;
  return server;
}

/** At SIGTERM serve until it is quiet, finish what has begun, then call `end` and leave the process. */
export function drainOnSigterm(server, { log, end = async () => {} }) {
  process.once('SIGTERM', () => {
    log('info', 'stopping');
    server.draining = true;
    const begun = performance.now();
    server.lastRequest = begun;
    const poll = setInterval(() => {
      const now = performance.now();
      if (now - server.lastRequest < QUIET_MS && now - begun < DRAIN_MS) return;
      clearInterval(poll);
      setTimeout(() => process.exit(1), FINISH_MS).unref();
      server.close(async () => {
        await end();
        process.exit(0);
      });
    }, POLL_MS);
  });
}
