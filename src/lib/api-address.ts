/**
 * The address below which most servers of a model API answer, `https://host/v1`, for one that names no version. Null if
 * it names one: then something else is wrong with it.
 */
export function addressWithVersion(address: string): string | null {
  const url = URL.parse(address);
  if (url === null || url.pathname.split('/').some((part) => /^v\d/.test(part))) return null;
  return `${address.replace(/\/+$/, '')}/v1`;
}
