import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../server/contract/exit-codes.ts';
import type { Context } from '../context.ts';
import { nodeFlags } from '../daemon/node-flags.ts';
import { refusal } from '../refusal.ts';
import { type AddCommand, examples } from './command.ts';
import { parsePort } from './numbers.ts';

/** A program of its own: it is started, never imported. */
const program = fileURLToPath(new URL('../../../rehearsal/main.ts', import.meta.url));

export const addRehearse: AddCommand = (root, context) => {
  root
    .command('rehearse')
    .description(
      "run the rehearsal cloud here: Cursor's API with real git work, no account, no cost",
    )
    .option('-p, --port <port>', 'where it listens', parsePort)
    .addHelpText(
      'after',
      examples(
        'cerevisor rehearse --port 4790',
        'CURSOR_BACKEND_URL=http://127.0.0.1:4790 cerevisor start',
        'cerevisor rehearse --json   # {url, pid}, then it stays',
      ),
    )
    .action((options: { port?: number }) => rehearse(context, options.port));
};

async function rehearse(context: Context, port: number | undefined): Promise<void> {
  const portArguments = port === undefined ? [] : ['--port', String(port)];
  // It prints its address, or why it has none, by itself: in JSON too.
  const jsonArguments = context.output.isJson ? ['--json'] : [];
  const child = spawn(
    process.execPath,
    [...nodeFlags(), program, ...portArguments, ...jsonArguments],
    { stdio: 'inherit' },
  );
  // The terminal sends Ctrl-C to both; the child ends in its own good order, and this process after it.
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
    throw refusal('daemon_unreachable', `The rehearsal cloud could not be started: ${detail}`);
  } finally {
    process.off('SIGINT', ignore);
    process.off('SIGTERM', forward);
  }
}
