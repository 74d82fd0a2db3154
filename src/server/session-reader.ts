import { agentDirectories, sessionDirectory } from '../artifacts/layout.ts';
import type { SessionDetail, SessionView } from '../contract/session-views.ts';
import type { Journal, JournalTrouble } from '../journal/types.ts';
import type { SessionId } from '../session/ids.ts';
import { isEnded } from '../session/select.ts';
import type { SessionState } from '../session/state.ts';
import type { AgentId } from '../workflow/ids.ts';
import { stateOf } from './lookup.ts';
import { withShortResult } from './views/agent-view.ts';
import { roundEventTypes } from './views/round-view.ts';
import { detailEventTypes, sessionDetail } from './views/session-detail.ts';
import { sessionView } from './views/session-view.ts';

/** Limit for prompts and hand-offs of one session; there are only a few for each attempt. */
const MAX_DETAIL_EVENTS = 5_000;

/** There are only a few for each round of each agent, and a workflow has at most a thousand rounds. */
const MAX_ROUND_EVENTS = 50_000;

/** Reads sessions from the journal, as views for clients. */
export class SessionReader {
  readonly #journal: Journal;
  readonly #home: string;
  readonly #trouble: () => JournalTrouble | null;

  constructor(journal: Journal, home: string, trouble: () => JournalTrouble | null = () => null) {
    this.#journal = journal;
    this.#home = home;
    this.#trouble = trouble;
  }

  lastSeq(id: SessionId): number {
    return this.#journal.sessionEvents(id, { limit: 1, newestFirst: true })[0]?.seq ?? 0;
  }

  view(state: SessionState): SessionView {
    return sessionView(state, {
      lastSeq: this.lastSeq(state.id),
      lastHeartbeat: (turn) => this.#journal.streamCursor(turn.id)?.lastHeartbeatAt ?? null,
    });
  }

  /** As lists show it: the last messages of its agents are only begun. */
  listItem(state: SessionState): SessionView {
    const view = this.view(state);
    return { ...view, agents: view.agents.map(withShortResult) };
  }

  detail(id: SessionId): SessionDetail {
    const state = stateOf(this.#journal, id);
    const details = this.#journal.sessionEvents(id, {
      limit: MAX_DETAIL_EVENTS,
      types: detailEventTypes,
    });
    const rounds = this.#journal.sessionEvents(id, {
      limit: MAX_ROUND_EVENTS,
      types: roundEventTypes,
    });
    const directory = sessionDirectory(this.#home, id);
    const view = this.view(state);
    const statusDetail = isEnded(state) ? null : this.#troubleText();
    const shown = statusDetail === null ? view : { ...view, statusDetail };
    return sessionDetail(shown, state, { details, rounds }, directory);
  }

  /** Why nothing of any session can be recorded, so that it seems to stand still; null if the journal works. */
  #troubleText(): string | null {
    const trouble = this.#trouble();
    return trouble === null
      ? null
      : `Its progress cannot be recorded. ${trouble.message} ${trouble.suggestion}`;
  }

  /** The artifact folder of each agent. */
  artifactFolders(state: SessionState): ReadonlyMap<AgentId, string> {
    return agentDirectories(
      this.#home,
      state.id,
      state.agents.map(({ id }) => id),
    );
  }
}
