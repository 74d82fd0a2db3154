import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { NewItem } from '../adapter.ts';
import { toolOutput } from '../new-items.ts';

/** A command may print without end; its result contains the rest, as far as it is kept. */
const MAX_BYTES_PER_CALL = 1_000_000;
const CHUNK_BYTES = 64 * 1024;

type WatchedCall = {
  readonly callId: string;
  /** Files that existed before the call. */
  readonly known: ReadonlySet<string>;
  readonly decoder: StringDecoder;
  file: string | null;
  offset: number;
};

/**
 * The output of running commands. The SDK reports it only at their end, but Claude Code writes it to a file as it
 * comes. The file is not linked to a call: with one running command the assignment is certain; with several it would be
 * a guess, so their output is shown when they end.
 */
export class LiveOutput {
  readonly #temporary: string;
  readonly #sessionId: string;
  readonly #open = new Map<string, WatchedCall>();

  constructor(temporary: string, sessionId: string) {
    this.#temporary = temporary;
    this.#sessionId = sessionId;
  }

  begin(callId: string): void {
    this.#open.set(callId, {
      callId,
      known: new Set(this.#files()),
      decoder: new StringDecoder('utf8'),
      file: null,
      offset: 0,
    });
  }

  end(callId: string): void {
    this.#open.delete(callId);
  }

  /** Returns the output since the last call. */
  poll(): readonly NewItem[] {
    const [watched, second] = this.#open.values();
    if (watched === undefined || second !== undefined || watched.offset > MAX_BYTES_PER_CALL)
      return [];
    watched.file ??= this.#newFile(watched.known);
    if (watched.file === null) return [];
    const text = watched.decoder.write(this.#read(watched));
    const items = text === '' ? [] : [toolOutput(watched.callId, 'stdout', text)];
    if (watched.offset <= MAX_BYTES_PER_CALL) return items;
    const note = '\n… further output is not shown live …\n';
    return [...items, toolOutput(watched.callId, 'stderr', note)];
  }

  #newFile(known: ReadonlySet<string>): string | null {
    const [file, second] = this.#files().filter((one) => !known.has(one));
    return second === undefined ? (file ?? null) : null;
  }

  #read(watched: WatchedCall): Buffer {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    try {
      const file = openSync(watched.file ?? '', 'r');
      try {
        const size = readSync(file, buffer, 0, CHUNK_BYTES, watched.offset);
        watched.offset += size;
        return buffer.subarray(0, size);
      } finally {
        closeSync(file);
      }
    } catch {
      return Buffer.alloc(0); // The file is gone: the call has ended, and its result follows.
    }
  }

  /** `<temporary>/claude-<user>/<working folder>/<session>/tasks/<task>.output` */
  #files(): readonly string[] {
    return namesIn(this.#temporary)
      .filter((name) => name.startsWith('claude-'))
      .map((name) => join(this.#temporary, name))
      .flatMap((user) => namesIn(user).map((project) => join(user, project)))
      .map((project) => join(project, this.#sessionId, 'tasks'))
      .flatMap((tasks) => namesIn(tasks).map((name) => join(tasks, name)))
      .filter((file) => file.endsWith('.output'));
  }
}

/** Empty if the folder does not exist: other versions of the program may use another one. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
