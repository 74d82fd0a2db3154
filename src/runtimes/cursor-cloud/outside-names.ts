import { z } from 'zod';

/**
 * What may pass for a name from outside. A NUL ends a path or an argument of a program, a line break ends a line of a
 * log or a header, a bidirectional mark turns the words around it, and a name of a megabyte fills every list: none of
 * them gets past this door. Text that people read (results, messages) is no name and passes whole.
 */
const UNUSABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const isUsable = (text: string, most: number): boolean =>
  text.length > 0 && text.length <= most && !UNUSABLE.test(text);

const name = (most: number) => z.string().refine((text) => isUsable(text, most));

/** An id of an agent, a run or a model. */
export const idName = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/**
 * A repository's address, or its short form without a scheme. Of schemes only those of hosts: `ext::` and the like make
 * git start a program, and what begins with a dash would be an option.
 */
export const repositoryName = name(2_048).refine(
  (text) =>
    // Folders on this machine may have any name.
    /^(?:\/|[a-z]:[\\/])/i.test(text) ||
    (!/^-|\s|::/.test(text) &&
      (!/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text) ||
        /^(?:https?|ssh|git|file):\/\/[^/]*\/./i.test(text) ||
        /^[\w-]+(?:\.[\w-]+)+:[\w.~-]/.test(text))),
);

/** A branch as git allows it; one that begins with a dash would be an option to a program. */
export const branchName = name(1_024).refine(
  (text) => !/^-|\.\.|[ ~^:?*[\\]|@\{|\/\/|\/$|\.lock$|\.$/.test(text),
);

/** A page that a person may open. */
export const pageUrl = name(2_048).refine((text) => {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'https:' || protocol === 'http:';
});

/** A title or another short line that is only shown. */
export const shownName = z
  .string()
  .transform((text) => text.slice(0, 500).replace(new RegExp(UNUSABLE, 'gu'), ' ').trim());

/** An artifact's path. Odd characters are the business of anyone who makes a file name of it. */
export const artifactPath = z.string().min(1).max(4_096);

/** A stable code of Cursor's. */
export const codeName = z.string().regex(/^[\w.-]{1,100}$/);

/** The items of a list that can be read: one that cannot, such as an agent without an id, hides no other. */
export const readableItems = <Schema extends z.ZodType>(schema: Schema) =>
  z.array(z.unknown()).transform((items) =>
    items.flatMap((item) => {
      const parsed = schema.safeParse(item);
      return parsed.success ? [parsed.data as z.output<Schema>] : [];
    }),
  );
