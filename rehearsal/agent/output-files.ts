import { extname } from 'node:path';
import type { PromptReading } from './prompt.ts';

/** What a file says that a prompt wants and that nobody scripted: the task, in the file's own language. */
export function outputText(path: string, title: string, reading: PromptReading): string {
  const received = reading.handOffs === undefined ? 'no hand-off' : 'a hand-off';
  const words = `${oneLine(title)}: rehearsed work on ${received}.`;
  const build = builders[extname(path).toLowerCase()];
  return build === undefined ? `${words}\n` : build(words, path);
}

/** A file that can be written: no folder and no pattern. */
export const isFilePath = (path: string): boolean => !/[*?[\]{}]/.test(path) && !path.endsWith('/');

const script = (words: string): string =>
  `// ${words}\n\nexport function describe() {\n  return ${JSON.stringify(words)};\n}\n`;
const hash = (words: string): string => `# ${words}\n`;

const builders: Readonly<Record<string, (words: string, path: string) => string>> = {
  '.md': (words, path) => `# ${path.split('/').at(-1)?.replace(/\.md$/i, '')}\n\n${words}\n`,
  '.json': (words) => `${JSON.stringify({ description: words }, null, 2)}\n`,
  '.js': script,
  '.mjs': script,
  '.ts': script,
  '.py': (words) => `# ${words}\n\n\ndef describe():\n    return ${JSON.stringify(words)}\n`,
  '.sh': (words) => `#!/bin/sh\n# ${words}\n`,
  '.yml': hash,
  '.yaml': hash,
  '.toml': hash,
  '.css': (words) => `/* ${words.replaceAll('*/', '')} */\n`,
  '.html': (words) =>
    `<!doctype html>\n<meta charset="utf-8" />\n<title>Rehearsal</title>\n<p>${escaped(words)}</p>\n`,
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const oneLine = (text: string): string => text.split(/\s+/).join(' ');
