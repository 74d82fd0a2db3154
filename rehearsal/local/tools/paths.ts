import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { pathInside, rejectOutgoingLinks, WorkspaceError } from '../../agent/workspace-path.ts';
import type { TurnContext } from '../turn/turn-context.ts';

/** Returns the absolute path of a file in the working folder. Throws `WorkspaceError` for any other path. */
export async function resolveTarget({ folder }: TurnContext, path: string): Promise<string> {
  const target = join(folder, pathInside(folder, path));
  // If the folder does not exist here, only the client can check its links.
  if (existsSync(folder)) await rejectOutgoingLinks(folder, target, path);
  return target;
}

/** Turns a `WorkspaceError` into a failed tool result, so that the agent continues as a real one would. */
export async function catchWorkspaceError<Result>(
  work: () => Promise<Result>,
): Promise<Result | { readonly problem: string; readonly isMissing: false }> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    return { problem: error.message, isMissing: false };
  }
}

/** The path relative to the working folder, which identifies calls; a path outside is returned unchanged. */
export function pathKey({ folder }: Pick<TurnContext, 'folder'>, path: string): string {
  try {
    return pathInside(folder, path);
  } catch (error) {
    if (error instanceof WorkspaceError) return path;
    throw error;
  }
}

export function displayPath(context: TurnContext, path: string): string {
  const key = pathKey(context, path);
  return isAbsolute(key) ? key : join(context.folder, key);
}

/** Returns why a request failed, or the fallback if the client did not answer. */
export const failureMessage = (outcome: object, fallback: string): string =>
  'problem' in outcome && typeof outcome.problem === 'string'
    ? outcome.problem
    : 'thrown' in outcome && typeof outcome.thrown === 'string'
      ? outcome.thrown
      : fallback;
