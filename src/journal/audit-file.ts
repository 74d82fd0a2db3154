import { appendFile, readFile, rename, truncate } from 'node:fs/promises';
import { z } from 'zod';
import { systemErrorCode } from '../lib/system-error.ts';
import { publicEvent } from '../session/events/public-event.ts';
import type { StoredEvent } from './types.ts';

const lineSchema = z.object({ position: z.number(), seq: z.number(), type: z.string() });

const readIfPresent = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
};

const parseLine = (line: string): z.infer<typeof lineSchema> | null => {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    // Not one of our lines: the caller starts a new file.
    return null;
  }
};

export type AuditSource = {
  readonly eventAt: (seq: number) => StoredEvent | undefined;
  readonly redact: (events: readonly object[]) => readonly object[];
};

/** The audit file of one session, with the position of its last event. */
export class AuditFile {
  readonly #path: string;
  readonly #clean: AuditSource['redact'];
  #lastSeq: number;
  #isUncertain = false;

  private constructor(path: string, lastSeq: number, clean: AuditSource['redact']) {
    this.#path = path;
    this.#clean = clean;
    this.#lastSeq = lastSeq;
  }

  /**
   * Opens a file for appending, and removes an incomplete last line. If the journal does not contain the event of the
   * last line, because it was restored from a backup, the file is renamed and a new one is started.
   */
  static async open(path: string, { eventAt, redact }: AuditSource): Promise<AuditFile> {
    const content = await readIfPresent(path);
    const end = content.lastIndexOf('\n') + 1;
    if (end === 0) {
      if (content.length > 0) await truncate(path, 0);
      return new AuditFile(path, 0, redact);
    }
    const start = end < 2 ? 0 : content.lastIndexOf('\n', end - 2) + 1;
    const last = parseLine(content.toString('utf8', start, end));
    const event = last === null ? undefined : eventAt(last.seq);
    const isKnown =
      last !== null &&
      event?.seq === last.seq &&
      event.position === last.position &&
      event.event.type === last.type;
    if (!isKnown) {
      await rename(path, `${path}.before-restore-${Date.now()}`);
      return new AuditFile(path, 0, redact);
    }
    if (end < content.length) await truncate(path, end);
    return new AuditFile(path, last.seq, redact);
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** A write has failed, so that the file must be opened again to find its end. */
  get isUncertain(): boolean {
    return this.#isUncertain;
  }

  async append(events: readonly StoredEvent[]): Promise<void> {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#isUncertain = true;
    // The lines must be on disk before the marker moves past them.
    const lines = this.#clean(events.map(({ event }) => publicEvent(event))).map((event, index) => {
      const stored = events[index];
      return stored === undefined ? '' : toLine(stored, event);
    });
    await appendFile(this.#path, lines.join(''), { mode: 0o600, flush: true });
    this.#isUncertain = false;
    this.#lastSeq = last.seq;
  }
}

const toLine = ({ at, sessionId, seq, position }: StoredEvent, event: object): string =>
  `${JSON.stringify({ ts: new Date(at).toISOString(), sessionId, seq, position, ...event })}\n`;
