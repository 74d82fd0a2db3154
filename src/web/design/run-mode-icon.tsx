import { Cloud, Laptop } from 'lucide-react';
import { classNames } from './class-names.ts';
import { runModeWords } from './local-words.ts';

/** Where it runs, where the word has no room: read aloud, and shown on hover. */
export function RunModeIcon({
  mode,
  className,
}: {
  mode: keyof typeof runModeWords;
  className?: string;
}) {
  const Icon = mode === 'cloud' ? Cloud : Laptop;
  const word = runModeWords[mode];
  return (
    <span
      role="img"
      aria-label={word}
      title={word}
      className={classNames('inline-flex shrink-0 text-muted', className)}
    >
      <Icon aria-hidden size={14} />
    </span>
  );
}
