import { useEffect, useState } from 'react';

/** The text a moment after the last key, so that a search does not ask for every letter. */
export function useSettledTyping(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 180);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
