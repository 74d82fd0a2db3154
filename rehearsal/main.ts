import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { parseDuration } from './durations.ts';
import { defaultHome, HomeUnusable } from './home-folder.ts';
import { HomeInUse } from './home-lock.ts';
import {
  type AccountModel,
  defaultOptions,
  parseModel,
  parseRepository,
  type RegisteredRepository,
} from './options.ts';
import { startRehearsal } from './server.ts';

const numberFrom = (minimum: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= minimum)) {
    throw new InvalidArgumentError(`must be a number of at least ${minimum}`);
  }
  return value;
};

function duration(text: string): number {
  const ms = parseDuration(/^\d+$/.test(text) ? `${text}ms` : text);
  if (ms === undefined) throw new InvalidArgumentError('must be a duration such as 40ms or 2s');
  return ms;
}

const collect = (text: string, before: readonly RegisteredRepository[]) => [
  ...before,
  parseRepository(text),
];

function collectModel(text: string, before: readonly AccountModel[]): readonly AccountModel[] {
  const model = parseModel(text);
  if (model === undefined) {
    throw new InvalidArgumentError('must be an id, or "ID PARAMETER=VALUE,VALUE"');
  }
  return [...before, model];
}

type Flags = {
  port: number;
  home: string;
  pace: number;
  timeScale?: number;
  idleMinutes: number;
  strictSha: boolean;
  allowRun: boolean;
  repositoryLimit: boolean;
  heartbeat: number;
  retention: number;
  repo: RegisteredRepository[];
  model: AccountModel[];
  pool: string[];
  json: boolean;
};

const command = new Command('cerevisor-rehearsal')
  .description(
    "A replacement for Cursor's Cloud Agents API: the same API, real git work, no account, no cost.",
  )
  .option('--port <number>', 'port on 127.0.0.1; 0 means any free port', numberFrom(0), 0)
  .option('--home <folder>', 'folder for agents, runs and clones', defaultHome())
  .option('--pace <duration>', 'time between two words', duration, defaultOptions.paceMs)
  .option(
    '--time-scale <factor>',
    'factor by which time passes faster for agents',
    numberFrom(0.001),
  )
  .option(
    '--idle-minutes <number>',
    'exit after this time without use; 0 means never',
    numberFrom(0),
    30,
  )
  .option(
    '--strict-sha',
    'reject commit ids as startingRef, as the live API was observed to do',
    false,
  )
  .option(
    '--allow-run',
    'allow the script instruction "run", which executes commands on this machine',
    false,
  )
  .option('--no-repository-limit', 'allow GET /v1/repositories more often than once a minute')
  .option(
    '--heartbeat <duration>',
    'time between heartbeats; the first one comes after twice that time',
    duration,
    15_000,
  )
  .option(
    '--retention <seconds>',
    'how long ended streams can be read',
    numberFrom(1),
    defaultOptions.retentionSeconds,
  )
  .option(
    '--repo <url>',
    'a repository of the account; URL=PATH if it is stored on this machine',
    collect,
    [],
  )
  .option(
    '--model <id>',
    'an additional model of the account; "ID PARAMETER=VALUE,VALUE" limits its parameters',
    collectModel,
    [],
  )
  .option(
    '--pool <name>',
    'a worker pool of the account, in addition to "default"',
    (name: string, before: readonly string[]) => [...before, name],
    [],
  )
  .option('--json', 'print {"url","pid"} to standard output, and text to standard error', false);

// Invalid usage exits with 2, a failed start with 1.
command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

async function main(): Promise<void> {
  const flags = command.parse().opts<Flags>();
  const rehearsal = await startRehearsal({
    port: flags.port,
    home: flags.home.trim() === '' ? defaultHome() : resolve(flags.home),
    paceMs: flags.pace,
    ...(flags.timeScale === undefined ? {} : { timeScale: flags.timeScale }),
    idleMinutes: flags.idleMinutes,
    strictSha: flags.strictSha,
    allowRun: flags.allowRun,
    limitRepositories: flags.repositoryLimit,
    heartbeat: { firstMs: flags.heartbeat * 2, intervalMs: flags.heartbeat },
    retentionSeconds: flags.retention,
    repositories: flags.repo,
    models: flags.model,
    pools: flags.pool,
  });
  if (flags.json) print({ url: rehearsal.url, pid: process.pid });
  const output = flags.json ? process.stderr : process.stdout;
  output.write(
    `Rehearsal cloud at ${rehearsal.url}\n` +
      `  Use it:  CURSOR_BACKEND_URL=${rehearsal.url} CURSOR_API_KEY=crsr_rehearsal\n` +
      `  Open it: ${rehearsal.url}/rehearsal\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Not `once`: the terminal and the launcher may both deliver the same signal, and the second one must not kill the
    // process.
    process.on(signal, () => void rehearsal.close());
  }
  await rehearsal.closed;
}

function print(document: object): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

try {
  await main();
} catch (error) {
  if (command.opts<Flags>().json) print({ error: failureOf(error) });
  const isExpected = error instanceof HomeInUse || error instanceof HomeUnusable;
  if (!isExpected && !isAddressInUse(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function failureOf(error: unknown): { code: string; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof HomeInUse) return { code: 'locked', message };
  if (error instanceof HomeUnusable) return { code: 'home_unusable', message };
  return { code: isAddressInUse(error) ? 'port_taken' : 'rehearsal_failed', message };
}

function isAddressInUse(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
