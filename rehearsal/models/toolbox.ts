import type { CommonToolStep } from '../agent/steps.ts';

/** What a model wants a tool to do. */
export type ToolUse =
  | CommonToolStep
  | { readonly kind: 'list'; readonly path: string }
  | { readonly kind: 'task'; readonly agent: string; readonly prompt: string }
  /** A tool by its own name, e.g. one that fetches a page. */
  | {
      readonly kind: 'named';
      readonly name: string;
      readonly args: Readonly<Record<string, unknown>>;
    }
  /** The structured answer, for harnesses that take it through a tool. */
  | { readonly kind: 'answer'; readonly value: unknown };

/** A call as the request's own tools take it. */
export type ToolInput = {
  readonly name: string;
  /** Set where the API groups its tools. */
  readonly namespace?: string;
  /** An object, or the text of a tool that takes free text. */
  readonly input: Readonly<Record<string, unknown>> | string;
};

/** Knows the tools of one request. */
export interface Toolbox {
  /**
   * The call that does this, with a tool that the request offers and under the name it has there; `undefined` when it
   * offers none. What can be done by a command need not be known: the caller then asks for `run`.
   */
  callFor(use: ToolUse): ToolInput | undefined;
}

/** The command that does the same as a tool that the request does not offer. */
export function commandFor(use: ToolUse): string | undefined {
  switch (use.kind) {
    case 'read':
      return `cat -- ${quoted(use.path)}`;
    case 'write':
      return `${folderFor(use.path)}printf '%s' ${quoted(use.text)} > ${quoted(use.path)}`;
    case 'append':
      return `${folderFor(use.path)}printf '%s' ${quoted(use.text)} >> ${quoted(use.path)}`;
    case 'delete':
      return `rm -- ${quoted(use.path)}`;
    case 'list':
      return `ls -a -- ${quoted(use.path)}`;
    case 'glob':
      return use.pattern === '**/*'
        ? "find . -type f -not -path '*/.git/*' | sort | head -n 500"
        : `find . -path ${quoted(`./${use.pattern.replaceAll('**/', '*')}`)} -not -path '*/.git/*'`;
    case 'grep':
      return `grep -rn --exclude-dir=.git -e ${quoted(use.pattern)} -- ${quoted(use.path)}`;
    default:
      return undefined;
  }
}

const folderFor = (path: string): string => {
  const location = path.lastIndexOf('/');
  return location <= 0 ? '' : `mkdir -p -- ${quoted(path.slice(0, location))} && `;
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
