import type { DecisionRule } from './decisions.ts';
import { type Heading, type Outline, outlineOf } from './fences.ts';
import { type PlannerTask, parsePlannerTask } from './planner.ts';
import { parseScript } from './script.ts';

export type ParsedPrompt = {
  /** The first heading, otherwise the first line: the name of an agent that has none. */
  readonly title: string;
  /** Content of the `rehearse` block that scripts the agent. */
  readonly script?: string;
  /** The part of the prompt that other agents wrote. */
  readonly handOffs?: string;
  readonly requestsHandOffSummary: boolean;
  /** JSON Schema, as text, of the structured answer that the prompt asks for. */
  readonly answerSchema?: string;
  /** Names of the conditions that the prompt asks the agent to decide. */
  readonly conditions: readonly string[];
  /** The rules by which the script decides them. */
  readonly decisions: readonly DecisionRule[];
  /** Round of a loop, if the prompt names it. */
  readonly round?: number;
  /** Set if the prompt asks for edits of a workflow. */
  readonly planner?: PlannerTask;
  /** The prompt asks for the structured answer only, as a request to repair one does. */
  readonly requestsAnswerOnly: boolean;
  /** Branches named in a section whose heading contains "merge". */
  readonly branchesToMerge: readonly string[];
  /** Files to read first, and files that must exist at the end. */
  readonly inputFiles: readonly string[];
  readonly outputFiles: readonly string[];
  readonly attempt?: number;
  /** The edited plan, in a prompt that approves a plan with changes. */
  readonly editedPlan?: string;
};

/**
 * Parses the prompt of a rehearsed agent.
 *
 * Hand-offs are text from other agents and must not script this one: the hand-off part starts at the first heading that
 * names hand-offs (except the requested section *Hand-off summary*) or at the first `<hand-off>` tag, and extends to
 * the end. Only the first top-level `rehearse` block before it counts.
 */
export function parsePrompt(prompt: string): ParsedPrompt {
  const outline = outlineOf(prompt);
  const { fences, headings } = outline;
  const handOffHeading = headings.find(
    ({ title }) => /\bhand-?offs?\b/i.test(title) && !isSummaryTitle(title),
  );
  const handOffStart = Math.min(handOffHeading?.start ?? prompt.length, tagStart(prompt));
  const scriptEnd = Math.min(handOffStart, handOffLine(prompt));
  const script = fences.find(
    ({ info, start }) => firstWord(info) === 'rehearse' && start < scriptEnd,
  );
  const schema = fences.findLast(({ info }) => firstWord(info) === 'json-schema');
  const form = fences.findLast(({ info }) => firstWord(info) === 'decision-form');
  const conditions = form === undefined ? [] : conditionsIn(form.content);
  const unquotedText = withoutFences(prompt, outline);
  const attempt = /\battempt\s*[:#]?\s*(\d{1,4})\b/i.exec(unquotedText);
  const round = headings
    .filter(({ start }) => start < handOffStart)
    .map(({ title }) => Number(/^Round (\d{1,4})\b/i.exec(title)?.[1]))
    .find((number) => !Number.isNaN(number));
  const handOffs =
    handOffHeading?.start === handOffStart
      ? sectionOf(prompt, outline, handOffHeading)
      : prompt.slice(handOffStart).trim();
  const planner = parsePlannerTask(prompt, fences);
  const merges = headings
    .filter(({ title }) => /\bmerge\b/i.test(title))
    .map((heading) => sectionOf(prompt, outline, heading));
  return {
    title: titleOf(prompt, headings[0]?.title),
    ...(script === undefined ? {} : { script: script.content }),
    ...(handOffs === '' ? {} : { handOffs }),
    requestsHandOffSummary: /hand-?off summary/i.test(unquotedText),
    ...(schema === undefined ? {} : { answerSchema: schema.content }),
    conditions,
    decisions: script === undefined ? [] : decisionsIn(script.content),
    ...(round === undefined ? {} : { round }),
    ...(planner === undefined ? {} : { planner }),
    requestsAnswerOnly:
      (schema !== undefined || conditions.length > 0) &&
      /change no files|do not change any files/i.test(unquotedText),
    inputFiles: filesNamed(prompt, outline, handOffStart, /\b(files to read|input files?)\b/i),
    outputFiles: filesNamed(prompt, outline, handOffStart, /\b(files to produce|output files?)\b/i),
    branchesToMerge: [...new Set(merges.flatMap((text) => text.match(branchName) ?? []))],
    ...(attempt === null ? {} : { attempt: Number(attempt[1]) }),
  };
}

/** An invalid script has no decisions; it fails the run elsewhere, with a message. */
function decisionsIn(source: string): readonly DecisionRule[] {
  const script = parseScript(source);
  return script.ok ? script.decisions : [];
}

/** The names of conditions in a decision form: `"NAME": {"holds": …`. */
function conditionsIn(form: string): string[] {
  return [...form.matchAll(/("(?:[^"\\\n]|\\.)*")\s*:\s*\{\s*"holds"/g)].map(([, key = '']) =>
    String(JSON.parse(key)),
  );
}

const branchName = /\b(?:cursor|cerevisor)\/[\w./-]*[\w-]/g;

/** The paths in backticks that are listed under a matching heading before the hand-offs. */
function filesNamed(
  prompt: string,
  outline: Outline,
  handOffStart: number,
  title: RegExp,
): readonly string[] {
  const sections = outline.headings
    .filter((heading) => heading.start < handOffStart && title.test(heading.title))
    .map((heading) => sectionOf(prompt, outline, heading));
  const paths = sections.flatMap((text) =>
    [...text.matchAll(/^\s*[-*]\s+`([^`\n]+)`/gm)].map((match) => match[1]?.trim() ?? ''),
  );
  return [...new Set(paths.filter((path) => path !== ''))];
}

/** The section from a heading to the next one of the same or a higher level. */
function sectionOf(prompt: string, { headings }: Outline, heading: Heading): string {
  const next = headings.find(({ start, level }) => start > heading.start && level <= heading.level);
  return prompt.slice(heading.start, next?.start).trim();
}

const isSummaryTitle = (title: string): boolean => /^hand-?off summary\W*$/i.test(title.trim());

const firstWord = (info: string): string => info.split(/\s/)[0]?.toLowerCase() ?? '';

function tagStart(prompt: string): number {
  const position = prompt.search(/<hand-?offs?\b/i);
  return position === -1 ? prompt.length : position;
}

/**
 * Offset of the line that begins the hand-offs, even inside a fence. If the instructions contain an unclosed fence, the
 * hand-off heading is inside it; a fence in a hand-off would then close it, and a script could follow.
 */
function handOffLine(prompt: string): number {
  const position = prompt.search(/^#{1,6} hand-?offs? you received/im);
  return position === -1 ? prompt.length : position;
}

/** The prompt without its fenced blocks, whose content is not an instruction. */
function withoutFences(prompt: string, { fences }: Outline): string {
  let text = '';
  let position = 0;
  for (const { start, end } of fences) {
    text += prompt.slice(position, start);
    position = end;
  }
  return text + prompt.slice(position);
}

function titleOf(prompt: string, heading: string | undefined): string {
  const line = prompt.split('\n').find((candidate) => /[\p{L}\p{N}]/u.test(candidate));
  const title = (heading ?? line ?? 'Agent').replace(/^[\s#>*`-]+/, '').trim();
  return (title === '' ? 'Agent' : title).slice(0, 100).trim();
}
