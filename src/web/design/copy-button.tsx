import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './icon-button.tsx';
import { showToast } from './toasts.tsx';

/** Copies a text and confirms it. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setIsCopied(true),
      () =>
        showToast({
          title: 'The browser did not allow access to the clipboard',
          description: text,
        }),
    );
  return (
    <IconButton
      label={isCopied ? 'Copied' : label}
      icon={isCopied ? Check : Copy}
      onClick={copy}
      onBlur={() => setIsCopied(false)}
    />
  );
}
