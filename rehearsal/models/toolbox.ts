import type { CommonToolStep } from '../agent/steps.ts';

/** What a model uses a tool for. */
export type ToolUse =
  | CommonToolStep
  | { readonly kind: 'list'; readonly path: string }
  | { readonly kind: 'task'; readonly agent: string; readonly prompt: string }
  /** A tool by its name, e.g. one that fetches a page. */
  | {
      readonly kind: 'named';
      readonly name: string;
      readonly args: Readonly<Record<string, unknown>>;
    }
  /** The structured answer, for harnesses that receive it through a tool. */
  | { readonly kind: 'answer'; readonly value: unknown };

/** A call of a tool that the request offers. */
export type ToolInput = {
  readonly name: string;
  /** Set if the API groups tools in namespaces. */
  readonly namespace?: string;
  /** An object, or the text for a tool that takes free text. */
  readonly input: Readonly<Record<string, unknown>> | string;
};

/** The tools of one request. */
export interface Toolbox {
  /**
   * Returns the call of an offered tool for this use, or `undefined` if there is none. The caller then tries a command
   * (`commandFor`).
   */
  callFor(use: ToolUse): ToolInput | undefined;
}

/** Returns the shell command that replaces a tool that the request does not offer. */
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
