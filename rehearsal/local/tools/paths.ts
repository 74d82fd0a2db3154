import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { pathInside, rejectOutgoingLinks, WorkspaceError } from '../../agent/workspace-path.ts';
import type { TurnContext } from '../turn/turn-context.ts';

/** The whole path of a file below the working folder. Throws `WorkspaceError` for any other. */
export async function resolveTarget({ folder }: TurnContext, path: string): Promise<string> {
  const target = join(folder, pathInside(folder, path));
  // Where the folder is not there, or not on this machine, only the client can tell.
  if (existsSync(folder)) await rejectOutgoingLinks(folder, target, path);
  return target;
}

/** A path that may not be touched is the tool's failure: the agent continues, as a real one would. */
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

/** The path below the working folder, by which calls are recognized; as it is written where it lies outside. */
export function pathKey({ folder }: Pick<TurnContext, 'folder'>, path: string): string {
  try {
    return pathInside(folder, path);
  } catch (error) {
    if (error instanceof WorkspaceError) return path;
    throw error;
  }
}

export function displayPath(stage: TurnContext, path: string): string {
  const key = pathKey(stage, path);
  return isAbsolute(key) ? key : join(stage.folder, key);
}

/** What kept a request from being made, or what is to be said when the client gave no answer. */
export const failureMessage = (outcome: object, fallback: string): string =>
  'problem' in outcome && typeof outcome.problem === 'string'
    ? outcome.problem
    : 'thrown' in outcome && typeof outcome.thrown === 'string'
      ? outcome.thrown
      : fallback;
