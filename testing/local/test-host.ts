import { spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FromHost, HostThread, ToHost, TurnEnd } from '../../src/runner/harness/harness.ts';
import { RunnerLink } from '../../src/runner/harness/runner-link.ts';
import { ToolPermissions } from '../../src/runner/harness/tool-permissions.ts';
import { saveUnstored } from '../../src/runner/harness/unstored-items.ts';
import type { RawItem } from '../../src/transcript/item.ts';

/**
 * A host that performs the steps in the prompt, an array in JSON. It replaces a harness and its model in tests of the
 * runner.
 */
export type TestStep =
  | { readonly say: string }
  /** A tool call that appends a line to a file, so that tests can count how often it ran. */
  | {
      readonly tool: string;
      readonly line: string;
      readonly file: string;
      readonly takesMs?: number;
    }
  /** A background process that runs until the thread ends. */
  | { readonly background: readonly string[] }
  /** Requests permission for a command, which then appends a line to a file. */
  | { readonly ask: string; readonly file: string }
  | { readonly untilFile: string }
  | { readonly forMs: number }
  | { readonly crash: number }
  /** Blocks the event loop with a busy loop. */
  | { readonly block: true }
  /** Blocks the event loop without using the processor. */
  | { readonly stand: true }
  | { readonly reject: string }
  | { readonly memoryBytes: number }
  | { readonly failed: string }
  | { readonly end: TurnEnd };

let storeFolder = process.cwd();
let questions = new ToolPermissions({ folder: '/', policy: undefined });
let cancelled = new AbortController();
let isCancelled = false;
let lastItem = 0;
let rssBytes = 50 * 1024 * 1024;

const link = new RunnerLink((message) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (process.send === undefined || !process.connected) resolve();
  else process.send(message, () => resolve());
  return promise;
});
const send = (message: Exclude<FromHost, { kind: 'items' }>) => void link.send(message);

process.on('disconnect', () => {
  saveUnstored(storeFolder, link.unstored());
  process.exit(0);
});
process.on('unhandledRejection', (reason) =>
  process.stderr.write(`unhandled: ${String(reason)}\n`),
);
process.on('message', (message: ToHost) => {
  if (message.kind === 'turn') void runTurn(message.turnId, message.prompt);
  if (message.kind === 'open') open(message.thread);
  if (message.kind === 'answer') questions.answer(message.requestId, message.answer);
  if (message.kind === 'stored') link.stored(message.count);
  if (message.kind === 'cancel') {
    isCancelled = true;
    cancelled.abort();
  }
  if (message.kind === 'close') process.exit(0);
});
setInterval(() => send({ kind: 'alive', rssBytes }), 500);
send({ kind: 'ready' });

function open({ storeFolder: folder, cwd, permissions }: HostThread): void {
  storeFolder = folder;
  questions = new ToolPermissions({ folder: cwd, policy: permissions });
}

let currentTurn = '';

async function runTurn(turnId: string, prompt: string): Promise<void> {
  isCancelled = false;
  cancelled = new AbortController();
  currentTurn = turnId;
  const items = (...newItems: readonly RawItem[]) => void link.add(turnId, newItems);
  for (const step of stepsIn(prompt)) {
    if (isCancelled) break;
    const end = await runStep(step, items);
    if (end !== null) return send({ kind: 'ended', turnId, end });
  }
  const end: TurnEnd = isCancelled
    ? { status: 'CANCELLED' }
    : {
        status: 'FINISHED',
        result: 'All done.',
        usage: {
          inputTokens: 10,
          outputTokens: 5,
          cacheReadTokens: 0,
          cacheWriteTokens: 0,
          totalTokens: 15,
        },
      };
  send({ kind: 'ended', turnId, end });
}

// Prompts are written by the tests.
const stepsIn = (prompt: string) => JSON.parse(prompt) as readonly TestStep[];

type Items = (...items: readonly RawItem[]) => void;

async function runStep(step: TestStep, items: Items): Promise<TurnEnd | null> {
  if ('say' in step) items(item('text', { text: step.say }));
  if ('tool' in step) await callTool(step, items);
  if ('ask' in step) await askAndRun(step, items);
  if ('background' in step) startBackground(step.background);
  if ('untilFile' in step) while (!isCancelled && !existsSync(step.untilFile)) await sleep(20);
  if ('forMs' in step) await sleep(step.forMs);
  if ('crash' in step) {
    process.stderr.write('something terrible happened\n');
    await sleep(50);
    process.exit(step.crash);
  }
  if ('block' in step) for (;;);
  if ('stand' in step) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if ('reject' in step) void Promise.reject(new Error(step.reject));
  if ('memoryBytes' in step) {
    rssBytes = step.memoryBytes;
    await sleep(60_000);
  }
  if ('failed' in step) {
    send({ kind: 'failed', failure: { code: 'sdk_missing', message: step.failed } });
    await sleep(60_000);
  }
  return 'end' in step ? step.end : null;
}

async function callTool(step: Extract<TestStep, { tool: string }>, items: Items): Promise<void> {
  const callId = `call-${process.pid}-${lastItem}`;
  const call = { callId, name: step.tool, args: { line: step.line } };
  items(item('tool-call', { ...call, status: 'running' }));
  await sleep(step.takesMs ?? 0);
  appendFileSync(step.file, `${step.line}\n`);
  items(item('tool-call', { ...call, status: 'completed', result: { ok: true } }));
}

async function askAndRun(
  { ask, file }: Extract<TestStep, { ask: string }>,
  items: Items,
): Promise<void> {
  const turnId = currentTurn;
  const callId = `call-${process.pid}-${lastItem}`;
  const call = { callId, name: 'Bash', args: { command: ask } };
  items(item('tool-call', { ...call, status: 'running' }));
  const { decision, note } = await questions.ask(
    { callId, category: 'execution', tool: 'Bash', args: call.args, command: ask },
    {
      onRequest: (request) => send({ kind: 'request', turnId, request }),
      onWithdrawn: (requestId, reason) => send({ kind: 'withdrawn', turnId, requestId, reason }),
    },
    [cancelled.signal],
  );
  if (decision === 'allow') appendFileSync(file, `${ask}\n`);
  const status = decision === 'allow' ? 'completed' : 'error';
  items(item('tool-call', { ...call, status, result: note ?? 'done' }));
}

function startBackground([command = 'sleep', ...args]: readonly string[]): void {
  spawn(command, args, { detached: true, stdio: 'ignore' }).unref();
}

function item(kind: RawItem['kind'], data: object): RawItem {
  lastItem += 1;
  return { kind, id: `${process.pid}-${lastItem}`, dataText: JSON.stringify(data) };
}
