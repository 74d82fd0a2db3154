/** How a scripted agent decides a condition that it is asked about. */
export type DecisionRule = {
  readonly kind: 'decide';
  /** Of the condition; `*` means every one. */
  readonly name: string;
  readonly answer: 'yes' | 'no' | 'unclear';
  /** From this round on it decides the other way; what was unclear then holds. */
  readonly untilRound?: number;
  readonly reason?: string;
};

/** The part of a last message that decides these conditions. Without a rule everything holds: nobody thinks here. */
export function decisionsText(
  names: readonly string[],
  rules: readonly DecisionRule[],
  round: number,
): string {
  const decided = names.flatMap((name) => {
    const rule = rules.findLast((one) => one.name === name || one.name === '*');
    const answer = answerOf(rule, round);
    if (answer === 'unclear') return [];
    // What was scripted for the rounds before is no reason for the other answer.
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
