// What the backend keeps in PostgreSQL, and what its user may do with it. Every statement may run any number of times.
//
// While a deployment is under way two versions of the backend use the same tables, so a release only adds: what the
// one before it still needs, a column or a right, is taken away by the release after.
import pg from 'pg';
import { scramVerifier } from './scram.mjs';

export const TABLES = [
  { name: 'readiness', columns: 'name text PRIMARY KEY, beat bigint NOT NULL', rights: 'SELECT, INSERT, UPDATE' },
];

/** The statements that bring a database to this release, in their order; `exists` tells whether the user is there. */
export function statements({ database, user, password, exists }) {
  const [db, role] = [database, user].map(pg.escapeIdentifier);
  return [
    ...(exists ? [] : [`CREATE ROLE ${role} LOGIN`]),
    `ALTER ROLE ${role} PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`,
    // What PostgreSQL gives to everybody: temporary tables, and in databases of before version 15 tables in "public".
    `REVOKE ALL ON DATABASE ${db} FROM PUBLIC`,
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    `GRANT CONNECT ON DATABASE ${db} TO ${role}`,
    `GRANT USAGE ON SCHEMA public TO ${role}`,
    ...TABLES.map(({ name, columns }) => `CREATE TABLE IF NOT EXISTS ${pg.escapeIdentifier(name)} (${columns})`),
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role}`,
    ...TABLES.map(({ name, rights }) => `GRANT ${rights} ON ${pg.escapeIdentifier(name)} TO ${role}`),
  ];
}
