/** Everything that shows only as much of its text as there is room for. */
const mayBeCut = '.truncate, [class*="line-clamp-"]';

/** Marks a tooltip that came from here, so that it goes again when there is room. */
const mark = 'data-cut';

/** Gives a text that is cut its whole as a tooltip once the pointer is on it, wherever on the page it stands. */
export function nameCutTexts(): void {
  document.addEventListener('pointerover', ({ target }) => {
    const element = target instanceof Element ? target.closest<HTMLElement>(mayBeCut) : null;
    if (element === null) return;
    const isOurs = element.hasAttribute(mark);
    // Whoever wrote a tooltip knew what to say.
    if (element.title !== '' && !isOurs) return;
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight) {
      element.title = element.textContent ?? '';
      element.setAttribute(mark, '');
    } else if (isOurs) {
      element.removeAttribute('title');
      element.removeAttribute(mark);
    }
  });
}
