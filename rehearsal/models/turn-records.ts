import { createHash } from 'node:crypto';
import { parseInterruption } from '../agent/interruption.ts';
import { parsePrompt } from '../agent/prompt.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { ModelRequestRecord, ModelTurnRecord } from '../store/model-turns.ts';
import type { Conversation } from './conversation.ts';

const maxRequests = 1_000;
const maxSystemCharacters = 4_000;
const maxContextCharacters = 40_000;

/** Adds a request to the record of its turn. The first request determines the registered script of the turn. */
export function recordRequest(rehearsal: Rehearsal, conversation: Conversation): ModelTurnRecord {
  const { store, clock } = rehearsal;
  const turn = conversation.turns.at(-1) ?? { prompt: '', calls: [], assistantText: '' };
  const key = keyOf(conversation, turn.prompt);
  return store.transaction(() => {
    const known = store.modelTurns.find(key) ?? newTurn(rehearsal, conversation, key, turn.prompt);
    const request: ModelRequestRecord = {
      atMs: clock.now(),
      pastCalls: turn.calls.length,
      outcome: 'open',
      calls: [],
    };
    const record = { ...known, requests: [...known.requests, request].slice(-maxRequests) };
    store.modelTurns.put(record);
    return record;
  });
}

/** Completes the record of the latest request in the given record. */
export function recordOutcome(
  { store }: Rehearsal,
  { key, requests }: ModelTurnRecord,
  outcome: Pick<ModelRequestRecord, 'outcome' | 'calls' | 'failure'>,
): void {
  const location = requests.length - 1;
  store.transaction(() => {
    const turn = store.modelTurns.find(key);
    if (turn === undefined) return;
    const changed = turn.requests.map((request, index) =>
      index === location ? { ...request, ...outcome } : request,
    );
    store.modelTurns.put({ ...turn, requests: changed });
  });
}

function newTurn(
  { store, scripts, clock }: Rehearsal,
  conversation: Conversation,
  key: string,
  prompt: string,
): ModelTurnRecord {
  const { api, sessionKey, model, mode, folder, tools, outputSchema, images, system, context } =
    conversation;
  const interruption = parseInterruption(prompt);
  const title = parsePrompt(interruption?.task ?? prompt).title;
  const scripted =
    interruption === undefined
      ? scripts.fire({ agentId: sessionKey, agentName: title, text: prompt })
      : // A turn that continues an interrupted one keeps its script.
        store.modelTurns.all().findLast((turn) => turn.prompt === interruption.task)?.scripted;
  return {
    key,
    api,
    sessionKey,
    title,
    prompt,
    model,
    mode,
    ...(folder === undefined ? {} : { folder }),
    tools: tools.map(({ name }) => name),
    hasOutputSchema: outputSchema !== undefined,
    images,
    system: system.slice(0, maxSystemCharacters),
    context: (context ?? '').slice(0, maxContextCharacters),
    ...(scripted === undefined ? {} : { scripted }),
    createdAtMs: clock.now(),
    requests: [],
  };
}

function keyOf({ api, sessionKey, turns }: Conversation, prompt: string): string {
  const digest = createHash('sha256').update(prompt).digest('hex').slice(0, 16);
  return `${api} ${sessionKey} ${turns.length} ${digest}`;
}
