import { z } from 'zod';
import { isErrorCode } from '../api/api-error.ts';
import { connectCodes, errorNames, isConnectCode } from './connect-codes.ts';

const operations = [
  'createAgent',
  'listAgents',
  'getAgent',
  'deleteAgent',
  'archiveAgent',
  'unarchiveAgent',
  'createRun',
  'listRuns',
  'getRun',
  'streamRun',
  'cancelRun',
  'getUsage',
  'listArtifacts',
  'linkArtifact',
  'downloadArtifact',
  'getMe',
  'listModels',
  'listRepositories',
  'exchangeToken',
  'callRpc',
  /** The stream of a turn in the SDK's local mode, and the requests with the client's messages to it. */
  'runLocal',
  'appendLocal',
  /** A request for the next message of a model, in any of the model APIs. */
  'askModel',
  'other',
] as const;

export type Operation = (typeof operations)[number];

const match = z.strictObject({
  operation: z.enum(operations).optional(),
  method: z.string().toUpperCase().optional(),
  /** Part of the path; `*` matches anything. */
  path: z.string().optional(),
  /** Id or name of the agent. */
  agent: z.string().optional(),
  /** Number of the first matching call that fires, counted from 1. */
  nth: z.int().min(1).optional(),
  /** Maximum number of times it fires: 1 if `nth` is set, otherwise unlimited. */
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
});

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const moment = z.enum(['before', 'after']);

/** Faults of any request. With `after`, the request takes effect and only its response is lost. */
const requestEffects = [
  z.strictObject({
    kind: z.literal('error'),
    code: z.string(),
    status: z.int().min(400).max(599).optional(),
    message: z.string().optional(),
    retryAfterSeconds: z.number().min(0).optional(),
    /** `{"error": "…", "message": "…"}`, as the general API overview shows a 429. */
    flat: z.boolean().optional(),
    helpUrl: z.string().optional(),
    provider: z.string().optional(),
    when: moment.optional(),
  }),
  z.strictObject({ kind: z.literal('html'), status: z.int().min(200).max(599).default(502) }),
  z.strictObject({ kind: z.literal('malformed'), when: moment.default('after') }),
  z.strictObject({ kind: z.literal('reset'), when: moment.default('before') }),
  z.strictObject({ kind: z.literal('hang'), when: moment.default('before') }),
  z.strictObject({ kind: z.literal('delay'), ms: milliseconds, when: moment.default('before') }),
] as const;

/** Faults of an open stream. Counters are per connection. */
const streamEffects = [
  z.strictObject({
    kind: z.literal('cut'),
    afterEvents: count.optional(),
    afterBytes: count.optional(),
    /** Between the simplified frame of the nth pair and its twin. */
    inPair: z.int().min(1).optional(),
    /** Local mode: instead of the nth checkpoint, or once the client has it. */
    beforeCheckpoint: z.int().min(1).optional(),
    afterCheckpoint: z.int().min(1).optional(),
    /** Model APIs: once the client has this number of pieces of text, thinking or arguments. */
    afterDeltas: z.int().min(1).optional(),
    how: z.enum(['reset', 'end']).default('reset'),
  }),
  z.strictObject({ kind: z.literal('silence'), afterEvents: count.default(0) }),
  z.strictObject({ kind: z.literal('garbage'), afterEvents: count.default(0) }),
  z.strictObject({
    kind: z.literal('stream-error'),
    code: z.string().default('stream_unavailable'),
    message: z.string().default('Run stream is no longer available'),
    afterEvents: count.default(0),
  }),
  z.strictObject({ kind: z.literal('no-result') }),
  z.strictObject({ kind: z.literal('no-end'), close: z.boolean().default(true) }),
  z.strictObject({ kind: z.literal('late-end'), ms: milliseconds }),
  z.strictObject({ kind: z.literal('crlf') }),
  z.strictObject({ kind: z.literal('no-heartbeat') }),
] as const;

/** Faults of a turn in the SDK's local mode only. Counters are per stream. */
const localEffects = [
  z.strictObject({
    kind: z.literal('turn-error'),
    code: z.enum(connectCodes).default('internal'),
    message: z.string().default('Rehearsed fault'),
    /** Cursor's error details; with them, the SDK shows "title detail" and obeys `isRetryable`. */
    details: z
      .strictObject({
        error: z.enum(errorNames).optional(),
        title: z.string().optional(),
        detail: z.string().optional(),
        isRetryable: z.boolean().optional(),
      })
      .optional(),
    afterEvents: count.default(0),
  }),
  z.strictObject({ kind: z.literal('pause'), afterEvents: count.default(0), ms: milliseconds }),
  z.strictObject({ kind: z.literal('no-checkpoint') }),
  z.strictObject({ kind: z.literal('no-usage') }),
  /** Half of the first text is sent, then all of it, as after a retry inside the service. */
  z.strictObject({ kind: z.literal('repeat-text') }),
] as const;

/** Faults of records, which apply as long as they are active. */
const recordEffects = [
  z.strictObject({ kind: z.literal('frozen-record') }),
  z.strictObject({ kind: z.literal('hidden') }),
  z.strictObject({ kind: z.literal('gone') }),
  z.strictObject({ kind: z.literal('no-branch') }),
  z.strictObject({ kind: z.literal('no-pull-request') }),
  z.strictObject({ kind: z.literal('no-artifacts') }),
  z.strictObject({ kind: z.literal('late-artifacts'), ms: milliseconds }),
  z.strictObject({ kind: z.literal('artifact-size'), sizeBytes: count }),
  z.strictObject({ kind: z.literal('endless-artifact') }),
  z.strictObject({ kind: z.literal('hostile-artifacts'), names: z.array(z.string()).optional() }),
  z.strictObject({ kind: z.literal('expired-link') }),
  z.strictObject({ kind: z.literal('late-cost'), ms: milliseconds }),
  z.strictObject({
    kind: z.literal('end-run'),
    status: z.enum(['ERROR', 'EXPIRED', 'CANCELLED', 'FINISHED']),
  }),
] as const;

const effect = z
  .discriminatedUnion('kind', [
    ...requestEffects,
    ...streamEffects,
    ...localEffects,
    ...recordEffects,
  ])
  .refine(
    (value) =>
      value.kind !== 'error' ||
      value.status !== undefined ||
      isErrorCode(value.code) ||
      isConnectCode(value.code),
    {
      message: 'An error code that Cursor does not have needs a status',
    },
  );

export const faultBody = z.strictObject({ match: match.default({}), effect });

export type FaultMatch = z.infer<typeof match>;
export type FaultEffect = z.infer<typeof effect>;
export type EffectKind = FaultEffect['kind'];
export type EffectOf<Kind extends EffectKind> = Extract<FaultEffect, { kind: Kind }>;

export const requestKinds = ['error', 'html', 'malformed', 'reset', 'hang', 'delay'] as const;
export const streamKinds = [
  'cut',
  'silence',
  'garbage',
  'stream-error',
  'no-result',
  'no-end',
  'late-end',
  'crlf',
  'no-heartbeat',
] as const;

/** Faults of a turn in local mode: the stream faults that apply there, and its own. */
export const localStreamKinds = [
  'cut',
  'silence',
  'garbage',
  'no-end',
  'late-end',
  'no-heartbeat',
  'turn-error',
  'pause',
  'no-checkpoint',
  'no-usage',
  'repeat-text',
] as const;

/** Faults of the stream of a model message. */
export const modelStreamKinds = ['cut', 'silence', 'garbage', 'pause', 'stream-error'] as const;

export type Fault = {
  readonly id: string;
  readonly match: FaultMatch;
  readonly effect: FaultEffect;
  /** Number of calls that matched, and of those on which it fired. */
  readonly seen: number;
  readonly fired: number;
};

/** A call of an operation, on which a fault may fire. */
export type FaultPoint = {
  readonly operation: Operation;
  readonly method?: string;
  readonly path?: string;
  readonly agentId?: string;
  readonly agentName?: string;
};
