import { fieldsOf } from '../../../lib/fields.ts';
import type { NewItem, TurnSink } from '../adapter.ts';
import { boundary, notice, textItem, toolOutput } from '../new-items.ts';
import { OutsidePaths } from '../outside-paths.ts';
import { endedCall, startedCall } from './call-items.ts';
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
import { StreamedMessages } from './streamed-messages.ts';
import { TokenCount } from './token-count.ts';

/** The last error of the model's service, with the SDK's code. */
export type LastError = { readonly code: string; readonly text: string };

/** Converts the SDK's messages of one turn into transcript items and passes them to the sink. */
export class TurnMessages {
  readonly #sink: TurnSink;
  readonly #streamed: StreamedMessages;
  readonly #outside: OutsidePaths;
  readonly #output: Pick<LiveOutput, 'begin' | 'end'>;
  readonly #openCalls = new Map<string, { readonly callId: string; readonly toolUse: ToolUse }>();
  readonly #tokens = new TokenCount();
  #lastError: LastError | null = null;
  #hasText = false;

  /** `ownFolders`: folders of the program itself. */
  constructor(
    cwd: string,
    ownFolders: readonly string[],
    sink: TurnSink,
    output: Pick<LiveOutput, 'begin' | 'end'>,
  ) {
    this.#sink = sink;
    this.#output = output;
    this.#streamed = new StreamedMessages(sink);
    this.#outside = new OutsidePaths(cwd, ownFolders);
  }

  get lastError(): LastError | null {
    return this.#lastError;
  }

  /** Tokens counted so far, before the program reports its own count. */
  get tokens(): TokenCount {
    return this.#tokens;
  }

  /** Resolves when there is room for more. */
  read(message: Exclude<ClaudeMessage, { type: 'result' }>): Promise<void> {
    switch (message.type) {
      case 'stream_event':
        return this.#sink.add(this.#streamEvent(message.event, message.parent_tool_use_id ?? null));
      case 'assistant':
        return this.#sink.add(this.#assistant(message));
      case 'user':
        return this.#sink.add(this.#toolResults(message));
      case 'system':
        return this.#sink.add(this.#system(message));
      default:
        return message satisfies never;
    }
  }

  /** Streamed pieces, which are provisional until the message is complete. */
  #streamEvent(event: StreamEvent, parent: string | null): readonly NewItem[] {
    const usage = this.#tokens.read(event);
    const usageItems: readonly NewItem[] =
      usage === null ? [] : [{ kind: 'usage', dataText: JSON.stringify(usage) }];
    // A subagent's messages are repeated as a whole.
    if (parent !== null) return usageItems;
    switch (event.type) {
      case 'message_start': {
        const boundaryItems = this.#boundary();
        this.#streamed.begin(event.message?.id ?? '');
        return [...boundaryItems, ...usageItems];
      }
      case 'content_block_delta': {
        const { text, thinking } = event.delta ?? {};
        if (text) return this.#addText('text', text);
        return thinking ? this.#addText('thinking', thinking) : [];
      }
      case 'message_delta':
        // Incomplete messages are stopped too, but only complete ones have a stop reason.
        if (event.delta?.stop_reason) this.#streamed.complete();
        return usageItems;
      default:
        return usageItems;
    }
  }

  #addText(kind: 'text' | 'thinking', text: string): readonly NewItem[] {
    this.#hasText = true;
    this.#streamed.addPiece(kind);
    return [textItem(kind, text)];
  }

  #assistant(message: AssistantMessage): readonly NewItem[] {
    const { parent_tool_use_id: parent, error, supersedes } = message;
    const { id, content } = message.message;
    if (supersedes !== undefined) this.#streamed.retract(supersedes);
    if (error !== undefined) {
      // Not text of the model: the result reports the failure.
      this.#lastError = { code: error, text: content.map(textOf).join('\n') };
      return [];
    }
    if (parent !== null && parent !== undefined) return this.#subagentBlocks(parent, content);
    const boundaryItems = this.#streamed.addBlock(id, message.uuid) ? [] : this.#boundary();
    return [...boundaryItems, ...content.flatMap((content_) => this.#block(content_))];
  }

  #block(content_: Block): readonly NewItem[] {
    const toolUse = toolUseOf(content_);
    if (toolUse !== null) return this.#startCall(toolUse.id, toolUse);
    if (content_.type !== 'text' && content_.type !== 'thinking') return [];
    const text = textOf(content_);
    // Streamed already.
    return text === '' || this.#streamed.hasPieces(content_.type)
      ? []
      : this.#addText(content_.type, text);
  }

  /** The text of a subagent is the output of its task; its calls are added like the agent's own. */
  #subagentBlocks(parent: string, content: readonly Block[]): readonly NewItem[] {
    const task = this.#openCalls.get(parent)?.callId ?? parent;
    return content.flatMap((content_) => {
      const toolUse = toolUseOf(content_);
      if (toolUse !== null) return this.#startCall(`${task}/${toolUse.id}`, toolUse);
      return content_.type === 'text' ? [toolOutput(task, 'stdout', `${textOf(content_)}\n`)] : [];
    });
  }

  #startCall(callId: string, toolUse: ToolUse): readonly NewItem[] {
    this.#openCalls.set(toolUse.id, { callId, toolUse });
    this.#hasText = false;
    if (toolUse.name === 'Bash') this.#output.begin(callId);
    const warnings = this.#outside.warningsFor(toolUse.name, withPath(toolUse.input));
    return [startedCall(callId, toolUse), ...warnings.map((text) => notice('warning', text))];
  }

  #toolResults({ message, tool_use_result: detail }: UserAnswer): readonly NewItem[] {
    if (typeof message.content === 'string') return [];
    return message.content.flatMap((content_) => {
      const result = toolResultOf(content_);
      const call = result === null ? undefined : this.#openCalls.get(result.tool_use_id);
      if (result === null || call === undefined) return [];
      this.#openCalls.delete(result.tool_use_id);
      this.#output.end(call.callId);
      return [endedCall(call.callId, call.toolUse, result, detail)];
    });
  }

  #system(message: SystemMessage): readonly NewItem[] {
    switch (message.subtype) {
      case 'api_retry':
        return this.#retry(message);
      case 'compact_boundary':
        return [notice('info', compactionText(message))];
      case 'model_refusal_fallback':
        this.#streamed.retract(message.retracted_message_uuids ?? []);
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
    this.#streamed.discard();
    const { failure } = failureOf({
      status: message.error_status ?? null,
      errorCode: message.error,
      reason: undefined,
      text: '',
    });
    this.#lastError = { code: message.error ?? 'unknown', text: '' };
    const why =
      failure.code === 'unreachable'
        ? 'The connection to the model was lost'
        : retryReason(failure.code);
    const pause = delayMs < 1_500 ? 'at once' : `in ${Math.round(delayMs / 1_000)} s`;
    return [notice('warning', `${why}. The request is repeated ${pause} (${attempt} of ${most}).`)];
  }

  /** A boundary, if there was text: what follows is a new text. */
  #boundary(): readonly NewItem[] {
    if (!this.#hasText) return [];
    this.#hasText = false;
    return [boundary];
  }
}

const retryReason = (code: string): string => {
  switch (code) {
    case 'rate_limited':
      return 'The provider does not accept more requests at the moment';
    case 'overloaded':
      return 'The model is overloaded';
    default:
      return 'The request failed';
  }
};

const compactionText = ({ compact_metadata: facts }: SystemMessage): string =>
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

/** Claude Code names a path `file_path` or `notebook_path`. */
function withPath(input: unknown): unknown {
  const fields = fieldsOf(input);
  const { file_path: file, notebook_path: notebook } = fields;
  return {
    ...fields,
    ...(file === undefined ? {} : { path: file }),
    ...(notebook === undefined ? {} : { path: notebook }),
  };
}
