/** What a page says, as Markdown. Scripts, styles and pictures say nothing to a model. Loaded when it is first needed. */
export async function markdownOf(html: string): Promise<string> {
  const { default: TurndownService } = await import('turndown');
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced' });
  service.remove(['script', 'style', 'noscript', 'iframe', 'template', 'head' as never]);
  return service.turndown(html).trim();
}
