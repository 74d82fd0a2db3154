import { parsePrompt } from '../agent/prompt.ts';
import type { AgentId } from '../ids.ts';
import { isAgentId, mintAgentId, mintBranchSuffix, mintRunId } from '../ids.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { AgentRecord } from '../store/records.ts';
import { ApiError } from './api-error.ts';
import { readBody } from './input.ts';
import { checkModel } from './models.ts';
import { newRun } from './new-run.ts';
import { agentDetail, runDetail } from './presenters.ts';
import { resolveRepositories } from './resolve-repositories.ts';
import type { Handler } from './routes.ts';
import { type CreateAgentBody, createAgentBody } from './schemas.ts';

/** `POST /v1/agents`: creates the agent and its first run, and starts it. */
export function createAgent(rehearsal: Rehearsal): Handler {
  return async (context) => {
    const { store, clock, origin, supervisor } = rehearsal;
    const body = await readBody(context, createAgentBody);
    const id = chosenId(body);
    const idempotencyKey = context.req.header('idempotency-key');
    const record = (kind: 'create-asked' | 'create-accepted' | 'create-conflicted') =>
      store.ledger.record(clock.now(), {
        kind,
        agentId: id,
        detail: idempotencyKey === undefined ? {} : { idempotencyKey },
      });
    record('create-asked');
    const conflict = () => {
      record('create-conflicted');
      return new ApiError('agent_id_conflict', `Agent ${id} already exists`);
    };
    if (store.agents.find(id) !== undefined) throw conflict();
    const agent = await draftAgent(rehearsal, body, id);
    const run = store.transaction(() => {
      if (!store.agents.add(agent)) return undefined;
      const prompt = { agentId: id, agentName: agent.name, text: body.prompt.text };
      const scripted = rehearsal.scripts.fire(prompt);
      const created = newRun(clock, {
        id: agent.latestRunId,
        agentId: id,
        body,
        mode: body.mode,
        scripted,
      });
      store.runs.add(created);
      rehearsal.variables.save(id, 'agent', body.envVars);
      rehearsal.variables.save(id, created.id, body.runEnvVars);
      record('create-accepted');
      return created;
    });
    // A concurrent request with the same id was first.
    if (run === undefined) throw conflict();
    supervisor.start(run);
    return context.json(
      {
        agent: agentDetail(agent, { isActive: true, origin: origin() }),
        run: runDetail(run, agent, origin()),
      },
      201,
    );
  };
}

/** Throws `validation_error` for a pool that the account does not have. Without a name, the pool is `default`. */
function checkPool({ options }: Rehearsal, env: CreateAgentBody['env']): void {
  if (env?.type !== 'pool') return;
  const pools = ['default', ...options.pools];
  const name = env.name ?? 'default';
  if (pools.includes(name)) return;
  throw new ApiError(
    'validation_error',
    `env.name: Pool '${name}' not found. Pools of this account: ${pools.join(', ')}`,
  );
}

function chosenId(body: CreateAgentBody): AgentId {
  const id = body.agentId;
  return id !== undefined && isAgentId(id) ? id : mintAgentId();
}

async function draftAgent(
  rehearsal: Rehearsal,
  body: CreateAgentBody,
  id: AgentId,
): Promise<AgentRecord> {
  checkPool(rehearsal, body.env);
  const model = checkModel(rehearsal.options, body.model, 'invalid_model');
  const name = body.name ?? parsePrompt(body.prompt.text).title;
  const branchSuffix = mintBranchSuffix();
  const repositories = await resolveRepositories(rehearsal, body, { name, branchSuffix });
  const nowMs = rehearsal.clock.now();
  return {
    id,
    name,
    chosenBy: body.agentId === undefined ? 'server' : 'client',
    branchSuffix,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    latestRunId: mintRunId(),
    isArchived: false,
    isDeleted: false,
    env: {
      type: body.env?.type ?? 'cloud',
      ...(body.env?.name === undefined ? {} : { name: body.env.name }),
    },
    repositories,
    workOnCurrentBranch: body.workOnCurrentBranch ?? false,
    autoCreatePR: body.autoCreatePR ?? false,
    skipReviewerRequest: body.skipReviewerRequest ?? false,
    ...(body.openAsCursorGithubApp === undefined
      ? {}
      : { openAsCursorGithubApp: body.openAsCursorGithubApp }),
    ...(body.customSubagents === undefined ? {} : { customSubagents: body.customSubagents }),
    ...(body.metadata === undefined ? {} : { metadata: body.metadata }),
    ...(model === undefined ? {} : { model }),
    branches: [],
  };
}
