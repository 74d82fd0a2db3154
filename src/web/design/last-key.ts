let lastKey: string | null = null;

addEventListener(
  'keydown',
  ({ key }) => {
    lastKey = key;
  },
  { capture: true },
);

/**
 * Whether the person moved the focus with the keyboard. When a dialog closes, it gives the focus back by itself: nobody
 * then asked for the name of the button that receives it, and the name would cover other buttons.
 */
export const isMovedByKey = (): boolean => lastKey === 'Tab';
