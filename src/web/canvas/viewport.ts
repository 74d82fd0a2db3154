import { getViewportForBounds, useReactFlow, useStore, type Viewport as View } from '@xyflow/react';
import { useEffect } from 'react';
import { cardHeight, cardWidth } from '../../workflow/edit/columns.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { prefersReducedMotion } from '../design/reduced-motion.ts';

type Viewport = Workflow['viewport'];
type Size = { readonly width: number; readonly height: number };
type Box = Size & { readonly x: number; readonly y: number };

/** The viewport stored in the file; null if it was never changed, or if it shows no agent in this window. */
export function savedViewport({ viewport, agents }: Workflow, window: Size): Viewport | null {
  if (viewport.x === 0 && viewport.y === 0 && viewport.zoom === 1) return null;
  const isAnyVisible = agents.some(({ position }) => {
    const card = { ...position, width: cardWidth, height: cardHeight };
    const { x, y } = shiftIntoView(card, viewport, window);
    return x === 0 && y === 0;
  });
  return isAnyVisible ? viewport : null;
}

export const zoomRange = { min: 0.1, max: 1.5 };
const marginPx = 24;
/** The wave titles above the cards. */
const headerHeight = 40;
/** Padding around a fitted workflow, as a fraction of the window. */
const fitPadding = 0.1;

/** Fits all agents, at most at full size; if they do not fit, shows the start. */
export function fitAgents(agents: readonly Agent[], { width, height }: Size): View {
  if (agents.length === 0 || width === 0 || height === 0) return { x: 0, y: 0, zoom: 1 };
  const [left, top] = [minOf(agents, 'x'), minOf(agents, 'y') - headerHeight];
  const bounds = {
    x: left,
    y: top,
    width: maxOf(agents, 'x') + cardWidth - left,
    height: maxOf(agents, 'y') + cardHeight - top,
  };
  const view = getViewportForBounds(bounds, width, height, zoomRange.min, 1, fitPadding);
  return {
    zoom: view.zoom,
    x: bounds.width * view.zoom > width ? marginPx - left * view.zoom : view.x,
    y: bounds.height * view.zoom > height ? marginPx - top * view.zoom : view.y,
  };
}

type Axis = 'x' | 'y';
const minOf = (agents: readonly Agent[], axis: Axis) =>
  agents.reduce((min, { position }) => Math.min(min, position[axis]), Number.POSITIVE_INFINITY);
const maxOf = (agents: readonly Agent[], axis: Axis) =>
  agents.reduce((max, { position }) => Math.max(max, position[axis]), Number.NEGATIVE_INFINITY);

/** The initial viewport of a file, determined before the first paint so that nothing jumps. */
export function initialView(workflow: Workflow, window: Size): View {
  return savedViewport(workflow, window) ?? fitAgents(workflow.agents, window);
}

/** How far the canvas has to move, in screen pixels, until a card is fully visible. */
export function shiftIntoView(card: Box, { x, y, zoom }: View, window: Size, margin = 0) {
  const shiftAlong = (start: number, length: number, available: number) => {
    if (start < margin) return margin - start;
    // A card larger than the window shows its start.
    return Math.max(Math.min(0, available - margin - start - length), Math.min(0, margin - start));
  };
  return {
    x: shiftAlong(card.x * zoom + x, card.width * zoom, window.width),
    y: shiftAlong(card.y * zoom + y, card.height * zoom, window.height),
  };
}

/** Scrolls the selected card into view when it is placed, moved or covered. */
export function useKeepCardInView(agent: Agent | undefined): void {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const hasAgent = agent !== undefined;
  const { x = 0, y = 0 } = agent?.position ?? {};
  const id = agent?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another card at the same place has to be looked for too.
  useEffect(() => {
    if (!hasAgent || width === 0 || height === 0) return;
    const card = { x, y, width: cardWidth, height: cardHeight };
    const view = flow.getViewport();
    const shift = shiftIntoView(card, view, { width, height }, marginPx);
    if (shift.x === 0 && shift.y === 0) return;
    void flow.setViewport(
      { ...view, x: view.x + shift.x, y: view.y + shift.y },
      { duration: prefersReducedMotion() ? 0 : 150 },
    );
  }, [id, hasAgent, x, y, width, height, flow]);
}
