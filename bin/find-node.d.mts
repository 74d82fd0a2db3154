export const root: string;
export const oldestForBundle: readonly string[];
export const oldestForSources: readonly string[];
export function isNodeEnough(oldest: readonly string[], version?: string): boolean;
export function findNode(oldest?: readonly string[]): string | null;
