import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DaemonProcess, startRehearsalProcess } from '../testing/processes.ts';

const SESSIONS = 25;
const AGENTS = 8;
/** How long the agents write, one word per second each, before the memory is measured. */
const LISTEN_MS = 20_000;
const WORDS = 600;
const MiB = 1024 * 1024;

/** Measures the resident memory of a daemon that follows 200 live attempts of the rehearsal cloud. Linux only. */
export async function measureMemory(): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-bench-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(
    join(home, 'settings.json'),
    JSON.stringify({ version: 1, maxLiveCloudAttempts: SESSIONS * AGENTS }),
  );
  const rehearsal = await startRehearsalProcess(join(folder, 'rehearsal'), ['--pace', '1s']);
  const daemon = new DaemonProcess(home, rehearsal.url);
  try {
    await daemon.start();
    const idle = residentBytesOf(daemon.pid);
    for (let index = 0; index < SESSIONS; index += 1) {
      await daemon.client.start({ workflow: talkativeWorkflow(index) });
    }
    const live = await waitUntilAllRunning(daemon);
    await wait(LISTEN_MS);
    const busy = residentBytesOf(daemon.pid);
    return {
      'live attempts': live,
      'daemon, nothing to do (MiB)': idle / MiB,
      'daemon, all attempts live (MiB, target: under 300)': busy / MiB,
      'for each live attempt (MiB)': (busy - idle) / MiB / live,
    };
  } finally {
    await daemon.kill();
    rehearsal.process.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function waitUntilAllRunning(daemon: DaemonProcess): Promise<number> {
  for (;;) {
    const { items } = await daemon.client.sessions({ limit: 100 });
    const agents = items.flatMap((session) => session.agents);
    const running = agents.filter(({ status }) => status === 'running').length;
    if (running === SESSIONS * AGENTS) return running;
    const finished = agents.find(({ status }) => status === 'failed' || status === 'completed');
    if (finished !== undefined)
      throw new Error(`${finished.name} is ${finished.status}: ${finished.error?.message}`);
    await wait(500);
  }
}

function talkativeWorkflow(index: number) {
  const words = Array.from({ length: WORDS }, (_, word) => `word${word}`).join(' ');
  const script = ['```rehearse', `say ${words}`, '```'].join('\n');
  return {
    version: '1.0',
    id: `bench-${index}`,
    name: `Bench ${index}`,
    agents: Array.from({ length: AGENTS }, (_, agent) => ({
      id: `a${agent}`,
      name: `Agent ${agent}`,
      instructions: `Talk.\n\n${script}`,
    })),
    settings: { runMode: 'cloud', cloud: { allowNoRepository: true, maxConcurrentAgents: AGENTS } },
  };
}

function residentBytesOf(pid: number): number {
  const [, kilobytes = '0'] =
    /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
