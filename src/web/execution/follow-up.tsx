import { SendHorizontal } from 'lucide-react';
import { useState } from 'react';
import type { AgentView } from '../../contract/agent-views.ts';
import { isBlank } from '../../lib/blank.ts';
import { NativeSelect, TextArea } from '../design/field.tsx';
import { ActionButton, useIsOffline } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';

/** Sends a follow-up to an agent that has finished. */
export function FollowUp({ sessionId, agent }: { sessionId: string; agent: AgentView }) {
  const [text, setText] = useState('');
  const [mode, setMode] = useState<'agent' | 'plan'>(agent.mode);
  const send = useAction('The follow-up could not be sent', async () => {
    const change = mode === agent.mode ? {} : { mode };
    await api.followUp(sessionId, { agent: agent.id, text, ...change });
    setText('');
  });
  const isOffline = useIsOffline();
  const submit = () => {
    if (!isBlank(text) && !send.isPending && !isOffline) send.mutate();
  };
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
      <ActionButton type="submit" tone="primary" disabled={isBlank(text) || send.isPending}>
        <SendHorizontal aria-hidden size={14} /> {send.isPending ? 'Sending…' : 'Send'}
      </ActionButton>
    </form>
  );
}
