// Can this task do its work? Each part is tried for real, in parallel, and timed.
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, log } from './log.mjs';

const LAG_MS = 2000; // how far a reader or an index may be behind before that counts as a failure
const PAUSE_MS = 50;
const PART_MS = 3500; // two parts in a row must answer before the probe gives up at 8 s

/** Tries `seen` until it says true; throws when that takes longer than the lag allowed. */
async function within(what, seen) {
  const deadline = performance.now() + LAG_MS;
  while (!(await seen())) {
    if (performance.now() > deadline) throw Object.assign(new Error(`${what} is more than ${LAG_MS} ms behind`), { code: 'LAG' });
    await sleep(PAUSE_MS);
  }
}

/** Rejects when `work` takes longer than a part may; what it began is bounded by its client's own time-outs. */
async function bounded(work) {
  const stop = new AbortController();
  const timeOut = sleep(PART_MS, undefined, { signal: stop.signal }).then(() => {
    throw Object.assign(new Error(`no answer within ${PART_MS} ms`), { code: 'TIMEOUT' });
  });
  try {
    return await Promise.race([work(), timeOut]);
  } finally {
    timeOut.catch(() => {}); // the abort below rejects it, and nobody listens any more
    stop.abort();
  }
}

export class Readiness {
  #database;
  #sessions;
  #running; // callers share a check that is under way: the path is open, its cost must not be

  constructor({ database, sessions }) {
    this.#database = database;
    this.#sessions = sessions;
  }

  /** {ready, failing: [part], checks: {part: {ok, ms, code?}}} */
  check() {
    this.#running ??= this.#check().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #check() {
    const checks = {};
    const step = async (part, work) => {
      const started = performance.now();
      const took = () => Math.round((performance.now() - started) * 10) / 10;
      try {
        const value = await bounded(work);
        checks[part] = { ok: true, ms: took() };
        return value;
      } catch (error) {
        // The caller learns which part and which code; the message may name hosts and stays in the log.
        checks[part] = { ok: false, ms: took(), code: String(error.code ?? error.name) };
        log('error', 'not ready', { part, ...describeError(error) });
        return undefined;
      }
    };
    await Promise.all([this.#checkDatabase(step), this.#checkSessions(step)]);
    const failing = Object.keys(checks).filter((part) => !checks[part].ok).sort();
    return { ready: failing.length === 0, failing, checks };
  }

  async #checkDatabase(step) {
    const beat = await step('database_writer', () => this.#beat());
    await step('database_reader', () =>
      beat === undefined
        ? this.#database.reader.query('SELECT 1') // the writer's failure is its own; does the reader answer?
        : within('the reader', async () => (await this.#lastBeat()) >= beat),
    );
  }

  async #checkSessions(step) {
    const created_at = new Date().toISOString();
    const put = await step('sessions_table', async () => {
      await this.#sessions.putMarker(created_at);
      return true;
    });
    await step('sessions_index', () =>
      put
        ? within('the customer index', () => this.#sessions.seesMarker(created_at))
        : this.#sessions.seesMarker(created_at), // the put's failure is its own; does the index answer?
    );
  }

  /** Counts one row up, so that the table never grows. */
  async #beat() {
    const { rows } = await this.#database.writer.query(
      "INSERT INTO readiness (name, beat) VALUES ('backend', 1) ON CONFLICT (name) DO UPDATE SET beat = readiness.beat + 1 RETURNING beat",
    );
    return BigInt(rows[0].beat);
  }

  async #lastBeat() {
    try {
      const { rows } = await this.#database.reader.query("SELECT beat FROM readiness WHERE name = 'backend'");
      return rows.length > 0 ? BigInt(rows[0].beat) : -1n;
    } catch (error) {
      if (error.code === '42P01') return -1n; // the table itself has not been replicated yet
      throw error;
    }
  }
}
