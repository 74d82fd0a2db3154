type LockPackages = Record<string, { readonly optionalDependencies?: Record<string, string> }>;

export function missingOptional(
  packages: LockPackages,
): { readonly name: string; readonly wantedBy: string }[];
