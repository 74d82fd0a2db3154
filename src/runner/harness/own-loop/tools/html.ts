/** Converts a page to Markdown, without scripts and styles. The library is loaded on first use. */
export async function markdownOf(html: string): Promise<string> {
  const { default: TurndownService } = await import('turndown');
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced' });
  service.remove(['script', 'style', 'noscript', 'iframe', 'template', 'head' as never]);
  return service.turndown(html).trim();
}
