import { isAbsolute } from 'node:path';
import type { StartBody } from '../contract/requests.ts';
import type { Outcome, StartRequest } from '../engine/api.ts';
import type { SessionId } from '../session/ids.ts';
import { openWorkflow } from '../workflow/files.ts';
import { workflowFrom } from '../workflow/parse.ts';
import { failed } from './failure.ts';
import { checkWorkflowPath } from './workflow-path.ts';

/** The engine's start request for a request body. Reads the workflow file if only its path is given. */
export async function toStartRequest(body: StartBody): Promise<Outcome<StartRequest>> {
  const document = await documentOf(body);
  if (!document.ok) return document;
  const { mode, repositories, autoCreatePr, input, onlyAgentId, confirmed, path, sessionId } = body;
  const { folder, currentFolder, confirmedContent, budget } = body;
  for (const named of [folder, currentFolder]) {
    if (named !== undefined && !isAbsolute(named))
      return failed('bad_request', `"${named}" is not an absolute path.`);
  }
  return {
    ok: true,
    value: {
      workflow: document.value,
      // The request schema has validated its format.
      ...(sessionId === undefined ? {} : { sessionId: sessionId as SessionId }),
      ...(path === undefined ? {} : { workflowPath: path }),
      ...(mode === undefined ? {} : { mode }),
      ...(folder === undefined ? {} : { folder }),
      ...(currentFolder === undefined ? {} : { currentFolder }),
      ...(repositories === undefined
        ? {}
        : {
            repositories: repositories.map(({ url, startingRef }) =>
              startingRef === undefined ? { url } : { url, startingRef },
            ),
          }),
      ...(autoCreatePr === undefined ? {} : { autoCreatePr }),
      ...(input === undefined ? {} : { input }),
      ...(budget === undefined ? {} : { budget: budgetOf(budget) }),
      ...(onlyAgentId === undefined ? {} : { onlyAgentId: agentIdIn(document.value, onlyAgentId) }),
      ...(confirmed === undefined ? {} : { confirmed }),
      ...(confirmedContent === undefined ? {} : { confirmedContent }),
    },
  };
}

const budgetOf = ({ usd, tokens }: NonNullable<StartBody['budget']>) => ({
  ...(usd === undefined ? {} : { usd }),
  ...(tokens === undefined ? {} : { tokens }),
});

async function documentOf(body: StartBody): Promise<Outcome<unknown>> {
  if (body.workflow !== undefined) return { ok: true, value: body.workflow };
  if (body.path === undefined) {
    return failed('bad_request', 'Neither a workflow nor a path was provided.');
  }
  const refusal = await checkWorkflowPath(body.path);
  if (refusal !== null) return refusal;
  const opened = await openWorkflow(body.path);
  return opened.ok ? { ok: true, value: opened.value.workflow } : opened;
}

/** The id of the agent with this id or name. An unknown reference is returned unchanged, and preflight reports it. */
function agentIdIn(document: unknown, reference: string): string {
  const read = workflowFrom(document);
  if (!read.ok || read.workflow.agents.some(({ id }) => id === reference)) return reference;
  const named = read.workflow.agents.filter(
    ({ name }) => name.toLowerCase() === reference.toLowerCase(),
  );
  const [only] = named;
  return only !== undefined && named.length === 1 ? only.id : reference;
}
