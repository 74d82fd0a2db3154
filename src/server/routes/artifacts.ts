import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { sessionDirectory } from '../../artifacts/layout.ts';
import { failureWithCloudName } from '../../contract/cloud-name.ts';
import { artifactFileParamsSchema, artifactFileQuerySchema } from '../../contract/requests.ts';
import { routes } from '../../contract/routes.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import { artifactsOf } from '../../session/artifacts.ts';
import { documentOf, latestAttempt } from '../../session/select.ts';
import { RequestError } from '../failure.ts';
import { findAgent, findSession, stateOf } from '../lookup.ts';
import type { App, RouteDependencies } from '../route-dependencies.ts';
import { sandboxPolicy } from '../security/headers.ts';
import { artifactView } from '../views/agent-view.ts';
import { attachment } from './attachment.ts';

/** Types that may be shown inline. Types that can contain scripts (HTML, SVG, PDF) are always downloaded. */
const inlineTypes: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.csv': 'text/plain; charset=utf-8',
  '.json': 'text/plain; charset=utf-8',
  '.ndjson': 'text/plain; charset=utf-8',
  '.yaml': 'text/plain; charset=utf-8',
  '.yml': 'text/plain; charset=utf-8',
  '.diff': 'text/plain; charset=utf-8',
  '.patch': 'text/plain; charset=utf-8',
};

export function artifactHandlers(app: App, { services, sessions }: RouteDependencies): void {
  const { journal, home } = services;

  app.openapi(routes.artifacts, (context) => {
    const id = findSession(journal, context.req.valid('param').id);
    const state = stateOf(journal, id);
    const folders = sessions.artifactFolders(state);
    const cloud = state.backend.kind;
    const agents = state.agents.map((agent) => {
      const attempt = latestAttempt(agent);
      const { newest, earlier } = artifactsOf(agent);
      const document = documentOf(state, agent.id);
      return {
        agentId: agent.id,
        name: document?.name ?? agent.id,
        directory: folders.get(agent.id) ?? '',
        state: attempt?.artifacts.state ?? ('pending' as const),
        artifacts: newest.map((one) => artifactView(one, cloud)),
        earlier: earlier.map((one) => artifactView(one, cloud)),
        error: failureWithCloudName(cloud, attempt?.artifacts.failure ?? null),
      };
    });
    return context.json({ directory: sessionDirectory(home, id), agents }, 200);
  });

  app.openapi(routes.artifactFile, async (context: Context) => {
    const { id, agent: reference, file } = artifactFileParamsSchema.parse(context.req.param());
    const { inline } = artifactFileQuerySchema.parse(context.req.query());
    const state = stateOf(journal, findSession(journal, id));
    const agent = findAgent(state, reference);
    const folder = sessions.artifactFolders(state).get(agent.id);
    // Only names from the manifest are used as paths, so that no name can lead out of the folder.
    const { newest, earlier } = artifactsOf(agent);
    const isListed = [...newest, ...earlier].some((artifact) => artifact.file === file);
    if (folder === undefined || !isListed) throw notFound(file);
    const path = join(folder, file);
    const sizeBytes = await sizeOf(path);
    if (sizeBytes === null) throw notFound(file);
    const inlineType = inline ? inlineTypes[extname(file).toLowerCase()] : undefined;
    // Node's type for web streams and the global type are the same class at run time.
    const body = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
    return context.body(body, 200, {
      'content-type': inlineType ?? 'application/octet-stream',
      'content-disposition': inlineType === undefined ? attachment(file) : 'inline',
      'content-length': String(sizeBytes),
      'content-security-policy': sandboxPolicy,
    });
  });
}

/** The size of a regular file; null for anything else, because the file may have been replaced with a link. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats.size : null;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function notFound(file: string): RequestError {
  return new RequestError({
    code: 'artifact_not_found',
    message: `There is no local copy of "${file}".`,
    suggestion: 'Refetch the artifacts of this session.',
  });
}
