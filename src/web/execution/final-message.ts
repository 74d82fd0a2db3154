import { isBlank } from '../../lib/blank.ts';
import { markdownTokens } from '../design/markdown-tokens.ts';

/** The language of the fenced blocks in which agents are asked to write their decisions. */
const decisionLanguage = 'decision';

/** Shown for a message without other content. */
const onlyDecision = 'The agent only stated its decision, which is shown under Flow.';

/**
 * An agent's final message without the blocks that state its decisions for Cerevisor: they name connections by their ids,
 * and *Flow* shows the same in words. Longer messages are truncated. The transcript has the message as it was written.
 */
export function finalMessageText(message: string, maxLength: number): string {
  const text = withoutDecisions(message.slice(0, maxParsedRatio * maxLength));
  const isTruncated = text.length > maxLength || message.length > maxParsedRatio * maxLength;
  return isTruncated ? `${text.slice(0, maxLength)}…` : text;
}

/** Decisions are removed before the text is truncated, but a very long message is not parsed to its end. */
const maxParsedRatio = 4;

function withoutDecisions(message: string): string {
  if (!message.includes(decisionLanguage)) return message;
  const tokens = markdownTokens(message);
  const rest = tokens?.filter(
    (token) => !(token.type === 'code' && token.lang?.trim().startsWith(decisionLanguage) === true),
  );
  if (rest === undefined || rest.length === tokens?.length) return message;
  const text = rest.map(({ raw }) => raw).join('');
  return isBlank(text) ? onlyDecision : text.replace(/^\n+/, '').trimEnd();
}
