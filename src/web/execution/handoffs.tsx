import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { agentName } from '../../workflow/agent-name.ts';
import { CopyButton } from '../design/copy-button.tsx';
import { PreformattedText } from './transcript/transcript-row.tsx';

type Handoff = SessionDetail['handoffs'][number];

/** The hand-offs that the agent received and passed on. */
export function AgentHandoffs({
  session,
  agent,
  handoffs,
}: {
  session: SessionDetail;
  agent: AgentView;
  handoffs: readonly Handoff[];
}) {
  if (handoffs.length === 0) return <p className="text-muted">No hand-offs yet.</p>;
  return (
    <ul className="flex flex-col gap-4">
      {handoffs.map((handoff) => (
        <li key={handoff.connectionId} className="flex flex-col gap-1">
          <div className="flex items-center gap-2">
            <h4 className="font-medium">
              {handoff.targetAgentId === agent.id
                ? `Received from ${agentName(session, handoff.sourceAgentId)}`
                : `Passed to ${agentName(session, handoff.targetAgentId)}`}
            </h4>
            <span className="text-muted text-sm">{handoff.format}</span>
            <CopyButton text={handoff.content} label="Copy hand-off" />
          </div>
          <PreformattedText>{handoff.content}</PreformattedText>
          <Attachments handoff={handoff} />
        </li>
      ))}
    </ul>
  );
}

function Attachments({ handoff }: { handoff: Handoff }) {
  const branches = handoff.branches.flatMap(({ branch }) => branch ?? []);
  const parts = [
    branches.length > 0 && `Branches: ${branches.join(', ')}`,
    handoff.outputFiles.length > 0 && `Files: ${handoff.outputFiles.join(', ')}`,
  ].filter(Boolean);
  return parts.length === 0 ? null : <p className="text-muted text-sm">{parts.join(' · ')}</p>;
}
