let lastKey: string | null = null;

addEventListener(
  'keydown',
  ({ key }) => {
    lastKey = key;
  },
  { capture: true },
);

/**
 * Whether the user moved the focus with the keyboard. A closing dialog restores the focus by itself, and a tooltip opened
 * by that would cover other buttons.
 */
export const wasFocusMovedByKey = (): boolean => lastKey === 'Tab';
