import type { ToolRequestDetail } from '../../contract/permissions.ts';
import type { ToolRequestView } from '../../contract/views.ts';
import type { Journal } from '../../journal/types.ts';
import { suggestionsFor } from '../../permissions/suggest.ts';
import type { ToolRequest } from '../../permissions/tool-request.ts';
import { requestSummary, shortRequestId } from '../../session/requests/request-text.ts';
import { type AskedOfAgent, openRequestsOf } from '../../session/requests/tool-requests.ts';
import type { SessionState } from '../../session/state.ts';
import { instant } from './instant.ts';

/** Tool calls that wait for a person, the oldest first. */
export const requestViews = (state: SessionState): ToolRequestView[] =>
  openRequestsOf(state).map(requestView);

function requestView({ agent, attempt, request, askedAt }: AskedOfAgent): ToolRequestView {
  const { requestId, callId, category, tool, command, path, server, reason, folder } = request;
  return {
    id: requestId,
    shortId: shortRequestId(requestId),
    agentId: agent.id,
    attempt: attempt.number,
    callId: callId ?? null,
    category,
    tool,
    command: command ?? null,
    path: path ?? null,
    server: server ?? null,
    reason: reason ?? null,
    folder,
    summary: requestSummary(request),
    askedAt: instant(askedAt),
  };
}

/** One request in full; null when it does not wait. */
export function requestDetail(
  journal: Journal,
  state: SessionState,
  reference: string,
): ToolRequestDetail | null {
  const known = openRequestsOf(state).find(
    ({ request: { requestId } }) =>
      requestId === reference || shortRequestId(requestId) === reference,
  );
  if (known === undefined) return null;
  const stored = storedRequest(journal, state, known);
  if (stored === null) return null;
  return {
    id: stored.requestId,
    args: stored.args ?? null,
    diff: stored.diff ?? null,
    suggestions: suggestionsFor(stored).map(({ pattern, label }) => ({
      pattern: pattern ?? null,
      label,
    })),
  };
}

function storedRequest(
  journal: Journal,
  state: SessionState,
  { agent, request: { requestId } }: AskedOfAgent,
): ToolRequest | null {
  const events = journal.sessionEvents(state.id, {
    limit: 1_000,
    newestFirst: true,
    agentId: agent.id,
    types: ['ToolRequested'],
  });
  for (const { event } of events)
    if (event.type === 'ToolRequested' && event.request.requestId === requestId)
      return event.request;
  return null;
}
