import type { Client } from '../../contract/client.ts';
import type { StartBody } from '../../contract/requests.ts';
import type { Context } from '../context.ts';
import { repositoryOfFolder } from '../folder-repository.ts';

/** Where a workflow needs a repository and nobody named one, this folder's remote is taken, and said. */
export async function withFoldersRepository(
  { output }: Pick<Context, 'output'>,
  client: Pick<Client, 'preflight'>,
  request: StartBody,
  folder: string,
): Promise<StartBody> {
  if (request.repositories !== undefined) return request;
  const found = await repositoryOfFolder(folder);
  if (found === null) return request;
  const { problems } = await client.preflight(request);
  if (!problems.some(({ code }) => code === 'repository_missing')) return request;
  output.remark(`Repository: ${found.url} (the remote "${found.remote}" of this folder)`);
  return { ...request, repositories: [{ url: found.url }] };
}
