import { expect, it } from 'vitest';
import { failureOf } from './failures.ts';

const notFound = (message: string) =>
  failureOf(
    { message, codexErrorInfo: { responseStreamConnectionFailed: { httpStatusCode: 404 } } },
    { hasBegun: false },
  ).failure;

it('suggests the address with /v1 where nothing is found at one without', () => {
  expect(
    notFound('unexpected status 404 Not Found: page not found, url: http://host:8080/responses'),
  ).toEqual({
    code: 'invalid_request',
    message: 'The provider does not offer its API at http://host:8080/responses (HTTP 404).',
    suggestion:
      'Change the address of this provider to http://host:8080/v1 in Settings > Providers, or with `cerevisor providers set`.',
  });
});

it('suggests no other address where the model is missing, or the address has a version', () => {
  const urls = ['not found, url: http://host/v1/responses', 'no model x, url: http://h/responses'];
  for (const url of urls)
    expect(notFound(`unexpected status 404 Not Found: ${url}`).code).toBe('invalid_model');
});
