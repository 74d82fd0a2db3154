import { describe, expect, test } from 'vitest';
import { type HandoffSpec, readHandoff } from './read.ts';
import { SUMMARY_HEADING } from './summary.ts';

const summary = { handoffFormat: 'summary' } as const;
const verdictSpec: HandoffSpec = {
  handoffFormat: 'structured-json',
  handoffSchema: {
    type: 'object',
    properties: { verdict: { type: 'string' } },
    required: ['verdict'],
    additionalProperties: false,
  },
};
const answer = '{"verdict": "good"}';
const indented = '{\n  "verdict": "good"\n}';

const contentOf = (spec: HandoffSpec, message: string) => {
  const read = readHandoff(spec, message);
  return read.kind === 'content' ? read.content : read;
};
const summaryOf = (message: string) => contentOf(summary, message);

describe('a summary', () => {
  test('extends from the last summary heading to the next heading of its level', () => {
    const message = '# Work\nlong\n## Hand-off summary ##\nshort\n### Detail\nmore\n## Next\nno\n';
    expect(summaryOf(message)).toBe('short\n### Detail\nmore');
    expect(summaryOf('no heading')).toBe('no heading');
    expect(summaryOf(`text\n\n## ${SUMMARY_HEADING}\n`)).toContain('text');
  });

  test.each([
    ['a fence', '```sh\n# install\nnpm ci\n```'],
    ['a fence of tildes', '~~~\n## Hand-off summary\n~~~'],
    ['a longer fence', '````md\n```\n# a\n```\n# b\n````'],
    ['a fence in a list', '1. run\n   ```sh\n   # install\n   ```'],
    ['indented code', 'text\n\n    # install'],
    ['a quotation', '> # quoted\n> text'],
    ['a fence that nobody closes', '```\n# a\n## b'],
    ['a hash without a space', '#!/bin/sh and #1'],
    ['pre', '<pre>\n# c\n</pre>\nafter'],
    ['pre with attributes and blank lines', '<PRE class="x">\n\n# c\n\n</PRE>\nafter'],
    ['pre with code', '<pre><code>x\n# c\n</code></pre>\nafter'],
    ['pre behind text', 'text\n<pre>\n# c\n</pre>\nafter'],
    ['a script', '<script>\n# c\n</script>'],
    ['a style', '<style>\n# c\n</style>\nafter'],
    ['a textarea', '<textarea>\n# c\n</textarea>\nafter'],
    ['a comment', '<!--\n# c\n-->\nafter'],
    ['a comment with a fence', '<!--\n```\n-->\nafter\n<!-- # d -->'],
    ['pre in a list', '1. one\n   <pre>\n   # c\n   </pre>\nafter'],
  ])('is not cut by what looks like a heading in %s', (_, body) => {
    expect(summaryOf(`# Work\n\n## Hand-off summary\n\nfirst\n\n${body}`)).toBe(`first\n\n${body}`);
    expect(
      summaryOf(`## Hand-off summary\r\n\r\nfirst\r\n\r\n${body.replaceAll('\n', '\r\n')}`),
    ).toBe(`first\n\n${body}`);
  });

  test('is cut by a heading after HTML, whether or not the HTML is closed', () => {
    for (const html of ['<pre>\n# c\n</pre>', '<!-- # c -->', '<pre>x</pre>', '<preface>'])
      expect(summaryOf(`## Hand-off summary\n${html}\n\n## Next\nno`)).toBe(html);
    expect(summaryOf('## Hand-off summary\n<pre>\nshort\n\n## Next\nno')).toBe('<pre>\nshort');
  });

  test.each([
    '## Hand-off summary:',
    '### **Hand-off Summary**',
    '## 4. Handoff summary',
    'Hand-off summary\n---',
    '**Hand-off summary**',
    '**Hand-Off Summary:**',
  ])('is found below %j', (heading) => {
    expect(summaryOf(`Long story.\n\n${heading}\n\nshort`)).toBe('short');
  });
});

describe('structured JSON', () => {
  test.each([
    ['json', `Done.\n\`\`\`json\n${answer}\n\`\`\`\nend`],
    ['JSON', `\`\`\`JSON\n${answer}\n\`\`\``],
    ['Json with more words', `\`\`\`Json title="answer"\n${answer}\n\`\`\``],
    ['jsonc', '```jsonc\n{\n  // why\n  "verdict": "good",\n}\n```'],
    ['json with comments', '```json\n{"verdict": "good", /* sure */}\n```'],
    ['json5', `\`\`\`json5\n${answer}\n\`\`\``],
    ['another language', `\`\`\`javascript\n${answer}\n\`\`\``],
    ['no language', `\`\`\`\n${answer}\n\`\`\``],
    ['a space before the language', `\`\`\` json\n${answer}\n\`\`\``],
    ['tildes', `~~~json\n${answer}\n~~~`],
    ['a longer fence', `\`\`\`\`\`json\r\n${answer}\r\n\`\`\`\`\``],
    ['an open fence', `\`\`\`json\n${answer}`],
    ['a list', `1. The answer:\n\n   \`\`\`json\n   ${answer}\n   \`\`\``],
    ['a quotation', `> \`\`\`json\n> ${answer}\n> \`\`\``],
    ['details', `<details>\n<summary>x</summary>\n\`\`\`json\n${answer}\n\`\`\`\n</details>`],
    ['indented code', `The answer:\n\n    ${answer}\n`],
    ['the whole message', `\n ${answer} \n`],
    ['a byte order mark', `\uFEFF${answer}`],
    ['running text', `The "answer" is ${answer}, as [asked](https://x.y/{z}).`],
    ['lines in running text', 'It is\n{\n  "verdict": "good"\n}\nand that is all.'],
    ['spellings of JSON5', "```json5\n{verdict: 'good',}\n```"],
    ['spellings of JSON5 in a block of JSON', "```json\n{/* sure */ 'verdict': 'good'}\n```"],
    ['spellings of JSON5 in running text', "It is {verdict: 'good'}, don't worry."],
    ['spaces that do not break', `{\u00a0"verdict":\u00a0"good"\u00a0}`],
    ['a list of its own', `\`\`\`json\n[${answer}]\n\`\`\``],
    ['a list of its own in JSON5', "[{verdict: 'good'}]"],
    ['a list in running text', `It is [${answer}].`],
    ['JSON as a string', JSON.stringify(answer)],
    ['JSON as a string in a block', `\`\`\`json\n${JSON.stringify(answer)}\n\`\`\``],
    ['pre', `<pre>\n${answer}\n</pre>`],
    ['pre with escapes', '<pre>{&quot;verdict&quot;: &#34;good&#x22;}</pre>'],
    ['escapes in a block', '```html\n{&quot;verdict&quot;: &quot;good&quot;}\n```'],
    ['code quotes', `It is \`${answer}\`.`],
  ])('is found in %s', (_, message) => {
    expect(contentOf(verdictSpec, message)).toBe(indented);
  });

  test('is the last block that fits the schema, whatever other blocks there are', () => {
    const example = '```json\n{"verdict": "an example"}\n```';
    const config = '```json\n{"name": "shop"}\n```';
    const code = '```js\nconst a = {"verdict": "code"};\n```';
    const last = `\`\`\`json\n${answer}\n\`\`\``;
    expect(contentOf(verdictSpec, [example, last, config, code].join('\n\n'))).toBe(indented);
    expect(contentOf(verdictSpec, `${config}\n\nSo: ${answer}`)).toBe(indented);
  });

  test.each([
    ['a block', (text: string) => `\`\`\`json\n${text}\n\`\`\``],
    ['the whole message', (text: string) => text],
    ['running text', (text: string) => `So: ${text} That is all.`],
  ])('may break lines and hold tabs in its strings, in %s', (_, location) => {
    for (const text of ['one\ntwo', 'one\ttwo', 'one } \n\n [two'])
      expect(contentOf(verdictSpec, location(`{"verdict": "${text}"}`))).toBe(
        JSON.stringify({ verdict: text }, null, 2),
      );
  });

  test.each([
    ['a string', { type: 'string' }, 'All is well.'],
    ['a quoted string', { type: 'string' }, "'well'"],
    ['a boolean', { type: 'boolean' }, 'Yes, it is true.'],
    ['a number', { type: 'number' }, '```json\n1e400\n```'],
    ['a number in a list', { type: 'array' }, '[1, -1e999]'],
    ['a number in JSON5', { type: 'array' }, '[NaN, +Infinity]'],
    ['one of many in a list', { type: 'object' }, `[${answer}, ${answer}]`],
  ])('is not guessed: %s', (_, handoffSchema, message) => {
    expect(readHandoff({ ...verdictSpec, handoffSchema }, message).kind).toBe('mistakes');
  });

  test('is the list where the schema asks for a list', () => {
    const spec = { ...verdictSpec, handoffSchema: { type: 'array' } };
    expect(contentOf(spec, `[${answer}]`)).toBe(JSON.stringify([{ verdict: 'good' }], null, 2));
  });

  test('keeps numbers that a program would round', () => {
    const spec = { handoffFormat: 'structured-json', handoffSchema: true } as const;
    expect(contentOf(spec, '```json\n{"id":12345678901234567890}\n```')).toBe(
      '{"id":12345678901234567890}',
    );
  });

  test('reports what is wrong with the likeliest block', () => {
    expect(contentOf(verdictSpec, 'nothing')).toEqual({
      kind: 'mistakes',
      mistakes: ['the message has no fenced `json` block'],
    });
    expect(contentOf(verdictSpec, '```json\n{"verdict": tru\n```')).toMatchObject({
      mistakes: [expect.stringContaining('the `json` block is not JSON')],
    });
    expect(contentOf(verdictSpec, '```\n{"a":1}\n```\n```json\n{"verdict":1}\n```')).toEqual({
      kind: 'mistakes',
      mistakes: ['/verdict must be string'],
    });
  });

  test('lists the first mistakes and counts the rest', () => {
    const spec = { ...verdictSpec, handoffSchema: { type: 'array', items: { type: 'string' } } };
    const read = readHandoff(spec, JSON.stringify(Array(5_000).fill(1)));
    const mistakes = read.kind === 'mistakes' ? read.mistakes : [];
    expect(mistakes).toHaveLength(21);
    expect(mistakes.at(-1)).toBe('and 4980 more');
  });

  test.each([
    ['strict', (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`],
    ['with commas', (depth: number) => `${'['.repeat(depth)}${',]'.repeat(depth)}`],
    ['as JSON5', (depth: number) => `${"['\"',".repeat(depth)}${']'.repeat(depth)}`],
    ['open', (depth: number) => '{"a":['.repeat(depth)],
  ])('that is nested too deeply is a mistake: %s', (_, nest) => {
    const spec = { ...verdictSpec, handoffSchema: true };
    for (const message of [nest(50_000), `\`\`\`json\n${nest(50_000)}\n\`\`\``])
      expect(readHandoff(spec, message).kind).toBe('mistakes');
  });
});
