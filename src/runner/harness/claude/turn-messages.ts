import { fieldsOf } from '../../../lib/fields.ts';
import type { NewItem, TurnSink } from '../adapter.ts';
import { boundary, notice, speech, toolOutput } from '../new-items.ts';
import { OutsidePaths } from '../outside-paths.ts';
import { callBegins, callEnds } from './call-items.ts';
import { failureOf } from './failures.ts';
import type { LiveOutput } from './live-output.ts';
import {
  type AssistantMessage,
  type Block,
  type ClaudeMessage,
  type StreamEvent,
  type SystemMessage,
  type ToolUse,
  textOf,
  toolResultOf,
  toolUseOf,
  type UserAnswer,
} from './message.ts';
import { SpokenMessages } from './spoken-messages.ts';
import { TokenCount } from './token-count.ts';

/** The last refusal of the model's service, in the words of the SDK. */
export type LastRefusal = { readonly word: string; readonly text: string };

/** Turns the SDK's messages of one turn into transcript items at the door, and hands them over. */
export class TurnMessages {
  readonly #sink: TurnSink;
  readonly #spoken: SpokenMessages;
  readonly #outside: OutsidePaths;
  readonly #output: Pick<LiveOutput, 'begin' | 'end'>;
  readonly #open = new Map<string, { readonly callId: string; readonly use: ToolUse }>();
  readonly #tokens = new TokenCount();
  #refusal: LastRefusal | null = null;
  #hasSpoken = false;

  /** `ownFolders`: those of the program itself. */
  constructor(
    cwd: string,
    ownFolders: readonly string[],
    sink: TurnSink,
    output: Pick<LiveOutput, 'begin' | 'end'>,
  ) {
    this.#sink = sink;
    this.#output = output;
    this.#spoken = new SpokenMessages(sink);
    this.#outside = new OutsidePaths(cwd, ownFolders);
  }

  get refusal(): LastRefusal | null {
    return this.#refusal;
  }

  /** What was counted so far, before the program says so itself. */
  get tokens(): TokenCount {
    return this.#tokens;
  }

  /** Settles when there is room for more. */
  read(message: Exclude<ClaudeMessage, { type: 'result' }>): Promise<void> {
    switch (message.type) {
      case 'stream_event':
        return this.#sink.add(this.#streamed(message.event, message.parent_tool_use_id ?? null));
      case 'assistant':
        return this.#sink.add(this.#assistant(message));
      case 'user':
        return this.#sink.add(this.#answers(message));
      case 'system':
        return this.#sink.add(this.#system(message));
      default:
        return message satisfies never;
    }
  }

  /** Pieces as they come. Until the whole message is there they are provisional. */
  #streamed(event: StreamEvent, parent: string | null): readonly NewItem[] {
    const usage = this.#tokens.read(event);
    const counted: readonly NewItem[] =
      usage === null ? [] : [{ kind: 'usage', dataText: JSON.stringify(usage) }];
    // What a subagent says comes again as a whole.
    if (parent !== null) return counted;
    switch (event.type) {
      case 'message_start': {
        const between = this.#between();
        this.#spoken.begin(event.message?.id ?? '');
        return [...between, ...counted];
      }
      case 'content_block_delta': {
        const { text, thinking } = event.delta ?? {};
        if (text) return this.#say('text', text);
        return thinking ? this.#say('thinking', thinking) : [];
      }
      case 'message_delta':
        // A message that was cut is stopped too, but only a whole one says why it ended.
        if (event.delta?.stop_reason) this.#spoken.end();
        return counted;
      default:
        return counted;
    }
  }

  #say(kind: 'text' | 'thinking', text: string): readonly NewItem[] {
    this.#hasSpoken = true;
    this.#spoken.note(kind);
    return [speech(kind, text)];
  }

  #assistant(message: AssistantMessage): readonly NewItem[] {
    const { parent_tool_use_id: parent, error, supersedes } = message;
    const { id, content } = message.message;
    if (supersedes !== undefined) this.#spoken.retract(supersedes);
    if (error !== undefined) {
      // No words of the model: the result tells the failure.
      this.#refusal = { word: error, text: content.map(textOf).join('\n') };
      return [];
    }
    if (parent !== null && parent !== undefined) return this.#ofSubagent(parent, content);
    const between = this.#spoken.take(id, message.uuid) ? [] : this.#between();
    return [...between, ...content.flatMap((one) => this.#block(one))];
  }

  #block(one: Block): readonly NewItem[] {
    const use = toolUseOf(one);
    if (use !== null) return this.#begin(use.id, use);
    if (one.type !== 'text' && one.type !== 'thinking') return [];
    const text = textOf(one);
    // It came in pieces already.
    return text === '' || this.#spoken.has(one.type) ? [] : this.#say(one.type, text);
  }

  /** What a subagent says is the output of its task; what it does is told like the agent's own doing. */
  #ofSubagent(parent: string, content: readonly Block[]): readonly NewItem[] {
    const task = this.#open.get(parent)?.callId ?? parent;
    return content.flatMap((one) => {
      const use = toolUseOf(one);
      if (use !== null) return this.#begin(`${task}/${use.id}`, use);
      return one.type === 'text' ? [toolOutput(task, 'stdout', `${textOf(one)}\n`)] : [];
    });
  }

  #begin(callId: string, use: ToolUse): readonly NewItem[] {
    this.#open.set(use.id, { callId, use });
    this.#hasSpoken = false;
    if (use.name === 'Bash') this.#output.begin(callId);
    const warnings = this.#outside.ofCall(use.name, withPath(use.input));
    return [callBegins(callId, use), ...warnings.map((text) => notice('warning', text))];
  }

  #answers({ message, tool_use_result: detail }: UserAnswer): readonly NewItem[] {
    if (typeof message.content === 'string') return [];
    return message.content.flatMap((one) => {
      const result = toolResultOf(one);
      const begun = result === null ? undefined : this.#open.get(result.tool_use_id);
      if (result === null || begun === undefined) return [];
      this.#open.delete(result.tool_use_id);
      this.#output.end(begun.callId);
      return [callEnds(begun.callId, begun.use, result, detail)];
    });
  }

  #system(message: SystemMessage): readonly NewItem[] {
    switch (message.subtype) {
      case 'api_retry':
        return this.#retry(message);
      case 'compact_boundary':
        return [notice('info', compacted(message))];
      case 'model_refusal_fallback':
        this.#spoken.retract(message.retracted_message_uuids ?? []);
        return [
          notice(
            'warning',
            message.content ?? 'The model declined; another model answers instead.',
          ),
        ];
      case 'model_refusal_no_fallback':
        return [notice('warning', message.content ?? 'The model declined.')];
      case 'init':
        return (message.mcp_servers ?? []).flatMap(serverNotice);
      case 'informational':
        return message.level === 'warning' && message.content !== undefined
          ? [notice('warning', message.content)]
          : [];
      case 'session_writes_lost':
        return [notice('warning', 'Claude Code could not write its session: the disk is full.')];
      default:
        return [];
    }
  }

  #retry(message: SystemMessage): readonly NewItem[] {
    const { attempt = 1, max_retries: most = 0, retry_delay_ms: delayMs = 0 } = message;
    this.#spoken.breakOff();
    const { failure } = failureOf({
      status: message.error_status ?? null,
      word: message.error,
      reason: undefined,
      text: '',
    });
    this.#refusal = { word: message.error ?? 'unknown', text: '' };
    const why =
      failure.code === 'unreachable' ? 'The connection to the model was lost' : told(failure.code);
    const pause = delayMs < 1_500 ? 'at once' : `in ${Math.round(delayMs / 1_000)} s`;
    return [notice('warning', `${why}. The request is repeated ${pause} (${attempt} of ${most}).`)];
  }

  /** What is said after it is a text of its own. */
  #between(): readonly NewItem[] {
    if (!this.#hasSpoken) return [];
    this.#hasSpoken = false;
    return [boundary];
  }
}

const told = (code: string): string => {
  switch (code) {
    case 'rate_limited':
      return 'The provider does not accept more requests at the moment';
    case 'overloaded':
      return 'The model is overloaded';
    default:
      return 'The request failed';
  }
};

const compacted = ({ compact_metadata: facts }: SystemMessage): string =>
  `Claude Code summarized the previous conversation${facts === undefined ? '' : ` (${facts.pre_tokens} tokens)`}.`;

function serverNotice(server: {
  readonly name: string;
  readonly status: string;
  readonly error?: string | undefined;
}): readonly NewItem[] {
  if (server.status === 'connected' || server.status === 'pending') return [];
  const detail = server.error === undefined ? '' : `: ${server.error}`;
  return [notice('warning', `The MCP server "${server.name}" is ${server.status}${detail}.`)];
}

/** Claude Code calls a path `file_path` or `notebook_path`. */
function withPath(input: unknown): unknown {
  const fields = fieldsOf(input);
  const { file_path: file, notebook_path: notebook } = fields;
  return {
    ...fields,
    ...(file === undefined ? {} : { path: file }),
    ...(notebook === undefined ? {} : { path: notebook }),
  };
}
