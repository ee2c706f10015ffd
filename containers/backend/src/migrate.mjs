// Run to its end in each task before the backend starts: the database's tables, and the backend's own user.
// Nothing but this step knows the master's password. Tasks that start together take turns.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { readMigrationConfig } from './config.mjs';
import { TLS } from './database.mjs';
import { describeError, log } from './log.mjs';
import { statements } from './schema.mjs';

const LOCK = 7_305_843_001; // any number, of this application alone
const WHOLE_MS = 100_000; // ECS gives up after 120 s
const REACH_MS = 45_000; // a failover takes about half a minute
const PAUSE_MS = 500;
// No writer behind the name yet: no connection, or one to a server that starts, stops or only reads.
const NO_WRITER = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '25006', '57P01', '57P03']);
const isNoWriter = (error) => NO_WRITER.has(error.code) || (error.code === undefined && /timeout|terminated/.test(error.message));

async function migrate({ host, port, name, master, user }) {
  if (user.name === master.name) throw new Error(`DB_USER '${user.name}' is the master: the backend needs a user of its own`);
  const client = new pg.Client({
    host,
    port,
    database: name,
    user: master.name,
    password: master.password,
    ssl: TLS,
    connectionTimeoutMillis: 3000,
    statement_timeout: 60_000,
    application_name: 'portal-migration',
  });
  client.on('error', () => {}); // whatever was under way rejects by itself
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [user.name]);
    const steps = statements({ database: name, user: user.name, password: user.password, exists: rows.length > 0 });
    for (const statement of steps) await client.query(statement);
    await client.query('COMMIT'); // all of it or nothing
  } finally {
    await client.end().catch(() => {});
  }
}

async function main() {
  const config = readMigrationConfig(process.env);
  const giveUp = performance.now() + REACH_MS;
  for (;;) {
    try {
      await migrate(config);
      log('info', 'migrated', { user: config.user.name });
      return;
    } catch (error) {
      if (!isNoWriter(error) || performance.now() > giveUp) throw error;
      log('warn', 'no writer yet', describeError(error));
      await sleep(PAUSE_MS);
    }
  }
}

setTimeout(() => {
  log('error', 'cannot migrate', { error: 'Timeout', detail: `not done after ${WHOLE_MS} ms` });
  process.exit(1);
}, WHOLE_MS).unref();

try {
  await main();
} catch (error) {
  log('error', 'cannot migrate', describeError(error));
  process.exitCode = 1;
}
