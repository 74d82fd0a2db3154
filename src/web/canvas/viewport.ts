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
  const positions = agents.map(({ position }) => position);
  const [left, top] = [minOf(positions, 'x'), minOf(positions, 'y') - headerHeight];
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
const minOf = (points: readonly Record<Axis, number>[], axis: Axis) =>
  points.reduce((min, point) => Math.min(min, point[axis]), Number.POSITIVE_INFINITY);
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

/** The box around all cards if it fits into the window, otherwise the last card. */
export function boxToShow(cards: readonly Box[], zoom: number, window: Size): Box | undefined {
  const [left, top] = [minOf(cards, 'x'), minOf(cards, 'y')];
  const width = Math.max(...cards.map((card) => card.x + card.width)) - left;
  const height = Math.max(...cards.map((card) => card.y + card.height)) - top;
  const fits =
    width * zoom <= window.width - 2 * marginPx && height * zoom <= window.height - 2 * marginPx;
  return fits && cards.length > 0 ? { x: left, y: top, width, height } : cards.at(-1);
}

/** Scrolls the selected cards into view when they are placed, moved or covered. */
export function useKeepInView(agents: readonly Agent[]): void {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const places = JSON.stringify(agents.map(({ id, position: { x, y } }) => [id, x, y]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the places say what matters of the agents.
  useEffect(() => {
    if (width === 0 || height === 0) return;
    const view = flow.getViewport();
    const cards = agents.map(({ position: { x, y } }) => ({
      ...{ x, y },
      width: cardWidth,
      height: cardHeight,
    }));
    const box = boxToShow(cards, view.zoom, { width, height });
    if (box === undefined) return;
    const shift = shiftIntoView(box, view, { width, height }, marginPx);
    if (shift.x === 0 && shift.y === 0) return;
    void flow.setViewport(
      { ...view, x: view.x + shift.x, y: view.y + shift.y },
      { duration: prefersReducedMotion() ? 0 : 150 },
    );
  }, [places, width, height, flow]);
}
