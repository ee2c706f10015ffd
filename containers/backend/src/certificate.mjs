// The certificate for the last hop, from the load balancer to this task: made in memory, because the root file system is
// read-only and nobody has to trust it. The balancer encrypts to it and checks neither its name nor its issuer.
import 'reflect-metadata'; // x509's dependency tsyringe asks for it, before x509 itself is loaded
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

const DAY_MS = 24 * 3600 * 1000;
const LIFE_DAYS = 30;
const RENEW_DAYS = 20; // below the 24.8 days that a timer can wait
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A new key and a certificate for it, both in PEM. */
export async function makeCertificate() {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${randomBytes(15).toString('hex')}`, // a positive number
    name: 'CN=portal-task',
    notBefore: new Date(now - DAY_MS), // clocks differ
    notAfter: new Date(now + LIFE_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
  });
  return {
    key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }),
    cert: certificate.toString('pem'),
  };
}

/** A task may live longer than its certificate: new connections get a new one in good time. */
export function renewCertificate(server, failed) {
  const renew = () => makeCertificate().then((fresh) => server.setSecureContext(fresh), failed);
  setInterval(renew, RENEW_DAYS * DAY_MS).unref();
}
