import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemErrorCode } from '../lib/system-error.ts';
import type { SessionId } from '../session/ids.ts';
import { AuditFile } from './audit-file.ts';
import { LIFECYCLE_TYPES } from './event-codec.ts';
import type { Journal } from './types.ts';

const PAGE = 500;
const MAXIMUM_CACHED = 500;

export type AuditLog = {
  /** Settles when everything committed so far is mirrored, or could not be. */
  idle(): Promise<void>;
  /** Stops listening and finishes what is in progress. Call it before the journal is closed. */
  close(): Promise<void>;
};

export type AuditLogOptions = {
  readonly home: string;
  readonly journal: Journal<unknown>;
  /** Takes secrets out of what is about to be written. The journal itself stays whole. */
  readonly redact: (events: readonly object[]) => readonly object[];
  /** The mirror could not be written. It catches up with the next event or start; the journal is not affected. */
  readonly onError: (error: unknown) => void;
};

/**
 * Mirrors what happens to each session into `audit-logs/<session>.ndjson`, one line per event, frames and secrets left out.
 * The journal stays the truth: lines are read from it, so whatever a crash or a full disk kept from being
 * written is added later, and nothing is written twice.
 */
export const openAuditLog = (options: AuditLogOptions): AuditLog => {
  const mirror = new AuditLogWriter(options);
  const stop = options.journal.onCommitted((events) => {
    for (const { sessionId, event } of events) {
      if (event.type !== 'StreamEvent') mirror.markBehind(sessionId);
    }
  });
  mirror.catchUp();
  return {
    idle: () => mirror.idle(),
    close: () => {
      stop();
      return mirror.idle();
    },
  };
};

class AuditLogWriter {
  readonly #options: AuditLogOptions;
  readonly #folder: string;
  /** Holds the position up to which everything is mirrored. Without it, or too low, more is looked at again. */
  readonly #marker: string;
  readonly #files = new Map<SessionId, AuditFile>();
  readonly #behind = new Set<SessionId>();
  #work: Promise<void> | null = null;
  #isCaughtUp = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#folder = join(options.home, 'audit-logs');
    this.#marker = join(this.#folder, '.mirrored');
  }

  markBehind(sessionId: SessionId): void {
    this.#behind.add(sessionId);
    this.catchUp();
  }

  catchUp(): void {
    this.#work ??= this.#run().finally(() => {
      this.#work = null;
      // Marked in the last moment. After a failure the next event or start tries again, not a loop.
      if (this.#isCaughtUp && this.#behind.size > 0) this.catchUp();
    });
  }

  async idle(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  async #run(): Promise<void> {
    try {
      if (!this.#isCaughtUp) await this.#findSessionsBehind();
      for (const sessionId of this.#behind) {
        this.#behind.delete(sessionId);
        await this.#mirror(sessionId);
      }
      const { lastPosition } = this.#options.journal;
      if (this.#behind.size === 0)
        await writeFile(this.#marker, String(lastPosition), { mode: 0o600 });
    } catch (error) {
      // What was in progress is looked for again from the marker on.
      this.#isCaughtUp = false;
      this.#options.onError(error);
    }
  }

  /** After a start, or after a failure: the sessions with events behind the marker. */
  async #findSessionsBehind(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const { journal } = this.#options;
    let after = await this.#readMarker();
    // A journal restored from a backup is shorter than its mirror.
    if (after > journal.lastPosition) after = 0;
    for (;;) {
      const page = journal.allEvents({ after, limit: PAGE, lifecycleOnly: true });
      for (const { sessionId } of page) this.#behind.add(sessionId);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      after = last.position;
      await nextTurn();
    }
    this.#isCaughtUp = true;
  }

  async #readMarker(): Promise<number> {
    try {
      const position = Number(await readFile(this.#marker, 'utf8'));
      return Number.isSafeInteger(position) ? position : 0;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return 0;
      throw error;
    }
  }

  async #mirror(sessionId: SessionId): Promise<void> {
    const { journal } = this.#options;
    const file = await this.#open(sessionId);
    for (;;) {
      const page = journal.sessionEvents(sessionId, {
        after: file.lastSeq,
        limit: PAGE,
        types: LIFECYCLE_TYPES,
      });
      await file.append(page);
      if (page.length < PAGE) return;
    }
  }

  async #open(sessionId: SessionId): Promise<AuditFile> {
    const known = this.#files.get(sessionId);
    if (known !== undefined && !known.isUncertain) return known;
    const path = join(this.#folder, `${encodeURIComponent(sessionId)}.ndjson`);
    const { journal, redact } = this.#options;
    const eventAt = (seq: number) =>
      journal.sessionEvents(sessionId, { after: seq - 1, limit: 1 })[0];
    const file = await AuditFile.open(path, { eventAt, redact });
    if (this.#files.size >= MAXIMUM_CACHED) this.#files.clear();
    this.#files.set(sessionId, file);
    return file;
  }
}
