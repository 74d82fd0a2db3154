import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Rehearsal } from '../rehearsal.ts';
import type { ArtifactRecord } from '../store/records.ts';
import { readLink } from './artifact-link.ts';
import { type Handler, Routes } from './routes.ts';

const generatedChunk = Buffer.from('rehearsed artifact\n'.repeat(3_450)).subarray(0, 65_536);

type Range = { readonly start: number; readonly end: number };

/** The storage service behind download links: no API key, XML errors, range requests. */
export function artifactStorageRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal).add(
    'GET',
    '/artifact-storage',
    'downloadArtifact',
    download(rehearsal),
  );
}

function download(rehearsal: Rehearsal): Handler {
  return (context) => {
    const { store, clock, linkKey } = rehearsal;
    const target = readLink(new URL(context.req.url).searchParams, linkKey);
    // A presigned link contains its credentials; a storage service rejects a second kind.
    if (context.req.header('authorization') !== undefined) {
      return storageError(400, 'InvalidArgument', 'Only one auth mechanism allowed');
    }
    if (target === undefined) return storageError(403, 'SignatureDoesNotMatch', 'Bad signature');
    if (clock.unscaledNow() > target.expiresAtMs) {
      return storageError(403, 'AccessDenied', 'Request has expired');
    }
    const agent = store.agents.find(target.agentId);
    const artifact =
      agent === undefined || agent.isDeleted
        ? undefined
        : store.artifacts.find(agent.id, target.path);
    if (artifact === undefined) return storageError(404, 'NoSuchKey', 'The key does not exist');
    const { agentId, path } = artifact;
    store.ledger.record(clock.now(), { kind: 'artifact-downloaded', agentId, detail: { path } });
    if (target.isEndless) return new Response(generated(Number.POSITIVE_INFINITY), { headers });
    return respond(artifact, context.req.header('range'));
  };
}

/** Artifacts are untrusted and share an origin with the pages, so browsers only save them and never show them. */
const headers = {
  'content-type': 'application/octet-stream',
  'content-disposition': 'attachment',
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  'accept-ranges': 'bytes',
};

function respond(artifact: ArtifactRecord, rangeHeader: string | undefined): Response {
  const { sizeBytes, storageFile } = artifact;
  const range = parseRange(rangeHeader, sizeBytes);
  if (range === 'unsatisfiable') return storageError(416, 'InvalidRange', 'Range not satisfiable');
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
  const length = end - start + 1;
  const body =
    storageFile === undefined || length <= 0
      ? generated(Math.max(0, length))
      : // Node's and the DOM's declarations of `ReadableStream` describe the same object.
        (Readable.toWeb(createReadStream(storageFile, { start, end })) as ReadableStream);
  return new Response(body, {
    status: range === undefined ? 200 : 206,
    headers: {
      ...headers,
      'content-length': String(Math.max(0, length)),
      ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${sizeBytes}` }),
    },
  });
}

function parseRange(header: string | undefined, size: number): Range | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start >= size || start > end ? 'unsatisfiable' : { start, end };
}

function generated(length: number): ReadableStream<Uint8Array> {
  let left = length;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      const chunk = new Uint8Array(
        generatedChunk.subarray(0, Math.min(left, generatedChunk.length)),
      );
      left -= chunk.length;
      controller.enqueue(chunk);
    },
  });
}

function storageError(status: number, code: string, message: string): Response {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return new Response(xml, { status, headers: { 'content-type': 'application/xml' } });
}
