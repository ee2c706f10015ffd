// The backend's process: wires the parts, listens, and on SIGTERM finishes what it has begun.
import { readConfig } from './config.mjs';
import { createDatabase } from './database.mjs';
import { createJsonServer } from './http.mjs';
import { describeError, log } from './log.mjs';
import { Readiness } from './readiness.mjs';
import { createRoutes } from './routes.mjs';
import { DatabaseSecret } from './secret.mjs';
import { drainOnSigterm } from './serve.mjs';
import { SessionStore } from './sessions.mjs';

async function start() {
  const config = readConfig(process.env);
  const secret = new DatabaseSecret({ region: config.region, secretArn: config.database.secretArn });
  const database = createDatabase(config.database, secret);
  const sessions = new SessionStore(config);
  const readiness = new Readiness({ database, sessions });
  const server = await createJsonServer(config.protocol, createRoutes({ config, sessions, readiness }));

  drainOnSigterm(server, { log, end: () => Promise.allSettled([database.writer.close(), database.reader.close()]) });
  server.listen(config.port, '0.0.0.0', () => {
    log('info', 'listening', { port: server.address().port, protocol: config.protocol, environment: config.environment, version: config.version });
  });
}

try {
  await start();
} catch (error) {
  log('error', 'cannot start', describeError(error));
  process.exitCode = 1;
}
