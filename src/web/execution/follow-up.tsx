import { SendHorizontal } from 'lucide-react';
import { useState } from 'react';
import type { AgentView } from '../../contract/agent-views.ts';
import { isBlank } from '../../lib/blank.ts';
import { NativeSelect, TextArea } from '../design/field.tsx';
import { ActionButton, useIsOffline } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';
import { followUpPlace } from './draft-places.ts';
import { drafts, useDraft } from './drafts.ts';

/** Sends a follow-up to an agent that has finished. What is being typed stays when the agent starts again. */
export function FollowUp({ sessionId, agent }: { sessionId: string; agent: AgentView }) {
  const place = followUpPlace(sessionId, agent);
  const [text, setText] = useDraft(place);
  const [mode, setMode] = useState<'agent' | 'plan'>(agent.mode);
  const send = useAction('The follow-up could not be sent', async () => {
    const change = mode === agent.mode ? {} : { mode };
    await drafts.send(place, () => api.followUp(sessionId, { agent: agent.id, text, ...change }));
  });
  const isOffline = useIsOffline();
  const canSend = agent.canFollowUp && !isBlank(text) && !send.isPending;
  const submit = () => {
    if (canSend && !isOffline) send.mutate();
  };
  if (!agent.canFollowUp && text === '') return null;
  return (
    <form
      className="flex shrink-0 items-end gap-2 border-t p-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextArea
        aria-label={`Follow up with ${agent.name}`}
        rows={2}
        className="min-h-0 flex-1"
        value={text}
        placeholder={`Follow up with ${agent.name}`}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          submit();
        }}
      />
      {agent.mode === 'plan' ? (
        <NativeSelect
          aria-label={`Mode of the follow-up with ${agent.name}`}
          className="w-auto"
          value={mode}
          onChange={(event) => setMode(event.target.value === 'plan' ? 'plan' : 'agent')}
        >
          <option value="plan">Plan on</option>
          <option value="agent">Carry out</option>
        </NativeSelect>
      ) : null}
      <ActionButton
        type="submit"
        tone="primary"
        disabled={!canSend}
        title={agent.canFollowUp ? undefined : `${agent.name} takes no follow-up now`}
      >
        <SendHorizontal aria-hidden size={14} /> {send.isPending ? 'Sending…' : 'Send'}
      </ActionButton>
    </form>
  );
}
