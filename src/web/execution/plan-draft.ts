/** An edited plan that was not submitted, stored by the browser so that closing the window does not lose it. */
const keyOf = (sessionId: string, gateId: string) => `cerevisor.plan:${sessionId}:${gateId}`;

export function storePlanDraft(sessionId: string, gateId: string, text: string): void {
  try {
    localStorage.setItem(keyOf(sessionId, gateId), text);
  } catch (error) {
    // If the storage is full, only this safety net is lost.
    console.warn('The browser could not store the edited plan.', error);
  }
}

export const readPlanDraft = (sessionId: string, gateId: string): string | null =>
  localStorage.getItem(keyOf(sessionId, gateId));

export const deletePlanDraft = (sessionId: string, gateId: string): void =>
  localStorage.removeItem(keyOf(sessionId, gateId));
