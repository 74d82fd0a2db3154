import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemErrorCode } from '../lib/system-error.ts';
import type { SessionId } from '../session/ids.ts';
import { AuditFile } from './audit-file.ts';
import { LIFECYCLE_TYPES } from './event-codec.ts';
import type { Journal } from './types.ts';

const PAGE_SIZE = 500;
const MAX_OPEN_FILES = 500;

export type AuditLog = {
  /** Resolves when everything committed so far has been written, or has failed. */
  idle(): Promise<void>;
  /** Stops listening, and waits for writes in progress. Call it before the journal is closed. */
  close(): Promise<void>;
};

export type AuditLogOptions = {
  readonly home: string;
  readonly journal: Journal<unknown>;
  /** Removes secrets from events before they are written. The journal itself is not redacted. */
  readonly redact: (events: readonly object[]) => readonly object[];
  /** Called if a write fails. The next event or start tries again; the journal is not affected. */
  readonly onError: (error: unknown) => void;
};

/**
 * Writes the lifecycle events of each session to `audit-logs/<session>.ndjson`, one line per event, without secrets. Lines
 * are read from the journal, so that events missed because of a crash or a full disk are added later, and none is written
 * twice.
 */
export const openAuditLog = (options: AuditLogOptions): AuditLog => {
  const writer = new AuditLogWriter(options);
  const stop = options.journal.onCommitted((events) => {
    for (const { sessionId, event } of events) {
      if (event.type !== 'StreamEvent') writer.markBehind(sessionId);
    }
  });
  writer.catchUp();
  return {
    idle: () => writer.idle(),
    close: () => {
      stop();
      return writer.idle();
    },
  };
};

class AuditLogWriter {
  readonly #options: AuditLogOptions;
  readonly #folder: string;
  /** File with the position up to which everything has been written. A missing or lower value only costs time. */
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
      // More events arrived meanwhile. After a failure, the next event or start tries again, instead of a loop.
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
        await this.#write(sessionId);
      }
      const { lastPosition } = this.#options.journal;
      if (this.#behind.size === 0)
        await writeFile(this.#marker, String(lastPosition), { mode: 0o600 });
    } catch (error) {
      // The next run searches again for everything after the marker.
      this.#isCaughtUp = false;
      this.#options.onError(error);
    }
  }

  /** Finds the sessions with events after the marker, at the start or after a failure. */
  async #findSessionsBehind(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const { journal } = this.#options;
    let after = await this.#readMarker();
    // A journal that was restored from a backup is shorter than the audit log.
    if (after > journal.lastPosition) after = 0;
    for (;;) {
      const page = journal.allEvents({ after, limit: PAGE_SIZE, lifecycleOnly: true });
      for (const { sessionId } of page) this.#behind.add(sessionId);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_SIZE) break;
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

  async #write(sessionId: SessionId): Promise<void> {
    const { journal } = this.#options;
    const file = await this.#open(sessionId);
    for (;;) {
      const page = journal.sessionEvents(sessionId, {
        after: file.lastSeq,
        limit: PAGE_SIZE,
        types: LIFECYCLE_TYPES,
      });
      await file.append(page);
      if (page.length < PAGE_SIZE) return;
    }
  }

  async #open(sessionId: SessionId): Promise<AuditFile> {
    const open = this.#files.get(sessionId);
    if (open !== undefined && !open.isUncertain) return open;
    const path = join(this.#folder, `${encodeURIComponent(sessionId)}.ndjson`);
    const { journal, redact } = this.#options;
    const eventAt = (seq: number) =>
      journal.sessionEvents(sessionId, { after: seq - 1, limit: 1 })[0];
    const file = await AuditFile.open(path, { eventAt, redact });
    if (this.#files.size >= MAX_OPEN_FILES) this.#files.clear();
    this.#files.set(sessionId, file);
    return file;
  }
}
