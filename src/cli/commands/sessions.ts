import { InvalidArgumentError } from 'commander';
import type { Client } from '../../contract/client.ts';
import type { SessionsQuery } from '../../contract/requests.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { sessionStatuses } from '../../contract/statuses.ts';
import { listOf, plural } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { renderSessionTable } from '../render/session-table.ts';
import { line, quiet } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';
import { parseCount } from './numbers.ts';

export type SessionsOptions = {
  readonly all?: boolean;
  readonly status?: readonly string[];
  readonly search?: string;
  readonly limit?: number;
};

/** `queued` sessions are running sessions that wait for a free slot. */
const statuses: readonly string[] = ['queued', ...sessionStatuses];

const PAGE_SIZE = 200;
/** Enough rows for reading; JSON output has all. */
const DEFAULT_LIMIT = 100;

export const addSessions: AddCommand = (program, context) => {
  program
    .command('sessions')
    .description('list sessions, local and cloud; those that need you come first')
    .option('--all', 'include dismissed sessions')
    .option(
      '-s, --status <status>',
      `only sessions with these statuses: ${statuses.join(', ')}`,
      collectStatus,
    )
    .option(
      '-q, --search <words>',
      'only sessions with these words in names, ids, branches or errors',
    )
    .option('-n, --limit <count>', 'maximum number of sessions', parseCount)
    .addHelpText(
      'after',
      examples(
        'cerevisor sessions',
        'cerevisor sessions --status running,waiting',
        'cerevisor sessions --all --search checkout --json',
      ),
    )
    .action((options: SessionsOptions) => sessions(context, options));
};

export function collectStatus(text: string, before: readonly string[] = []): string[] {
  // The table shows `needs you`, so it is accepted too.
  const values = text.split(',').map((value) => value.trim().replace(/^needs[- ]you$/, 'waiting'));
  const invalid = values.find((value) => !statuses.includes(value));
  if (invalid === undefined) return [...before, ...values];
  throw new InvalidArgumentError(`"${invalid}" is not one of ${listOf(statuses)}.`);
}

async function sessions(context: Context, options: SessionsOptions): Promise<void> {
  const { output, now } = context;
  const client = await connect(context);
  const query: SessionsQuery = {
    order: 'needs-you-first',
    ...(options.all === true ? { all: true } : {}),
    ...(options.status === undefined ? {} : { status: [...options.status] }),
    ...(options.search === undefined ? {} : { search: options.search }),
  };
  const limit = options.limit ?? (output.isJson ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT);
  const { items, total } = await readPages(client, query, limit);
  if (output.isJson) return output.document(items);
  if (items.length === 0) return printEmptyList(context, options);
  output.rows(renderSessionTable(items, { ...output.appearance, width: output.width, now: now() }));
  if (total > items.length) {
    const rest = plural(total - items.length, 'more session');
    output.print(line(quiet(`${rest}: filter with --status or --search, or raise --limit.`)));
  }
}

async function readPages(
  client: Client,
  query: SessionsQuery,
  limit: number,
): Promise<{ items: SessionView[]; total: number }> {
  // By id, because a session that starts between two pages could make another one appear twice.
  const sessionsById = new Map<string, SessionView>();
  for (let offset = 0; ; offset += PAGE_SIZE) {
    const page = await client.sessions({
      ...query,
      offset,
      limit: Math.min(PAGE_SIZE, limit - offset),
    });
    for (const session of page.items) sessionsById.set(session.id, session);
    if (page.items.length < PAGE_SIZE || sessionsById.size >= limit) {
      return { items: [...sessionsById.values()], total: page.total };
    }
  }
}

function printEmptyList({ output }: Context, options: SessionsOptions): void {
  if (options.status !== undefined || options.search !== undefined) {
    output.print(
      'No session matches.',
      ...(options.all === true ? [] : [line(quiet('Include dismissed sessions with --all.'))]),
    );
    return;
  }
  output.print(
    options.all === true ? 'No sessions yet.' : 'No sessions.',
    line(
      quiet(
        output.advice('Start one:  cerevisor run FILE (without an API key, it is a rehearsal)'),
      ),
    ),
    ...(options.all === true
      ? []
      : [line(quiet(output.advice('Dismissed:  cerevisor sessions --all')))]),
  );
}
