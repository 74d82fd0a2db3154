import type { ToolRequestDetail, ToolRequestView } from '../../contract/permissions.ts';
import type { Journal } from '../../journal/types.ts';
import { suggestionsFor } from '../../permissions/suggest.ts';
import type { ToolRequest } from '../../permissions/tool-request.ts';
import { requestSummary, shortRequestId } from '../../session/requests/request-text.ts';
import { type AgentToolRequest, openRequestsOf } from '../../session/requests/tool-requests.ts';
import type { SessionState } from '../../session/state.ts';
import { instant } from './instant.ts';

/** Tool calls that wait for an answer, oldest first. */
export const requestViews = (state: SessionState): ToolRequestView[] =>
  openRequestsOf(state).map(requestView);

function requestView({ agent, attempt, request, askedAt }: AgentToolRequest): ToolRequestView {
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

/** One request in full, open or answered; null if the session has no such request. */
export function requestDetail(
  journal: Journal,
  state: SessionState,
  reference: string,
): ToolRequestDetail | null {
  const stored = storedRequest(journal, state, reference);
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
  reference: string,
): ToolRequest | null {
  const events = journal.sessionEvents(state.id, {
    limit: 10_000,
    newestFirst: true,
    types: ['ToolRequested'],
  });
  for (const { event } of events) {
    if (event.type !== 'ToolRequested') continue;
    const { requestId } = event.request;
    if (requestId === reference || shortRequestId(requestId) === reference) return event.request;
  }
  return null;
}
