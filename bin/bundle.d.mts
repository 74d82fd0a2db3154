export const bundleFolder: string;
export const inputsFile: string;
export function isBundleFresh(installation?: string): boolean;
export function hashOfFile(file: string): string;
