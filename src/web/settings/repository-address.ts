import { readRepositoryUrl, repositoryKey } from '../../workflow/repository-url.ts';
import type { FieldProblem } from '../design/field.tsx';

/** Why this text cannot be added as a repository; null if it can. */
export function repositoryAddressProblem(
  text: string,
  existing: ReadonlySet<string>,
): FieldProblem | null {
  const target = text.trim();
  const severity = 'error';
  if (target === '') return { severity, message: 'Enter the address of a repository.' };
  const key = repositoryKey(target);
  if ([...existing].some((url) => repositoryKey(url) === key))
    return { severity, message: 'This repository is already a target.' };
  const address = readRepositoryUrl(target);
  switch (address.kind) {
    case 'hosted':
    case 'local':
      return null;
    case 'with-secret':
      return {
        severity,
        message:
          'The address contains a user name or a password, and workflow files are made to be shared.',
        suggestion: 'Remove it; the cloud uses the access of your account.',
      };
    case 'malformed':
      return {
        severity,
        message: `“${target}” is not one of your repositories and not an address.`,
        suggestion: address.suggestion,
      };
    default:
      return address satisfies never;
  }
}
