/** The value that a text of JSON stands for; undefined, which no such text can mean, if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
