import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { toolAnswerSchema, toolRequestSchema } from '../../permissions/schema.ts';
import { localTurnSchema, rawItemSchema } from '../../runtimes/local/protocol.ts';
import { threadRequestSchema } from '../../runtimes/local/start-requests.ts';
import type { RawItem } from '../../transcript/item.ts';
import { turnEndSchema } from '../harness/harness.ts';
import type { Workspace } from '../workspace-port.ts';

/**
 * The records of a thread's log: one JSON line each, with a sequence number and a checksum. Released record types are
 * never changed, and older ones can still be read. A type that is unknown here comes from a later version and is kept.
 */

const at = z.number();
const turnId = z.string();

const workspace = z.looseObject({
  cwd: z.string(),
  repositoryRoot: z.string().nullable(),
  branch: z.string().nullable(),
  baseCommit: z.string().nullable(),
  snapshotCommit: z.string().nullable(),
  notices: z.array(z.string()),
  conflicts: z.array(z.string()),
}) satisfies z.ZodType<Workspace>;

const ended = localTurnSchema.omit({ threadId: true, turnId: true, createdAt: true });

const recordSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('thread'),
    at,
    threadId: z.string(),
    /** Hash of the first request without its secrets; a repeated request is recognized by it. */
    requestHash: z.string(),
    thread: threadRequestSchema,
  }),
  z.object({
    type: z.literal('turn'),
    at,
    turnId,
    requestHash: z.string(),
    prompt: z.string(),
    purpose: z.string().optional(),
  }),
  z.object({ type: z.literal('workspace'), at, turnId, workspace }),
  /** A setup command was spawned in the working folder but does not run yet. */
  z.object({
    type: z.literal('command'),
    at,
    pid: z.number(),
    began: z.string().optional(),
    cwd: z.string(),
  }),
  /** A host was forked but has no work yet. */
  z.object({ type: z.literal('host'), at, pid: z.number(), began: z.string().optional() }),
  /** The host and everything that it started have exited. */
  z.object({ type: z.literal('host-gone'), at, how: z.string() }),
  /** The harness may have begun to work on the prompt. */
  z.object({ type: z.literal('sent'), at, turnId }),
  z.object({ type: z.literal('item'), turnId, item: rawItemSchema }),
  /** A tool call waits for an answer. */
  z.object({ type: z.literal('request'), at, turnId, request: toolRequestSchema }),
  z.object({
    type: z.literal('request-answered'),
    at,
    turnId,
    requestId: z.string(),
    answer: toolAnswerSchema,
  }),
  /** The tool call does not wait for an answer anymore. */
  z.object({
    type: z.literal('request-withdrawn'),
    at,
    turnId,
    requestId: z.string(),
    reason: z.string(),
  }),
  z.object({ type: z.literal('cancel'), at, turnId }),
  /** The harness has finished; its work is not committed yet. */
  z.object({ type: z.literal('host-ended'), at, turnId, end: turnEndSchema }),
  z.object({ type: z.literal('ended'), at, turnId, ended }),
  z.object({ type: z.literal('acknowledged'), at, upTo: z.number() }),
  z.object({ type: z.literal('closed'), at }),
  z.object({ type: z.literal('unknown') }),
]);
export type LogRecord = z.infer<typeof recordSchema>;
export type RecordOf<Type extends LogRecord['type']> = Extract<LogRecord, { type: Type }>;
export type Ended = z.infer<typeof ended>;
export type StoredRecord = { readonly seq: number; readonly record: LogRecord };

export const itemRecord = (turnId: string, item: RawItem): RecordOf<'item'> => ({
  type: 'item',
  turnId,
  item,
});

/** One line of the log, including the line break. */
export function encodeRecord(seq: number, record: LogRecord): string {
  const json = JSON.stringify({ seq, ...record });
  return `${checksum(json)} ${json}\n`;
}

/** The record in a line (without its line break); null if the line is torn or corrupt. */
export function decodeRecord(line: string): StoredRecord | null {
  const json = line.slice(9);
  // An empty text has the checksum zero, and some disks leave zeros at the end of a file.
  if (json === '' || line[8] !== ' ' || line.slice(0, 8) !== checksum(json)) return null;
  const fields = numbered.safeParse(JSON.parse(json));
  if (!fields.success) return null;
  const record = recordSchema.safeParse(fields.data);
  // The checksum matches, so the record was written by a later version.
  return { seq: fields.data.seq, record: record.success ? record.data : { type: 'unknown' } };
}

const numbered = z.looseObject({ seq: z.number() });

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0');
