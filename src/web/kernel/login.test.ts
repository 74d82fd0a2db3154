import { expect, test } from 'vitest';
import { extractLoginCode } from './login.ts';

const code = 'q7Jx-0aZ_kP3vR9tYw2LmN4bC6dE8fGhIjKlMnOpQrS';

test('extracts the code from a link with any host and port, and from the bare code', () => {
  expect(extractLoginCode(`http://127.0.0.1:4780/#login=${code}`)).toBe(code);
  expect(extractLoginCode(`  http://localhost:9000/#login=${code}\n`)).toBe(code);
  expect(extractLoginCode(`Log in within a minute:  http://127.0.0.1:4780/#login=${code}  `)).toBe(
    code,
  );
  expect(extractLoginCode(` ${code} `)).toBe(code);
});

test('finds no code in other text', () => {
  for (const text of ['', 'cerevisor', 'http://127.0.0.1:4780/', 'http://127.0.0.1:4780/#login='])
    expect(extractLoginCode(text)).toBe(null);
});
