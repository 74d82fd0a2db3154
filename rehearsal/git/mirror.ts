import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { git, runGit } from './command.ts';
import { isCommitId } from './remote.ts';

/** A bare mirror of each target repository, so that the clones of agents are local and fast. */
export class MirrorCache {
  readonly #folder: string;
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Updates the mirror and returns its path. */
  async refresh(location: string, neededRef: string, signal?: AbortSignal): Promise<string> {
    const key = createHash('sha256').update(location).digest('hex').slice(0, 24);
    const path = join(this.#folder, `${key}.git`);
    // Concurrent fetches into one repository conflict, so they are queued.
    const before = this.#queues.get(key) ?? Promise.resolve();
    const work = before.then(() => this.#fetch(path, location, neededRef, signal));
    this.#queues.set(
      key,
      work.catch(() => undefined), // The caller gets the error; the next fetch in the queue only waits.
    );
    await work;
    return path;
  }

  async #fetch(path: string, location: string, neededRef: string, signal?: AbortSignal) {
    if (!existsSync(join(path, 'HEAD'))) {
      await mkdir(path, { recursive: true });
      await git(['init', '--quiet', '--bare'], { cwd: path, signal });
    }
    const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
    const remote = { cwd: path, signal, remote: location };
    await git(['fetch', '--quiet', '--prune', '--', location, ...refs], remote);
    if (!isCommitId(neededRef)) return;
    const { exitCode } = await runGit(['cat-file', '-e', `${neededRef}^{commit}`], {
      cwd: path,
      signal,
    });
    // A commit that is on no branch is fetched by its id, if the server allows that.
    if (exitCode !== 0) await git(['fetch', '--quiet', '--', location, neededRef], remote);
  }
}
