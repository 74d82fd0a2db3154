/** The text with a full stop, unless it already ends like a sentence, so that another sentence can follow. */
export function asSentence(text: string): string {
  const end = text.trimEnd();
  return end === '' || /[.!?:;…][)"'”’]?$/.test(end) ? end : `${end}.`;
}

/** The message of a failure, followed by its suggestion if it has one. */
export const withSuggestion = ({
  message,
  suggestion,
}: {
  readonly message: string;
  readonly suggestion?: string | undefined;
}): string =>
  suggestion === undefined ? message : `${asSentence(message)} ${suggestion}`.trimStart();
