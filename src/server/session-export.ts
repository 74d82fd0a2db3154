import { createReadStream, lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { EventView } from '../contract/event-views.ts';
import { planDiff } from '../contract/plan-diff.ts';
import { placeOfAttempt } from '../contract/round-text.ts';
import type { SessionDetail } from '../contract/session-views.ts';
import { artifactsOf } from '../session/artifacts.ts';
import { flowEventTypes } from '../session/flow/flow-events.ts';
import type { SessionId } from '../session/ids.ts';
import type { SessionState } from '../session/state.ts';
import { stateOf } from './lookup.ts';
import { type Redacted, redactValues, withRedactionCount } from './redaction.ts';
import type { Services } from './services.ts';
import type { SessionReader } from './session-reader.ts';
import { redactTranscript } from './transcript-redaction.ts';
import { eventView } from './views/event-view.ts';

const PAGE_SIZE = 500;
/** Far more than the rounds that a workflow may ask for can bring about. */
const MOST_FLOW_EVENTS = 50_000;

/**
 * Everything that is known of a session, as a zip: the workflow as it was, the session, its events, hand-offs, prompts, edited plans,
 * artifacts and audit log. Keys are left out, and counted in `redactions.json`; artifacts stay whole. Streamed: memory does not grow with the session.
 */
export function exportSession(
  id: SessionId,
  services: Services,
  sessions: SessionReader,
): ReadableStream<Uint8Array> {
  const state = stateOf(services.journal, id);
  const detail = sessions.detail(id);
  const zip = new ZipFile();
  // The download breaks off, which its reader notices; unheard, the error would end the daemon.
  const breakOff = (error: Error): void => {
    services.log.warn({ error, session: id }, 'an export was interrupted');
    // `outputStream` is only typed as what can be read; yazl makes a PassThrough.
    (zip.outputStream as Readable).destroy(error);
  };
  zip.on('error', breakOff);
  const counts = new Map<string, number>();
  const counted = (name: string, count: number): void => {
    counts.set(name, (counts.get(name) ?? 0) + count);
  };
  const addLines = (name: string, lines: Iterable<string> | AsyncIterable<string>): void =>
    zip.addReadStream(Readable.from(lines).on('error', breakOff), name);
  const addText = (name: string, text: string): void => {
    const [clean = { text: '', count: 0 }] = services.redact([text]);
    counted(name, clean.count);
    zip.addBuffer(Buffer.from(clean.text), name);
  };
  const addJson = (name: string, value: object): void => {
    const [clean = { value: {}, count: 0 }] = redactValues([value], services.redact);
    counted(name, clean.count);
    zip.addBuffer(Buffer.from(`${JSON.stringify(clean.value, null, 2)}\n`), name);
  };

  addJson('workflow.cerevisor', state.workflow);
  addJson('session.json', detail);
  addJson('flow.json', flowOf(id, services, detail));
  const events = eventLines(id, services, (count) => counted('events.ndjson', count));
  addLines('events.ndjson', events);
  for (const [index, { connectionId, content }] of detail.handoffs.entries()) {
    addText(`handoffs/${index + 1}-${part(connectionId)}.md`, content);
  }
  for (const [index, { agentId, attempt, prompt }] of detail.prompts.entries()) {
    addText(`prompts/${index + 1}-${nameOfAttempt(detail, { agentId, attempt })}.md`, prompt);
  }
  for (const [name, text] of planFiles(id, services, detail)) addText(name, text);
  const folders = sessions.artifactFolders(state);
  addJson('artifact-folders.json', agentsOfFolders(folders));
  addArtifacts(zip, state, folders);
  const auditLog = join(services.home, 'audit-logs', `${id}.ndjson`);
  if (isPlainFile(auditLog)) {
    const lines = linesOf(createReadStream(auditLog, 'utf8'));
    const name = 'audit-log.ndjson';
    addLines(
      name,
      cleanLines(lines, services, (count) => counted(name, count)),
    );
  }
  // Made when everything before it was written: only then the counts are known.
  zip.addReadStream(Readable.from(redactions(counts)), 'redactions.json');
  zip.end();
  // `Readable.toWeb` only wants a stream that can be read, which yazl's output is.
  return Readable.toWeb(zip.outputStream as Readable) as ReadableStream<Uint8Array>;
}

/** Which ways it went: connections and loops as they stand, every round, and what was decided and answered, in its order. */
function flowOf(
  id: SessionId,
  { journal }: Services,
  { connections, loops, rounds }: SessionDetail,
): object {
  const events = journal.sessionEvents(id, { limit: MOST_FLOW_EVENTS, types: flowEventTypes });
  return { connections, loops, rounds, steps: events.map(eventView) };
}

/** Each plan that a person edited before it was approved, as it was carried out, and what was changed in it. */
function planFiles(
  id: SessionId,
  { journal }: Services,
  detail: SessionDetail,
): [string, string][] {
  const answers = journal.sessionEvents(id, { limit: MOST_FLOW_EVENTS, types: ['GateAnswered'] });
  const edited = answers.flatMap(({ event }) =>
    event.type === 'GateAnswered' && event.plan !== undefined
      ? [{ agentId: event.agentId, attempt: event.attempt, plan: event.plan }]
      : [],
  );
  return edited.flatMap(({ agentId, attempt, plan }, index): [string, string][] => {
    const name = `plans/${index + 1}-${nameOfAttempt(detail, { agentId, attempt })}`;
    return [
      [`${name}.md`, plan.edited],
      [`${name}.diff`, planDiff(plan)],
    ];
  });
}

/** How many secrets were taken out of which file. */
function* redactions(counts: ReadonlyMap<string, number>): Generator<string> {
  const files = Object.fromEntries([...counts].filter(([, count]) => count > 0));
  const total = Object.values(files).reduce((sum, count) => sum + count, 0);
  yield `${JSON.stringify({ total, files }, null, 2)}\n`;
}

function* eventPages(id: SessionId, { journal }: Services): Generator<readonly EventView[]> {
  let after = 0;
  for (;;) {
    const page = journal.sessionEvents(id, { after, limit: PAGE_SIZE });
    yield page.map(eventView);
    after = page.at(-1)?.seq ?? after;
    if (page.length < PAGE_SIZE) return;
  }
}

/** Events as lines without secrets, each of which says how many were taken out of it. */
function* eventLines(
  id: SessionId,
  services: Services,
  onCount: (count: number) => void,
): Generator<string> {
  const pages = eventPages(id, services);
  let before: readonly EventView[] = [];
  let page = pages.next().value ?? [];
  while (page.length > 0) {
    const after = pages.next().value ?? [];
    const { events, counts } = redactTranscript({ before, page, after }, services.redact);
    const clean = redactValues(events, services.redact).map(({ value, count }, index) => ({
      value,
      count: count + (counts[index] ?? 0),
    }));
    onCount(clean.reduce((sum, { count }) => sum + count, 0));
    yield linesFor(clean);
    [before, page] = [page, after];
  }
}

const linesFor = (clean: readonly Redacted<object>[]): string =>
  clean.map((each) => `${JSON.stringify(withRedactionCount(each))}\n`).join('');

/** Each object without secrets as a line of its own, which says how many were taken out of it. */
async function* cleanLines(
  pages: AsyncIterable<readonly object[]>,
  { redact }: Services,
  onCount: (count: number) => void,
): AsyncGenerator<string> {
  for await (const page of pages) {
    const clean = redactValues(page, redact);
    onCount(clean.reduce((sum, { count }) => sum + count, 0));
    yield linesFor(clean);
  }
}

/** Line by line, so that a key cannot hide across two chunks. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<readonly object[]> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map(parsedLine);
  }
  if (rest !== '') yield [parsedLine(rest)];
}

/** A line that a crash cut off is no JSON, so nobody can tell what in it is secret. The journal's events have it whole. */
function parsedLine(line: string): object {
  try {
    return Object(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return { omitted: 'a line that is not JSON' };
    throw error;
  }
}

type Folders = ReturnType<SessionReader['artifactFolders']>;

/** Whose artifacts each folder holds: the name of a folder is only the beginning of an agent's id. */
const agentsOfFolders = (folders: Folders): object =>
  Object.fromEntries([...folders].map(([id, folder]) => [`artifacts/${basename(folder)}`, id]));

/** Under the names that the folders have on disk, which are different ones for ids that look alike. */
function addArtifacts(zip: ZipFile, { agents }: SessionState, folders: Folders): void {
  for (const agent of agents) {
    const folder = folders.get(agent.id);
    const { newest, earlier } = artifactsOf(agent);
    if (folder === undefined) continue;
    const files = new Set([...newest, ...earlier].flatMap(({ file }) => file ?? []));
    for (const file of files) {
      const path = join(folder, file);
      if (isPlainFile(path)) zip.addFile(path, `artifacts/${basename(folder)}/${file}`);
    }
  }
}

/** A link or folder that someone put in a file's place is left out, as it is not shown either. */
const isPlainFile = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** `writer-round-2-attempt-1`: the attempts of an agent with rounds are counted anew in each of them. */
function nameOfAttempt(
  detail: SessionDetail,
  { agentId, attempt }: { readonly agentId: string; readonly attempt: number },
): string {
  const place = placeOfAttempt(detail, { agentId, attempt });
  const round = place.round === null ? '' : `-round-${place.round}`;
  return `${part(agentId)}${round}-attempt-${place.attempt}`;
}

/** An id as a part of a name inside the zip. Ids come from files of people and may hold anything. */
const part = (id: string): string =>
  id
    .replace(/[^\w.-]+/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 80);
