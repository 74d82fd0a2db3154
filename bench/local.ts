import { readFileSync } from 'node:fs';
import { HostWorld, script, type TestHost } from '../testing/local-host.ts';

const WORDS = 20_000;
const MiB = 1024 * 1024;

/** Measures one local agent: the memory of its host and the throughput of its text. Linux only. */
export async function measureLocalHost(): Promise<Record<string, number>> {
  const world = await HostWorld.start();
  try {
    const started = performance.now();
    const host = await world.open(world.newThread());
    await host.run(script('say Hello.'));
    const firstTurnMs = performance.now() - started;
    const idle = residentBytesOf(host);
    await host.run(script('run echo hello', 'write a.txt hello'));
    const worked = residentBytesOf(host);
    const before = performance.now();
    await host.run(script(`chatter ${WORDS}`));
    const seconds = (performance.now() - before) / 1_000;
    return {
      'from the start of a host to the end of its first turn (ms)': firstTurnMs,
      'a host after a turn of words (MiB)': idle / MiB,
      'a host after a turn with tools (MiB)': worked / MiB,
      'a host after a very long turn (MiB)': residentBytesOf(host) / MiB,
      'words through a host, each an item (per second)': WORDS / seconds,
    };
  } finally {
    await world.close();
  }
}

function residentBytesOf({ child }: TestHost): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
  return Number(kilobytes) * 1024;
}
