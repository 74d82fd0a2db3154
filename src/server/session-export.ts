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
/** Far more than the maximum number of rounds can produce. */
const MAX_FLOW_EVENTS = 50_000;

/**
 * Exports a session as a zip file: the workflow, the session, its events, hand-offs, prompts, edited plans, artifacts and
 * audit log. Keys are removed and counted in `redactions.json`; artifacts are unchanged. The file is streamed, so that
 * memory use does not depend on the size of the session.
 */
export function exportSession(
  id: SessionId,
  services: Services,
  sessions: SessionReader,
): ReadableStream<Uint8Array> {
  const state = stateOf(services.journal, id);
  const detail = sessions.detail(id);
  const zip = new ZipFile();
  // This aborts the download, which the client notices. An unhandled error would end the daemon.
  const abort = (error: Error): void => {
    services.log.warn({ error, session: id }, 'an export was interrupted');
    // yazl creates a PassThrough; its type is only declared as readable.
    (zip.outputStream as Readable).destroy(error);
  };
  zip.on('error', abort);
  const counts = new Map<string, number>();
  const addCount = (name: string, count: number): void => {
    counts.set(name, (counts.get(name) ?? 0) + count);
  };
  const addLines = (name: string, lines: Iterable<string> | AsyncIterable<string>): void =>
    zip.addReadStream(Readable.from(lines).on('error', abort), name);
  const addText = (name: string, text: string): void => {
    const [clean = { text: '', count: 0 }] = services.redact([text]);
    addCount(name, clean.count);
    zip.addBuffer(Buffer.from(clean.text), name);
  };
  const addJson = (name: string, value: object): void => {
    const [clean = { value: {}, count: 0 }] = redactValues([value], services.redact);
    addCount(name, clean.count);
    zip.addBuffer(Buffer.from(`${JSON.stringify(clean.value, null, 2)}\n`), name);
  };

  addJson('workflow.cerevisor', state.workflow);
  addJson('session.json', detail);
  addJson('flow.json', flowOf(id, services, detail));
  const events = eventLines(id, services, (count) => addCount('events.ndjson', count));
  addLines('events.ndjson', events);
  for (const [index, { connectionId, content }] of detail.handoffs.entries()) {
    addText(`handoffs/${index + 1}-${safeName(connectionId)}.md`, content);
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
      cleanLines(lines, services, (count) => addCount(name, count)),
    );
  }
  // This stream is read last, when all counts are known.
  zip.addReadStream(Readable.from(redactions(counts)), 'redactions.json');
  zip.end();
  // yazl's output is a Readable; its type is declared more generally.
  return Readable.toWeb(zip.outputStream as Readable) as ReadableStream<Uint8Array>;
}

/** The flow of the session: the state of connections and loops, every round, and all decisions and answers in order. */
function flowOf(
  id: SessionId,
  { journal }: Services,
  { connections, loops, rounds }: SessionDetail,
): object {
  const events = journal.sessionEvents(id, { limit: MAX_FLOW_EVENTS, types: flowEventTypes });
  return { connections, loops, rounds, steps: events.map(eventView) };
}

/** Each plan that the user edited before approving it: the final text, and a diff. */
function planFiles(
  id: SessionId,
  { journal }: Services,
  detail: SessionDetail,
): [string, string][] {
  const answers = journal.sessionEvents(id, { limit: MAX_FLOW_EVENTS, types: ['GateAnswered'] });
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

/** The number of secrets that were removed from each file. */
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

/** Redacted events as JSON lines. Each line contains the number of secrets removed from it. */
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

/** Redacted objects as JSON lines. Each line contains the number of secrets removed from it. */
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

/** Parses complete lines, so that a key cannot be split across two chunks. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<readonly object[]> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map(parseLine);
  }
  if (rest !== '') yield [parseLine(rest)];
}

/** A line that a crash truncated cannot be redacted, so it is omitted; the journal contains the complete event. */
function parseLine(line: string): object {
  try {
    return Object(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return { omitted: 'a line that is not JSON' };
    throw error;
  }
}

type Folders = ReturnType<SessionReader['artifactFolders']>;

/** Maps each artifact folder to its agent, because folder names contain only the beginning of an agent's id. */
const agentsOfFolders = (folders: Folders): object =>
  Object.fromEntries([...folders].map(([id, folder]) => [`artifacts/${basename(folder)}`, id]));

/** Adds artifacts under the folder names on disk, which are unique even for similar ids. */
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

/** Links and folders in place of a file are neither exported nor shown. */
const isPlainFile = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** `writer-round-2-attempt-1`: the attempts of an agent with rounds are counted anew in each of them. */
function nameOfAttempt(
  detail: SessionDetail,
  { agentId, attempt }: { readonly agentId: string; readonly attempt: number },
): string {
  const place = placeOfAttempt(detail, { agentId, attempt });
  const round = place.round === null ? '' : `-round-${place.round}`;
  return `${safeName(agentId)}${round}-attempt-${place.attempt}`;
}

/** An id as part of a file name in the zip. Ids come from users' files and may contain any character. */
const safeName = (id: string): string =>
  id
    .replace(/[^\w.-]+/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 80);
