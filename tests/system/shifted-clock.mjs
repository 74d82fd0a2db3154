// Loaded before a program (`--import`): its clock is that of the machine plus as many milliseconds as the file says
// that CEREVISOR_TEST_CLOCK names. Only the wall clock moves, as when a person or NTP sets it; time that passes
// (`performance.now`, timers) continues.
import { readFileSync } from 'node:fs';

const RealDate = globalThis.Date;
const file = process.env.CEREVISOR_TEST_CLOCK;
const shiftMs = () => (file === undefined ? 0 : Number(readFileSync(file, 'utf8')));

globalThis.Date = class ShiftedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + shiftMs());
    else super(...parts);
  }

  static now() {
    return RealDate.now() + shiftMs();
  }
};
