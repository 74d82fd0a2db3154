import { expect, test } from 'vitest';
import { codeIn } from '../kernel/login.ts';

const code = 'q7Jx-0aZ_kP3vR9tYw2LmN4bC6dE8fGhIjKlMnOpQrS';

test('finds the code in a link of any host and port, and alone', () => {
  expect(codeIn(`http://127.0.0.1:4780/#login=${code}`)).toBe(code);
  expect(codeIn(`  http://localhost:9000/#login=${code}\n`)).toBe(code);
  expect(codeIn(`Log in within a minute:  http://127.0.0.1:4780/#login=${code}  `)).toBe(code);
  expect(codeIn(` ${code} `)).toBe(code);
});

test('finds none in what is no login link', () => {
  for (const text of ['', 'cerevisor', 'http://127.0.0.1:4780/', 'http://127.0.0.1:4780/#login='])
    expect(codeIn(text)).toBe(null);
});
