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
/** Each command so many times in a row, in so many rounds: what the machine does meanwhile falls on all of them. */
const TIMES = 10;
const ROUNDS = 3;

/**
 * Processor time (user and system) of whole commands, as a ratio to a Node that does nothing: the bundle against a
 * daemon that has one finished session.
 */
export async function measureCommands(): Promise<Record<string, number>> {
  // Of a bundle that is older than the sources nothing would be measured: the launcher runs the sources then.
  execFileSync(process.execPath, [builder], { stdio: 'inherit' });
  const home = await mkdtemp(join(tmpdir(), 'cerevisor-bench-'));
  const environment = { ...process.env, CEREVISOR_HOME: home, CEREVISOR_PORT: '0', NO_COLOR: '1' };
  const cerevisor = (...args: string[]) =>
    run(process.execPath, [launcher, ...args], { env: environment });
  try {
    await cerevisor('run', sample, '--yes');
    const { stdout } = await cerevisor('sessions', '--json');
    // Our own command prints this shape.
    const [session] = JSON.parse(stdout) as { id: string }[];
    if (session === undefined) throw new Error('The sample left no session.');
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
    // It outlives the daemon on purpose, and writes to the folder until it has ended.
    await stopRehearsal(home);
    await rm(home, { recursive: true, force: true });
  }
}

function ratios({ 'node -e 0': nothing = 1, ...commands }: Record<string, number>) {
  return {
    'node -e 0, milliseconds of processor time': nothing,
    ...Object.fromEntries(
      Object.entries(commands).map(([name, ms]) => [`${name}, times node -e 0`, ms / nothing]),
    ),
  };
}

async function measure(
  commands: Record<string, string[]>,
  environment: NodeJS.ProcessEnv,
): Promise<Record<string, number>> {
  const total = Object.fromEntries(Object.keys(commands).map((name) => [name, 0]));
  // One round first: it fills the compile cache, as the first command after an installation does.
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, args] of Object.entries(commands)) {
      const ms = await processorTime([process.execPath, ...args], environment);
      if (round >= 0) total[name] = (total[name] ?? 0) + ms / (TIMES * ROUNDS);
    }
  }
  return total;
}

/** Of `TIMES` runs of a command, in milliseconds, as the shell that waited for them was told by the system. */
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
  // The last line is about the children: `0m1.230000s 0m0.310000s`.
  const ofChildren = output.trim().split('\n').at(-1) ?? '';
  const parts = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );
}
