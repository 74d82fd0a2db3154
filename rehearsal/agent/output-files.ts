import { extname } from 'node:path';
import type { ParsedPrompt } from './prompt.ts';

/** Content for a requested output file that no script writes: the task, in the syntax of the file type. */
export function outputFileContent(path: string, title: string, parsedPrompt: ParsedPrompt): string {
  const received = parsedPrompt.handOffs === undefined ? 'no hand-off' : 'a hand-off';
  const description = `${oneLine(title)}: rehearsed work on ${received}.`;
  const build = builders[extname(path).toLowerCase()];
  return build === undefined ? `${description}\n` : build(description, path);
}

/** Whether the path names a single file, not a folder or a pattern. */
export const isFilePath = (path: string): boolean => !/[*?[\]{}]/.test(path) && !path.endsWith('/');

const script = (description: string): string =>
  `// ${description}\n\nexport function describe() {\n  return ${JSON.stringify(description)};\n}\n`;
const hash = (description: string): string => `# ${description}\n`;

const builders: Readonly<Record<string, (description: string, path: string) => string>> = {
  '.md': (description, path) =>
    `# ${path.split('/').at(-1)?.replace(/\.md$/i, '')}\n\n${description}\n`,
  '.json': (description) => `${JSON.stringify({ description: description }, null, 2)}\n`,
  '.js': script,
  '.mjs': script,
  '.ts': script,
  '.py': (description) =>
    `# ${description}\n\n\ndef describe():\n    return ${JSON.stringify(description)}\n`,
  '.sh': (description) => `#!/bin/sh\n# ${description}\n`,
  '.yml': hash,
  '.yaml': hash,
  '.toml': hash,
  '.css': (description) => `/* ${description.replaceAll('*/', '')} */\n`,
  '.html': (description) =>
    `<!doctype html>\n<meta charset="utf-8" />\n<title>Rehearsal</title>\n<p>${escaped(description)}</p>\n`,
};

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const oneLine = (text: string): string => text.split(/\s+/).join(' ');
