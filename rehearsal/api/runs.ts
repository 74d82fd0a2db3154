import { mintRunId } from '../ids.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { AgentRecord, RunRecord } from '../store/records.ts';
import { ApiError } from './api-error.ts';
import { decodeCursor, pageOf, pageShape, readBody, readQuery } from './input.ts';
import { activeRunOf, agentOf, faultPointOf, runOf } from './lookup.ts';
import { checkModel } from './models.ts';
import { newRun } from './new-run.ts';
import { runDetail, runSummary } from './presenters.ts';
import { type Handler, Routes } from './routes.ts';
import { createRunBody } from './schemas.ts';
import { streamRun } from './stream.ts';

export function runRoutes(rehearsal: Rehearsal): Routes {
  const one = '/:agentId/runs/:runId';
  return new Routes(rehearsal)
    .add('POST', '/:agentId/runs', 'createRun', createRun(rehearsal))
    .add('GET', '/:agentId/runs', 'listRuns', listRuns(rehearsal))
    .add('GET', one, 'getRun', getRun(rehearsal))
    .add('GET', `${one}/stream`, 'streamRun', streamRun(rehearsal))
    .add('POST', `${one}/cancel`, 'cancelRun', cancelRun(rehearsal));
}

function createRun(rehearsal: Rehearsal): Handler {
  return async (context) => {
    const { store, clock, origin, supervisor } = rehearsal;
    const known = agentOf(rehearsal, context, 'createRun');
    const body = await readBody(context, createRunBody);
    const idempotencyKey = context.req.header('idempotency-key');
    const detail = idempotencyKey === undefined ? {} : { idempotencyKey };
    store.ledger.record(clock.now(), { kind: 'run-asked', agentId: known.id, detail });
    const model = checkModel(rehearsal.options, body.model, 'validation_error');
    const { agent, run } = store.transaction(() => {
      // Read again: the agent may have changed while the body arrived.
      const current = store.agents.find(known.id) ?? known;
      if (current.isArchived) throw new ApiError('agent_archived', `Agent ${known.id} is archived`);
      if (activeRunOf(rehearsal, current) !== undefined) {
        throw new ApiError('agent_busy', `Agent ${known.id} already has an active run`);
      }
      const mode = body.mode ?? store.runs.find(current.latestRunId)?.mode;
      const prompt = { agentId: known.id, agentName: current.name, text: body.prompt.text };
      const scripted = rehearsal.scripts.fire(prompt);
      const created = newRun(clock, { id: mintRunId(), agentId: known.id, body, mode, scripted });
      store.runs.add(created);
      rehearsal.variables.save(known.id, created.id, body.envVars);
      const changed = store.agents.update(known.id, {
        latestRunId: created.id,
        updatedAtMs: created.createdAtMs,
        ...(model === undefined ? {} : { model }),
      });
      store.ledger.record(clock.now(), {
        kind: 'run-accepted',
        agentId: known.id,
        runId: created.id,
        detail,
      });
      return { agent: changed, run: created };
    });
    supervisor.start(run);
    return context.json({ run: runDetail(run, agent, origin()) }, 201);
  };
}

function listRuns(rehearsal: Rehearsal): Handler {
  return (context) => {
    const { store, origin } = rehearsal;
    const agent = agentOf(rehearsal, context, 'listRuns');
    const query = readQuery(context, pageShape);
    const page = store.runs.page(agent.id, query.limit, decodeCursor(query.cursor));
    const view = withRecordFaults(rehearsal, agent, 'listRuns');
    const items = page.items.map((run) => runSummary(view.run(run), view.agent, origin()));
    return context.json(pageOf(items, page.nextBefore));
  };
}

function getRun(rehearsal: Rehearsal): Handler {
  return (context) => {
    readQuery(context, {});
    const agent = agentOf(rehearsal, context, 'getRun');
    const run = runOf(rehearsal, context, agent);
    const view = withRecordFaults(rehearsal, agent, 'getRun');
    return context.json(runDetail(view.run(run), view.agent, rehearsal.origin()));
  };
}

function cancelRun(rehearsal: Rehearsal): Handler {
  return (context) => {
    const { store, clock, supervisor } = rehearsal;
    const agent = agentOf(rehearsal, context, 'cancelRun');
    const run = runOf(rehearsal, context, agent);
    const subject = { agentId: agent.id, runId: run.id };
    store.ledger.record(clock.now(), { kind: 'cancel-asked', ...subject });
    if (!supervisor.cancel(run)) {
      throw new ApiError('run_not_cancellable', `Run ${run.id} has already ended`);
    }
    store.ledger.record(clock.now(), { kind: 'cancel-accepted', ...subject });
    return context.json({ id: run.id });
  };
}

/** The records as clients see them, with the active faults applied. */
function withRecordFaults(
  { faults }: Rehearsal,
  agent: AgentRecord,
  operation: 'getRun' | 'listRuns',
) {
  const faultPoint = faultPointOf(agent, operation);
  const isFrozen = faults.fireOne('frozen-record', faultPoint) !== undefined;
  const hasNoBranch = faults.fireOne('no-branch', faultPoint) !== undefined;
  const hasNoPullRequest = faults.fireOne('no-pull-request', faultPoint) !== undefined;
  const branches = hasNoBranch
    ? []
    : agent.branches.map(({ pullRequestNumber, ...branch }) =>
        hasNoPullRequest || pullRequestNumber === undefined
          ? branch
          : { ...branch, pullRequestNumber },
      );
  return {
    agent: { ...agent, branches },
    run: (run: RunRecord): RunRecord => {
      if (!isFrozen) return run;
      const { result: _, endedAtMs: __, ...rest } = run;
      return { ...rest, status: 'RUNNING', updatedAtMs: run.createdAtMs + 1_000 };
    },
  };
}
