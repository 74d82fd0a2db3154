export function contractFingerprint(): string;
