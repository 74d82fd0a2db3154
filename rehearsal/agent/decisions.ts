/** How a scripted agent decides a condition. */
export type DecisionRule = {
  readonly kind: 'decide';
  /** Name of the condition; `*` matches every condition. */
  readonly name: string;
  readonly answer: 'yes' | 'no' | 'unclear';
  /** From this round on, the answer is inverted; `unclear` becomes `yes`. */
  readonly untilRound?: number;
  readonly reason?: string;
};

/** Returns the part of a final message that decides the given conditions. A condition without a rule holds. */
export function formatDecisions(
  names: readonly string[],
  rules: readonly DecisionRule[],
  round: number,
): string {
  const decided = names.flatMap((name) => {
    const rule = rules.findLast((one) => one.name === name || one.name === '*');
    const answer = answerOf(rule, round);
    if (answer === 'unclear') return [];
    // The scripted reason belongs to the scripted answer only.
    const reason = (answer === rule?.answer ? rule.reason : undefined) ?? 'It was rehearsed.';
    return [[name, { holds: answer === 'yes', reason }] as const];
  });
  if (decided.length === 0) return 'I cannot say whether it holds.';
  return `\`\`\`decision\n${JSON.stringify(Object.fromEntries(decided), null, 2)}\n\`\`\``;
}

function answerOf(rule: DecisionRule | undefined, round: number): DecisionRule['answer'] {
  if (rule === undefined) return 'yes';
  if (rule.untilRound === undefined || round < rule.untilRound) return rule.answer;
  return rule.answer === 'yes' ? 'no' : 'yes';
}
