import fc from 'fast-check';

/**
 * Property tests draw the same cases every time, so that a change is judged by what it changes and a failure
 * is there again. `BEARERWATCH_PROPERTY_SEED=random npm test` looks where nobody has looked.
 */
const asked = process.env['BEARERWATCH_PROPERTY_SEED'] ?? '20261128';
if (asked !== 'random') {
  const seed = Number(asked);
  if (!Number.isInteger(seed))
    throw new Error(`BEARERWATCH_PROPERTY_SEED: a whole number or 'random', not '${asked}'`);
  fc.configureGlobal({ seed });
}
