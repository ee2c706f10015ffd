// A password as PostgreSQL keeps it: whoever reads it (a server log, a backup) cannot sign in with it.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const ITERATIONS = 4096; // PostgreSQL's own default
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** The SCRAM-SHA-256 verifier of RFC 5803, as CREATE ROLE takes it in the place of a password. */
export function scramVerifier(password, salt = randomBytes(16)) {
  if (!/^[\x20-\x7e]+$/.test(password)) {
    // Other characters would have to be normalized (SASLprep) exactly as every client does it.
    throw new Error('the password of the database user: use printable ASCII, for example 32 letters and digits');
  }
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
