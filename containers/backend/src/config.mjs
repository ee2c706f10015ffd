// The task's environment, read once; every missing or malformed value is named in one message.
import manifest from '../package.json' with { type: 'json' };

const REQUIRED = [
  'AWS_REGION', 'DB_SECRET_ARN', 'DB_WRITER_HOST', 'DB_READER_HOST', 'DB_NAME',
  'SESSIONS_TABLE', 'SESSION_EVENTS_TABLE', 'CUSTOMER_INDEX', 'DEVICE_INDEX',
];

export function readConfig(env) {
  const problems = REQUIRED.filter((name) => !env[name]).map((name) => `${name} is not set`);
  const port = (name, fallback) => {
    const value = Number(env[name] ?? fallback);
    if (!Number.isInteger(value) || value < 0 || value > 65535) problems.push(`${name} '${env[name]}': use a port, for example ${fallback}`);
    return value;
  };
  const config = {
    port: port('PORT', 3000),
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
  };
  if (problems.length > 0) throw new Error(`environment: ${problems.join('; ')}`);
  return config;
}
