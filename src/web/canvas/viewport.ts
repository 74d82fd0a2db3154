import { useReactFlow, useStore, type Viewport as View } from '@xyflow/react';
import { useEffect } from 'react';
import type { Workflow } from '../../workflow/schema.ts';
import { prefersCalm } from '../design/calm.ts';
import { cardWidth, rowHeight } from './columns.ts';

type Viewport = Workflow['viewport'];
type Size = { readonly width: number; readonly height: number };
type Box = Size & { readonly x: number; readonly y: number };

/** What the file was left at. One that nobody ever moved, or that shows no agent in this window, is fitted instead. */
export function restorable({ viewport, agents }: Workflow, window: Size): Viewport | null {
  if (viewport.x === 0 && viewport.y === 0 && viewport.zoom === 1) return null;
  const isAnySeen = agents.some(({ position }) => {
    const card = { ...position, width: cardWidth, height: rowHeight };
    const { x, y } = shiftIntoSight(card, viewport, window);
    return x === 0 && y === 0;
  });
  return isAnySeen ? viewport : null;
}

/** How far the drawing has to move, in pixels of the screen, until a card is wholly seen. */
export function shiftIntoSight(card: Box, { x, y, zoom }: View, window: Size, margin = 0) {
  const along = (start: number, length: number, room: number) => {
    if (start < margin) return margin - start;
    // What is larger than the window shows its beginning.
    return Math.max(Math.min(0, room - margin - start - length), Math.min(0, margin - start));
  };
  return {
    x: along(card.x * zoom + x, card.width * zoom, window.width),
    y: along(card.y * zoom + y, card.height * zoom, window.height),
  };
}

const marginPx = 24;

/** Brings a selected card back into sight when the panel that it opened, or a smaller window, took its room. */
export function useCardInSight(id: string | null): void {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  useEffect(() => {
    const node = id === null ? undefined : flow.getInternalNode(id);
    if (node === undefined || width === 0 || height === 0) return;
    const card = {
      ...node.internals.positionAbsolute,
      width: node.measured.width ?? cardWidth,
      height: node.measured.height ?? rowHeight,
    };
    const view = flow.getViewport();
    const shift = shiftIntoSight(card, view, { width, height }, marginPx);
    if (shift.x === 0 && shift.y === 0) return;
    void flow.setViewport(
      { ...view, x: view.x + shift.x, y: view.y + shift.y },
      { duration: prefersCalm() ? 0 : 150 },
    );
  }, [id, width, height, flow]);
}
