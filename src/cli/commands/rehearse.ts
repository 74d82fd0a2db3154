import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../contract/exit-codes.ts';
import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { nodeFlags } from '../daemon/node-flags.ts';
import { type AddCommand, examples } from './command.ts';
import { parsePort } from './numbers.ts';

/** Runs as a child process and is never imported. */
const program = fileURLToPath(new URL('../../../rehearsal/main.ts', import.meta.url));

export const addRehearse: AddCommand = (root, context) => {
  root
    .command('rehearse')
    .description(
      "run the rehearsal cloud in this terminal: Cursor's API with real git work, no account, no cost",
    )
    .option('-p, --port <port>', 'port to listen on', parsePort)
    .option(
      '--repo <url[=path]>',
      'a repository of its account; PATH is where it is stored',
      collect,
    )
    .option('--model <id>', 'an additional model of its account', collect)
    .option('--pool <name>', 'a worker pool of its account', collect)
    .addHelpText(
      'after',
      examples(
        'cerevisor rehearse --port 4790',
        "cerevisor rehearse --model 'my-model reasoning=low,high'",
        'CURSOR_BACKEND_URL=http://127.0.0.1:4790 cerevisor start',
        'cerevisor rehearse --json   # prints {url, pid} and keeps running',
      ),
    )
    .action((options: Options) => rehearse(context, options));
};

type Options = {
  readonly port?: number;
  readonly repo?: readonly string[];
  readonly model?: readonly string[];
  readonly pool?: readonly string[];
};

const collect = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  text,
];

async function rehearse(context: Context, options: Options): Promise<void> {
  const { port } = options;
  const portArguments = port === undefined ? [] : ['--port', String(port)];
  const accountArguments = (['repo', 'model', 'pool'] as const).flatMap((name) =>
    (options[name] ?? []).map((value) => `--${name}=${value}`),
  );
  // The program itself prints its address or error, also as JSON.
  const jsonArguments = context.output.isJson ? ['--json'] : [];
  const child = spawn(
    process.execPath,
    [...nodeFlags(), program, ...portArguments, ...accountArguments, ...jsonArguments],
    { stdio: 'inherit' },
  );
  // The terminal sends Ctrl-C to both processes; this one waits until the child has shut down.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const forward = (): boolean => child.kill('SIGTERM');
  process.on('SIGTERM', forward);
  try {
    const [code, signal] = await once(child, 'exit');
    if (code === 0 || signal !== null) return;
    context.exitCode = code === exitCodes.badUsage ? exitCodes.badUsage : exitCodes.unreachable;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw commandError('daemon_unreachable', `The rehearsal cloud could not be started: ${detail}`);
  } finally {
    process.off('SIGINT', ignore);
    process.off('SIGTERM', forward);
  }
}
