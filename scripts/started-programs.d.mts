import type { Plugin } from 'rolldown';

export function startedPrograms(): Plugin;
