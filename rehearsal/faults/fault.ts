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
  /** The stream of a turn in the SDK's local mode, and the requests that carry the client's messages to it. */
  'runLocal',
  'appendLocal',
  /** A request for the next message of a model, in any of the APIs of models. */
  'askModel',
  'other',
] as const;

export type Operation = (typeof operations)[number];

const match = z.strictObject({
  operation: z.enum(operations).optional(),
  method: z.string().toUpperCase().optional(),
  /** Part of the path; `*` stands for anything. */
  path: z.string().optional(),
  /** Id or name of the agent. */
  agent: z.string().optional(),
  /** First matching occasion that fires, counted from 1. */
  nth: z.int().min(1).optional(),
  /** How often it fires at most; once when `nth` is given, otherwise without end. */
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
});

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const moment = z.enum(['before', 'after']);

/** Faults of any request. `after` lets the request take effect and loses only the answer. */
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

/** Faults of an open stream. Numbers count the frames or bytes sent on that connection. */
const streamEffects = [
  z.strictObject({
    kind: z.literal('cut'),
    afterEvents: count.optional(),
    afterBytes: count.optional(),
    /** Between the simplified frame of the n-th pair and its twin. */
    inPair: z.int().min(1).optional(),
    /** Local mode: in place of the n-th checkpoint, or once the client has it. */
    beforeCheckpoint: z.int().min(1).optional(),
    afterCheckpoint: z.int().min(1).optional(),
    /** APIs of models: once the client has so many pieces of text, thinking or arguments. */
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

/** Faults of a turn in the SDK's local mode alone. Numbers count the messages sent on that stream. */
const localEffects = [
  z.strictObject({
    kind: z.literal('turn-error'),
    code: z.enum(connectCodes).default('internal'),
    message: z.string().default('Rehearsed fault'),
    /** Cursor's own details; with them the SDK shows "title detail" and follows `isRetryable`. */
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
  /** The first text is broken off half way and said again from its start, as after a retry inside the service. */
  z.strictObject({ kind: z.literal('repeat-text') }),
] as const;

/** Faults of what the records say, for as long as they are switched on. */
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

/** What a turn in local mode can suffer: the faults of streams that have a meaning there, and its own. */
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

/** What the stream of a model's message can suffer. */
export const modelStreamKinds = ['cut', 'silence', 'garbage', 'pause', 'stream-error'] as const;

export type Fault = {
  readonly id: string;
  readonly match: FaultMatch;
  readonly effect: FaultEffect;
  /** Occasions that matched so far, and those on which it fired. */
  readonly seen: number;
  readonly fired: number;
};

/** The occasion on which a fault may fire. */
export type FaultPoint = {
  readonly operation: Operation;
  readonly method?: string;
  readonly path?: string;
  readonly agentId?: string;
  readonly agentName?: string;
};
