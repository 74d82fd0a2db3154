import type { RawItem } from '../../transcript/item.ts';
import type { OpenCall } from './thread-state.ts';

const MAX_SUMMARY_LENGTH = 200;
/** Arguments that describe a call best, the best one first. */
const KEY_ARGUMENTS = ['command', 'path', 'file_path', 'url', 'query', 'pattern', 'description'];

/** A notice about a call that may have taken effect. It is not repeated automatically. */
export const unfinishedCallNotice = (call: OpenCall): RawItem =>
  notice(
    'warning',
    `The result of \`${summaryOf(call)}\` was not recorded; it may or may not have taken effect.`,
  );

export const notice = (level: 'info' | 'warning' | 'error', text: string): RawItem => ({
  kind: 'notice',
  id: `runner-${crypto.randomUUID()}`,
  dataText: JSON.stringify({ level, text }),
});

function summaryOf({ name, args }: OpenCall): string {
  const detail = detailOf(args).replace(/\s+/g, ' ').replaceAll('`', "'").trim();
  const cut =
    detail.length > MAX_SUMMARY_LENGTH ? `${detail.slice(0, MAX_SUMMARY_LENGTH)}…` : detail;
  return cut === '' ? name : `${name}: ${cut}`;
}

function detailOf(args: unknown): string {
  if (typeof args === 'string') return args;
  if (typeof args !== 'object' || args === null) return '';
  // Any field of an object can be read; a missing one is undefined.
  const fields = args as Record<string, unknown>;
  const keyArgument = KEY_ARGUMENTS.map((name) => fields[name]).find(
    (value) => typeof value === 'string',
  );
  return typeof keyArgument === 'string' ? keyArgument : JSON.stringify(args);
}
