// The task's environment, read once; every missing or malformed value is named in one message.
import manifest from '../package.json' with { type: 'json' };

const REQUIRED = [
  'AWS_REGION', 'DB_SECRET_ARN', 'DB_WRITER_HOST', 'DB_READER_HOST', 'DB_NAME',
  'SESSIONS_TABLE', 'SESSION_EVENTS_TABLE', 'CUSTOMER_INDEX', 'DEVICE_INDEX',
];
const REQUIRED_TO_MIGRATE = [
  'DB_WRITER_HOST', 'DB_NAME', 'DB_MASTER_USER', 'DB_MASTER_PASSWORD', 'DB_USER', 'DB_PASSWORD',
];

/** What `read(port)` makes of the variables; `port(name, fallback)` reads a number. Throws one message for all. */
function checked(env, required, read) {
  const problems = required.filter((name) => !env[name]).map((name) => `${name} is not set`);
  const config = read((name, fallback) => {
    const value = Number(env[name] ?? fallback);
    if (!Number.isInteger(value) || value < 0 || value > 65535) problems.push(`${name} '${env[name]}': use a port, for example ${fallback}`);
    return value;
  });
  if (problems.length > 0) throw new Error(`environment: ${problems.join('; ')}`);
  return config;
}

export function readConfig(env) {
  return checked(env, REQUIRED, (port) => ({
    port: port('PORT', 3000),
    protocol: env.PROTOCOL ?? 'http',
    environment: env.ENVIRONMENT ?? 'local',
    version: manifest.version,
    region: env.AWS_REGION,
    database: {
      secretArn: env.DB_SECRET_ARN,
      writerHost: env.DB_WRITER_HOST,
      readerHost: env.DB_READER_HOST,
      port: port('DB_PORT', 5432),
      name: env.DB_NAME,
    },
    tables: { sessions: env.SESSIONS_TABLE, events: env.SESSION_EVENTS_TABLE },
    indexes: { customer: env.CUSTOMER_INDEX, device: env.DEVICE_INDEX },
  }));
}

/** Where to migrate, as whom, and the user to make. */
export function readMigrationConfig(env) {
  return checked(env, REQUIRED_TO_MIGRATE, (port) => ({
    host: env.DB_WRITER_HOST,
    port: port('DB_PORT', 5432),
    name: env.DB_NAME,
    master: { name: env.DB_MASTER_USER, password: env.DB_MASTER_PASSWORD },
    user: { name: env.DB_USER, password: env.DB_PASSWORD },
  }));
}
