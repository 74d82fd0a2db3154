/** Elements that truncate their text. */
const truncatable = '.truncate, [class*="line-clamp-"]';

/** Marks tooltips set here, so that they are removed once the text fits. */
const markerAttribute = 'data-cut';

/** Shows the full text of a truncated element as a tooltip on hover, anywhere on the page. */
export function showTruncationTooltips(): void {
  document.addEventListener('pointerover', ({ target }) => {
    const element = target instanceof Element ? target.closest<HTMLElement>(truncatable) : null;
    if (element === null) return;
    const isOurs = element.hasAttribute(markerAttribute);
    // An explicit tooltip takes precedence.
    if (element.title !== '' && !isOurs) return;
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight) {
      element.title = element.textContent ?? '';
      element.setAttribute(markerAttribute, '');
    } else if (isOurs) {
      element.removeAttribute('title');
      element.removeAttribute(markerAttribute);
    }
  });
}
