import type { DecisionRule } from './decisions.ts';
import { type Heading, type Outline, outlineOf } from './fences.ts';
import { type PlannerTask, readPlannerTask } from './planner.ts';
import { parseScript } from './script.ts';

export type PromptReading = {
  /** First heading, otherwise first line: what an agent without a name is called. */
  readonly title: string;
  /** Content of the `rehearse` block that scripts the agent. */
  readonly script?: string;
  /** The part of the prompt in which other agents speak. */
  readonly handOffs?: string;
  readonly wantsHandOffSummary: boolean;
  /** Raw JSON Schema for the structured answer that the prompt asks for. */
  readonly answerSchema?: string;
  /** Names of the conditions that the prompt asks to be decided. */
  readonly conditions: readonly string[];
  /** How the script decides them. */
  readonly decisions: readonly DecisionRule[];
  /** Of a loop, where the prompt says so. */
  readonly round?: number;
  /** Set where the prompt asks for edits of a workflow. */
  readonly planner?: PlannerTask;
  /** The prompt wants the structured answer and nothing else, as a request to repair one does. */
  readonly wantsAnswerOnly: boolean;
  /** Branches named in a section whose heading speaks of merging. */
  readonly branchesToMerge: readonly string[];
  /** Files that the prompt asks to be read first, and those that it wants to be there at the end. */
  readonly inputFiles: readonly string[];
  readonly outputFiles: readonly string[];
  readonly attempt?: number;
  /** Of a prompt that approves a plan: the plan, where a person has changed it. */
  readonly editedPlan?: string;
};

/**
 * Reads what a prompt asks of a rehearsed agent.
 *
 * Hand-offs are other agents' words, so they must not script this one: the hand-off part starts at the first
 * heading that names hand-offs (but not the requested section *Hand-off summary*) or at the first `<hand-off>`
 * tag, and reaches to the end. Only the first top-level `rehearse` block ahead of it counts.
 */
export function readPrompt(prompt: string): PromptReading {
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
  const ownWords = withoutFences(prompt, outline);
  const attempt = /\battempt\s*[:#]?\s*(\d{1,4})\b/i.exec(ownWords);
  const round = headings
    .filter(({ start }) => start < handOffStart)
    .map(({ title }) => Number(/^Round (\d{1,4})\b/i.exec(title)?.[1]))
    .find((number) => !Number.isNaN(number));
  const handOffs =
    handOffHeading?.start === handOffStart
      ? sectionOf(prompt, outline, handOffHeading)
      : prompt.slice(handOffStart).trim();
  const planner = readPlannerTask(prompt, fences);
  const merges = headings
    .filter(({ title }) => /\bmerge\b/i.test(title))
    .map((heading) => sectionOf(prompt, outline, heading));
  return {
    title: titleOf(prompt, headings[0]?.title),
    ...(script === undefined ? {} : { script: script.content }),
    ...(handOffs === '' ? {} : { handOffs }),
    wantsHandOffSummary: /hand-?off summary/i.test(ownWords),
    ...(schema === undefined ? {} : { answerSchema: schema.content }),
    conditions,
    decisions: script === undefined ? [] : decisionsIn(script.content),
    ...(round === undefined ? {} : { round }),
    ...(planner === undefined ? {} : { planner }),
    wantsAnswerOnly:
      (schema !== undefined || conditions.length > 0) &&
      /change no files|do not change any files/i.test(ownWords),
    inputFiles: filesNamed(prompt, outline, handOffStart, /\b(files to read|input files?)\b/i),
    outputFiles: filesNamed(prompt, outline, handOffStart, /\b(files to produce|output files?)\b/i),
    branchesToMerge: [...new Set(merges.flatMap((text) => text.match(branchName) ?? []))],
    ...(attempt === null ? {} : { attempt: Number(attempt[1]) }),
  };
}

/** A script that cannot be read ends the run and says why; it decides nothing. */
function decisionsIn(source: string): readonly DecisionRule[] {
  const script = parseScript(source);
  return script.ok ? script.decisions : [];
}

/** The keys of a form: `"NAME": {"holds": …`. */
function conditionsIn(form: string): string[] {
  return [...form.matchAll(/("(?:[^"\\\n]|\\.)*")\s*:\s*\{\s*"holds"/g)].map(([, key = '']) =>
    String(JSON.parse(key)),
  );
}

const branchName = /\b(?:cursor|cerevisor)\/[\w./-]*[\w-]/g;

/** The paths in code quotes that are listed under a heading of the prompt's own part. */
function filesNamed(
  prompt: string,
  outline: Outline,
  ownEnd: number,
  title: RegExp,
): readonly string[] {
  const sections = outline.headings
    .filter((heading) => heading.start < ownEnd && title.test(heading.title))
    .map((heading) => sectionOf(prompt, outline, heading));
  const paths = sections.flatMap((text) =>
    [...text.matchAll(/^\s*[-*]\s+`([^`\n]+)`/gm)].map((match) => match[1]?.trim() ?? ''),
  );
  return [...new Set(paths.filter((path) => path !== ''))];
}

/** From a heading to the next one of its level or above. */
function sectionOf(prompt: string, { headings }: Outline, heading: Heading): string {
  const next = headings.find(({ start, level }) => start > heading.start && level <= heading.level);
  return prompt.slice(heading.start, next?.start).trim();
}

const isSummaryTitle = (title: string): boolean => /^hand-?off summary\W*$/i.test(title.trim());

const firstWord = (info: string): string => info.split(/\s/)[0]?.toLowerCase() ?? '';

function tagStart(prompt: string): number {
  const place = prompt.search(/<hand-?offs?\b/i);
  return place === -1 ? prompt.length : place;
}

/**
 * The line that begins the hand-offs, wherever it stands: behind a fence that the instructions forgot to close it is
 * no heading, and a fence inside a hand-off would then close that one and be followed by a script.
 */
function handOffLine(prompt: string): number {
  const place = prompt.search(/^#{1,6} hand-?offs? you received/im);
  return place === -1 ? prompt.length : place;
}

/** The prompt without what it quotes: fenced text is material, also when it looks like a request. */
function withoutFences(prompt: string, { fences }: Outline): string {
  let text = '';
  let place = 0;
  for (const { start, end } of fences) {
    text += prompt.slice(place, start);
    place = end;
  }
  return text + prompt.slice(place);
}

function titleOf(prompt: string, heading: string | undefined): string {
  const line = prompt.split('\n').find((candidate) => /[\p{L}\p{N}]/u.test(candidate));
  const title = (heading ?? line ?? 'Agent').replace(/^[\s#>*`-]+/, '').trim();
  return (title === '' ? 'Agent' : title).slice(0, 100).trim();
}
