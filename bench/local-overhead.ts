import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runGitInUserRepository } from '../src/lib/git.ts';
import { cerevisorAuthor } from '../src/lib/git-client.ts';
import { startApp, type TestApp } from '../testing/browser/app.ts';
import { workflowOf } from '../testing/browser/workflows.ts';
import { script } from '../testing/local-host.ts';
import { costOf } from './harnesses/processes.ts';
import { bareSubject } from './harnesses/subjects.ts';

const WORDS = 40_000;
const ROUNDS = 3;

/**
 * Measures the processor time for the text of a local agent: in the daemon, the runner and the host together, which
 * write every word to disk twice, and in a process with only Cursor's SDK, which stores nothing. The time for a turn of
 * one word is subtracted from both. The rehearsal cloud is a child of the daemon and therefore counts only on
 * Cerevisor's side. Linux only.
 */
export async function measureLocalOverhead(): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-bench-'));
  await git(folder, 'init', '-q');
  await git(folder, 'commit', '-q', '--allow-empty', '-m', 'Start');
  const app = await startApp();
  try {
    const alone: number[] = [];
    const ours: number[] = [];
    const firstItems: number[] = [];
    // The first run also starts the runner, so it is not counted.
    await runHere(app, folder, 1);
    for (let round = 0; round < ROUNDS; round += 1) {
      alone.push((await runAlone(WORDS)) - (await runAlone(1)));
      const short = await runHere(app, folder, 1);
      ours.push((await runHere(app, folder, WORDS)).seconds - short.seconds);
      firstItems.push(short.firstItemMs);
    }
    const rate = (seconds: readonly number[]) => WORDS / Math.min(...seconds);
    return {
      'SDK alone, nothing stored (words per processor second)': rate(alone),
      'Cerevisor, every word on disk (words per processor second)': rate(ours),
      'processor time beside the SDK alone (target: at most 1.3)': rate(alone) / rate(ours),
      'from Run to the first item (ms)': Math.min(...firstItems),
    };
  } finally {
    await app[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runAlone(words: number): Promise<number> {
  const roots: number[] = [];
  const subject = bareSubject("Cursor's SDK alone", null, './bare-cursor.ts', {
    PROMPT: chatterPrompt(words),
  });
  const runningAgents = await subject.start(1, (pid) => roots.push(pid));
  const { processorSeconds } = costOf(roots);
  await runningAgents.end();
  return processorSeconds;
}

async function runHere(
  app: TestApp,
  folder: string,
  words: number,
): Promise<{ readonly seconds: number; readonly firstItemMs: number }> {
  const before = costOf(processIdsOf(app)).processorSeconds;
  const began = performance.now();
  const workflow = workflowOf('Words', [{ id: 'a', name: 'Speaker', script: `chatter ${words}` }]);
  const { sessionId } = await app.client().start({
    workflow: { ...workflow, settings: { runMode: 'local' } },
    folder,
    confirmed: [],
  });
  let firstItemMs = 0;
  for (;;) {
    const { status } = await app.client().session(sessionId);
    if (firstItemMs === 0 && (await hasItem(app, sessionId)))
      firstItemMs = performance.now() - began;
    if (status === 'finished') break;
    if (status === 'failed') throw new Error('The local agent failed');
    await setTimeout(words === 1 ? 20 : 250);
  }
  return { seconds: costOf(processIdsOf(app)).processorSeconds - before, firstItemMs };
}

async function hasItem(app: TestApp, sessionId: string): Promise<boolean> {
  const { items } = await app.client().sessionEvents(sessionId, { after: 0, limit: 100 });
  return items.some(({ type }) => type === 'TranscriptItem');
}

const chatterPrompt = (words: number): string => script(`chatter ${words}`);

/** The daemon and, once it runs, the runner. Hosts are children of the runner. */
function processIdsOf(app: TestApp): readonly number[] {
  return ['daemon.json', join('local-runs', 'runner.json')].flatMap((file) => {
    try {
      // Our own programs wrote these files.
      return [(JSON.parse(readFileSync(join(app.home, file), 'utf8')) as { pid: number }).pid];
    } catch {
      return [];
    }
  });
}

async function git(cwd: string, ...words: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runGitInUserRepository(words, {
    cwd,
    variables: cerevisorAuthor,
  });
  if (exitCode !== 0) throw new Error(`git ${words[0]} failed: ${stderr}`);
}
