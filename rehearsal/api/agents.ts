import { z } from 'zod';
import { pullRequestUrl } from '../agent/branches.ts';
import { withoutScheme } from '../git/repository-url.ts';
import type { Rehearsal } from '../rehearsal.ts';
import type { AgentRecord } from '../store/records.ts';
import { createAgent } from './create-agent.ts';
import { decodeCursor, pageOf, pageShape, readQuery } from './input.ts';
import { activeRunOf, agentOf, faultPointOf } from './lookup.ts';
import { agentDetail, agentSummary } from './presenters.ts';
import { type Handler, Routes } from './routes.ts';

export function agentRoutes(rehearsal: Rehearsal): Routes {
  return new Routes(rehearsal)
    .add('POST', '/', 'createAgent', createAgent(rehearsal))
    .add('GET', '/', 'listAgents', listAgents(rehearsal))
    .add('GET', '/:agentId', 'getAgent', getAgent(rehearsal))
    .add('DELETE', '/:agentId', 'deleteAgent', deleteAgent(rehearsal))
    .add('POST', '/:agentId/archive', 'archiveAgent', setArchived(rehearsal, 'archiveAgent'))
    .add('POST', '/:agentId/unarchive', 'unarchiveAgent', setArchived(rehearsal, 'unarchiveAgent'));
}

const listShape = {
  ...pageShape,
  prUrl: z.string().min(1).optional(),
  includeArchived: z.enum(['true', 'false']).default('true'),
};

function listAgents(rehearsal: Rehearsal): Handler {
  return (context) => {
    const { store, origin, faults } = rehearsal;
    const query = readQuery(context, listShape);
    const isListed = (agent: AgentRecord): boolean =>
      !agent.isDeleted &&
      (query.includeArchived === 'true' || !agent.isArchived) &&
      (query.prUrl === undefined || belongsTo(agent, query.prUrl, origin())) &&
      faults.fireOne('hidden', faultPointOf(agent, 'listAgents')) === undefined;
    const page = store.agents.page(query.limit, decodeCursor(query.cursor), isListed);
    const items = page.items.map((agent) =>
      agentSummary(agent, {
        isActive: activeRunOf(rehearsal, agent) !== undefined,
        origin: origin(),
      }),
    );
    return context.json(pageOf(items, page.nextBefore));
  };
}

function belongsTo(agent: AgentRecord, prUrl: string, origin: string): boolean {
  const requestedRef = withoutScheme(prUrl);
  return (
    agent.repositories.some(
      (one) => one.prUrl !== undefined && withoutScheme(one.prUrl) === requestedRef,
    ) ||
    agent.branches.some(
      ({ pullRequestNumber: number }) =>
        number !== undefined && withoutScheme(pullRequestUrl(origin, number)) === requestedRef,
    )
  );
}

function getAgent(rehearsal: Rehearsal): Handler {
  return (context) => {
    readQuery(context, {});
    const agent = agentOf(rehearsal, context, 'getAgent');
    const isActive = activeRunOf(rehearsal, agent) !== undefined;
    return context.json(agentDetail(agent, { isActive, origin: rehearsal.origin() }));
  };
}

/** Deleting an agent cancels its run. Cursor's documentation does not specify this. */
function deleteAgent(rehearsal: Rehearsal): Handler {
  return (context) => {
    const { store, supervisor, hub } = rehearsal;
    readQuery(context, {});
    const agent = agentOf(rehearsal, context, 'deleteAgent');
    const active = activeRunOf(rehearsal, agent);
    if (active !== undefined) supervisor.cancel(active);
    store.agents.update(agent.id, { isDeleted: true });
    supervisor.discardFiles(agent.id);
    hub.notify(agent.latestRunId);
    return context.json({ id: agent.id });
  };
}

/** Idempotent. An archived agent stays readable and accepts no new runs; a live run continues. */
function setArchived(rehearsal: Rehearsal, operation: 'archiveAgent' | 'unarchiveAgent'): Handler {
  const isArchived = operation === 'archiveAgent';
  return (context) => {
    readQuery(context, {});
    const agent = agentOf(rehearsal, context, operation);
    if (agent.isArchived !== isArchived) {
      rehearsal.store.agents.update(agent.id, { isArchived, updatedAtMs: rehearsal.clock.now() });
    }
    return context.json({ id: agent.id });
  };
}
