import fc from 'fast-check';

/**
 * Property tests import fast-check from here. A check searches the same histories each time, so that it fails for a reason in
 * the change that it checks. `npm run test:properties` searches others, with random seeds.
 */
const seed = Number(process.env.PROPERTY_SEED ?? 20_261_126);
fc.configureGlobal({ seed });

export default fc;
