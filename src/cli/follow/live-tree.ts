import { createLogUpdate } from 'log-update';
import type { EventView } from '../../contract/event-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import type { Output } from '../output.ts';
import { emptyLiveState, foldActivity, type LiveState } from '../render/live.ts';
import { renderTree } from '../render/tree.ts';
import type { Watcher } from './watch.ts';

const FRAME_MS = 100;
const FOOTER = 'Ctrl-C detaches; the session continues';

export type LiveTree = Required<Watcher> & { readonly close: () => void };

/** Redraws the session in the terminal until it is closed, and then clears it. */
export function openLiveTree(output: Output, now: () => number): LiveTree {
  const draw = createLogUpdate(output.humanStream);
  let view: SessionDetail | null = null;
  let live: LiveState = emptyLiveState;
  let drawnRows = 0;
  const redraw = (): void => {
    if (view === null) return;
    const { height } = output;
    const rows = renderTree(view, live, {
      ...output.appearance,
      now: now(),
      // The last column stays free, because some terminals wrap when it is written.
      width: output.width - 1,
      ...(height === undefined ? {} : { height: height - 1 }),
      footer: FOOTER,
    });
    // log-update 7.2.0 rewrites only the changed block and leaves the rows below it where they were, which is wrong
    // as soon as that block grows or shrinks.
    if (rows.length !== drawnRows) draw.clear();
    drawnRows = rows.length;
    draw(rows.join('\n'));
  };
  const timer = setInterval(redraw, FRAME_MS);
  return {
    onView: (next) => {
      const isFirst = view === null;
      view = next;
      if (isFirst) redraw();
    },
    onEvent: (event: EventView) => {
      live = { ...live, activity: foldActivity(live.activity, event) };
    },
    onUnreachable: (unreachableSince) => {
      live = { ...live, unreachableSince };
    },
    close: () => {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}
