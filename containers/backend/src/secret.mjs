// The database secret, read by ARN when it is first needed and again when the database refuses it: it rotates.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export class DatabaseSecret {
  #arn;
  #client;
  #reading; // one promise for everybody who asks while a read is under way, and its value afterwards

  constructor({ region, secretArn }) {
    this.#arn = secretArn;
    this.#client = new SecretsManagerClient({ region, requestHandler: { connectionTimeout: 2000, requestTimeout: 5000 } });
  }

  /** {username, password} */
  read() {
    this.#reading ??= this.#fetch().catch((error) => {
      this.#reading = undefined;
      throw error;
    });
    return this.#reading;
  }

  /** Forgets `stale`, unless somebody has already read a newer one. */
  async forget(stale) {
    const current = await this.#reading;
    if (current === stale) this.#reading = undefined;
  }

  async #fetch() {
    const { SecretString } = await this.#client.send(new GetSecretValueCommand({ SecretId: this.#arn }));
    const { username, password } = JSON.parse(SecretString);
    return { username, password };
  }
}
