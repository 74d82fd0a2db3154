import { parsePromptInConversation } from '../agent/conversation-prompt.ts';
import { type Interruption, parseInterruption, RecordedCalls } from '../agent/interruption.ts';
import { planFor } from '../agent/plan.ts';
import { usageOf } from '../agent/run-lifecycle.ts';
import { exampleValue } from '../agent/schema-example.ts';
import type { Step } from '../agent/steps.ts';
import { remainingSteps } from '../local/turn/remaining-steps.ts';
import type { RunRecord } from '../store/records.ts';
import type { Conversation, PastTurn } from './conversation.ts';
import type { ModelReply, ModelUsage, Part, PartGenerator } from './parts.ts';
import { performStep } from './perform-step.ts';
import type { Toolbox } from './toolbox.ts';
import { callTool, type ModelTurnContext } from './turn-context.ts';

/**
 * Returns the model's next message. It depends only on the request: the turn is replayed from its prompt, and its calls
 * get the results in the history, in their order. So a conversation continues in the same way after a crash, or from a
 * copy.
 */
export function nextReply(
  conversation: Conversation,
  toolbox: Toolbox,
  scripted?: RunRecord['scripted'],
): ModelReply {
  const turn = conversation.turns.at(-1) ?? { prompt: '', calls: [], assistantText: '' };
  const interruption = parseInterruption(turn.prompt);
  const context = turnContext(conversation, toolbox, turn, interruption);
  const plan = planOf(conversation, context, scripted);
  const { recorded, folder = '/nowhere' } = context;
  const steps = remainingSteps(plan, { recorded, folder }, interruption);
  const { parts, failure } = nextParts(turnParts(conversation, context, steps), turn);
  return {
    parts,
    ...(failure === undefined ? {} : { failure }),
    usage: usageFor(conversation, parts),
  };
}

function turnContext(
  conversation: Conversation,
  toolbox: Toolbox,
  turn: PastTurn,
  interruption: Interruption | undefined,
): ModelTurnContext {
  const earlier = conversation.turns.slice(0, -1).map(({ prompt }) => prompt);
  const parsedPrompt = parsePromptInConversation(interruption?.task ?? turn.prompt, earlier);
  return {
    title: parsedPrompt.title,
    mode: conversation.mode,
    parsedPrompt,
    attempt: parsedPrompt.attempt ?? 1,
    sessionKey: conversation.sessionKey,
    turnNumber: conversation.turns.length,
    folder: conversation.folder,
    toolbox,
    recorded: interruption === undefined ? undefined : new RecordedCalls(interruption),
    written: new Set(),
    lastText: '',
  };
}

function planOf(
  { mode, tools }: Conversation,
  { parsedPrompt, title }: ModelTurnContext,
  scripted: RunRecord['scripted'],
): readonly Step[] {
  // Without tools, the prompt is a plain question, such as a check of the connection.
  const isPlainQuestion =
    tools.length === 0 && (scripted?.script ?? parsedPrompt.script) === undefined;
  const steps = planFor(
    isPlainQuestion ? { ...parsedPrompt, requestsAnswerOnly: true } : parsedPrompt,
    title,
    {
      mode,
      ...(scripted === undefined ? {} : { scripted }),
    },
  );
  return isPlainQuestion && !parsedPrompt.requestsAnswerOnly && scripted?.answer === undefined
    ? [{ kind: 'say', text: `This is the rehearsal cloud. You said: ${title}` }]
    : steps;
}

function* turnParts(
  conversation: Conversation,
  context: ModelTurnContext,
  plan: readonly Step[],
): PartGenerator {
  const earlierTurn = conversation.turns.at(-2);
  if (
    earlierTurn !== undefined &&
    context.parsedPrompt.script === undefined &&
    conversation.tools.length > 0
  )
    yield {
      kind: 'thinking',
      text: `I remember the earlier request: ${shorten(earlierTurn.prompt)}`,
    };
  for (const step of plan) yield* performStep(context, step);
  if (conversation.outputSchema !== undefined) yield* answer(context, conversation.outputSchema);
}

const maxRecalledCharacters = 200;
const shorten = (text: string): string =>
  text.split(/\s+/).join(' ').slice(0, maxRecalledCharacters);

/** The structured answer is the script's last message if it is JSON, otherwise a value generated from the schema. */
function* answer(context: ModelTurnContext, schema: unknown): PartGenerator {
  const value = jsonIn(context.lastText) ?? exampleValue(schema);
  const call = context.toolbox.callFor({ kind: 'answer', value });
  if (call !== undefined) {
    yield* callTool(context, { kind: 'answer', value }, { tool: 'answer', key: '' });
  } else {
    yield { kind: 'answer', text: JSON.stringify(value) };
  }
}

function jsonIn(text: string): unknown {
  const inner = /```json\s*\n(.*?)\n```/s.exec(text)?.[1] ?? text.trim();
  if (!inner.startsWith('{') && !inner.startsWith('[')) return undefined;
  try {
    return JSON.parse(inner);
  } catch {
    return undefined; // The last message is not JSON.
  }
}

/**
 * Replays the calls that the history has results for, and returns the parts after them, up to the next call or the end.
 */
function nextParts(
  work: PartGenerator,
  turn: PastTurn,
): { parts: readonly Part[]; failure?: string } {
  let parts: Part[] = [];
  let past = 0;
  let step = work.next();
  while (step.done !== true) {
    const part = step.value;
    if (part.kind === 'failure')
      return { parts: withoutRepeatedText(parts, turn), failure: part.message };
    if (part.kind === 'call') {
      const result = turn.calls[past];
      if (result === undefined) return { parts: [...withoutRepeatedText(parts, turn), part] };
      past += 1;
      parts = [];
      step = work.next(result);
      continue;
    }
    if (part.kind === 'answer') {
      // The message must consist of JSON only.
      parts = parts.filter(({ kind }) => kind !== 'text' && kind !== 'chatter');
      parts.push({ kind: 'text', text: part.text });
    } else {
      parts.push(part);
    }
    step = work.next(undefined);
  }
  const newParts = withoutRepeatedText(parts, turn);
  const isSilent = !newParts.some(({ kind }) => kind === 'text' || kind === 'chatter');
  return {
    parts: isSilent ? [...newParts, { kind: 'text', text: 'Everything is done.' }] : newParts,
  };
}

/** Removes text that the history already contains, as after an interrupted response. */
function withoutRepeatedText(parts: readonly Part[], { assistantText }: PastTurn): readonly Part[] {
  if (assistantText === '') return parts;
  return parts.filter(({ kind, ...part }) => {
    if (kind !== 'text' || !('text' in part)) return kind === 'chatter';
    return !assistantText.includes(part.text.trim());
  });
}

const charactersOfToken = 4;

function usageFor(conversation: Conversation, parts: readonly Part[]): ModelUsage {
  const prompt = conversation.turns.map((turn) => turn.prompt).join('\n');
  const sizeOf = (kind: Part['kind']): number =>
    parts.reduce((sum, part) => sum + (part.kind === kind ? lengthOf(part) : 0), 0);
  const reasoningTokens = Math.ceil(sizeOf('thinking') / charactersOfToken);
  const output = Math.ceil(
    (sizeOf('text') + sizeOf('chatter') + sizeOf('call')) / charactersOfToken,
  );
  return { ...usageOf(prompt, output + reasoningTokens), reasoningTokens };
}

function lengthOf(part: Part): number {
  switch (part.kind) {
    case 'text':
    case 'thinking':
      return part.text.length;
    case 'chatter':
      return part.count * charactersOfToken;
    case 'call':
      return JSON.stringify(part.call.input).length;
    default:
      return 0;
  }
}
