// Sign-in sessions in DynamoDB; each opening and closing leaves an event behind.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';

const SESSION_SECONDS = 30 * 60;
const EVENT_SECONDS = 90 * 24 * 3600;
const MARKER = '#readiness'; // no caller can name it: identifiers hold no '#' (routes.mjs)

const nowSeconds = () => Math.floor(Date.now() / 1000);
// The time-to-live sweep may be two days late: until then an expired item is still there to be read.
const isAlive = (session) => session.expires_at > nowSeconds();

export class SessionStore {
  #documents;
  #tables;
  #indexes;

  constructor({ region, tables, indexes }) {
    const client = new DynamoDBClient({ region, requestHandler: { connectionTimeout: 1000, requestTimeout: 3000 } });
    this.#documents = DynamoDBDocumentClient.from(client);
    this.#tables = tables;
    this.#indexes = indexes;
  }

  async open({ customer_id, device_id }) {
    const created_at = new Date().toISOString();
    const session = { session_id: randomUUID(), customer_id, device_id, created_at, expires_at: nowSeconds() + SESSION_SECONDS };
    await this.#documents.send(new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName: this.#tables.sessions, Item: session, ConditionExpression: 'attribute_not_exists(session_id)' } },
        { Put: { TableName: this.#tables.events, Item: this.#event(session, 'opened') } },
      ],
    }));
    return session;
  }

  /** The session, or undefined when there is none or it has expired. */
  async get(session_id) {
    const { Item } = await this.#documents.send(new GetCommand({ TableName: this.#tables.sessions, Key: { session_id }, ConsistentRead: true }));
    return Item && isAlive(Item) ? Item : undefined;
  }

  /** Whether there was such a session to close. */
  async close(session_id) {
    const session = await this.get(session_id);
    if (session === undefined) return false;
    try {
      await this.#documents.send(new TransactWriteCommand({
        TransactItems: [
          { Delete: { TableName: this.#tables.sessions, Key: { session_id }, ConditionExpression: 'attribute_exists(session_id)' } },
          { Put: { TableName: this.#tables.events, Item: this.#event(session, 'closed') } },
        ],
      }));
    } catch (error) {
      // Another request has closed it between our read and our write.
      if (error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed') return false;
      throw error;
    }
    return true;
  }

  /** A customer's sessions, newest first: {sessions, more}; `more` says that the limit cut the list. */
  ofCustomer(customer_id, limit) {
    return this.#list(this.#indexes.customer, { customer_id }, limit);
  }

  /** The same for a device: who is signed in there. */
  ofDevice(device_id, limit) {
    return this.#list(this.#indexes.device, { device_id }, limit);
  }

  /** Puts the marker over the last one. */
  async putMarker(created_at) {
    const ids = { session_id: MARKER, customer_id: MARKER, device_id: MARKER };
    const marker = { ...ids, created_at, expires_at: nowSeconds() + SESSION_SECONDS };
    await this.#documents.send(new PutCommand({ TableName: this.#tables.sessions, Item: marker }));
  }

  /** Whether the customer index shows the marker of that time, or of a later check's. */
  async seesMarker(created_at) {
    const [newest] = (await this.#newest(this.#indexes.customer, { customer_id: MARKER }, 1)).Items;
    return newest !== undefined && newest.created_at >= created_at;
  }

  async #list(index, owner, limit) {
    const { Items, LastEvaluatedKey } = await this.#newest(index, owner, limit);
    return { sessions: Items.filter(isAlive), more: LastEvaluatedKey !== undefined };
  }

  #newest(index, owner, limit) {
    const [[attribute, value]] = Object.entries(owner);
    return this.#documents.send(new QueryCommand({
      TableName: this.#tables.sessions,
      IndexName: index,
      KeyConditionExpression: '#owner = :owner',
      ExpressionAttributeNames: { '#owner': attribute },
      ExpressionAttributeValues: { ':owner': value },
      ScanIndexForward: false,
      Limit: limit,
    }));
  }

  #event({ session_id, customer_id, device_id }, kind) {
    const occurred_at = new Date().toISOString();
    return { session_id, occurred_at, kind, customer_id, device_id, expires_at: nowSeconds() + EVENT_SECONDS };
  }
}
