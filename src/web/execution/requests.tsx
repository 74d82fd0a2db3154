import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';
import type { ToolRequestView } from '../../contract/permissions.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { plural } from '../../lib/format.ts';
import { agentName } from '../../workflow/agent-name.ts';
import { classNames } from '../design/class-names.ts';
import { Age } from '../design/relative-time.tsx';
import { isTyping } from '../kernel/typing.ts';
import { RequestCard } from './request-card.tsx';

/** The waiting tool calls: a list of all, and one of them in detail. */
export function Requests({ session }: { session: SessionDetail }) {
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const hasKeyboard = useRef(false);
  const { requests } = session;
  const index = Math.max(
    0,
    requests.findIndex(({ id }) => id === selectedId),
  );
  const selected = requests[index];
  if (selected === undefined) return null;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = requests[index + step];
    if (step === 0 || next === undefined || isTyping(event.target)) return;
    event.preventDefault();
    setSelectedId(next.id);
  };
  const onBlur = ({ relatedTarget, currentTarget }: FocusEvent) => {
    // An answered card disappears together with its focus; the next one takes it.
    if (relatedTarget !== null && !currentTarget.contains(relatedTarget))
      hasKeyboard.current = false;
  };
  return (
    <section
      aria-label="Permissions"
      className="flex flex-col gap-2"
      onKeyDown={onKeyDown}
      onFocus={({ target }) => {
        // What is being typed when a card disappears must not become the answer to the next one.
        hasKeyboard.current = !isTyping(target);
      }}
      onBlur={onBlur}
    >
      {requests.length === 1 ? null : (
        <h3 className="font-medium">
          {plural(requests.length, 'tool call')} of {countAgents(requests)} wait for your permission
        </h3>
      )}
      {requests.length === 1 ? null : (
        <ol
          aria-label="All waiting requests"
          className="scroll-thin flex max-h-32 shrink-0 flex-col overflow-y-auto rounded-lg border"
        >
          {requests.map((request) => (
            <QueueRow
              key={request.id}
              request={request}
              name={agentName(session, request.agentId)}
              isSelected={request === selected}
              onSelect={() => setSelectedId(request.id)}
            />
          ))}
        </ol>
      )}
      <RequestCard
        key={selected.id}
        session={session}
        request={selected}
        name={agentName(session, selected.agentId)}
        takesFocus={hasKeyboard.current}
      />
    </section>
  );
}

function QueueRow({
  request,
  name,
  isSelected,
  onSelect,
}: {
  request: ToolRequestView;
  name: string;
  isSelected: boolean;
  onSelect: () => void;
}) {
  return (
    <li className="border-line border-t first:border-t-0">
      <button
        type="button"
        aria-current={isSelected}
        onClick={onSelect}
        className={classNames(
          'flex w-full items-baseline gap-3 px-3 py-1.5 text-left hover:bg-hover',
          isSelected && 'bg-accent-soft',
        )}
      >
        <span className="shrink-0 font-medium">{name}</span>
        <span className="min-w-0 flex-1 truncate text-muted">{request.summary}</span>
        <span className="shrink-0 text-muted text-sm">
          <Age instant={request.askedAt} />
        </span>
      </button>
    </li>
  );
}

const countAgents = (requests: readonly ToolRequestView[]): string =>
  plural(new Set(requests.map(({ agentId }) => agentId)).size, 'agent');
