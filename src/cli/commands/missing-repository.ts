import type { Client } from '../../contract/client.ts';
import type { StartBody } from '../../contract/requests.ts';
import type { Context } from '../context.ts';
import { repositoryOfFolder } from '../folder-repository.ts';

/** If a workflow needs a repository and none was named, uses the remote of the folder and prints it. */
export async function withFolderRepository(
  { output }: Pick<Context, 'output'>,
  client: Pick<Client, 'preflight'>,
  request: StartBody,
  folder: string,
): Promise<StartBody> {
  if (request.repositories !== undefined) return request;
  const remote = await repositoryOfFolder(folder);
  if (remote === null) return request;
  const { problems } = await client.preflight(request);
  if (!problems.some(({ code }) => code === 'repository_missing')) return request;
  output.remark(`Repository: ${remote.url} (the remote "${remote.remote}" of this folder)`);
  return { ...request, repositories: [{ url: remote.url }] };
}
