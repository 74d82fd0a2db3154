import { Check, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { ToolRequestDetail, ToolRequestView } from '../../contract/permissions.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { isBlank } from '../../lib/blank.ts';
import { Button } from '../design/button.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { Age } from '../design/relative-time.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useToolRequest } from '../kernel/queries.ts';
import { navigate } from '../kernel/route.ts';
import { isTyping } from '../kernel/typing.ts';
import { useAction } from '../kernel/use-action.ts';
import { AnswerRow } from './answer-row.tsx';
import { notePlace } from './draft-places.ts';
import type { DraftPlace } from './draft-store.ts';
import { drafts, useDraft } from './drafts.ts';
import { RequestFacts } from './request-facts.tsx';
import { RequestScope, type Scope } from './request-scope.tsx';

const titles: Readonly<Record<ToolRequestView['category'], string>> = {
  execution: 'wants to run a command',
  'filesystem-write': 'wants to change a file',
  network: 'wants to use the network',
  mcp: 'wants to call an MCP server',
  read: 'wants to read a file',
  other: 'wants to use a tool',
};

/** A tool call that waits for permission, with the details needed to decide. */
export function RequestCard({
  session,
  request,
  name,
  takesFocus,
}: {
  session: SessionDetail;
  request: ToolRequestView;
  name: string;
  /** The previous request had the keyboard focus when this one replaced it. */
  takesFocus: boolean;
}) {
  const { data: detail } = useToolRequest(session.id, request.id);
  const [scope, setScope] = useState<Scope>({ kind: 'once' });
  const title = `${name} ${titles[request.category]}`;
  const place = notePlace(session.id, request.id, title);
  const [note, setNote] = useDraft(place);
  const card = useRef<HTMLElement>(null);
  // Only when it appears: taken later, the focus would leave the field in which the user is typing.
  const tookOver = useRef(takesFocus);
  useEffect(() => {
    if (tookOver.current) card.current?.focus();
  }, []);
  const answer = useAnswer(request, scope, note, place);
  const onKeyDown = (event: KeyboardEvent) => {
    const decision = keys[event.key.toLowerCase()];
    const isOurs = !(event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target));
    if (decision === undefined || !isOurs || answer.isPending) return;
    event.preventDefault();
    answer.mutate(decision);
  };
  return (
    <article
      ref={card}
      aria-label={title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it can be answered by a key.
      tabIndex={0}
      aria-keyshortcuts="A D"
      onKeyDown={onKeyDown}
      className="flex flex-col gap-3 rounded-lg border p-4"
    >
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h3 className="font-semibold text-lg [overflow-wrap:anywhere]">{title}</h3>
        <span className="text-muted">
          <Age instant={request.askedAt} />
        </span>
      </div>
      <RequestFacts request={request} detail={detail} />
      <RequestScope scope={scope} suggestions={suggestionsOf(detail)} onChange={setScope} />
      <Field label="Note" hint="Optional: what the agent reads if you deny it.">
        <TextInput value={note} onChange={(event) => setNote(event.target.value)} />
      </Field>
      <AnswerRow>
        <ActionButton
          tone="primary"
          disabled={answer.isPending}
          title="Key A"
          onClick={() => answer.mutate('allow')}
        >
          <Check aria-hidden size={14} /> Allow
        </ActionButton>
        <ActionButton
          disabled={answer.isPending}
          title="Key D"
          onClick={() => answer.mutate('deny')}
        >
          <X aria-hidden size={14} /> Deny
        </ActionButton>
        <span className="flex-1" />
        <Button tone="quiet" onClick={() => navigate({ agent: request.agentId, tab: null })}>
          Open {name}
        </Button>
      </AnswerRow>
    </article>
  );
}

const keys: Readonly<Record<string, 'allow' | 'deny'>> = { a: 'allow', d: 'deny' };

const suggestionsOf = (detail: ToolRequestDetail | undefined) => detail?.suggestions ?? [];

function useAnswer(request: ToolRequestView, scope: Scope, note: string, place: DraftPlace) {
  const pattern = scope.kind === 'once' ? '' : (scope.pattern ?? '').trim();
  return useAction('The answer was not accepted', (decision: 'allow' | 'deny') =>
    drafts.send(place, () =>
      api.answerToolRequest(place.sessionId, request.id, {
        decision,
        scope: scope.kind,
        client: 'app',
        ...(pattern !== '' && { pattern }),
        ...(!isBlank(note) && { note: note.trim() }),
      }),
    ),
  );
}
