/** Words with a full stop at their end, unless they end like a sentence already: more may then follow. */
export function asSentence(text: string): string {
  const end = text.trimEnd();
  return end === '' || /[.!?:;…][)"'”’]?$/.test(end) ? end : `${end}.`;
}

/** What happened, and what to do about it where that is known. */
export const withAdvice = ({
  message,
  suggestion,
}: {
  readonly message: string;
  readonly suggestion?: string | undefined;
}): string =>
  suggestion === undefined ? message : `${asSentence(message)} ${suggestion}`.trimStart();
