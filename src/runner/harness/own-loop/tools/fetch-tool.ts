import { z } from 'zod';
import { defineTool } from './define-tool.ts';
import { type FetchedPage, fetchPage } from './fetch-page.ts';
import { markdownOf } from './html.ts';
import { done, type Tool, ToolError } from './tool.ts';

const MAX_LENGTH = 60_000;

export const fetchTool = (allowsPrivate: (url: URL) => boolean): Tool =>
  defineTool({
    name: 'fetch',
    description:
      'Fetches a page from the public internet with GET and returns its text; HTML is converted to Markdown.',
    category: 'network',
    isReadOnly: true,
    input: z.object({ url: z.string().min(1).describe('An http or https URL') }),
    permissionDetails: ({ url }) => ({ path: url }),
    run: async ({ url }, { signal, wasApproved }) => {
      const isApproved = (candidate: URL) => wasApproved && candidate.href === URL.parse(url)?.href;
      const page = await fetchPage(
        url,
        signal,
        (candidate) => isApproved(candidate) || allowsPrivate(candidate),
      );
      const text = await textOf(page);
      const isCut = page.isCut || text.length > MAX_LENGTH;
      const shown =
        text.slice(0, MAX_LENGTH) + (isCut ? '\n(The rest of the page is omitted.)' : '');
      const { status, contentType } = page;
      return done(`HTTP ${status}, ${page.url}\n\n${shown}`, {
        url: page.url,
        status,
        contentType,
        sizeBytes: page.bytes.length,
        isCut,
      });
    },
  });

async function textOf({ bytes, contentType, url }: FetchedPage): Promise<string> {
  const isBinary = /^(image|audio|video|font)\/|octet-stream|pdf|zip/i.test(contentType);
  if (isBinary) throw new ToolError(`${url} is not text (${contentType}, ${bytes.length} bytes).`);
  const text = new TextDecoder(charsetOf(contentType)).decode(bytes);
  return /html/i.test(contentType) ? markdownOf(text) : text;
}

function charsetOf(contentType: string): string {
  const named = /charset="?([\w-]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(named).encoding;
  } catch {
    return 'utf-8'; // An unknown name.
  }
}
