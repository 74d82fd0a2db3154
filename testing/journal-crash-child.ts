import {
  item,
  itemsOf,
  launchIntended,
  openOrThrow,
  sessionNumber,
  sessionStarted,
} from './journal.ts';

/**
 * Appends to a journal forever and prints each durable position. `crash.test.ts` starts it and kills it at a random
 * time.
 */
const [home = ''] = process.argv.slice(2);
const journal = openOrThrow({ home });
const id = sessionNumber(1);
if (journal.state(id) === undefined) journal.append(id, [sessionStarted()]);
journal.onCommitted((events) => {
  process.stdout.write(`${events.at(-1)?.position ?? 0}\n`);
});
process.stdout.write(`${journal.lastPosition}\n`);

const step = (): void => {
  for (let count = 0; count < 20; count += 1) {
    const number = journal.lastPosition + count;
    journal.buffer(itemsOf(1, 1, [item(number), item(number + 1)], `c${number}`));
  }
  journal.append(id, [launchIntended()]);
  setImmediate(step);
};
step();
