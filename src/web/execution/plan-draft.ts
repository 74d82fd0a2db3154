/** The plan that a person is editing, kept by the browser so that a closed window loses none of it. */
const keyOf = (sessionId: string, gateId: string) => `cerevisor.plan:${sessionId}:${gateId}`;

export function keepPlanDraft(sessionId: string, gateId: string, text: string): void {
  try {
    localStorage.setItem(keyOf(sessionId, gateId), text);
  } catch (error) {
    // A full store only costs the safety net.
    console.warn('The browser could not store the edited plan.', error);
  }
}

export const readPlanDraft = (sessionId: string, gateId: string): string | null =>
  localStorage.getItem(keyOf(sessionId, gateId));

export const forgetPlanDraft = (sessionId: string, gateId: string): void =>
  localStorage.removeItem(keyOf(sessionId, gateId));
