import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stopRehearsal } from '../testing/detached-processes.ts';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../bin/cerevisor.mjs', import.meta.url));
const builder = fileURLToPath(new URL('../scripts/build-programs.mjs', import.meta.url));
const sample = fileURLToPath(
  new URL('../examples/feature-in-three-waves.cerevisor', import.meta.url),
);
/**
 * Each command runs `TIMES` times in a row in each of `ROUNDS` rounds, so that other load on the machine affects all
 * commands alike.
 */
const TIMES = 10;
const ROUNDS = 3;

/**
 * Processor time (user and system) of whole commands of the bundle, divided by that of `node -e 0`. The daemon stores
 * one finished session.
 */
export async function measureCommands(): Promise<Record<string, number>> {
  // Without a current bundle, the launcher runs the sources, and the bundle would not be measured.
  execFileSync(process.execPath, [builder], { stdio: 'inherit' });
  const home = await mkdtemp(join(tmpdir(), 'cerevisor-bench-'));
  const environment = { ...process.env, CEREVISOR_HOME: home, CEREVISOR_PORT: '0', NO_COLOR: '1' };
  const cerevisor = (...args: string[]) =>
    run(process.execPath, [launcher, ...args], { env: environment });
  try {
    await cerevisor('run', sample, '--yes');
    const { stdout } = await cerevisor('sessions', '--json');
    // This is the output format of our own command.
    const [session] = JSON.parse(stdout) as { id: string }[];
    if (session === undefined) throw new Error('The sample workflow created no session.');
    const commands: Record<string, string[]> = {
      'node -e 0': ['-e', '0'],
      '--version': [launcher, '--version'],
      '--help': [launcher, '--help'],
      status: [launcher, 'status'],
      sessions: [launcher, 'sessions'],
      show: [launcher, 'show', session.id],
    };
    return ratios(await measure(commands, environment));
  } finally {
    await cerevisor('stop');
    // The rehearsal cloud intentionally outlives the daemon and writes to the folder until it exits.
    await stopRehearsal(home);
    await rm(home, { recursive: true, force: true });
  }
}

function ratios({ 'node -e 0': baseline = 1, ...commands }: Record<string, number>) {
  return {
    'node -e 0, milliseconds of processor time': baseline,
    ...Object.fromEntries(
      Object.entries(commands).map(([name, ms]) => [`${name}, times node -e 0`, ms / baseline]),
    ),
  };
}

async function measure(
  commands: Record<string, string[]>,
  environment: NodeJS.ProcessEnv,
): Promise<Record<string, number>> {
  const total = Object.fromEntries(Object.keys(commands).map((name) => [name, 0]));
  // An uncounted warm-up round fills the compile cache, as the first command after an installation does.
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, args] of Object.entries(commands)) {
      const ms = await processorTime([process.execPath, ...args], environment);
      if (round >= 0) total[name] = (total[name] ?? 0) + ms / (TIMES * ROUNDS);
    }
  }
  return total;
}

/** The total for `TIMES` runs of a command in milliseconds, as reported by the shell's `times`. */
async function processorTime(command: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const script = `for _ in $(seq ${TIMES}); do "$@" > /dev/null || exit 1; done; times`;
  const shell = spawn('sh', ['-c', script, 'sh', ...command], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  shell.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise((resolve) => shell.once('close', resolve));
  if (code !== 0) throw new Error(`${command.join(' ')} failed`);
  // The last line contains the times of the child processes: `0m1.230000s 0m0.310000s`.
  const childTimes = output.trim().split('\n').at(-1) ?? '';
  const parts = [...childTimes.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );
}
