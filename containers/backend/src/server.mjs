// The backend's process: wires the parts, listens, and on SIGTERM finishes what it has begun.
import { readConfig } from './config.mjs';
import { createDatabase } from './database.mjs';
import { createJsonServer } from './http.mjs';
import { describeError, log } from './log.mjs';
import { Readiness } from './readiness.mjs';
import { createRoutes } from './routes.mjs';
import { DatabaseSecret } from './secret.mjs';
import { SessionStore } from './sessions.mjs';

const DRAIN_MS = 20_000; // well under ECS's stop timeout (portal_stage/portal/service.py)

function start() {
  const config = readConfig(process.env);
  const secret = new DatabaseSecret({ region: config.region, secretArn: config.database.secretArn });
  const database = createDatabase(config.database, secret);
  const sessions = new SessionStore(config);
  const readiness = new Readiness({ database, sessions });
  const server = createJsonServer(createRoutes({ config, sessions, readiness }));

  process.once('SIGTERM', () => {
    log('info', 'stopping');
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    server.close(async () => {
      await Promise.allSettled([database.writer.close(), database.reader.close()]);
      process.exit(0);
    });
    server.closeIdleConnections();
  });
  server.listen(config.port, '0.0.0.0', () => {
    log('info', 'listening', { port: server.address().port, environment: config.environment, version: config.version });
  });
}

try {
  start();
} catch (error) {
  log('error', 'cannot start', describeError(error));
  process.exitCode = 1;
}
